import SyncEngine

/// The records of a case (DOMAIN section 4). All hang below the application, which hangs below the household.
enum CaseKinds {
    static let all: [KindSchema] =
        [application, authorisation, commitment, objection, changeReport, caseRequest, notice, proofRequest, trip]
        + deskKinds
    /// Written by the township alone.
    static let deskKinds = [
        checkRequest, checkReport, refusedReport, decision, democraticReview, payment, dynamicReview, caseMove,
        supervisorNote, verification,
    ]

    static let parent = [ParentField("application", kind: "application")]
    static let ofApplication = field("application", .reference, .im, .sensitive, "所属申请", "Application")

    private static func codes<T: RawRepresentable<String>>(_ cases: [T], _ label: (T) -> Label) -> [String: Label] {
        Dictionary(uniqueKeysWithValues: cases.map { ($0.rawValue, label($0)) })
    }

    /// A field that only the desk writes.
    static func desk(
        _ name: String, _ type: ValueType, _ policy: MergePolicy, _ zh: String, _ en: String, _ rule: Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, policy, .sensitive, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    static func deskKind(
        _ name: String, _ zh: String, _ en: String, lookupFields: [String] = [], _ fields: [FieldSchema]
    ) -> KindSchema {
        KindSchema(
            name, label: Label(zh: zh, en: en), parents: parent, isAppendOnly: true, lookupFields: lookupFields,
            fields: [desk("application", .reference, .im, "所属申请", "Application")] + fields)
    }

    static func missing(_ names: [String], in kind: String) -> RecordRule {
        { fields, _ in
            names.filter { fields[$0]?.isNull ?? true }.map { name in
                let schema = AssistanceSchema.current.kind(kind)
                let (of, field) = (schema?.label.zh ?? kind, schema?.field(name)?.label.zh ?? name)
                return Finding(
                    .warning, field: name,
                    Label(zh: "请补填\(of)：\(field)（\(name)=…）", en: "To complete: \(kind) \(name)"))
            }
        }
    }

    private static func endsBeforeItBegins(_ fields: [String: Value]) -> [Finding] {
        guard case .date(let signed) = fields["signed_at"], case .date(let end) = fields["valid_to"], end < signed
        else {
            return []
        }
        return [
            Finding(
                .error, field: "valid_to",
                Label(
                    zh: "有效期至 \(end) 早于签字日期 \(signed)（R25），例如 valid_to=\(signed.adding(months: 12))",
                    en:
                        "It ends on \(end), before it was signed on \(signed) (R25); for example valid_to=\(signed.adding(months: 12))"
                ))
        ]
    }

    private static let programmes = codes(Programme.allCases, \.label)
    private static let channels = [
        "station": "村居工作站", "township": "镇街窗口", "online": "网上", "proxy": "代办", "automatic": "系统发现",
    ]

    /// A request for one programme; without a status it is where its programme begins. R44: a second request for what
    /// is still open names the first. When the head of a household dies, its case is closed and another continues it.
    static let application = KindSchema(
        "application", label: Label(zh: "救助申请", en: "Application"), parents: householdParent, isAppendOnly: true,
        searchFields: ["reason"], lookupFields: ["status"],
        recordRule: missing(["programme", "applied_at"], in: "application"),
        fields: [
            field("household", .reference, .im, .personal, "所属住户", "Household"),
            field("member", .reference, .im, .personal, "申请人", "Applicant"),
            field("programme", .text, .im, .personal, "救助项目", "Programme", Rules.codes(programmes)),
            field("applied_at", .time, .im, .personal, "申请时间", "Applied at"),
            field("channel", .text, .im, .personal, "申请渠道", "Channel", Rules.codes(channels)),
            field("proxy", .text, .im, .personal, "代办人", "Proxy", Rules.text(64)),
            field("reason", .text, .im, .sensitive, "申请事由", "Reason", Rules.text(2000)),
            field("repeats", .reference, .im, .personal, "重复于", "Repeats"),
            field("continues", .reference, .im, .personal, "接续", "Continues"),
            // The township alone writes it. After a restore its steps come back without having seen one another: the latest
            // stands.
            FieldSchema(
                "status", .text, .lv, .personal, Label(zh: "办理状态", en: "Status"),
                rule: Rules.codes(codes(CaseState.allCases, \.label)), isDeskOnly: true),
        ])

    /// 授权委托书 (R25): what may be checked, and until when. Withdrawing it never un-happens. Its scope is `check_scope`,
    /// for every record has a `scope` already. A date of signing that is still to come (a laptop's clock is ahead) is no
    /// error of the paper: it does not hold until then.
    static let authorisation = KindSchema(
        "authorisation", label: Label(zh: "授权委托书", en: "Authorisation"), parents: parent,
        groups: [FieldGroup("check_scope", ["check_scope", "valid_to"])], isAppendOnly: true,
        recordRule: { fields, id in
            missing(["signer", "signed_at"], in: "authorisation")(fields, id) + endsBeforeItBegins(fields)
        },
        fields: [
            ofApplication, field("signer", .text, .im, .personal, "签字人", "Signer", Rules.text(64)),
            field("check_scope", .text, .im, .personal, "授权核对范围", "Scope of the check", Rules.text(500)),
            field("signed_at", .date, .im, .personal, "签字日期", "Signed on"),
            field("valid_to", .date, .im, .personal, "有效期至", "Valid to"),
            field("withdrawn", .date, .mn, .personal, "撤回日期", "Withdrawn on", Rules.past),
        ])

    /// 守信承诺书 (R60).
    static let commitment = KindSchema(
        "commitment", label: Label(zh: "守信承诺书", en: "Commitment"), parents: parent, isAppendOnly: true,
        recordRule: missing(["signer", "signed_at"], in: "commitment"),
        fields: [
            ofApplication, field("signer", .text, .im, .personal, "签字人", "Signer", Rules.text(64)),
            field("signed_at", .date, .im, .personal, "签字日期", "Signed on"),
            field("text", .text, .im, .personal, "承诺内容", "Text", Rules.text(2000)),
        ])

    /// An objection to what is posted (R32): never lost, may be anonymous.
    static let objection = KindSchema(
        "objection", label: Label(zh: "公示异议", en: "Objection"), parents: parent, isAppendOnly: true,
        recordRule: missing(["at", "text"], in: "objection"),
        fields: [
            ofApplication, field("by", .text, .im, .personal, "提出人（可匿名）", "By (may be anonymous)", Rules.text(64)),
            field("text", .text, .im, .personal, "内容", "Text", Rules.text(4000)),
            field("at", .date, .im, .personal, "提出日期", "On", Rules.past),
        ])

    private static let changes = [
        "death": "死亡", "alive": "死亡误报（健在）", "move": "户籍迁移", "birth": "出生", "marriage": "婚姻变化", "income": "收入变化",
        "other": "其他",
    ]

    /// What changed in a household (R22): a death freezes payment at once.
    static let changeReport = KindSchema(
        "change_report", label: Label(zh: "动态变化报告", en: "Change report"), parents: householdParent,
        isAppendOnly: true, recordRule: missing(["type", "on"], in: "change_report"),
        fields: [
            field("household", .reference, .im, .personal, "所属住户", "Household"),
            field("member", .reference, .im, .personal, "成员", "Member"),
            field("type", .text, .im, .personal, "变化类型", "Type", Rules.codes(changes)),
            field("on", .date, .im, .personal, "发生日期", "On", Rules.past),
            field("detail", .text, .im, .sensitive, "说明", "Detail", Rules.text(2000)),
            // Of a death that the desk took back: another than who did so releases what waits for it.
            desk("by", .text, .im, "经办人", "By", Rules.text(64)),
            // The desk took a death off the record with it: what others said before confirms nothing.
            desk("took_back", .bool, .im, "撤销了死亡记录", "Took a death back"),
        ])

    /// A station asks for a step; the township decides whether the rules allow it.
    static let caseRequest = KindSchema(
        "case_request", label: Label(zh: "办理请求", en: "Case request"), parents: parent, isAppendOnly: true,
        fields: [
            ofApplication, field("move", .text, .im, .personal, "请求的步骤", "Step asked for", Rules.codes(moveNames)),
            field("note", .text, .im, .personal, "说明", "Note", Rules.text(2000)),
            desk("refusal", .text, .tw, "不予办理的理由", "Refused because", Rules.text(500)),
        ])

    private static let moveNames = Dictionary(
        Programme.allCases.flatMap { CaseMachine.of($0).moves }.map { ($0.name, $0.label) }
    ) { first, _ in first }

    private static let noticeKinds = [
        "publicity": "公示单", "check_failure": "核对不符告知书", "rejection": "不予批准告知书", "adjustment": "低保金调整（停发）告知书",
    ]

    /// 公示单 and 告知书 (R21, R28, R31, R42, R43). Posting and removal are proved by files; its days are the township's.
    static let notice = KindSchema(
        "notice", label: Label(zh: "公示和告知", en: "Notice"), parents: parent, isAppendOnly: true,
        fields: [
            ofApplication, desk("kind", .text, .im, "类别", "Kind", Rules.codes(noticeKinds)),
            desk("text", .text, .im, "内容", "Text", Rules.text(4000)),
            desk("place", .text, .im, "地点", "Place", Rules.text(200)),
            desk("from", .date, .im, "起", "From"), desk("to", .date, .tw, "止", "To"),
            desk("hotline", .text, .im, "监督电话", "Hotline", Rules.phone),
            field("posted_evidence", .list, .su, .personal, "张贴凭证", "Evidence of posting", Rules.text(200)),
            field("removed_evidence", .list, .su, .personal, "撤除凭证", "Evidence of removal", Rules.text(200)),
            field("delivered_on", .date, .mn, .personal, "送达日期", "Delivered on", Rules.past),
            // The change that a 告知书 tells of (R43).
            desk("decision", .reference, .im, "告知的决定", "Decision that it tells of"),
        ])

    // MARK: - Written by the township alone

    /// A request to the 核对平台 (R25, R66).
    static let checkRequest = deskKind(
        "check_request", "经济状况核对请求", "Check request",
        [
            desk("requested_at", .time, .im, "发出时间", "Requested at"),
            desk("members", .list, .im, "核对对象", "Members", Rules.text(64)),
        ])

    private static let verdicts = ["conforming": "符合", "not_conforming": "不符合"]

    /// 核对报告 (R27, R64, R65).
    static let checkReport = deskKind(
        "check_report", "经济状况核对报告", "Check report",
        [
            desk("no", .text, .tw, "编号", "Number", Rules.text(64)),
            desk("request", .reference, .tw, "核对请求", "Check request"),
            desk("members", .list, .tw, "核对对象", "Members", Rules.text(64)),
            desk("per_member", .text, .tw, "逐人结果", "Per member (JSON)"),
            desk("verdict", .text, .tw, "结论", "Verdict", Rules.codes(verdicts)),
            desk("reasons", .text, .tw, "理由", "Reasons", Rules.text(4000)),
            desk("issued_on", .date, .tw, "出具日期", "Issued on"),
            desk("valid_to", .date, .tw, "有效期至", "Valid to"),
        ])

    /// A report that the rules did not let in: that it came, and why it counts for nothing; what it says is not kept, for
    /// nobody authorises it any more (DOMAIN section 7, collision 10).
    static let refusedReport = deskKind(
        "refused_report", "被隔离的核对报告", "Report kept aside",
        [
            desk("no", .text, .im, "编号", "Number", Rules.text(64)),
            desk("request", .reference, .im, "核对请求", "Check request"),
            desk("sha256", .text, .im, "报告摘要", "Digest of the report", Rules.text(64)),
            desk("reason", .text, .im, "理由", "Reason", Rules.text(2000)),
            desk("at", .time, .im, "时间", "At"),
        ])

    /// 审批意见 (R12, R15): corrected by a new decision.
    static let decision = deskKind(
        "decision", "审批决定", "Decision",
        [
            desk("result", .text, .im, "结果", "Result", Rules.codes(codes(CaseDecision.Result.allCases, \.label))),
            desk("amount_fen", .int64, .im, "金额（分）", "Amount (fen)", Rules.notNegative),
            desk("basis", .text, .im, "依据和意见", "Basis and opinion", Rules.text(4000)),
            desk("signatories", .list, .im, "签字人", "Signatories", Rules.text(64)),
            desk("calculation", .text, .im, "核算快照", "Calculation (JSON)"),
            desk("role", .text, .im, "决定人职责", "Role", Rules.codes(codes(Role.allCases, \.label))),
            desk("decided_on", .date, .im, "决定日期", "Decided on"),
        ])

    private static let reviewResults = ["upheld": "维持", "revoked": "撤销"]

    /// 民主评议记录 (R30, R32).
    static let democraticReview = deskKind(
        "democratic_review", "民主评议", "Democratic review",
        [
            desk("objection", .reference, .im, "所议异议", "Objection"),
            desk("held_on", .date, .im, "评议日期", "Held on"),
            desk("attendees", .list, .im, "参加人", "Attendees", Rules.text(64)),
            desk("votes_for", .int64, .im, "同意票", "Votes for", Rules.notNegative),
            desk("votes_against", .int64, .im, "反对票", "Votes against", Rules.notNegative),
            desk("record", .text, .im, "评议记录", "Record", Rules.text(4000)),
            desk("result", .text, .im, "结果", "Result", Rules.codes(reviewResults)),
        ])

    private static let paymentStates = ["planned": "计划", "paid": "已发放", "returned": "退回", "reversed": "冲销"]
    private static let means = ["account": "一本通", "cash": "现金", "goods": "实物"]

    /// A line of money; never changed, reversed by another line.
    static let payment = deskKind(
        "payment", "发放", "Payment", lookupFields: ["roll", "reverses"],
        [
            desk("month", .text, .im, "所属月份", "Month", Rules.text(7)),
            desk("payee", .reference, .im, "领取人", "Payee"),
            desk("amount_fen", .int64, .im, "金额（分）", "Amount (fen)"),
            desk("means", .text, .im, "方式", "Means", Rules.codes(means)),
            desk("state", .text, .im, "状态", "State", Rules.codes(paymentStates)),
            desk("return_code", .text, .im, "退回原因", "Return code", Rules.text(40)),
            desk("reverses", .reference, .im, "冲销", "Reverses"),
            desk("receipt", .text, .im, "签收凭证", "Receipt", Rules.text(200)),
            desk("paid_at", .time, .im, "发放时间", "Paid at"),
            desk("roll", .reference, .im, "所属批次", "Roll"),
            // The account as it was when the line was planned: a later one is verified first (DOMAIN section 7, 4).
            desk("account_kind", .text, .im, "卡/折", "Card or book", Rules.text(20)),
            desk("account_number", .text, .im, "账号", "Account number", Rules.accountNumber),
            desk("account_bank", .text, .im, "开户行", "Bank", Rules.text(64)),
            desk("account_holder", .text, .im, "户名", "Holder", Rules.text(64)),
            // Who marked it as paid, or wrote down that it came back: a return is not settled by who recorded it (R14).
            desk("recorded_by", .text, .im, "登记人", "Recorded by", Rules.text(64)),
        ])

    /// 复核 (R17, R22, R65).
    static let dynamicReview = deskKind(
        "dynamic_review", "动态复核", "Dynamic review",
        [
            desk("due", .date, .tw, "应复核日期", "Due"), desk("done", .date, .mn, "完成日期", "Done"),
            desk("result", .list, .su, "结果", "Result", Rules.text(64)),
        ])

    /// A step that was taken (R12, R13): organisation and author are those of its change set.
    static let caseMove = deskKind(
        "case_move", "办理步骤", "Step of a case",
        [
            desk("move", .text, .im, "步骤", "Step", Rules.codes(moveNames)),
            desk("from", .text, .im, "原状态", "From"), desk("to", .text, .im, "新状态", "To"),
            desk("role", .text, .im, "职责", "Role", Rules.codes(codes(Role.allCases, \.label))),
            desk("by", .text, .im, "办理人", "By", Rules.text(64)), desk("at", .time, .im, "时间", "At"),
            desk("note", .text, .im, "说明", "Note", Rules.text(2000)),
        ])

    /// What a supervisor says of a clock that ran out; the overdue case stays on record.
    static let supervisorNote = deskKind(
        "supervisor_note", "超期说明", "Supervisor's note",
        [
            desk("clock", .text, .im, "期限", "Clock", Rules.codes(codes(ClockRule.Name.allCases, \.label))),
            desk("text", .text, .im, "说明", "Text", Rules.text(2000)),
            desk("at", .time, .im, "时间", "At"),
        ])
}
