import Markup

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
            let style: StyleClass? = index == code ? .code : numbers.contains(index) ? .number : nil
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
        let style: StyleClass? = titles.isEmpty ? .facts : nil
        return .element(.table, style, span: 1, head + [.element(.tbody, nil, span: 1, rows)])
    }

    private static func row(_ cells: [HTML]) -> HTML { .element(.tr, nil, span: 1, cells) }
    private static func cell(_ tag: Tag, _ content: HTML) -> HTML { .element(tag, nil, span: 1, [content]) }
}
