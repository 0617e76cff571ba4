package import GRDB
package import SyncEngine

/// That somebody looked at a page with personal data.
package struct PageView: Hashable, Sendable {
    package let account: String
    package let record: RecordID
    package let page: String
    package let at: Instant
    /// The head of the log that the page showed.
    package let seq: Seq

    /// SHA-256 over the row before and this one.
    fileprivate func link(after previous: [UInt8]) -> [UInt8] {
        var statement = RowStatement(PageViews.table)
        statement.append(previous)
        statement.append(account)
        statement.append(record.bytes)
        statement.append(page)
        statement.append(at.milliseconds)
        statement.append(Int64(bitPattern: seq))
        return Hash256(of: statement.bytes).bytes
    }
}

/// Who looked at what, inside one transaction or snapshot. Each row is chained to the one before, and the township signs
/// the last (``Attester``): no row can be changed, put between, or go, but for the last ones together with what was signed
/// since.
package struct PageViews {
    static let table = "page_view"

    let database: Database
    private let attester: Attester

    package init(_ database: Database, attester: Attester) {
        self.database = database
        self.attester = attester
    }

    /// Keeps that a person looked at a page with personal data of these.
    package func keep(by account: String, of subjects: [RecordID], page: String, at now: Instant, seq: Seq) throws {
        // What was looked at is kept though the rows before it are not the township's; they are for the audit to tell.
        let signed = try AttestedTotal.read(Self.table, attester, in: database)
        var total = AttestedTotal(Self.table)
        (total.count, total.sum) = (signed?.count ?? 0, try signed?.sum ?? lastLink())
        for subject in subjects {
            let view = PageView(account: account, record: subject, page: page, at: now, seq: seq)
            total.sum = view.link(after: total.sum)
            total.count += 1
            var query = try Query(
                database, "INSERT INTO page_view (account, record, page, at, seq, chain) VALUES (?, ?, ?, ?, ?, ?)")
            query.bind(account)
            query.bind(subject)
            query.bind(page)
            query.bind(now.milliseconds)
            query.bind(seq)
            query.bind(total.sum)
            try query.run()
        }
        if signed != nil, !subjects.isEmpty { try total.write(attester, in: database) }
    }

    private func lastLink() throws -> [UInt8] {
        try Query(database, "SELECT chain FROM page_view ORDER BY rowid DESC LIMIT 1").first { $0.bytes(0) }
            ?? Hash256.zero.bytes
    }

    /// Who looked at a record, the latest first.
    package func all(of subject: RecordID, limit: Int) throws -> [PageView] {
        var query = try Query(
            database, Self.columns + " WHERE record = ? ORDER BY rowid DESC LIMIT ?")
        query.bind(subject)
        query.bind(limit)
        return try query.all(Self.read)
    }

    private static let columns = "SELECT account, record, page, at, seq, chain, rowid FROM page_view"

    private static func read(_ row: Columns) -> PageView {
        PageView(
            account: row.text(0), record: row.id(1), page: row.text(2), at: Instant(milliseconds: row.int64(3)),
            seq: row.uint64(4))
    }

    // MARK: - What the township signed

    /// Rows that are not as they were written, and whether some are gone.
    package func findings() throws -> [AuditFinding] {
        var found = AttestedTotal(Self.table)
        var named: [String] = []
        try Query(database, Self.columns + " ORDER BY rowid").forEach { row in
            if Self.read(row).link(after: found.sum) != row.bytes(5) { named.append("\(Self.table) \(row.int64(6))") }
            found.count += 1
            found.sum = row.bytes(5)
            return true
        }
        return try found.findings(named, attester, in: database)
    }

    /// Chains what is there from before views were chained.
    package func adopt() throws {
        guard try !AttestedTotal.exists(Self.table, in: database) else { return }
        var total = AttestedTotal(Self.table)
        var last = Int64.min
        while true {
            var next = try Query(database, Self.columns + " WHERE rowid > ? ORDER BY rowid LIMIT 1000")
            next.bind(last)
            let rows = try next.all { ($0.int64(6), Self.read($0)) }
            if rows.isEmpty { break }
            for (row, view) in rows {
                total.sum = view.link(after: total.sum)
                total.count += 1
                var query = try Query(database, "UPDATE page_view SET chain = ? WHERE rowid = ?")
                query.bind(total.sum)
                query.bind(row)
                try query.run()
                last = row
            }
        }
        try total.write(attester, in: database)
    }
}
