package import SyncEngine

/// A clock of a programme: which rule it is of, where it starts and which steps stop it (DOMAIN section 2, open
/// questions; R33–R36).
package struct ClockRule: Sendable {
    package enum Name: String, Sendable, CaseIterable {
        case decision, relief, registration

        package var label: Label {
            switch self {
            case .decision: Label(zh: "审核审批时限", en: "time to decide")
            case .relief: Label(zh: "先行救助时限", en: "time to relieve")
            case .registration: Label(zh: "登记补手续时限", en: "time to register")
            }
        }
    }

    /// What starts a clock.
    package enum Start: Sendable {
        /// The request or discovery.
        case applied
        /// Application and authorisation complete: the later of the two.
        case complete
        case move(String)
    }

    package let name: Name
    package let rule: CaseRule
    package let start: Start
    /// The steps that stop it.
    package let stops: [String]
    package let term: @Sendable (CaseRules) -> Term

    /// 12 working days for 低保, 特困 and 支出型临时救助.
    static let decision = ClockRule(
        name: .decision, rule: CaseRule(33), start: .complete, stops: ["fail_check", "approve", "reject", "withdraw"],
        term: \.decision)
    /// 急难型: relief within 24 hours.
    static let relief = ClockRule(
        name: .relief, rule: CaseRule(34), start: .applied, stops: ["relieve", "withdraw"], term: \.relief)
    /// 急难型: registered within 5 working days of the relief.
    static let registration = ClockRule(
        name: .registration, rule: CaseRule(35), start: .move("relieve"), stops: ["register"], term: \.registration)
}

/// A clock of one case at a time. One that ran out stays on record for good, with what a supervisor says of it.
package struct CaseClock: Sendable {
    package enum State: String, Sendable {
        case running, warning, overdue
        /// Stopped in time.
        case met
        /// Stopped after its end.
        case late
    }

    package let rule: ClockRule
    package let deadline: Deadline
    package let stoppedAt: Instant?
    package let state: State
    /// Of supervisors.
    package let notes: [String]

    package var isBreached: Bool { state == .overdue || state == .late }
}

extension CaseFile {
    /// The clocks that have started, in the order of the table. One whose end lies outside the known years is left out,
    /// for nobody can say when it is due; ``clocksBeyondCalendar`` names it.
    package var clocks: [CaseClock] {
        (machine?.clocks ?? []).compactMap { rule in
            guard let start = start(of: rule) else { return nil }
            return try? clock(rule, from: start)
        }
    }

    /// The clocks that have started and whose end cannot be computed.
    package var clocksBeyondCalendar: [ClockRule] {
        (machine?.clocks ?? []).filter { rule in
            guard let start = start(of: rule) else { return false }
            return (try? clock(rule, from: start)) == nil
        }
    }

    private func start(of rule: ClockRule) -> Moment? {
        switch rule.start {
        case .applied: application.time("applied_at").map(Moment.time)
        case .move(let name): lastMove([name]).map(Moment.time)
        case .complete:
            application.day("applied_at").flatMap { applied in
                all("authorisation").first?.day("signed_at").map { .day(max(applied, $0)) }
            }
        }
    }

    private func clock(_ rule: ClockRule, from start: Moment) throws -> CaseClock {
        let deadline = try Deadline(of: rule.term(rules), from: start, in: calendar)
        let stoppedAt = lastMove(rule.stops)
        let notes = all("supervisor_note").filter { $0.text("clock") == rule.name.rawValue }.compactMap {
            $0.text("text")
        }
        let state: CaseClock.State =
            if let stoppedAt {
                deadline.isOver(at: stoppedAt) ? .late : .met
            } else if deadline.isOver(at: at) {
                .overdue
            } else {
                try isNear(deadline.due) ? .warning : .running
            }
        return CaseClock(rule: rule, deadline: deadline, stoppedAt: stoppedAt, state: state, notes: notes)
    }

    private func isNear(_ due: Moment) throws -> Bool {
        switch due {
        case .time(let time): return time.milliseconds - at.milliseconds <= Int64(rules.warningHours) * 3_600_000
        case .day(let day):
            return try Deadline(of: Term(rules.warningDays, .workingDays), from: .day(today), in: calendar).due.day
                >= day
        }
    }
}
