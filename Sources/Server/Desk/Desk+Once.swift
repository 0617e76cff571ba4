import Assistance
import RecordStore
import SyncEngine

extension Desk.Act {
    /// The id of the record that this act makes: the one that was given out for it, or a new one.
    func newID() -> RecordID { made ?? Township.newID(at: now) }

    /// The same act's further sets: they have seen the earlier ones, and make other records.
    var further: Desk.Act {
        var act = self
        (act.seen, act.made, act.condition) = (nil, nil, nil)
        return act
    }
}

extension Township {
    /// An act of the desk, after which it is looked at once who of its people is recorded twice, as after a station's push.
    /// - Returns: the act's outcome; `nil` when the drafts change nothing.
    /// - Throws: as ``Desk/act(_:_:in:)``.
    func act(_ drafts: [Draft], _ act: Desk.Act, in transaction: AuthorityTransaction) throws -> SetOutcome? {
        let drafts = try DeathEntry.complete(
            drafts, by: act.author, on: act.now.day, newID: { Township.newID(at: act.now) },
            member: { try transaction.record($0, kind: memberKind) })
        let outcome = try desk.act(drafts, act, in: transaction)
        guard outcome != nil else { return nil }
        let members = drafts.filter { $0.kind.name == memberKind.name }.map(\.record)
        try duplicates.look(at: Set(members), in: transaction, now: act.now)
        return outcome
    }

    /// Does an act in one transaction: what its author saw is looked at again there, so that nobody can have changed it
    /// between the look and the writing.
    /// - Parameter body: gets the act as it stands after that.
    /// - Throws: ``Problem`` ``Problem/Code/recordExists`` when what it makes is made already, what its condition throws.
    func write<Result>(
        _ act: Desk.Act, _ body: (AuthorityTransaction, Desk.Act) throws -> Result
    ) throws -> Result {
        try database.write { transaction in
            if let made = act.made, try transaction.tables.record(made, in: transaction.database) != nil {
                throw Problem(.recordExists, made.description)
            }
            try act.condition?(transaction)
            var act = act
            act.condition = nil
            return try body(transaction, act)
        }
    }
}
