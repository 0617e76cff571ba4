package import GRDB
package import SyncEngine

/// Reads pull pages from one snapshot of the authority.
package struct PullReader {
    let reader: LogReader
    let device: DeviceState
    /// Of the snapshot.
    package let head: Base

    /// - Throws: ``Problem`` ``Problem/Code/notInitialised``; the store's errors.
    package init(_ database: Database, tables: RecordTables, device: DeviceState) throws {
        reader = LogReader(database, tables: tables)
        head = try reader.head()
        self.device = device
    }

    var database: Database { reader.database }
    var tables: RecordTables { reader.tables }

    // MARK: - The log

    /// The fold of (cursor, to]: as much as fits, never cutting a set.
    /// - Parameter limit: records a page, at most ``Limits/recordsPerPage``.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for a cursor beyond the log.
    package func page(after cursor: Seq, limit: Int = Limits.recordsPerPage) throws -> PullPage {
        guard cursor <= head.seq else { throw Problem(.badRequest, "cursor \(cursor)") }
        let horizon = try Tombstones(database, tables: tables).horizon()
        guard cursor >= horizon else { throw Problem(.cursorTooOld, "\(horizon)") }
        let (items, to) = try items(after: cursor, head: head.seq, limit: max(1, min(limit, Limits.recordsPerPage)))
        var fold = PullFold(schema: tables.schema, scopes: device.scopes)
        try fold.fold(items) { id, kind in try reader.whole(id, kind: kind, asOf: to) }
        var page = PullPage(epoch: head.epoch, from: cursor, to: to)
        page.records = fold.records
        page.writers = fold.writers
        page.outcomes = try outcomes(after: cursor, through: to)
        page.escrow = try EscrowStore(database).items(after: cursor, through: to)
        page.backupWatermark = try EscrowStore(database).watermark()
        page.hasMore = to < head.seq
        if !page.hasMore { page.digests = try digests() }
        return page
    }

    private func items(after cursor: Seq, head: Seq, limit: Int) throws -> (items: [PullFold.Item], to: Seq) {
        let near = min(head, cursor + Seq(limit))
        if try isOwnVerbatim(after: cursor, through: near) { return ([], near) }
        var items: [PullFold.Item] = []
        var to = head
        var bytes = 0
        var lastSeq = cursor
        try reader.forEachChange(after: cursor, through: head) { header, decode in
            if header.seq != lastSeq, items.count >= limit || bytes >= Limits.pageBytes {
                to = lastSeq
                return false
            }
            lastSeq = header.seq
            let isInside = device.scopes.cover(header.scope)
            let isAddressed = try !isInside && isForDevice(header.record, kind: header.kind, scope: header.scope)
            guard isInside || isAddressed || !header.isPlain else { return true }
            let isOwn = header.result == .verbatim && isOwn(header.device, header.number)
            let change = isOwn ? Self.stub(header) : try decode()
            guard isInside || isAddressed || leaves(change) else { return true }
            if !isOwn { bytes += change.approximateBytes }
            items.append(
                PullFold.Item(
                    change: change, scope: header.scope, isDeleted: header.isDeleted, isAddressed: isAddressed,
                    isOwnVerbatim: isOwn))
            return true
        }
        return (try decodeMixed(items, after: cursor), to)
    }

    /// Whether the device wrote all of the interval, and it came to exactly what was typed: after a push that is most of
    /// what a pull passes, and there is nothing to fold.
    private func isOwnVerbatim(after cursor: Seq, through to: Seq) throws -> Bool {
        var query = try Query(
            database, "SELECT 1 FROM log WHERE seq > ? AND seq <= ? AND (device <> ? OR result <> ?) LIMIT 1")
        query.bind(cursor)
        query.bind(to)
        query.bind(device.id)
        query.bind(Int64(SetOutcome.Result.verbatim.rawValue))
        return try query.first { _ in true } == nil
    }

    /// Whether the device folds the set by itself: also one that it brought when it went by another id.
    private func isOwn(_ author: DeviceID, _ number: UInt64) -> Bool {
        author == device.id || device.lineage.contains { $0.device == author && number <= $0.number }
    }

    /// A change of the device's own, which it folds by itself: no need to decode it.
    private static func stub(_ header: LogReader.Header) -> LoggedChange {
        LoggedChange(
            seq: header.seq, device: header.device, number: header.number, author: "", reason: "",
            time: HybridTime(rawValue: 0), observationDay: CalendarDay(daysSinceEpoch: 0), isDesk: false,
            isFlagged: false, record: header.record, kind: header.kind, operation: header.operation, effects: [])
    }

    /// Records that others touched too are folded from all their changes.
    private func decodeMixed(_ items: [PullFold.Item], after cursor: Seq) throws -> [PullFold.Item] {
        let others = Set(items.lazy.filter { !$0.isOwnVerbatim }.map(\.change.record))
        guard !others.isEmpty, items.contains(where: \.isOwnVerbatim) else { return items }
        var decoded: [RecordID: [Seq: LoggedChange]] = [:]
        return try items.map { item in
            guard item.isOwnVerbatim, others.contains(item.change.record) else { return item }
            let id = item.change.record
            if decoded[id] == nil {
                let changes = try reader.changes(of: id, after: cursor)
                decoded[id] = Dictionary(changes.map { ($0.seq, $0) }, uniquingKeysWith: { first, _ in first })
            }
            var item = item
            item.change = decoded[id]?[item.change.seq] ?? item.change
            return item
        }
    }

    private func leaves(_ change: LoggedChange) -> Bool {
        change.effects.contains { effect in
            effect.field == Effect.scope && (effect.old.text.map { device.scopes.cover(Scope($0)) } ?? false)
        }
    }

    /// Whether a record outside the device's scopes is for it all the same.
    func isForDevice(_ record: RecordID, kind: String, scope: Scope) throws -> Bool {
        if tables.schema.kind(kind)?.reaches(device.scopes, from: scope) == true { return true }
        return try kind == ConflictRecord.kindName && addressed(record)
    }

    private func addressed(_ record: RecordID) throws -> Bool {
        var query = try Query(database, "SELECT 1 FROM addressee WHERE record = ? AND device = ?")
        query.bind(record)
        query.bind(device.id)
        return try query.first { _ in true } ?? false
    }

    private func outcomes(after cursor: Seq, through to: Seq) throws -> [SetOutcome] {
        // The unary plus keeps SQLite on the interval, which is short, and off the device's whole history.
        let own = [Lineage(device: device.id, number: UInt64(Int64.max))] + device.lineage
        return try own.flatMap { link in
            var query = try Query(
                database,
                """
                SELECT number, seq, result, problem, problem_subject, problem_zh, problem_en
                FROM log WHERE seq > ? AND seq <= ? AND +device = ? AND number <= ? ORDER BY seq
                """)
            query.bind(cursor)
            query.bind(to)
            query.bind(link.device)
            query.bind(link.number)
            return try query.all { LogReader.outcome($0, from: 0) }
        }.sorted { $0.seq < $1.seq }
    }

    func digests() throws -> [ScopeDigest] {
        let stored = try ScopeDigests.read(database, within: device.scopes)
        let missing = device.scopes.filter { scope in !stored.contains { $0.scope == scope } }
        return stored + missing.map { ScopeDigest(scope: $0, records: 0, digest: RecordDigest()) }
    }
}

extension LoggedChange {
    /// For filling pages to about their limit.
    var approximateBytes: Int {
        effects.reduce(64) { $0 + $1.field.utf8.count + $1.new.approximateBytes }
    }
}

extension Record {
    var approximateBytes: Int { values.reduce(64) { $0 + 4 + $1.approximateBytes } }
}

extension Value {
    var approximateBytes: Int {
        switch self {
        case .null: 0
        case .text(let text): text.utf8.count
        case .int64, .date, .time: 6
        case .bool: 1
        case .list(let elements): elements.reduce(2) { $0 + 2 + $1.utf8.count }
        }
    }
}
