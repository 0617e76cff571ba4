/// A table for people: a header, columns as wide as their widest cell, two blanks between them.
package struct TextTable {
    private var rows: [[String]]

    package init(_ header: [String]) { rows = [header] }

    /// A row with a cell for each column of the header; missing ones are blank, line breaks become blanks.
    package mutating func add(_ row: [String]) {
        let cells = row.map { cell in String(cell.map { $0.isNewline || $0 == "\t" ? " " : $0 }) }
        rows.append(Array((cells + Array(repeating: "", count: rows[0].count)).prefix(rows[0].count)))
    }

    /// The rows' lines, without blanks at their ends.
    package var text: String {
        let widths = rows[0].indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            var line = zip(row, widths).map { TerminalText.padded($0, to: $1) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// Columns that a text takes on a terminal.
    package static func width(_ text: String) -> Int { TerminalText.width(text) }
}
