package import SyncEngine

/// Days that people write into what happens to a case: none lies before what it answers, none is still to come, none is
/// outside the years that the calendar knows (DOMAIN section 9: nothing is dated back).
package enum CaseDays {
    /// A clock that is a day ahead is forgiven.
    static let skewDays = 1

    /// The fields that hold them, by kind. The days of papers that a family signs or withdraws are the papers' own: a
    /// station's clock may be off by years, and a withdrawal always wins (``CaseKinds/authorisation``).
    static let fields: [String: [String]] = [
        "objection": ["at"], "democratic_review": ["held_on"], "notice": ["delivered_on"], "decision": ["decided_on"],
        "check_report": ["issued_on"], "dynamic_review": ["done"], "verification": ["verified_on"], "trip": ["on"],
        "payment": ["paid_at"], "recovery_item": ["on"], "supervisor_note": ["at"],
    ]

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that names the field.
    static func admit(_ mutation: RecordMutation, in proposal: Proposal) throws {
        let kind = mutation.kind
        guard let names = fields[kind.name], let event = Linked(mutation.after), !mutation.after.isDeleted else {
            return
        }
        let isNew = { (name: String) in mutation.before?.value(name, in: kind) != event.value(name) }
        let written = names.filter { isNew($0) && event.day($0) != nil }
        guard !written.isEmpty else { return }
        let file = try CaseAdmission.file(of: mutation, in: proposal)
        for name in written {
            guard let day = event.day(name), let field = kind.field(name) else { continue }
            let answered = try file.flatMap { try answeredDay(by: event, in: $0, proposal) }
            let subject = "\(kind.name).\(name)"
            try check(day, field.label, subject, since: answered, in: file?.calendar ?? .compiled, at: proposal.at)
        }
    }

    /// - Parameters:
    ///   - since: of what it answers; `nil` when that has no day.
    ///   - subject: what the problem names.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package static func check(
        _ day: CalendarDay, _ label: Label, _ subject: String, since: CalendarDay?,
        in calendar: WorkCalendar = .compiled, at now: Instant
    ) throws {
        func refused(_ zh: String, _ en: String) -> Problem {
            Problem(
                .badValue, subject,
                explanation: Label(zh: "\(label.zh) \(day) \(zh)", en: "\(label.en) \(day) \(en)"))
        }
        if day > now.day.adding(days: skewDays) {
            throw refused("还没有到，今天是 \(now.day)", "is still to come: today is \(now.day)")
        }
        if day.components.year < calendar.years.lowerBound {
            throw refused(
                "早于 \(calendar.years.lowerBound) 年，请核对年份", "is before \(calendar.years.lowerBound): look at the year")
        }
        // What it answers may itself be dated by a clock that is ahead.
        if let since, day < min(since, now.day) {
            throw refused("早于它所针对的事（\(since)）", "is before what it answers (\(since))")
        }
    }

    /// The day of what an event answers: a posted result, an objection, a letter, a request, a frozen line.
    private static func answeredDay(by event: Linked, in file: CaseFile, _ proposal: Proposal) throws -> CalendarDay? {
        func named(_ field: String, _ kind: String) -> Linked? {
            file.all(kind).first { $0.record.id == event.value(field).recordID }
        }
        let applied = file.application.day("applied_at")
        switch event.kind.name {
        case "objection": return file.all("notice").first { $0.text("kind") == "publicity" }?.day("from") ?? applied
        case "democratic_review": return named("objection", "objection")?.day("at") ?? applied
        case "notice": return event.day("from") ?? applied
        // A decision is of the day on which it is made.
        case "decision": return proposal.at.day
        case "check_report": return named("request", "check_request")?.day("requested_at") ?? applied
        case "payment":
            let roll = try event.value("roll").recordID.flatMap { try proposal.record($0, kind: rollKind) }
            return roll.flatMap(Linked.init)?.day("frozen_at") ?? applied
        case "recovery_item": return named("recovery", "recovery")?.day("decided_at") ?? applied
        // Somebody may have come before he applied (R45).
        case "trip": return nil
        default: return applied
        }
    }
}
