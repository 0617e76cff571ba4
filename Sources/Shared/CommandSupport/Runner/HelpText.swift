/// The parser's help in the reader's language and as wide as the reader's terminal. The parser words its headings in
/// English and breaks lines by characters; Chinese ones take two columns and have no blanks between words.
enum HelpText {
    /// Columns to ask the parser for, so that it breaks no line itself.
    static let unwrapped = 100_000

    /// Where the parser begins what it says of an option.
    private static let abstractColumn = 26

    /// - Parameter text: the parser's, ``unwrapped``.
    static func rendered(_ text: String, in language: Language, columns: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let said = language == .zh ? chinese(String(line)) : String(line)
            return wrapped(said, to: columns)
        }.joined(separator: "\n")
    }

    // MARK: - Words

    private static let headings = ["ARGUMENTS:": "参数：", "OPTIONS:": "选项：", "SUBCOMMANDS:": "命令："]

    private static let leads = [
        ("OVERVIEW: ", "说明："), ("USAGE: ", "用法：  "), ("Usage: ", "用法：  "), ("Help:  ", "说明：  "),
    ]

    private static let ends = [
        ("Show help information.", "显示帮助。"), ("Show the version.", "显示版本。"),
        ("Show subcommand help information.", "显示某个命令的帮助。"),
    ]

    private static func chinese(_ line: String) -> String {
        if let heading = headings[line] { return heading }
        let group = " SUBCOMMANDS:"
        if line.hasSuffix(group), line.first != " " { return line.dropLast(group.count) + "：" }
        for (english, chinese) in leads where line.hasPrefix(english) {
            let rest = String(line.dropFirst(english.count))
            return chinese + (english == "OVERVIEW: " ? rest : usage(rest))
        }
        if line.hasPrefix("  See '"), let reference = reference(line) { return reference }
        guard line.hasPrefix("  ") else { return line }
        var result = line
        for (english, chinese) in ends where result.hasSuffix("  " + english) || result == english {
            result = result.dropLast(english.count) + chinese
        }
        return defaults(result)
    }

    private static func usage(_ text: String) -> String {
        replacing("<subcommand>", with: "<命令>", in: replacing("<options>", with: "<选项>", in: text))
    }

    /// `See 'x help <subcommand>' for detailed help.` and `See 'x --help' for more information.`
    private static func reference(_ line: String) -> String? {
        guard let end = line.lastIndex(of: "'"), let start = line.firstIndex(of: "'"), start < end else { return nil }
        return "  详见：" + usage(String(line[line.index(after: start)..<end]))
    }

    /// `(default: x)`, `(values: a, b)`, `(values: a, b; default: x)`, and `(default)` of a command.
    private static func defaults(_ line: String) -> String {
        var result = line
        for (english, chinese) in [
            (" (default: ", "（默认："), (" (default as flag: ", "（不带值时："), (" (values: ", "（可选："),
        ] {
            guard result.last == ")", let start = result.ranges(of: english).last else { continue }
            let inside = String(result[start.upperBound...].dropLast())
            result = result[..<start.lowerBound] + chinese + replacing("; default: ", with: "；默认：", in: inside) + "）"
        }
        return replacing(" (default) ", with: "（默认）", in: result)
    }

    private static func replacing(_ old: String, with new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    // MARK: - Lines

    /// Marks that must not begin a line, and those that must not end one.
    private static let closing = Set<Character>("，。、；：？！）」』》”’…,.;:?!)]}")
    private static let opening = Set<Character>("（「『《“‘([{")

    /// Breaks a line at blanks and between wide characters; what follows hangs where the abstract began. A synopsis is
    /// left whole: an option must not part from its value.
    private static func wrapped(_ line: String, to columns: Int) -> String {
        if line.hasPrefix("USAGE:") || line.hasPrefix("Usage:") || line.hasPrefix("用法：") { return line }
        guard TerminalText.width(line) > columns else { return line }
        let characters = Array(line)
        let indent = min(hang(of: characters), columns / 2)
        var lines: [String] = []
        var start = characters.startIndex
        while start < characters.endIndex {
            let room = columns - (lines.isEmpty ? 0 : indent)
            let end = lineEnd(characters, from: start, room: room, isFirst: lines.isEmpty)
            var text = String(characters[start..<end])
            while text.last == " " { text.removeLast() }
            lines.append((lines.isEmpty ? "" : String(repeating: " ", count: indent)) + text)
            start = end
            while start < characters.endIndex, characters[start] == " " { start += 1 }
        }
        return lines.joined(separator: "\n")
    }

    private static func hang(of line: [Character]) -> Int {
        if String(line.prefix(6)) == "Help: " || String(line.prefix(5)) == "说明：  " { return 7 }
        let blanks = line.prefix { $0 == " " }.count
        guard blanks == 2, line.count > abstractColumn, line[abstractColumn - 1] == " ", line[abstractColumn] != " "
        else { return blanks }
        return abstractColumn
    }

    /// The end of the longest piece that fits, never before a first word or the hanging column of the first line.
    private static func lineEnd(_ line: [Character], from start: Int, room: Int, isFirst: Bool) -> Int {
        let first = isFirst ? max(start + 1, hang(of: line) + 1) : start + 1
        var width = 0
        var best: Int?
        for index in start..<line.count {
            if index >= first, canBreak(line, before: index) { best = index }
            width += TerminalText.width(String(line[index]))
            if width > room, line[index] != " ", let best { return best }
        }
        return line.count
    }

    private static func canBreak(_ line: [Character], before index: Int) -> Bool {
        let (last, next) = (line[index - 1], line[index])
        if next == " " { return false }
        if last == " " { return true }
        let isWide = TerminalText.width(String(last)) == 2 || TerminalText.width(String(next)) == 2
        return isWide && !closing.contains(next) && !opening.contains(last)
    }
}
