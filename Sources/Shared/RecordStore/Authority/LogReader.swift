package import GRDB
package import SyncEngine

/// Reads the authority's log inside one transaction or snapshot.
package struct LogReader {
    package let database: Database
    package let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    private static let positionBits: UInt64 = 20

    static func changeID(_ seq: Seq, _ position: Int) -> Int64 { Int64(seq << positionBits | UInt64(position)) }
    static func seq(ofChange id: Int64) -> Seq { UInt64(id) >> positionBits }

    /// The epoch and the latest seq.
    package func head() throws -> Base {
        guard let epoch = try Meta.bytes("epoch", in: database).flatMap({ EpochID(bytes: $0) }) else {
            throw Problem(.notInitialised)
        }
        let seq = try Query(database, "SELECT max(seq) FROM log").first { $0.uint64(0) } ?? 0
        return Base(epoch: epoch, seq: seq)
    }

    static func outcome(_ row: Columns, from column: Int32) -> SetOutcome {
        SetOutcome(
            number: row.uint64(column), seq: row.uint64(column + 1),
            result: SetOutcome.Result(rawValue: UInt8(truncatingIfNeeded: row.int64(column + 2))) ?? .quarantined,
            problem: problem(row, from: column + 3))
    }

    static func problem(_ row: Columns, from column: Int32) -> Problem? {
        guard !row.isNull(column), let code = Problem.Code(rawValue: row.int(column)) else { return nil }
        let explanation = row.optionalText(column + 2).map { Label(zh: $0, en: row.text(column + 3)) }
        return Problem(code, row.text(column + 1), explanation: explanation)
    }

    /// What a page needs to know of a logged change before it is decoded.
    package struct Header {
        package var seq: Seq
        package var record: RecordID
        package var kind: String
        package var operation: Change.Operation
        package var scope: Scope
        package var isDeleted: Bool
        /// The change of the set says all there is to say: no scope, alias or conflict came of it.
        package var isPlain: Bool
        package var device: DeviceID
        package var number: UInt64
        package var result: SetOutcome.Result
    }

    // The bytes of a set are not among the columns: SQLite would copy them for each of its changes.
    private static let columns = columns("")
    /// Of a single record, whose changes are of as many sets.
    private static let columnsWithBytes = columns(", l.bytes")

    private static func columns(_ more: String) -> String {
        """
        SELECT c.id, c.record, c.kind, c.operation, c.scope, c.deleted, c.set_change, c.effects,
        l.device, l.number, l.is_desk, l.is_flagged, l.result\(more)
        FROM log_change c JOIN log l ON l.seq = c.id >> 20
        """
    }

    private static let bytes = """
        SELECT o.bytes FROM log l JOIN log o ON o.device = l.device AND o.number = l.number
        WHERE l.seq = ? AND o.is_release = 0 LIMIT 1
        """

    package func changes(of record: RecordID, after seq: Seq) throws -> [LoggedChange] {
        var query = try Query(database, Self.columnsWithBytes + " WHERE c.record = ? AND c.id >= ? ORDER BY c.id")
        query.bind(record)
        query.bind(Self.changeID(seq + 1, 0))
        return try query.all { try lone($0, header: Self.header($0)) }
    }

    /// Every change of a record with what the log says beside it, oldest first.
    func headedChanges(of record: RecordID) throws -> [(header: Header, change: LoggedChange)] {
        var query = try Query(database, Self.columnsWithBytes + " WHERE c.record = ? ORDER BY c.id")
        query.bind(record)
        return try query.all { row in
            let header = Self.header(row)
            return (header, try lone(row, header: header))
        }
    }

    /// What the set of a seq did to these records, in the order in which it did it.
    package func changes(
        of records: some Sequence<RecordID>, at seq: Seq
    ) throws -> [(header: Header, change: LoggedChange)] {
        try records.flatMap { record in
            var query = try Query(database, Self.columnsWithBytes + " WHERE c.record = ? AND c.id >= ? AND c.id < ?")
            query.bind(record)
            query.bind(Self.changeID(seq, 0))
            query.bind(Self.changeID(seq + 1, 0))
            return try query.all { row in
                let header = Self.header(row)
                return (row.int64(0), header, try lone(row, header: header))
            }
        }.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
    }

    /// The changes of the interval (from, through], oldest first; `body` decodes those it wants, and returns false to
    /// stop.
    package func forEachChange(
        after from: Seq, through: Seq, _ body: (Header, _ decode: () throws -> LoggedChange) throws -> Bool
    ) throws {
        var query = try Query(database, Self.columns + " WHERE c.id >= ? AND c.id < ? ORDER BY c.id")
        query.bind(Self.changeID(from + 1, 0))
        query.bind(Self.changeID(through + 1, 0))
        var decoded = DecodedSet()
        try query.forEach { row in
            let header = Self.header(row)
            return try body(header) { try change(row, header: header, decoded: &decoded) }
        }
    }

    /// Every change of every record, record by record, oldest first; `body` decodes those it wants.
    func forEachChangeByRecord(_ body: (Header, _ decode: () throws -> LoggedChange) throws -> Void) throws {
        let query = try Query(database, Self.columns + " ORDER BY c.record, c.id")
        var decoded = DecodedSet()
        try query.forEach { row in
            let header = Self.header(row)
            try body(header) { try change(row, header: header, decoded: &decoded) }
            return true
        }
    }

    /// The set decoded last: neighbouring rows of one set decode it once.
    private struct DecodedSet {
        var seq: Seq = 0
        var set: ChangeSet?
    }

    /// Who wrote the set of a seq.
    package struct Origin {
        package let device: DeviceID
        package let isDesk: Bool
    }

    package func origin(of seq: Seq) throws -> Origin? {
        var query = try Query(database, "SELECT device, is_desk FROM log WHERE seq = ?")
        query.bind(seq)
        return try query.first { Origin(device: $0.id(0), isDesk: $0.bool(1)) }
    }

    private static func header(_ row: Columns) -> Header {
        Header(
            seq: seq(ofChange: row.int64(0)), record: row.id(1), kind: row.text(2),
            operation: Change.Operation(rawValue: UInt8(truncatingIfNeeded: row.int64(3))) ?? .edit,
            scope: Scope(row.text(4)), isDeleted: row.bool(5), isPlain: !row.isNull(6), device: row.id(8),
            number: row.uint64(9),
            result: SetOutcome.Result(rawValue: UInt8(truncatingIfNeeded: row.int64(12))) ?? .applied)
    }

    private func change(_ row: Columns, header: Header, decoded: inout DecodedSet) throws -> LoggedChange {
        if decoded.seq != header.seq || decoded.set == nil {
            decoded = DecodedSet(seq: header.seq, set: try tables.codec.decode(set: bytes(of: header.seq)))
        }
        guard let set = decoded.set else { throw Problem(.storage, "log.bytes") }
        guard header.isPlain else { return try change(row, header: header, in: set, verbatim: nil) }
        guard set.changes.indices.contains(row.int(6)) else { throw Problem(.storage, "log_change.set_change") }
        return try change(row, header: header, in: set, verbatim: set.changes[row.int(6)])
    }

    /// The change alone: of a set of hundreds nothing else is decoded.
    /// - Parameter row: with the set's bytes.
    private func lone(_ row: Columns, header: Header) throws -> LoggedChange {
        let bytes = try row.isNull(13) ? bytes(of: header.seq) : row.bytes(13)
        guard header.isPlain else {
            return try change(row, header: header, in: tables.codec.decode(heading: bytes), verbatim: nil)
        }
        let set = try tables.codec.decode(set: bytes, change: row.int(6))
        guard let only = set.changes.first else { throw Problem(.storage, "log_change.set_change") }
        return try change(row, header: header, in: set, verbatim: only)
    }

    private func change(
        _ row: Columns, header: Header, in set: ChangeSet, verbatim: Change?
    ) throws -> LoggedChange {
        LoggedChange(
            seq: header.seq, device: header.device, number: header.number, author: set.author, reason: set.reason,
            time: set.time, observationDay: set.observationDay, isDesk: row.bool(10), isFlagged: row.bool(11),
            record: header.record, kind: header.kind, operation: header.operation,
            effects: try verbatim?.verbatimEffects ?? tables.codec.decode(effects: row.bytes(7)))
    }

    /// Of the set that was decided at a seq; of one that was tried again those that were handed in.
    func bytes(of seq: Seq) throws -> [UInt8] {
        var query = try Query(database, Self.bytes)
        query.bind(seq)
        return try query.first { $0.bytes(0) } ?? []
    }

    /// The record as it was after `seq`, by undoing what came later.
    /// - Returns: `nil` when it did not exist then.
    package func record(_ id: RecordID, kind: KindSchema, asOf seq: Seq) throws -> Record? {
        guard let record = try tables.record(id, kind: kind, in: database) else { return nil }
        guard record.seq > seq else { return record }
        return Self.undo(try changes(of: id, after: 0), of: record, kind: kind, to: seq)
    }

    /// Takes what came after `seq` back, the latest first.
    private static func undo(_ log: [LoggedChange], of present: Record, kind: KindSchema, to seq: Seq) -> Record? {
        var record = present
        for change in log.reversed() where change.seq > seq {
            if change.isCreation { return nil }
            for effect in change.effects.reversed() where effect.changesValue {
                switch effect.field {
                case Effect.deleted: record.isDeleted = effect.old == .bool(true)
                case Effect.scope: record.scope = Scope(effect.old.text ?? record.scope.code)
                default: record.assign(effect.old, to: effect.key, in: kind)
                }
            }
        }
        record.seq = log.last { $0.seq <= seq }?.seq ?? 0
        return record
    }

    /// The record at `seq` with who wrote each of its fields: as the log says, whatever its row says. What a station is
    /// told, somebody has typed.
    /// - Returns: `nil` when it did not exist then, and when its row was collected.
    package func whole(_ id: RecordID, kind: KindSchema, asOf seq: Seq) throws -> PullFold.WholeRecord? {
        guard try tables.exists(id, kind: kind, in: database) else { return nil }
        return try whole(existing: id, kind: kind, asOf: seq)
    }

    /// The same of a record that has a row.
    func whole(existing id: RecordID, kind: KindSchema, asOf seq: Seq) throws -> PullFold.WholeRecord? {
        let log = try headedChanges(of: id).filter { $0.header.seq <= seq && $0.header.kind == kind.name }
        guard let first = log.first else { return nil }
        var fold = RecordFold(first.header, kind: kind)
        var writers: [FieldKey: Writer] = [:]
        for (header, change) in log {
            fold.apply(header, change)
            // Who wrote all of it is said once.
            for effect in log.count > 1 ? change.effects : [] where [.applied, .derived].contains(effect.result) {
                writers[FieldKey(field: effect.field)] = change.writer
            }
        }
        return PullFold.WholeRecord(record: fold.record, writers: writers, creator: first.change.writer)
    }

    /// The last seq decided at or before an instant. Where the server's clock was set back, what followed by the log's
    /// order and not after the instant belongs to it too.
    package func seq(asOf instant: Instant) throws -> Seq {
        var latest = try Query(
            database, "SELECT seq FROM log WHERE decided_at <= ? ORDER BY decided_at DESC, seq DESC LIMIT 1")
        latest.bind(instant.milliseconds)
        guard var seq = try latest.first({ $0.uint64(0) }) else { return 0 }
        var following = try Query(database, "SELECT seq, decided_at FROM log WHERE seq > ? ORDER BY seq")
        following.bind(seq)
        try following.forEach { row in
            guard row.int64(1) <= instant.milliseconds else { return false }
            seq = row.uint64(0)
            return true
        }
        return seq
    }
}
