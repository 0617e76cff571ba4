import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// Who asked to see what is masked, why and until when: kept in the log before anything is shown, and read from there,
/// so that no session and no memory of the server decides what a page shows.
struct Disclosures {
    let tables: RecordTables
    let database: Database

    private static let kind = Disclosure.kind

    /// Until when this person is shown what is masked of a household; `nil` when nothing is.
    func until(of household: RecordID, for person: Person, at now: Instant) throws -> Instant? {
        let wanted: [(field: String, value: Value)] = [
            ("household", Value.text(household.description)), ("account", Value.text(person.name)),
        ]
        let ends = try tables.all(of: Self.kind, where: wanted, in: database).compactMap { record -> Instant? in
            guard let at = Linked(record)?.time("at") else { return nil }
            let end = at.adding(minutes: Disclosure.minutes)
            // A grant of a time still to come is one of a clock that was set back since.
            return at <= now && now < end ? end : nil
        }
        return ends.max()
    }

    /// All that were ever asked for of a household, the newest first.
    func all(of household: RecordID) throws -> [Linked] {
        try tables.all(of: Self.kind, where: [("household", .text(household.description))], in: database)
            .compactMap(Linked.init).reversed()
    }

    /// The one at the top of what the record belongs to: its household, else itself.
    func root(of record: SyncEngine.Record, kind: KindSchema) throws -> RecordID {
        var (record, kind) = (record, kind)
        // A circle ends somewhere too.
        for _ in 0..<16 {
            guard let above = kind.parents.lazy.compactMap({ record.value($0.field, in: kind).recordID }).first,
                let (parent, parentKind) = try tables.record(above, in: database)
            else { break }
            (record, kind) = (parent, parentKind)
        }
        for _ in 0..<16 {
            guard let next = record.mergedInto(in: kind), let merged = try tables.record(next, kind: kind, in: database)
            else { break }
            record = merged
        }
        return record.id
    }

    // MARK: - Asking

    /// Keeps that a person asks to see what is masked of a record and of the household that it belongs to.
    /// - Throws: ``Problem`` ``Problem/Code/reasonNeeded`` for a reason that says nothing,
    ///   ``Problem/Code/unknownRecord``.
    static func ask(
        _ township: Township, for subject: RecordID, by person: Person, reason: String
    ) throws -> (seq: Seq, household: RecordID, until: Instant) {
        guard Disclosure.isReason(reason) else {
            throw Problem(
                .reasonNeeded, "reason",
                explanation: Label(
                    zh: "请写明为什么要看，至少 \(Disclosure.reasonCharacters) 个字，写清事由",
                    en: "Say why you need it, \(Disclosure.reasonCharacters) characters at least, in words"))
        }
        let now = township.clock()
        return try township.database.write { transaction in
            let tables = transaction.tables
            guard let (record, kind) = try tables.record(subject, in: transaction.database) else {
                throw Problem(.unknownRecord, subject.description)
            }
            let household = try Disclosures(tables: tables, database: transaction.database).root(of: record, kind: kind)
            let draft = Draft(
                kind: Self.kind, record: Township.newID(at: now), operation: .create,
                writes: [
                    .set("account", .text(person.name)),
                    .set("person", person.fullName.isEmpty ? .null : .text(person.fullName)),
                    .set("role", .text(person.role.rawValue)), .set("subject", .text(subject.description)),
                    .set("household", .text(household.description)), .set("fields", .text("all")),
                    .set("reason", .text(reason)), .set("at", .time(now)),
                ])
            let act = Desk.Act(author: person.author, reason: reason, now: now)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return (outcome.seq, household, now.adding(minutes: Disclosure.minutes))
        }
    }

    // MARK: - The list

    /// Which disclosures: of an account, on days from … to, both included.
    struct Filter: Sendable {
        var account: String?
        var from: CalendarDay?
        var to: CalendarDay?

        func admits(_ disclosure: Linked) -> Bool {
            guard let day = disclosure.day("at") else { return false }
            return (account == nil || disclosure.text("account") == account) && (from.map { $0 <= day } ?? true)
                && (to.map { day <= $0 } ?? true)
        }
    }

    /// What the auditor reads (R47): every time somebody was shown what is masked, the oldest first.
    static func table(_ tables: RecordTables, _ filter: Filter = Filter()) -> Table {
        Table(
            "disclosures", Label(zh: "敏感信息查看记录", en: "Disclosures"),
            columns: [
                .init("at", "时间", "At"), .init("account", "账号", "Account"), .init("person", "姓名", "Person"),
                .init("role", "岗位", "Role"), .init("number", "户编号", "Household number"),
                .init("household", "所属住户", "Household"), .init("subject", "查看的记录", "Record"),
                .init("reason", "理由", "Reason"),
            ]
        ) { after, limit, database in
            var rows: [[Table.Cell]] = []
            var place = after.flatMap { RecordID($0.key) }
            while rows.count < limit {
                let selection = RecordSelection(limit: limit, after: place)
                let some = try tables.list(kind, selection, in: database)
                for record in some where rows.count < limit {
                    place = record.id
                    guard let disclosure = Linked(record), filter.admits(disclosure) else { continue }
                    rows.append(try row(disclosure, tables, database))
                }
                if some.count < limit { return Table.Page(rows: rows, next: nil) }
            }
            return Table.Page(rows: rows, next: place.map { Table.Place(key: $0.description) })
        }
    }

    private static func row(_ disclosure: Linked, _ tables: RecordTables, _ database: Database) throws -> [Table.Cell] {
        let household = try disclosure.value("household").recordID.flatMap {
            try tables.record($0, kind: householdKind, in: database)
        }
        return [
            Table.Cell(disclosure.time("at").map(PlainText.of)), Table.Cell(disclosure.text("account")),
            Table.Cell(disclosure.text("person")), Table.Cell(Shown.meaning("role", of: disclosure)),
            Table.Cell(household.flatMap(Linked.init)?.text("number")), Table.Cell(disclosure.text("household")),
            Table.Cell(disclosure.text("subject")), Table.Cell(disclosure.text("reason")),
        ]
    }
}
