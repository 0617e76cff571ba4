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
