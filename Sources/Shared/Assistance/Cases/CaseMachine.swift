package import SyncEngine

/// One row of a case's table: a step from one or several states to another, who may take it, and what it needs.
package struct CaseMove: Sendable {
    package let name: String
    package let label: Label
    package let from: [CaseState]
    package let to: CaseState
    package let role: Role
    package let guards: [Guard]

    init(
        _ name: String, _ zh: String, from: [CaseState], to: CaseState, by role: Role = .clerk,
        needs guards: [Guard] = []
    ) {
        self.name = name
        label = Label(zh: zh, en: name.split(separator: "_").joined(separator: " "))
        self.from = from
        self.to = to
        self.role = role
        self.guards = guards
    }
}

/// The states of a programme's cases and the steps between them: one readable table (`CaseTables.swift`), from which
/// `docs/cases.md` is drawn.
package struct CaseMachine: Sendable {
    package let name: String
    package let label: Label
    package let programmes: [Programme]
    package let initial: CaseState
    package let moves: [CaseMove]

    /// - Parameter moves: all but the withdrawal, which is possible from every state that goes on (DOMAIN section 3), and
    ///   where payment ends with a stop, from those before it alone: a clerk ends no payment alone (R12).
    init(name: String, label: Label, programmes: [Programme], initial: CaseState, moves: [CaseMove]) {
        self.name = name
        self.label = label
        self.programmes = programmes
        self.initial = initial
        let open = moves.flatMap(\.from).reduce(into: [CaseState]()) { if !$0.contains($1) { $0.append($1) } }
        let isStopped = moves.contains { $0.to == .stopped }
        let withdrawal = CaseMove(
            "withdraw", "撤回申请", from: open.filter { !isStopped || !$0.isPaid && $0 != .suspended }, to: .withdrawn,
            needs: isStopped ? [.notYetInPayment] : [])
        self.moves = moves + [withdrawal]
    }

    package static func of(_ programme: Programme) -> CaseMachine {
        all.first { $0.programmes.contains(programme) }!  // a test holds that every programme has one
    }

    /// The states in the order in which the table reaches them.
    package var states: [CaseState] {
        moves.reduce(into: [initial]) { states, move in
            for state in move.from + [move.to] where !states.contains(state) { states.append(state) }
        }
    }

    package func moves(from state: CaseState) -> [CaseMove] { moves.filter { $0.from.contains(state) } }

    /// Some step needs a valid authorisation (R25).
    package var needsAuthorisation: Bool { moves.contains { $0.guards.contains { $0.rule.number == 25 } } }

    /// How the benefit is looked at again from time to time (R17); `nil` when it is not.
    var review: PolicyDeadline.Step? {
        if states.contains(.aliveCheckDue) { return .aliveCheck }
        return states.contains(.recheckDue) ? .recheck : nil
    }

    /// No step leads on from it, but a withdrawal.
    package func isFinal(_ state: CaseState) -> Bool { moves(from: state).allSatisfy { $0.to == .withdrawn } }

    /// Judges a step.
    /// - Parameters:
    ///   - state: where the case stands before it.
    ///   - role: who takes it; `nil` for a station that asks the township to.
    /// - Returns: the row that allows it, or why it is refused.
    package func judge(
        _ name: String, from state: CaseState, by role: Role?, in file: CaseFile
    ) -> Result<CaseMove, RefusedMove> {
        let label = moves.first { $0.name == name }?.label ?? Label(zh: name, en: name)
        func refused(_ reasons: [Refusal.Reason]) -> Result<CaseMove, RefusedMove> {
            .failure(RefusedMove(refusal: Refusal(move: label, reasons: reasons)))
        }
        if let role, !role.covers(.clerk) {
            return refused([
                .init(CaseRule(1), Label(zh: "由镇（街）审批，区级不能办理", en: "the township decides; a district role may not"))
            ])
        }
        guard let move = moves.first(where: { $0.name == name && $0.from.contains(state) }) else {
            if let withdrawal = moves.last, withdrawal.name == name {
                let missing = withdrawal.guards.filter { !$0.isMet(file) }
                if !missing.isEmpty { return refused(missing.map { .init($0.rule, $0.needs) }) }
            }
            return refused([.init(CaseRule(13), because(name, from: state))])
        }
        if let role, !role.covers(move.role) {
            return refused([
                .init(CaseRule(12), Label(zh: "须由\(move.role.label.zh)办理", en: "it takes the \(move.role.label.en)"))
            ])
        }
        let missing = move.guards.filter { !$0.isMet(file) }
        return missing.isEmpty ? .success(move) : refused(missing.map { .init($0.rule, $0.needs) })
    }

    /// Why the table has no such row: what can be next, and of a name that is none how the steps are written.
    private func because(_ name: String, from state: CaseState) -> Label {
        let next = moves(from: state)
        let isStep = moves.contains { $0.name == name }
        let names = next.map { isStep ? $0.label.zh : "\($0.name) \($0.label.zh)" }
        let zh = next.isEmpty ? "已办结" : "下一步只能是" + names.joined(separator: "、")
        let en = next.isEmpty ? "it is closed" : "next can be " + next.map(\.name).joined(separator: ", ")
        return Label(
            zh: (isStep ? "" : "没有这个步骤；") + "现在是“\(state.label.zh)”，\(zh)",
            en: (isStep ? "" : "there is no such step; ") + "it is \(state.label.en); \(en)")
    }
}

/// A refusal as an error.
package struct RefusedMove: Error, Hashable, Sendable {
    package let refusal: Refusal
}
