package import SyncEngine

/// A month's roll as it was frozen (R14): how many lines, how much, and the digest of the lines, so that pay file and
/// roll agree to the fen.
package let rollKind = KindSchema(
    "roll", label: Label(zh: "发放名册", en: "Roll"), isAppendOnly: true,
    fields: [
        roll("month", .text, "所属月份", "Month"), roll("batch", .int64, "批次", "Batch"),
        roll("frozen_at", .time, "冻结时间", "Frozen at"), roll("frozen_by", .text, "冻结人", "Frozen by"),
        roll("lines", .int64, "笔数", "Lines"), roll("total_fen", .int64, "合计（分）", "Total (fen)"),
        roll("digest", .text, "名册摘要", "Digest"),
    ])

/// That a pay file was written, by whom and with what in it: a month is handed to the bank once (R14, R47).
package let payFileKind = KindSchema(
    "pay_file", label: Label(zh: "发放文件", en: "Pay file"), isAppendOnly: true, lookupFields: ["month"],
    fields: [
        roll("month", .text, "所属月份", "Month"), roll("batch", .int64, "批次（空为全部）", "Batch (empty: all)"),
        roll("rows", .int64, "笔数", "Rows"), roll("total_fen", .int64, "合计（分）", "Total (fen)"),
        roll("sha256", .text, "文件摘要", "Digest of the file"),
        // A death that became known since the freeze: what was not handed to the bank was not paid.
        roll("left_out", .list, "未列入的发放记录", "Lines left out"), roll("written_by", .text, "导出人", "Written by"),
        roll("written_at", .time, "导出时间", "Written at"),
    ])

private func roll(_ name: String, _ type: ValueType, _ zh: String, _ en: String) -> FieldSchema {
    FieldSchema(name, type, .im, .none, Label(zh: zh, en: en), isDeskOnly: true)
}

/// A month's roll before it is frozen: who is paid what, and who is held out and why.
package struct Roll: Sendable {
    /// A month of one case that is paid.
    package struct Line: Sendable {
        package let file: CaseFile
        package let payee: Linked
        package let account: Linked
        package let month: Month
        package let fen: Int64

        package func isArrears(in roll: Month) -> Bool { month < roll }
    }

    /// A case that is due money and gets none, or not all, until a person has looked.
    package struct Held: Sendable {
        package let file: CaseFile
        package let reasons: [Refusal.Reason]
        /// What is due and waits, in fen.
        package let fen: Int64
    }

    package let month: Month
    package private(set) var lines: [Line] = []
    package private(set) var held: [Held] = []

    package var totalFen: Int64 { lines.reduce(0) { $0 + $1.fen } }

    /// - Parameters:
    ///   - files: every case, in a fixed order: the roll's.
    ///   - doubtful: records that are in an open conflict or may be on record twice; a household with one waits.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    package init(_ month: Month, files: [CaseFile], doubtful: Set<RecordID>) throws {
        self.month = month
        for file in files where file.programme != .reliefUrgent {
            let unpaid = try file.unpaid(through: month)
            guard !unpaid.isEmpty else { continue }
            let ready = try unpaid.filter { try !file.awaitsChange(for: $0.month) }
            let obstacles = Self.obstacles(of: file, doubtful: doubtful)
            let reasons = obstacles + (ready.count < unpaid.count ? [file.changeHold].compactMap(\.self) : [])
            let waiting =
                obstacles.isEmpty ? unpaid.filter { due in !ready.contains { $0.month == due.month } } : unpaid
            if !reasons.isEmpty {
                held.append(Held(file: file, reasons: reasons, fen: waiting.reduce(0) { $0 + $1.fen }))
            }
            guard obstacles.isEmpty, let payee = file.payee, let account = file.accounts.first else { continue }
            lines += ready.map { Line(file: file, payee: payee, account: account, month: $0.month, fen: $0.fen) }
        }
    }

    /// Kinds of a household's records of which an open conflict holds its money: who is paid, where to, and what was
    /// calculated with.
    package static let holdingKinds: Set<String> = [
        householdKind.name, memberKind.name, bankAccountKind.name, incomeItemKind.name, expenseItemKind.name,
        propertyItemKind.name, supporterKind.name, CaseKinds.application.name, "decision",
    ]

    private static func obstacles(of file: CaseFile, doubtful: Set<RecordID>) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        func add(_ rule: Int, _ zh: String, _ en: String) {
            reasons.append(.init(CaseRule(rule), Label(zh: zh, en: en)))
        }
        reasons += [file.deathHold].compactMap(\.self)
        if file.isPaidByAnother { add(14, "这一户同一项目有另一件申请在发放", "another case pays the same to this household") }
        if file.payee == nil { add(14, "缺领取人：申请没有写申请人，住户没有写户主", "no payee: neither applicant nor head of household") }
        switch file.accounts.count {
        case 0: add(14, "缺发放账户", "no account to pay to")
        case 1: reasons += [file.returnHold].compactMap(\.self)
        default:
            add(
                14, "有 \(file.accounts.count) 个账户，须确定用哪一个：在住户页面“银行账户”里，把不用的账户的账号清空",
                "\(file.accounts.count) accounts: say which one; on the household's page clear the number of those not in use"
            )
        }
        let concerned =
            file.members + [file.application, file.home].compactMap(\.self)
            + file.household.filter { Self.holdingKinds.contains($0.kind.name) }
        if (concerned + file.all("decision")).contains(where: { doubtful.contains($0.record.id) }) {
            add(
                14, "人员、住户、账户、收支财产或申请有未处理的冲突或疑似重复",
                "an open conflict or duplicate about people, household, account, means or case")
        }
        return reasons
    }
}

extension CaseFile {
    /// Why nothing is paid since a death, also of what was frozen before it was known (R22; DOMAIN section 9).
    package var deathHold: Refusal.Reason? {
        let death = Guard.noUnconsideredDeath
        if unconsideredDeaths.isEmpty, !deathsTakenBack.isEmpty {
            return .init(
                death.rule,
                Label(
                    zh: "登记过的死亡被撤回：由另一人在“报告变动”中确认健在（死亡误报），或重新决定并由负责人签批",
                    en:
                        "a death was taken back: another person reports that he is alive, or it is decided anew and signed"
                ))
        }
        if !death.isMet(self) { return .init(death.rule, death.needs) }
        guard isPayeeDead else { return nil }
        return .init(
            death.rule, Label(zh: "领取人已死亡，须由接续的申请发放", en: "the payee is dead: another case continues this one"))
    }

    /// Who gets the money: the applicant, else the head of the household, or whom they were merged into.
    var payee: Linked? {
        let named = application.value("member").isNull ? head : applicant
        return named.flatMap { named in members.first { $0.record.id == named.record.id } }
    }

    var isPayeeDead: Bool {
        payee.map(isDead) ?? false
    }

    /// Where it may be paid: the payee's own accounts, else the household's.
    package var accounts: [Linked] {
        let all = household.filter {
            $0.kind.name == "bank_account" && $0.text("number") != nil && $0.value(KindSchema.aliasField).isNull
        }
        let own = all.filter { $0.value("member").recordID == payee?.record.id && payee != nil }
        return own.isEmpty ? all.filter { $0.value("member").isNull } : own
    }
}
