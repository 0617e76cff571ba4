package import SyncEngine

/// The records of money besides roll and lines (R5, R8, R10, R11, R14). All are the township's alone, and every field is
/// written once: what is corrected is replaced by a record that names it.
package enum MoneyKinds {
    /// In a fixed order; behind the older kinds, for a store numbers them by their place.
    static let all = [budget, spendingPlan, allocation, recovery, recoveryItem, payAgain]

    /// A field that is filled in once: when the record is made, or by the act that follows.
    private static func once(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, .im, .personal, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    private static let programmes = Rules.codes(
        Dictionary(uniqueKeysWithValues: Programme.allCases.map { ($0.rawValue, $0.label) }))

    /// A year's budget of one programme in one township (R5, R10): what was asked for, how it was come to, and what was
    /// approved. An adjustment is another record that `replaces` it.
    package static let budget = KindSchema(
        "budget", label: Label(zh: "救助资金预算", en: "Budget"), isAppendOnly: true, lookupFields: ["year"],
        fields: [
            once("year", .int64, "年度", "Year"),
            once("township", .text, "镇街代码", "Township", Rules.text(9)),
            once("programme", .text, "救助项目", "Programme", programmes),
            once("amount_fen", .int64, "申报金额（分）", "Asked for (fen)", Rules.notNegative),
            once("frozen_fen", .int64, "已冻结金额（分）", "Frozen so far (fen)"),
            once("frozen_months", .int64, "已冻结月数", "Months frozen", Rules.notNegative),
            once("monthly_fen", .int64, "目前每月应发（分）", "Due each month now (fen)", Rules.notNegative),
            once("remaining_months", .int64, "剩余月数", "Months that remain", Rules.notNegative),
            once("households", .int64, "户数", "Households", Rules.notNegative),
            once("persons", .int64, "人数", "Persons", Rules.notNegative),
            once("reason", .text, "申报说明", "Reason", Rules.text(2000)),
            once("replaces", .reference, "替代", "Replaces"),
            once("proposed_by", .text, "申报人", "Proposed by", Rules.text(64)),
            once("proposed_at", .time, "申报时间", "Proposed at"),
            once("approved_fen", .int64, "批准金额（分）", "Approved (fen)", Rules.notNegative),
            once("approved_by", .text, "批准人", "Approved by", Rules.text(64)),
            once("approved_on", .date, "批准日期", "Approved on", Rules.past),
            once("approval", .text, "批准依据", "Approval", Rules.text(2000)),
        ])

    /// A month's 月度救助支出计划 as it was issued to 区财政 (R11).
    package static let spendingPlan = KindSchema(
        "spending_plan", label: Label(zh: "月度救助支出计划", en: "Spending plan"), isAppendOnly: true,
        lookupFields: ["month"],
        fields: [
            once("month", .text, "所属月份", "Month", RegisterKinds.month),
            once("batch", .int64, "批次（空为全部）", "Batch (empty: all)"),
            once("lines", .int64, "笔数", "Lines", Rules.notNegative),
            once("amount_fen", .int64, "当月金额（分）", "Of the month (fen)"),
            once("arrears_fen", .int64, "补发（分）", "Arrears (fen)"),
            once("recovery_fen", .int64, "抵扣（分）", "Recovered (fen)"),
            once("total_fen", .int64, "合计（分）", "Total (fen)"),
            once("sha256", .text, "文件摘要", "Digest of the file", Rules.sha256),
            once("due_on", .date, "应拨付日期", "To be allocated by"),
            once("issued_by", .text, "编制人", "Issued by", Rules.text(64)),
            once("issued_at", .time, "编制时间", "Issued at"),
        ])

    /// What 区财政 allocated to a plan (R11): of one programme, or of the whole plan.
    package static let allocation = KindSchema(
        "allocation", label: Label(zh: "资金拨付", en: "Allocation"),
        parents: [ParentField("plan", kind: "spending_plan")], isAppendOnly: true,
        fields: [
            once("plan", .reference, "支出计划", "Plan"),
            once("programme", .text, "救助项目（空为全部）", "Programme (empty: all)", programmes),
            once("allocated_on", .date, "拨付日期", "Allocated on", Rules.past),
            once("amount_fen", .int64, "拨付金额（分）", "Allocated (fen)", Rules.notNegative),
            once("document", .text, "拨付文号", "Document", Rules.text(100)),
            once("recorded_by", .text, "登记人", "Recorded by", Rules.text(64)),
        ])

    /// Why money is claimed back.
    package enum Cause: String, CaseIterable, Sendable {
        case death, stopped, reduced, falseFacts = "false_facts", other

        package var label: Label {
            switch self {
            case .death: Label(zh: "死亡后仍发放", en: "paid after a death")
            case .stopped: Label(zh: "停发后仍发放", en: "paid after the stop")
            case .reduced: Label(zh: "高于决定金额", en: "more than decided")
            case .falseFacts: Label(zh: "虚报冒领", en: "obtained by false facts")
            case .other: Label(zh: "其他", en: "other")
            }
        }
    }

    /// How it comes back: withheld from what is paid, or paid back.
    package enum Means: String, CaseIterable, Sendable {
        case offset, cash, transfer

        package var label: Label {
            switch self {
            case .offset: Label(zh: "抵扣", en: "offset")
            case .cash: Label(zh: "现金退回", en: "cash")
            case .transfer: Label(zh: "转账退回", en: "transfer")
            }
        }
    }

    private static let causes = Rules.codes(
        Dictionary(uniqueKeysWithValues: Cause.allCases.map { ($0.rawValue, $0.label) }))
    private static let means = Rules.codes(
        Dictionary(uniqueKeysWithValues: Means.allCases.map { ($0.rawValue, $0.label) }))
    private static let verdicts = Rules.codes(["approved": "同意", "rejected": "不同意"])

    /// 追回: money that was paid and should not have been. One proposes it, another decides.
    package static let recovery = CaseKinds.deskKind(
        "recovery", "追回", "Recovery",
        [
            once("cause", .text, "原因类别", "Cause", causes),
            once("lines", .list, "多发的发放记录", "Lines", Rules.text(36)),
            once("amount_fen", .int64, "应追回（分）", "To recover (fen)", Rules.notNegative),
            once("instalment_fen", .int64, "每期（分）", "Each instalment (fen)", Rules.notNegative),
            once("reason", .text, "说明", "Reason", Rules.text(2000)),
            once("proposed_by", .text, "提出人", "Proposed by", Rules.text(64)),
            once("proposed_at", .time, "提出时间", "Proposed at"),
            once("decision", .text, "决定", "Decision", verdicts),
            once("decided_by", .text, "决定人", "Decided by", Rules.text(64)),
            once("decided_at", .time, "决定时间", "Decided at"),
            once("decision_reason", .text, "决定理由", "Reason of the decision", Rules.text(2000)),
        ])

    /// What of it has come back: withheld from a frozen line, or paid back.
    package static let recoveryItem = CaseKinds.deskKind(
        "recovery_item", "追回款项", "Recovered", lookupFields: ["payment"],
        [
            once("recovery", .reference, "所属追回", "Recovery"),
            once("means", .text, "方式", "Means", means),
            once("payment", .reference, "抵扣的发放记录", "Line it is withheld from"),
            once("amount_fen", .int64, "金额（分）", "Amount (fen)", Rules.notNegative),
            once("on", .date, "日期", "On", Rules.past),
            once("receipt", .text, "凭证", "Receipt", Rules.text(200)),
            once("reason", .text, "说明", "Reason", Rules.text(2000)),
            once("by", .text, "经办人", "By", Rules.text(64)),
        ])

    /// A clerk's word that a line which the bank returned is paid again to the account it had: the bank put it right.
    package static let payAgain = CaseKinds.deskKind(
        "pay_again", "退回款重发", "Pay again",
        [
            once("payment", .reference, "退回的发放记录", "Line that was returned"),
            once("reason", .text, "理由", "Reason", Rules.text(2000)),
            once("by", .text, "经办人", "By", Rules.text(64)), once("at", .time, "时间", "At"),
        ])
}
