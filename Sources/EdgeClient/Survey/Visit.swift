import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// A visit to one household: the session, its durable draft, and at the end its change set.
struct Visit {
    let station: Station
    let author: String
    var session: SurveySession
    var files: [AttachedFile]
    private(set) var draft: VisitDraft
    /// Whether the draft is in the database; a visit to which nothing was answered leaves none.
    private(set) var isBegun: Bool

    /// Opens the visit that is under way, with the form it was begun with, or a new one with the newest form.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/recordDeleted``; the store's errors.
    init(household text: String, station: Station, author: String) throws {
        let now = station.clock()
        var random = SystemRandomNumberGenerator()
        let fresh = RecordID.v7(milliseconds: now.milliseconds, using: &random)
        let (household, draft, form, records, answers) = try station.replica.read { transaction in
            let household = try transaction.household(named: text)
            let draft = try transaction.visitDraft(of: household.id)
            let form =
                try draft.map { try VisitLookup.form(of: $0, in: transaction) }
                ?? VisitLookup.newestForm(in: transaction)
            let records = try VisitLookup.records(of: household, form: form, station: station, in: transaction)
            let answers = try draft.map { try VisitLookup.answers(of: $0, form: form, in: transaction) }
            return (household, draft, form, records, answers)
        }
        session = SurveySession(
            form: form, records: records, context: RuleContext(today: now.day), answers: answers,
            position: draft?.position ?? "",
            newID: {
                var random = SystemRandomNumberGenerator()
                return .v7(milliseconds: station.clock().milliseconds, using: &random)
            })
        files = draft.map { JSONValue.parsed($0.files).elements.compactMap { AttachedFile($0) } } ?? []
        isBegun = draft != nil
        self.station = station
        self.author = author
        self.draft =
            draft
            ?? VisitDraft(
                visit: fresh, household: household.id, formName: form.name, formVersion: form.version,
                form: form.document.compact, answers: "", files: "[]", position: "", author: author, startedAt: now,
                updatedAt: now)
    }

    var household: Record { session.records.household }

    /// Keeps what was answered so far, in one transaction.
    /// - Throws: ``Problem`` ``Problem/Code/visitClosed``, ``Problem/Code/storageFull``; the store's errors.
    mutating func save() throws {
        try station.checkFreeSpace()
        var draft = draft
        draft.answers = session.answers.json(of: session.form).compact
        draft.files = JSONValue.array(files.map(\.json)).compact
        draft.position = session.position
        let before = draft.updatedAt
        // A clock that was set back must not make two savings look like one.
        draft.updatedAt = max(station.clock(), Instant(milliseconds: before.milliseconds + 1))
        let (kept, isNew) = (draft, !isBegun)
        try station.replica.write { transaction in
            if isNew {
                guard try transaction.visitDraft(of: kept.household) == nil else { throw Problem(.visitClosed) }
                try transaction.begin(kept)
            } else if try !transaction.save(kept, since: before) {
                throw Problem(.visitClosed)
            }
        }
        self.draft = draft
        isBegun = true
    }

    /// What finishing would change, without the files.
    var drafts: [Draft] {
        session.drafts(
            schema: station.replica.tables.schema, visit: draft.visit, startedAt: draft.startedAt,
            files: SurveySession.Files(
                photos: files.filter { $0.kind == "photo" }.map(\.blob),
                signatures: files.filter { $0.kind == "signature" }.map(\.blob)))
    }

    /// What finishing made.
    struct Finished {
        var visit: RecordID
        var set: OutboxSet
        var warnings: [Finding]
    }

    /// Ends the draft and commits the change set, in one transaction.
    /// - Throws: ``Problem`` for what the records refuse, ``Problem/Code/visitClosed``; the draft stays then.
    func finish(reason: String?) throws -> Finished {
        try station.checkFreeSpace()
        let now = station.clock()
        let reason = reason ?? L("入户调查", "household survey")
        var drafts = drafts
        if let index = drafts.firstIndex(where: { $0.record == draft.visit }), let trial = try? VisitTrial(self) {
            drafts[index].writes += trial.writes
        }
        let attachments = files.map { file in
            Draft(
                kind: Attachment.kind, record: session.newID(), operation: .create,
                writes: file.writes(record: draft.visit))
        }
        return try station.replica.write { transaction in
            if isBegun, try !transaction.endVisitDraft(draft.visit) { throw Problem(.visitClosed) }
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(
                author: author, reason: reason, observedOn: Station.visitDay(of: drafts), now: now)
            let (sealed, warnings) = try capture.commit(drafts + attachments, act: act, codec: station.codec)
            for file in files { try transaction.owe(file.blob, size: file.size) }
            guard let number = sealed?.set.number, let set = try transaction.outboxSet(number) else {
                throw Problem(.nothingToChange)
            }
            return Finished(visit: draft.visit, set: set, warnings: try warnings + transaction.elsewhere(drafts))
        }
    }

    /// Puts the visit to a household aside, whatever has become of the household.
    /// - Parameter text: the household's number or id.
    /// - Throws: ``Problem`` ``Problem/Code/nothingToChange`` when none is under way.
    static func discard(household text: String, reason: String, station: Station) throws -> VisitDraft {
        try station.replica.write { transaction in
            let kind = transaction.schema.kind("household")
            let named = try transaction.visitDrafts().filter { draft in
                let household = try kind.flatMap { try transaction.working(draft.household, kind: $0) }
                let number = kind.flatMap { household?.value("number", in: $0).text }
                return draft.household.description == text || number == text
            }
            guard let draft = named.first, named.count == 1 else {
                throw Problem(
                    .nothingToChange, text,
                    explanation: Label(
                        zh: "这一户没有未完成的走访，或有几户同号；用 ruhu visit --list 查看",
                        en: "No visit to this household is under way, or several have the number; see ruhu visit --list"
                    ))
            }
            try transaction.discardVisitDraft(draft.visit, reason: reason, at: station.clock())
            return draft
        }
    }
}

/// What a visit looks up in the replica.
enum VisitLookup {
    /// The newest version of the survey that this program understands, else the one it brings.
    static func newestForm(in transaction: ReplicaTransaction) throws -> Form {
        let uniform = try UniformSurvey.form(schema: transaction.schema)
        guard let kind = transaction.schema.kind("form") else { return uniform }
        let versions = try transaction.tables.all(
            of: kind, where: [("name", .text(UniformSurvey.name))], in: transaction.database)
        let documents = versions.map { record in
            (version: record.value("version", in: kind).int64 ?? 0, text: record.value("document", in: kind).text ?? "")
        }
        for document in documents.sorted(by: { $0.version > $1.version }) where document.version > uniform.version {
            if let form = FormReader.read(JSONValue.parsed(document.text), schema: transaction.schema).form {
                return form
            }
        }
        return uniform
    }

    /// The form with which a visit was begun.
    static func form(of draft: VisitDraft, in transaction: ReplicaTransaction) throws -> Form {
        let (form, findings) = FormReader.read(JSONValue.parsed(draft.form), schema: transaction.schema)
        guard let form else { throw Problem(.badForm, findings.first?.place ?? draft.formName) }
        return form
    }

    /// What was answered in a visit under way, without the rows whose records were deleted or merged since.
    static func answers(of draft: VisitDraft, form: Form, in transaction: ReplicaTransaction) throws -> Answers {
        var answers = Answers(JSONValue.parsed(draft.answers), of: form)
        for case .group(let group) in form.items {
            answers.rows[group.id] = try answers.rows[group.id]?.filter { row in
                guard let record = try transaction.working(row.record, kind: group.kind) else { return true }
                return !record.isDeleted && record.value(KindSchema.aliasField, in: group.kind).isNull
            }
        }
        return answers
    }

    static func records(
        of household: Record, form: Form, station: Station, in transaction: ReplicaTransaction
    ) throws -> SurveyRecords {
        let (tables, database) = (transaction.tables, transaction.database)
        let here: [(field: String, value: Value)] = [("household", .text(household.id.description))]
        var rows: [String: [Record]] = [:]
        for case .group(let group) in form.items where rows[group.kind.name] == nil {
            rows[group.kind.name] = try tables.all(of: group.kind, where: here, in: database)
        }
        var last = Answers()
        if let kind = transaction.schema.kind("visit") {
            let visits = try tables.all(of: kind, where: here, in: database)
            let latest = visits.max { when($0, kind) < when($1, kind) }
            if let text = latest?.value("answers", in: kind).text { last = Answers(JSONValue.parsed(text), of: form) }
        }
        return SurveyRecords(household: household, rows: rows, lastAnswers: last) { number in
            try station.replica.read { try elsewhere(number, than: household.id, in: $0) }
        }
    }

    private static func when(_ visit: Record, _ kind: KindSchema) -> Int64 {
        if case .time(let instant) = visit.value("when", in: kind) { return instant.milliseconds }
        return .min
    }

    /// The other household in which a person lives, by number and address.
    private static func elsewhere(
        _ number: String, than household: RecordID, in transaction: ReplicaTransaction
    ) throws -> String? {
        guard let member = transaction.schema.kind("member"), let root = transaction.schema.kind("household") else {
            return nil
        }
        let people = try transaction.tables.all(
            of: member, where: [("id_number", .text(number))], in: transaction.database)
        for person in people where person.value("in_household", in: member) != .bool(false) {
            guard let id = person.value("household", in: member).recordID, id != household,
                let other = try transaction.tables.record(id, kind: root, in: transaction.database), !other.isDeleted
            else { continue }
            let parts = ["number", "address"].compactMap { other.value($0, in: root).text }
            return parts.isEmpty ? id.description : parts.joined(separator: " ")
        }
        return nil
    }
}
