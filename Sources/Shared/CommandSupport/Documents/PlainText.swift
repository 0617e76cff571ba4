package import SyncEngine

/// A value as people read it.
package enum PlainText {
    /// Yes or no in the reader's language, times in China, money with its yuan, and codes with what they mean.
    package static func of(_ value: Value, field: FieldSchema? = nil) -> String {
        switch value {
        case .null: "-"
        case .text(let text): coded(text, field)
        case .int64(let number): amount(number, field)
        case .bool(let flag): flag ? L("是", "yes") : L("否", "no")
        case .date(let day): day.description
        case .time(let instant): of(instant)
        case .list(let elements): elements.map { coded($0, field) }.joined(separator: L("、", ", "))
        }
    }

    /// `2026-11-24 09:30:15`, China Standard Time.
    package static func of(_ instant: Instant) -> String {
        let parts = instant.description.prefix { $0 != "." && $0 != "+" }.split(separator: "T")
        return parts.joined(separator: " ")
    }

    /// A conflict's value: JSON text, where a text stands without its quotes.
    static func of(_ json: JSONValue) -> String {
        switch json {
        case .null: "-"
        case .bool(let flag): flag ? L("是", "yes") : L("否", "no")
        case .string(let text): text
        case .array(let values): values.map(of).joined(separator: L("、", ", "))
        default: json.compact
        }
    }

    private static func coded(_ text: String, _ field: FieldSchema?) -> String {
        guard let meaning = field?.rule?.codes?[text]?.text(), meaning != text else { return text }
        return "\(text) \(meaning)"
    }

    private static func amount(_ number: Int64, _ field: FieldSchema?) -> String {
        guard let field, field.name.hasSuffix("_fen") else { return String(number) }
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: 100)
        let yuan = "\(number < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
        return L("\(number)（\(yuan) 元）", "\(number) (\(yuan) yuan)")
    }
}

extension JSONValue {
    /// For people: one line a value, what is inside indented.
    package var outline: String { lines(indent: "").joined(separator: "\n") }

    /// For people: the value in one line.
    package var plain: String { PlainText.of(self) }

    /// The same document with keys that people read, at every level.
    package func told(omittingNull: Bool = false, _ word: (String) -> String) -> JSONValue {
        switch self {
        case .members(let members):
            let shown = members.filter { !omittingNull || $0.value != .null }
            return .object(shown.map { (word($0.key), $0.value.told(omittingNull: omittingNull, word)) })
        case .array(let values): return .array(values.map { $0.told(omittingNull: omittingNull, word) })
        default: return self
        }
    }

    private func lines(indent: String) -> [String] {
        switch self {
        case .members(let members):
            members.flatMap { member -> [String] in
                switch member.value {
                case .members, .array: ["\(indent)\(member.key):"] + member.value.lines(indent: indent + "  ")
                default: ["\(indent)\(member.key): \(member.value.plain)"]
                }
            }
        case .array(let values):
            values.isEmpty
                ? ["\(indent)-"]
                : values.map { value in
                    guard case .members(let members) = value else { return indent + value.plain }
                    return indent + members.map { "\($0.key) \($0.value.plain)" }.joined(separator: "  ")
                }
        default: [indent + plain]
        }
    }
}
