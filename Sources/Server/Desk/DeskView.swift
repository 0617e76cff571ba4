import RecordStore
import SyncEngine

/// The authority as the desk's capture sees it: no overlay, for what the desk writes is decided at once.
struct DeskView: CaptureView {
    let transaction: AuthorityTransaction

    var schema: Schema { transaction.schema }
    func working(_ id: RecordID, kind: KindSchema) throws -> Record? { try transaction.record(id, kind: kind) }
    func overlay(of record: RecordID) throws -> [UInt64] { [] }
    func outboxSet(_ number: UInt64) throws -> OutboxSet? { nil }
    func dependents(of record: Record) throws -> [Record] {
        try transaction.dependents(of: record).filter { !$0.isDeleted }
    }
    func family(of record: Record) throws -> [Record] { try transaction.family(of: record).filter { !$0.isDeleted } }
}
