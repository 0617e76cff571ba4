package import SyncEngine

/// What the township's ledger (台账, R17) keeps of a case: worked out from its file, on one day. It stays the same
/// until a record of the case changes or the day ``changesOn`` comes; whether a clock warns or a task is late is asked
/// of it with the present time.
package struct LedgerEntry: Hashable, Sendable {
    package let application: RecordID
    /// The household that stands for the one that the application names; `nil` when it has not arrived.
    package let household: RecordID?
    package let number: String?
    package let head: Person?
    package let applicant: Person?
    package let village: Scope
    package let programme: Programme?
    package let status: CaseState?
    /// Who took the last step; `nil` before the first.
    package let clerk: String?
    package let appliedOn: CalendarDay?
    /// Persons that it is for: of a programme for a person one, else those who live in the household.
    package let members: Int
    /// A year's income of the household by the calculation that the last granting decision keeps, in fen.
    package let incomeFen: Int64?
    /// What the decision that stands grants, in fen: a month, of relief once. `nil` while none is in force.
    package let amountFen: Int64?
    /// The month from which the first approval is paid.
    package let fromMonth: Month?
    /// The step that was taken last, and its day.
    package let lastMove: String?
    package let changedOn: CalendarDay?
    /// The policy pack that governs the case.
    package let pack: String?
    package let clocks: [Clock]
    package let tasks: [DueTask]
    package let turns: [Turn]
    /// From this day on the entry may say something else although no record changed; `nil`: never.
    package let changesOn: CalendarDay?
    /// The last change of the log that touched the application or what lies below it.
    package let seq: Seq
    /// The step that a leader is asked to sign: what it signs is written, and nothing of the case is missing.
    package let awaits: String?

    package struct Person: Hashable, Sendable {
        package let id: RecordID
        package let name: String?
        package let idNumber: String?

        init(_ person: Linked) {
            id = person.record.id
            name = person.text("name")
            idNumber = person.text("id_number")
        }

        package init(id: RecordID, name: String?, idNumber: String?) {
            self.id = id
            self.name = name
            self.idNumber = idNumber
        }
    }

    /// A clock that has started (R33 to R35).
    package struct Clock: Hashable, Sendable {
        package let name: ClockRule.Name
        package let start: Moment
        package let due: Moment
        /// From when on it warns while it runs; `nil`: it does not, or it is stopped.
        package let warnsAt: Instant?
        package let stoppedAt: Instant?
        /// A withdrawal stopped it: it counts in no statistics.
        package let isWithdrawn: Bool
        /// From start to stop, the start day not counted; `nil` while it runs, of hours, and beyond the known holidays.
        package let workingDays: Int?

        package init(
            name: ClockRule.Name, start: Moment, due: Moment, warnsAt: Instant?, stoppedAt: Instant?,
            isWithdrawn: Bool, workingDays: Int?
        ) {
            self.name = name
            self.start = start
            self.due = due
            self.warnsAt = warnsAt
            self.stoppedAt = stoppedAt
            self.isWithdrawn = isWithdrawn
            self.workingDays = workingDays
        }

        package func state(at now: Instant) -> CaseClock.State {
            if let stoppedAt { return stoppedAt > due.end ? .late : .met }
            if now > due.end { return .overdue }
            return warnsAt.map { $0 <= now } == true ? .warning : .running
        }
    }
}

extension LedgerEntry {
    /// - Parameters:
    ///   - file: of the case, with all the records that ``recordKinds`` names.
    ///   - relocations: of the case, in the order of the log.
    package init(_ file: CaseFile, relocations: [Relocation]) {
        let approvals = file.all("decision").filter {
            $0.text("result").flatMap(CaseDecision.Result.init)?.grants == true
        }
        let first = approvals.first { $0.text("result") == CaseDecision.Result.approved.rawValue }
        application = file.application.record.id
        household = file.home?.record.id
        number = file.home?.text("number")
        head = file.head.map(Person.init)
        applicant = file.applicant.map(Person.init)
        village = file.application.record.scope
        programme = file.programme
        status = file.status
        clerk = file.moves.last?.text("by")
        appliedOn = file.application.day("applied_at")
        members = file.programme?.isPersonal == true ? 1 : file.present.count
        incomeFen = approvals.last?.text("calculation").flatMap(Calculation.annualIncomeFen(kept:))
        fromMonth = first.flatMap { try? file.firstMonth(of: $0) }
        amountFen = file.amountInForce(from: fromMonth)
        lastMove = file.moves.last?.text("move")
        changedOn = file.moves.last?.day("at")
        pack = file.pack?.name
        clocks = file.clocks.map { Clock($0, of: file) }
        tasks = file.tasks
        turns = Turn.of(file, relocations: relocations)
        changesOn = file.changesOn(tasks)
        awaits = file.awaitedSignature?.name
        seq = ([file.application] + file.linked).map(\.record.seq).max() ?? 0
    }

    /// The kinds whose records an entry is worked out from: below a household, and below an application. Money that was
    /// paid is not among them, for it changes nothing of what is due.
    package static let householdKinds = ["member", "visit", "application", "change_report"]
    package static let applicationKinds = [
        "authorisation", "commitment", "objection", "case_request", "notice", "check_request", "check_report",
        "decision", "democratic_review", "dynamic_review", "case_move", "supervisor_note", "verification",
    ]

    /// What is not read of these kinds: long texts that say nothing here.
    package static let unreadFields: [String: Set<String>] = [
        "visit": ["answers"], "check_report": ["per_member"], "objection": ["text"], "notice": ["text"],
    ]
}

extension LedgerEntry.Clock {
    fileprivate init(_ clock: CaseClock, of file: CaseFile) {
        let isRunning = clock.stoppedAt == nil
        self.init(
            name: clock.rule.name, start: clock.deadline.start, due: clock.deadline.due,
            warnsAt: isRunning ? file.warning(of: clock) : nil, stoppedAt: clock.stoppedAt,
            isWithdrawn: file.stop(of: clock.rule)?.text("move") == "withdraw",
            workingDays: file.workingDays(of: clock))
    }
}

extension CaseFile {
    /// What is granted now, or from the month on from which it is first paid.
    fileprivate func amountInForce(from first: Month?) -> Int64? {
        guard status?.isInForce == true, let first else { return nil }
        return try? dueFen(for: max(Month(of: today), first))
    }

    /// Working days from a clock's start to its stop; `nil` while it runs, of hours, and beyond the known holidays.
    func workingDays(of clock: CaseClock) -> Int? {
        guard let stopped = clock.stoppedAt?.day, clock.rule.term.unit != .hours else { return nil }
        return try? calendar.workingDays(after: clock.deadline.start.day, through: stopped)
    }
}

extension Calculation {
    /// The annual income of the household in a calculation that a decision keeps, in whole fen, the rest cut off; `nil`
    /// for a programme that asks for none. The document is as ``document(records:trial:)`` wrote it: the amount of a line
    /// follows its code. It is looked for and not parsed, for most of building a ledger would be that.
    static func annualIncomeFen(kept text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard let code = bytes.end(of: "\"code\":\"income.annual\"", after: 0),
            let start = bytes.end(of: "\"amount\":\"", after: code),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        let amount = String(decoding: bytes[start..<end], as: UTF8.self)
        // Whole fen, or an exact fraction of a yuan.
        let parts = amount.split(separator: "/")
        guard parts.count == 2 else { return Yuan.fen(amount) }
        guard let yuan = Int64(parts[0]), let by = Int64(parts[1]), by > 0 else { return nil }
        let (hundredfold, isOver) = yuan.multipliedReportingOverflow(by: 100)
        return isOver ? nil : hundredfold / by
    }
}

extension [UInt8] {
    /// The index behind the first place at which `text` stands from `start` on.
    fileprivate func end(of text: String, after start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return nil }
        var index = start
        while let found = self[index...].firstIndex(of: first), found + wanted.count <= count {
            if self[found..<found + wanted.count].elementsEqual(wanted) { return found + wanted.count }
            index = found + 1
        }
        return nil
    }
}
