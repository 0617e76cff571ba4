import Assistance
import RecordStore
import SyncEngine

/// The replica as the rules of a case see it: pending work included.
struct StationRecords: LinkedRecords {
    let transaction: ReplicaTransaction

    func record(_ id: RecordID, kind: KindSchema) throws -> Record? { try transaction.working(id, kind: kind) }
    func dependents(of record: Record) throws -> [Record] { try transaction.family(of: record) }

    /// Every case of the station.
    func files(at now: Instant) throws -> [CaseFile] {
        guard let kind = transaction.schema.kind("application") else { return [] }
        let shelf = try transaction.policyShelf()
        let all = try transaction.tables.list(
            kind, RecordSelection(limit: Limits.listRecords), in: transaction.database)
        return try all.compactMap { try CaseFile($0, in: self, at: now, shelf: shelf) }
    }
}
