import SyncEngine

/// On which days a case says something else although nothing was recorded.
extension CaseFile {
    /// The first day after today on which the tasks, the amount or the pack may be others; `nil`: never. It may come
    /// early, and then nothing changes; it never comes late.
    /// - Parameter tasks: the file's, which the caller has.
    func changesOn(_ tasks: [DueTask]) -> CalendarDay? {
        let tomorrow = today.adding(days: 1)
        // Due today for want of a day of its own: due tomorrow, tomorrow. And what today's policy governs for want of one
        // of its day may be governed by another.
        if tasks.contains(where: { $0.due == .day(today) }) || !isGovernedByItsDay { return tomorrow }
        return (paperDays + noticeDays + reviewDays + moneyDays).filter { $0 > today }.min()
    }

    private var isGovernedByItsDay: Bool {
        application.day("applied_at").map { PolicyPack.governing($0, among: shelf.packs) != nil } ?? false
    }

    /// An authorisation holds from the day of its signature through its last (R25).
    private var paperDays: [CalendarDay] {
        all("authorisation").flatMap { [$0.day("signed_at"), $0.day("valid_to")?.adding(days: 1)] }.compactMap(\.self)
    }

    /// A notice is taken down after its last day (R21).
    private var noticeDays: [CalendarDay] { all("notice").compactMap { $0.day("to")?.adding(days: 1) } }

    /// Reviews (R17, R22) and checks of the roll (R65) are told of from their warning on.
    private var reviewDays: [CalendarDay] {
        guard let programme, let pack else { return [] }
        let ahead = machine?.review.flatMap { pack.deadline($0, of: programme) }?.warningDays ?? 0
        let reviews = all("dynamic_review").compactMap { $0.day("due")?.adding(days: -ahead) }
        guard let check = pack.deadline(.rollCheck, of: programme), let months = check.months else { return reviews }
        return reviews
            + all("check_report").compactMap {
                $0.day("issued_on")?.adding(months: months).adding(days: -check.warningDays)
            }
    }

    /// A decision is paid from a month on.
    private var moneyDays: [CalendarDay] { all("decision").compactMap { (try? firstMonth(of: $0))?.first } }

    /// From when on a running clock warns: the beginning of the first day from which the pack's warning reaches its end;
    /// `nil` when it has none.
    func warning(of clock: CaseClock) -> Instant? {
        guard let warning = clock.rule.warning else { return nil }
        let end = clock.deadline.due.end
        if warning.unit == .hours {
            return Instant(milliseconds: end.milliseconds - Int64(warning.count) * 3_600_000)
        }
        func isNear(_ day: CalendarDay) -> Bool {
            // A warning that would end beyond the known years ends after a clock that does not.
            (try? Deadline(of: warning, from: .day(day), in: calendar).due.end).map { $0 >= end } ?? true
        }
        var day = clock.deadline.due.day
        while day > clock.deadline.start.day, isNear(day.adding(days: -1)) { day = day.adding(days: -1) }
        return Moment.day(day).instant
    }
}
