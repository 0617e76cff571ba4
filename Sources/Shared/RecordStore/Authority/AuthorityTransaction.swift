package import GRDB
package import SyncEngine

/// The authority inside one SQLite transaction: the ``AuthorityStore`` that decisions read and write. Everything that
/// another process may have changed is read inside the transaction. Call ``finish()`` before the commit.
///
/// Confined to the transaction's connection; not `Sendable`.
package final class AuthorityTransaction: AuthorityStore {
    package let schema: Schema
    package let database: Database
    package let tables: RecordTables
    private var cachedHead: Base?
    /// A new history has begun in it.
    var hasNewHistory = false
    private var digests: ScopeDigests
    /// Records that were read from the log, because their rows were collected.
    private var rowless: Set<RecordID> = []
    /// The tree over the log, once it was asked for.
    private var tree: MerkleFrontier?
    private var isTreeGrown = false
    private let statements: Statements
    /// Rows of deleted records are gone below it (``Tombstones``).
    private lazy var horizon = Result { try tombstones.horizon() }
    private lazy var hasOrphans = Result {
        try Query(database, "SELECT 1 FROM orphan LIMIT 1").first { _ in true } ?? false
    }

    private lazy var hasQuarantine = Result {
        try Query(database, "SELECT 1 FROM quarantine WHERE state = 'open' LIMIT 1").first { _ in true } ?? false
    }

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
        schema = tables.schema
        statements = Statements(database)
        digests = ScopeDigests()
    }

    /// Writes what was gathered. A transaction that skips it must not commit.
    /// - Throws: `DatabaseError` `SQLITE_ABORT` when SQLite has taken the transaction back by itself; the store's errors.
    package func finish() throws {
        try checkIsOpen()
        try digests.flush(to: database)
        if let tree, isTreeGrown { try Meta.set(tree.bytes, for: LogTree.frontierKey, in: database) }
    }

    /// The tree over the log when this transaction has let it grow: what a commit makes the world's.
    var grownTree: MerkleFrontier? { isTreeGrown ? tree : nil }

    /// A disk that is full or fails makes SQLite take back the whole transaction, savepoints and all. What is written
    /// after that would be durable by itself, statement by statement: nothing may be.
    private func checkIsOpen() throws {
        guard database.isInsideTransaction else {
            throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was rolled back by SQLite")
        }
    }

    /// Runs `body` so that, when it throws, nothing of it remains while the rest of the transaction does. When the
    /// whole transaction went with it, ``finish()`` throws, and so does every further savepoint.
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        try checkIsOpen()
        let before = (cachedHead, digests, tree, isTreeGrown)
        do {
            var result: T?
            try database.inSavepoint {
                result = try body()
                return .commit
            }
            return result!  // set before every commit; anything else has thrown
        } catch {
            (cachedHead, digests, tree, isTreeGrown) = before
            throw error
        }
    }

    // MARK: - AuthorityView

    package func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        if let record = try tables.record(id, kind: kind, by: statements) { return record }
        guard try horizon.get() > 0 else { return nil }
        let collected = try tombstones.record(id, kind: kind)
        if collected != nil { rowless.insert(id) }
        return collected
    }

    private var tombstones: Tombstones { Tombstones(database, tables: tables) }

    package func log(of record: RecordID, after seq: Seq) throws -> [LoggedChange] {
        try LogReader(database, tables: tables).changes(of: record, after: seq)
    }

    package func records(changedAt seq: Seq) throws -> [(id: RecordID, kind: KindSchema)] {
        var query = try Query(database, "SELECT record, kind FROM log_change WHERE id >= ? AND id < ?")
        query.bind(LogReader.changeID(seq, 0))
        query.bind(LogReader.changeID(seq + 1, 0))
        return try query.all { ($0.id(0), $0.text(1)) }.compactMap { id, name in schema.kind(name).map { (id, $0) } }
    }

    package func openConflicts(of record: RecordID) throws -> [Record] {
        try tables.conflicts(in: database, includeClosed: false, of: record)
    }

    package func holder(of key: NaturalKey, like record: Record, kind: KindSchema) throws -> Record? {
        for parent in kind.parents {
            guard let id = record.value(parent.field, in: kind).recordID else { continue }
            var query = try Query(
                database, tables.sql(kind).selectAll + " WHERE \"\(parent.field)\" = ? AND deleted = 0")
            query.bind(id)
            return try query.all { try tables.read($0, kind: kind) }.first { other in
                other.id != record.id && other.value(KindSchema.aliasField, in: kind).isNull
                    && key.fields.allSatisfy { other.value($0, in: kind) == record.value($0, in: kind) }
            }
        }
        return nil
    }

    package func dependents(of record: Record) throws -> [Record] { try tables.dependents(of: record, in: database) }
    package func family(of record: Record) throws -> [Record] { try tables.family(of: record, in: database) }

    package func records(of kind: KindSchema) throws -> [Record] {
        try tables.list(kind, RecordSelection(limit: Limits.listRecords), in: database)
    }

    package func movedScope(of record: RecordID, at seq: Seq) throws -> Scope? {
        var query = try Query(
            database, "SELECT scope_before FROM moved WHERE record = ? AND seq > ? ORDER BY seq LIMIT 1")
        query.bind(record)
        query.bind(seq)
        return try query.first { Scope($0.text(0)) }
    }

    package func isQuarantinedCreation(_ record: RecordID, by device: DeviceID) throws -> Bool {
        var query = try Query(
            database,
            """
            SELECT 1 FROM quarantined_change c JOIN quarantine q ON q.device = c.device AND q.number = c.number
            WHERE c.record = ? AND c.device = ? AND c.operation = 1 AND q.state = 'open'
            """)
        query.bind(record)
        query.bind(device)
        return try query.first { _ in true } ?? false
    }

    package func isAwaited(_ record: RecordID, by device: DeviceID) throws -> Bool {
        var query = try Query(
            database,
            """
            SELECT 1 FROM quarantined_change c JOIN quarantine q ON q.device = c.device AND q.number = c.number
            JOIN log l ON l.seq = q.seq WHERE c.record = ? AND c.device = ? AND q.state = 'open' AND l.problem = ?
            """)
        query.bind(record)
        query.bind(device)
        query.bind(Problem.Code.waitingForRecord.rawValue)
        return try query.first { _ in true } ?? false
    }

    package func devices(awaiting records: [RecordID]) throws -> [DeviceState] {
        guard try hasQuarantine.get() else { return [] }
        var found: [DeviceID] = []
        for record in records {
            var query = try Query(
                database,
                """
                SELECT DISTINCT c.device FROM quarantined_change c
                JOIN quarantine q ON q.device = c.device AND q.number = c.number
                WHERE c.record = ? AND q.state = 'open'
                """)
            query.bind(record)
            for device in try query.all({ $0.id(0) }) where !found.contains(device) { found.append(device) }
        }
        return try found.compactMap { try device($0) }
    }

    package func device(_ id: DeviceID) throws -> DeviceState? { try DeviceRegister(database).device(id)?.state }

    package func orphans(of parent: RecordID) throws -> [Record] {
        guard try hasOrphans.get() else { return [] }
        var query = try Query(database, "SELECT record, kind FROM orphan WHERE parent = ?")
        query.bind(parent)
        let rows = try query.all { ($0.id(0), $0.text(1)) }
        return try rows.compactMap { id, name in try schema.kind(name).flatMap { try record(id, kind: $0) } }
    }

    // MARK: - AuthorityStore

    package func head() throws -> Base {
        if let cachedHead { return cachedHead }
        let head = try LogReader(database, tables: tables).head()
        cachedHead = head
        return head
    }

    func forgetHead() { cachedHead = nil }

    package func decided(device: DeviceID, number: UInt64) throws -> (hash: Hash256, outcome: SetOutcome)? {
        var query = try Query(
            database,
            """
            SELECT hash, number, seq, result, problem, problem_subject, problem_zh, problem_en
            FROM log WHERE device = ? AND number = ? ORDER BY seq DESC LIMIT 1
            """)
        query.bind(device)
        query.bind(number)
        return try query.first { row in
            guard let hash = Hash256(bytes: row.bytes(0)) else { throw Problem(.storage, "log.hash") }
            return (hash, LogReader.outcome(row, from: 1))
        }
    }

    package func quarantined(device: DeviceID) throws -> [SealedSet] {
        try QuarantineReader(database, tables: tables).open(device: device).map(\.sealed)
    }

    package func closeQuarantine(device: DeviceID, number: UInt64, by: UInt64?) throws {
        var query = try Query(
            database,
            "UPDATE quarantine SET state = ?, closed_by = ? WHERE device = ? AND number = ? AND state = 'open'")
        query.bind(by == nil ? "released" : "closed")
        query.bind(by.map { Int64($0) })
        query.bind(device)
        query.bind(number)
        try query.run()
    }

    package func append(_ entry: LogEntry) throws {
        let effects = entry.mutations.map { $0.verbatimChange == nil ? tables.codec.encode($0.effects) : nil }
        try appendLog(entry, leaf: try grow(entry.leaf(effects: effects)))
        for (position, mutation) in entry.mutations.enumerated() {
            try appendChange(mutation, seq: entry.seq, position: position, effects: effects[position])
            try write(mutation, seq: entry.seq, author: entry.sealed.set.device)
        }
        if entry.outcome.result == .quarantined { try appendQuarantine(entry) }
        cachedHead?.seq = entry.seq
    }

    /// Appends a leaf to the tree; whole subtrees are kept at every eighth level (``LogTree``).
    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged`` when the tree is not the log's: nothing is decided on such a log.
    private func grow(_ leaf: LogLeaf) throws -> Hash256 {
        var frontier = try tree ?? LogTree(database).frontier()
        guard frontier.size + 1 == leaf.seq else {
            throw Problem(.authorityDamaged, "tree \(frontier.size), log \(leaf.seq - 1)")
        }
        let hash = leaf.treeHash
        tree = nil  // one owner, so that the frontier grows in place
        try frontier.append(hash) { level, index, node in
            if LogTree.isKept(level) { try LogTree(database).keep(node, level: level, index: index) }
        }
        tree = frontier
        isTreeGrown = true
        return hash
    }

    private func appendLog(_ entry: LogEntry, leaf: Hash256) throws {
        var query = try statements.query(
            0,
            """
            INSERT INTO log (seq, device, number, hash, bytes, result, problem, problem_subject, problem_zh, problem_en,
            is_desk, is_flagged, is_release, decided_at, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(entry.seq)
        query.bind(entry.sealed.set.device)
        query.bind(entry.sealed.set.number)
        query.bind(entry.sealed.hash.bytes)
        query.bind(entry.isRelease ? nil : entry.sealed.bytes)
        query.bind(Int64(entry.outcome.result.rawValue))
        query.bind(entry.outcome.problem.map { Int64($0.code.rawValue) })
        query.bind(entry.outcome.problem?.subject)
        query.bind(entry.outcome.problem?.explanation?.zh)
        query.bind(entry.outcome.problem?.explanation?.en)
        query.bind(entry.isDesk)
        query.bind(entry.isFlagged)
        query.bind(entry.isRelease)
        query.bind(entry.decidedAt.milliseconds)
        query.bind(leaf.bytes)
        try query.run()
    }

    private func appendChange(_ mutation: RecordMutation, seq: Seq, position: Int, effects: [UInt8]?) throws {
        var query = try statements.query(
            1,
            """
            INSERT INTO log_change (id, record, kind, operation, scope, deleted, set_change, effects)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(LogReader.changeID(seq, position))
        query.bind(mutation.after.id)
        query.bind(mutation.kind.name)
        query.bind(Int64(mutation.operation.rawValue))
        query.bind(mutation.after.scope.code)
        query.bind(mutation.after.isDeleted)
        query.bind(mutation.verbatimChange.map { Int64($0) })
        query.bind(effects)
        try query.run()
    }

    private func write(_ mutation: RecordMutation, seq: Seq, author: DeviceID) throws {
        let after = mutation.after
        if let before = mutation.before {
            if rowless.remove(after.id) != nil {
                try tables.insert(after, kind: mutation.kind, in: database, by: statements)
            } else {
                try tables.update(from: before, to: after, kind: mutation.kind, in: database, by: statements)
            }
            digests.subtract(before, kind: mutation.kind)
            if before.scope != after.scope { try recordMove(after.id, seq: seq, from: before.scope) }
        } else {
            try tables.insert(after, kind: mutation.kind, in: database, by: statements)
            try recordOrphan(after, kind: mutation.kind)
        }
        digests.add(after, kind: mutation.kind)
        if mutation.kind.name == DeviceRevocation.kindName { try revoke(after, at: seq) }
        for device in mutation.addressees {
            var query = try Query(database, "INSERT OR IGNORE INTO addressee (record, device) VALUES (?, ?)")
            query.bind(after.id)
            query.bind(device)
            try query.run()
        }
    }

    /// The register follows the log.
    private func revoke(_ revocation: Record, at seq: Seq) throws {
        let kind = DeviceRevocation.kind
        guard let device = revocation.value("device", in: kind).recordID else { return }
        var query = try Query(database, "SELECT decided_at FROM log WHERE seq = ?")
        query.bind(seq)
        let now = try query.first { Instant(milliseconds: $0.int64(0)) } ?? Instant(milliseconds: 0)
        let reason = revocation.value("reason", in: kind).text ?? ""
        try DeviceRegister(database).revoke(device, reason: reason, at: now)
    }

    /// Why a device is revoked, by the records; `nil` when it is not.
    package func revocation(of device: DeviceID) throws -> String? {
        var query = try Query(database, "SELECT reason FROM revocation WHERE device = ? AND deleted = 0 LIMIT 1")
        query.bind(device)
        return try query.first { $0.isNull(0) ? "" : $0.text(0) }
    }

    private func recordMove(_ record: RecordID, seq: Seq, from scope: Scope) throws {
        var query = try Query(database, "INSERT OR REPLACE INTO moved (record, seq, scope_before) VALUES (?, ?, ?)")
        query.bind(record)
        query.bind(seq)
        query.bind(scope.code)
        try query.run()
    }

    /// Remembers a dependent whose parent has not arrived, so that the parent's arrival gives it its scope.
    private func recordOrphan(_ record: Record, kind: KindSchema) throws {
        guard !kind.isSystem, let parent = kind.parents.first(where: { !record.value($0.field, in: kind).isNull }),
            let id = record.value(parent.field, in: kind).recordID, let parentKind = parent.kind.flatMap(schema.kind),
            try self.record(id, kind: parentKind) == nil
        else { return }
        var query = try Query(database, "INSERT OR IGNORE INTO orphan (parent, record, kind) VALUES (?, ?, ?)")
        query.bind(id)
        query.bind(record.id)
        query.bind(kind.name)
        try query.run()
        hasOrphans = .success(true)
    }

    private func appendQuarantine(_ entry: LogEntry) throws {
        hasQuarantine = .success(true)
        var query = try Query(
            database, "INSERT OR REPLACE INTO quarantine (device, number, seq, state) VALUES (?, ?, ?, 'open')")
        query.bind(entry.sealed.set.device)
        query.bind(entry.sealed.set.number)
        query.bind(entry.seq)
        try query.run()
        for change in entry.sealed.set.changes {
            var named = try Query(
                database,
                "INSERT OR IGNORE INTO quarantined_change (record, device, number, operation) VALUES (?, ?, ?, ?)")
            named.bind(change.record)
            named.bind(entry.sealed.set.device)
            named.bind(entry.sealed.set.number)
            named.bind(Int64(change.operation.rawValue))
            try named.run()
        }
    }

    package func acknowledge(_ acknowledgement: Acknowledgement, of device: DeviceID) throws {
        var query = try Query(database, "UPDATE device SET acknowledged = ?, last_hash = ? WHERE id = ?")
        query.bind(acknowledgement.number)
        query.bind(acknowledgement.hash.bytes)
        query.bind(device)
        try query.run()
    }
}
