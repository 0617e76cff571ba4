package import GRDB
package import SyncEngine

/// The histories that led to the present one.
package struct EpochReader {
    let database: Database

    package init(_ database: Database) { self.database = database }

    /// Every earlier history with the last seq of it that the present one holds, the parent first.
    package func ancestors() throws -> [Base] {
        guard let epoch = try Meta.bytes("epoch", in: database).flatMap({ EpochID(bytes: $0) }) else { return [] }
        return try ancestors(of: epoch)
    }

    package func ancestors(of present: EpochID) throws -> [Base] {
        var ancestors: [Base] = []
        var epoch = present
        while let (parent, fork) = try parent(of: epoch), !ancestors.contains(where: { $0.epoch == parent }) {
            // What a later history cut away, no earlier one gives back.
            ancestors.append(Base(epoch: parent, seq: min(fork, ancestors.last?.seq ?? fork)))
            epoch = parent
        }
        return ancestors
    }

    /// One history: what it goes on from, and why it began.
    package struct Entry: Hashable, Sendable {
        package var epoch: EpochID
        /// The history before it, and the last seq that both hold; `nil` of the first one.
        package var parent: Base?
        /// `init`, `restore`, `copy` (a database that was brought back by hand), ``lost``.
        package var reason: String
        package var startedAt: Instant

        /// Signed by this township, shown by a station, and in no database any more.
        package static let lost = "lost"
        package var isLost: Bool { reason == Self.lost }
    }

    /// Every history, in the order in which they began.
    package func entries() throws -> [Entry] {
        try Query(database, "SELECT id, parent, fork_seq, reason, started_at FROM epoch ORDER BY rowid").all { row in
            Entry(
                epoch: row.id(0), parent: row.isNull(1) ? nil : Base(epoch: row.id(1), seq: row.uint64(2)),
                reason: row.text(3), startedAt: Instant(milliseconds: row.int64(4)))
        }
    }

    /// When the present history began, if it began from a backup.
    package func restoredAt() throws -> Instant? {
        guard let epoch = try Meta.bytes("epoch", in: database).flatMap({ EpochID(bytes: $0) }) else { return nil }
        var query = try Query(database, "SELECT started_at FROM epoch WHERE id = ? AND parent IS NOT NULL")
        query.bind(epoch)
        return try query.first { Instant(milliseconds: $0.int64(0)) }
    }

    private func parent(of epoch: EpochID) throws -> (EpochID, Seq)? {
        var query = try Query(database, "SELECT parent, fork_seq FROM epoch WHERE id = ? AND parent IS NOT NULL")
        query.bind(epoch)
        return try query.first { ($0.id(0), $0.uint64(1)) }
    }
}
