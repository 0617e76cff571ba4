package import GRDB
package import SyncEngine

/// The desk's sets that no backup holds: sealed and handed to stations, and taken back after a restore.
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

    // MARK: - Brought back

    /// Keeps a set that was brought back until those before it are there.
    package func offer(_ sealed: SealedSet, previousHash: Hash256, signature: [UInt8]) throws {
        var query = try Query(
            database,
            """
            INSERT OR IGNORE INTO escrow_offer (device, number, previous_hash, bytes, signature)
            VALUES (?, ?, ?, ?, ?)
            """)
        query.bind(sealed.set.device)
        query.bind(sealed.set.number)
        query.bind(previousHash.bytes)
        query.bind(sealed.bytes)
        query.bind(signature)
        try query.run()
    }

    /// The set that follows a device's acknowledgement, when it was brought back.
    package func next(
        of device: DeviceID, after acknowledged: Acknowledgement
    ) throws -> (bytes: [UInt8], signature: [UInt8])? {
        var query = try Query(
            database,
            "SELECT bytes, signature FROM escrow_offer WHERE device = ? AND number = ? AND previous_hash = ?")
        query.bind(device)
        query.bind(acknowledged.number + 1)
        query.bind(acknowledged.hash.bytes)
        return try query.first { ($0.bytes(0), $0.bytes(1)) }
    }

    package func forgetOffers(of device: DeviceID, through number: UInt64) throws {
        var query = try Query(database, "DELETE FROM escrow_offer WHERE device = ? AND number <= ?")
        query.bind(device)
        query.bind(number)
        try query.run()
    }
}
