import Assistance
import RecordStore
import SyncEngine

/// What says how much a case is due, and to how many: its decisions, steps and lines, and who lives in its household. What
/// else belongs to a case is not read: of a whole district only a few thousand small statements.
private struct MoneyRecords: LinkedRecords {
    let records: CaseReader

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? {
        try records.record(id, kind: kind)
    }

    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] {
        let kinds = record.kind == "household" ? ["member"] : ["decision", "case_move", "payment"]
        return try kinds.flatMap { name in
            try records.tables.all(
                of: records.kind(name), where: [(record.kind, .text(record.id.description))], in: records.database)
        }
    }
}

extension CaseReader {
    /// The cases that may be due money, in order of their ids, with what tells how much alone.
    func moneyFiles(at now: Instant) throws -> [CaseFile] {
        let kind = try kind("application")
        let records = MoneyRecords(records: self)
        return try CaseState.allCases.filter(\.isInForce).flatMap { state in
            try tables.all(of: kind, where: [("status", .text(state.rawValue))], in: database)
        }.sorted { $0.id < $1.id }.compactMap { try CaseFile($0, in: records, at: now, shelf: shelf) }
    }

    /// The cases with months up to this one that have no line, whole, in order of their ids.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    func due(_ month: Month, at now: Instant) throws -> [CaseFile] {
        try moneyFiles(at: now).filter { try !$0.unpaid(through: month).isEmpty }.map {
            try file($0.application.record.id.description, at: now)
        }
    }
}
