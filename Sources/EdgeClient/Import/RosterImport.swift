import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Turns the rows of a roster into records: each row is one change set. A household that is known by its key is
/// updated; what is below it is taken from the first import alone, so that a second one doubles nothing.
struct RosterImport {
    let recorder: Recorder
    let mapping: RosterMapping

    struct Result {
        var created = 0
        var updated = 0
        var rejected: [RejectedRow] = []
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
        do {
            let planned = try RosterRow(
                row, of: table, by: mapping,
                find: { try transaction.tables.first(of: $0.kind, where: $1, in: transaction.database) },
                newID: recorder.newID)
            let now = recorder.station.clock()
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(author: recorder.author, reason: recorder.reason, now: now)
            let sealed = try capture.commit(planned.drafts, act: act, codec: recorder.station.codec).sealed
            guard sealed != nil else { return }
            if planned.known == nil { result.created += planned.drafts.count } else { result.updated += 1 }
        } catch let error as RosterMapping.RowError {
            result.rejected.append(RejectedRow(line: row.line, field: error.field, reason: error.reason))
        } catch let problem as Problem {
            guard let rejected = RejectedRow(line: row.line, problem) else { throw problem }
            result.rejected.append(rejected)
        }
    }
}
