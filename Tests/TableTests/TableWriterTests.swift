import CommandSupport
import Foundation
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// A table's cells arrive in every format as what they are.
@Suite struct TableWriterTests {
    private let world: TestTownship

    init() throws { world = try TestTownship() }

    private let rows: [[Server.Table.Cell]] = [
        [
            .text("张三"), .text("370404198001010014"), .number(3), .fen(123_456), .day(CalendarDay("2026-02-28")!),
            .percent(tenths: 125), .empty,
        ],
        [
            .text("李,\"四\"\n二"), .text("001"), .number(-1), .fen(-5), .day(CalendarDay("1900-02-28")!),
            .percent(tenths: 0), .text(""),
        ],
    ]

    @Test func aCSVOfEveryCellIsAsItWas() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/sample.csv")
        let bytes = try world.file(sample(rows), .csv)
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try Data(bytes).write(to: file)
            Issue.record("recorded \(file.lastPathComponent)")
        }
        #expect(bytes == Array(try Data(contentsOf: file)))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]), "without a byte order mark Excel takes the Chinese for GBK")
    }

    @Test func aWorkbookHasNumbersDatesAndTextsAndAFrozenBoldHeading() throws {
        let book = try Workbook(try world.file(sample(rows), .xlsx))
        let cells = try #require(book.sheets.first)
        #expect(cells["A1"] == .init(type: "inlineStr", style: "1", text: "列0"))
        #expect(cells["B2"]?.type == "inlineStr" && cells["B2"]?.text == "370404198001010014")
        #expect(book.format(cells["B2"]) == "@", "typed over, an identity number stays a text")
        #expect(cells["C2"]?.type == "n" && cells["C2"]?.text == "3")
        #expect(
            cells["D2"]?.text == "1234.56" && cells["D3"]?.text == "-0.05" && book.format(cells["D2"]) == "#,##0.00")
        #expect(cells["E2"]?.type == "n" && cells["E2"]?.text == "46081" && book.format(cells["E2"]) == "yyyy-mm-dd")
        #expect(cells["E3"]?.text == "1900-02-28", "before Excel's leap day")
        #expect(cells["F2"]?.text == "0.125" && book.format(cells["F2"]) == "0.0%")
        #expect(cells["G2"] == nil)
        #expect(cells["A3"]?.text == "李,\"四\"\n二")
        #expect(book.text("xl/worksheets/sheet1.xml").contains("state=\"frozen\""))
        #expect(book.text("xl/styles.xml").contains("<b/>"))
        #expect(book.text("docProps/custom.xml").contains("name=\"seq\""))
        #expect(book.text("docProps/core.xml").contains("2026-11-25T01:00:00Z"))
    }

    @Test func aWorkbookOfTheSameRowsHasTheSameBytes() throws {
        #expect(try world.file(sample(rows), .xlsx) == (try world.file(sample(rows), .xlsx)))
    }

    @Test func whatAWorkbookCannotHoldIsShownSo() {
        #expect(XLSXWriter.safe("a\u{1}b\u{0}c\u{7F}\u{FFFF}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}")
        #expect(XLSXWriter.safe("一\r\n二\r三") == "一\n二\n三")
        #expect(XLSXWriter.safe("_x000D_ _x_ _xyzzy_") == "_x005F_x000D_ _x_ _xyzzy_")
        let long = XLSXWriter.safe(String(repeating: "长", count: 40_000))
        #expect(long.utf16.count == XLSXWriter.textLimit && long.hasSuffix("长…"))
        let whole = String(repeating: "长", count: XLSXWriter.textLimit)
        #expect(XLSXWriter.safe(whole) == whole)
        let pairs = XLSXWriter.safe(String(repeating: "𠀀", count: 20_000))
        #expect(pairs.utf16.count <= XLSXWriter.textLimit)
    }

    @Test func aNumberThatExcelWouldRoundIsAText() throws {
        let rows: [[Server.Table.Cell]] = [
            [.number(.max), .fen(.min), .number(999_999_999_999_999), .fen(999_999_999_999_99)]
        ]
        let cells = try Workbook(try world.file(sample(rows), .xlsx)).sheets[0]
        #expect(cells["A2"]?.text == "9223372036854775807" && cells["A2"]?.type == "inlineStr")
        #expect(cells["B2"]?.text == "-92233720368547758.08" && cells["B2"]?.type == "inlineStr")
        #expect(cells["C2"]?.text == "999999999999999" && cells["C2"]?.type == "n")
        #expect(cells["D2"]?.text == "999999999999.99" && cells["D2"]?.type == "n")
    }

    @Test func rowsThatASheetCannotHoldGoOnInAnother() throws {
        let edition = TableEdition(township: "镇", epoch: EpochID(high: 0, low: 0), seq: 1, at: TestTownship.now)
        let file = try NamelessFile(in: world.url.path)
        let table = sample([[.number(0)]])
        let writer = try XLSXWriter(table, edition, to: file.descriptor, folder: world.url.path, rowLimit: 3)
        _ = try writer.begin()
        _ = try writer.rows((1...5).map { [.number($0)] })
        _ = try writer.end()
        let book = try Workbook(try file.read(at: 0, count: 1_000_000))
        #expect(book.sheets.map(\.count) == [3, 3, 2])
        #expect(book.sheets[2]["A1"]?.text == "列0" && book.sheets[2]["A2"]?.text == "5")
    }

    @Test func aJSONSaysItsTableColumnsAndSeq() throws {
        let seq = try world.township.database.read { database in
            Int64(try LogReader(database, tables: world.township.database.tables).head().seq)
        }
        let documents = try JSONParser.documents(try world.file(sample(rows), .json))
        let document = try #require(documents.first)
        #expect(documents.count == 1)
        #expect(document["table"] == .string("sample") && document["count"] == .int(2) && document["seq"] == .int(seq))
        guard case .array(let rows)? = document["rows"], case .array(let columns)? = document["columns"] else {
            Issue.record("no rows")
            return
        }
        #expect(columns.count == 7 && columns[0]["title"] == .string("列0"))
        #expect(rows[0]["c3"] == .int(123_456) && rows[0]["c4"] == .string("2026-02-28") && rows[0]["c6"] == .null)
        #expect(rows[0]["c5"] == .string("12.5") && rows[1]["c0"] == .string("李,\"四\"\n二"))
    }

    @Test(arguments: TableFormat.allCases) func aTableWithoutRowsIsAWholeFile(format: TableFormat) throws {
        let table = Server.Table("empty", Label(zh: "空[表]:*?/\\'", en: "Empty"), columns: [.init("a", "甲", "A")]) { _ in
            []
        }
        let bytes = try world.file(table, format)
        switch format {
        case .csv: #expect(String(decoding: bytes, as: UTF8.self) == "\u{FEFF}甲\r\n")
        case .json: #expect(try JSONParser.documents(bytes)[0]["count"] == .int(0))
        case .xlsx: #expect(try Workbook(bytes).sheets[0].count == 1)
        }
    }

    @Test func theFileIsItsOwnersAlone() throws {
        let path = world.url.appending(path: "own.csv").path
        try TableExport(sample(rows), as: .csv, from: world.township).write(to: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func anExportThatFailsLeavesNoFile() throws {
        let table = Server.Table("bad", Label(zh: "坏", en: "Bad"), columns: [.init("a", "甲", "A")]) { _, _, _ in
            throw Problem(.storage, "row")
        }
        for format in TableFormat.allCases {
            let path = world.url.appending(path: "bad.\(format.rawValue)").path
            #expect(throws: Problem.self) {
                try TableExport(table, as: format, from: world.township).write(to: path)
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: world.url.path)
        #expect(left.allSatisfy { !$0.contains("bad") && !$0.hasPrefix(".ruhu") }, "\(left)")
    }

    @Test func aFormatIsReadFromTheFilesName() throws {
        #expect(try TableFormat(ofFile: "/a.b/名册.XLSX") == .xlsx)
        #expect(throws: Problem.self) { try TableFormat(ofFile: "/a.csv/names") }
        #expect(throws: Problem.self) { try TableFormat(ofFile: "names.xls") }
    }
}
