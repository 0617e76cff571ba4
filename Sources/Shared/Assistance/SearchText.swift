package import SyncEngine

/// What `find` searches: the texts of a record's search fields, in lower case, and their pinyin initials.
package enum SearchText {
    /// One line a text; `nil` for a record with nothing to search.
    package static func line(kind: KindSchema, record: Record) -> String? {
        guard !kind.searchFields.isEmpty else { return nil }
        var lines: [String] = []
        for name in kind.searchFields {
            guard let text = record.value(name, in: kind).text else { continue }
            lines += self.lines(text)
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// What is looked for when somebody types this: in lower case; of a number no leading zeros, which one register has
    /// and another has not.
    package static func wanted(_ text: String) -> String {
        let text = text.lowercased()
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
        let number = text.drop { $0 == "0" }
        return number.isEmpty ? text : String(number)
    }

    /// What a text is found by.
    package static func lines(_ text: String) -> [String] {
        [hasNoCase(text) ? text : text.lowercased()]
            + (text.utf8.contains { $0 >= 0x80 } ? Pinyin.initials(of: text) : [])
    }

    /// Whether it is of digits, signs, small letters and Chinese characters (U+3000 to U+9FFF) alone.
    private static func hasNoCase(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): false
            case 0...0xBF, 0xE3...0xE9: true
            default: false
            }
        }
    }
}
