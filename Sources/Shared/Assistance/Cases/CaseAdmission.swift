import SyncEngine

/// What the township asks before it applies a set that touches a case. Stations and desk take the same way; what is
/// refused comes back to its author with the rule.
enum CaseAdmission {
    static let rule = Admission(
        kinds: Set(CaseDays.fields.keys).union([
            "application", "case_move", "case_request", "check_request", "check_report", "decision",
            "democratic_review", "notice", "payment", "proof_request",
        ])
    ) { proposal in
        for mutation in proposal.mutations {
            try admit(mutation, in: proposal)
            try CaseDays.admit(mutation, in: proposal)
        }
    }

    private static func admit(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let isNew = mutation.before == nil
        switch mutation.kind.name {
        case "application": try admitStatus(mutation, in: proposal)
        case "case_move" where isNew: try admitMove(mutation, in: proposal)
        case "case_move": try admitNoChange(of: mutation)
        case "case_request" where isNew: try admitRequest(mutation, in: proposal)
        case "check_request" where isNew:
            try need([.authorised], Label(zh: "发起经济状况核对", en: "request a check"), mutation, in: proposal)
        case "check_report":
            // Withdrawn while the check ran: the withdrawal wins (DOMAIN section 7, collision 10).
            try need(
                [.authorised, .checkRequested], Label(zh: "收入核对报告", en: "take in a check report"), mutation,
                in: proposal)
        case "notice": try admitNotice(mutation, in: proposal)
        case "decision" where isNew: try admitDecision(mutation, in: proposal)
        case "decision": try admitNoChange(of: mutation)
        case "democratic_review" where isNew: try admitReview(mutation, in: proposal)
        case "payment" where isNew: try admitPayment(mutation, in: proposal)
        case "payment": try admitNoChange(of: mutation, besides: ["return_code", "receipt", "paid_at", "recorded_by"])
        case "proof_request": try admitProofRequest(mutation, in: proposal)
        default: break
        }
    }

    /// The case of a record below an application; `nil` when the application has not arrived.
    static func file(of mutation: RecordMutation, in proposal: Proposal) throws -> CaseFile? {
        guard let id = mutation.after.value("application", in: mutation.kind).recordID,
            let application = try proposal.record(id, kind: CaseKinds.application)
        else { return nil }
        return try CaseFile(application, in: proposal, at: proposal.at, shelf: shelf(for: application, in: proposal))
    }

    /// The packs that are in use for a village. Only the desk writes them, and it checked their signatures when it took
    /// them in; a station checks them again.
    private static func shelf(for application: Record, in proposal: Proposal) throws -> PolicyShelf {
        let records = try [PolicyPackRecord.kind, districtKeyKind].flatMap { try proposal.records(of: $0) }
        return PolicyShelf(records: records, region: application.scope) { _, _, _ in true }
    }

    static func need(
        _ guards: [Guard], _ act: Label, _ mutation: RecordMutation, in proposal: Proposal
    ) throws {
        guard let file = try file(of: mutation, in: proposal) else { throw Problem(.unknownRecord, "application") }
        let missing = guards.filter { !$0.isMet(file) }
        if !missing.isEmpty {
            throw Refusal(move: act, reasons: missing.map { .init($0.rule, $0.needs) }).problem
        }
    }

    /// A status changes with a step of the same set, and in no other way (R13, R47).
    private static func admitStatus(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let status = mutation.after.value("status", in: mutation.kind)
        guard status != mutation.before?.value("status", in: mutation.kind) ?? .null else { return }
        let step = proposal.mutations.first { other in
            other.kind.name == "case_move" && other.before == nil
                && other.after.value("application", in: other.kind).recordID == mutation.after.id
                && other.after.value("to", in: other.kind) == status
        }
        if step == nil {
            throw Refusal(
                move: Label(zh: "修改办理状态", en: "change the status"),
                reasons: [
                    .init(
                        CaseRule(13),
                        Label(zh: "状态只能按步骤变化", en: "a status changes step by step"))
                ]
            ).problem
        }
    }

    private static func admitMove(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let step = mutation.after
        guard let file = try file(of: mutation, in: proposal)?.without(step.id), let machine = file.machine else {
            throw Problem(.unknownRecord, "application")
        }
        let name = step.value("move", in: mutation.kind).text ?? ""
        let before = proposal.mutations.first { $0.after.id == file.application.record.id }?.before
        // The state that stood, not the one the author saw: what another clerk did meanwhile counts.
        let state = before.map {
            $0.value("status", in: CaseKinds.application).text.flatMap(CaseState.init) ?? machine.initial
        }
        guard let state else { throw Problem(.malformedSet, "case_move") }
        let role = step.value("role", in: mutation.kind).text.flatMap(Role.init) ?? .clerk
        let row = try allowed(machine.judge(name, from: state, by: role, in: file))
        guard file.application.text("status") == row.to.rawValue,
            step.value("to", in: mutation.kind).text == row.to.rawValue,
            step.value("from", in: mutation.kind).text == state.rawValue
        else { throw Problem(.malformedSet, "case_move") }
    }

    /// A station asks: what it asks for must be possible now.
    private static func admitRequest(_ mutation: RecordMutation, in proposal: Proposal) throws {
        guard let file = try file(of: mutation, in: proposal), let machine = file.machine, let state = file.status
        else {
            return
        }
        let name = mutation.after.value("move", in: mutation.kind).text ?? ""
        _ = try allowed(machine.judge(name, from: state, by: nil, in: file))
    }

    private static func allowed(_ verdict: Result<CaseMove, RefusedMove>) throws -> CaseMove {
        switch verdict {
        case .success(let move): return move
        case .failure(let refused): throw refused.refusal.problem
        }
    }

    /// R37, R38: an applicant is asked for nothing but what the checklist names and nobody shares.
    private static func admitProofRequest(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let code = mutation.after.value("code", in: mutation.kind)
        guard mutation.before.map({ $0.value("code", in: mutation.kind) != code }) ?? true else { return }
        guard let file = try file(of: mutation, in: proposal) else { throw Problem(.unknownRecord, "application") }
        if let refusal = file.refusal(ofAskingFor: code.text) { throw refusal.problem }
    }

    /// R30: no democratic review without an objection; it names the one that it answers.
    private static func admitReview(_ mutation: RecordMutation, in proposal: Proposal) throws {
        guard let file = try file(of: mutation, in: proposal) else { throw Problem(.unknownRecord, "application") }
        let answered = mutation.after.value("objection", in: mutation.kind).recordID
        let isAnswer = file.all("objection").contains { $0.record.id == answered }
        if !isAnswer {
            let refused = Guard.reviewHasObjection
            throw Refusal(
                move: Label(zh: "开展民主评议", en: "hold a democratic review"),
                reasons: [.init(refused.rule, refused.needs)]
            ).problem
        }
    }
}
