package import GRDB
package import SyncEngine

/// That every change in the log can have come of the set that is said to have made it (``SetDerivation``): a set that was
/// tried again repeats signed bytes, and what it did must be in them.
package struct DerivationAudit {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Merges of merges that are followed.
    private static let hops = 100

    private static let rows = """
        SELECT c.id >> 20, c.record, c.kind, c.operation, c.set_change, c.effects FROM log_change c
        """

    /// `seq record` of each change that its set does not bear out.
    package func findings() throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        var seq: Seq = 0
        var rows: [SetDerivation.Row] = []
        func finish() throws {
            guard !rows.isEmpty else { return }
            findings += try unfounded(rows, at: seq).map { AuditFinding(.leaf, "\(seq) \($0)") }
        }
        try Query(database, Self.rows + " ORDER BY c.id").forEach { row in
            if row.uint64(0) != seq {
                try finish()
                (seq, rows) = (row.uint64(0), [])
            }
            rows.append(try read(row))
            return true
        }
        try finish()
        return findings
    }

    /// Whether what the set of a seq did to a record can have come of it.
    package func isFounded(_ record: RecordID, at seq: Seq) throws -> Bool {
        var query = try Query(database, Self.rows + " WHERE c.id >= ? AND c.id < ? ORDER BY c.id")
        query.bind(LogReader.changeID(seq, 0))
        query.bind(LogReader.changeID(seq + 1, 0))
        return try !unfounded(query.all(read), at: seq).contains(record)
    }

    private func read(_ row: Columns) throws -> SetDerivation.Row {
        let isVerbatim = !row.isNull(4)
        return SetDerivation.Row(
            record: row.id(1), kind: row.text(2),
            operation: Change.Operation(rawValue: UInt8(truncatingIfNeeded: row.int64(3))) ?? .edit,
            verbatim: isVerbatim ? row.int(4) : nil,
            effects: isVerbatim || row.isNull(5) ? [] : (try? tables.codec.decode(effects: row.bytes(5))) ?? [])
    }

    private func unfounded(_ rows: [SetDerivation.Row], at seq: Seq) throws -> [RecordID] {
        let bytes = try LogReader(database, tables: tables).bytes(of: seq)
        // What cannot be read is another check's finding.
        guard let set = try? tables.codec.decode(set: bytes) else { return [] }
        return try SetDerivation(set, schema: tables.schema, isSame: isSame).unfounded(rows)
    }

    private func isSame(_ a: RecordID, _ b: RecordID) throws -> Bool {
        try aliases(of: a).contains(b) || aliases(of: b).contains(a)
    }

    /// What the record has ever been an alias of, however far.
    private func aliases(of record: RecordID) throws -> Set<RecordID> {
        var found: Set<RecordID> = []
        var waiting = [record]
        while let next = waiting.popLast(), found.count < Self.hops {
            let targets = try LogReader(database, tables: tables).changes(of: next, after: 0).flatMap(\.effects)
                .filter { $0.field == KindSchema.aliasField }.flatMap { [$0.new.recordID, $0.old.recordID] }
            for target in targets.compactMap(\.self) where found.insert(target).inserted { waiting.append(target) }
        }
        return found
    }
}
