import SyncEngine

/// The SQL of one kind's table. Names come from the schema, which is code; values are always bound.
final class KindSQL: Sendable {
    /// Position of the kind in its schema; part of a search row's number.
    let number: Int
    /// Indices of the stored fields, in schema order.
    let storedIndices: [Int]
    /// The same with the types.
    let stored: [(index: Int, type: ValueType)]
    let selectAll: String
    let selectByID: String
    let insert: String
    private let name: String
    private let columns: [(name: String, type: String)]
    /// `, "name" = ?` of every field, by its index.
    private let assignments: [String]
    private let indexedFields: [String]

    private static let head = ["id", "scope", "seq", "deleted", "extra"]

    init(_ kind: KindSchema, number: Int) {
        self.number = number
        name = kind.name
        storedIndices = kind.fields.indices.filter { kind.fields[$0].derivation == nil }
        stored = storedIndices.map { ($0, kind.fields[$0].type) }
        columns = storedIndices.map { (kind.fields[$0].name, Self.columnType(kind.fields[$0].type)) }
        assignments = kind.fields.map { ", \"\($0.name)\" = ?" }
        indexedFields = kind.parents.map(\.field) + kind.lookupFields
        let names = (Self.head + columns.map(\.name)).map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = [String](repeating: "?", count: Self.head.count + columns.count).joined(separator: ", ")
        selectAll = "SELECT rowid, \(names) FROM \"\(name)\""
        selectByID = selectAll + " WHERE id = ?"
        insert = "INSERT INTO \"\(name)\" (\(names)) VALUES (\(marks))"
    }

    /// ``selectAll``, with null in the place of these fields.
    func select(without unread: Set<String>) -> String {
        if unread.isEmpty { return selectAll }
        let names = Self.head.map { "\"\($0)\"" } + columns.map { unread.contains($0.name) ? "NULL" : "\"\($0.name)\"" }
        return "SELECT rowid, \(names.joined(separator: ", ")) FROM \"\(name)\""
    }

    /// Writes the head of a row, and the fields of these indices.
    func update(_ changed: [Int]) -> String {
        var sql = "UPDATE \"\(name)\" SET scope = ?, seq = ?, deleted = ?, extra = ?"
        for index in changed { sql += assignments[index] }
        return sql + " WHERE id = ?"
    }

    /// Number of the kind's statement in ``Statements``, behind those that every kind shares.
    func slot(_ statement: Slot) -> Int { Self.searchSlot + 1 + Slot.allCases.count * number + statement.rawValue }

    /// The statements that a kind has in ``Statements``.
    enum Slot: Int, CaseIterable {
        case select, insert
        /// Writes the head of a row alone.
        case updateHead
    }

    /// Of the statement that writes a search row; the numbers below it are the transaction's own.
    static let searchSlot = 7

    private static func columnType(_ type: ValueType) -> String {
        switch type {
        case .text, .date, .list: "TEXT"
        case .int64, .bool, .time: "INTEGER"
        case .reference: "BLOB"
        }
    }

    func preparation(existingColumns: Set<String>) -> [String] {
        guard existingColumns.isEmpty else {
            return columns.filter { !existingColumns.contains($0.name) }
                .map { "ALTER TABLE \"\(name)\" ADD COLUMN \"\($0.name)\" \($0.type)" }
        }
        let typed = columns.map { ", \"\($0.name)\" \($0.type)" }.joined()
        return [
            """
            CREATE TABLE "\(name)" (rowid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, scope TEXT NOT NULL, \
            seq INTEGER NOT NULL, deleted INTEGER NOT NULL, extra BLOB\(typed)) STRICT
            """
        ]
    }

    /// Makes the indexes that are not there yet.
    var indexes: [String] {
        indexedFields.map {
            "CREATE INDEX IF NOT EXISTS \"\(name)_by_\($0)\" ON \"\(name)\" (\"\($0)\") WHERE \"\($0)\" IS NOT NULL"
        }
    }

    /// For a store with many villages: the records of one in the order of their ids.
    var scopeIndex: String { "CREATE INDEX IF NOT EXISTS \"\(name)_by_scope\" ON \"\(name)\" (scope, id)" }

    /// Rows of all kinds share the search table: the kind in the upper bits, its rowid below.
    func searchRow(_ row: Int64) -> Int64 { Int64(number) << 40 | row }

    static func unpack(searchRow: Int64) -> (kind: Int, row: Int64) {
        (Int(searchRow >> 40), searchRow & (1 << 40 - 1))
    }
}
