import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// Rosters from spreadsheets into the township's records: first a plan, which writes nothing, then the plan itself, as
/// sets of the desk. A roster that is imported again changes only what differs in it.
struct RosterImportDesk {
    let township: Township
    /// What is said of a row that names no village, where whoever imports names none either.
    var villageNeeded = Label(
        zh: "要写明本镇街的村居代码（映射里的 village，或 --village）",
        en: "A village of this township is needed (village in the mapping, or --village)")

    private var tables: RecordTables { township.database.tables }

    /// Works out what a roster would do.
    /// - Parameters:
    ///   - name: of the file, for messages.
    ///   - village: of rows that name none.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for a file that is none, or too large;
    ///   ``Problem/Code/badMapping``; ``Problem/Code/unknownScope`` for a village that is not the township's. A bad row is
    ///   in the plan.
    func plan(
        _ bytes: [UInt8], name: String = "CSV", mapping: RosterMapping, village: Scope? = nil, act: Desk.Act
    ) throws -> ImportPlan {
        guard bytes.count <= Limits.rosterBytes else {
            throw Problem(
                .badDocument, name,
                explanation: Label(
                    zh: "名册超过 \(Limits.rosterBytes) 字节，请分开导入",
                    en: "The roster has more than \(Limits.rosterBytes) bytes"))
        }
        if let village, !isVillage(village.code) { throw Problem(.unknownScope, village.code) }
        let (text, encoding) = try TextEncoding.decode(bytes, name: name)
        let table = try CSVTable(text)
        guard table.rows.count <= Limits.rosterRows else {
            throw Problem(
                .badDocument, name,
                explanation: Label(
                    zh: "名册超过 \(Limits.rosterRows) 行，请分开导入", en: "The roster has more than \(Limits.rosterRows) rows"))
        }
        try checkSize(of: table, mapping, name: name)
        return try township.database.read { database in
            var planning = Planning(
                desk: self, transaction: AuthorityTransaction(database, tables: tables), act: act, village: village)
            for row in table.rows {
                try Interruption.current?.checkRoster(name)
                try planning.add(row, of: table, by: mapping)
            }
            return ImportPlan(
                seq: try planning.transaction.head().seq, encoding: encoding, count: table.rows.count,
                rows: planning.rows, unchanged: planning.unchanged, rejected: planning.rejected,
                warnings: planning.warnings)
        }
    }

    /// A row may come to many records.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument``.
    private func checkSize(of table: CSVTable, _ mapping: RosterMapping, name: String) throws {
        var records = 0
        for row in table.rows {
            records += table.fields(of: row).map(mapping.count) ?? 0
            guard records > Limits.rosterRecords else { continue }
            throw Problem(
                .badDocument, name,
                explanation: Label(
                    zh: "到第 \(row.line) 行已有 \(records) 条记录，一次最多 \(Limits.rosterRecords) 条，请分开导入",
                    en: "\(records) records by line \(row.line), more than \(Limits.rosterRecords); import it in parts")
            )
        }
    }

    /// Does what the plan says, some rows to a set.
    /// - Parameter act: `seen` is what the plan was made of, or what the clerk saw before it.
    /// - Returns: the last set's seq; `nil` when there was nothing to do.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` with what changed meanwhile; nothing of that set is written
    ///   then, nor after it.
    func apply(_ plan: ImportPlan, act: Desk.Act) throws -> Seq? {
        var act = act
        act.seen = min(act.seen ?? plan.seq, plan.seq)
        // All of it first, so that nothing is written of a plan that is no longer right.
        try township.database.read { try refuseStale(plan.rows, seen: act.seen ?? 0, in: $0) }
        var seq: Seq?
        for rows in Self.sets(of: plan.rows) {
            try Interruption.current?.check()
            seq =
                try township.database.write { transaction in
                    try refuseStale(rows, seen: act.seen ?? 0, in: transaction.database, own: seq != nil)
                    return try township.act(rows.flatMap(\.drafts), act, in: transaction)?.seq
                } ?? seq
        }
        return seq
    }

    static func sets(of rows: [ImportPlan.Row]) -> [[ImportPlan.Row]] {
        var sets: [[ImportPlan.Row]] = []
        var size = 0
        for row in rows {
            if sets.isEmpty || size + row.size > Limits.rosterChangesPerSet {
                sets.append([])
                size = 0
            }
            sets[sets.count - 1].append(row)
            size += row.size
        }
        return sets
    }

    fileprivate func isVillage(_ code: String) -> Bool {
        VillageCode.isValid(code) && township.identity.region.covers(Scope(code))
    }

    // MARK: - What changed meanwhile

    /// - Parameter own: whether sets of this import are among what came since.
    private func refuseStale(_ rows: [ImportPlan.Row], seen: Seq, in database: Database, own: Bool = false) throws {
        var reasons: [Label] = []
        for row in rows where !row.isNew { reasons += try changed(row, seen: seen, in: database) }
        // Whoever was recorded meanwhile would be recorded twice.
        let head = try LogReader(database, tables: tables).head().seq
        if head > seen, !own, let first = rows.first(where: \.isNew), let key = first.key {
            let kind = first.kind
            let known = try RosterIndex(kind, fields: key.fields, since: seen, tables: tables, in: database)
            for row in rows where row.isNew {
                guard let key = row.key, let found = known[key] else { continue }
                reasons.append(
                    Label(
                        zh: "第 \(row.line) 行：\(kind.label.zh)已由别人登记（\(found.id)）",
                        en: "line \(row.line): somebody recorded the \(kind.label.en.lowercased()) (\(found.id))"))
            }
        }
        guard !reasons.isEmpty else { return }
        throw Refusal(
            move: Label(zh: "按这份预览导入", en: "import by this plan"),
            reasons: reasons.prefix(Self.shownReasons).map { .init(CaseRule(47), $0) }
        ).problem
    }

    /// Reasons in one message.
    private static let shownReasons = 20

    private func changed(_ row: ImportPlan.Row, seen: Seq, in database: Database) throws -> [Label] {
        guard let now = try tables.record(row.record, kind: row.kind, in: database), now.seq > seen,
            let then = try LogReader(database, tables: tables).record(row.record, kind: row.kind, asOf: seen)
        else { return [] }
        return row.kind.storedFields.compactMap { field in
            let (before, after) = (then.value(field.name, in: row.kind), now.value(field.name, in: row.kind))
            guard before != after else { return nil }
            let masked = [before, after].map { Masking.masked($0, of: field.name, in: row.kind.name) }
            let said = (PlainText.of(masked[0], field: field), PlainText.of(masked[1], field: field))
            return Label(
                zh: "第 \(row.line) 行：\(field.label.zh)在此期间由 \(said.0) 改为 \(said.1)",
                en: "line \(row.line): \(field.label.en) was changed from \(said.0) to \(said.1) meanwhile")
        }
    }
}

/// The records of a kind by a roster's key, read once: a table of a township is searched by no number.
private struct RosterIndex {
    private var records: [RosterKey: SyncEngine.Record] = [:]

    init(
        _ kind: KindSchema, fields: [String], since seq: Seq = 0, tables: RecordTables, in database: Database
    ) throws {
        guard !fields.isEmpty else { return }
        var selection = RecordSelection(limit: 1_000)
        repeat {
            let page = try tables.list(kind, selection, in: database)
            for record in page where record.seq > seq {
                let values = fields.map { record.value($0, in: kind) }
                let village = kind.scopeField == nil ? "" : record.scope.code
                let key = RosterKey(kind: kind.name, fields: fields, village: village, values: values)
                if records[key] == nil { records[key] = record }
            }
            selection.after = page.count < selection.limit ? nil : page.last?.id
        } while selection.after != nil
    }

    subscript(key: RosterKey) -> SyncEngine.Record? { records[key] }
}

/// A plan in the making.
private struct Planning {
    let desk: RosterImportDesk
    let transaction: AuthorityTransaction
    let act: Desk.Act
    let village: Scope?
    var rows: [ImportPlan.Row] = []
    var unchanged = 0
    var rejected: [RejectedRow] = []
    var warnings: [ImportPlan.Warning] = []
    /// The lines of people that the file has named (``IdentityNumber/person(_:)``).
    private var people: [String: Int] = [:]
    private var indexes: [String: RosterIndex] = [:]
    /// The lines of keys that the file has named.
    private var lines: [RosterKey: Int] = [:]

    init(desk: RosterImportDesk, transaction: AuthorityTransaction, act: Desk.Act, village: Scope?) {
        self.desk = desk
        self.transaction = transaction
        self.act = act
        self.village = village
    }

    mutating func add(_ row: CSVTable.Row, of table: CSVTable, by mapping: RosterMapping) throws {
        do {
            var key: RosterKey?
            let planned = try RosterRow(
                row, of: table, by: mapping, village: village,
                find: { record, values in
                    let found = RosterKey(
                        kind: record.kind.name, fields: values.map(\.field), village: Self.village(of: record),
                        values: values.map(\.value))
                    key = found
                    return try index(record.kind, found.fields)[found]
                }, newID: { Township.newID(at: act.now) })
            try check(planned, key: key)
            try keep(planned, key: key)
        } catch let error as RosterMapping.RowError {
            rejected.append(RejectedRow(line: row.line, field: error.field, reason: error.reason))
        } catch let problem as Problem {
            guard let bad = RejectedRow(line: row.line, problem) else { throw problem }
            rejected.append(bad)
        }
    }

    private mutating func keep(_ planned: RosterRow, key: RosterKey?) throws {
        let drafts = planned.drafts + [try missingHead(planned)].compactMap(\.self)
        let changes = try desk.township.desk.changes(drafts, act, in: transaction).changes
        if let key { lines[key] = planned.line }
        guard let first = drafts.first, !changes.isEmpty else {
            unchanged += 1
            return
        }
        let isNew = planned.known == nil
        for draft in drafts { try warn(of: draft, line: planned.line) }
        rows.append(
            ImportPlan.Row(
                line: planned.line, record: first.record, kind: first.kind, drafts: drafts, isNew: isNew,
                changes: isNew
                    ? [] : changes.filter { $0.record == first.record }.flatMap { Self.fields($0, of: first.kind) },
                size: changes.count,
                key: key))
    }

    /// Whom the row calls the head, where nobody is on record as head; a head who differs is said, and stays.
    private mutating func missingHead(_ planned: RosterRow) throws -> Draft? {
        guard let head = planned.head, let name = Self.text("name", of: head), let known = planned.known,
            let household = Linked(known)
        else { return nil }
        let reader = PeopleReader(tables: transaction.tables, in: transaction.database)
        let (family, current) = try reader.family(of: household)
        let number = Self.text("id_number", of: head).flatMap(IdentityNumber.person)
        func isSame(_ member: Linked) -> Bool {
            let other = member.text("id_number").flatMap { IdentityNumber.person($0) }
            return if let number, let other { number == other } else { member.text("name") == name }
        }
        if let current {
            if !isSame(current) {
                let stands = current.text("name") ?? ""
                warnings.append(
                    ImportPlan.Warning(
                        line: planned.line, record: known.id,
                        reason: Label(
                            zh: "名册上的户主是\(name)，已登记的户主是\(stands)；没有改动",
                            en: "The roster calls \(name) the head, on record it is \(stands); nothing is changed")))
            }
            return nil
        }
        guard family.contains(where: isSame) else { return head }
        warnings.append(
            ImportPlan.Warning(
                line: planned.line, record: known.id,
                reason: Label(
                    zh: "\(name)已登记为家庭成员，但没有登记为户主；没有改动",
                    en: "\(name) is on record as a member, not as the head; nothing is changed")))
        return nil
    }

    /// Says of a person whether somebody else has the number: the row is taken in all the same, for which of the two is
    /// wrong a clerk decides.
    private mutating func warn(of draft: Draft, line: Int) throws {
        guard draft.kind.name == memberKind.name, let number = Self.text("id_number", of: draft),
            let person = IdentityNumber.person(number)
        else { return }
        let reader = PeopleReader(tables: transaction.tables, in: transaction.database)
        for id in try reader.holders(of: person) where id != draft.record {
            guard let member = try reader.member(id) else { continue }
            let household = try reader.household(of: member)
            let said = [household?.text("number"), member.text("name")].compactMap(\.self).joined(separator: " ")
            // An open duplicate holds the money of both (DOMAIN section 7).
            let isAssisted = try household.map(reader.isCase) ?? false
            warnings.append(
                ImportPlan.Warning(
                    line: line, record: household?.record.id ?? id,
                    reason: Label(
                        zh: "身份证号已登记：\(said)" + (isAssisted ? "；核清以前，该户的救助金暂缓发放" : ""),
                        en: "The identity number is on record: \(said)"
                            + (isAssisted ? "; until it is decided that household's payment is held" : ""))))
        }
        if let first = people[person] {
            warnings.append(
                ImportPlan.Warning(
                    line: line, record: nil,
                    reason: Label(
                        zh: "与第 \(first) 行的身份证号相同", en: "The same identity number as in line \(first)")))
        } else {
            people[person] = line
        }
    }

    private static func text(_ field: String, of draft: Draft) -> String? {
        draft.writes.lazy.compactMap { if case .set(field, .text(let text)) = $0 { text } else { nil } }.first
    }

    private static func fields(_ change: Change, of kind: KindSchema) -> [ImportPlan.FieldChange] {
        change.edits.compactMap { edit in
            guard edit.old != edit.new, let field = kind.field(edit.field) else { return nil }
            return ImportPlan.FieldChange(field: field, from: edit.old, to: edit.new)
        }
    }

    /// - Throws: ``RosterMapping/RowError``.
    private func check(_ planned: RosterRow, key: RosterKey?) throws {
        if let line = key.flatMap({ lines[$0] }) {
            throw RosterMapping.RowError(
                field: key?.fields.joined(separator: ",") ?? "",
                reason: Label(zh: "与第 \(line) 行是同一个", en: "The same as in line \(line)"))
        }
        try checkPlace(planned)
        guard let first = planned.drafts.first, planned.known == nil, let field = first.kind.scopeField else { return }
        let code = Self.text(field, of: first)
        if !(code.map(desk.isVillage) ?? false) {
            let notOurs = code.map {
                Label(zh: "“\($0)”不是本镇街的村居代码", en: "“\($0)” is no village of this township")
            }
            throw RosterMapping.RowError(field: field, reason: notOurs ?? desk.villageNeeded)
        }
    }

    /// All of a row is in one village: its own, or that of the rows that name none.
    /// - Throws: ``RosterMapping/RowError``.
    private func checkPlace(_ planned: RosterRow) throws {
        var places = Set([planned.known?.scope.code].compactMap(\.self))
        let own = Set(planned.drafts.map(\.record))
        if let village, planned.drafts.first?.kind.scopeField == nil { places.insert(village.code) }
        for draft in planned.drafts {
            if let field = draft.kind.scopeField, let code = Self.text(field, of: draft) { places.insert(code) }
            for parent in draft.kind.parents {
                guard let id = Self.text(parent.field, of: draft).flatMap({ RecordID($0) }), !own.contains(id),
                    let kind = parent.kind.flatMap(transaction.schema.kind),
                    let record = try transaction.tables.record(id, kind: kind, in: transaction.database)
                else { continue }
                places.insert(record.scope.code)
            }
        }
        guard places.count > 1 else { return }
        throw RosterMapping.RowError(
            field: "household",
            reason: Label(
                zh: "这一行属于不止一个村居：\(places.sorted().joined(separator: "、"))",
                en: "The row is of more than one village: \(places.sorted().joined(separator: ", "))"))
    }

    private static func village(of record: RosterMapping.Draft) -> String {
        record.kind.scopeField.flatMap { record.value($0)?.text } ?? ""
    }

    private mutating func index(_ kind: KindSchema, _ fields: [String]) throws -> RosterIndex {
        let name = ([kind.name] + fields).joined(separator: " ")
        if let index = indexes[name] { return index }
        let index = try RosterIndex(
            kind, fields: fields, tables: transaction.tables, in: transaction.database)
        indexes[name] = index
        return index
    }
}
