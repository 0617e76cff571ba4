package import GRDB
package import SyncEngine

/// Sets that are kept aside, with their reasons.
package struct QuarantineReader {
    let database: Database
    let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    package struct Entry {
        package var sealed: SealedSet
        package var outcome: SetOutcome
    }

    /// Those still open, of one device or of all, by device and number.
    package func open(device: DeviceID? = nil) throws -> [Entry] {
        var query = try Query(
            database,
            """
            SELECT l.bytes, l.number, l.seq, l.result, l.problem, l.problem_subject, l.problem_zh, l.problem_en, l.hash
            FROM quarantine q JOIN log l ON l.seq = q.seq
            WHERE q.state = 'open' AND (?1 IS NULL OR q.device = ?1) ORDER BY q.device, q.number
            """)
        query.bind(device?.bytes)
        return try query.all { row in
            guard let hash = Hash256(bytes: row.bytes(8)) else { throw Problem(.storage, "log.hash") }
            let set = try tables.codec.decode(set: row.bytes(0))
            return Entry(
                sealed: SealedSet(set: set, bytes: row.bytes(0), hash: hash), outcome: LogReader.outcome(row, from: 1))
        }
    }

    package func count() throws -> Int {
        try Query(database, "SELECT count(*) FROM quarantine WHERE state = 'open'").first { $0.int(0) } ?? 0
    }
}
