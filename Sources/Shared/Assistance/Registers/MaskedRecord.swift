package import SyncEngine

extension Linked {
    /// A field's value as it leaves the township: of a name its first character, of an identity number its first four and
    /// its last four; of anything shorter nothing.
    package func masked(_ field: String) -> Value {
        guard let text = text(field) else { return value(field) }
        switch field {
        case "name": return .text(Self.masked(text, first: 1, last: 0))
        case "id_number": return .text(Self.masked(text, first: 4, last: 4))
        default: return value(field)
        }
    }

    private static func masked(_ text: String, first: Int, last: Int) -> String {
        guard text.count > first + last else { return String(repeating: "*", count: text.count) }
        return text.prefix(first) + String(repeating: "*", count: text.count - first - last) + text.suffix(last)
    }
}
