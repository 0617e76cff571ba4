package import SyncEngine

extension CaseClock {
    /// How much time a running clock leaves, or how far it is over, in the unit that its term counts.
    package enum Remaining: Hashable, Sendable {
        /// Days still to come after today; 0 on the last day itself.
        case days(Int, Term.Unit)
        /// Whole hours and the minutes that are left of one.
        case hours(Int, minutes: Int)
        case lateDays(Int, Term.Unit)
        case lateHours(Int, minutes: Int)

        package var isLate: Bool {
            switch self {
            case .days, .hours: false
            case .lateDays, .lateHours: true
            }
        }

        package var label: Label {
            switch self {
            case .days(0, _): Label(zh: "今天到期", en: "ends today")
            case .days(let count, let unit):
                Label(zh: "还有 \(Term(count, unit).label.zh)", en: "\(Term(count, unit).label.en) left")
            case .hours(let hours, let minutes):
                Label(zh: "还有 \(hours) 小时 \(minutes) 分", en: "\(hours) h \(minutes) min left")
            case .lateDays(let count, let unit):
                Label(zh: "已超期 \(Term(count, unit).label.zh)", en: "\(Term(count, unit).label.en) late")
            case .lateHours(let hours, let minutes):
                hours < 48
                    ? Label(zh: "已超期 \(hours) 小时 \(minutes) 分", en: "\(hours) h \(minutes) min late")
                    : Label(zh: "超期 \(hours / 24) 天", en: "\(hours / 24) days late")
            }
        }
    }

    /// - Returns: `nil` for a clock that was stopped, and where the holidays of a day between are not known.
    package func remaining(at now: Instant, in calendar: WorkCalendar) -> Remaining? {
        guard stoppedAt == nil else { return nil }
        let unit = deadline.term.unit
        if unit == .hours {
            let minutes = Int((deadline.due.end.milliseconds - now.milliseconds) / 60_000)
            let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
            return deadline.isOver(at: now) ? .lateHours(hours, minutes: rest) : .hours(hours, minutes: rest)
        }
        let (today, last) = (now.day, deadline.due.day)
        if today > last { return Self.days(after: last, through: today, unit, calendar).map { .lateDays($0, unit) } }
        return Self.days(after: today, through: last, unit, calendar).map { .days($0, unit) }
    }

    /// Days of one year are looked at, at most: what is later than that is not told by the day.
    private static let lookLimit = 366

    private static func days(
        after first: CalendarDay, through last: CalendarDay, _ unit: Term.Unit, _ calendar: WorkCalendar
    ) -> Int? {
        let span = Int(last.daysSinceEpoch - first.daysSinceEpoch)
        guard unit == .workingDays else { return span }
        guard span <= lookLimit else { return nil }
        var count = 0
        for offset in stride(from: 1, through: span, by: 1) {
            guard let why = try? calendar.dayOff(first.adding(days: offset)) as WorkCalendar.DayOff?? else {
                return nil
            }
            if why == nil { count += 1 }
        }
        return count
    }
}
