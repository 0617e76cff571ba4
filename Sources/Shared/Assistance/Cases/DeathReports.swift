package import SyncEngine

/// What is reported of deaths in a household (R22): that somebody died, and that he did not (死亡误报). The later word on a
/// person counts; a report that names nobody is taken back by a decision alone.
struct DeathReports {
    static let death = "death"
    static let alive = "alive"

    /// Deaths that nobody took back since, the older first.
    let standing: [Linked]
    /// That somebody is alive after all, the older first.
    let takenBack: [Linked]
    private let deaths: [Linked]

    init(_ records: [Linked]) {
        let reports = records.filter { $0.kind === CaseKinds.changeReport && !$0.record.isDeleted }
        let alive = reports.filter { $0.text("type") == Self.alive }.sorted(by: Self.isOlder)
        takenBack = alive
        deaths = reports.filter { $0.text("type") == Self.death }
        standing = reports.filter { report in
            report.text("type") == Self.death
                && !alive.contains { Self.person($0) == Self.person(report) && Self.isOlder(report, $0) }
        }.sorted(by: Self.isOlder)
    }

    static func person(_ report: Linked) -> RecordID? { report.value("member").recordID }

    private static func isOlder(_ a: Linked, _ b: Linked) -> Bool {
        (a.record.seq, a.record.id) < (b.record.seq, b.record.id)
    }

    /// Those that a second person has not confirmed since, of those after a seq: one alone, who may be wrong or worse,
    /// releases no money. A confirmation holds for what was taken back before it, and for nothing later: whoever takes a
    /// death off the record needs another's word after his own.
    func unconfirmed(after seq: Seq) -> [Linked] {
        var open: [RecordID?: Linked] = [:]
        for report in takenBack where report.record.seq > seq {
            let person = Self.person(report)
            if !takesBack(report, since: open[person]), let first = open[person] {
                if !MoneyAdmission.isSame(first.text("by"), report.text("by")) { open[person] = nil }
            } else {
                open[person] = report
            }
        }
        return open.values.sorted(by: Self.isOlder)
    }

    /// Whether a death went off the record with it, rather than another's word being confirmed.
    private func takesBack(_ report: Linked, since word: Linked?) -> Bool {
        if report.value("took_back") == .bool(true) { return true }
        return deaths.contains { death in
            Self.person(death) == Self.person(report) && Self.isOlder(death, report)
                && word.map { Self.isOlder($0, death) } ?? true
        }
    }
}

extension CaseFile {
    var deathReports: DeathReports { DeathReports(household) }

    /// He has died, by his own date or by a report that stands.
    package func isDead(_ member: Linked) -> Bool {
        !member.value("death_date").isNull
            || deathReports.standing.contains { DeathReports.person($0) == member.record.id }
    }

    /// Deaths that were taken back later than the decision that stands, and that no second person has confirmed: nothing
    /// is paid until then, or until a leader has signed a decision (R12, R22).
    var deathsTakenBack: [Linked] { deathsTakenBack(after: decisionsInForce.last) }

    func deathsTakenBack(after decision: Linked?) -> [Linked] {
        deathReports.unconfirmed(after: decision?.record.seq ?? 0).filter { report in
            programme?.isPersonal != true || DeathReports.person(report).map { $0 == applicant?.record.id } ?? true
        }
    }

    /// A change that was decided to the amount that is paid already: where somebody died, it is likely to count him still.
    package var sameAmountFinding: Finding? {
        guard let change = pendingChange, change.text("result") == CaseDecision.Result.adjusted.rawValue,
            let fen = change.number("amount_fen"), decisionsInForce.last?.number("amount_fen") == fen
        else { return nil }
        return Finding(
            .warning, field: "amount_fen",
            Label(
                zh: "调整后的金额与现在发放的相同（\(Yuan.text(fen)) 元）：请核对家庭人口和收支是否已经改过，再签批",
                en:
                    "the adjustment comes to what is paid already (\(Yuan.text(fen)) yuan): see whether people and means were put right before it is signed"
            ))
    }
}

/// A death is typed once (R22): whoever reports it puts down the day of the person's death too, and whoever takes the day
/// away says that he is alive, so that what was taken back stays on record.
package enum DeathEntry {
    /// The drafts of one set, with what goes with them.
    /// - Parameters:
    ///   - author: who writes at the desk, and may take a death away; `nil` at a station.
    ///   - member: the person as on record.
    package static func complete(
        _ drafts: [Draft], by author: String?, on day: CalendarDay, newID: () -> RecordID,
        member: (RecordID) throws -> Record?
    ) rethrows -> [Draft] {
        var all = drafts
        for (index, draft) in drafts.enumerated() {
            if draft.kind === CaseKinds.changeReport, draft.operation == .create {
                guard let type = value("type", of: draft)?.text else { continue }
                if type == DeathReports.alive, let author { all[index].writes.append(.set("by", .text(author))) }
                if type == DeathReports.alive, author != nil, let id = value("member", of: draft)?.recordID,
                    try member(id).map({ !$0.value("death_date", in: memberKind).isNull }) ?? false
                {
                    all[index].writes.append(.set("took_back", .bool(true)))
                }
                guard let id = value("member", of: draft)?.recordID, !dates(id, drafts),
                    let person = try member(id), !person.isDeleted
                else { continue }
                let present = person.value("death_date", in: memberKind)
                let on = value("on", of: draft) ?? .null
                if type == DeathReports.death, present.isNull, !on.isNull { all.append(date(id, on)) }
                if type == DeathReports.alive, !present.isNull, author != nil { all.append(date(id, .null)) }
            } else if draft.kind === memberKind, draft.operation == .edit,
                value("death_date", of: draft)?.isNull == true,
                !tells(draft.record, drafts), let author, let person = try member(draft.record),
                !person.value("death_date", in: memberKind).isNull
            {
                all.append(
                    Draft(
                        kind: CaseKinds.changeReport, record: newID(), operation: .create,
                        writes: [
                            .set("household", person.value("household", in: memberKind)),
                            .set("member", .text(draft.record.description)), .set("type", .text(DeathReports.alive)),
                            .set("on", .date(day)), .set("by", .text(author)), .set("took_back", .bool(true)),
                        ]))
            }
        }
        return all
    }

    private static func value(_ field: String, of draft: Draft) -> Value? {
        draft.writes.reversed().lazy.compactMap { write in
            if case .set(field, let value) = write { value } else { nil }
        }.first
    }

    private static func date(_ member: RecordID, _ day: Value) -> Draft {
        Draft(kind: memberKind, record: member, operation: .edit, writes: [.set("death_date", day)])
    }

    private static func dates(_ member: RecordID, _ drafts: [Draft]) -> Bool {
        drafts.contains { $0.record == member && value("death_date", of: $0) != nil }
    }

    private static func tells(_ member: RecordID, _ drafts: [Draft]) -> Bool {
        drafts.contains { draft in
            draft.kind === CaseKinds.changeReport && value("member", of: draft)?.recordID == member
                && value("type", of: draft)?.text == DeathReports.alive
        }
    }
}
