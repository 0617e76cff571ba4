import SyncEngine

/// What the parser says of a wrong command line, in both languages. The parser has no other way to tell: its errors are
/// its own, its sentences are what it publishes.
enum ParserMessage {
    /// The sentence as it is in English; in Chinese where it is a known one, else after a Chinese introduction.
    static func label(_ said: String) -> Label {
        let english = said.isEmpty ? "The command line does not parse" : said
        return Label(zh: chinese(english) ?? "命令写法不对：\(english)", en: english)
    }

    private static func chinese(_ said: String) -> String? {
        if let name = said.between("Unknown option '", "'") {
            let nearest = said.between("Did you mean '", "'?")
            return "没有选项 \(name)" + (nearest.map { "，是不是 \($0)？" } ?? "")
        }
        if let name = said.between("Missing value for '", "'") { return "\(name) 后面要写值" }
        if let name = said.between("The option '", "' does not take any value"),
            let value = said.between("but '", "' was specified")
        {
            return "\(name) 不带值，不能写 \(value)"
        }
        if let value = said.between("Unexpected argument '", "'") { return "不认识 \(value)" }
        if let values = said.between(" unexpected arguments: '", "'", last: true) {
            return "不认识 " + values.split(separator: "', '").joined(separator: "、")
        }
        if let name = said.between("Missing expected argument '", "'", last: true) { return "缺少 \(name)" }
        if let names = said.between("Missing one of: '", "'", last: true) {
            return "缺少其中之一：" + names.split(separator: "', '").joined(separator: "、")
        }
        if said.hasPrefix("Missing required subcommand") { return "缺少命令" }
        return value(said)
    }

    private static func value(_ said: String) -> String? {
        guard let value = said.between("The value '", "' is invalid for '"),
            let name = said.between("' is invalid for '", "'")
        else { return nil }
        let choices = said.between("Please provide one of ", ".", last: true).map { "，可用 \($0)" }
        return "\(name) 不能是 \(value)" + (choices ?? "")
    }
}

extension String {
    /// What stands after `start` and before the next `end`, or the last one.
    fileprivate func between(_ start: String, _ end: String, last: Bool = false) -> String? {
        guard let head = firstRange(of: start) else { return nil }
        let rest = self[head.upperBound...]
        guard let tail = last ? rest.ranges(of: end).last : rest.firstRange(of: end) else { return nil }
        return String(rest[..<tail.lowerBound])
    }
}
