import Glibc
package import SyncEngine

/// Standard output: exactly one JSON document with `--json`, else text for people.
package struct Output: Sendable {
    package let isJSON: Bool

    package init(isJSON: Bool) { self.isJSON = isJSON }

    package func write(_ document: JSONValue, text: @autoclosure () -> String) {
        let said = isJSON ? document.compact : text()
        if !said.isEmpty { Stream.write(said + "\n", to: STDOUT_FILENO) }
    }

    /// Writes what is known of a failure in its document, tells people, and ends the process with `code`.
    package func fail(_ problem: Problem, document: JSONValue, code: ExitCode) -> Never {
        if isJSON { Stream.write(document.compact + "\n", to: STDOUT_FILENO) }
        Failure(problem).tell()
        exit(code.rawValue)
    }
}

package enum Stream {
    /// Writes all of it; a reader that has gone away is no error of ours.
    static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            offset += count
        }
    }
}

/// Standard error.
package enum Diagnostics {
    /// For people.
    package static func say(_ text: String) { Stream.write(text + "\n", to: STDERR_FILENO) }

    /// For engineers.
    package static func detail(_ text: String) {
        if !text.isEmpty { Stream.write("  (\(text))\n", to: STDERR_FILENO) }
    }

    package static func warn(_ findings: [Finding]) {
        for finding in findings { say(L("提示：", "Note: ") + finding.message.text()) }
    }
}

/// Colour, where a person reads it and has not refused it.
package enum Style {
    private static let isColoured = isatty(STDERR_FILENO) == 1 && Environment.value("NO_COLOR") == nil

    static func red(_ text: String) -> String { isColoured ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}

/// A failure, as people and programs read it.
package struct Failure {
    private let problem: Problem

    package init(_ problem: Problem) { self.problem = problem }

    package var message: String {
        let text = (problem.explanation ?? problem.code.title).text()
        return problem.subject.isEmpty ? text : text + L("（\(problem.subject)）", " (\(problem.subject))")
    }

    package var document: JSONValue {
        .object([
            ("code", .int(Int64(problem.code.rawValue))), ("name", .string(problem.code.name)),
            ("message", .string(message)), ("hint", .string(problem.code.hint.text())),
        ])
    }

    /// On standard error.
    package func tell() {
        Diagnostics.say(Style.red(L("出错 ", "Error ") + "\(problem.code.rawValue)") + L("：", ": ") + message)
        Diagnostics.say(problem.code.hint.text())
    }
}

/// A table for people. East Asian wide characters take two columns.
package struct TextTable {
    private var rows: [[String]]

    package init(_ header: [String]) { rows = [header] }

    package mutating func add(_ row: [String]) { rows.append(row) }

    package var text: String {
        let widths = rows[0].indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - Self.width(cell)) }
                .joined(separator: "  ").trimmingEnd
        }.joined(separator: "\n")
    }

    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { total, scalar in
            switch scalar.value {
            case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: total
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                total + 2
            default: total + 1
            }
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Progress of long work, on standard error and on a terminal only; gone when the work is done.
package final class ProgressBar {
    private let label: String
    private let isShown: Bool
    private var last = ContinuousClock.now - .seconds(1)
    private var isDrawn = false

    private static let cells = 24

    package init(label: String) {
        self.label = label
        isShown = isatty(STDERR_FILENO) == 1
    }

    package func update(completed: Int, total: Int) {
        guard isShown, last.duration(to: .now) > .milliseconds(100) else { return }
        last = .now
        isDrawn = true
        let part = total > 0 ? min(1, Double(completed) / Double(total)) : 0
        let full = Int(part * Double(Self.cells))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.cells - full)
        Stream.write("\r\u{1B}[K\(label) \(bar) \(completed)/\(total)", to: STDERR_FILENO)
    }

    package func finish() {
        if isDrawn { Stream.write("\r\u{1B}[K", to: STDERR_FILENO) }
        isDrawn = false
    }
}
