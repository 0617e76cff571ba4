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

    /// The tables that were taken away in clear and may have held a household of this village, the newest first.
    /// - Parameters:
    ///   - place: the one before which they are wanted; `nil` begins with the newest.
    ///   - limit: at most so many.
    /// - Returns: them, and where the earlier ones begin; `nil` at the end.
    func tables(
        of village: Scope, before place: RecordID? = nil, limit: Int
    ) throws -> (found: [(taken: Disclosure.TakenTable, disclosure: Linked)], next: RecordID?) {
        var found: [(taken: Disclosure.TakenTable, disclosure: Linked)] = []
        var place = place
        while true {
            let ids = try takenTables(before: place, limit: limit)
            for id in ids {
                // One more is there: the page ends at the last that it shows.
                if found.count == limit { return (found, found.last?.disclosure.record.id) }
                place = id
                guard let disclosure = try tables.record(id, kind: Self.kind, in: database).flatMap(Linked.init),
                    let taken = disclosure.text("fields").flatMap(Disclosure.TakenTable.init),
                    taken.village?.covers(village) ?? true
                else { continue }
                found.append((taken, disclosure))
            }
            if ids.count < limit { return (found, nil) }
        }
    }

    private func takenTables(before place: RecordID?, limit: Int) throws -> [RecordID] {
        var query = try Query(
            database,
            """
            SELECT id FROM "\(Disclosure.kindName)" WHERE household IS NULL AND deleted = 0 \
            AND (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2
            """)
        query.bind(place?.bytes)
        query.bind(limit)
        return try query.all { $0.id(0) }
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
        let now = township.clock()
        let fields = try Disclosure.fields(
            of: "all", reason: reason, account: person.name, name: person.fullName, role: person.role, at: now)
        return try township.database.write { transaction in
            let tables = transaction.tables
            guard let (record, kind) = try tables.record(subject, in: transaction.database) else {
                throw Problem(.unknownRecord, subject.description)
            }
            let household = try Disclosures(tables: tables, database: transaction.database).root(of: record, kind: kind)
            let seq = try keep(
                fields + [("subject", .text(subject.description)), ("household", .text(household.description))],
                Desk.Act(author: person.author, reason: reason, now: now), township, in: transaction)
            return (seq, household, now.adding(minutes: Disclosure.minutes))
        }
    }

    /// Keeps that a whole table is taken away in clear.
    static func keep(_ fields: [(String, Value)], _ act: Desk.Act, _ township: Township) throws {
        try township.database.write { transaction in _ = try keep(fields, act, township, in: transaction) }
    }

    private static func keep(
        _ fields: [(String, Value)], _ act: Desk.Act, _ township: Township, in transaction: AuthorityTransaction
    ) throws -> Seq {
        let draft = Draft(
            kind: Self.kind, record: Township.newID(at: act.now), operation: .create,
            writes: fields.compactMap { $0.1.isNull ? nil : .set($0.0, $0.1) })
        guard let outcome = try township.desk.act([draft], act, in: transaction) else {
            throw Problem(.nothingToChange)
        }
        return outcome.seq
    }

    /// Which table was taken away, of which villages.
    static func table(of disclosure: Linked) -> Table.Cell {
        guard let fields = disclosure.text("fields") else { return .empty }
        guard let taken = Disclosure.TakenTable(fields),
            let title = TableCatalogue.entries.first(where: { $0.name == taken.table })?.title
        else { return .text(fields) }
        let village = taken.village.map { " \($0.code)" } ?? ""
        return .code(fields, Label(zh: "明文导出：\(title.zh)\(village)", en: "Taken in clear: \(title.en)\(village)"))
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
                .init("role", "岗位", "Role"),
                .init("number", "户编号", "Household number", .link(.households, id: "household")),
                .init("subject", "查看的记录", "Record", .open(.records)), .init("fields", "范围", "What"),
                .init("reason", "理由", "Reason"), .init("household", "所属住户编号", "Household", .hidden),
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
            Table.Cell(disclosure.text("person")),
            disclosure.kind.field("role").map { Table.Cell(disclosure.value("role"), of: $0) } ?? .empty,
            Table.Cell(household.flatMap(Linked.init)?.text("number")), Table.Cell(disclosure.text("subject")),
            disclosure.text("household") == nil ? table(of: disclosure) : .empty,
            Table.Cell(disclosure.text("reason")), Table.Cell(disclosure.text("household")),
        ]
    }
}
