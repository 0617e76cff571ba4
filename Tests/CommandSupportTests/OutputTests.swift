import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("张三", 4), ("ａ１", 4), ("，。（）", 8), ("é", 1), ("e\u{301}", 1), ("한글", 4), ("カナ", 4),
        ("𠮷", 2), ("😀", 2), ("–·", 2), ("\u{200B}", 0),
    ])
    func wideCharactersTakeTwoColumns(text: String, width: Int) { #expect(TerminalText.width(text) == width) }

    @Test func whatATerminalObeysIsNotShown() {
        #expect(
            TerminalText.harmless("a\u{1B}[31m\u{9B}b\rc\u{202E}d\n\te")
                == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}c\u{FFFD}d\n\te")
        let text = Output(isJSON: false).rendered(.null, text: "\u{1B}]0;x\u{7}")
        #expect(text == "\u{FFFD}]0;x\u{FFFD}\n")
    }

    @Test func aCutTextFitsItsColumns() {
        #expect(TerminalText.cut("王秀英王秀英", to: 8) == "王秀英…")
        #expect(TerminalText.cut("王秀英", to: 6) == "王秀英")
        #expect(TerminalText.cut("abcdef", to: 4) == "abc…")
    }
}

@Suite struct OutputTests {
    @Test func oneDocumentOrTheTextNeverBoth() {
        let document = JSONValue.object([("a", .int(1))])
        #expect(Output(isJSON: true).rendered(document, text: "one") == "{\"a\":1}\n")
        #expect(Output(isJSON: false).rendered(document, text: "one") == "one\n")
        #expect(Output(isJSON: false).rendered(document, text: "") == "")
    }

    @Test func tablesAlignUnderChineseHeadersAndSurviveOddRows() {
        var table = TextTable(["编号", "姓名", "n"])
        table.add(["1", "欧阳修", "12"])
        table.add(["22", "a\nb"])
        table.add(["3", "c", "4", "beyond"])
        #expect(
            table.text == """
                编号  姓名    n
                1     欧阳修  12
                22    a b
                3     c       4
                """)
    }
}

@Suite struct ProgressBarTests {
    private final class Screen {
        var written: [String] = []
        var now = ContinuousClock.now

        func canvas(columns: Int = 80) -> ProgressBar.Canvas {
            ProgressBar.Canvas(columns: columns, now: { self.now }, write: { self.written.append($0) })
        }
    }

    private static let clear = "\r\u{1B}[K"

    @Test func itIsThrottledAndClearedAtTheEnd() {
        let screen = Screen()
        let bar = ProgressBar(label: "同步", canvas: screen.canvas())
        bar.update(completed: 1, total: 4)
        bar.update(completed: 2, total: 4)
        screen.now += .milliseconds(100)
        bar.update(completed: 6, total: 4)
        bar.finish()
        bar.finish()
        let (full, none) = (String(repeating: "█", count: 6), String(repeating: "░", count: 18))
        #expect(
            screen.written == [
                Self.clear + "同步 \(full)\(none) 1/4",
                Self.clear + "同步 " + String(repeating: "█", count: 24) + " 6/4", Self.clear,
            ])
    }

    @Test func workOfUnknownLengthMovesAndStaysInItsLine() {
        let screen = Screen()
        let bar = ProgressBar(label: "Import", canvas: screen.canvas(columns: 20))
        for _ in 0..<60 {
            bar.update(completed: 3, total: 0)
            screen.now += .milliseconds(200)
        }
        #expect(Set(screen.written).count > 5)
        #expect(screen.written.allSatisfy { TerminalText.width(String($0.dropFirst(Self.clear.count))) < 20 })
    }

    @Test func withoutATerminalNothingIsDrawn() {
        let bar = ProgressBar(label: "x", canvas: nil)
        bar.update(completed: 1, total: 2)
        bar.pulse()
        bar.finish()
        let screen = Screen()
        ProgressBar(label: "x", canvas: screen.canvas()).finish()
        #expect(screen.written.isEmpty)
    }
}
