package import SyncEngine

/// A failure, as people and programs read it.
package struct Failure {
    private let problem: Problem
    private let detail: String

    /// - Parameter detail: for engineers, on standard error only.
    package init(_ problem: Problem, detail: String = "") {
        self.problem = problem
        self.detail = detail
    }

    /// What to do next.
    package var hint: String { (problem.hint ?? problem.code.hint).text() }

    /// The exact explanation, else the code's title; then what it is about.
    package var message: String {
        let text = (problem.explanation ?? problem.code.title).text()
        return problem.subject.isEmpty ? text : text + L("（\(problem.subject)）", " (\(problem.subject))")
    }

    /// `code`, `name`, `message`, `hint`.
    package var document: JSONValue {
        .object([
            ("code", .int(Int64(problem.code.rawValue))), ("name", .string(problem.code.name)),
            ("message", .string(message)), ("hint", .string(hint)),
        ])
    }

    /// The lines for people.
    func text(style: Style) -> String {
        let head = style.red(L("出错 ", "Error ") + "\(problem.code.rawValue)") + L("：", ": ")
        var lines = [head + TerminalText.harmless(message), TerminalText.harmless(hint)]
        if !detail.isEmpty { lines.append("  " + style.dim("(\(TerminalText.harmless(detail)))")) }
        return lines.joined(separator: "\n")
    }

    /// On standard error.
    package func tell() { StandardStream.errors.write(text(style: .errors) + "\n") }

    /// `{"error": …}` on standard output when `isJSON`, the text on standard error always.
    /// - Returns: the code to end with.
    package func report(isJSON: Bool) -> ExitCode {
        if isJSON { StandardStream.output.write(JSONValue.object([("error", document)]).compact + "\n") }
        tell()
        return problem.code.exitCode
    }
}
