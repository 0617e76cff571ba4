import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What the desk does to cases. Every act is a set of the desk; whether the rules allow it is decided where every set
/// is (``Admission``).
struct CaseDesk {
    let township: Township

    private var schema: Schema { township.database.tables.schema }

    func kind(_ name: String) throws -> KindSchema {
        guard let kind = schema.kind(name) else { throw Problem(.unknownKind, name) }
        return kind
    }

    /// - Parameter id: what was given out for it (``Desk/Act/made``); `nil`: a new one.
    func new(_ kind: String, _ fields: [(String, Value)], id: RecordID? = nil) throws -> Draft {
        Draft(
            kind: try self.kind(kind), record: id ?? Township.newID(at: township.clock()), operation: .create,
            writes: fields.compactMap { $0.1.isNull ? nil : .set($0.0, $0.1) })
    }

    func records(in transaction: AuthorityTransaction) throws -> CaseReader {
        try CaseReader(township, in: transaction.database)
    }

    /// Takes a step.
    /// - Parameter isSecondPerson: whether who signs must be another than who wrote what is signed (R12): where people
    ///   have accounts of their own, and are who they say.
    /// - Returns: the case after it, and the set's seq.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` with every rule that is not met,
    ///   ``Problem/Code/samePerson``.
    func move(
        _ id: String, _ name: String, role: Role, isSecondPerson: Bool = false, act: Desk.Act
    ) throws -> (file: CaseFile, seq: Seq) {
        try township.write(act) { transaction, act in
            let records = try records(in: transaction)
            let file = try records.file(id, at: act.now)
            guard let machine = file.machine, let status = file.status else {
                throw Problem(
                    .badValue, id, explanation: Label(zh: "申请没有写明救助项目", en: "The application names no programme"))
            }
            guard let row = machine.moves.first(where: { $0.name == name && $0.from.contains(status) }) else {
                // No such row: the table says why.
                if case .failure(let refused) = machine.judge(name, from: status, by: role, in: file) {
                    throw refused.refusal.problem
                }
                throw Problem(.internalError, "case move")
            }
            if let seen = act.seen, seen < file.application.record.seq { throw changedMeanwhile(row) }
            if isSecondPerson, let signed = row.signed(in: file),
                try records.author(of: signed.record.id) == act.author
            {
                throw Problem(.samePerson, signed.kind.label.text())
            }
            let application = Draft(
                kind: file.application.kind, record: file.application.record.id, operation: .edit,
                writes: [.set("status", .text(row.to.rawValue))])
            let step = try new(
                "case_move",
                [
                    ("application", .text(file.application.record.id.description)), ("move", .text(row.name)),
                    ("from", .text(status.rawValue)), ("to", .text(row.to.rawValue)), ("role", .text(role.rawValue)),
                    ("by", .text(act.author)),
                    ("at", .time(act.now)), ("note", .text(act.reason)),
                ], id: act.made)
            let drafts =
                [application, step]
                + [try letter(for: row, of: file, on: act.now.day), try recheck(after: row, of: file)].compactMap { $0 }
            guard let outcome = try township.desk.act(drafts, act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return (try records.file(id, at: act.now), outcome.seq)
        }
    }

    /// Issues a public notice or a letter. It begins today: a notice is never dated back (DOMAIN section 9); how long it
    /// hangs and its hotline are the case's policy pack's (R31, R58).
    /// - Returns: the notice's id and last day, and the set's seq.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter`` when the pack gives no length.
    func issue(
        _ kind: String, for id: String, place: String?, hotline: String?, text: String?, act: Desk.Act
    ) throws -> (id: RecordID, end: CalendarDay?, seq: Seq) {
        try township.write(act) { transaction, act in
            let file = try records(in: transaction).file(id, at: act.now)
            let isPosted = kind == "publicity"
            let told = kind == "adjustment" ? file.pendingChange : nil
            let end = isPosted ? try lastDay(ofNoticeIn: file, from: act.now.day) : nil
            let draft = try new(
                "notice",
                [
                    ("application", .text(file.application.record.id.description)), ("kind", .text(kind)),
                    ("place", place.map(Value.text) ?? .null),
                    ("hotline", (hotline ?? file.pack?.hotline?.number).map(Value.text) ?? .null),
                    ("text", text.map(Value.text) ?? .null), ("from", .date(act.now.day)),
                    ("to", end.map(Value.date) ?? .null),
                    ("decision", told.map { .text($0.record.id.description) } ?? .null),
                ], id: act.made)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return (draft.record, end, outcome.seq)
        }
    }

    private func lastDay(ofNoticeIn file: CaseFile, from day: CalendarDay) throws -> CalendarDay {
        guard let term = file.pack?.notice?.term else { throw Problem(.missingParameter, "notice") }
        return try Deadline(of: term, from: .day(day), in: file.calendar).due.day
    }

    /// The clerk's page was older than another's step.
    private func changedMeanwhile(_ row: CaseMove) -> Problem {
        let reason = Refusal.Reason(
            CaseRule(13), Label(zh: "这件申请在此期间已有变化，请重新查看", en: "the case has changed meanwhile; look again"))
        return Refusal(move: row.label, reasons: [reason]).problem
    }

    /// 告知书 that draft themselves with the step (R28, R42), from the reasons on record.
    private func letter(for row: CaseMove, of file: CaseFile, on day: CalendarDay) throws -> Draft? {
        let letters = [CaseState.rejected: "rejection", .checkFailed: "check_failure"]
        guard let kind = letters[row.to], !file.all("notice").contains(where: { $0.text("kind") == kind }) else {
            return nil
        }
        let reasons =
            row.to == .rejected
            ? file.all("decision").last?.text("basis") : file.all("check_report").last?.text("reasons")
        guard let reasons else { return nil }
        return try new(
            "notice",
            [
                ("application", .text(file.application.record.id.description)), ("kind", .text(kind)),
                ("text", .text(reasons)), ("from", .date(day)),
            ])
    }

    /// The next review is set down when a case enters payment (R17).
    private func recheck(after row: CaseMove, of file: CaseFile) throws -> Draft? {
        guard row.to == .inPayment, let due = file.nextRecheck else { return nil }
        return try new(
            "dynamic_review",
            [("application", .text(file.application.record.id.description)), ("due", .date(due))])
    }

    /// Brings a deleted record back, with what went with it and what it stands below.
    /// - Returns: the set's seq.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/nothingToChange`` for one that is there.
    func undelete(_ id: RecordID, act: Desk.Act) throws -> (kind: KindSchema, seq: Seq) {
        try township.write(act) { transaction, act in
            // The row of a record that was deleted long ago may be gone; the log names its kind.
            let name = try transaction.log(of: id, after: 0).first?.kind
            guard let kind = name.flatMap(transaction.schema.kind), !kind.isSystem,
                let record = try transaction.record(id, kind: kind)
            else { throw Problem(.unknownRecord, id.description) }
            guard record.isDeleted else {
                throw Problem(
                    .nothingToChange, id.description,
                    explanation: Label(zh: "这条记录没有被删除", en: "The record is not deleted"),
                    hint: Label(zh: "用 ruhu-server show 查看。", en: "Look at it with ruhu-server show."))
            }
            let (_, seen) = try township.desk.changes([], act, in: transaction)
            let outcome = try township.desk.decide(
                [Change(kind: kind.name, record: id, operation: .edit)], act, base: seen, in: transaction)
            return (kind, outcome.seq)
        }
    }

    /// Writes one record.
    /// - Returns: the set's seq.
    func add(_ draft: Draft, act: Desk.Act) throws -> Seq {
        try township.write(act) { transaction, act in
            guard let outcome = try township.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return outcome.seq
        }
    }
}
