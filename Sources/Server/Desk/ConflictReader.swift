import Assistance
import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// Conflicts as the township's clerks see them, on one snapshot.
struct ConflictReader {
    let tables: RecordTables
    let database: Database

    /// One of them, without what it is about.
    struct Item {
        let conflict: SyncEngine.Record
        let kind: KindSchema
        let matter: ConflictMatter
        let field: String
        let record: RecordID

        /// Graver ones first, then in the order in which they came.
        var place: String {
            let rank = ConflictMatter.allCases.firstIndex(of: matter) ?? 0
            return "\(rank)-" + String(String(conflict.seq + 1_000_000_000_000).suffix(12)) + "-\(conflict.id)"
        }
    }

    /// The open ones in order.
    func open() throws -> [Item] {
        try tables.all(of: ConflictRecord.kind, where: [("state", .text("open"))], in: database).compactMap(item)
            .map { ($0.place, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    func item(_ conflict: SyncEngine.Record) -> Item? {
        let own = ConflictRecord.kind
        guard let kind = conflict.value("record_kind", in: own).text.flatMap(tables.schema.kind),
            let field = conflict.value("field", in: own).text,
            let record = conflict.value("record", in: own).recordID
        else { return nil }
        let matter = ConflictMatter(kind: kind.name, fields: Resolution.names(of: field, in: kind))
        return Item(conflict: conflict, kind: kind, matter: matter, field: field, record: record)
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownConflict``.
    func subject(_ id: RecordID) throws -> Resolution.Subject {
        guard let conflict = try tables.record(id, kind: ConflictRecord.kind, in: database) else {
            throw Problem(.unknownConflict, id.description)
        }
        return try subject(of: conflict)
    }

    func subject(of conflict: SyncEngine.Record) throws -> Resolution.Subject {
        try Resolution.subject(of: conflict, schema: tables.schema) { try tables.record($0, kind: $1, in: database) }
    }

    // MARK: - The household around it

    /// Steps from a record to its household, at most.
    private static let steps = 8

    /// The household that a record hangs below, whatever lies between; `nil` for a record of none.
    func household(of record: SyncEngine.Record, kind: KindSchema) throws -> SyncEngine.Record? {
        var (record, kind) = (record, kind)
        for _ in 0..<Self.steps where kind.name != householdKind.name {
            guard let (parent, parentKind) = try parent(of: record, kind: kind) else { return nil }
            (record, kind) = (parent, parentKind)
        }
        return kind.name == householdKind.name ? record : nil
    }

    private func parent(of record: SyncEngine.Record, kind: KindSchema) throws -> (SyncEngine.Record, KindSchema)? {
        for place in kind.parents {
            guard let parentKind = place.kind.flatMap(tables.schema.kind),
                let id = record.value(place.field, in: kind).recordID,
                let parent = try tables.record(id, kind: parentKind, in: database)
            else { continue }
            return (parent, parentKind)
        }
        return nil
    }

    /// The household with its people, and what else of it waits for a decision.
    struct Around {
        let household: Linked
        let members: [Linked]
        let head: Linked?
        let others: [Item]
        let isHeld: Bool
    }

    func around(_ subject: Resolution.Subject) throws -> Around? {
        guard let household = try household(of: subject.record, kind: subject.kind).flatMap(Linked.init) else {
            return nil
        }
        let records = TableRecords(tables: tables, database: database)
        let below = try CalculationInput.records(below: household.record) { try records.dependents(of: $0) }
        let members = below.compactMap(Linked.init).filter {
            $0.kind.name == memberKind.name && $0.record.mergedInto(in: memberKind) == nil
        }
        let ids = Set([household.record.id] + below.map(\.id))
        let open = try ids.flatMap { try tables.conflicts(in: database, includeClosed: false, of: $0) }
            .compactMap(item).sorted { $0.place < $1.place }
        return Around(
            household: household, members: members.sorted { $0.record.id < $1.record.id },
            head: try records.head(of: household, among: members),
            others: open.filter { $0.conflict.id != subject.conflict.id },
            isHeld: open.contains { Roll.holdingKinds.contains($0.kind.name) })
    }

    // MARK: - Who wrote, who decided

    /// What the sets that met say: who, when, why, from which device, in the order of the conflict's `seqs`.
    func writers(of subject: Resolution.Subject) throws -> [Writer] {
        let entries = try HistoryReader(database, tables: tables).entries(of: subject.record.id)
        let register = DeviceRegister(database)
        return try subject.elements("seqs").compactMap(Seq.init).compactMap { seq in
            guard let entry = entries.first(where: { $0.seq == seq }) else { return nil }
            return Writer(entry: entry, device: try register.device(entry.device))
        }
    }

    struct Writer {
        let entry: HistoryItem
        let device: RegisteredDevice?
    }

    /// A decision on a conflict that is closed.
    struct Decision {
        let seq: Seq
        let author: String
        let at: Instant
        let reason: String
        /// What stood before it, when it can stand again.
        let former: [Value]?
    }

    /// The last act of the desk on these fields since the conflict was closed; `nil` while nobody has decided.
    func decision(on subject: Resolution.Subject) throws -> Decision? {
        guard subject.state == .resolved else { return nil }
        let reader = HistoryReader(database, tables: tables)
        let closings = try reader.entries(of: subject.conflict.id).filter { $0.seq == subject.conflict.seq }
        let desk = try AuthorityIdentity.read(database).desk
        let entries = try reader.entries(of: subject.record.id).filter { $0.seq >= subject.conflict.seq }
        let keys: Set<FieldKey> =
            subject.isDeletion || subject.key.element != nil
            ? [subject.key] : Set(subject.fields.map { FieldKey(field: $0.name) })
        func changes(_ entry: HistoryItem) -> Bool {
            entry.effects.contains { keys.contains($0.key) && $0.changesValue }
        }
        let last = entries.last(where: changes)
        guard let entry = last ?? closings.last ?? entries.first else { return nil }
        return Decision(
            seq: entry.seq, author: entry.author, at: entry.at, reason: entry.reason,
            former: last.flatMap { $0.device == desk ? former(subject, before: $0) : nil })
    }

    private func former(_ subject: Resolution.Subject, before entry: HistoryItem) -> [Value] {
        func old(_ key: FieldKey, _ present: Value) -> Value {
            entry.effects.first { $0.key == key && $0.changesValue }?.old ?? present
        }
        if subject.isDeletion || subject.key.element != nil { return [old(subject.key, subject.standing[0])] }
        return zip(subject.fields, subject.standing).map { old(FieldKey(field: $0.name), $1) }
    }

    // MARK: - Questions

    /// What was asked about a conflict, the latest last.
    func questions(on conflict: RecordID) throws -> [Linked] {
        try tables.all(of: questionKind, where: [("conflict", .text(conflict.description))], in: database)
            .compactMap(Linked.init)
    }

    /// Open conflicts on which an answer has come.
    func answered() throws -> Int {
        try Query(
            database,
            """
            SELECT count(DISTINCT c.id) FROM conflict c JOIN question q ON q.conflict = c.id
            WHERE c.state = 'open' AND c.deleted = 0 AND q.deleted = 0 AND q.answer IS NOT NULL
            """
        ).first { $0.int(0) } ?? 0
    }
}
