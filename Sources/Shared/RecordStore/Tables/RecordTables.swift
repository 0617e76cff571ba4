package import GRDB
package import SyncEngine

/// One real table per kind, made from the schema: typed columns a clerk's SQL tool can read, plus `id`, `scope`,
/// `seq`, `deleted` and `extra`. Both programs keep their records in them.
package struct RecordTables: Sendable {
    package let schema: Schema
    package let codec: any ChangeCodec
    /// The line that `find` searches for a record; `nil` for kinds that are not searched.
    package let searchText: @Sendable (KindSchema, Record) -> String?
    private let sql: [String: KindSQL]
    /// Whether the store holds many villages, and is asked for the records of one.
    private let hasManyScopes: Bool
    /// SQL of indexes that the store's own lists read by; it makes those that are not there yet.
    let lists: [String]

    package init(
        schema: Schema, codec: any ChangeCodec, hasManyScopes: Bool = false, lists: [String] = [],
        searchText: @escaping @Sendable (KindSchema, Record) -> String?
    ) {
        self.hasManyScopes = hasManyScopes
        self.lists = lists
        self.schema = schema
        self.codec = codec
        self.searchText = searchText
        sql = Dictionary(uniqueKeysWithValues: schema.kinds.enumerated().map { ($1.name, KindSQL($1, number: $0)) })
    }

    func sql(_ kind: KindSchema) -> KindSQL {
        sql[kind.name]!  // every kind comes from this schema
    }

    /// Creates missing tables and adds missing columns. A new field is additive: no row is rewritten, but those that have
    /// kept a value of it already.
    package func prepare(_ database: Database) throws {
        for kind in schema.kinds {
            let columns = try database.tableExists(kind.name) ? Set(database.columns(in: kind.name).map(\.name)) : []
            let statements = sql(kind).preparation(existingColumns: columns)
            let indexes = sql(kind).indexes + (hasManyScopes ? [sql(kind).scopeIndex] : [])
            for statement in statements + indexes { try database.execute(sql: statement) }
            if !columns.isEmpty, !statements.isEmpty { try adoptExtra(of: kind, in: database) }
        }
        for statement in lists { try database.execute(sql: statement) }
        try database.execute(
            sql: "CREATE TABLE IF NOT EXISTS search_text (row INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
    }

    /// What was kept of a newer schema's fields goes into their columns.
    private func adoptExtra(of kind: KindSchema, in database: Database) throws {
        let kept = try Query(database, sql(kind).selectAll + " WHERE extra IS NOT NULL").all {
            try read($0, kind: kind)
        }
        for before in kept {
            var after = before
            for (field, value) in before.extra where kind.index(of: field) != nil {
                after.extra[field] = nil
                after.assign(value, to: FieldKey(field: field), in: kind)
            }
            try update(from: before, to: after, kind: kind, in: database)
        }
    }

    // MARK: - Reading

    package func record(_ id: RecordID, kind: KindSchema, in database: Database) throws -> Record? {
        try record(id, kind: kind, by: Query(database, sql(kind).selectByID))
    }

    /// The same by a transaction's own statements.
    func record(_ id: RecordID, kind: KindSchema, by statements: Statements) throws -> Record? {
        let sql = sql(kind)
        return try record(id, kind: kind, by: statements.query(sql.slot(.select), sql.selectByID))
    }

    private func record(_ id: RecordID, kind: KindSchema, by query: Query) throws -> Record? {
        var query = query
        query.bind(id)
        return try query.first { try read($0, kind: kind) }
    }

    /// Whether the record has a row.
    func exists(_ id: RecordID, kind: KindSchema, in database: Database) throws -> Bool {
        var query = try Query(database, "SELECT 1 FROM \"\(kind.name)\" WHERE id = ?")
        query.bind(id)
        return try query.first { _ in true } ?? false
    }

    /// The record of whatever kind.
    package func record(_ id: RecordID, in database: Database) throws -> (Record, KindSchema)? {
        for kind in schema.kinds {
            if let record = try record(id, kind: kind, in: database) { return (record, kind) }
        }
        return nil
    }

    /// Records directly below `parent`, deleted ones included.
    package func dependents(of parent: Record, in database: Database) throws -> [Record] {
        try schema.dependents(of: parent.kind).flatMap { kind, field in
            var query = try Query(database, sql(kind).selectAll + " WHERE \"\(field)\" = ?")
            query.bind(parent.id)
            return try query.all { try read($0, kind: kind) }
        }
    }

    /// The records that are merged into this one, however many steps away, and those directly below it and below them;
    /// deleted ones included.
    package func family(of record: Record, in database: Database) throws -> [Record] {
        var found = try dependents(of: record, in: database)
        guard let kind = schema.kind(record.kind), kind.index(of: KindSchema.aliasField) != nil else { return found }
        var known: Set<RecordID> = [record.id]
        var waiting = [record.id]
        while let id = waiting.popLast() {
            var query = try Query(database, sql(kind).selectAll + " WHERE \"\(KindSchema.aliasField)\" = ? ORDER BY id")
            query.bind(id)
            for alias in try query.all({ try read($0, kind: kind) }) where known.insert(alias.id).inserted {
                waiting.append(alias.id)
                found.append(alias)
                found += try dependents(of: alias, in: database)
            }
        }
        return found
    }

    func read(_ row: Columns, kind: KindSchema) throws -> Record {
        let stored = sql(kind).storedIndices
        var record = Record(
            id: row.id(1), kind: kind, scope: Scope(row.text(2)), seq: row.uint64(3), isDeleted: row.bool(4))
        for (offset, index) in stored.enumerated() {
            record.values[index] = try value(row, Int32(6 + offset), type: kind.fields[index].type)
        }
        if !row.isNull(5) {
            for effect in try codec.decode(effects: row.bytes(5)) { record.extra[effect.field] = effect.new }
        }
        return record
    }

    private func value(_ row: Columns, _ column: Int32, type: ValueType) throws -> Value {
        if row.isNull(column) { return .null }
        switch type {
        case .text: return .text(row.text(column))
        case .int64: return .int64(row.int64(column))
        case .bool: return .bool(row.bool(column))
        case .date: return CalendarDay(row.text(column)).map(Value.date) ?? .null
        case .time: return .time(Instant(milliseconds: row.int64(column)))
        case .reference: return .text(row.id(column).description)
        case .list: return .list(ListText.parse(row.text(column)))
        }
    }

    // MARK: - Writing

    /// - Parameter statements: of the database's transaction.
    package func insert(
        _ record: Record, kind: KindSchema, in database: Database, by statements: Statements
    ) throws {
        let sql = sql(kind)
        var query = try statements.query(sql.slot(.insert), sql.insert)
        bindHead(record, to: &query)
        let values = record.values.span
        for (index, type) in sql.stored { bind(values[index], type: type, to: &query) }
        try query.run()
        if let text = searchText(kind, record) {
            var search = try statements.query(KindSQL.searchSlot, "INSERT INTO search_text (row, text) VALUES (?, ?)")
            search.bind(sql.searchRow(database.lastInsertedRowID))
            search.bind(text)
            try search.run()
        }
    }

    /// Writes what differs between `before` and `after`.
    /// - Parameter statements: of the database's transaction, if one has them.
    package func update(
        from before: Record, to after: Record, kind: KindSchema, in database: Database, by statements: Statements? = nil
    ) throws {
        let sql = sql(kind)
        let changed = sql.storedIndices.filter { before.values[$0] != after.values[$0] }
        guard before != after else { return }
        var query =
            if changed.isEmpty, let statements {
                try statements.query(sql.slot(.updateHead), sql.update([]))
            } else {
                try Query(database, sql.update(changed))
            }
        query.bind(after.scope.code)
        query.bind(after.seq)
        query.bind(after.isDeleted)
        query.bind(extraBytes(after))
        for index in changed { bind(after.values[index], type: kind.fields[index].type, to: &query) }
        query.bind(after.id)
        try query.run()
        guard kind.searchFields.contains(where: { before.value($0, in: kind) != after.value($0, in: kind) }) else {
            return
        }
        let searched = searchText(kind, after)
        guard let row = try row(of: after.id, kind: kind, in: database) else {
            return
        }
        var search = try Query(database, "INSERT OR REPLACE INTO search_text (row, text) VALUES (?, ?)")
        search.bind(sql.searchRow(row))
        search.bind(searched ?? "")
        try search.run()
    }

    package func delete(_ id: RecordID, kind: KindSchema, in database: Database) throws {
        guard let row = try row(of: id, kind: kind, in: database) else { return }
        var search = try Query(database, "DELETE FROM search_text WHERE row = ?")
        search.bind(sql(kind).searchRow(row))
        try search.run()
        var query = try Query(database, "DELETE FROM \"\(kind.name)\" WHERE rowid = ?")
        query.bind(row)
        try query.run()
    }

    private func row(of id: RecordID, kind: KindSchema, in database: Database) throws -> Int64? {
        var query = try Query(database, "SELECT rowid FROM \"\(kind.name)\" WHERE id = ?")
        query.bind(id)
        return try query.first { $0.int64(0) }
    }

    private func bindHead(_ record: Record, to query: inout Query) {
        query.bind(record.id)
        query.bind(record.scope.code)
        query.bind(record.seq)
        query.bind(record.isDeleted)
        query.bind(extraBytes(record))
    }

    private func extraBytes(_ record: Record) -> [UInt8]? {
        guard !record.extra.isEmpty else { return nil }
        return codec.encode(
            record.extra.sorted { $0.key < $1.key }.map { Effect($0.key, old: .null, new: $0.value, .applied) })
    }

    func bind(_ value: borrowing Value, type: ValueType, to query: inout Query) {
        switch value {
        case .null: query.bind(nil as Int64?)
        case .text(let text) where type == .reference: query.bind(RecordID(text)?.bytes)
        case .text(let text): query.bind(text)
        case .int64(let number): query.bind(number)
        case .bool(let flag): query.bind(flag)
        case .date(let day): query.bind(day.description)
        case .time(let instant): query.bind(instant.milliseconds)
        case .list(let elements): query.bind(ListText.write(elements))
        }
    }
}

/// A list in a text column: a JSON array of strings, which SQLite's own functions read.
enum ListText {
    static func write(_ elements: [String]) -> String {
        guard !elements.isEmpty, elements.allSatisfy(isPlain) else { return ConflictValue.json([.list(elements)]) }
        return "[\"" + elements.joined(separator: "\",\"") + "\"]"
    }

    /// Whether nothing in it is escaped.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// Reads what ``write(_:)`` wrote.
    static func parse(_ text: String) -> [String] {
        var elements: [String] = []
        var current = ""
        var isInside = false
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch (isInside, scalar) {
            case (false, "\""): isInside = true
            case (false, _): continue
            case (true, "\""):
                elements.append(current)
                current = ""
                isInside = false
            case (true, "\\"):
                if let escaped = scalars.next() { current.unicodeScalars.append(unescape(escaped, &scalars)) }
            default: current.unicodeScalars.append(scalar)
            }
        }
        return elements
    }

    private static func unescape(
        _ escaped: Unicode.Scalar, _ rest: inout String.UnicodeScalarView.Iterator
    ) -> Unicode.Scalar {
        switch escaped {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            var code: UInt32 = 0
            for _ in 0..<4 { code = code << 4 | (rest.next().flatMap { UInt32(String($0), radix: 16) } ?? 0) }
            return Unicode.Scalar(code) ?? "\u{FFFD}"
        default: return escaped
        }
    }
}

/// A record's stored fields in one column, for what is kept beside the kind's own table.
extension RecordTables {
    /// In order of name; nothing of no record.
    func encodedFields(of record: Record?, kind: KindSchema) -> [UInt8] {
        let fields = record?.named(in: kind).sorted { $0.key < $1.key } ?? []
        return codec.encode(fields.map { Effect($0.key, old: .null, new: $0.value, .applied) })
    }

    /// - Throws: `CodecError` for bytes that are no fields.
    func assign(encodedFields bytes: [UInt8], to record: inout Record, kind: KindSchema) throws {
        for effect in try codec.decode(effects: bytes) {
            record.assign(effect.new, to: FieldKey(field: effect.field), in: kind)
        }
    }
}
