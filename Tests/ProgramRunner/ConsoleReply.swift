import Foundation

/// What the console answered.
package struct ConsoleReply {
    package let status: Int
    private let head: [(name: String, value: String)]
    package let body: [UInt8]
    /// Whether the transfer came to its end: of a chunked one the last chunk, of others all of its length.
    package let isWhole: Bool

    /// A form of a page, as a browser would send it untouched.
    package struct Form {
        package let action: String
        package let method: String
        /// Hidden fields, typed defaults, chosen options, ticked boxes.
        package let fields: [(String, String)]
        /// Every name that a person may fill in.
        package let names: Set<String>
        /// As it stands in the page.
        package let source: String
    }

    package func headers(named name: String) -> [String] { head.filter { $0.name == name }.map(\.value) }
    package func header(_ name: String) -> String? { headers(named: name.lowercased()).first }
    package var location: String? { header("location") }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON { JSON(Data(body)) }
    package var forms: [Form] { Self.elements("form", in: text).map(Form.init) }

    /// The page's words, without tags, entities read, white space made one.
    package var words: String {
        let bare = text.replacing(#/<(script|style)[\s\S]*?<\/\1>/#, with: " ").replacing(#/<[^>]*>/#, with: " ")
        return Self.plain(bare).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Where the page's links lead.
    package var links: [String] { text.matches(of: #/<a [^>]*href="([^"]*)"/#).map { Self.plain(String($0.1)) } }
    /// The forms' addresses.
    package var actions: [String] { forms.map(\.action) }

    // MARK: - Reading

    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count > 1, let status = Int(first[1]) else { return nil }
        self.status = status
        head = lines.dropFirst().compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
        }
        let rest = Array(bytes[end.upperBound...])
        let isChunked = head.contains { $0.name == "transfer-encoding" && $0.value.lowercased() == "chunked" }
        if isChunked {
            (body, isWhole) = Self.joined(chunks: rest)
        } else {
            body = rest
            isWhole = head.first { $0.name == "content-length" }.map { Int($0.value) == rest.count } ?? true
        }
    }

    /// RFC 9112, 7.1: the last chunk is empty.
    private static func joined(chunks bytes: [UInt8]) -> (body: [UInt8], isWhole: Bool) {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: [13, 10]) {
            let text = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
            guard let size = Int(text.prefix { $0.isHexDigit }, radix: 16) else { break }
            if size == 0 { return (body, true) }
            let chunk = rest[line.upperBound...].prefix(size)
            body += chunk
            rest = rest[chunk.endIndex...].dropFirst(2)
        }
        return (body, false)
    }

    static func elements(_ tag: String, in text: String) -> [String] {
        text.components(separatedBy: "<\(tag) ").dropFirst().compactMap { part in
            part.range(of: "</\(tag)>").map { "<\(tag) " + part[..<$0.lowerBound] }
        }
    }

    static func attribute(_ name: String, of tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\""),
            let end = tag.range(of: "\"", range: start.upperBound..<tag.endIndex)
        else { return nil }
        return plain(String(tag[start.upperBound..<end.lowerBound]))
    }

    static func has(_ name: String, _ tag: String) -> Bool {
        tag.hasSuffix(" \(name)") || tag.contains(" \(name) ") || tag.contains(" \(name)>")
    }

    static func plain(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.replacingOccurrences(of: $1.0, with: $1.1)
        }
    }
}

extension ConsoleReply.Form {
    fileprivate init(source: String) {
        self.source = source
        let opening = String(source.prefix { $0 != ">" })
        action = ConsoleReply.attribute("action", of: opening) ?? ""
        method = ConsoleReply.attribute("method", of: opening) ?? "get"
        var fields: [(String, String)] = []
        var names: Set<String> = []
        for match in source.matches(of: #/<(input|textarea|select)( [^>]*)?>/#) {
            let tag = String(match.0.dropLast())
            guard let name = ConsoleReply.attribute("name", of: tag) else { continue }
            let type = ConsoleReply.attribute("type", of: tag) ?? ""
            if type != "hidden" { names.insert(name) }
            let after = source[match.range.upperBound...]
            switch String(match.1) {
            case "textarea": fields.append((name, ConsoleReply.plain(Self.content(after, until: "</textarea>"))))
            case "select": fields.append((name, Self.chosen(in: Self.content(after, until: "</select>"))))
            default:
                let isOff = (type == "checkbox" || type == "radio") && !ConsoleReply.has("checked", tag)
                if !isOff, type != "submit", type != "file" {
                    fields.append((name, ConsoleReply.attribute("value", of: tag) ?? ""))
                }
            }
        }
        self.fields = fields
        self.names = names
    }

    private static func content(_ text: Substring, until end: String) -> String {
        text.range(of: end).map { String(text[..<$0.lowerBound]) } ?? ""
    }

    private static func chosen(in options: String) -> String {
        let tags = options.matches(of: #/<option( [^>]*)?>/#).map { String($0.0.dropLast()) }
        return (tags.first { ConsoleReply.has("selected", $0) } ?? tags.first)
            .flatMap { ConsoleReply.attribute("value", of: $0) } ?? ""
    }
}
