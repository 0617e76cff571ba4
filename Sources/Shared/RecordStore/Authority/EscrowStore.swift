package import GRDB
package import SyncEngine

/// The desk's sets that no backup holds: sealed and handed to stations, who bring them back after a restore.
package struct EscrowStore {
    let database: Database

    package init(_ database: Database) { self.database = database }

    /// The seq up to which a backup holds everything.
    package func watermark() throws -> Seq { try Meta.number("backup_watermark", in: database) ?? 0 }

    /// A backup is durable that holds everything up to `seq`: what was in escrow up to there is not needed any more.
    package func setWatermark(_ seq: Seq) throws {
        guard try seq > watermark() else { return }
        try Meta.set(seq, for: "backup_watermark", in: database)
        var query = try Query(database, "DELETE FROM escrow WHERE seq <= ?")
        query.bind(seq)
        try query.run()
    }

    package func add(_ item: EscrowItem) throws {
        var query = try Query(database, "INSERT OR REPLACE INTO escrow (seq, sealed) VALUES (?, ?)")
        query.bind(item.seq)
        query.bind(item.sealed)
        try query.run()
    }

    /// Those of the interval (from, through], up to ``Limits/escrowBytes``.
    package func items(after from: Seq, through: Seq) throws -> [EscrowItem] {
        var query = try Query(database, "SELECT seq, sealed FROM escrow WHERE seq > ? AND seq <= ? ORDER BY seq")
        query.bind(from)
        query.bind(through)
        var items: [EscrowItem] = []
        var bytes = 0
        try query.forEach { row in
            let item = EscrowItem(seq: row.uint64(0), sealed: row.bytes(1))
            bytes += item.sealed.count
            guard bytes <= Limits.escrowBytes else { return false }
            items.append(item)
            return true
        }
        return items
    }
}

/// Acts of a desk of a history that is over, done once more under the present desk: by the hash that they had, so that
/// many stations may bring them.
package struct AdoptedSets {
    let database: Database

    package init(_ database: Database) { self.database = database }

    package func contains(_ hash: Hash256) throws -> Bool {
        var query = try Query(database, "SELECT 1 FROM adopted_set WHERE hash = ?")
        query.bind(hash.bytes)
        return try query.first { _ in true } ?? false
    }

    package func add(_ hash: Hash256, as set: ChangeSet) throws {
        var query = try Query(database, "INSERT INTO adopted_set (hash, device, number) VALUES (?, ?, ?)")
        query.bind(hash.bytes)
        query.bind(set.device)
        query.bind(set.number)
        try query.run()
    }
}
