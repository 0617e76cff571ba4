/// One set's part in a record's history.
package struct HistoryItem: Hashable, Sendable {
    /// 0 while it is not decided.
    package var seq: Seq
    package var device: DeviceID
    package var author: String
    package var at: Instant
    package var reason: String
    package var effects: [Effect]
    package var outcome: Outcome
    /// Its author's clock was ahead of the server's by more than ``HybridClock/futureToleranceMilliseconds``. Known at
    /// the server.
    package var isFlagged = false

    package enum Outcome: String, Sendable {
        case pending, applied, conflicted, quarantined

        package init(_ result: SetOutcome.Result) {
            switch result {
            case .verbatim, .applied: self = .applied
            case .conflicted: self = .conflicted
            case .quarantined: self = .quarantined
            }
        }
    }

    package init(
        seq: Seq, device: DeviceID, author: String, at: Instant, reason: String, effects: [Effect], outcome: Outcome
    ) {
        self.seq = seq
        self.device = device
        self.author = author
        self.at = at
        self.reason = reason
        self.effects = effects
        self.outcome = outcome
    }

    /// A set that is not in the log as applied: what its author typed.
    package init(typed change: Change, in set: ChangeSet, seq: Seq, outcome: Outcome) {
        let effects =
            change.operation == .delete
            ? [Effect(Effect.deleted, old: .bool(false), new: .bool(true), .lost)]
            : change.edits.map { Effect($0.field, element: $0.element, old: $0.old, new: $0.new, .lost) }
        self.init(
            seq: seq, device: set.device, author: set.author, at: set.time.instant, reason: set.reason,
            effects: effects,
            outcome: outcome)
    }
}
