import Assistance
import GRDB
import RecordStore
import SyncEngine

/// Tables that take too long for a page: computed by night in one pass over all households, kept beside the records,
/// and read in pages with the day they are as of. They are derived: nothing is lost with them.
///
/// Rows come in batches, each in a transaction of its own, so that no push waits long; only the last one makes them the
/// table that is read, and removes the old ones.
struct KeptTables {
    /// Rows of one transaction.
    static let rowsPerBatch = 2_000

    /// Of the tables that are computed by night.
    static let names = Set(HouseholdTable.all.map(\.name) + [QualityCounts.name])

    let township: Township

    /// What is kept of a table.
    struct Edition: Hashable, Sendable {
        let asOf: Instant
        let seq: Seq
        fileprivate let generation: Int64
    }

    private struct Rows {
        let name: String
        var waiting: [(village: String, cells: [KeptCell])] = []
        var count = 0
    }

    /// Computes all tables anew.
    /// - Throws: what reading throws; what was kept stays then.
    func rebuild() throws {
        let (generation, asOf) = (try nextGeneration(), township.clock())
        let snapshot = try township.database.snapshot()
        let tables = township.database.tables
        let seq = try snapshot.read { try LogReader($0, tables: tables).head().seq }
        var counts = QualityCounts()
        var lists = HouseholdTable.all.map { (table: $0, rows: Rows(name: $0.name)) }
        try snapshot.read { database in
            let reader = try HouseholdReader(township, in: database)
            try reader.forEach { file in
                counts.add(QualityRule.all.flatMap { $0.findings(in: file) }, of: file)
                for index in lists.indices {
                    for cells in try lists[index].table.rows(file) {
                        lists[index].rows.waiting.append((file.village, cells))
                    }
                    try put(&lists[index].rows, generation, ifFull: true)
                }
            }
        }
        var counted = Rows(name: QualityCounts.name)
        counted.waiting = counts.rows.map { row in
            if case .text(let village)? = row.first { (village, row) } else { ("", row) }
        }
        var all = lists.map(\.rows) + [counted]
        for index in all.indices { try put(&all[index], generation, ifFull: false) }
        try finish(all.map(\.name), generation, asOf, seq)
    }

    /// Counts the runs; a clock could stand still, or go back.
    private func nextGeneration() throws -> Int64 {
        try township.database.write { transaction in
            let last = try Query(transaction.database, "SELECT generation FROM kept_run").first { $0.int64(0) } ?? 0
            try Query(transaction.database, "DELETE FROM kept_run").run()
            var next = try Query(transaction.database, "INSERT INTO kept_run (generation) VALUES (?)")
            next.bind(last + 1)
            try next.run()
            return last + 1
        }
    }

    private func put(_ rows: inout Rows, _ generation: Int64, ifFull: Bool) throws {
        guard !rows.waiting.isEmpty, !ifFull || rows.waiting.count >= Self.rowsPerBatch else { return }
        let (name, first, batch) = (rows.name, rows.count, rows.waiting)
        try township.database.write { transaction in
            for (offset, row) in batch.enumerated() {
                var query = try Query(
                    transaction.database,
                    "INSERT OR REPLACE INTO kept_row (name, generation, number, village, cells) VALUES (?, ?, ?, ?, ?)")
                query.bind(name)
                query.bind(generation)
                query.bind(first + offset)
                query.bind(row.village)
                query.bind(JSONValue.array(row.cells.map(\.json)).compact)
                try query.run()
            }
        }
        rows.count += batch.count
        rows.waiting = []
    }

    /// Makes these rows the tables that are read. Of two runs at once the one that began later stands.
    private func finish(_ names: [String], _ generation: Int64, _ asOf: Instant, _ seq: Seq) throws {
        try township.database.write { transaction in
            func run(_ sql: String, _ values: Int64...) throws {
                for name in names {
                    var query = try Query(transaction.database, sql)
                    query.bind(name)
                    for value in values { query.bind(value) }
                    try query.run()
                }
            }
            try run(
                """
                INSERT INTO kept_table (name, generation, as_of, seq) VALUES (?, ?, ?, ?) \
                ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, as_of = excluded.as_of, \
                seq = excluded.seq WHERE generation < excluded.generation
                """, generation, asOf.milliseconds, Int64(seq))
            try run(
                """
                DELETE FROM kept_row WHERE name = ?1 \
                AND generation < (SELECT generation FROM kept_table WHERE name = ?1)
                """)
        }
    }

    // MARK: - Reading

    /// How many rows of a kept table say what in a column of texts.
    static func counts(
        of name: String, by column: Int, in database: Database
    ) throws -> [(rule: String, count: Int64)] {
        var query = try Query(
            database,
            """
            SELECT json_extract(r.cells, '$[' || ? || ']'), count(*) FROM kept_row r \
            JOIN kept_table t ON t.name = r.name AND t.generation = r.generation WHERE r.name = ? GROUP BY 1
            """)
        query.bind(column)
        query.bind(name)
        return try query.all { ($0.text(0), $0.int64(1)) }
    }

    /// When a table was computed; `nil` before the first night.
    static func edition(of name: String, in database: Database) throws -> Edition? {
        var query = try Query(database, "SELECT generation, as_of, seq FROM kept_table WHERE name = ?")
        query.bind(name)
        return try query.first { row in
            Edition(asOf: Instant(milliseconds: row.int64(1)), seq: row.uint64(2), generation: row.int64(0))
        }
    }

    /// Whether a table is there to be taken away: what is computed by night is not before the first one.
    static func isComputed(_ name: String, in database: Database) throws -> Bool {
        try !names.contains(name) || edition(of: name, in: database) != nil
    }

    /// A table as it was kept, read page by page. Empty before the first night.
    /// - Parameter scope: of which village or region, as a prefix of its code; empty for all.
    static func table(_ name: String, _ title: Label, columns: [Table.Column], in scope: String = "") -> Table {
        Table(name, title, columns: columns) { after, limit, database in
            guard let edition = try edition(of: name, in: database) else { return Table.Page(rows: [], next: nil) }
            var query = try Query(database, pageSQL(of: scope))
            query.bind(name)
            query.bind(edition.generation)
            query.bind(after.flatMap { Int64($0.key) } ?? -1)
            query.bind(scope)
            query.bind(limit)
            let rows = try query.all { row in (row.int64(0), try cells(row.text(1))) }
            let last = rows.count == limit ? rows.last.map { Table.Place(key: String($0.0)) } : nil
            return Table.Page(rows: rows.map(\.1), next: last)
        }
    }

    /// A page in the order of the rows: of one village by its index, else along all rows.
    static func pageSQL(of scope: String) -> String {
        let (index, place) =
            VillageCode.isValid(scope)
            ? (" INDEXED BY kept_row_by_village", "village = ?4") : ("", "village >= ?4 AND village < ?4 || '~'")
        return """
            SELECT number, cells FROM kept_row\(index) WHERE name = ?1 AND generation = ?2 AND number > ?3 \
            AND \(place) ORDER BY number LIMIT ?5
            """
    }

    static func table(_ table: HouseholdTable, in scope: String = "") -> Table {
        self.table(table.name, table.title, columns: table.columns, in: scope)
    }

    static func qualityCounts(in scope: String = "") -> Table {
        table(QualityCounts.name, QualityCounts.title, columns: QualityCounts.columns, in: scope)
    }

    /// - Throws: ``Problem`` ``Problem/Code/storage`` for what this program did not write.
    private static func cells(_ text: String) throws -> [Table.Cell] {
        guard let documents = try? JSONParser.documents(Array(text.utf8)) else {
            throw Problem(.storage, "kept_row")
        }
        return documents.flatMap(\.elements).map { KeptCell($0)?.cell ?? .empty }
    }
}
