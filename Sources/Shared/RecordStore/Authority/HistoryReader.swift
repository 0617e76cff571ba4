package import GRDB
package import SyncEngine

/// Every set that names a record, losing and quarantined ones too.
package struct HistoryReader {
    private let reader: LogReader

    package init(_ database: Database, tables: RecordTables) { reader = LogReader(database, tables: tables) }

    /// In order of seq; empty for a record nobody has named.
    package func entries(of record: RecordID) throws -> [HistoryItem] {
        let results = try results(of: record)
        let applied = try reader.changes(of: record, after: 0).map { change in
            var item = HistoryItem(
                seq: change.seq, device: change.device, author: change.author, at: change.time.instant,
                reason: change.reason, effects: change.effects,
                outcome: HistoryItem.Outcome(results[change.seq] ?? .applied))
            item.isFlagged = change.isFlagged
            return item
        }
        return (applied + (try quarantined(record))).sorted { $0.seq < $1.seq }
    }

    private func results(of record: RecordID) throws -> [Seq: SetOutcome.Result] {
        var query = try Query(
            reader.database,
            "SELECT l.seq, l.result FROM log_change c JOIN log l ON l.seq = c.id >> 20 WHERE c.record = ?")
        query.bind(record)
        let rows = try query.all { row in
            (row.uint64(0), SetOutcome.Result(rawValue: UInt8(truncatingIfNeeded: row.int64(1))) ?? .applied)
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    private func quarantined(_ record: RecordID) throws -> [HistoryItem] {
        var query = try Query(
            reader.database,
            """
            SELECT l.seq, l.bytes FROM quarantined_change c
            JOIN log l ON l.device = c.device AND l.number = c.number AND l.result = 4 WHERE c.record = ?
            """)
        query.bind(record)
        return try query.all { ($0.uint64(0), $0.bytes(1)) }.flatMap { seq, bytes in
            let set = try reader.tables.codec.decode(set: bytes)
            return set.changes.filter { $0.record == record }.map {
                HistoryItem(typed: $0, in: set, seq: seq, outcome: .quarantined)
            }
        }
    }
}
