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

    private func wrongMoves() throws -> [String] {
        try Query(
            database,
            """
            WITH due AS (SELECT record, seq, before FROM (
            SELECT record, id >> 20 AS seq, scope, lag(scope) OVER (PARTITION BY record, kind ORDER BY id) AS before
            FROM log_change) WHERE before <> scope),
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
            let (header, change) = try LogReader(database, tables: tables).headedChanges(of: record)
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

    /// The authors of a conflict are told of it, wherever it is, and besides them nobody who has written nothing there.
    private func wrongAddressees() throws -> [String] {
        let kind = ConflictRecord.kind
        var wrong: [String] = []
        try Query(database, tables.sql(kind).selectAll + " ORDER BY id").forEach { row in
            let conflict = try tables.read(row, kind: kind)
            let told = try devices("SELECT device FROM addressee WHERE record = ?", of: conflict.id)
            for seq in conflict.value("seqs", in: kind).elements.compactMap({ UInt64($0) }) {
                guard let author = try LogReader(database, tables: tables).origin(of: seq)?.device,
                    told.contains(author)
                else {
                    wrong.append("addressee \(conflict.id) \(seq)")
                    continue
                }
            }
            let writers = try writers(of: conflict)
            wrong += told.subtracting(writers).sorted().map { "addressee \(conflict.id) \($0)" }
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

    /// Who has written to the conflict, to what it is or was about, or to what stands below it.
    private func writers(of conflict: Record) throws -> Set<DeviceID> {
        let log = LogReader(database, tables: tables)
        let subjects = try log.headedChanges(of: conflict.id).flatMap(\.change.effects)
            .filter { $0.field == "record" }.compactMap(\.new.recordID)
        var records: Set<RecordID> = [conflict.id]
        var waiting = subjects
        while let next = waiting.popLast() {
            guard records.insert(next).inserted, let (record, _) = try tables.record(next, in: database) else {
                continue
            }
            waiting += try tables.family(of: record, in: database).map(\.id)
        }
        return try records.reduce(into: []) { found, record in
            try found.formUnion(
                devices(
                    "SELECT l.device FROM log_change c JOIN log l ON l.seq = c.id >> 20 WHERE c.record = ?", of: record)
            )
        }
    }

    private func devices(_ sql: String, of record: RecordID) throws -> Set<DeviceID> {
        var query = try Query(database, sql)
        query.bind(record)
        return Set(try query.all { $0.id(0) })
    }
}
