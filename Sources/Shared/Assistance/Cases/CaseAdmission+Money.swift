import SyncEngine

extension CaseFile {
    /// Of relief that was approved: an adjustment, which nobody signs, grants no more. `nil` for what is paid each month,
    /// where the leader's step makes an adjustment hold.
    fileprivate var mostOfRelief: Int64? {
        guard programme == .reliefExpense || programme == .reliefUrgent else { return nil }
        return all("decision").last { $0.text("result") == CaseDecision.Result.approved.rawValue }?
            .number("amount_fen")
    }

    /// A leader signed the approval, or it was posted or is paid: it is decided no more, only changed.
    fileprivate var isGranted: Bool {
        lastMove(CaseAdmission.signingMoves) != nil || publicity != nil || status?.isInForce == true
    }

    /// 渐退 follows from a review that was done, not from a decision.
    fileprivate var mayEnterGrace: Bool {
        machine?.moves(from: status ?? .intent).contains { $0.to == .grace } == true
            && Guard.recheckDone.isMet(self)
    }
}

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
        guard let result else { return }
        if result == .rejected, let file = try file(of: mutation, in: proposal), file.isGranted {
            throw refusal(
                decide, 31, "已经批准、公示或生效，要终止用“停发”（stopped）",
                "it was approved, posted or is in force: what ends it now is a stop (stopped)")
        }
        guard result.grants else { return }
        guard let file = try file(of: mutation, in: proposal), let linked = Linked(decision) else {
            throw Problem(.unknownRecord, "application")
        }
        if result == .approved, file.isGranted {
            throw refusal(
                decide, 31, "已经批准、公示或生效，金额变动用“调整”（adjusted）",
                "it was approved, posted or is in force: what changes now is an adjustment (adjusted)")
        }
        if result == .adjusted, let most = file.mostOfRelief, linked.number("amount_fen").map({ $0 > most }) ?? true {
            throw refusal(
                decide, 12, "签批的是 \(Yuan.text(most)) 元，不得再增加", "\(Yuan.text(most)) yuan were signed, and no more")
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
        if isSaidNow("decision") { try admitTold(mutation, in: proposal) }
        guard isSaidNow("kind"), let said = notice.value("kind", in: kind).text else { return }
        guard let file = try file(of: mutation, in: proposal) else { throw Problem(.unknownRecord, "application") }
        let decided = file.all("decision").last?.text("result").flatMap(CaseDecision.Result.init)
        switch said {
        case "publicity" where file.lastMove(signingMoves) == nil:
            throw refusal(act, 31, "还没有批准，批准后才公示", "the result is posted once it is approved")
        case "rejection" where decided != .rejected:
            throw refusal(act, 42, "还没有作出不予批准的决定", "nothing was rejected yet")
        case "check_failure" where file.all("check_report").last?.text("verdict") != "not_conforming":
            throw refusal(act, 28, "没有结论为不符合的核对报告", "no check report says that it does not conform")
        case "adjustment" where decided != .adjusted && decided != .stopped && !file.mayEnterGrace:
            throw refusal(
                act, 43, "还没有作出调整、停发的决定，也没有复核后进入渐退", "nothing was adjusted or stopped, and no review leads to grace")
        default: break
        }
    }

    /// R43: a letter tells of the change that waits for it, from its first writing on; an older one does not come to serve.
    private static func admitTold(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let told = mutation.after.value("decision", in: mutation.kind).recordID
        guard mutation.before == nil, let told, try file(of: mutation, in: proposal)?.pendingChange?.record.id == told
        else {
            throw refusal(
                Label(zh: "出公示或告知", en: "issue a notice"), 43, "告知书只能在写成时写明这件申请待办的调整、停发决定",
                "a letter names, when it is written, the change of this case that waits for it")
        }
    }

    /// Steps by which a leader signs what was decided.
    fileprivate static let signingMoves = ["approve", "confirm", "sign_off"]

    /// Money is paid while the benefit is in force, and stops with a death; what was paid may always be reversed.
    static func admitPayment(_ mutation: RecordMutation, in proposal: Proposal) throws {
        guard let line = Linked(mutation.after), let file = try file(of: mutation, in: proposal) else {
            throw Problem(.unknownRecord, "application")
        }
        let act = Label(zh: "发放", en: "pay")
        let state = line.text("state") ?? ""
        if !line.value("reverses").isNull || ["returned", "reversed"].contains(state) {
            let reasons =
                try file.refusals(ofReversing: line) + MoneyAdmission.refusals(ofTakingBack: line, in: proposal)
            if let first = reasons.first { throw Refusal(move: act, reasons: [first]).problem }
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
