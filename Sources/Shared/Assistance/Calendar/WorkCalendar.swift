package import SyncEngine

/// Which days are worked in China: Monday to Friday, but for public holidays, and the weekend days that are worked for
/// them (调休). Outside the years for which the holidays are known it refuses, and does not guess (DOMAIN section 6).
package struct WorkCalendar: Sendable {
    /// A day that differs from its weekday, and the holiday it does so for.
    package struct Exception: Hashable, Sendable {
        package let isWorked: Bool
        package let holiday: Holiday

        package init(isWorked: Bool, holiday: Holiday) {
            self.isWorked = isWorked
            self.holiday = holiday
        }
    }

    /// Why a day is not worked.
    package enum DayOff: Hashable, Sendable { case weekend, holiday(Holiday) }

    /// The years whose holidays are known.
    package private(set) var years: ClosedRange<Int>
    private var exceptions: [CalendarDay: Exception]

    /// The years and holidays that every program carries.
    package static let compiled = WorkCalendar(table: WorkCalendarTable.text)

    /// - Precondition: the table is the generated one.
    private init(table: String) {
        exceptions = [:]
        var years: Set<Int> = []
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            let year = Int(words[0])!  // written by the generator
            years.insert(year)
            let holiday = Holiday(String(words[1]))
            var isWorked = false
            for word in words.dropFirst(2) {
                if let day = Int(word) {
                    let date = CalendarDay(year: year, month: day / 100, day: day % 100)!  // written by the generator
                    exceptions[date] = Exception(isWorked: isWorked, holiday: holiday)
                } else {
                    isWorked = word == "班"
                }
            }
        }
        self.years = years.min()!...years.max()!  // the table is not empty
    }

    /// The calendar with a later notice taken in: a policy pack brings the next year, or corrects one that is known.
    ///
    /// - Parameter year: the year for which the notice lists every exception.
    /// - Returns: `nil` when there would be a gap between the known years and this one.
    package func extended(by days: [CalendarDay: Exception], year: Int) -> WorkCalendar? {
        guard (years.lowerBound - 1...years.upperBound + 1).contains(year) else { return nil }
        var calendar = self
        calendar.exceptions = exceptions.filter { $0.key.components.year != year }
        calendar.exceptions.merge(days) { $1 }
        calendar.years = min(year, years.lowerBound)...max(year, years.upperBound)
        return calendar
    }

    /// Why `day` is not worked; `nil` for a working day.
    /// - Throws: ``Problem`` ``Problem/Code/outsideCalendar``.
    package func dayOff(_ day: CalendarDay) throws -> DayOff? {
        guard years.contains(day.components.year) else {
            throw Problem(
                .outsideCalendar, day.description,
                explanation: Label(
                    zh: "节假日安排只收录到 \(years.lowerBound)–\(years.upperBound) 年",
                    en: "The holidays are known for \(years.lowerBound)-\(years.upperBound) only"))
        }
        if let exception = exceptions[day] { return exception.isWorked ? nil : .holiday(exception.holiday) }
        return day.isWeekend ? .weekend : nil
    }

    /// A weekend day that is worked, and for which holiday; `nil` for every other day.
    package func workedWeekend(_ day: CalendarDay) -> Holiday? {
        exceptions[day].flatMap { $0.isWorked && day.isWeekend ? $0.holiday : nil }
    }
}

/// A public holiday: one of 全国年节及纪念日放假办法, or one of its own that a policy pack names.
package struct Holiday: Hashable, Sendable {
    /// As it is called in Chinese.
    package let name: String

    package init(_ name: String) { self.name = name }

    package static let newYear = Holiday("元旦")
    package static let springFestival = Holiday("春节")
    package static let tombSweeping = Holiday("清明节")
    package static let labourDay = Holiday("劳动节")
    package static let dragonBoat = Holiday("端午节")
    package static let midAutumn = Holiday("中秋节")
    package static let nationalDay = Holiday("国庆节")

    private static let english: [Holiday: String] = [
        newYear: "New Year's Day", springFestival: "Spring Festival", tombSweeping: "Tomb-sweeping Day",
        labourDay: "Labour Day", dragonBoat: "Dragon Boat Festival", midAutumn: "Mid-autumn Festival",
        nationalDay: "National Day",
    ]

    package var label: Label { Label(zh: name, en: Self.english[self] ?? name) }
}

extension WorkCalendar.DayOff {
    package var label: Label {
        switch self {
        case .weekend: Label(zh: "周末", en: "weekend")
        case .holiday(let holiday): holiday.label
        }
    }
}

extension CalendarDay {
    /// 1 (Monday) to 7 (Sunday), ISO 8601; 1970-01-01 was a Thursday.
    package var weekday: Int { ((Int(daysSinceEpoch) + 3) % 7 + 7) % 7 + 1 }

    package var isWeekend: Bool { weekday > 5 }

    /// The same day so many months later; the month's last day when it has no such day.
    package func adding(months: Int) -> CalendarDay {
        let (year, month, day) = components
        let total = year * 12 + month - 1 + months
        func date(_ day: Int) -> CalendarDay? { CalendarDay(year: total / 12, month: total % 12 + 1, day: day) }
        let longest = (28...31).last { date($0) != nil } ?? 28
        return date(min(day, longest)) ?? self
    }

    /// The day so many days later; earlier when negative.
    package func adding(days: Int) -> CalendarDay { CalendarDay(daysSinceEpoch: daysSinceEpoch + Int32(days)) }
}
