package import GRDB
package import SyncEngine

/// Records of one scope, and what a search line holds, page by page: never a whole table.
extension RecordTables {
    /// Live, canonical records of a kind below a scope, in id order.
    package func list(
        _ kind: KindSchema, below scope: Scope, after: RecordID?, limit: Int, in database: Database
    ) throws -> [Record] {
        var query = try Query(
            database,
            sql(kind).selectAll
                + """
                 WHERE id > ?1 AND deleted = 0 AND substr(scope, 1, ?2) = ?3
                """ + (kind.index(of: KindSchema.aliasField) == nil ? "" : " AND \(KindSchema.aliasField) IS NULL")
                + " ORDER BY id LIMIT ?4")
        query.bind(after ?? RecordID(high: 0, low: 0))
        query.bind(scope.code.count)
        query.bind(scope.code)
        query.bind(limit)
        return try query.all { try read($0, kind: kind) }
    }

    /// The live records of these kinds whose search line contains `text` (folded to lower case), in the order of the
    /// search table; `body` returns false to stop.
    /// - Parameter row: of the search table, after which it goes on.
    package func forEachFound(
        _ text: String, kinds: [KindSchema], after row: Int64, in database: Database,
        _ body: (_ row: Int64, Record, KindSchema) throws -> Bool
    ) throws {
        var query = try Query(database, "SELECT row FROM search_text WHERE row > ? AND instr(text, ?) > 0 ORDER BY row")
        query.bind(row)
        query.bind(text)
        try query.forEach { columns in
            let row = columns.int64(0)
            let (number, rowid) = KindSQL.unpack(searchRow: row)
            guard schema.kinds.indices.contains(number) else { return true }
            let kind = schema.kinds[number]
            guard kinds.contains(where: { $0.name == kind.name }) else { return true }
            var byRow = try Query(database, sql(kind).selectAll + " WHERE rowid = ? AND deleted = 0")
            byRow.bind(rowid)
            guard let record = try byRow.first({ try read($0, kind: kind) }),
                record.value(KindSchema.aliasField, in: kind).isNull
            else { return true }
            return try body(row, record, kind)
        }
    }
}
