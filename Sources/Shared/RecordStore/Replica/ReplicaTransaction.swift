package import GRDB
package import SyncEngine

/// The replica inside one SQLite transaction: the ``ReplicaStore`` that capture and pull work on. Call ``finish()``
/// before the commit.
///
/// Confined to the transaction's connection; not `Sendable`.
package final class ReplicaTransaction: ReplicaStore {
    package let schema: Schema
    package let database: Database
    package let tables: RecordTables
    let statements: Statements
    private var scopeDigests = ScopeDigests()
    /// Read when it is first needed; with nothing in the overlay, no record needs to be asked for it.
    private var knownOverlayIsEmpty: Bool?
    private var knownPosition: ReplicaPosition?
    /// Read when it is first needed, like ``knownOverlayIsEmpty``.
    private var knownShadowIsEmpty: Bool?
    /// By kind, once a record of it was looked for in vain: no table row has a higher id. What lies above it, as new
    /// records do, need not be looked for.
    private var highest: [ObjectIdentifier: RecordID] = [:]
    /// The set that was appended last, in this transaction: its time is the clock, kept once at the end.
    var appended: (number: UInt64, hash: Hash256, time: HybridTime)?

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
        schema = tables.schema
        statements = Statements(database)
    }

    /// Numbers of the hot statements that are not a kind's.
    enum Slot {
        static let (overlay, outbox, ownChange, writer, seen) = (0, 1, 2, 3, 4)
    }

    /// The numbers of the sets that are not settled, by the two partial indexes: `state = 0 OR state = 1` would read the
    /// outbox from its beginning.
    package static let unsettled =
        "SELECT number FROM outbox WHERE state = 0 UNION ALL SELECT number FROM outbox WHERE state = 1"

    private func isOverlayEmpty() throws -> Bool {
        if let knownOverlayIsEmpty { return knownOverlayIsEmpty }
        let isEmpty = try Query(database, Self.unsettled + " LIMIT 1").first { _ in true } == nil
        knownOverlayIsEmpty = isEmpty
        return isEmpty
    }

    /// Own changes were put into the overlay by other means than ``append(_:)``.
    func overlayHasChanged() { knownOverlayIsEmpty = nil }

    /// A set was appended.
    func overlayHasGrown() { knownOverlayIsEmpty = false }

    package func finish() throws {
        try scopeDigests.flush(to: database)
        if let appended { try Meta.set(appended.time.rawValue, for: "clock", in: database) }
    }

    // MARK: - Position

    /// - Throws: ``Problem`` ``Problem/Code/notJoined``.
    package func position() throws -> ReplicaPosition {
        if let knownPosition { return knownPosition }
        let position = try readPosition()
        knownPosition = position
        return position
    }

    private func readPosition() throws -> ReplicaPosition {
        var (device, epoch): (DeviceID?, EpochID?)
        var (scopes, lineage, cursor, isBootstrapped) = ("", "", 0 as Seq, false)
        // One scan of a dozen rows, not six look-ups: every step of a sync asks for it. `IN` would build a temporary table.
        try Query(database, "SELECT key, value FROM meta").forEach { row in
            switch row.text(0) {
            case "device": device = DeviceID(bytes: row.bytes(1))
            case "epoch": epoch = EpochID(bytes: row.bytes(1))
            case "scopes": scopes = row.text(1)
            case "cursor": cursor = Seq(row.text(1)) ?? 0
            case "bootstrapped": isBootstrapped = row.text(1) == "1"
            case "lineage": lineage = row.text(1)
            default: break
            }
            return true
        }
        guard let device, let epoch else { throw Problem(.notJoined) }
        return ReplicaPosition(
            device: device, epoch: epoch, scopes: Scope.list(scopes), cursor: cursor, isBootstrapped: isBootstrapped,
            lineage: lineage.isEmpty ? [] : Self.lineage(lineage))
    }

    /// `DEVICE:NUMBER …`
    private static func lineage(_ text: String) -> [Lineage] {
        text.split(separator: " ").compactMap { link in
            let parts = link.split(separator: ":")
            guard parts.count == 2, let device = DeviceID(String(parts[0])), let number = UInt64(parts[1]) else {
                return nil
            }
            return Lineage(device: device, number: number)
        }
    }

    /// Writes what is not so already: after most pages that is the cursor.
    package func setPosition(_ position: ReplicaPosition) throws {
        let known = knownPosition
        if position.device != known?.device { try Meta.set(position.device.bytes, for: "device", in: database) }
        if position.epoch != known?.epoch {
            try Meta.set(position.epoch.bytes, for: "epoch", in: database)
            try oweAgain()
        }
        if position.scopes != known?.scopes {
            try Meta.set(position.scopes.map(\.code).joined(separator: " "), for: "scopes", in: database)
        }
        if position.cursor != known?.cursor { try Meta.set(position.cursor, for: "cursor", in: database) }
        if position.isBootstrapped != known?.isBootstrapped {
            try Meta.set(position.isBootstrapped ? 1 as UInt64 : 0, for: "bootstrapped", in: database)
        }
        if position.lineage != known?.lineage, !position.lineage.isEmpty {
            let lineage = position.lineage.map { "\($0.device):\($0.number)" }.joined(separator: " ")
            try Meta.set(lineage, for: "lineage", in: database)
        }
        knownPosition = position
    }

    // MARK: - Records

    package func working(_ id: RecordID, kind: KindSchema) throws -> Record? {
        if let highest = highest[ObjectIdentifier(kind)], id > highest { return nil }
        if let record = try tables.record(id, kind: kind, by: statements) { return record }
        if highest[ObjectIdentifier(kind)] == nil {
            highest[ObjectIdentifier(kind)] = try Query(database, "SELECT max(id) FROM \"\(kind.name)\"").first {
                $0.id(0)
            }
        }
        return nil
    }

    private func isShadowEmpty() throws -> Bool {
        if let knownShadowIsEmpty { return knownShadowIsEmpty }
        let isEmpty = try Query(database, "SELECT 1 FROM shadow LIMIT 1").first { _ in true } == nil
        knownShadowIsEmpty = isEmpty
        return isEmpty
    }

    package func shadow(_ id: RecordID, kind: KindSchema) throws -> Shadow {
        if try overlay(of: id).isEmpty { return try working(id, kind: kind).map(Shadow.present) ?? .absent }
        return try storedShadow(id, kind: kind)
    }

    /// Of a record with own changes on top.
    private func storedShadow(_ id: RecordID, kind: KindSchema) throws -> Shadow {
        if try isShadowEmpty() { return .absent }
        var query = try Query(database, "SELECT left_scope, scope, seq, deleted, fields FROM shadow WHERE record = ?")
        query.bind(id)
        let stored = try query.first { row -> Shadow in
            if row.bool(0) { return .left }
            var record = Record(
                id: id, kind: kind, scope: Scope(row.text(1)), seq: row.uint64(2), isDeleted: row.bool(3))
            try tables.assign(encodedFields: row.bytes(4), to: &record, kind: kind)
            return .present(record)
        }
        return stored ?? .absent
    }

    package func states(of id: RecordID, kind: KindSchema) throws -> (shadow: Shadow, working: Record?) {
        let working = try working(id, kind: kind)
        if try overlay(of: id).isEmpty { return (working.map(Shadow.present) ?? .absent, working) }
        return (try storedShadow(id, kind: kind), working)
    }

    package func overlay(of record: RecordID) throws -> [UInt64] {
        if try isOverlayEmpty() { return [] }
        var query = try statements.query(
            Slot.overlay,
            """
            SELECT c.number FROM own_change c CROSS JOIN outbox o ON o.number = c.number
            WHERE c.record = ? AND o.state < 2 ORDER BY c.number
            """)
        query.bind(record)
        return try query.all { $0.uint64(0) }
    }

    package func dependents(of record: Record) throws -> [Record] {
        try tables.dependents(of: record, in: database).filter { !$0.isDeleted }
    }

    /// The live records that are merged into this one, and those below it and below them.
    package func family(of record: Record) throws -> [Record] {
        try tables.family(of: record, in: database).filter { !$0.isDeleted }
    }

    package func save(
        _ id: RecordID, kind: KindSchema, replacing before: Record?, working: Record?, shadow: Shadow, isOverlaid: Bool
    ) throws {
        switch (before, working) {
        case (nil, let working?):
            try tables.insert(working, kind: kind, in: database, by: statements)
            if let top = highest[ObjectIdentifier(kind)], id > top { highest[ObjectIdentifier(kind)] = id }
        case (let before?, let working?):
            try tables.update(from: before, to: working, kind: kind, in: database, by: statements)
        case (_?, nil): try tables.delete(id, kind: kind, in: database)
        case (nil, nil): break
        }
        if isOverlaid { try saveShadow(shadow, of: id, kind: kind) } else { try removeShadow(of: id) }
    }

    private func removeShadow(of id: RecordID) throws {
        if try isShadowEmpty() { return }
        var query = try Query(database, "DELETE FROM shadow WHERE record = ?")
        query.bind(id)
        try query.run()
    }

    private func saveShadow(_ shadow: Shadow, of id: RecordID, kind: KindSchema) throws {
        guard shadow != .absent else { return try removeShadow(of: id) }
        knownShadowIsEmpty = false
        let record = shadow.record
        var query = try Query(
            database,
            "INSERT OR REPLACE INTO shadow (record, left_scope, scope, seq, deleted, fields) VALUES (?, ?, ?, ?, ?, ?)")
        query.bind(id)
        query.bind(shadow == .left)
        query.bind(record?.scope.code ?? "")
        query.bind(record?.seq ?? 0)
        query.bind(record?.isDeleted ?? false)
        query.bind(tables.encodedFields(of: record, kind: kind))
        try query.run()
    }

    /// Forgets what the server said, and nothing else: before a bootstrap that is applied in this very transaction.
    /// Records with own changes that wait stay on the screen.
    package func forgetShadow() throws {
        for kind in schema.kinds {
            try database.execute(
                sql: """
                    DELETE FROM "\(kind.name)" WHERE id NOT IN
                    (SELECT record FROM own_change WHERE number IN (\(Self.unsettled)))
                    """)
        }
        try database.execute(sql: "DELETE FROM search_text")
        for table in ["shadow", "scope_digest", "seen", "writer", "held_record"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        try tables.rebuildSearch(in: database)
        scopeDigests = ScopeDigests()
        knownShadowIsEmpty = true
        var position = try position()
        position.cursor = 0
        position.isBootstrapped = false
        try setPosition(position)
        try showOverlay(scope: position.scopes.first ?? Scope(""))
    }

    // MARK: - Digests and provenance

    package func digest(replacing before: Record?, with after: Record?, kind: KindSchema) throws {
        if let before { scopeDigests.subtract(before, kind: kind) }
        if let after { scopeDigests.add(after, kind: kind) }
    }

    package func digests() throws -> [ScopeDigest] {
        try scopeDigests.flush(to: database)
        return try ScopeDigests.read(database)
    }

    package func remember(_ effects: [Effect]?, of record: RecordID, by writer: Writer) throws {
        var query = try statements.query(
            Slot.writer, "INSERT OR IGNORE INTO writer (seq, device, author, time, reason) VALUES (?, ?, ?, ?, ?)")
        query.bind(writer.seq)
        query.bind(writer.device)
        query.bind(writer.author)
        query.bind(writer.time.rawValue)
        query.bind(writer.reason)
        try query.run()
        var seen = try statements.query(Slot.seen, "INSERT INTO seen (record, seq, edits) VALUES (?, ?, ?)")
        seen.bind(record)
        seen.bind(writer.seq)
        seen.bind(effects.map { tables.codec.encode($0) })
        try seen.run()
    }
}
