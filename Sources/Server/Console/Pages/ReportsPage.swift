import Assistance
import CommandSupport
import GRDB
import Markup
import SyncEngine

/// How the township does: who came and left, how fast, how clean the records are, who may be missed, who covers what
/// (R6, R16, R48, R51, R52, R63, R70), as charts with the tables they are drawn from.
struct ReportsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/reports") { console, request in
            let asked = try TableCatalogue.Request(request)
            let township = console.township
            let (first, last) = try ReportTables.months(asked, township)
            let (flow, speed) = try township.ledger.read { reader in
                (
                    try reader.flow(from: first, through: last),
                    try reader.statistics(village: nil, from: first.first, through: last.last)
                )
            }
            return try console.page { database, seq in
                ReportsPage(
                    request: request, seq: seq, first: first, last: last, flow: flow.rows, speed: speed.rows,
                    quality: try quality(in: database),
                    kept: try KeptTables.edition(of: QualityCounts.name, in: database),
                    known: TableParts.Known(township))
            }
        }
    ]

    let request: ConsoleRequest
    let seq: Seq
    let first: Month
    let last: Month
    let flow: [BenefitFlow.Row]
    let speed: [CaseStatistics.Row]
    /// Findings by rule, the most first.
    let quality: [(rule: String, count: Int64)]
    let kept: KeptTables.Edition?
    let known: TableParts.Known

    /// Rules that the chart shows.
    private static let rules = 15

    var title: String { L("统计与质量", "Reports") }

    private static func quality(in database: Database) throws -> [(rule: String, count: Int64)] {
        let table = KeptTables.table(.quality())
        guard let column = table.columns.firstIndex(where: { $0.name == "rule" }) else { return [] }
        return try KeptTables.counts(of: table.name, by: column, in: database).sorted { $0.count > $1.count }
    }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("from", .string(first.description)), ("through", .string(last.description)),
            (
                "flow",
                .array(
                    flow.map { row in
                        .object([
                            ("month", .string(row.month.description)), ("programme", .string(row.programme.rawValue)),
                            ("opening", .int(Int64(row.opening))), ("new", .int(Int64(row.new))),
                            ("exits", .int(Int64(row.exits))), ("closing", .int(Int64(row.closing))),
                        ])
                    })
            ),
            (
                "speed",
                .array(
                    speed.map { row in
                        .object([
                            ("programme", .string(row.programme.rawValue)), ("clock", .string(row.clock.rawValue)),
                            ("done", .int(Int64(row.done))), ("onTime", .int(Int64(row.onTime))),
                            ("overdue", .int(Int64(row.overdue))),
                        ])
                    })
            ),
            (
                "quality",
                .array(quality.map { .object([("rule", .string($0.rule)), ("count", .int($0.count))]) })
            ),
            ("asOf", kept.map { .string($0.asOf.description) } ?? .null),
        ])
    }

    func body() -> HTML {
        .group([
            TableParts.form(Link("reports")) {
                TableParts.field(.year, value: request.query["year"] ?? "", known)
            },
            Parts.panel(L("在享对象（\(first)～\(last)）", "Recipients (\(first) to \(last))")) {
                flow.isEmpty
                    ? Self.empty(L("还没有人享受过救助。", "Nobody has received anything yet.")) : chart(recipients)
                Parts.note(L("期初 ＋ 新增 － 退出 ± 迁移 ＝ 期末。", "Opening + new − exits ± transfers = closing."))
                links([("flow", L("按月表格", "By month")), ("flow-by-village", L("按村表格", "By village"))])
            },
            Parts.panel(L("按时办结率", "Decided in time")) {
                speed.contains { $0.done > 0 } ? chart(inTime) : .empty
                speed.isEmpty ? Self.empty(L("还没有有期限的事项办结或超期。", "Nothing with a term is decided or overdue.")) : speeds
                links([("speed", L("按村表格", "By village"))])
            },
            Parts.panel(L("数据质量", "Data quality")) {
                TableParts.nightNote(kept)
                qualityChart
                links([
                    ("quality", L("问题清单", "The list")), ("quality-counts", L("按村统计", "By village")),
                ])
            },
            Parts.panel(L("应保尽保、应退尽退", "Who may be missed, who is to leave")) {
                TableParts.nightNote(kept)
                links([("misses", L("疑似漏保", "Possible misses")), ("exits", L("应退名单", "To leave the programme"))])
            },
            Parts.panel(L("力量和网点", "Staff and stations")) {
                links([("coverage", L("经办力量和服务网点", "Staff and stations"))])
            },
        ])
    }

    /// The rate is of what is decided: what is late and undecided stands beside it.
    private var speeds: HTML {
        Parts.table(
            L("办结和超期", "Decided and overdue"),
            [
                L("项目", "Programme"), L("期限", "Clock"), L("办结", "Decided"), L("按时", "In time"),
                L("超期未办", "Overdue, undecided"),
            ],
            rows: speed.map { row in
                [
                    .text(row.programme.label.text()), .text(row.clock.label.text()), .text(String(row.done)),
                    .text(String(row.onTime)),
                    row.overdue == 0 ? .text("0") : Parts.badge(String(row.overdue), .late),
                ]
            }, numbers: [2, 3, 4])
    }

    private var qualityChart: HTML {
        if kept == nil { return .empty }
        return quality.isEmpty
            ? Self.empty(L("没有发现问题。", "Every household keeps all rules.")) : chart(problems)
    }

    private static func empty(_ text: String) -> HTML { Tag.p(.class(.empty), text: text) }

    private func links(_ links: [(name: String, text: String)]) -> HTML {
        Tag.ul(.class(.pages)) {
            for link in links { Tag.li { Parts.link(link.text, Link("tables", link.name)) } }
        }
    }

    private func chart(_ chart: Chart) -> HTML {
        Tag.figure(.class(.chart)) { HTML.drawing(SVG(escapedSource: chart.svg)) }
    }

    // MARK: - What is drawn

    private var recipients: Chart {
        var months: [Month] = []
        var month = first
        while month <= last {
            months.append(month)
            month = month.next
        }
        let programmes = Programme.allCases.filter { programme in flow.contains { $0.programme == programme } }
        return Chart(
            .lines, id: "recipients", title: L("各项目在享件数", "Cases in force by programme"),
            categories: months.map(\.description),
            series: programmes.map { programme in
                .init(
                    programme.label.text(),
                    months.map { month in
                        flow.first { $0.programme == programme && $0.month == month }.map { Int64($0.closing) }
                    })
            })
    }

    private var inTime: Chart {
        let rows = speed.filter { $0.done > 0 }
        return Chart(
            .bars, id: "in-time", title: L("按时办结率", "Decided in time"), unit: .percentTenths,
            categories: rows.map { "\($0.programme.label.text()) \($0.clock.label.text())" },
            series: [
                .init(L("按时率", "In time"), rows.map { Int64(($0.onTime * 2_000 + $0.done) / ($0.done * 2)) })
            ])
    }

    private var problems: Chart {
        let shown = quality.prefix(Self.rules)
        return Chart(
            .bars, id: "quality", title: L("问题最多的规则", "Rules that are broken most"),
            categories: shown.map { one in
                let label = QualityRule.all.first { $0.code == one.rule }?.label.text() ?? ""
                return "\(one.rule) \(label)"
            }, series: [.init(L("问题", "Findings"), shown.map(\.count))])
    }
}
