import SyncEngine

/// RFC 4180, as spreadsheets write it: quotes, either line end, a byte order mark.
package struct CSVTable: Sendable {
    package struct Row: Sendable {
        /// Where the row begins, counted from 1.
        package let line: Int
        package let fields: [String]
    }

    package let header: [String]
    package let rows: [Row]

    private static let rowLimit = 1_000_000
    private static let columnLimit = 500
    /// What a field of a record may have.
    private static let cellBytes = Limits.textBytes

    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for a file without a header, an open quote, a cell that is too
    ///   long, or too many rows.
    package init(_ bytes: [UInt8]) throws {
        var parser = Parser(bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        var rows = try parser.rows(limit: Self.rowLimit)
        guard let first = rows.first, first.fields.contains(where: { !$0.isEmpty }),
            first.fields.count <= Self.columnLimit
        else {
            throw Problem(
                .badDocument, "CSV", explanation: Label(zh: "表格第一行要写列名", en: "The first row must name the columns"))
        }
        rows.removeFirst()
        header = first.fields
        self.rows = rows
    }

    /// A row's fields by column name; `nil` when it has not as many as the header.
    package func fields(of row: Row) -> [String: String]? {
        guard row.fields.count == header.count else { return nil }
        return Dictionary(zip(header, row.fields), uniquingKeysWith: { first, _ in first })
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0
        var line = 1

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func rows(limit: Int) throws -> [Row] {
            var rows: [Row] = []
            while position < bytes.count {
                let start = line
                let fields = try row()
                if fields != [""] { rows.append(Row(line: start, fields: fields)) }
                guard rows.count <= limit else { throw Problem(.badDocument, "CSV > \(limit)") }
            }
            return rows
        }

        private mutating func row() throws -> [String] {
            var fields: [String] = []
            while true {
                let field = try field()
                guard field.utf8.count <= CSVTable.cellBytes else {
                    throw Problem(
                        .badDocument, "CSV:\(line)",
                        explanation: Label(
                            zh: "一格超过 \(CSVTable.cellBytes) 字节", en: "A cell has more than \(CSVTable.cellBytes) bytes")
                    )
                }
                // One too many tells that the row is wrong; the rest of it need not be kept.
                if fields.count <= CSVTable.columnLimit { fields.append(field) }
                guard position < bytes.count else { return fields }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: ",") { continue }
                if byte == 13, position < bytes.count, bytes[position] == 10 { position += 1 }
                line += 1
                return fields
            }
        }

        private mutating func field() throws -> String {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return plain() }
            position += 1
            var content: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == byte else { return text(content) + plain() }
                    position += 1
                }
                if byte == 10 { line += 1 }
                content.append(byte)
            }
            throw Problem(.badDocument, "CSV:\(line)", explanation: Label(zh: "引号没有结束", en: "A quote is not closed"))
        }

        private mutating func plain() -> String {
            let start = position
            while position < bytes.count, ![10, 13, UInt8(ascii: ",")].contains(bytes[position]) { position += 1 }
            return text(Array(bytes[start..<position]))
        }

        private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    }
}
