package import GRDB
import SyncEngine

/// A station's database. Safe to use from several processes: a visit may be typed while a sync runs.
package struct ReplicaDatabase: Sendable {
    package let queue: DatabaseQueue
    package let tables: RecordTables

    /// Opens or creates the replica at `path` and brings its structure up to date.
    /// - Throws: `DatabaseError`.
    package init(path: String, tables: RecordTables) throws {
        queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readers: 1))
        self.tables = tables
        let migrator = ReplicaMigrations.migrator
        try queue.prepare(migrator, tables: tables, structure: tables.structure(migrator)) { database in
            try ReplicaTransaction(database, tables: tables).adoptHeld()
        }
    }

    /// Runs `body` in one immediate transaction: all of it, or nothing.
    package func write<T>(_ body: (ReplicaTransaction) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { database in
            var result: T?
            try database.inTransaction(.immediate) {
                let transaction = try ReplicaTransaction(database, tables: tables)
                result = try body(transaction)
                try transaction.finish()
                return .commit
            }
            return result!  // set before every commit; anything else has thrown
        }
    }

    /// Runs `body` on one snapshot.
    package func read<T>(_ body: (ReplicaTransaction) throws -> T) throws -> T {
        try queue.read { try body(try ReplicaTransaction($0, tables: tables)) }
    }
}
