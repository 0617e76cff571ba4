/// What may be shown on a terminal, and how wide it is there.
package enum TerminalText {
    /// C0, DEL and C1: what a terminal obeys instead of showing. And the marks that reorder the text around them.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        default: false
        }
    }

    private static func isReordering(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// A text from a record, a file or a server, made harmless: control characters but newline and tab, and marks of
    /// direction, become U+FFFD.
    package static func harmless(_ text: String) -> String {
        let isHarmless = text.unicodeScalars.allSatisfy {
            !(isControl($0) && $0 != "\n" && $0 != "\t") && !isReordering($0)
        }
        if isHarmless { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isShown = scalar == "\n" || scalar == "\t" || !(isControl(scalar) || isReordering(scalar))
            result.append(isShown ? scalar : "\u{FFFD}")
        }
        return String(result)
    }

    /// Columns that a text takes: two for an East Asian wide character (UAX #11: W and F), none for a combining mark.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7F: 1
        case 0..<0x20, 0x7F..<0xA0, 0x0300...0x036F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069,
            0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF, 0xE0100...0xE01EF:
            0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF,
            0x1AFF0...0x1B2FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }

    /// At most `columns` wide; what is cut off ends in `…`.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns, columns > 0 else { return text }
        var result = ""
        var total = 0
        for character in text {
            let wide = width(String(character))
            if total + wide > columns - 1 { break }
            total += wide
            result.append(character)
        }
        return result + "…"
    }

    /// Followed by blanks up to `columns`.
    package static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }
}
