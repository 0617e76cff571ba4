import CommandSupport
import SyncEngine

/// One document: `table`, `title`, `township`, `epoch`, `seq`, `at`, `columns` [{`name`, `title`}], `rows` [{by the
/// columns' names}], `count`. Amounts are integer fen, days `YYYY-MM-DD`, parts of a whole texts like `12.5`.
struct JSONTableWriter: TableWriter {
    private let table: Table
    private let edition: TableEdition
    private var count: Int64 = 0

    init(_ table: Table, _ edition: TableEdition) {
        self.table = table
        self.edition = edition
    }

    func begin() -> [UInt8] {
        let columns = table.columns.map { column in
            JSONValue.object([("name", .string(column.name)), ("title", .string(column.title.zh))])
        }
        let head = JSONValue.object([
            ("table", .string(table.name)), ("title", .string(table.title.zh)),
            ("township", .string(edition.township)), ("epoch", .string(edition.epoch.description)),
            ("seq", .int(Int64(edition.seq))), ("at", .string(edition.at.description)), ("columns", .array(columns)),
        ])
        return head.compact.utf8.dropLast() + Array(",\"rows\":[".utf8)
    }

    mutating func rows(_ rows: [[Table.Cell]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in rows {
            bytes += (count == 0 ? "\n" : ",\n").utf8
            // Words are Chinese in every file, whoever takes it.
            bytes += Language.$preferred.withValue(.zh) { Table.document(row, table.columns) }.compact.utf8
            count += 1
        }
        return bytes
    }

    func end() -> [UInt8] { Array("\n],\"count\":\(count)}\n".utf8) }
}
