import GRDB
package import SyncEngine

/// The bootstrap: a device's records as they were at one pinned seq, page by page.
///
/// Of every kind come first the records that lie inside the device's scopes, by the index over scopes, so that a village
/// costs what it holds and not what its district holds; then those that are for the device from elsewhere, and those that
/// have moved since the pinned seq, which the walk over scopes leaves out wherever they lie now.
extension PullReader {
    /// One page.
    /// - Parameter token: empty for the first page. One of another version of the server begins anew.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for a token that is none.
    package func bootstrapPage(token bytes: [UInt8], limit: Int = Limits.recordsPerPage) throws -> PullPage {
        let isNew = bytes.isEmpty || bytes.count == BootstrapToken.formerBytes
        guard var token = isNew ? BootstrapToken(seq: head.seq) : BootstrapToken(bytes: bytes), token.seq <= head.seq
        else { throw Problem(.badRequest, "token") }
        var page = BootstrapPage(
            fold: PullFold(schema: tables.schema, scopes: device.scopes),
            limit: max(1, min(limit, Limits.recordsPerPage)))
        let kinds = scanOrder
        let scopes = ownScopes
        while token.kind < kinds.count, !page.isFull {
            try append(kinds[token.kind], scopes, token: &token, to: &page)
        }
        return try answer(page.fold, token: token, isLast: token.kind >= kinds.count)
    }

    private func answer(_ fold: PullFold, token: BootstrapToken, isLast: Bool) throws -> PullPage {
        var page = PullPage(epoch: head.epoch, from: 0, to: token.seq, isBootstrap: true)
        page.records = fold.records
        page.writers = fold.writers
        page.bootstrapToken = isLast ? [] : token.bytes
        if isLast { page.escrow = try EscrowStore(database).items(after: 0, through: token.seq) }
        page.backupWatermark = try EscrowStore(database).watermark()
        page.hasMore = !isLast || head.seq > token.seq
        if !page.hasMore { page.digests = try digests() }
        return page
    }

    /// The order of the scan, to which tokens refer: kinds that a newer schema adds come last, so that a token of before
    /// an upgrade still means the same.
    private var scanOrder: [KindSchema] {
        let kinds = tables.schema.kinds
        return kinds.filter(\.isSystem) + kinds.filter { !$0.isSystem }
    }

    /// The device's scopes without those that another one covers.
    private var ownScopes: [Scope] {
        Set(device.scopes).filter { scope in !device.scopes.contains { $0 != scope && $0.covers(scope) } }.sorted()
    }

    /// What is next of a kind: until the page is full, or the kind goes on to its next place.
    private func append(
        _ kind: KindSchema, _ scopes: [Scope], token: inout BootstrapToken, to page: inout BootstrapPage
    ) throws {
        switch token.place {
        case .inside(let index, let scope, let id):
            guard index < scopes.count else {
                token.place = .elsewhere(row: 0)
                return
            }
            try appendInside(kind, scopes, index, after: (scope, id), token: &token, to: &page)
            if !page.isFull { token.place = .inside(scope: index + 1, code: "", id: BootstrapToken.first) }
        case .elsewhere(let row):
            try appendElsewhere(kind, scopes, after: row, token: &token, to: &page)
            if !page.isFull {
                token.kind += 1
                token.place = .start
            }
        }
    }

    private static let moved = "SELECT record FROM moved WHERE seq > ?"

    private func appendInside(
        _ kind: KindSchema, _ scopes: [Scope], _ index: Int, after place: (code: String, id: RecordID),
        token: inout BootstrapToken, to page: inout BootstrapPage
    ) throws {
        var query = try Query(
            database,
            "SELECT scope, id FROM \"\(kind.name)\""
                + " WHERE scope < ? AND (scope, id) > (?, ?) AND id NOT IN (\(Self.moved)) ORDER BY scope, id")
        let first = scopes[index].code
        query.bind(first + Self.afterAnyCode)
        query.bind(max(first, place.code))
        query.bind(place.id)
        query.bind(token.seq)
        try query.forEach { columns in
            guard !page.isFull else { return false }
            let id = columns.id(1)
            token.place = .inside(scope: index, code: columns.text(0), id: id)
            try append(id, kind, asOf: token.seq, to: &page)
            return true
        }
    }

    /// Sorts after every text that begins like a code.
    private static let afterAnyCode = "\u{10FFFF}"

    private func appendElsewhere(
        _ kind: KindSchema, _ scopes: [Scope], after row: Int64, token: inout BootstrapToken,
        to page: inout BootstrapPage
    ) throws {
        // Conflicts may be addressed to the device from anywhere, and regional records lie above it: they are few.
        let outside = scopes.map { _ in "NOT (scope >= ? AND scope < ?)" }.joined(separator: " AND ")
        let isAnywhere = kind.isSystem || kind.isRegional
        var query = try Query(
            database,
            "SELECT rowid, id FROM \"\(kind.name)\""
                + " WHERE rowid > ? AND (id IN (\(Self.moved))\(isAnywhere ? " OR (\(outside))" : "")) ORDER BY rowid")
        query.bind(row)
        query.bind(token.seq)
        for scope in isAnywhere ? scopes : [] {
            query.bind(scope.code)
            query.bind(scope.code + Self.afterAnyCode)
        }
        var last = row
        try query.forEach { columns in
            guard !page.isFull else { return false }
            last = columns.int64(0)
            token.place = .elsewhere(row: last)
            try append(columns.id(1), kind, asOf: token.seq, to: &page)
            return true
        }
    }

    /// One record whose bytes in the log are damaged does not keep a village from all the others: the digests tell of it.
    private func readable(_ id: RecordID, _ kind: KindSchema, asOf seq: Seq) throws -> PullFold.WholeRecord? {
        do {
            return try reader.whole(existing: id, kind: kind, asOf: seq)
        } catch is CodecError {
            return nil
        } catch let problem as Problem where problem.code == .storage {
            return nil
        }
    }

    private func append(_ id: RecordID, _ kind: KindSchema, asOf seq: Seq, to page: inout BootstrapPage) throws {
        guard let whole = try readable(id, kind, asOf: seq), !whole.record.isDeleted,
            try device.scopes.cover(whole.record.scope)
                || isForDevice(id, kind: kind.name, scope: whole.record.scope)
        else { return }
        page.fold.append(whole: whole, kind: kind)
        page.bytes += whole.record.approximateBytes
    }
}

private struct BootstrapPage {
    var fold: PullFold
    var limit: Int
    var bytes = 0

    var isFull: Bool { fold.records.count >= limit || bytes >= Limits.pageBytes }
}

/// Where a bootstrap goes on: the seq it is a picture of, and the last row it has looked at.
private struct BootstrapToken {
    enum Place {
        /// In the walk over the device's scopes: which of them, and the row's scope and id.
        case inside(scope: Int, code: String, id: RecordID)
        case elsewhere(row: Int64)

        static let start = Place.inside(scope: 0, code: "", id: first)
    }

    /// Before every id.
    static let first = RecordID(high: 0, low: 0)

    var seq: Seq
    var kind = 0
    var place = Place.start

    init(seq: Seq) { self.seq = seq }

    /// Of tokens that named a row alone.
    static let formerBytes = 17
    private static let longestCode = 64

    init?(bytes: [UInt8]) {
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        guard bytes.count >= 18 else { return nil }
        seq = number(0..<8)
        kind = Int(bytes[8])
        if bytes[9] == 1 {
            guard bytes.count == 18 else { return nil }
            place = .elsewhere(row: Int64(bitPattern: number(10..<18)))
        } else {
            guard bytes[9] == 0, bytes.count >= 28, bytes.count <= 28 + Self.longestCode,
                let code = String(validating: bytes[28...], as: UTF8.self)
            else { return nil }
            place = .inside(
                scope: Int(number(10..<12)), code: code, id: RecordID(high: number(12..<20), low: number(20..<28)))
        }
    }

    var bytes: [UInt8] {
        func big(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
        let start = big(seq) + [UInt8(truncatingIfNeeded: kind)]
        return switch place {
        case .inside(let scope, let code, let id):
            start + [0] + big(UInt64(scope)).suffix(2) + big(id.high) + big(id.low) + Array(code.utf8)
        case .elsewhere(let row): start + [1] + big(UInt64(bitPattern: row))
        }
    }
}
