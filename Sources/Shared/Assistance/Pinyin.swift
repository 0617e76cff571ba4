/// Initials of Chinese texts, as people type them to find a name: 张三 is `zs`.
package enum Pinyin {
    /// Surnames that are read otherwise than the same character elsewhere.
    private static let surnames: [Character: Character] = [
        "单": "s", "曾": "z", "仇": "q", "解": "x", "查": "z", "盖": "g", "任": "r", "区": "o", "朴": "p", "缪": "m", "翟": "z",
        "覃": "q", "种": "c", "尉": "y", "员": "y", "召": "s", "乐": "y", "折": "s", "黑": "h", "繁": "p", "宓": "f", "俞": "y",
    ]

    /// One reading, or two where the first character is a surname of another reading; lower case. Letters and digits
    /// pass through, everything else is left out.
    package static func initials(of text: String) -> [String] {
        let usual = String(String.UnicodeScalarView(text.unicodeScalars.compactMap(initial)))
        guard let first = text.first, let other = surnames[first] else { return usual.isEmpty ? [] : [usual] }
        let surname = String(other) + usual.dropFirst()
        return surname == usual ? [usual] : [surname, usual]
    }

    private static func initial(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII {
            let isWord = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if ("A"..."Z").contains(scalar) { return Unicode.Scalar(scalar.value + 32) }
            return isWord ? scalar : nil
        }
        let offset = Int(scalar.value) - Int(PinyinTable.firstCodePoint)
        guard offset >= 0, offset < PinyinTable.letters.utf8CodeUnitCount else { return nil }
        let letter = PinyinTable.letters.utf8Start[offset]
        return letter == UInt8(ascii: "?") ? nil : Unicode.Scalar(letter)
    }
}
