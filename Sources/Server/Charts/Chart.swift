import Assistance
import CommandSupport
import SyncEngine

/// A plain chart as an SVG text, for a page or a file: no script, no style sheet, nothing loaded. The same values give
/// the same bytes: whole numbers only. Every value is printed beside its mark, and what differs in colour differs in
/// pattern or shape too.
struct Chart: Sendable {
    enum Form: Hashable, Sendable {
        /// One bar for each category.
        case bars
        /// One bar for each category, with a part for each series.
        case stackedBars
        /// A line for each series over the categories, months usually.
        case lines
    }

    enum Unit: Hashable, Sendable {
        case count
        /// Fen, shown in yuan.
        case fen
        /// Tenths of a hundredth, shown as `12.5%`.
        case percentTenths
    }

    struct Series: Hashable, Sendable {
        let name: String
        /// By category; `nil` where there is nothing to say. What is below 0 is drawn at 0 and printed as it is.
        let values: [Int64?]

        init(_ name: String, _ values: [Int64?]) {
            self.name = name
            self.values = values
        }
    }

    /// Categories that are drawn; of more the first.
    static let categoryLimit = 60
    /// Series that are drawn: so many patterns there are.
    static let seriesLimit = 6

    /// Marks the parts that belong together; unique on a page. Lower-case letters, digits and `-`.
    let id: String
    let form: Form
    let title: String
    let unit: Unit
    let categories: [String]
    let series: [Series]
    /// How many categories were given and are not drawn.
    let left: Int

    init(_ form: Form, id: String, title: String, unit: Unit = .count, categories: [String], series: [Series]) {
        self.id = id.filter { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        self.form = form
        self.title = title
        self.unit = unit
        self.categories = Array(categories.prefix(Self.categoryLimit))
        self.series = Array(series.prefix(form == .bars ? 1 : Self.seriesLimit))
        left = max(0, categories.count - Self.categoryLimit)
    }

    func value(_ series: Series, _ category: Int) -> Int64? {
        series.values.indices.contains(category) ? series.values[category] : nil
    }

    /// A value as it is printed.
    func text(of value: Int64) -> String {
        switch unit {
        case .count: String(value)
        case .fen: Yuan.text(value)
        case .percentTenths: (value < 0 ? "-" : "") + "\(value.magnitude / 10).\(value.magnitude % 10)%"
        }
    }

    /// The chart in words, for whoever does not see it: each category with its values.
    var words: String {
        let parts = categories.indices.map { index in
            let values = series.compactMap { one -> String? in
                guard let value = value(one, index) else { return nil }
                return series.count == 1 ? text(of: value) : "\(one.name) \(text(of: value))"
            }
            return "\(categories[index]): " + (values.isEmpty ? "-" : values.joined(separator: ", "))
        }
        return (parts + [leftText].compactMap(\.self)).joined(separator: "; ")
    }

    var leftText: String? { left == 0 ? nil : L("另有 \(left) 项未画出", "\(left) more are not drawn") }

    /// The whole `<svg>` element.
    var svg: String {
        var drawing = Drawing(chart: self)
        return drawing.draw()
    }
}

/// How far an axis goes, and its ticks: steps of 1, 2 or 5 times a power of ten.
struct ChartAxis: Hashable, Sendable {
    let step: Int64
    let end: Int64

    /// Ticks besides 0, at most.
    static let ticks: Int64 = 5

    /// - Parameter largest: the largest value; 0 and less give an axis of one step.
    init(through largest: Int64) {
        let top = max(1, largest)
        var power: Int64 = 1
        var step: Int64 = 1
        while (top - 1) / step + 1 > Self.ticks {
            let next = [2, 5, 10].map { power.multipliedReportingOverflow(by: $0) }
                .first { !$0.overflow && $0.partialValue > step }
            guard let next else { break }
            step = next.partialValue
            if step / power == 10 { power = step }
        }
        let end = ((top - 1) / step + 1).multipliedReportingOverflow(by: step)
        self.step = step
        self.end = end.overflow ? top : end.partialValue
    }

    var marks: [Int64] { Array(stride(from: 0, through: end, by: Int64.Stride(step))) }

    /// Where a value lies on so many pixels.
    func pixels(_ value: Int64, of length: Int) -> Int {
        let inside = min(max(0, value), end)
        let product = UInt64(inside).multipliedFullWidth(by: UInt64(length))
        return Int(UInt64(end).dividingFullWidth((product.high, product.low)).quotient)
    }
}
