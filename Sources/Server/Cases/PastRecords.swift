import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// The township's records as they were after a set of the log: what was made of them then can be made again.
struct PastRecords: LinkedRecords {
    let tables: RecordTables
    let database: Database
    let seq: Seq

    private func then(_ record: SyncEngine.Record) throws -> SyncEngine.Record? {
        guard record.seq > seq else { return record.isDeleted ? nil : record }
        guard let kind = tables.schema.kind(record.kind),
            let past = try LogReader(database, tables: tables).record(record.id, kind: kind, asOf: seq)
        else { return nil }
        return past.isDeleted ? nil : past
    }

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? {
        try tables.record(id, kind: kind, in: database).flatMap(then)
    }

    /// What lay below it then: what hangs elsewhere now is looked for where it is.
    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] {
        guard let kind = tables.schema.kind(record.kind),
            let present = try tables.record(record.id, kind: kind, in: database)
        else { return [] }
        return try tables.family(of: present, in: database).compactMap(then)
    }
}
