import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

/// Works without a station, by the calendar of the program; a station's packs extend it.
struct DeadlineCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "deadline", abstract: L("算期限：工作日（含调休）、自然日、小时", "When a term ends: working days, days, hours"),
            discussion: L(
                """
                例：ruhu deadline 2025-01-24 12wd    ruhu deadline 2025-01-28T22:30 24h    ruhu deadline 2024-02-06 7d
                当天不算；最后一天是休息日的顺延到下一个工作日；小时数遇节假日照算。
                """,
                """
                Example: ruhu deadline 2025-01-24 12wd    ruhu deadline 2025-01-28T22:30 24h    ruhu deadline 2024-02-06 7d
                The start day does not count; a last day on a day off rolls to the next working day; hours run through holidays.
                """))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("起点：日期或时间", "The start: a date or a time"))) var start: String
    @Argument(help: ArgumentHelp(L("期限：12wd、7d 或 24h", "The term: 12wd, 7d or 24h"))) var term: String

    func run() throws {
        let (term, start) = (try Term(parsing: term), try Moment(parsing: start))
        let deadline = try Deadline(of: term, from: start, in: calendar())
        options.output.write(deadline.document, text: deadline.text)
    }

    private func calendar() throws -> WorkCalendar {
        guard Files.exists(try options.folder().databasePath) else { return .compiled }
        return try options.station().replica.read { try $0.policyShelf() }.calendar
    }
}

extension Deadline {
    var document: JSONValue {
        .object([
            ("due", .string(due.description)), ("start", .string(start.description)),
            ("term", .string(term.description)),
            (
                "notCounted",
                .array(
                    notCounted.map { item in
                        .object([
                            ("date", .string(item.day.description)),
                            ("why", .string(item.why == .weekend ? "weekend" : "holiday")),
                            ("name", .string(item.why.label.text())),
                        ])
                    })
            ),
            (
                "workedWeekends",
                .array(
                    workedWeekends.map {
                        .object([
                            ("date", .string($0.day.description)), ("name", .string($0.holiday.label.text())),
                        ])
                    })
            ),
        ])
    }

    var text: String {
        var lines = [L("到期：", "Due: ") + due.plainText]
        if !notCounted.isEmpty {
            lines.append(L("不计的 \(notCounted.count) 天：", "Days that did not count (\(notCounted.count)):"))
            lines += notCounted.map { "  \(Moment.day($0.day).plainText)  \($0.why.label.text())" }
        }
        if !workedWeekends.isEmpty {
            lines.append(L("照常计入的调休上班日：", "Weekend days that are worked, and count:"))
            lines += workedWeekends.map { "  \(Moment.day($0.day).plainText)  \($0.holiday.label.text())" }
        }
        return lines.joined(separator: "\n")
    }
}

extension Moment {
    /// With the weekday, for people.
    fileprivate var plainText: String {
        let chinese = ["一", "二", "三", "四", "五", "六", "日"][day.weekday - 1]
        let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday - 1]
        let date = day.description + L("（周\(chinese)）", " (\(english))")
        guard case .time(let time) = self else { return date }
        let clock = time.description.dropFirst(11)
        return date + " " + clock.prefix(clock.dropFirst(6).hasPrefix("00") ? 5 : 8)
    }
}
