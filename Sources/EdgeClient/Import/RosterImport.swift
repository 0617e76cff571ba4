import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Turns the rows of a roster into records: each row is one change set. A household that is known by its key is
/// updated; what is below it is taken from the first import alone, so that a second one doubles nothing.
struct RosterImport {
    let recorder: Recorder
    let mapping: RosterMapping

    struct Rejection {
        var line: Int
        var field: String
        var reason: Label

        var document: JSONValue {
            .object([("line", .int(Int64(line))), ("field", .string(field)), ("reason", .string(reason.text()))])
        }

        var text: String { L("第 \(line) 行 \(field)：", "Line \(line), \(field): ") + reason.text() }
    }

    struct Result {
        var created = 0
        var updated = 0
        var rejected: [Rejection] = []
    }

    /// Rows in one transaction: a power cut loses at most these, and none of them half.
    private static let rowsPerTransaction = 100

    /// - Throws: the store's errors; a bad row is in the result.
    func run(_ table: CSVTable, onProgress: (Int) -> Void) throws -> Result {
        var result = Result()
        let station = recorder.station
        for start in stride(from: 0, to: table.rows.count, by: Self.rowsPerTransaction) {
            let rows = table.rows[start..<min(start + Self.rowsPerTransaction, table.rows.count)]
            try station.replica.write { transaction in
                for row in rows { try importRow(row, of: table, in: transaction, result: &result) }
            }
            onProgress(start + rows.count)
        }
        return result
    }

    private func importRow(
        _ row: CSVTable.Row, of table: CSVTable, in transaction: ReplicaTransaction, result: inout Result
    ) throws {
        guard let fields = table.fields(of: row) else {
            let reason = Label(
                zh: "应有 \(table.header.count) 列，实有 \(row.fields.count) 列",
                en: "\(row.fields.count) columns instead of \(table.header.count)")
            result.rejected.append(Rejection(line: row.line, field: "", reason: reason))
            return
        }
        do {
            let drafts = try mapping.drafts(of: fields)
            let (planned, created) = try plan(drafts, in: transaction)
            let now = recorder.station.clock()
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(author: recorder.author, reason: recorder.reason, now: now)
            let sealed = try capture.commit(planned, act: act, codec: recorder.station.codec).sealed
            guard sealed != nil else { return }
            if created { result.created += planned.count } else { result.updated += 1 }
        } catch let error as RosterMapping.RowError {
            result.rejected.append(Rejection(line: row.line, field: error.field, reason: error.reason))
        } catch let problem as Problem where problem.code.rawValue < 3000 {
            let reason = problem.explanation ?? problem.code.title
            result.rejected.append(Rejection(line: row.line, field: problem.subject, reason: reason))
        }
    }

    /// The row's records as drafts with their ids, or the update of the one that is known by its key.
    private func plan(
        _ drafts: [RosterMapping.Draft], in transaction: ReplicaTransaction
    ) throws -> (drafts: [Draft], areNew: Bool) {
        var ids: [String: RecordID] = [:]
        let new = drafts.map { draft -> (RosterMapping.Draft, RecordID) in
            let id = recorder.newID()
            if let alias = draft.alias { ids[alias] = id }
            return (draft, id)
        }
        if let first = drafts.first, !first.key.isEmpty, let known = try find(first, in: transaction) {
            return (
                [Draft(kind: first.kind, record: known.id, operation: .edit, writes: try writes(first, ids: ids))],
                false
            )
        }
        return (
            try new.map { draft, id in
                Draft(kind: draft.kind, record: id, operation: .create, writes: try writes(draft, ids: ids))
            }, true
        )
    }

    private func writes(_ draft: RosterMapping.Draft, ids: [String: RecordID]) throws -> [FieldWrite] {
        try draft.fields.map { name, field in
            switch field {
            case .value(let value): return .set(name, value)
            case .reference(let alias):
                guard let id = ids[alias] else { throw Problem(.badMapping, alias) }
                return .set(name, .text(id.description))
            }
        }
    }

    private func find(_ draft: RosterMapping.Draft, in transaction: ReplicaTransaction) throws -> Record? {
        var wanted: [(String, Value)] = []
        for name in draft.key {
            guard let field = draft.fields.first(where: { $0.name == name }), case .value(let value) = field.value
            else {
                return nil
            }
            wanted.append((name, value))
        }
        return try transaction.tables.first(of: draft.kind, where: wanted, in: transaction.database)
    }
}
