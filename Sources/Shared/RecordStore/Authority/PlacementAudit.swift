package import GRDB
import SyncEngine

/// What is noted beside the records of where they were and who is told of them, against the log: from which village each
/// one moved and when, what came before its parent, and who is told of a conflict. A note that is gone keeps a change from
/// a station, or leaves a record with one that it has left.
package struct PlacementAudit {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Notes that the log does not bear out, and those that it asks for.
    package func findings() throws -> [AuditFinding] {
        let wrong = try wrongMoves() + wrongOrphans() + wrongAddressees()
        return wrong.map { AuditFinding(.placement, $0) }
    }

    private func wrongMoves() throws -> [String] {
        try Query(
            database,
            """
            WITH due AS (SELECT record, seq, before FROM (
            SELECT record, id >> 20 AS seq, scope, lag(scope) OVER (PARTITION BY record ORDER BY id) AS before
            FROM log_change) WHERE before <> scope),
            kept AS (SELECT record, seq, scope_before FROM moved)
            SELECT record, seq FROM (SELECT * FROM due EXCEPT SELECT * FROM kept)
            UNION SELECT record, seq FROM (SELECT * FROM kept EXCEPT SELECT * FROM due) ORDER BY 2, 1
            """
        ).all { "moved \($0.id(0)) \($0.uint64(1))" }
    }

    /// What came before its parent did, and nothing else, is noted as such.
    private func wrongOrphans() throws -> [String] {
        try Query(
            database,
            """
            SELECT parent, record FROM orphan o WHERE coalesce(
            (SELECT min(id) FROM log_change c WHERE c.record = o.record AND c.kind = o.kind) >=
            coalesce((SELECT min(id) FROM log_change p WHERE p.record = o.parent), 1 << 62), 1) ORDER BY 1, 2
            """
        ).all { "orphan \($0.id(1)) \($0.id(0))" }
    }

    /// The authors of a conflict are told of it, wherever it is.
    private func wrongAddressees() throws -> [String] {
        let kind = ConflictRecord.kind
        var wrong: [String] = []
        try Query(database, tables.sql(kind).selectAll + " ORDER BY id").forEach { row in
            let conflict = try tables.read(row, kind: kind)
            let seqs = conflict.value("seqs", in: kind).elements.compactMap { UInt64($0) }
            for seq in seqs where try !isTold(of: conflict.id, theAuthorAt: seq) {
                wrong.append("addressee \(conflict.id) \(seq)")
            }
            return true
        }
        return wrong
            + (try Query(
                database,
                """
                SELECT DISTINCT record FROM addressee a WHERE NOT EXISTS
                (SELECT 1 FROM log_change c WHERE c.record = a.record AND c.kind = '\(kind.name)') ORDER BY 1
                """
            ).all { "addressee \($0.id(0))" })
    }

    private func isTold(of conflict: RecordID, theAuthorAt seq: Seq) throws -> Bool {
        var query = try Query(
            database,
            """
            SELECT 1 FROM log l JOIN addressee a ON a.device = l.device WHERE l.seq = ? AND a.record = ?
            """)
        query.bind(seq)
        query.bind(conflict)
        return try query.first { _ in true } ?? false
    }
}
