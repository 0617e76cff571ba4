import SyncEngine

/// A step that a case could take from where it stands, for one person: it may be taken, or every reason why not.
package struct CaseStep: Sendable {
    package let move: CaseMove
    /// None: it may be taken now.
    package let reasons: [Refusal.Reason]

    package var isPossible: Bool { reasons.isEmpty }
}

extension CaseMove {
    /// What a leader signs was written by somebody else (R12): a maker is not the checker of the same decision.
    package var isSigned: Bool { role == .leader }

    /// The kind of the record that is signed.
    private var signedKind: String { to == .upheld || to == .revoked ? "democratic_review" : "decision" }

    /// The record that this step signs; `nil` when it signs none, or none is there.
    package func signed(in file: CaseFile) -> Linked? { isSigned ? file.all(signedKind).last : nil }
}

extension CaseFile {
    /// Every step from where the case stands.
    /// - Parameters:
    ///   - role: of who looks at it.
    ///   - isMaker: whether that person wrote what the step signs.
    package func steps(by role: Role, isMaker: (Linked) throws -> Bool) rethrows -> [CaseStep] {
        guard let machine, let status else { return [] }
        return try machine.moves(from: status).map { move in
            var reasons: [Refusal.Reason] = []
            if !role.covers(.clerk) {
                reasons.append(
                    .init(CaseRule(1), Label(zh: "由镇（街）审批，区级不能办理", en: "the township decides; a district role may not"))
                )
            } else if !role.covers(move.role) {
                reasons.append(
                    .init(
                        CaseRule(12), Label(zh: "须由\(move.role.label.zh)办理", en: "it takes the \(move.role.label.en)")))
            }
            if let signed = move.signed(in: self), try isMaker(signed) {
                reasons.append(.init(CaseRule(12), Self.sameMaker(signed)))
            }
            reasons += move.guards.filter { !$0.isMet(self) }.map { .init($0.rule, $0.needs) }
            return CaseStep(move: move, reasons: reasons)
        }
    }

    private static func sameMaker(_ signed: Linked) -> Label {
        Label(
            zh: "\(signed.kind.label.zh)是您本人填写的，须由另一位负责人签批",
            en: "you wrote the \(signed.kind.label.en.lowercased()) yourself: another leader signs it")
    }

    /// The step that a leader is asked to sign (R12, R15): the decision or the review that it signs was written after the
    /// last step, and what else it needs is on record. Whether the household receives another benefit (R2, R14) is asked
    /// when it is signed.
    package var awaitedSignature: CaseMove? {
        guard let machine, let status else { return nil }
        let last = moves.last?.record.seq ?? 0
        return machine.moves(from: status).first { move in
            guard let signed = move.signed(in: self), signed.record.seq > last else { return false }
            return move.guards.allSatisfy { [2, 14].contains($0.rule.number) || $0.isMet(self) }
        }
    }

    /// Steps that stations asked for since the last one was taken, and that were not refused.
    package var openRequests: [Linked] {
        let taken = moves.last?.record.seq ?? 0
        return all("case_request").filter { $0.record.seq > taken && $0.value("refusal").isNull }
    }
}
