import Foundation
import SyncEngine
import Testing

@testable import CommandSupport

/// `docs/errors.md` is this table; numbers are stable and never reused.
@Suite struct GoldenErrorTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/errors.md")

    private static var table: String {
        let rows = Problem.Code.allCases.sorted { $0.rawValue < $1.rawValue }.map { code in
            "| \(code.rawValue) | `\(code.name)` | \(code.exitCode.rawValue) | \(code.title.zh)。\(code.hint.zh) | \(code.title.en). \(code.hint.en) |"
        }
        return """
            # Errors · 错误

            Numbers are stable and never reused: 10xx the command line, 20xx a change set or value, 30xx enrolment and
            signatures, 40xx the protocol, 50xx the machine. `make golden` writes this page from the code.

            | code | name | exit | 中文 | English |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }

    @Test func theDocumentedTableIsTheProgramsOwn() throws {
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try Self.table.write(to: Self.file, atomically: true, encoding: .utf8)
            Issue.record("recorded docs/errors.md")
            return
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == Self.table)
    }
}
