package import GRDB
import SyncEngine

/// What is noted beside the records of where they were and who is told of them, against the log: from which village each
/// one moved and when, what came before its parent, and that its authors are told of a conflict. A note that is gone keeps
/// a change from a station, or leaves a record with one that it has left.
package struct PlacementAudit {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Notes that the log does not bear out; moves and authors that are not noted.
    package func findings() throws -> [AuditFinding] {
        let wrong = try wrongMoves() + wrongOrphans() + wrongAddressees()
        return wrong.map { AuditFinding(.placement, $0) }
    }

    /// In the order of the index over records: the log is not sorted in memory.
    private func wrongMoves() throws -> [String] {
        try Query(
            database,
            """
            WITH due AS (SELECT record, seq, before FROM (SELECT record, id >> 20 AS seq, kind, scope,
            lag(kind) OVER w AS kind_before, lag(scope) OVER w AS before
            FROM log_change WINDOW w AS (PARTITION BY record ORDER BY id))
            WHERE before <> scope AND kind_before = kind),
            kept AS (SELECT record, seq, scope_before FROM moved)
            SELECT record, seq FROM (SELECT * FROM due EXCEPT SELECT * FROM kept)
            UNION SELECT record, seq FROM (SELECT * FROM kept EXCEPT SELECT * FROM due) ORDER BY 2, 1
            """
        ).all { "moved \($0.id(0)) \($0.uint64(1))" }
    }

    /// What is noted as having come before its parent did so. What is not noted stays where its author was, and is moved by
    /// nobody.
    private func wrongOrphans() throws -> [String] {
        let noted = try Query(database, "SELECT parent, record, kind FROM orphan ORDER BY parent, record").all {
            (parent: $0.id(0), record: $0.id(1), kind: $0.text(2))
        }
        return try noted.filter { try !isOrphan($0.record, of: $0.parent, kind: $0.kind) }
            .map { "orphan \($0.record) \($0.parent)" }
    }

    private func isOrphan(_ record: RecordID, of parent: RecordID, kind name: String) throws -> Bool {
        guard let kind = tables.schema.kind(name),
            // What cannot be read bears nothing out.
            let (header, change) = try? LogReader(database, tables: tables).headedChanges(of: record)
                .first(where: { $0.header.kind == name })
        else { return false }
        var fold = RecordFold(header, kind: kind)
        fold.apply(header, change)
        guard let field = kind.parents.first(where: { fold.record.value($0.field, in: kind).recordID == parent }) else {
            return false
        }
        var earlier = try Query(
            database,
            "SELECT 1 FROM log_change WHERE record = ?1 AND kind = ?2 AND id < (SELECT min(id) FROM log_change "
                + "WHERE record = ?3 AND kind = ?4) LIMIT 1")
        earlier.bind(parent)
        earlier.bind(field.kind ?? "")
        earlier.bind(record)
        earlier.bind(name)
        return try earlier.first { _ in true } == nil
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
            database, "SELECT 1 FROM log l JOIN addressee a ON a.device = l.device WHERE l.seq = ? AND a.record = ?")
        query.bind(seq)
        query.bind(conflict)
        return try query.first { _ in true } ?? false
    }
}
