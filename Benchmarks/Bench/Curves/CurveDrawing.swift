import Foundation

/// Draws a topic's panels below each other as one SVG: sizes on a logarithmic axis, what they take on a linear one from 0.
/// No script, no style sheet, nothing loaded; series differ in shape and dash as in colour, the last value of each is
/// printed, and the description says every value.
struct CurveDrawing {
    let topic: CurveTopic
    let points: [CurvePoint]
    private var parts: [String] = []

    private static let width = 700.0
    private static let left = 70.0
    private static let right = 190.0
    private static let plotHeight = 190.0
    private static let panelHeight = 290.0
    private static let top = 46.0
    /// Between names beside the lines' ends.
    private static let lineHeight = 17.0
    private static let ink = "#1a1a1a"
    private static let faint = "#5a5a5a"
    private static let grid = "#d8d8d8"
    /// Each at least 4.5 : 1 against white.
    private static let colours = ["#1d4f91", "#9a4a00", "#1b6b3a"]
    private static let dashes = ["", "7 4", "2 4"]

    init(topic: CurveTopic, points: [CurvePoint]) {
        self.topic = topic
        self.points = points
    }

    var svg: String {
        var drawing = self
        return drawing.draw()
    }

    private mutating func draw() -> String {
        let height = Self.top + Double(topic.panels.count) * Self.panelHeight
        parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(height))" \
            width="\(Int(Self.width))" height="\(Int(height))" role="img" aria-labelledby="title desc" \
            font-family="sans-serif" font-size="13">
            """,
            "<title id=\"title\">\(topic.title)</title>", "<desc id=\"desc\">\(words)</desc>",
            "<rect width=\"\(Int(Self.width))\" height=\"\(Int(height))\" fill=\"#ffffff\"/>",
        ]
        text(topic.title, x: 12, y: 26, size: 16, weight: "bold")
        for index in topic.panels.indices { drawPanel(index, top: Self.top + Double(index) * Self.panelHeight) }
        parts.append("</svg>")
        return parts.joined(separator: "\n") + "\n"
    }

    /// For whoever does not see it.
    private var words: String {
        topic.panels.flatMap { panel in
            panel.series.map { series in
                let values = points.compactMap { point in
                    point.values[series.curve].map { "\(Self.short($0)) at \(Self.size(point.records))" }
                }
                return "\(panel.title), \(series.name), \(panel.unit): \(values.joined(separator: ", "))."
            }
        }.joined(separator: " ")
    }

    // MARK: - A panel

    private mutating func drawPanel(_ index: Int, top: Double) {
        let panel = topic.panels[index]
        text("\(panel.title), \(panel.unit)", x: 12, y: top + 14, weight: "bold")
        let from = top + 30
        let largest = panel.series.flatMap { series in points.compactMap { $0.values[series.curve] } }.max() ?? 1
        let step = Self.step(through: largest)
        let highest = (largest / step).rounded(.up) * step
        func y(_ value: Double) -> Double { from + Self.plotHeight * (1 - value / highest) }
        for mark in stride(from: 0, through: highest + step / 2, by: step) {
            line(x1: Self.left, y1: y(mark), x2: Self.width - Self.right, y2: y(mark), colour: Self.grid)
            text(Self.short(mark), x: Self.left - 8, y: y(mark) + 4, anchor: "end", colour: Self.faint)
        }
        for point in points {
            line(x1: x(point.records), y1: from, x2: x(point.records), y2: from + Self.plotHeight, colour: Self.grid)
            text(
                Self.size(point.records), x: x(point.records), y: from + Self.plotHeight + 19, anchor: "middle",
                colour: Self.faint)
        }
        let middle = Self.left + (Self.width - Self.left - Self.right) / 2
        text("records, logarithmic", x: middle, y: from + Self.plotHeight + 40, anchor: "middle", colour: Self.faint)
        for (number, series) in panel.series.enumerated() {
            let places = points.compactMap { point in
                point.values[series.curve].map { (x: x(point.records), y: y($0), value: $0, records: point.records) }
            }
            drawSeries(places.map { ($0.x, $0.y) }, number)
            for place in places {
                let said = "\(series.name), \(Self.size(place.records)): \(Self.short(place.value)) \(panel.unit)"
                parts.append("<g><title>\(said)</title>\(Self.marker(number, place.x, place.y))</g>")
            }
        }
        nameSeries(panel, bottom: from + Self.plotHeight, y: y)
    }

    private func x(_ records: Int) -> Double {
        let (first, last) = (log10(Double(points.first?.records ?? 1)), log10(Double(points.last?.records ?? 10)))
        let span = Self.width - Self.left - Self.right
        return Self.left + (last > first ? (log10(Double(records)) - first) / (last - first) * span : span / 2)
    }

    private mutating func drawSeries(_ places: [(x: Double, y: Double)], _ number: Int) {
        let path = places.enumerated().map {
            "\($0.offset == 0 ? "M" : "L")\(Self.pixels($0.element.x)) \(Self.pixels($0.element.y))"
        }
        let dash = Self.dashes[number].isEmpty ? "" : " stroke-dasharray=\"\(Self.dashes[number])\""
        parts.append(
            "<path d=\"\(path.joined())\" fill=\"none\" stroke=\"\(Self.colours[number])\" stroke-width=\"2\"\(dash)/>")
    }

    /// Beside its line's end, with the last value; names that would cover each other move apart, within the plot.
    private mutating func nameSeries(
        _ panel: (title: String, unit: String, series: [(name: String, curve: Curve)]), bottom: Double,
        y: (Double) -> Double
    ) {
        var ends = panel.series.enumerated().compactMap { number, series in
            points.last?.values[series.curve].map { (number: number, name: series.name, value: $0, y: y($0)) }
        }.sorted { $0.y < $1.y }
        // Two lines of text each.
        let step = 2 * Self.lineHeight + 2
        for place in ends.indices.dropFirst() { ends[place].y = max(ends[place].y, ends[place - 1].y + step) }
        var limit = bottom - Self.lineHeight
        for place in ends.indices.reversed() {
            ends[place].y = min(ends[place].y, limit)
            limit = ends[place].y - step
        }
        let x = Self.width - Self.right + 12
        for end in ends {
            parts.append(Self.marker(end.number, x + 4, end.y - 4))
            text("\(end.name)", x: x + 14, y: end.y, colour: Self.colours[end.number])
            text("\(Self.short(end.value)) \(panel.unit)", x: x + 14, y: end.y + Self.lineHeight - 2)
        }
    }

    // MARK: - Parts

    /// 1, 2 or 5 times a power of ten, four to eight of them.
    private static func step(through largest: Double) -> Double {
        let rough = max(largest, 1e-9) / 5
        let power = pow(10, log10(rough).rounded(.down))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? power * 10
    }

    private static func marker(_ number: Int, _ x: Double, _ y: Double) -> String {
        let fill = "fill=\"\(colours[number])\""
        switch number {
        case 0: return "<circle cx=\"\(pixels(x))\" cy=\"\(pixels(y))\" r=\"4\" \(fill)/>"
        case 1: return "<rect x=\"\(pixels(x - 4))\" y=\"\(pixels(y - 4))\" width=\"8\" height=\"8\" \(fill)/>"
        default:
            let path =
                "M\(pixels(x)) \(pixels(y - 5))L\(pixels(x + 5)) \(pixels(y + 4))L\(pixels(x - 5)) \(pixels(y + 4))Z"
            return "<path d=\"\(path)\" \(fill)/>"
        }
    }

    private mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, colour: String) {
        parts.append(
            """
            <line x1="\(Self.pixels(x1))" y1="\(Self.pixels(y1))" x2="\(Self.pixels(x2))" y2="\(Self.pixels(y2))" \
            stroke="\(colour)"/>
            """)
    }

    private mutating func text(
        _ text: String, x: Double, y: Double, anchor: String = "start", colour: String = ink, size: Int = 13,
        weight: String? = nil
    ) {
        let more = (size == 13 ? "" : " font-size=\"\(size)\"") + (weight.map { " font-weight=\"\($0)\"" } ?? "")
        parts.append(
            """
            <text x="\(Self.pixels(x))" y="\(Self.pixels(y))" text-anchor="\(anchor)" fill="\(colour)"\(more)>\(text)</text>
            """)
    }

    private static func pixels(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func short(_ value: Double) -> String {
        if value == value.rounded() || value >= 100 { return grouped(Int(value.rounded())) }
        return String(format: value >= 10 ? "%.1f" : "%.2f", value)
    }

    private static func size(_ records: Int) -> String { grouped(records) }

    private static func grouped(_ number: Int) -> String { Unit.grouped(Double(number)) }
}
