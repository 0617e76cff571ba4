/// A piece of a page. Values go in as texts and come out escaped: there is no way to put markup of a record's into a
/// page, for tags and classes are closed lists.
package indirect enum HTML: Sendable, ExpressibleByStringInterpolation {
    case text(String)
    case element(Tag, StyleClass?, span: Int, [HTML])
    case group([HTML])

    package init(stringLiteral value: String) { self = .text(value) }

    package enum Tag: String, Sendable {
        case h1, h2, p, table, thead, tbody, tr, th, td, section, header, footer, span, ol, li

        /// Ends a line of the source, so that people can compare pages.
        fileprivate var isBlock: Bool {
            switch self {
            case .th, .td, .span: false
            default: true
            }
        }
    }

    package enum StyleClass: String, Sendable {
        case head, office, facts, fill, number, code, seal, sign, small, note, watermark, posted
    }

    static func p(_ parts: HTML..., style: StyleClass? = nil) -> HTML { .element(.p, style, span: 1, parts) }
    static func h2(_ text: String) -> HTML { .element(.h2, nil, span: 1, [.text(text)]) }
    static func section(_ style: StyleClass? = nil, _ parts: [HTML]) -> HTML {
        .element(.section, style, span: 1, parts)
    }
    static func span(_ text: String, _ style: StyleClass) -> HTML { .element(.span, style, span: 1, [.text(text)]) }
    static func list(_ items: [String]) -> HTML {
        .element(.ol, nil, span: 1, items.map { .element(.li, nil, span: 1, [.text($0)]) })
    }

    /// A value in a sentence, on a line; an empty line to write on where there is none.
    static func fill(_ text: String?) -> HTML { span(text ?? "　　　　　　", .fill) }

    // MARK: - Writing

    package func write(to page: inout String) {
        switch self {
        case .text(let text): page += Self.escaped(text)
        case .group(let parts): for part in parts { part.write(to: &page) }
        case .element(let tag, let style, let span, let parts):
            page += "<\(tag.rawValue)"
            if let style { page += " class=\"\(style.rawValue)\"" }
            if span > 1 { page += " colspan=\"\(span)\"" }
            page += ">"
            for part in parts { part.write(to: &page) }
            page += "</\(tag.rawValue)>" + (tag.isBlock ? "\n" : "")
        }
    }

    /// As text: what has a meaning in HTML is escaped; control characters but newline and tab, and marks of direction,
    /// become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: result.append(contentsOf: "&amp;".unicodeScalars)
            case 0x3C: result.append(contentsOf: "&lt;".unicodeScalars)
            case 0x3E: result.append(contentsOf: "&gt;".unicodeScalars)
            case 0x22: result.append(contentsOf: "&quot;".unicodeScalars)
            case 0x27: result.append(contentsOf: "&#39;".unicodeScalars)
            case 0x09, 0x0A: result.append(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// A table of a form.
struct FormTable {
    private var rows: [HTML] = []
    private var titles: [HTML] = []

    /// Labels and values side by side.
    init() {}

    /// With a row of titles that is repeated on every page.
    init(_ titles: String...) { self.titles = [Self.row(titles.map { Self.cell(.th, .text($0)) })] }

    /// Label, value, label, value …; the last value takes what is left of `columns`.
    mutating func add(_ pairs: (String, String?)..., columns: Int = 6) {
        var cells: [HTML] = []
        for (index, pair) in pairs.enumerated() {
            let isLast = index == pairs.count - 1
            cells.append(Self.cell(.th, .text(pair.0)))
            let span = isLast ? columns - 2 * pairs.count + 1 : 1
            cells.append(.element(.td, nil, span: span, [.text(pair.1 ?? "")]))
        }
        rows.append(Self.row(cells))
    }

    /// One line of values.
    /// - Parameters:
    ///   - numbers: places of amounts.
    ///   - code: the place of a number that is never cut.
    mutating func add(values: [String?], numbers: Set<Int> = [], code: Int? = nil) {
        let cells: [HTML] = values.enumerated().map { index, value in
            let style: HTML.StyleClass? = index == code ? .code : numbers.contains(index) ? .number : nil
            return .element(.td, style, span: 1, [.text(value ?? "")])
        }
        rows.append(Self.row(cells))
    }

    /// Empty lines to write on.
    mutating func addEmpty(_ count: Int, columns: Int) {
        for _ in 0..<count { add(values: [String?](repeating: "　", count: columns)) }
    }

    var isEmpty: Bool { rows.isEmpty }

    var html: HTML {
        let head: [HTML] = titles.isEmpty ? [] : [.element(.thead, nil, span: 1, titles)]
        let style: HTML.StyleClass? = titles.isEmpty ? .facts : nil
        return .element(.table, style, span: 1, head + [.element(.tbody, nil, span: 1, rows)])
    }

    private static func row(_ cells: [HTML]) -> HTML { .element(.tr, nil, span: 1, cells) }
    private static func cell(_ tag: HTML.Tag, _ content: HTML) -> HTML { .element(tag, nil, span: 1, [content]) }
}
