import SyncEngine

/// A document as YAML 1.2 in block style: texts quoted as in JSON, so that nothing is ever read as something else.
enum YAMLText {
    static func of(_ document: JSONValue) -> String { lines(document, indent: 0).joined(separator: "\n") + "\n" }

    private static func lines(_ value: JSONValue, indent: Int) -> [String] {
        let space = String(repeating: "  ", count: indent)
        switch value {
        case .members(let members) where !members.isEmpty:
            return members.flatMap { member in
                let key = space + key(member.key) + ":"
                return isNested(member.value)
                    ? [key] + lines(member.value, indent: indent + 1) : [key + " " + member.value.compact]
            }
        case .array(let values) where !values.isEmpty:
            return values.flatMap { value in
                guard isNested(value) else { return [space + "- " + value.compact] }
                let inner = lines(value, indent: indent + 1)
                return [space + "- " + inner[0].dropFirst(space.count + 2)] + inner.dropFirst()
            }
        default: return [space + value.compact]
        }
    }

    /// Lists of plain values stay on their line.
    private static func isNested(_ value: JSONValue) -> Bool {
        switch value {
        case .members(let members): !members.isEmpty
        case .array(let values):
            values.contains { if case .members = $0 { true } else if case .array = $0 { true } else { false } }
        default: false
        }
    }

    private static func key(_ key: String) -> String {
        let isPlain = key.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || $0 == "_") }
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return isPlain && !key.isEmpty && !words.contains(key.lowercased()) ? key : JSONValue.string(key).compact
    }
}
