package import SyncEngine

/// A clock of a programme, as its policy pack sets it: how long, from where, stopped by which steps (DOMAIN section 2,
/// open questions; R33–R36).
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

        package var rule: CaseRule {
            switch self {
            case .decision: CaseRule(33)
            case .relief: CaseRule(34)
            case .registration: CaseRule(35)
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
    package let start: Start
    /// The steps that stop it.
    package let stops: [String]
    package let term: Term
    /// How long before its end it warns; `nil`: it does not.
    package let warning: Term?

    package var rule: CaseRule { name.rule }

    // MARK: - As a pack writes it

    private static let starts: [String: Start] = [
        "request": .applied, "application_complete": .complete, "acceptance": .move("accept"),
        "decision": .move("approve"), "relief": .move("relieve"),
    ]
    private static let stops: [String: [String]] = [
        "acceptance": ["accept", "fail_check", "withdraw"],
        "decision": ["fail_check", "approve", "confirm", "reject", "withdraw"],
        "publicity": ["publicise", "fail_check", "reject", "withdraw"],
        "relief": ["relieve", "withdraw"],
        "registration": ["register"],
    ]

    static let startCodes = starts.keys.sorted().joined(separator: ", ")
    static let stopCodes = stops.keys.sorted().joined(separator: ", ")

    /// - Returns: `nil` for a deadline that is no clock, or that says what this program does not know.
    init?(_ deadline: PolicyDeadline) {
        guard let name = Name(rawValue: deadline.step.rawValue), let start = Self.starts[deadline.starts],
            let stops = Self.stops[deadline.stops], let term = deadline.term
        else { return nil }
        self.name = name
        self.start = start
        self.stops = stops
        self.term = term
        warning = deadline.warning
    }
}

extension PolicyDeadline {
    /// In which units its step is counted.
    var units: Label {
        switch step {
        case .decision, .relief, .registration, .delivery, .notice: Label(zh: "12wd、7d 或 24h", en: "12wd, 7d or 24h")
        case .recheck, .aliveCheck, .rollCheck, .grace: Label(zh: "12m 或 1y", en: "12m or 1y")
        }
    }

    /// Whether programs can count it.
    var isUsable: Bool {
        switch step {
        case .decision, .relief, .registration: ClockRule(self) != nil
        case .delivery, .notice: term != nil
        case .recheck, .aliveCheck, .rollCheck, .grace: months != nil
        }
    }
}

extension PolicyPack {
    /// The clocks of a programme's cases.
    package func clocks(of programme: Programme) -> [ClockRule] {
        ClockRule.Name.allCases.compactMap { name in
            PolicyDeadline.Step(rawValue: name.rawValue).flatMap { deadline($0, of: programme) }.flatMap(ClockRule.init)
        }
    }
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
        clockRules.compactMap { rule in
            guard let start = start(of: rule) else { return nil }
            return try? clock(rule, from: start)
        }
    }

    /// The clocks that have started and whose end cannot be computed.
    package var clocksBeyondCalendar: [ClockRule] {
        clockRules.filter { rule in
            guard let start = start(of: rule) else { return false }
            return (try? clock(rule, from: start)) == nil
        }
    }

    private var clockRules: [ClockRule] { programme.flatMap { pack?.clocks(of: $0) } ?? [] }

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

    /// The step that stopped it: the first, for a case that was decided in time may be withdrawn much later.
    func stop(of rule: ClockRule) -> Linked? { moves.first { rule.stops.contains($0.text("move") ?? "") } }

    private func clock(_ rule: ClockRule, from start: Moment) throws -> CaseClock {
        let deadline = try Deadline(of: rule.term, from: start, in: calendar)
        let stoppedAt = stop(of: rule)?.time("at")
        let notes = all("supervisor_note").filter { $0.text("clock") == rule.name.rawValue }.compactMap {
            $0.text("text")
        }
        let state: CaseClock.State =
            if let stoppedAt {
                deadline.isOver(at: stoppedAt) ? .late : .met
            } else if deadline.isOver(at: at) {
                .overdue
            } else {
                isNear(deadline.due, warning: rule.warning) ? .warning : .running
            }
        return CaseClock(rule: rule, deadline: deadline, stoppedAt: stoppedAt, state: state, notes: notes)
    }

    private func isNear(_ due: Moment, warning: Term?) -> Bool {
        guard let warning else { return false }
        let from: Moment = warning.unit == .hours ? .time(at) : .day(today)
        // A warning that would end beyond the known years ends after a clock that does not.
        guard let reach = try? Deadline(of: warning, from: from, in: calendar).due else { return true }
        return reach.end.milliseconds >= due.end.milliseconds
    }
}
