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

    func run() throws {
        let (first, last) = (try from.map { try CalendarDay(typed: $0) }, try to.map { try CalendarDay(typed: $0) })
        let township = try options.township()
        let files = try township.database.read { database in
            try CaseReader(township, in: database)
                .files(RecordSelection(limit: Limits.listRecords), at: township.clock())
        }
        let statistics = CaseStatistics(files, from: first, through: last)
        options.output.write(
            .object([
                ("from", first.map { .string($0.description) } ?? .null),
                ("to", last.map { .string($0.description) } ?? .null),
                ("rows", .array(statistics.rows.map(\.document))),
            ]),
            text: Self.table(statistics))
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
    fileprivate var tenths: String {
        let tenths = (numerator * 20 + denominator) / (denominator * 2)
        return "\(tenths / 10).\(tenths % 10)"
    }
}
