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

    /// Runs `body` in one immediate transaction: all of it, or nothing.
    /// - Throws: as ``init(path:tables:)``; what `body` throws.
    package func write<T>(_ body: (ReplicaTransaction) throws -> T) throws -> T {
        try StoreFailure.explained(damaged: .replicaDamaged) { try commit(body) }
    }

    private func commit<T>(_ body: (ReplicaTransaction) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { database in
            try database.transaction(.immediate) {
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
