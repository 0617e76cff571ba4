package import SyncEngine

/// When a term ends (DOMAIN section 6; R33–R36). The start day does not count. Working days are those of the calendar;
/// a calendar-day term whose last day is a day off ends on the next working day; an hour clock runs through holidays.
/// Days are China's.
package struct Deadline: Sendable {
    package let start: Moment
    package let term: Term
    /// A day, on whose end the term ends; of hours a time.
    package let due: Moment
    /// The days after the start that did not count, in order, and why.
    package let notCounted: [(day: CalendarDay, why: WorkCalendar.DayOff)]
    /// The weekend days after the start that did count, because they are worked for a holiday.
    package let workedWeekends: [(day: CalendarDay, holiday: Holiday)]

    /// - Throws: ``Problem`` ``Problem/Code/outsideCalendar`` when the answer needs a year whose holidays are not known;
    ///   ``Problem/Code/badValue`` for an end that cannot be written.
    package init(of term: Term, from start: Moment, in calendar: WorkCalendar = .compiled) throws {
        self.start = start
        self.term = term
        var notCounted: [(CalendarDay, WorkCalendar.DayOff)] = []
        var workedWeekends: [(CalendarDay, Holiday)] = []
        var day = start.day
        /// Goes to the next day, and on to one that is worked.
        func nextWorkingDay() throws {
            day = day.adding(days: 1)
            try reachWorkingDay()
        }
        func reachWorkingDay() throws {
            while let why = try calendar.dayOff(day) {
                notCounted.append((day, why))
                day = day.adding(days: 1)
            }
            if let holiday = calendar.workedWeekend(day) { workedWeekends.append((day, holiday)) }
        }
        switch term.unit {
        case .hours:
            let end = start.instant.milliseconds + Int64(term.count) * 3_600_000
            guard Instant.shownMilliseconds.contains(end) else { throw Problem(.badValue, "\(start) + \(term)") }
            due = .time(Instant(milliseconds: end))
        case .calendarDays:
            // A start whose own year is not known is refused too: its end might be a day off of that year.
            _ = try calendar.dayOff(day)
            day = day.adding(days: term.count)
            try reachWorkingDay()
            due = .day(day)
        case .workingDays:
            _ = try calendar.dayOff(day)
            for _ in 0..<term.count { try nextWorkingDay() }
            due = .day(day)
        }
        self.notCounted = notCounted
        self.workedWeekends = workedWeekends
    }

    /// Whether the term has ended at `now`.
    package func isOver(at now: Instant) -> Bool { now > due.end }
}
