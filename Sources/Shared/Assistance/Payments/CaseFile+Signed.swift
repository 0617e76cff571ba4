import SyncEngine

/// Which decisions count: those that a leader's step made valid (R12, R43). Nobody grants, changes or ends a benefit by
/// writing a decision alone. What a step adopted follows from the order of the log: the last decision before it, which is
/// the one that was shown, and that the notice told of. A decision that a later one replaced before any step never counts.
extension CaseFile {
    /// What a step to this state makes valid.
    private static let signing: [CaseState: CaseDecision.Result] = [
        .approved: .approved, .confirmed: .approved, .signedOff: .approved, .adjusted: .adjusted, .stopped: .stopped,
    ]

    private static func result(of decision: Linked) -> CaseDecision.Result? {
        decision.text("result").flatMap(CaseDecision.Result.init)
    }

    private static func state(after move: Linked) -> CaseState? { move.text("to").flatMap(CaseState.init) }

    /// The decision that a step adopted; `nil` for a step that signs none.
    package func adopted(by move: Linked) -> Linked? {
        guard let result = Self.state(after: move).flatMap({ Self.signing[$0] }) else { return nil }
        let last = all("decision").last { $0.record.seq < move.record.seq }
        return last.flatMap { Self.result(of: $0) == result ? $0 : nil }
    }

    /// The decisions that were adopted, the older first. Relief has no step for it: it is granted less without one, until
    /// it is paid (``CaseAdmission`` lets it be granted no more).
    var decisionsInForce: [Linked] {
        let signed = moves.compactMap(adopted)
        guard isPaidOnce, let approval = signed.last else { return signed }
        let paid = moves.first { Self.state(after: $0) == .inPayment }?.record.seq
        return signed
            + all("decision").filter { decision in
                Self.result(of: decision) == .adjusted && decision.record.seq > approval.record.seq
                    && paid.map { decision.record.seq < $0 } ?? true
            }
    }

    /// A change that was decided, and that no leader's step followed: what it touches is held until then.
    package var pendingChange: Linked? {
        let decision = all("decision").last { decision in
            [.adjusted, .stopped].contains(Self.result(of: decision))
        }
        guard let decision, !decisionsInForce.contains(where: { $0.record.id == decision.record.id }),
            !moves.contains(where: { move in
                move.record.seq > decision.record.seq
                    && Self.state(after: move).map { $0 == .grace || Self.signing[$0] != nil } ?? false
            })
        else { return nil }
        return decision
    }

    /// Why what a pending change touches is held: its notice was not delivered, or the leader has not signed it.
    var changeHold: Refusal.Reason? {
        guard let decision = pendingChange else { return nil }
        let delivered = Guard.changeDelivered
        if !delivered.isMet(self) { return .init(delivered.rule, delivered.needs) }
        let result = Self.result(of: decision)?.label ?? Label(zh: "变动", en: "change")
        return .init(
            CaseRule(12),
            Label(zh: "“\(result.zh)”还没有经负责人签批", en: "the leader has not taken the step: \(result.en)"))
    }
}
