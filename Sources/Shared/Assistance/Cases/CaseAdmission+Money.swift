import SyncEngine

/// What is asked before money is granted, posted and paid.
extension CaseAdmission {
    private static let decide = Label(zh: "作出审批决定", en: "decide")

    private static func refusal(_ act: Label, _ rule: Int, _ zh: String, _ en: String) -> Problem {
        Refusal(move: act, reasons: [.init(CaseRule(rule), Label(zh: zh, en: en))]).problem
    }

    /// A decision and a line of money are corrected by another one (DOMAIN section 4). A field that was left empty is not
    /// filled in later either: what was not asked when the record was made would never be asked.
    static func admitNoChange(of mutation: RecordMutation, besides later: Set<String> = []) throws {
        guard let before = mutation.before else { return }
        let kind = mutation.kind
        let changed = kind.fields.map(\.name).filter { name in
            !later.contains(name) && before.value(name, in: kind) != mutation.after.value(name, in: kind)
        }
        if changed.isEmpty { return }
        throw refusal(
            Label(zh: "修改\(kind.label.zh)", en: "change a \(kind.name)"), 15,
            "\(kind.label.zh)不得修改（\(changed.joined(separator: "、"))），有错的另记一条更正",
            "a \(kind.name) is not changed (\(changed.joined(separator: ", "))): record another that corrects it")
    }

    /// R1: a district role decides nothing. R64: nothing is granted unchecked where the programme is checked.
    static func admitDecision(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let decision = mutation.after
        if let role = decision.value("role", in: mutation.kind).text.flatMap(Role.init(rawValue:)), !role.covers(.clerk)
        {
            throw refusal(decide, 1, "由镇（街）审批，区级不能办理", "the township decides; a district role may not")
        }
        let result = decision.value("result", in: mutation.kind).text.flatMap(CaseDecision.Result.init)
        guard let result, result.grants else { return }
        guard let file = try file(of: mutation, in: proposal), let linked = Linked(decision) else {
            throw Problem(.unknownRecord, "application")
        }
        if result == .approved, file.publicity != nil || file.status?.isInForce == true {
            throw refusal(
                decide, 31, "已经公示或生效，金额变动用“调整”（adjusted）",
                "it was posted or is in force: what changes now is an adjustment (adjusted)")
        }
        let approval = file.machine?.moves.first { $0.name == "approve" }
        let isChecked = approval?.guards.contains { $0.rule.number == 64 } ?? false
        if result == .approved, isChecked { try need([.authorised, .checkedFirst], decide, mutation, in: proposal) }
        if linked.day("decided_on") != proposal.at.day {
            throw refusal(
                decide, 15, "决定日期须是今天（\(proposal.at.day)），不得倒签", "it is dated \(proposal.at.day), and not back")
        }
        let reasons = try CaseDecision.refusals(of: linked, in: file, facts: facts(of: file, in: proposal))
        if !reasons.isEmpty { throw Refusal(move: decide, reasons: reasons).problem }
    }

    /// What is on record of the household now: a calculation of other facts grants nothing.
    private static func facts(of file: CaseFile, in proposal: Proposal) throws -> CalculationInput? {
        guard let home = file.home?.record else { return nil }
        let records = try CalculationInput.records(below: home) { try proposal.dependents(of: $0) }
        return CalculationInput.read(household: home, records: records, schema: AssistanceSchema.current).input
    }

    /// A notice is never dated back (DOMAIN section 9), for its days are what objections count by; and only a result that
    /// was approved is posted (R29, R31).
    static func admitNotice(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let act = Label(zh: "出公示或告知", en: "issue a notice")
        let (notice, kind) = (mutation.after, mutation.kind)
        func isSaidNow(_ field: String) -> Bool {
            notice.value(field, in: kind) != mutation.before?.value(field, in: kind) ?? .null
        }
        if isSaidNow("from"), case .date(let from) = notice.value("from", in: kind), from < proposal.at.day {
            throw refusal(act, 31, "起始日期 \(from) 早于今天，不得倒签", "it begins on \(from); a notice is not dated back")
        }
        guard isSaidNow("kind"), notice.value("kind", in: kind).text == "publicity" else { return }
        guard let file = try file(of: mutation, in: proposal) else { throw Problem(.unknownRecord, "application") }
        let isApproved = file.moves.contains {
            ["approve", "confirm", "sign_off"].contains($0.text("move") ?? "")
        }
        if !isApproved {
            throw refusal(act, 31, "还没有批准，批准后才公示", "the result is posted once it is approved")
        }
    }

    /// Money is paid while the benefit is in force, and stops with a death; what was paid may always be reversed.
    static func admitPayment(_ mutation: RecordMutation, in proposal: Proposal) throws {
        guard let line = Linked(mutation.after), let file = try file(of: mutation, in: proposal) else {
            throw Problem(.unknownRecord, "application")
        }
        let act = Label(zh: "发放", en: "pay")
        let state = line.text("state") ?? ""
        if !line.value("reverses").isNull || ["returned", "reversed"].contains(state) {
            let reasons = file.refusals(ofReversing: line)
            if !reasons.isEmpty { throw Refusal(move: act, reasons: reasons).problem }
            return
        }
        if file.programme != .reliefUrgent, file.status?.isInForce != true {
            throw refusal(
                act, 31, "现在是“\(file.status?.label.zh ?? "")”，公示期满生效后才能发放",
                "it is \(file.status?.label.en ?? ""); money is paid once the result took effect")
        }
        try need([.noUnconsideredDeath], act, mutation, in: proposal)
        let reasons = try file.refusals(ofPlanning: line) + file.refusals(ofAccountIn: line)
        if !reasons.isEmpty { throw Refusal(move: act, reasons: reasons).problem }
    }
}
