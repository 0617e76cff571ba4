import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The township's tables as the rules of a case see them: a merged record is read with what was merged into it.
struct TableRecords: LinkedRecords {
    let tables: RecordTables
    let database: Database

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? {
        try tables.record(id, kind: kind, in: database).flatMap { $0.isDeleted ? nil : $0 }
    }

    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] {
        try tables.family(of: record, in: database).filter { !$0.isDeleted }
    }
}

/// Cases and what they are calculated with, read from the township's tables under the packs in use.
struct CaseReader: LinkedRecords {
    private let records: TableRecords
    /// The packs in use, their signatures checked.
    let shelf: PolicyShelf

    init(_ township: Township, in database: Database) throws {
        records = TableRecords(tables: township.database.tables, database: database)
        shelf = try PolicyDesk(township: township).contents(in: database).shelf
    }

    var tables: RecordTables { records.tables }
    var database: Database { records.database }

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? { try records.record(id, kind: kind) }
    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] { try records.dependents(of: record) }

    /// What the records say of a household, or of the one that it was merged into, to calculate with.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for what is no household.
    func calculationReading(of household: RecordID) throws -> CalculationInput.Reading {
        guard let named = try record(household, kind: householdKind) else {
            throw Problem(.unknownRecord, household.description)
        }
        let root = try canonical(named, kind: householdKind)
        let records = try CalculationInput.records(below: root) { try dependents(of: $0) }
        var reading = CalculationInput.read(household: root, records: records, schema: tables.schema)
        for source in reading.records where try !tables.openConflicts(of: source.id, in: database).isEmpty {
            reading.findings.append(CalculationInput.conflict(source))
        }
        return reading
    }

    /// What the records said of a household at a seq of the log.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` when it was not there yet.
    func calculationReading(of household: RecordID, asOf seq: Seq) throws -> CalculationInput.Reading {
        let reader = LogReader(database, tables: tables)
        func then(_ record: SyncEngine.Record) throws -> SyncEngine.Record? {
            try tables.schema.kind(record.kind).flatMap { try reader.record(record.id, kind: $0, asOf: seq) }
        }
        func known(_ id: RecordID) throws -> (present: SyncEngine.Record, then: SyncEngine.Record) {
            guard let present = try tables.record(id, kind: householdKind, in: database), let then = try then(present)
            else { throw Problem(.unknownRecord, "\(id) @ \(seq)") }
            return (present, then)
        }
        var (present, root) = try known(household)
        // What it was merged into by then; a circle ends somewhere too.
        for _ in 0..<16 {
            guard let next = root.mergedInto(in: householdKind) else { break }
            (present, root) = try known(next)
        }
        let records = try CalculationInput.records(below: present) { try tables.family(of: $0, in: database) }
        return CalculationInput.read(
            household: root, records: try records.compactMap(then), schema: tables.schema)
    }

    /// Who wrote a record first, as the log names that person; `nil` for a record that is not here.
    func author(of record: RecordID) throws -> String? {
        try HistoryReader(database, tables: tables).entries(of: record).first { $0.outcome != .quarantined }?.author
    }

    /// Who wrote a record, and who changed any of some of its fields since.
    func authors(of record: RecordID, changing isMeant: (String) -> Bool) throws -> Set<String> {
        let entries = try HistoryReader(database, tables: tables).entries(of: record).filter {
            $0.outcome != .quarantined
        }
        let later = entries.dropFirst().filter { $0.effects.contains { isMeant($0.field) } }
        return Set((entries.prefix(1) + later).map(\.author))
    }

    func kind(_ name: String) throws -> KindSchema {
        guard let kind = tables.schema.kind(name) else { throw Problem(.unknownKind, name) }
        return kind
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for an id that is no application's.
    func file(_ text: String, at now: Instant) throws -> CaseFile {
        guard let id = RecordID(text), let (record, _) = try tables.record(id, in: database), !record.isDeleted,
            let file = try CaseFile(record, in: self, at: now, shelf: shelf)
        else {
            throw Problem(
                .unknownRecord, text,
                explanation: Label(zh: "没有这个申请", en: "There is no such application"))
        }
        return file
    }

    /// The applications for a programme as they are on record, without what belongs to them.
    /// - Parameter states: those that are in one of these, by index; left out, all.
    func applications(for programme: Programme, in states: [CaseState]? = nil) throws -> [Linked] {
        guard let kind = tables.schema.kind("application") else { return [] }
        let wanted: [(field: String, value: Value)] = [("programme", .text(programme.rawValue))]
        guard let states else { return try tables.all(of: kind, where: wanted, in: database).compactMap(Linked.init) }
        return try states.flatMap { state in
            try tables.all(of: kind, where: wanted + [("status", .text(state.rawValue))], in: database)
                .compactMap(Linked.init)
        }
    }

    /// The cases that are due a request for a check, in order of their ids.
    /// - Parameter due: as the ledger has them; those that nobody has authorised are no task yet, and are found here.
    func awaitingCheckRequest(_ due: [DueTask], at now: Instant) throws -> [CaseFile] {
        let begun = try Programme.allCases.flatMap { try applications(for: $0, in: [.authorised, .preparing]) }
        return try Set(due.compactMap(\.application) + begun.map(\.record.id)).sorted().compactMap { id in
            try tables.record(id, in: database).flatMap { record, _ in
                record.isDeleted ? nil : try CaseFile(record, in: self, at: now, shelf: shelf)
            }
        }.filter(\.awaitsCheckRequest)
    }

    /// The cases in order of their ids.
    func files(_ selection: RecordSelection, at now: Instant) throws -> [CaseFile] {
        guard let kind = tables.schema.kind("application") else { return [] }
        return try tables.list(kind, selection, in: database).compactMap {
            try CaseFile($0, in: self, at: now, shelf: shelf)
        }
    }
}
