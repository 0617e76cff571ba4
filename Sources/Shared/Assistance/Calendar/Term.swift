package import SyncEngine

/// How long something may take: `12wd` working days, `24h` hours, `7d` calendar days.
package struct Term: Hashable, Sendable {
    package enum Unit: String, Sendable, CaseIterable {
        case workingDays = "wd"
        case hours = "h"
        case calendarDays = "d"

        /// As it is written in Chinese; the longer before the shorter that it ends with.
        fileprivate var suffixes: [String] {
            switch self {
            case .workingDays: ["wd", "个工作日", "工作日"]
            case .hours: ["h", "小时"]
            case .calendarDays: ["d", "天", "日"]
            }
        }
    }

    package let count: Int
    package let unit: Unit

    /// The longest term: a hundred years of days, and as many hours.
    package static let countLimit = 36_525

    package init(_ count: Int, _ unit: Unit) {
        self.count = count
        self.unit = unit
    }

    /// From `12wd`, `24h`, `7d`, or `12个工作日`, `24小时`, `7天`.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package init(parsing text: String) throws {
        for unit in Unit.allCases {
            for suffix in unit.suffixes where text.hasSuffix(suffix) {
                let digits = text.dropLast(suffix.count)
                guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let count = Int(digits),
                    (1...Self.countLimit).contains(count)
                else { continue }
                self.init(count, unit)
                return
            }
        }
        throw Problem(
            .badValue, text,
            explanation: Label(
                zh: "期限写作 12wd（工作日）、7d（自然日）或 24h（小时），至少为 1",
                en: "A term is 12wd (working days), 7d (calendar days) or 24h (hours), at least 1"))
    }

    package var label: Label {
        switch unit {
        case .workingDays: Label(zh: "\(count) 个工作日", en: "\(count) working day\(count == 1 ? "" : "s")")
        case .hours: Label(zh: "\(count) 小时", en: "\(count) hour\(count == 1 ? "" : "s")")
        case .calendarDays: Label(zh: "\(count) 个自然日", en: "\(count) calendar day\(count == 1 ? "" : "s")")
        }
    }
}

extension Term: CustomStringConvertible {
    /// `12wd`
    package var description: String { "\(count)\(unit.rawValue)" }
}

/// A date, or a time: what starts a clock, and when it ends.
package enum Moment: Hashable, Sendable {
    case day(CalendarDay)
    case time(Instant)

    /// From `2025-01-24`, or a time: `2025-01-28T22:30`, `2025-01-28 22:30`, which is China's, or RFC 3339 with a zone.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package init(parsing text: String) throws {
        if let day = CalendarDay(text) {
            self = .day(day)
        } else if let time = Instant(text) ?? Instant(text + "+08:00") {
            self = .time(time)
        } else {
            throw Problem(
                .badValue, text,
                explanation: Label(
                    zh: "起点写作日期 2025-01-24，或时间 2025-01-28T22:30",
                    en: "The start is a date, 2025-01-24, or a time, 2025-01-28T22:30"))
        }
    }

    /// The day in China.
    package var day: CalendarDay {
        switch self {
        case .day(let day): day
        case .time(let time): time.day
        }
    }

    /// When it begins: of a day its midnight in China.
    package var instant: Instant {
        switch self {
        case .day(let day):
            Instant(milliseconds: Int64(day.daysSinceEpoch) * 86_400_000 - Instant.chinaOffsetMilliseconds)
        case .time(let time): time
        }
    }

    /// When it is over: a day ends with its last millisecond.
    package var end: Instant {
        switch self {
        case .day: Instant(milliseconds: instant.milliseconds + 86_399_999)
        case .time(let time): time
        }
    }
}

extension Moment: CustomStringConvertible {
    package var description: String {
        switch self {
        case .day(let day): day.description
        case .time(let time): time.description
        }
    }
}
