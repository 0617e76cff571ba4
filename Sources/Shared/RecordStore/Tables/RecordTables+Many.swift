package import GRDB
package import SyncEngine

/// Reading the records of many at once: one statement a kind, where reading one by one takes one a record.
extension RecordTables {
    /// Ids of one statement, at most.
    package static let idsPerStatement = 128

    /// The records of a kind of which a reference, or the id itself (`"id"`), is one of these; deleted ones included.
    /// Those of one reference come in the order in which reading them alone gives them.
    /// - Parameter unread: fields that are not read, and stay null.
    /// - Precondition: `field` is a field of the kind, or `"id"`.
    package func records(
        of kind: KindSchema, whose field: String, isOneOf ids: [RecordID], unread: Set<String> = [],
        in database: Database
    ) throws -> [Record] {
        try each(
            ids, sql(kind).select(without: unread) + " WHERE \"\(field)\" IN (\(Query.idMarks))", in: database
        ) { try read($0, kind: kind) }
    }

    /// The ids alone.
    /// - Parameter condition: SQL that holds for all that count; no value from outside.
    /// - Precondition: `field` is a field of the kind, or `"id"`.
    package func ids(
        of kind: KindSchema, whose field: String, isOneOf ids: [RecordID], and condition: String = "TRUE",
        in database: Database
    ) throws -> [RecordID] {
        try each(
            ids, "SELECT id FROM \"\(kind.name)\" WHERE \"\(field)\" IN (\(Query.idMarks)) AND \(condition)",
            in: database
        ) { $0.id(0) }
    }

    /// Which of these ids the field of some record of the kind names, deleted ones included.
    /// - Precondition: `field` is an indexed reference of the kind.
    package func references(
        of kind: KindSchema, _ field: String, isOneOf ids: [RecordID], in database: Database
    ) throws -> [RecordID] {
        try each(
            ids, "SELECT DISTINCT \"\(field)\" FROM \"\(kind.name)\" WHERE \"\(field)\" IN (\(Query.idMarks))",
            in: database
        ) { $0.id(0) }
    }

    private func each<T>(
        _ ids: [RecordID], _ sql: String, in database: Database, _ read: (Columns) throws -> T
    ) throws -> [T] {
        try Query.all(database, sql, of: ids, read)
    }
}

extension Query {
    /// Placeholders for the ids of one statement of ``all(_:_:of:_:)``.
    package static let idMarks = [String](repeating: "?", count: RecordTables.idsPerStatement).joined(separator: ", ")

    /// The rows of many ids: the statement runs for ``RecordTables/idsPerStatement`` of them at a time.
    /// - Parameter sql: its only parameters are ``idMarks``, within `IN (…)`.
    /// - Throws: `DatabaseError`, and what `read` throws.
    package static func all<T>(
        _ database: Database, _ sql: String, of ids: [RecordID], _ read: (Columns) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        for start in stride(from: 0, to: ids.count, by: RecordTables.idsPerStatement) {
            let some = ids[start..<min(start + RecordTables.idsPerStatement, ids.count)]
            var query = try Query(database, sql)
            for id in some { query.bind(id) }
            for _ in some.count..<RecordTables.idsPerStatement { query.bind(nil as Int64?) }
            found += try query.all(read)
        }
        return found
    }
}

extension LogReader {
    /// A record that left a village: at which seq, when that was decided, and which village.
    package typealias Left = (record: RecordID, seq: Seq, decidedAt: Instant, village: Scope)

    /// How these records moved from village to village, in the order of the log.
    package func leavings(of ids: [RecordID]) throws -> [Left] {
        try ids.flatMap { id in
            var query = try Query(
                database,
                """
                SELECT m.seq, l.decided_at, m.scope_before FROM moved m JOIN log l ON l.seq = m.seq
                WHERE m.record = ? ORDER BY m.seq
                """)
            query.bind(id)
            return try query.all { row in
                (id, row.uint64(0), Instant(milliseconds: row.int64(1)), Scope(row.text(2)))
            }
        }
    }

    /// What the sets of a part of the log touched, each record once.
    /// - Returns: by record, its kind, and whether all that these sets did was to create it.
    package func touched(after from: Seq, through: Seq) throws -> [RecordID: (kind: String, isNew: Bool)] {
        var query = try Query(database, "SELECT record, kind, operation FROM log_change WHERE id >= ? AND id < ?")
        query.bind(Self.changeID(from + 1, 0))
        query.bind(Self.changeID(through + 1, 0))
        var touched: [RecordID: (kind: String, isNew: Bool)] = [:]
        try query.forEach { row in
            let isCreation = row.int64(2) == Int64(Change.Operation.create.rawValue)
            let id = row.id(0)
            if touched[id] != nil { touched[id]?.isNew = false } else { touched[id] = (row.text(1), isCreation) }
            return true
        }
        return touched
    }
}
