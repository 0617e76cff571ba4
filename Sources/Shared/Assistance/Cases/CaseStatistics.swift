package import SyncEngine

/// How fast a township acts, from the clocks of its cases (R33 to R35, R70): exact counts and ratios, to be compared
/// from month to month.
package struct CaseStatistics: Sendable {
    /// The clocks of one kind, of one programme.
    package struct Row: Sendable {
        package let programme: Programme
        package let clock: ClockRule.Name
        /// Clocks that the act itself stopped within the period; one that a withdrawal stopped counts nowhere.
        package fileprivate(set) var done = 0
        package fileprivate(set) var onTime = 0
        /// Clocks that have run out and are not stopped, now.
        package fileprivate(set) var overdue = 0
        /// Working days from start to stop, the start day not counted, over ``counted`` of those done: a clock of hours,
        /// or one that reaches beyond the known holidays, has none.
        package fileprivate(set) var workingDays = 0
        package fileprivate(set) var counted = 0

        /// `nil` while none is done.
        package var onTimeRate: Ratio? { done == 0 ? nil : Ratio(onTime) / Ratio(done) }
        package var meanWorkingDays: Ratio? { counted == 0 ? nil : Ratio(workingDays) / Ratio(counted) }
    }

    /// By programme and clock, those of which there is something to say.
    package let rows: [Row]

    /// - Parameters:
    ///   - clocks: of cases, with their programmes; at most one of a name for each case.
    ///   - now: what runs and is over then is overdue.
    ///   - from: the first day on which a clock stopped; `nil`: from the beginning.
    ///   - through: the last such day; `nil`: to now.
    package init(
        _ clocks: some Sequence<(programme: Programme, clock: LedgerEntry.Clock)>, at now: Instant,
        from: CalendarDay? = nil, through: CalendarDay? = nil
    ) {
        var found: [Programme: [ClockRule.Name: Row]] = [:]
        for (programme, clock) in clocks {
            let empty = Row(programme: programme, clock: clock.name)
            found[programme, default: [:]][clock.name, default: empty].add(clock, at: now, from: from, through: through)
        }
        rows = Programme.allCases.flatMap { programme in
            ClockRule.Name.allCases.compactMap { found[programme]?[$0] }
        }.filter { $0.done + $0.overdue > 0 }
    }
}

extension CaseStatistics.Row {
    fileprivate mutating func add(
        _ clock: LedgerEntry.Clock, at now: Instant, from: CalendarDay?, through: CalendarDay?
    ) {
        guard let stopped = clock.stoppedAt?.day else {
            if clock.state(at: now) == .overdue { overdue += 1 }
            return
        }
        let isWithin = from.map { $0 <= stopped } ?? true && through.map { stopped <= $0 } ?? true
        guard !clock.isWithdrawn, isWithin else { return }
        done += 1
        if clock.state(at: now) == .met { onTime += 1 }
        guard let days = clock.workingDays else { return }
        workingDays += days
        counted += 1
    }
}

extension WorkCalendar {
    /// How many days after one day are worked, up to and with another.
    /// - Throws: ``Problem`` ``Problem/Code/outsideCalendar``.
    package func workingDays(after start: CalendarDay, through end: CalendarDay) throws -> Int {
        var (count, day) = (0, start)
        while day < end {
            day = day.adding(days: 1)
            if try dayOff(day) == nil { count += 1 }
        }
        return count
    }
}
