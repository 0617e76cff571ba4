import CZlib
import Foundation
import FoundationXML

/// An XLSX as a program that is not ours reads it: a ZIP archive of XML documents, all of them well formed.
struct Workbook {
    struct Cell: Equatable {
        var type: String
        var style: String
        var text: String
    }

    struct Unreadable: Error { var what: String }

    let parts: [String: [UInt8]]
    /// Rows of all sheets, by the cell's place (`B2`); the first sheet's without its name.
    let sheets: [[String: Cell]]

    init(_ bytes: [UInt8]) throws {
        parts = try Self.unzip(bytes)
        var sheets: [[String: Cell]] = []
        for (name, content) in parts where name.hasSuffix(".xml") || name.hasSuffix(".rels") {
            guard XMLParser(data: Data(content)).parse() else { throw Unreadable(what: name) }
        }
        while let sheet = parts["xl/worksheets/sheet\(sheets.count + 1).xml"] {
            let reader = SheetReader()
            let parser = XMLParser(data: Data(sheet))
            parser.delegate = reader
            guard parser.parse() else { throw Unreadable(what: "sheet") }
            sheets.append(reader.cells)
        }
        self.sheets = sheets
    }

    func text(_ part: String) -> String { String(decoding: parts[part] ?? [], as: UTF8.self) }

    /// The style's number format.
    func format(_ cell: Cell?) -> String {
        let styles = text("xl/styles.xml")
        guard let cell, let index = Int(cell.style), let list = styles.range(of: "<cellXfs") else { return "" }
        let entries = styles[list.upperBound...].components(separatedBy: "<xf ")
        guard entries.indices.contains(index + 1) else { return "" }
        let id = Self.attribute("numFmtId", of: entries[index + 1])
        let own = styles.components(separatedBy: "<numFmt ").first { Self.attribute("numFmtId", of: $0) == id }
        let builtIn = ["49": "@", "1": "0", "4": "#,##0.00"][id] ?? id
        return styles.contains("<numFmt numFmtId=\"\(id)\"") ? Self.attribute("formatCode", of: own ?? "") : builtIn
    }

    private static func attribute(_ name: String, of text: String) -> String {
        guard let start = text.range(of: "\(name)=\"") else { return "" }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    // MARK: - ZIP

    private static func unzip(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        guard let end = (0..<max(0, bytes.count - 21)).last(where: { number($0, 4) == 0x0605_4B50 }) else {
            throw Unreadable(what: "end of the archive")
        }
        var parts: [String: [UInt8]] = [:]
        var place = number(end + 16, 4)
        for _ in 0..<number(end + 10, 2) {
            let (packed, size) = (number(place + 20, 4), number(place + 24, 4))
            let (nameLength, local) = (number(place + 28, 2), number(place + 42, 4))
            let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
            let content = Array(bytes[start..<start + packed])
            parts[name] = number(place + 10, 2) == 0 ? content : try inflate(content, size: size)
            place += 46 + nameLength + number(place + 30, 2) + number(place + 32, 2)
        }
        return parts
    }

    private static func inflate(_ packed: [UInt8], size: Int) throws -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Unreadable(what: "inflate")
        }
        defer { inflateEnd(&stream) }
        var packed = packed
        var result = [UInt8](repeating: 0, count: size + 1)
        let code = packed.withUnsafeMutableBufferPointer { input in
            result.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END, stream.total_out == UInt(size) else { throw Unreadable(what: "inflate \(code)") }
        return Array(result.prefix(size))
    }
}

private final class SheetReader: NSObject, XMLParserDelegate {
    var cells: [String: Workbook.Cell] = [:]
    private var place = ""
    private var cell = Workbook.Cell(type: "", style: "", text: "")
    private var isInside = false

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        switch name {
        case "c":
            place = attributes["r"] ?? ""
            cell = Workbook.Cell(type: attributes["t"] ?? "n", style: attributes["s"] ?? "", text: "")
        case "f": cell.type = "formula"
        case "t", "v": isInside = true
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { if isInside { cell.text += text } }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "t" || name == "v" { isInside = false }
        if name == "c" { cells[place] = cell }
    }
}
