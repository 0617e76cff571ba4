package import GRDB
import GRDBSQLite
import SyncEngine

/// How both programs open their databases: WAL, durable commits, a bounded wait for another process's write.
package enum Connection {
    /// How long a command waits for the lock that `serve` or another command holds.
    package static let busyTimeoutSeconds = 15.0
    /// What is read again is in the system's cache too: a station's capture and sync take the same with 2 MiB and 16.
    package static let smallCacheKibibytes = 4_096

    /// - Parameters:
    ///   - readers: connections for concurrent reads of a pool.
    ///   - cacheKibibytes: pages that the writing connection keeps at most; a pool's readers keep ``smallCacheKibibytes``.
    package static func configuration(readers: Int = 4, cacheKibibytes: Int = 16_384) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readers
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA cache_size = -\(database.configuration.readonly ? smallCacheKibibytes : cacheKibibytes);
                    PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF;
                    """)
            // GRDB's authorizer gathers for observers what a statement touches. Nothing is observed here, and it doubles
            // the cost of compiling.
            sqlite3_set_authorizer(database.sqliteConnection, nil, nil)
        }
        return configuration
    }
}

extension Database {
    /// Runs `body` in one transaction: all of it, or nothing. GRDB's own `inTransaction` compiles its statements anew
    /// each time, which costs more than a short transaction does.
    package func transaction<T>(_ kind: TransactionKind, _ body: () throws -> T) throws -> T {
        try Query(self, kind == .deferred ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE").run()
        do {
            let result = try body()
            try Query(self, "COMMIT").run()
            return result
        } catch {
            // After some failures SQLite has taken it back by itself.
            if isInsideTransaction { try? Query(self, "ROLLBACK").run() }
            throw error
        }
    }
}

extension DatabaseQueue {
    /// Runs `body` in one deferred transaction. GRDB's own `read` turns `PRAGMA query_only` on and off around it, and
    /// SQLite forgets every compiled statement at each turn.
    func readSnapshot<T>(_ body: (Database) throws -> T) throws -> T {
        try writeWithoutTransaction { database in try database.transaction(.deferred) { try body(database) } }
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
        let isCurrent = try writeWithoutTransaction { database in
            try database.transaction(.deferred) {
                let hasMeta = try Query(database, "SELECT 1 FROM sqlite_master WHERE name = 'meta'").first { _ in true }
                return try hasMeta != nil && Meta.text("structure", in: database) == structure
            }
        }
        if isCurrent { return }
        try migrator.migrate(self)
        try writeWithoutTransaction { database in
            database.clearSchemaCache()
            try database.transaction(.immediate) {
                try tables.prepare(database)
                try finally(database)
                try Meta.set(structure, for: "structure", in: database)
            }
        }
    }
}

extension RecordTables {
    /// Names everything the database's structure depends on.
    package func structure(_ migrator: DatabaseMigrator) -> String {
        let columns = schema.kinds.map { kind in
            let lists = [kind.storedFields.map(\.name), kind.lookupFields].map { $0.joined(separator: ",") }
            return "\(kind.name)(\(lists.joined(separator: "/")))"
        }
        let text = (migrator.migrations + columns + lists).joined(separator: ";")
        return Hash256(of: Array(text.utf8)).description
    }
}
