package import GRDB
import SyncEngine

/// How both programs open their databases: WAL, durable commits, a bounded wait for another process's write.
package enum Connection {
    /// How long a command waits for the lock that `serve` or another command holds.
    package static let busyTimeoutSeconds = 15.0

    /// - Parameter readers: connections for concurrent reads of a pool.
    package static func configuration(readers: Int = 4) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readers
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA cache_size = -16384;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF;
                    """)
        }
        return configuration
    }
}

extension DatabaseQueue {
    /// Runs `body` in one deferred transaction. GRDB's own `read` turns `PRAGMA query_only` on and off around it, and
    /// SQLite forgets every compiled statement at each turn.
    func readSnapshot<T>(_ body: (Database) throws -> T) throws -> T {
        try writeWithoutTransaction { database in
            var result: T?
            try database.inTransaction(.deferred) {
                result = try body(database)
                return .commit
            }
            return result!  // set before every commit; anything else has thrown
        }
    }
}

extension DatabaseWriter {
    /// Brings a database to the present structure: dated migrations, then the kinds' tables. Both are skipped with one
    /// read when nothing changed since this schema version last opened it.
    /// - Parameter finally: what else belongs to an upgrade, in the same transaction.
    package func prepare(
        _ migrator: DatabaseMigrator, tables: RecordTables, structure: String,
        finally: (Database) throws -> Void = { _ in }
    ) throws {
        let isCurrent = try read { database in
            try database.tableExists("meta") && Meta.text("structure", in: database) == structure
        }
        if isCurrent { return }
        try migrator.migrate(self)
        try writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                try tables.prepare(database)
                try finally(database)
                try Meta.set(structure, for: "structure", in: database)
                return .commit
            }
        }
    }
}

extension RecordTables {
    /// Names everything the database's structure depends on.
    package func structure(_ migrator: DatabaseMigrator) -> String {
        let columns = schema.kinds.map { kind in "\(kind.name)(\(kind.storedFields.map(\.name).joined(separator: ",")))"
        }
        let text = (migrator.migrations + columns).joined(separator: ";")
        return Hash256(of: Array(text.utf8)).description
    }
}
