import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct StatisticsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "statistics",
            abstract: L("办理时效：各项目按时办结率、平均工作日", "How fast cases are decided: on-time rate, mean working days"),
            discussion: L(
                "按办结日期统计（R70）；撤回的不计。比率是精确值，屏幕上四舍五入到一位小数。",
                "By the day of the act (R70); withdrawn cases do not count. Rates are exact, and rounded on the screen."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("自某日", "From this day"))) var from: String?
    @Option(help: ArgumentHelp(L("至某日", "To this day"))) var to: String?
    @Option(help: ArgumentHelp(L("只计某村（代码前缀）", "Only of a village (a prefix of its code)"))) var village: String?
    @Flag(help: ArgumentHelp(L("逐村列出享受人数的变化", "What became of the recipients, village by village"))) var byVillage =
        false

    func run() throws {
        let (first, last) = (try from.map { try CalendarDay(typed: $0) }, try to.map { try CalendarDay(typed: $0) })
        let township = try options.township()
        let today = township.clock().day
        let months = (Month(of: first ?? last ?? today), Month(of: last ?? today))
        let (statistics, flow) = try township.ledger.read { ledger in
            (
                try ledger.statistics(village: village, from: first, through: last),
                try ledger.flow(from: months.0, through: months.1, isByVillage: byVillage, village: village)
            )
        }
        options.output.write(
            .object([
                ("from", first.map { .string($0.description) } ?? .null),
                ("to", last.map { .string($0.description) } ?? .null),
                ("rows", .array(statistics.rows.map(\.document))), ("flow", .array(flow.rows.map(\.document))),
            ]),
            text: [Self.table(statistics), Self.table(flow)].compactMap(\.self).joined(separator: "\n\n"))
    }

    private static func table(_ flow: BenefitFlow) -> String? {
        guard !flow.rows.isEmpty else { return nil }
        var table = TextTable([
            L("月份", "Month"), L("项目", "Programme"), L("村居", "Village"), L("期初", "Opening"), L("新增", "New"),
            L("退出", "Exits"), L("转入", "Moved in"), L("转出", "Moved out"), L("期末", "Closing"),
        ])
        for row in flow.rows {
            table.add([
                row.month.description, row.programme.label.text(), row.village?.code ?? L("全部", "all"),
                "\(row.opening)", "\(row.new)", "\(row.exits)", "\(row.movedIn)", "\(row.movedOut)", "\(row.closing)",
            ])
        }
        return table.text
    }

    private static func table(_ statistics: CaseStatistics) -> String {
        guard !statistics.rows.isEmpty else { return L("没有办结的，也没有超期的", "Nothing was decided, and nothing is late") }
        var table = TextTable([
            L("项目", "Programme"), L("期限", "Clock"), L("办结", "Done"), L("按时", "In time"), L("按时率", "Rate"),
            L("平均工作日", "Mean working days"), L("超期未办", "Overdue"),
        ])
        for row in statistics.rows {
            table.add([
                row.programme.label.text(), "\(row.clock.label.text()) \(row.clock.rule.code)", "\(row.done)",
                "\(row.onTime)", row.onTimeRate.map { ($0 * Ratio(100)).tenths + "%" } ?? "-",
                row.meanWorkingDays?.tenths ?? "-", "\(row.overdue)",
            ])
        }
        return table.text
    }
}

extension BenefitFlow.Row {
    /// `programme`, `village` (null: all), `month`, `opening`, `new`, `exits`, `movedIn`, `movedOut`, `closing`.
    fileprivate var document: JSONValue {
        .object([
            ("programme", .string(programme.rawValue)), ("village", village.map { .string($0.code) } ?? .null),
            ("month", .string(month.description)), ("opening", .int(Int64(opening))), ("new", .int(Int64(new))),
            ("exits", .int(Int64(exits))), ("movedIn", .int(Int64(movedIn))), ("movedOut", .int(Int64(movedOut))),
            ("closing", .int(Int64(closing))),
        ])
    }
}

extension CaseStatistics.Row {
    /// `programme`, `clock`, `rule`, `done`, `onTime`, `rate`, `workingDays`, `counted`, `meanWorkingDays`, `overdue`.
    fileprivate var document: JSONValue {
        .object([
            ("programme", .string(programme.rawValue)), ("clock", .string(clock.rawValue)),
            ("rule", .string(clock.rule.code)), ("done", .int(Int64(done))), ("onTime", .int(Int64(onTime))),
            ("rate", onTimeRate.map { .string($0.exactText) } ?? .null), ("workingDays", .int(Int64(workingDays))),
            ("counted", .int(Int64(counted))),
            ("meanWorkingDays", meanWorkingDays.map { .string($0.exactText) } ?? .null),
            ("overdue", .int(Int64(overdue))),
        ])
    }
}

extension Ratio {
    /// `37/5`, or `5` for a whole number.
    fileprivate var exactText: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    /// Rounded to one decimal, a half up, for people: `7.4`. Never of what is below 0.
    var tenths: String {
        let tenths = (numerator * 20 + denominator) / (denominator * 2)
        return "\(tenths / 10).\(tenths % 10)"
    }
}
