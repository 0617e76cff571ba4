package import Assistance
import GRDB
package import RecordStore
package import SyncEngine

/// Puts on record who is recorded twice: of a push or an act of the desk in its own transaction, of everything by night. It only proposes;
/// a clerk decides (``DuplicateDesk``).
package struct Duplicates: Sendable {
    package let desk: Desk

    /// Who says so.
    package static let author = "system"

    package init(desk: Desk) { self.desk = desk }

    /// Looks at the members that these sets touched. A member whose number nobody else has costs two look-ups, and four more
    /// where any pair was ever found.
    package func look(after sets: [SealedSet], in transaction: AuthorityTransaction, now: Instant) throws {
        let touched = Set(
            sets.lazy.flatMap(\.set.changes).filter { $0.kind == memberKind.name }.map(\.record))
        try look(at: touched, in: transaction, now: now)
    }

    /// The same of members that are named.
    func look(at touched: Set<RecordID>, in transaction: AuthorityTransaction, now: Instant) throws {
        guard !touched.isEmpty else { return }
        let reader = PeopleReader(tables: transaction.tables, in: transaction.database)
        let members = try touched.sorted().compactMap { try reader.member($0) }
        let isFirst = try Query(transaction.database, "SELECT 1 FROM duplicate LIMIT 1").first { _ in true } == nil
        // With a person who left, or whose number was corrected, the pair of his household may be gone.
        let concerning =
            try isFirst
            ? []
            : members.flatMap { member in
                try [member.record.id, member.value("household").recordID, reader.household(of: member)?.record.id]
            }
        let stored = try named(Set(concerning.compactMap { $0 }).sorted(), in: transaction)
        let isShared = try members.contains { member in
            guard let number = member.text("id_number").flatMap({ IdentityNumber.person($0) }) else { return false }
            return try reader.holders(of: number).count > 1
        }
        guard isShared || !stored.isEmpty else { return }
        // Whether households are the same is seen from all their people.
        let family = try reader.people(members.map(\.record.id))
        let holders = try Set(family.map(\.number)).flatMap { try reader.holders(of: $0) }
        let found = try DuplicateFinder.twice(try reader.people(holders), isDismissed: reader.isDismissed)
        let concerned = Set(family.map(\.member)).union(family.compactMap(\.household)).union(touched)
        try settle(
            found.filter { concerned.contains($0.first) || concerned.contains($0.second) }, among: stored,
            in: transaction, now: now)
    }

    /// Looks at everyone.
    /// - Parameter exclusions: ``DuplicateFinder/exclusions(of:on:)``.
    package func lookAtAll(
        exclusions: [Programme: Set<Programme>], in transaction: AuthorityTransaction, now: Instant
    ) throws {
        let (found, stored) = try Self.all(
            exclusions: exclusions, tables: transaction.tables, in: transaction.database)
        try settle(found, among: stored, in: transaction, now: now)
    }

    private static func all(
        exclusions: [Programme: Set<Programme>], tables: RecordTables, in database: Database
    ) throws -> (found: [Duplicate], stored: [SyncEngine.Record]) {
        let reader = PeopleReader(tables: tables, in: database)
        let found =
            try DuplicateFinder.twice(try reader.people(try reader.sharing()), isDismissed: reader.isDismissed)
            + DuplicateFinder.excluded(try reader.benefits(), exclusions: exclusions)
        return (found, try tables.all(of: DuplicateRecord.kind, where: [], in: database))
    }

    /// Whether the night has something to write.
    static func isUnsettled(
        exclusions: [Programme: Set<Programme>], tables: RecordTables, in database: Database
    ) throws -> Bool {
        let (found, stored) = try all(exclusions: exclusions, tables: tables, in: database)
        return try !changes(found, among: stored) {
            try tables.record($0, kind: DuplicateRecord.kind, in: database)
        }.isEmpty
    }

    /// What is on record about these.
    private func named(_ ids: [RecordID], in transaction: AuthorityTransaction) throws -> [SyncEngine.Record] {
        try ids.flatMap { id in
            try DuplicateRecord.namingFields.flatMap { field in
                try transaction.tables.all(
                    of: DuplicateRecord.kind, where: [(field, .text(id.description))], in: transaction.database)
            }
        }
    }

    /// Opens what was found and is not on record, and says of what is on record and was not found that it is gone.
    private func settle(
        _ found: [Duplicate], among stored: [SyncEngine.Record], in transaction: AuthorityTransaction, now: Instant
    ) throws {
        let changes = try Self.changes(found, among: stored) {
            try transaction.record($0, kind: DuplicateRecord.kind)
        }
        let act = Desk.Act(author: Self.author, reason: "", now: now)
        for start in stride(from: 0, to: changes.count, by: Limits.duplicatesPerSet) {
            let some = Array(changes[start..<min(start + Limits.duplicatesPerSet, changes.count)])
            _ = try desk.decide(some, act, base: try transaction.head(), in: transaction)
        }
    }

    private static func changes(
        _ found: [Duplicate], among stored: [SyncEngine.Record], record: (RecordID) throws -> SyncEngine.Record?
    ) throws -> [Change] {
        let kind = DuplicateRecord.kind
        func change(_ id: RecordID, _ before: SyncEngine.Record?, _ values: [(String, Value)]) -> Change? {
            let edits = values.compactMap { field, new -> Edit? in
                let old = before?.value(field, in: kind) ?? .null
                return old == new ? nil : Edit(field, old: old, new: new)
            }
            return edits.isEmpty
                ? nil : Change(kind: kind.name, record: id, operation: before == nil ? .create : .edit, edits: edits)
        }
        let open = Value.text(DuplicateRecord.State.open.rawValue)
        let dismissed = Value.text(DuplicateRecord.State.notDuplicate.rawValue)
        var changes: [Change] = []
        for duplicate in found {
            let before = try record(duplicate.id)
            if before?.value("state", in: kind) == dismissed { continue }
            let values: [(String, Value)] = [
                ("rule", .text(duplicate.rule.rawValue)), ("first", .text(duplicate.first.description)),
                ("second", .text(duplicate.second.description)), ("state", open),
            ]
            if let change = change(duplicate.id, before, values) { changes.append(change) }
        }
        let known = Set(found.map(\.id))
        var seen: Set<RecordID> = []
        for old in stored where seen.insert(old.id).inserted && !known.contains(old.id) {
            guard old.value("state", in: kind) == open else { continue }
            let gone = Value.text(DuplicateRecord.State.gone.rawValue)
            if let change = change(old.id, old, [("state", gone)]) { changes.append(change) }
        }
        return changes
    }
}
