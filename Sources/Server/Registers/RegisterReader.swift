import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The township's tables as its registers see them.
struct RegisterReader {
    let tables: RecordTables
    let database: Database

    /// The records of these kinds, and the villages that are known: those with records, with a device, or named by one of
    /// these records.
    func book(of kinds: [String], files: Bool = false, today: CalendarDay) throws -> RegisterBook {
        var records = try kinds.flatMap { name -> [SyncEngine.Record] in
            guard let kind = tables.schema.kind(name) else { throw Problem(.unknownKind, name) }
            return try tables.all(of: kind, where: [], in: database)
        }
        if files {
            records += try records.flatMap { try tables.dependents(of: $0, in: database).filter { !$0.isDeleted } }
        }
        return RegisterBook(records, today: today, villages: try villages())
    }

    /// The book of a register, with the files below its records where they count.
    func book(of register: Register, today: CalendarDay) throws -> RegisterBook {
        try book(of: register.kinds, files: register.readsFiles, today: today)
    }

    /// What the rules warn of in a record, those of its register included.
    func findings(of id: RecordID, kind: KindSchema, today: CalendarDay) throws -> [Finding] {
        guard let register = Register.all.first(where: { $0.kinds.first == kind.name }) else {
            let record = try tables.record(id, kind: kind, in: database)
            return record.flatMap { kind.recordRule?($0.named(in: kind), RuleContext(today: today)) } ?? []
        }
        let entries = register.entries(Register.Selection(), of: try book(of: register, today: today))
        return entries.first { $0.record.record.id == id }?.findings ?? []
    }

    private func villages() throws -> Set<String> {
        let withRecords = try ScopeDigests.read(database).filter { $0.records > 0 }.map(\.scope)
        let withDevice = try DeviceRegister(database).stations().filter { !$0.state.isRevoked }.flatMap(\.state.scopes)
        return Set((withRecords + withDevice).map(\.code).filter(VillageCode.isValid))
    }
}

extension Township {
    /// What is to be completed or looked at in a record that was just written.
    func findings(of draft: Draft) throws -> [Finding] {
        try database.read { database in
            let ofRecord = try RegisterReader(tables: self.database.tables, database: database)
                .findings(of: draft.record, kind: draft.kind, today: clock().day)
            guard draft.kind.name == "trip" else { return ofRecord }
            let trip = try self.database.tables.record(draft.record, kind: draft.kind, in: database)
            guard let application = trip?.value("application", in: draft.kind).text else { return ofRecord }
            let file = try CaseReader(self, in: database).file(application, at: clock())
            return ofRecord + [file.tripFinding].compactMap(\.self)
        }
    }
}
