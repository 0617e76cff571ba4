package import GRDB
package import SyncEngine

/// The township's database: one writer at a time, snapshots for readers. Safe to use from several processes.
package struct AuthorityDatabase: Sendable {
    /// A pool; in a simulation, where everything happens on one thread, one connection.
    package let pool: any DatabaseWriter
    package let tables: RecordTables
    /// Told after every commit that let the log grow or began a new history, by the writing thread.
    package var afterCommit: (@Sendable (EpochID, MerkleFrontier) -> Void)?
    private let witness: FileWitness?

    /// Opens an existing database, brings its structure up to date.
    /// - Parameter isPooled: whether readers have connections of their own.
    /// - Throws: `DatabaseError`; ``Problem`` ``Problem/Code/notInitialised`` when there is none at `path`.
    package init(path: String, tables: RecordTables, isPooled: Bool = true) throws {
        pool = try StoreFailure.explained(damaged: .authorityDamaged) {
            let pool: any DatabaseWriter =
                isPooled
                ? try DatabasePool(path: path, configuration: Connection.configuration())
                : try DatabaseQueue(path: path, configuration: Connection.configuration(readers: 1))
            let migrator = AuthorityMigrations.migrator
            try pool.prepare(migrator, tables: tables, structure: tables.structure(migrator))
            return pool
        }
        self.tables = tables
        witness = FileWitness(path: path)
    }

    /// Nothing is decided on a database that was replaced under this process.
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    package func checkPlace() throws { try witness?.check() }

    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged`` when the pages of the file do not hold together.
    package func checkPages() throws {
        let found = try read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
        guard found == ["ok"] else { throw Problem(.authorityDamaged, found.first ?? "quick_check") }
    }

    /// Runs `body` in one immediate transaction: all of it, or nothing.
    package func write<T>(_ body: (AuthorityTransaction) throws -> T) throws -> T {
        try StoreFailure.explained(damaged: .authorityDamaged) {
            try pool.writeWithoutTransaction { database in try transaction(database, body) }
        }
    }

    /// The same without blocking the caller's thread: on the pool's own serial queue.
    package func writeAsync<T: Sendable>(
        _ body: @escaping @Sendable (AuthorityTransaction) throws -> T
    ) async throws -> T {
        do {
            return try await pool.writeWithoutTransaction { database in
                try transaction(database, body)
            }
        } catch {
            throw StoreFailure.explained(error, damaged: .authorityDamaged)
        }
    }

    /// The same, and then `told` on what is committed, before anybody else writes.
    package func writeAsync<T: Sendable, U: Sendable>(
        _ body: @escaping @Sendable (AuthorityTransaction) throws -> T,
        told: @escaping @Sendable (T, Database) throws -> U
    ) async throws -> U {
        do {
            return try await pool.writeWithoutTransaction { database in
                try told(try transaction(database, body), database)
            }
        } catch {
            throw StoreFailure.explained(error, damaged: .authorityDamaged)
        }
    }

    /// Runs `body` on one snapshot, without blocking the caller's thread.
    package func readAsync<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreFailure.explained(error, damaged: .authorityDamaged)
        }
    }

    /// The state of this moment, for as long as it is held, on a connection of its own. Meanwhile the journal grows by
    /// what is written: it is to be let go soon.
    /// - Throws: `DatabaseError`; ``Problem`` ``Problem/Code/internalError`` where there is no pool.
    package func snapshot() throws -> DatabaseSnapshot {
        guard let pool = pool as? DatabasePool else { throw Problem(.internalError, "snapshot") }
        return try StoreFailure.explained(damaged: .authorityDamaged) { try pool.makeSnapshot() }
    }

    private func transaction<T>(_ database: Database, _ body: (AuthorityTransaction) throws -> T) throws -> T {
        try checkPlace()
        let (result, grown) = try database.transaction(.immediate) {
            let transaction = AuthorityTransaction(database, tables: tables)
            let result = try body(transaction)
            try transaction.finish()
            let tree = try transaction.grownTree ?? (transaction.hasNewHistory ? LogTree(database).frontier() : nil)
            return (result, try tree.map { (try transaction.head().epoch, $0) })
        }
        if let (epoch, tree) = grown { afterCommit?(epoch, tree) }
        return result
    }

    /// Runs `body` on one snapshot.
    package func read<T>(_ body: (Database) throws -> T) throws -> T {
        try StoreFailure.explained(damaged: .authorityDamaged) {
            if let queue = pool as? DatabaseQueue { return try queue.readSnapshot(body) }
            return try pool.read(body)
        }
    }
}

/// What an authority is: written once by `init`.
package struct AuthorityIdentity: Hashable, Sendable {
    package var name: String
    package var region: Scope
    package var epoch: EpochID
    package var desk: DeviceID

    package init(name: String, region: Scope, epoch: EpochID, desk: DeviceID) {
        self.name = name
        self.region = region
        self.epoch = epoch
        self.desk = desk
    }

    /// - Throws: ``Problem`` ``Problem/Code/notInitialised``.
    package static func read(_ database: Database) throws -> AuthorityIdentity {
        guard let name = try Meta.text("name", in: database), let region = try Meta.text("region", in: database),
            let epoch = try Meta.bytes("epoch", in: database).flatMap({ EpochID(bytes: $0) }),
            let desk = try Meta.bytes("desk", in: database).flatMap({ DeviceID(bytes: $0) })
        else { throw Problem(.notInitialised) }
        return AuthorityIdentity(name: name, region: Scope(region), epoch: epoch, desk: desk)
    }

    package func write(to database: Database) throws {
        try Meta.set(name, for: "name", in: database)
        try Meta.set(region.code, for: "region", in: database)
        try Meta.set(epoch.bytes, for: "epoch", in: database)
        try Meta.set(desk.bytes, for: "desk", in: database)
    }
}
