import Foundation
import SyncEngine
import Testing

@testable import Assistance

/// DOMAIN section 6: working days, calendar days and hours.
@Suite struct CalendarTests {
    private func due(_ start: String, _ term: String, in calendar: WorkCalendar = .compiled) throws -> String {
        try Deadline(of: Term(parsing: term), from: Moment(parsing: start), in: calendar).due.description
    }

    @Test(arguments: [
        ("2020-01-20", "12wd", "2020-02-13"), ("2021-02-05", "12wd", "2021-02-26"),
        ("2023-09-26", "12wd", "2023-10-18"), ("2024-02-04", "12wd", "2024-02-26"),
        ("2025-01-24", "12wd", "2025-02-17"), ("2026-02-13", "12wd", "2026-03-09"),
        ("2025-01-29T22:30", "5wd", "2025-02-10"), ("2024-02-06", "7d", "2024-02-18"),
        ("2025-01-28 22:30", "24h", "2025-01-29T22:30:00+08:00"),
        ("2025-01-28T14:30:00Z", "24h", "2025-01-29T22:30:00+08:00"),
        ("2025-01-24", "12个工作日", "2025-02-17"), ("2025-01-28 22:30", "24小时", "2025-01-29T22:30:00+08:00"),
    ])
    func theVectorsOfTheSpecification(start: String, term: String, due: String) throws {
        #expect(try self.due(start, term) == due)
    }

    @Test func theDaysThatDidNotCountAreNamed() throws {
        let notice = try Deadline(of: Term(7, .calendarDays), from: Moment(parsing: "2024-02-06"))
        #expect(notice.notCounted.map(\.day.description) == (13...17).map { "2024-02-\($0)" })
        #expect(notice.notCounted.allSatisfy { $0.why == .holiday(.springFestival) })
        #expect(notice.workedWeekends.map(\.day.description) == ["2024-02-18"])
        let decision = try Deadline(of: Term(12, .workingDays), from: Moment(parsing: "2025-01-24"))
        #expect(decision.notCounted.first?.why == .weekend)
        #expect(decision.notCounted.count == 12)
        #expect(decision.workedWeekends.map(\.day.description) == ["2025-01-26", "2025-02-08"])
    }

    @Test func everyExceptionOfTheSourceIsInTheTable() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Shared/Assistance/Calendar/china-holidays.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        #expect(lines.count == 256)
        var listed: Set<CalendarDay> = []
        for line in lines {
            let cells = line.split(separator: ",").map(String.init)
            let day = try #require(CalendarDay(cells[0]))
            listed.insert(day)
            let off = try WorkCalendar.compiled.dayOff(day)
            if cells[1] == "working-weekend" {
                #expect(off == nil && WorkCalendar.compiled.workedWeekend(day)?.label.en == cells[2], "\(line)")
            } else {
                #expect(off?.label.en == cells[2], "\(line)")
            }
        }
        for year in 2020...2026 {
            var day = try #require(CalendarDay(year: year, month: 1, day: 1))
            while day.components.year == year {
                if !listed.contains(day) {
                    #expect(try WorkCalendar.compiled.dayOff(day) == (day.weekday > 5 ? .weekend : nil), "\(day)")
                }
                day = day.adding(days: 1)
            }
        }
    }

    @Test(arguments: [
        ("2019-12-31", "1wd"), ("2027-01-01", "1wd"), ("2026-12-31", "1wd"), ("2026-12-30", "7d"), ("2019-12-31", "7d"),
        ("2026-12-20", "12wd"),
    ])
    func outsideTheKnownYearsItRefuses(start: String, term: String) throws {
        let problem = #expect(throws: Problem.self) { try due(start, term) }
        #expect(problem?.code == .outsideCalendar)
        #expect(problem?.explanation?.en.contains("2020-2026") == true)
    }

    @Test func hoursNeedNoCalendar() throws {
        #expect(try due("2030-05-01T08:00", "24h") == "2030-05-02T08:00:00+08:00")
        #expect(try due("2026-12-31T23:00", "24h") == "2027-01-01T23:00:00+08:00")
    }

    @Test(arguments: ["", "wd", "0wd", "-1wd", "12", "12w", "1.5h", "12WD", "99999999999999999999d", "36526d", "工作日"])
    func aTermThatIsNoneIsRefused(text: String) {
        #expect(throws: Problem.self) { try Term(parsing: text) }
    }

    @Test(arguments: ["", "2025-02-30", "2025-1-1", "tomorrow", "2025-01-01T25:00", "2025-01-01T10:00+08"])
    func aStartThatIsNoneIsRefused(text: String) {
        #expect(throws: Problem.self) { try Moment(parsing: text) }
    }

    // MARK: - Properties

    private static let days: [CalendarDay] = {
        let first = CalendarDay("2020-01-01")!
        return (0..<2_480).map { first.adding(days: $0) }  // to the middle of October 2026
    }()

    @Test(arguments: [Term.Unit.workingDays, .calendarDays]) func aTermNeverEndsOnADayOff(unit: Term.Unit) throws {
        for day in Self.days {
            for count in [1, 5, 7, 12, 30] {
                let due = try Deadline(of: Term(count, unit), from: .day(day)).due.day
                #expect(due > day)
                #expect(try WorkCalendar.compiled.dayOff(due) == nil, "\(day) \(count)\(unit.rawValue)")
            }
        }
    }

    @Test func aLaterStartNeverEndsEarlierAndOneMoreWorkingDayIsLater() throws {
        for (day, next) in zip(Self.days, Self.days.dropFirst()) {
            var earlier = day
            for count in [1, 2, 3, 12, 13] {
                let due = try Deadline(of: Term(count, .workingDays), from: .day(day)).due.day
                #expect(due > earlier)
                earlier = due
                #expect(try Deadline(of: Term(count, .workingDays), from: .day(next)).due.day >= due)
            }
            let notice = try Deadline(of: Term(7, .calendarDays), from: .day(day)).due.day
            #expect(try Deadline(of: Term(7, .calendarDays), from: .day(next)).due.day >= notice)
        }
    }

    @Test func countedAndUncountedDaysAddUp() throws {
        for day in Self.days {
            let deadline = try Deadline(of: Term(12, .workingDays), from: .day(day))
            let elapsed = Int(deadline.due.day.daysSinceEpoch - day.daysSinceEpoch)
            #expect(elapsed == 12 + deadline.notCounted.count)
        }
    }

    // MARK: - Later years

    @Test func aPackBringsTheNextYearAndCorrectsAKnownOne() throws {
        let newYear = CalendarDay("2027-01-01")!
        let holiday = WorkCalendar.Exception(isWorked: false, holiday: .newYear)
        let next = try #require(WorkCalendar.compiled.extended(by: [newYear: holiday], year: 2027))
        #expect(try due("2026-12-31", "1wd", in: next) == "2027-01-04")
        #expect(try due("2025-01-24", "12wd", in: next) == "2025-02-17")
        let corrected = try #require(next.extended(by: [:], year: 2027))
        #expect(try due("2026-12-31", "1wd", in: corrected) == "2027-01-01")
        #expect(WorkCalendar.compiled.extended(by: [:], year: 2028) == nil)
    }

    @Test func aDayIsOverWithItsLastMinuteAndATimeAtOnce() throws {
        let day = try Deadline(of: Term(12, .workingDays), from: Moment(parsing: "2025-01-24"))
        #expect(!day.isOver(at: Instant("2025-02-17T23:59:59+08:00")!))
        #expect(day.isOver(at: Instant("2025-02-18")!))
        let hours = try Deadline(of: Term(24, .hours), from: Moment(parsing: "2025-01-28T22:30"))
        #expect(!hours.isOver(at: Instant("2025-01-29T22:30:00+08:00")!))
        #expect(hours.isOver(at: Instant("2025-01-29T22:30:01+08:00")!))
    }
}
