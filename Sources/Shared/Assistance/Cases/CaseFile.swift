package import SyncEngine

/// Where the records of a case are read: a set that is being decided, or a store.
package protocol LinkedRecords {
    func record(_ id: RecordID, kind: KindSchema) throws -> Record?
    /// The live records directly below this one, and below those that are merged into it.
    func dependents(of record: Record) throws -> [Record]
}

extension Proposal: LinkedRecords {}

/// A record with its kind, read by field name.
package struct Linked: Sendable {
    package let record: Record
    package let kind: KindSchema

    package init?(_ record: Record) {
        guard let kind = AssistanceSchema.current.kind(record.kind) else { return nil }
        self.record = record
        self.kind = kind
    }

    package func value(_ field: String) -> Value { record.value(field, in: kind) }
    package func text(_ field: String) -> String? { value(field).text }
    package func number(_ field: String) -> Int64? { value(field).int64?.bounded }
    package func elements(_ field: String) -> [String] { value(field).elements }

    package func day(_ field: String) -> CalendarDay? {
        switch value(field) {
        case .date(let day): day
        case .time(let time): time.day
        default: nil
        }
    }

    package func time(_ field: String) -> Instant? {
        if case .time(let time) = value(field) { time } else { nil }
    }
}

/// An application with everything that belongs to it, at a time: what the rules of a case look at.
package struct CaseFile: Sendable {
    package let application: Linked
    /// The live records below the application, the older first.
    private(set) var linked: [Linked]
    /// The household itself; `nil` when it has not arrived.
    package let home: Linked?
    /// The live records below the household, the application itself left out.
    let household: [Linked]
    /// For whom: the person named, or the one that he was merged into.
    package let applicant: Linked?
    /// The head of the household, or the one that he was merged into.
    package let head: Linked?
    package let at: Instant
    /// The packs that are in use here.
    package let shelf: PolicyShelf
    /// What the district set for cases of its day; `nil` where no policy is known.
    package let pack: PolicyPack?
    package let calendar: WorkCalendar

    /// Surveyors that a visit needs (DOMAIN section 4).
    static let surveyors = 2

    /// - Parameter shelf: the packs that are in use here; the one in force when the case was opened governs it.
    /// - Returns: `nil` for a record that is no application.
    /// - Throws: what reading throws.
    package init?(_ application: Record, in records: some LinkedRecords, at: Instant, shelf: PolicyShelf) throws {
        guard application.kind == CaseKinds.application.name, let linked = Linked(application) else { return nil }
        self.application = linked
        self.at = at
        self.shelf = shelf
        pack = shelf.pack(openedOn: linked.day("applied_at") ?? at.day, today: at.day)
        calendar = shelf.calendar
        self.linked = try records.dependents(of: application).compactMap(Linked.init).sorted(by: Self.isOlder)
        func person(_ value: Value) throws -> Linked? {
            let named = try value.recordID.flatMap { try records.record($0, kind: memberKind) }
            return try named.flatMap { Linked(try records.canonical($0, kind: memberKind)) }
        }
        applicant = try person(linked.value("member"))
        guard let id = linked.value("household").recordID,
            let above = try records.record(id, kind: householdKind).map({
                try records.canonical($0, kind: householdKind)
            })
        else {
            home = nil
            head = nil
            household = []
            return
        }
        home = Linked(above)
        household = try records.dependents(of: above).filter { $0.id != application.id }.compactMap(Linked.init)
            .filter { $0.record.mergedInto(in: $0.kind) == nil }
        let people = household.filter { $0.kind === memberKind }
        head = try home.flatMap { try records.head(of: $0, among: people) }
    }

    private static func isOlder(_ a: Linked, _ b: Linked) -> Bool {
        (a.record.seq, a.record.id) < (b.record.seq, b.record.id)
    }

    /// The same without a record below the application: as it stood before a step, when the step itself is judged.
    func without(_ id: RecordID) -> CaseFile {
        var file = self
        file.linked.removeAll { $0.record.id == id }
        return file
    }

    package var today: CalendarDay { at.day }
    package var programme: Programme? { application.text("programme").flatMap(Programme.init) }
    package var machine: CaseMachine? { programme.map(CaseMachine.of) }
    package var status: CaseState? {
        application.text("status").flatMap(CaseState.init) ?? machine?.initial
    }

    /// Steps can still be taken, besides a withdrawal.
    package var isOpen: Bool { status.flatMap { state in machine.map { !$0.isFinal(state) } } ?? true }

    /// The records of one kind below the application, the older first.
    package func all(_ kind: String) -> [Linked] { linked.filter { $0.kind.name == kind } }

    /// The steps that were taken, the older first.
    package var moves: [Linked] { all("case_move") }

    /// When a step was last taken.
    package func lastMove(_ names: [String]) -> Instant? {
        moves.last { names.contains($0.text("move") ?? "") }?.time("at")
    }

    /// When a case that enters payment is reviewed next (R17); `nil` when its programme has no review, or one is on
    /// record that is not done.
    package var nextRecheck: CalendarDay? {
        guard let machine, let programme, !all("dynamic_review").contains(where: { $0.value("done").isNull }),
            let months = machine.review.flatMap({ pack?.deadline($0, of: programme)?.months })
        else { return nil }
        return today.adding(months: months)
    }

    // MARK: - What guards ask

    /// Signed, not withdrawn, not expired (R25).
    package var validAuthorisation: Linked? {
        all("authorisation").last { paper in
            paper.value("withdrawn").isNull && paper.text("signer") != nil
                && paper.day("signed_at").map { $0 <= today } ?? false
                && paper.day("valid_to").map { $0 >= today } ?? true
        }
    }

    /// The latest report, when it has not expired (R64): an older one that was better does not count.
    package var validReport: Linked? {
        all("check_report").last.flatMap { $0.day("valid_to").map { $0 >= today } ?? false ? $0 : nil }
    }

    /// Whom a check is about (R65): all who live in the household.
    package var checkedMembers: [Linked] { present }

    /// Authorised, not decided, and no check was requested; or in payment, and the last report is too old (R65).
    package var awaitsCheckRequest: Bool {
        let isOpen = status == .authorised || status == .preparing
        return isOpen && all("check_request").isEmpty || (rollCheckDue != nil && validAuthorisation != nil)
    }

    /// When a case in payment is checked again, from the pack's warning on: by the term after its last report that the
    /// pack sets (R65). `nil` while it is not, and while a request is out.
    package var rollCheckDue: CalendarDay? {
        guard status?.isPaid == true, let deadline = programme.flatMap({ pack?.deadline(.rollCheck, of: $0) }),
            let months = deadline.months
        else { return nil }
        let report = all("check_report").last
        let isRequested = all("check_request").contains { $0.record.seq > report?.record.seq ?? 0 }
        let due = report?.day("issued_on").map { $0.adding(months: months) } ?? today
        return !isRequested && due <= today.adding(days: deadline.warningDays) ? due : nil
    }

    /// The live records of one kind below the household.
    package func ofHousehold(_ kind: String) -> [Linked] { household.filter { $0.kind.name == kind } }

    /// The household that the case is about.
    package var householdID: RecordID? { application.value("household").recordID }

    var members: [Linked] { household.filter { $0.kind.name == "member" } }

    /// Those who live in the household and are alive.
    var present: [Linked] {
        members.filter { !isDead($0) && $0.value("in_household") != .bool(false) }
    }

    /// The public notice that was posted last (R31).
    package var publicity: Linked? { all("notice").last { $0.text("kind") == "publicity" } }

    /// The last day of the public notice: what it says, and never less than the term (R31). `nil` while nothing hangs.
    package var postedThrough: CalendarDay? {
        guard let notice = publicity, let from = notice.day("from"), let to = notice.day("to"),
            let term = pack?.notice?.term,
            let due = try? Deadline(of: term, from: .day(from), in: calendar).due.day
        else { return nil }
        return max(to, due)
    }

    /// Objections made while the result was posted, whenever they arrived, that no democratic review has answered (R32;
    /// DOMAIN section 7, collision 9).
    package var openObjections: [Linked] {
        let answered = Set(all("democratic_review").compactMap { $0.value("objection").recordID })
        return all("objection").filter { objection in
            guard !answered.contains(objection.record.id), let on = objection.day("at"), let notice = publicity,
                let from = notice.day("from"), let last = postedThrough
            else { return false }
            return on >= from && on <= last
        }
    }

    /// Deaths of those the case is about that are on record later than the decision that stands: payment is frozen
    /// until it is decided anew, and a leader has signed that (R12; DOMAIN sections 3 and 7, collision 2).
    package var unconsideredDeaths: [Linked] { deaths(after: decisionsInForce.last) }

    /// Those of them that nobody has decided on yet, signed or not: a case comes to where its change is signed, while its
    /// money waits for the signature.
    var undecidedDeaths: [Linked] { deaths(after: all("decision").last) }

    private func deaths(after decision: Linked?) -> [Linked] {
        let decided = decision?.record.seq ?? 0
        let elsewhere = [applicant].compactMap { $0 }.filter { person in
            !members.contains { $0.record.id == person.record.id }
        }
        let dead = (members + elsewhere).filter { !$0.value("death_date").isNull }
        return (dead + deathReports.standing).filter { found in
            let person = found.kind.name == "member" ? found.record.id : found.value("member").recordID
            // Who the programme supports cannot come back; in a household the next decision counts anew.
            if programme?.isPersonal == true { return person == nil || person == applicant?.record.id }
            return found.record.seq > decided
        }
    }

    /// 低保 is in force in this household (R2).
    var hasDibao: Bool {
        household.contains { other in
            other.kind.name == CaseKinds.application.name && other.text("programme") == Programme.dibao.rawValue
                && other.text("status").flatMap(CaseState.init)?.isInForce == true
        }
    }

    /// Another case pays the same to the same household (or person) every month.
    var isReceivedAlready: Bool { !sameBenefits.isEmpty }

    /// The same, by a case that was there first: of two households that were merged, one goes on being paid.
    var isPaidByAnother: Bool { sameBenefits.contains { $0.record.id < application.record.id } }

    private var sameBenefits: [Linked] {
        guard let programme, machine?.states.contains(.stopped) == true else { return [] }
        return household.filter { other in
            other.kind.name == CaseKinds.application.name && other.text("programme") == programme.rawValue
                && (!programme.isPersonal || other.value("member") == application.value("member"))
                && other.text("status").flatMap(CaseState.init)?.isInForce == true
        }
    }

    /// An earlier application of this household (or person) for the same programme that is still open (R44).
    package var earlierApplication: RecordID? {
        household.filter { other in
            other.kind.name == CaseKinds.application.name && other.record.id < application.record.id
                && other.value("programme") == application.value("programme")
                && (programme?.isPersonal != true || other.value("member") == application.value("member"))
                && other.text("status").flatMap(CaseState.init).map { machine?.isFinal($0) == false } ?? true
        }.map(\.record.id).min()
    }
}
