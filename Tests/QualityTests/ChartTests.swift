import CommandSupport
import Foundation
import Testing

@testable import Server

/// Charts are plain SVG: deterministic, escaped, readable without colours (golden files are what people have looked at).
@Suite struct ChartTests {
    private static let villages = [
        "370404101201 北孙庄", "370404101202 南孙庄", "370404101203 一个名字特别特别特别特别长的村", "370404101004 居",
    ]
    private static let months = (1...12).map { "2026-\($0 < 10 ? "0" : "")\($0)" }

    private static let charts: [(name: String, chart: Chart)] = [
        (
            "bars",
            Chart(
                .bars, id: "clean", title: "各村数据合格率", unit: .percentTenths, categories: villages,
                series: [.init("合格率", [1_000, 985, 0, nil])])
        ),
        (
            "stacked",
            Chart(
                .stackedBars, id: "staff", title: "各村户数（按项目）", categories: villages,
                series: [
                    .init("低保", [120, 80, 45, 3]), .init("特困", [12, 7, 0, 1]), .init("临时救助", [3, nil, 9, 0]),
                ])
        ),
        (
            "line",
            Chart(
                .lines, id: "paid", title: "Paid a month (yuan)", unit: .fen, categories: months,
                series: [.init("", [12_000_00, 12_500_00, 12_480_00, nil, 13_000_00, 13_100_00, 13_050_00, 0])])
        ),
        (
            "lines",
            Chart(
                .lines, id: "decided", title: "每月审批件数", categories: months,
                series: [
                    .init("批准", [3, 8, 12, 9, 7, 15, 11, 6, 4, 10, 13, 9]),
                    .init("不予批准", [1, 0, 2, 2, 1, 3, 0, 0, 1, 2, 2, 1]),
                ])
        ),
    ]

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    @Test(arguments: charts.indices) func isWhatWasLookedAt(index: Int) throws {
        let (name, chart) = Self.charts[index]
        let file = Self.golden.appending(path: "\(name).svg")
        let svg = Language.$preferred.withValue(.zh) { chart.svg }
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] == "1" {
            try Data(svg.utf8).write(to: file)
            Issue.record("recorded \(file.lastPathComponent)")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == svg)
    }

    @Test(arguments: [Chart.Form.bars, .stackedBars, .lines]) func hostileNamesAreTexts(form: Chart.Form) throws {
        let hostile = "</text><script>alert(1)</script>\" onload='x' &\u{0}\u{202E}\u{FFFF}\n\u{7}"
        let chart = Chart(
            form, id: hostile, title: hostile, categories: [hostile, "乙"],
            series: [.init(hostile, [1, 2]), .init("b", [1, nil])])
        let svg = chart.svg
        let names = Elements()
        let parser = XMLTags(svg)
        #expect(parser.tags.isSubset(of: names.allowed), "\(parser.tags)")
        #expect(!svg.contains("<script") && !svg.contains("onload='"))
        #expect(!svg.unicodeScalars.contains { [0, 7, 0x202E, 0xFFFF].contains($0.value) })
        #expect(chart.id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
    }

    private struct Elements {
        let allowed: Set<String> = [
            "svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "line", "text", "g",
        ]
    }

    /// The names of all elements that a text opens.
    private struct XMLTags {
        var tags: Set<String> = []

        init(_ text: String) {
            for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
                let name = part.drop { $0 == "/" }.prefix { $0.isLetter }
                tags.insert(String(name))
            }
        }
    }

    @Test func whoeverDoesNotSeeItIsToldTheValues() {
        let chart = Self.charts[0].chart
        #expect(chart.svg.contains("role=\"img\"") && chart.svg.contains("<desc id=\"clean-desc\">"))
        #expect(chart.words.contains("370404101202 南孙庄: 98.5%"))
    }

    @Test func whatIsTooMuchIsSaidAndNotDrawn() {
        let many = (0..<Chart.categoryLimit + 5).map { "村\($0)" }
        let chart = Chart(.bars, id: "a", title: "a", categories: many, series: [.init("", many.map { _ in 1 })])
        #expect(chart.categories.count == Chart.categoryLimit && chart.left == 5)
        #expect(Language.$preferred.withValue(.zh) { chart.svg }.contains("另有 5 项未画出"))
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 4, 5, 6, 99, 100, 101, 123_456, Int64.max - 1, Int64.max])
    func anAxisReachesItsLargestValueInAFewRoundSteps(largest: Int64) {
        let axis = ChartAxis(through: largest)
        #expect(axis.end >= max(1, largest) && axis.marks.first == 0)
        #expect(axis.marks.count <= Int(ChartAxis.ticks) + 1)
        #expect(axis.pixels(largest, of: 500) <= 500 && axis.pixels(axis.end, of: 500) == 500)
        #expect(axis.pixels(-5, of: 500) == 0)
    }

    @Test(arguments: [Chart.Form.bars, .stackedBars, .lines]) func extremeValuesAreDrawn(form: Chart.Form) {
        let chart = Chart(
            form, id: "a", title: "", categories: ["", "b"],
            series: [.init("x", [.max, .min]), .init("y", [.max])])
        #expect(chart.svg.hasSuffix("</svg>\n"))
        #expect(Chart(form, id: "a", title: "", categories: [], series: []).svg.hasSuffix("</svg>\n"))
    }
}
