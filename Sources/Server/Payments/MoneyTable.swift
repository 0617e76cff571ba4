import Assistance
import CommandSupport
import SyncEngine

/// Small tables of money as text, CSV and JSON.
enum MoneyTable {
    /// For spreadsheets, with Chinese headings whoever exports.
    static func csv(_ table: Table, _ rows: [[Table.Cell]]) -> [UInt8] {
        CSVFile.bytes([table.columns.map(\.title.zh)] + rows.map { $0.map(plain) })
    }

    static func text(_ table: Table, _ rows: [[Table.Cell]]) -> String {
        var text = TextTable(table.columns.map { $0.title.text() })
        for row in rows { text.add(row.map(plain)) }
        return text.text
    }

    /// One object a row, by the columns' names.
    static func json(_ table: Table, _ rows: [[Table.Cell]]) -> JSONValue {
        .array(rows.map { row in .object(zip(table.columns, row).map { ($0.name, json($1)) }) })
    }

    private static func plain(_ cell: Table.Cell) -> String {
        switch cell {
        case .empty: ""
        case .text(let text): text
        case .number(let number): String(number)
        case .fen(let fen): Yuan.text(fen)
        case .day(let day): day.description
        case .percent(let tenths): "\(tenths / 10).\(tenths % 10)%"
        }
    }

    private static func json(_ cell: Table.Cell) -> JSONValue {
        switch cell {
        case .empty: .null
        case .text(let text): .string(text)
        case .number(let number), .fen(let number), .percent(let number): .int(number)
        case .day(let day): .string(day.description)
        }
    }
}
