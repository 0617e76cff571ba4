package import GRDB
import SyncEngine

/// A station's database. Safe to use from several processes: a visit may be typed while a sync runs.
package struct ReplicaDatabase: Sendable {
    package let queue: DatabaseQueue
    package let tables: RecordTables

    /// Opens or creates the replica at `path` and brings its structure up to date.
    /// - Throws: ``Problem`` ``Problem/Code/replicaDamaged``, ``Problem/Code/storageFull``; `DatabaseError`.
    package init(path: String, tables: RecordTables) throws {
        queue = try StoreFailure.explained(damaged: .replicaDamaged) {
            let configuration = Connection.configuration(readers: 1, cacheKibibytes: Connection.smallCacheKibibytes)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let migrator = ReplicaMigrations.migrator
            try queue.prepare(migrator, tables: tables, structure: tables.structure(migrator)) { database in
                try ReplicaTransaction(database, tables: tables).adoptHeld()
            }
            return queue
        }
        self.tables = tables
    }

    /// Ends it: the journal is folded into the file.
    /// - Throws: `DatabaseError` while a statement is under way.
    package func close() throws { try queue.close() }

    /// When a commit is on the disk, so that not even a power cut takes it back.
    package enum Durability {
        /// Before ``ReplicaDatabase/write(durability:_:)`` returns: what was typed, and what is about to be offered.
        case atOnce
        /// With the next commit that is durable at once, or when the journal is folded into the file. For what the
        /// township told and tells again when it is asked: a cursor, and all that it covers, go back together.
        case withTheNext
    }

    /// Runs `body` in one immediate transaction: all of it, or nothing.
    /// - Throws: as ``init(path:tables:)``; what `body` throws.
    package func write<T>(
        durability: Durability = .atOnce, _ body: (ReplicaTransaction) throws -> T
    ) throws -> T {
        try StoreFailure.explained(damaged: .replicaDamaged) { try commit(durability, body) }
    }

    private func commit<T>(_ durability: Durability, _ body: (ReplicaTransaction) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { database in
            if durability == .withTheNext { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
            defer {
                // It cannot fail: it is checked when it is compiled, and touches no file.
                if durability == .withTheNext { try? database.execute(sql: "PRAGMA synchronous = FULL") }
            }
            return try database.transaction(.immediate) {
                let transaction = ReplicaTransaction(database, tables: tables)
                let result = try body(transaction)
                try transaction.finish()
                return result
            }
        }
    }

    /// Runs `body` on one snapshot.
    package func read<T>(_ body: (ReplicaTransaction) throws -> T) throws -> T {
        try StoreFailure.explained(damaged: .replicaDamaged) {
            try queue.readSnapshot { try body(ReplicaTransaction($0, tables: tables)) }
        }
    }
}
