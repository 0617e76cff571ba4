import Foundation
import ProgramRunner
import Testing

/// What people read on the screen. `make golden` records anew; a recording run fails, so that the difference is looked
/// at before it is committed.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static let commands = [
        ("ruhu", ["--help"]), ("ruhu", ["new", "--help"]), ("ruhu", ["edit", "--help"]), ("ruhu", ["sync", "--help"]),
        ("ruhu", ["visit", "--help"]), ("ruhu-server", ["form", "--help"]),
        ("ruhu-server", ["form", "import", "--help"]),
        ("ruhu", ["attach", "--help"]), ("ruhu", ["attachments", "--help"]),
        ("ruhu", ["calculate", "--help"]), ("ruhu", ["deadline", "--help"]), ("ruhu", ["apply", "--help"]),
        ("ruhu", ["join", "--help"]), ("ruhu-server", ["--help"]), ("ruhu-server", ["resolve", "--help"]),
        ("ruhu-server", ["pack", "--help"]), ("ruhu-server", ["pack", "activate", "--help"]),
        ("ruhu-server", ["case", "--help"]), ("ruhu-server", ["case", "move", "--help"]),
        ("ruhu-server", ["case", "decide", "--help"]), ("ruhu-server", ["roll", "--help"]),
        ("ruhu-server", ["budget", "propose", "--help"]), ("ruhu-server", ["export", "plan", "--help"]),
        ("ruhu-server", ["payments", "--help"]), ("ruhu-server", ["payments", "returns", "--help"]),
        ("ruhu-server", ["reconcile", "--help"]), ("ruhu-server", ["recovery", "--help"]),
        ("ruhu-server", ["export", "payfile", "--help"]), ("ruhu-server", ["export", "table", "--help"]),
        ("ruhu-server", ["export", "--help"]), ("ruhu-server", ["tasks", "--help"]),
        ("ruhu", ["tasks", "--help"]), ("ruhu", ["proofs", "--help"]), ("ruhu-server", ["statistics", "--help"]),
        ("ruhu-server", ["check", "--help"]), ("ruhu-server", ["notice", "--help"]),
        ("ruhu-server", ["register", "--help"]), ("ruhu-server", ["sample", "draw", "--help"]),
        ("ruhu-server", ["duplicates", "--help"]), ("ruhu-server", ["duplicate", "--help"]),
        ("ruhu-server", ["duplicate", "accept", "--help"]),
        ("ruhu-server", ["document", "--help"]), ("ruhu-server", ["document", "print", "--help"]),
        ("ruhu-server", ["case", "archive", "--help"]), ("ruhu", ["document", "--help"]),
        ("ruhu-server", ["serve", "--help"]), ("ruhu", ["bundle", "--help"]), ("ruhu", ["bundle", "export", "--help"]),
        ("ruhu", ["bundle", "import", "--help"]), ("ruhu-server", ["bundle", "import", "--help"]),
    ]

    @Test(arguments: ["zh_CN.UTF-8", "C.UTF-8"]) func helpIsAsItWas(language: String) throws {
        for (name, arguments) in Self.commands {
            let program = Program(name, environment: ["LANG": language])
            let outcome = try program.run(arguments)
            #expect(outcome.code == 0)
            let file =
                "\(name)-\(arguments.joined(separator: "-").filter { $0.isLetter || $0 == "-" }).\(language.hasPrefix("zh") ? "zh" : "en").txt"
            try Self.compare(outcome.text, with: file)
        }
    }

    @Test(arguments: ["zh_CN.UTF-8", "C.UTF-8"]) func anExplanationIsAsItWas(language: String) throws {
        let household = """
            {"residence": "rural",
             "members": [{"id": "户主", "birth_date": "1951-03-02", "health": "41"}, {"id": "配偶", "birth_date": "1955-01-01"}],
             "incomes": [{"id": "工资", "member": "配偶", "type": "10", "amount": "500.00", "period": "month"},
                         {"id": "优抚", "member": "户主", "type": "50", "amount": "900.00", "period": "month"}],
             "expenses": [{"id": "住院", "type": "02", "amount": "2000.00", "reimbursed": "1500.00", "bill_no": "A1"}],
             "properties": [{"id": "三轮车", "type": "vehicle", "exemption": "03"},
                            {"id": "存折", "type": "deposit", "value": "3000.00"}]}
            """
        let folder = try TemporaryFolder()
        let program = Program("ruhu", environment: ["LANG": language, "RUHU_HOME": folder.url.path])
        let outcome = try program.run(["calculate", "-", "dibao", "--on", "2025-10-01"], input: household)
        #expect(outcome.code == 0, "\(outcome.errors)")
        try Self.compare(outcome.text, with: "calculate-dibao.\(language.hasPrefix("zh") ? "zh" : "en").txt")
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreOffered(shell: String) throws {
        for name in ["ruhu", "ruhu-server"] {
            let outcome = try Program(name).run(["--generate-completion-script", shell])
            #expect(outcome.code == 0)
            #expect(outcome.text.contains("history"))
        }
    }

    @Test func errorsAreInTheReadersLanguage() throws {
        let folder = try TemporaryFolder()
        let chinese = Program("ruhu", environment: ["LANG": "zh_CN.UTF-8", "RUHU_HOME": folder.url.path])
        let english = Program("ruhu", environment: ["LANG": "en_US.UTF-8", "RUHU_HOME": folder.url.path])
        #expect(try chinese.run(["sync"]).errors.contains("还没有登记"))
        #expect(try english.run(["sync"]).errors.contains("has not joined"))
        #expect(try english.run([]).code == 64)
        #expect(try english.run(["--version"]).code == 0)
    }

    private static func compare(_ text: String, with name: String) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)")
            return
        }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        #expect(text == recorded, "\(name) differs; run `make golden` and look at the difference")
    }
}
