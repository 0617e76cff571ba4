/// A piece of a page, as a value. Texts go in as they are and come out escaped: there is no way to put markup of a
/// record's into a page, for tags and attributes are closed lists.
package indirect enum HTML: Sendable, ExpressibleByStringInterpolation {
    case text(String)
    case element(Tag, [Attribute], [HTML])
    case group([HTML])
    /// A drawing that was made by a program of ours, which escaped its texts (``SVG``).
    case drawing(SVG)

    package init(stringLiteral value: String) { self = .text(value) }

    /// Nothing at all.
    package static var empty: HTML { .group([]) }

    package var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .element, .drawing: false
        case .group(let parts): parts.allSatisfy(\.isEmpty)
        }
    }

    // MARK: - Writing

    package var source: String {
        var page = ""
        write(to: &page)
        return page
    }

    package func write(to page: inout String) {
        switch self {
        case .text(let text): Self.escape(text, to: &page)
        case .group(let parts): for part in parts { part.write(to: &page) }
        case .drawing(let drawing): page += drawing.source
        case .element(let tag, let attributes, let parts):
            page += "<"
            page += tag.name
            for attribute in attributes { attribute.write(to: &page) }
            page += ">"
            if tag.form != .void {
                for part in parts { part.write(to: &page) }
                page += "</"
                page += tag.name
                page += ">"
            }
            if tag.form == .block { page += "\n" }
        }
    }

    /// As text: what has a meaning in HTML is escaped; control characters but newline and tab, and marks of direction,
    /// become U+FFFD.
    package static func escaped(_ text: String) -> String {
        var result = ""
        escape(text, to: &result)
        return result
    }

    static func escape(_ text: String, to page: inout String) {
        if text.utf8.allSatisfy(isPlain) {
            page += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: page += "&amp;"
            case 0x3C: page += "&lt;"
            case 0x3E: page += "&gt;"
            case 0x22: page += "&quot;"
            case 0x27: page += "&#39;"
            case 0x09, 0x0A: page.unicodeScalars.append(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                page += "\u{FFFD}"
            default: page.unicodeScalars.append(scalar)
            }
        }
    }

    /// Letters, digits and Chinese need no look at each character: of the bytes that may begin one that is escaped or
    /// replaced, none is here.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x26, 0x3C, 0x3E, 0x22, 0x27, 0x7F, 0xC2, 0xD8, 0xE2: false
        case 0..<0x20: byte == 0x09 || byte == 0x0A
        default: true
        }
    }
}

/// An inline drawing. Only what ``Markup`` and the charts write becomes one.
package struct SVG: Hashable, Sendable {
    package let source: String

    /// - Parameter source: a whole `<svg>` element whose texts are escaped (``HTML/escaped(_:)``).
    package init(escapedSource source: String) { self.source = source }
}
