package import SyncEngine

/// A row of a roster that was not taken, and why.
package struct RejectedRow: Hashable, Sendable {
    /// Counted from 1.
    package let line: Int
    /// A field or column; empty for the whole row.
    package let field: String
    package let reason: Label

    package init(line: Int, field: String, reason: Label) {
        self.line = line
        self.field = field
        self.reason = reason
    }

    /// - Returns: `nil` for a problem that is not the row's.
    package init?(line: Int, _ problem: Problem) {
        guard problem.code.rawValue < 3000 else { return nil }
        self.init(line: line, field: problem.subject, reason: problem.explanation ?? problem.code.title)
    }

    /// `line`, `field`, `reason`.
    package var document: JSONValue {
        .object([("line", .int(Int64(line))), ("field", .string(field)), ("reason", .string(reason.text()))])
    }

    package var text: String { L("第 \(line) 行 \(field)：", "Line \(line), \(field): ") + reason.text() }
}
