package import GRDB
import SyncEngine

/// What is noted of the sets that were set aside, against the log: what each names, and what came of it. All of it follows
/// from the log, and a note that does not was put there by hand: a set that is called closed is tried by nobody again.
package struct QuarantineAudit {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    private struct Entry {
        let device: DeviceID
        let number: UInt64
        let state: String
        let closedBy: UInt64?
        /// As it was handed in; `nil` when no set of the log was set aside there.
        let set: ChangeSet?
        let isReleased: Bool
    }

    /// Entries, as `device/number`, that the log does not bear out.
    package func findings() throws -> [AuditFinding] {
        var closings: [DeviceID: [UInt64: UInt64]] = [:]
        var wrong: [String] = []
        for entry in try entries() {
            let closed = try closings[entry.device] ?? self.closings(by: entry.device)
            closings[entry.device] = closed
            let isSound = try isBorneOut(entry, closedBy: closed[entry.number]) && namesWhatItSays(entry)
            if !isSound { wrong.append("\(entry.device)/\(entry.number)") }
        }
        return (wrong + (try namesOfNoEntry())).map { AuditFinding(.quarantine, $0) }
    }

    private func isBorneOut(_ entry: Entry, closedBy: UInt64?) -> Bool {
        if entry.set == nil { return false }
        if entry.isReleased { return entry.state == "released" && entry.closedBy == nil }
        guard let closedBy else { return entry.state == "open" && entry.closedBy == nil }
        return entry.state == "closed" && entry.closedBy == closedBy
    }

    private func entries() throws -> [Entry] {
        let sql = """
            SELECT q.device, q.number, q.state, q.closed_by, l.bytes, EXISTS
            (SELECT 1 FROM log r WHERE r.device = q.device AND r.number = q.number AND r.is_release = 1)
            FROM quarantine q LEFT JOIN log l ON l.seq = q.seq AND l.device = q.device AND l.number = q.number
            AND l.result = 4 AND l.is_release = 0 ORDER BY q.device, q.number
            """
        return try Query(database, sql).all { row in
            Entry(
                device: row.id(0), number: row.uint64(1), state: row.text(2),
                closedBy: row.isNull(3) ? nil : row.uint64(3),
                set: row.isNull(4) ? nil : try? tables.codec.decode(set: row.bytes(4)), isReleased: row.bool(5))
        }
    }

    /// The number of each set that the device took back or amended, with the first set that did.
    private func closings(by device: DeviceID) throws -> [UInt64: UInt64] {
        var query = try Query(
            database,
            """
            SELECT number, bytes FROM log WHERE device = ? AND is_release = 0 AND bytes IS NOT NULL
            AND coalesce(problem, 0) <> ? ORDER BY number
            """)
        query.bind(device)
        query.bind(Problem.Code.notQuarantined.rawValue)
        var found: [UInt64: UInt64] = [:]
        try query.forEach { row in
            guard let set = try? tables.codec.decode(set: row.bytes(1)) else { return true }
            switch set.intent {
            case .amend(let number), .withdraw(let number): found[number] = found[number] ?? row.uint64(0)
            case .record, .resolve: break
            }
            return true
        }
        return found
    }

    private func namesWhatItSays(_ entry: Entry) throws -> Bool {
        var query = try Query(
            database, "SELECT record, operation FROM quarantined_change WHERE device = ? AND number = ?")
        query.bind(entry.device)
        query.bind(entry.number)
        let noted = try query.all { ($0.id(0), $0.int64(1)) }
        // The first of several changes of one record is the one that is noted.
        var named: [RecordID: Int64] = [:]
        for change in entry.set?.changes ?? [] where named[change.record] == nil {
            named[change.record] = Int64(change.operation.rawValue)
        }
        return noted.count == named.count && noted.allSatisfy { named[$0.0] == $0.1 }
    }

    private func namesOfNoEntry() throws -> [String] {
        try Query(
            database,
            """
            SELECT DISTINCT c.device, c.number FROM quarantined_change c WHERE NOT EXISTS
            (SELECT 1 FROM quarantine q WHERE q.device = c.device AND q.number = c.number) ORDER BY 1, 2
            """
        ).all { "\($0.id(0))/\($0.uint64(1))" }
    }
}
