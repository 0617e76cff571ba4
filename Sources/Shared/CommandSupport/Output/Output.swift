import Glibc
package import SyncEngine

/// Standard output: exactly one JSON document with `--json`, else text for people.
package struct Output: Sendable {
    package let isJSON: Bool

    package init(isJSON: Bool) { self.isJSON = isJSON }

    /// Called once by a command: the document, or the text. Nothing is written for an empty text.
    package func write(_ document: JSONValue, text: @autoclosure () -> String) {
        StandardStream.output.write(rendered(document, text: text()))
    }

    /// A list: `{name: [documents], "count": n}`, or a table of one row for each.
    package func write(
        list name: String, documents: [JSONValue], columns: [String], rows: [[String]], empty: String
    ) {
        var table = TextTable(columns)
        for row in rows { table.add(row) }
        write(
            .object([(name, .array(documents)), ("count", .int(Int64(documents.count)))]),
            text: rows.isEmpty ? empty : table.text)
    }

    /// What ``write(_:text:)`` writes.
    func rendered(_ document: JSONValue, text: @autoclosure () -> String) -> String {
        let said = isJSON ? document.compact : TerminalText.harmless(text())
        return said.isEmpty ? "" : said + "\n"
    }

    /// Writes what is known of a failure in its own document, tells people, and ends the process with `code`.
    package func fail(_ problem: Problem, document: JSONValue, code: ExitCode) -> Never {
        if isJSON { StandardStream.output.write(document.compact + "\n") }
        Failure(problem).tell()
        exit(code.rawValue)
    }
}

extension JSONValue {
    /// The document of a command that found something wrong: with `error`, as every failure.
    package func with(_ problem: Problem) -> JSONValue {
        guard case .members(let members) = self else { return self }
        return .members(members + [JSONValue.Member("error", Failure(problem).document)])
    }
}

/// Standard error.
package enum Diagnostics {
    /// For people: one line or several.
    package static func say(_ text: String) { StandardStream.errors.write(TerminalText.harmless(text) + "\n") }

    /// For engineers; nothing for an empty text.
    package static func detail(_ text: String) {
        if !text.isEmpty {
            StandardStream.errors.write("  " + Style.errors.dim("(\(TerminalText.harmless(text)))") + "\n")
        }
    }

    /// What rules warned of, for the person who typed it.
    package static func warn(_ findings: [Finding]) {
        for finding in findings {
            let message = TerminalText.harmless(finding.message.text())
            StandardStream.errors.write(Style.errors.yellow(L("提示", "Note")) + L("：", ": ") + message + "\n")
        }
    }
}

extension Output {
    /// Ends the process with what is wrong, each with its place, the rule and an example: `error`, `findings`.
    package func fail(findings: [Finding], _ problem: Problem = Problem(.cannotCalculate)) -> Never {
        let document = JSONValue.object([
            ("error", Failure(problem).document),
            (
                "findings",
                .array(
                    findings.map { finding in
                        .object([
                            ("severity", .string(finding.severity == .error ? "error" : "warning")),
                            ("field", finding.field.map(JSONValue.string) ?? .null),
                            ("message", .string(finding.message.text())),
                        ])
                    })
            ),
        ])
        for finding in findings where finding.severity == .error { Diagnostics.say("- " + finding.message.text()) }
        fail(problem, document: document, code: problem.code.exitCode)
    }
}
