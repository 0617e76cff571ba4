import CommandSupport
import Markup

/// Writes a chart as SVG. Lengths are pixels of the view box.
struct Drawing {
    let chart: Chart
    private var parts: [String] = []

    init(chart: Chart) { self.chart = chart }

    private static let width = 720
    private static let rowHeight = 28
    private static let barHeight = 18
    private static let top = 44
    private static let legendHeight = 24
    private static let axisHeight = 34
    private static let plotHeight = 220
    /// Of a letter of one column; a Chinese character has two.
    private static let column = 7
    /// Columns of a label below a line or in the legend; longer ones are cut, and whole in their tooltip.
    private static let labelColumns = 24
    /// Columns of a label beside a bar.
    private static let barLabelColumns = 44
    private static let ink = "#1a1a1a"
    private static let faint = "#6b6b6b"
    private static let grid = "#d0d0d0"
    /// Each at least 4.5 : 1 against white.
    private static let colours = ["#1d4f91", "#9a4a00", "#1b6b3a", "#6f2f86", "#8f1d36", "#4d4d4d"]

    mutating func draw() -> String {
        let body = chart.form == .lines ? Self.plotHeight : chart.categories.count * Self.rowHeight
        let legend = chart.series.count > 1 ? Self.legendHeight : 0
        let height = Self.top + legend + body + Self.axisHeight + (chart.left > 0 ? Self.legendHeight : 0)
        let id = chart.id
        open(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(height)" width="\(Self.width)" \
            height="\(height)" role="img" aria-labelledby="\(id)-title \(id)-desc" font-family="sans-serif" font-size="13">
            """)
        open("<title id=\"\(id)-title\">\(Self.safe(chart.title))</title>")
        open("<desc id=\"\(id)-desc\">\(Self.safe(chart.words))</desc>")
        if chart.form == .stackedBars { definePatterns() }
        open("<rect width=\"\(Self.width)\" height=\"\(height)\" fill=\"#ffffff\"/>")
        text(chart.title, x: 12, y: 26, size: 16, weight: "bold")
        if legend > 0 { drawLegend(y: Self.top) }
        let from = Self.top + legend
        chart.form == .lines ? drawLines(from: from) : drawBars(from: from, height: body)
        if let left = chart.leftText { text(left, x: 12, y: height - 10, colour: Self.faint) }
        open("</svg>")
        return parts.joined(separator: "\n") + "\n"
    }

    // MARK: - Bars

    private mutating func drawBars(from: Int, height: Int) {
        let labels = chart.categories.map { Self.short($0, Self.barLabelColumns) }
        let columns = labels.map(TextTable.width).max() ?? 0
        let left = 20 + columns * Self.column
        let right = 24 + (sums.map { TextTable.width(chart.text(of: $0)) }.max() ?? 0) * Self.column
        let length = max(120, Self.width - left - right)
        let axis = ChartAxis(through: sums.max() ?? 0)
        for mark in axis.marks {
            let x = left + axis.pixels(mark, of: length)
            open("<line x1=\"\(x)\" y1=\"\(from)\" x2=\"\(x)\" y2=\"\(from + height)\" stroke=\"\(Self.grid)\"/>")
            text(chart.text(of: mark), x: x, y: from + height + 18, anchor: "middle", colour: Self.faint, size: 11)
        }
        for (index, label) in labels.enumerated() {
            let y = from + index * Self.rowHeight + (Self.rowHeight - Self.barHeight) / 2
            open("<g>")
            open("<title>\(Self.safe(tooltip(index)))</title>")
            text(label, x: left - 8, y: y + 13, anchor: "end")
            let end = drawBar(index, x: left, y: y, axis: axis, length: length)
            let isKnown = chart.series.contains { chart.value($0, index) != nil }
            text(isKnown ? chart.text(of: sums[index]) : "-", x: end + 6, y: y + 13)
            open("</g>")
        }
    }

    /// - Returns: where it ends.
    private mutating func drawBar(_ index: Int, x left: Int, y: Int, axis: ChartAxis, length: Int) -> Int {
        var sum: Int64 = 0
        var x = left
        for (number, one) in chart.series.enumerated() {
            guard let value = chart.value(one, index), value > 0 else { continue }
            sum = Self.sum(sum, value)
            let end = left + axis.pixels(sum, of: length)
            let fill = chart.form == .bars ? Self.colours[0] : "url(#\(chart.id)-\(number))"
            open(
                """
                <rect x="\(x)" y="\(y)" width="\(end - x)" height="\(Self.barHeight)" fill="\(fill)" \
                stroke="\(Self.colours[number])"/>
                """)
            x = end
        }
        return x
    }

    private var sums: [Int64] {
        chart.categories.indices.map { index in
            chart.series.reduce(0) { Self.sum($0, chart.value($1, index) ?? 0) }
        }
    }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let sum = a.addingReportingOverflow(b)
        return sum.overflow ? (b > 0 ? .max : .min) : sum.partialValue
    }

    private func tooltip(_ index: Int) -> String {
        let values = chart.series.map { one in
            let value = chart.value(one, index).map(chart.text) ?? "-"
            return one.name.isEmpty ? value : "\(one.name) \(value)"
        }
        return "\(chart.categories[index]): \(values.joined(separator: ", "))"
    }

    // MARK: - Lines

    private mutating func drawLines(from: Int) {
        let height = Self.plotHeight - 20
        let top = from + 16
        let largest = chart.series.flatMap(\.values).compactMap(\.self).max() ?? 0
        let axis = ChartAxis(through: largest)
        let left = 20 + (axis.marks.map { TextTable.width(chart.text(of: $0)) }.max() ?? 0) * Self.column
        let length = Self.width - left - 40
        for mark in axis.marks {
            let y = top + height - axis.pixels(mark, of: height)
            open("<line x1=\"\(left)\" y1=\"\(y)\" x2=\"\(left + length)\" y2=\"\(y)\" stroke=\"\(Self.grid)\"/>")
            text(chart.text(of: mark), x: left - 8, y: y + 4, anchor: "end", colour: Self.faint, size: 11)
        }
        let count = chart.categories.count
        let step = max(1, length / max(1, count))
        // As many labels as find room beside each other.
        let widest = (chart.categories.map { TextTable.width(Self.short($0)) }.max() ?? 1) * Self.column + 8
        let each = max(1, (widest + step - 1) / step)
        for index in stride(from: 0, to: count, by: each) {
            open("<g>")
            open("<title>\(Self.safe(chart.categories[index]))</title>")
            text(
                Self.short(chart.categories[index]), x: left + step / 2 + index * step, y: top + height + 20,
                anchor: "middle", colour: Self.faint, size: 11)
            open("</g>")
        }
        for (number, one) in chart.series.enumerated() {
            let points = (0..<count).compactMap { index in
                chart.value(one, index).map { value in
                    (
                        x: left + step / 2 + index * step, y: top + height - axis.pixels(value, of: height),
                        value: value, index: index
                    )
                }
            }
            drawLine(points.map { (x: $0.x, y: $0.y, index: $0.index) }, number)
            for point in points {
                open("<g>")
                open(
                    "<title>\(Self.safe("\(chart.categories[point.index]) \(one.name) \(chart.text(of: point.value))"))</title>"
                )
                open(Self.marker(number, x: point.x, y: point.y))
                // One line has room for its values; of several the tooltip and the description say them.
                if chart.series.count == 1 {
                    text(chart.text(of: point.value), x: point.x, y: point.y - 9, anchor: "middle", size: 11)
                }
                open("</g>")
            }
        }
    }

    /// A month without a value breaks the line.
    private mutating func drawLine(_ points: [(x: Int, y: Int, index: Int)], _ number: Int) {
        var path = ""
        for (place, point) in points.enumerated() {
            let goesOn = place > 0 && points[place - 1].index + 1 == point.index
            path += "\(goesOn ? "L" : "M")\(point.x) \(point.y)"
        }
        guard !path.isEmpty else { return }
        let dash = ["", "8 4", "2 4", "8 4 2 4", "12 4", "4 4"][number]
        open(
            """
            <path d="\(path)" fill="none" stroke="\(Self.colours[number])" stroke-width="2"\
            \(dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")/>
            """)
    }

    private static func marker(_ number: Int, x: Int, y: Int) -> String {
        let fill = "fill=\"\(colours[number])\""
        switch number % 3 {
        case 0: return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"4\" \(fill)/>"
        case 1: return "<rect x=\"\(x - 4)\" y=\"\(y - 4)\" width=\"8\" height=\"8\" \(fill)/>"
        default: return "<path d=\"M\(x) \(y - 5)L\(x + 5) \(y + 4)L\(x - 5) \(y + 4)Z\" \(fill)/>"
        }
    }

    // MARK: - Parts

    private mutating func drawLegend(y: Int) {
        var x = 12
        for (number, one) in chart.series.enumerated() {
            let name = Self.short(one.name)
            open("<g>")
            open("<title>\(Self.safe(one.name))</title>")
            if chart.form == .lines {
                open(Self.marker(number, x: x + 6, y: y + 6))
            } else {
                open(
                    """
                    <rect x="\(x)" y="\(y)" width="12" height="12" fill="url(#\(chart.id)-\(number))" \
                    stroke="\(Self.colours[number])"/>
                    """)
            }
            text(name, x: x + 18, y: y + 11)
            open("</g>")
            x += 34 + TextTable.width(name) * Self.column
        }
    }

    /// A pattern for each series: solid, stripes, dots, and their like.
    private mutating func definePatterns() {
        let lines = [
            "", "<path d=\"M0 8L8 0\" stroke=\"#ffffff\" stroke-width=\"2\"/>",
            "<circle cx=\"4\" cy=\"4\" r=\"2\" fill=\"#ffffff\"/>",
            "<path d=\"M0 4H8\" stroke=\"#ffffff\" stroke-width=\"2\"/>",
            "<path d=\"M4 0V8\" stroke=\"#ffffff\" stroke-width=\"2\"/>",
            "<path d=\"M0 0L8 8M0 8L8 0\" stroke=\"#ffffff\" stroke-width=\"1\"/>",
        ]
        open("<defs>")
        for number in chart.series.indices {
            open(
                """
                <pattern id="\(chart.id)-\(number)" width="8" height="8" patternUnits="userSpaceOnUse">\
                <rect width="8" height="8" fill="\(Self.colours[number])"/>\(lines[number])</pattern>
                """)
        }
        open("</defs>")
    }

    private mutating func text(
        _ text: String, x: Int, y: Int, anchor: String = "start", colour: String = ink, size: Int = 13,
        weight: String? = nil
    ) {
        open(
            """
            <text x="\(x)" y="\(y)" text-anchor="\(anchor)" fill="\(colour)"\(size == 13 ? "" : " font-size=\"\(size)\"")\
            \(weight.map { " font-weight=\"\($0)\"" } ?? "")>\(Self.safe(text))</text>
            """)
    }

    private mutating func open(_ markup: String) { parts.append(markup) }

    private static func short(_ label: String, _ columns: Int = labelColumns) -> String {
        let line = String(label.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        guard TextTable.width(line) > columns else { return line }
        var short = ""
        for character in line {
            guard TextTable.width(short) + TextTable.width(String(character)) < columns else { break }
            short.append(character)
        }
        return short + "…"
    }

    /// Also as a file of its own: what XML does not allow goes too.
    private static func safe(_ text: String) -> String {
        let allowed = text.unicodeScalars.map { [0xFFFE, 0xFFFF].contains($0.value) ? "\u{FFFD}" : $0 }
        return HTML.escaped(String(String.UnicodeScalarView(allowed)))
    }
}
