import Assistance
import CommandSupport
import SyncEngine

/// A table's rows on a terminal, and in the one document of a command.
extension Table {
    /// A row by the names of its columns: amounts in fen, parts of a whole as texts like `12.5`.
    static func document(_ row: [Cell], _ columns: [Column]) -> JSONValue {
        .object(zip(columns, row).map { ($0.name, value(of: $1)) })
    }

    /// - Parameter hidden: columns that are left out.
    static func text(_ rows: [[Cell]], _ columns: [Column], without hidden: Set<String> = []) -> String {
        let shown = columns.indices.filter { !hidden.contains(columns[$0].name) }
        var table = TextTable(shown.map { columns[$0].title.text() })
        for row in rows { table.add(shown.map { row[$0].told }) }
        return table.text
    }

    private static func value(of cell: Cell) -> JSONValue {
        switch cell {
        case .empty: .null
        case .text(let text): .string(text)
        case .number(let number), .fen(let number): .int(number)
        case .day(let day): .string(day.description)
        case .percent(let tenths): .string(Cell.decimal(tenths: tenths))
        }
    }
}

extension Table.Cell {
    /// In a table on a terminal, where an empty place is told from a missing one.
    var told: String { self == .empty ? "-" : plain }
}
