import Assistance
import SyncEngine

/// RFC 4180 with a byte order mark, so that Excel and WPS read the Chinese. A text that a spreadsheet would take for a
/// formula begins with an apostrophe; numbers, amounts and days are what they are.
struct CSVWriter: TableWriter {
    private let titles: [String]

    init(_ columns: [Table.Column]) { titles = columns.map(\.title.zh) }

    func begin() -> [UInt8] { [0xEF, 0xBB, 0xBF] + Self.line(titles.map(Table.Cell.text)) }

    func rows(_ rows: [[Table.Cell]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in rows { bytes += Self.line(row) }
        return bytes
    }

    func end() -> [UInt8] { [] }

    private static func line(_ row: [Table.Cell]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, cell) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell, to: &bytes)
        }
        return bytes + [13, 10]
    }

    private static func append(_ cell: Table.Cell, to bytes: inout [UInt8]) {
        if cell.isFigure {
            bytes += cell.plain.utf8
            return
        }
        let text = cell.plain
        // What separates cells somewhere, or is trimmed, stands in quotes.
        let isQuoted =
            text.utf8.first == 32 || text.utf8.last == 32
            || text.utf8.contains { $0 < 0x20 || $0 == 0x2C || $0 == 0x22 || $0 == 0x3B }
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
        if FormulaText.isFormula(text) { bytes.append(UInt8(ascii: "'")) }
        guard isQuoted else {
            bytes += text.utf8
            return
        }
        for byte in text.utf8 where byte != 0 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Texts that spreadsheets compute instead of showing them (CSV injection; CWE-1236).
enum FormulaText {
    /// ASCII and full-width: some input methods and spreadsheets take one for the other.
    private static let starts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−"]

    /// Whether it begins so, whatever is before it that cannot be seen. Scalars are looked at, not characters: an accent
    /// behind an equals sign makes another character of it, and no less of a formula.
    static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        if first == "\t" || first == "\r" || first == "\n" { return true }
        return text.unicodeScalars.first { !isInvisible($0) }.map(starts.contains) ?? false
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .nonspacingMark: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
