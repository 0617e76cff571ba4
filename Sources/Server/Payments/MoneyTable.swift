import SyncEngine

/// Small tables of money as text, CSV and JSON.
enum MoneyTable {
    /// For spreadsheets, with Chinese headings whoever exports.
    static func csv(_ table: Table, _ rows: [[Table.Cell]]) -> [UInt8] {
        let writer = CSVWriter(table.columns)
        return writer.begin() + writer.rows(rows) + writer.end()
    }

    static func text(_ table: Table, _ rows: [[Table.Cell]]) -> String { Table.text(rows, table.columns) }

    /// One object a row, by the columns' names.
    static func json(_ table: Table, _ rows: [[Table.Cell]]) -> JSONValue {
        .array(rows.map { Table.document($0, table.columns) })
    }
}
