package import GRDB
package import SyncEngine

/// Listing and finding records in a store's tables.
extension RecordTables {
    /// Nothing lies below a code of so many digits.
    private static let villageDigits = 12

    /// Records of one kind in id order.
    package func list(_ kind: KindSchema, _ selection: RecordSelection, in database: Database) throws -> [Record] {
        var conditions = ["id > ?"]
        // A village's by index. Of what is larger a page is soon full, in the order of ids: `+` keeps the planner from
        // sorting all of it. A range of texts; no code has anything but digits.
        let isVillage = selection.scope?.code.utf8.count == Self.villageDigits
        if selection.scope != nil { conditions.append(isVillage ? "scope = ?" : "+scope >= ? AND +scope < ? || ':'") }
        if !selection.isComplete {
            conditions.append("deleted = 0")
            if kind.index(of: KindSchema.aliasField) != nil { conditions.append("\(KindSchema.aliasField) IS NULL") }
        }
        var query = try Query(
            database, sql(kind).selectAll + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY id LIMIT ?")
        query.bind(selection.after ?? RecordID(high: 0, low: 0))
        if let code = selection.scope?.code {
            query.bind(code)
            if !isVillage { query.bind(code) }
        }
        query.bind(selection.limit)
        return try query.all { try read($0, kind: kind) }
    }

    /// The first live record of a kind whose fields have these values.
    package func first(
        of kind: KindSchema, where wanted: [(field: String, value: Value)], in database: Database
    ) throws -> Record? {
        guard !wanted.isEmpty, wanted.allSatisfy({ kind.index(of: $0.field) != nil }) else { return nil }
        let conditions = wanted.map { "\"\($0.field)\" = ?" }.joined(separator: " AND ")
        var query = try Query(
            database, sql(kind).selectAll + " WHERE deleted = 0 AND \(conditions) ORDER BY id LIMIT 1")
        for (field, value) in wanted {
            guard let index = kind.index(of: field) else { return nil }
            bind(value, type: kind.fields[index].type, to: &query)
        }
        return try query.first { try read($0, kind: kind) }
    }

    /// The live, canonical records of a kind whose fields have these values, in id order; null finds what is not set.
    /// - Precondition: the fields are the kind's.
    package func all(
        of kind: KindSchema, where wanted: [(field: String, value: Value)], in database: Database
    ) throws -> [Record] {
        var conditions = ["deleted = 0"]
        if kind.index(of: KindSchema.aliasField) != nil { conditions.append("\(KindSchema.aliasField) IS NULL") }
        conditions += wanted.map { "\"\($0.field)\" " + ($0.value.isNull ? "IS NULL" : "= ?") }
        var query = try Query(
            database, sql(kind).selectAll + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY id")
        for (field, value) in wanted where !value.isNull {
            guard let index = kind.index(of: field) else { return [] }
            bind(value, type: kind.fields[index].type, to: &query)
        }
        return try query.all { try read($0, kind: kind) }
    }

    /// Records of every kind whose search line contains `text`, which the caller has folded to lower case.
    package func find(
        _ text: String, _ selection: RecordSelection, in database: Database
    ) throws -> [(Record, KindSchema)] {
        var query = try Query(database, "SELECT row FROM search_text WHERE instr(text, ?) > 0 AND row > ? ORDER BY row")
        query.bind(text)
        query.bind(0 as Int64)
        var found: [(Record, KindSchema)] = []
        try query.forEach { row in
            let (number, rowid) = KindSQL.unpack(searchRow: row.int64(0))
            guard schema.kinds.indices.contains(number) else { return true }
            let kind = schema.kinds[number]
            var byRow = try Query(database, sql(kind).selectAll + " WHERE rowid = ?")
            byRow.bind(rowid)
            guard let record = try byRow.first({ try read($0, kind: kind) }) else { return true }
            let isAlias = !record.value(KindSchema.aliasField, in: kind).isNull
            guard selection.isComplete || (!record.isDeleted && !isAlias), record.id > (selection.after ?? record.zero),
                selection.scope?.covers(record.scope) ?? true
            else { return true }
            found.append((record, kind))
            return true
        }
        return Array(found.sorted { $0.0.id < $1.0.id }.prefix(selection.limit))
    }

    /// Writes the search lines anew from the records.
    package func rebuildSearch(in database: Database) throws {
        for kind in schema.kinds where !kind.searchFields.isEmpty {
            let rows = try Query(database, sql(kind).selectAll).all { ($0.int64(0), try read($0, kind: kind)) }
            for (row, record) in rows {
                guard let text = searchText(kind, record) else { continue }
                var search = try Query(database, "INSERT OR REPLACE INTO search_text (row, text) VALUES (?, ?)")
                search.bind(sql(kind).searchRow(row))
                search.bind(text)
                try search.run()
            }
        }
    }

    /// The ids of records of a kind, in the state `open`, that name a record in one of these fields.
    package func open(
        _ kind: KindSchema, naming record: RecordID, in fields: [String], database: Database
    ) throws -> [RecordID] {
        try fields.flatMap { field in
            try all(
                of: kind, where: [(field, .text(record.description)), ("state", .text("open"))], in: database
            ).map(\.id)
        }.sorted()
    }

    /// The ids of the open conflicts of a record, oldest first.
    package func openConflicts(of record: RecordID, in database: Database) throws -> [RecordID] {
        try conflicts(in: database, includeClosed: false, of: record).map(\.id)
    }

    /// Conflict records by the seq that touched them last.
    package func conflicts(in database: Database, includeClosed: Bool, of record: RecordID? = nil) throws -> [Record] {
        let kind = ConflictRecord.kind
        var conditions = ["deleted = 0"]
        // Of one record by the index of what it is about (hence `+`): of open ones there may be thousands.
        if record != nil { conditions.append("record = ?") }
        if !includeClosed { conditions.append((record == nil ? "" : "+") + "state = 'open'") }
        var query = try Query(
            database, sql(kind).selectAll + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq, id")
        if let record { query.bind(record) }
        return try query.all { try read($0, kind: kind) }
    }
}

extension Record {
    fileprivate var zero: RecordID { RecordID(high: 0, low: 0) }
}
