package import SyncEngine

/// Files that were attached here, until the township has said that it has them.
extension ReplicaTransaction {
    package func owe(_ blob: Hash256, size: UInt64) throws {
        var query = try Query(database, "INSERT OR IGNORE INTO owed_blob (sha256, size) VALUES (?, ?)")
        query.bind(blob.bytes)
        query.bind(size)
        try query.run()
    }

    package func settle(_ blob: Hash256) throws {
        var query = try Query(database, "UPDATE owed_blob SET settled = 1 WHERE sha256 = ?")
        query.bind(blob.bytes)
        try query.run()
    }

    /// A township of another history may be one from before it had them.
    func oweAgain() throws { try Query(database, "UPDATE owed_blob SET settled = 0 WHERE settled = 1").run() }

    package func owedBlobs() throws -> [(sha256: Hash256, size: UInt64)] {
        try Query(database, "SELECT sha256, size FROM owed_blob WHERE settled = 0 ORDER BY sha256").all { row in
            Hash256(bytes: row.bytes(0)).map { ($0, row.uint64(1)) }
        }.compactMap { $0 }
    }
}
