import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The township's tables as the rules of a case see them.
struct TableRecords: LinkedRecords {
    let tables: RecordTables
    let database: Database
    /// The packs in use, their signatures checked.
    let shelf: PolicyShelf

    init(_ township: Township, in database: Database) throws {
        tables = township.database.tables
        self.database = database
        shelf = try PolicyDesk(township: township).contents(in: database).shelf
    }

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? {
        try tables.record(id, kind: kind, in: database).flatMap { $0.isDeleted ? nil : $0 }
    }

    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] {
        try tables.dependents(of: record, in: database).filter { !$0.isDeleted }
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

    /// The cases in order of their ids.
    func files(_ selection: RecordSelection, at now: Instant) throws -> [CaseFile] {
        guard let kind = tables.schema.kind("application") else { return [] }
        return try tables.list(kind, selection, in: database).compactMap {
            try CaseFile($0, in: self, at: now, shelf: shelf)
        }
    }
}
