import RecordStore
import SyncEngine

/// The authority's log as it stands in its table, read without the product's readers.
struct LogSnapshot {
    struct Row {
        var seq: Seq
        var device: DeviceID
        var number: UInt64
        var hash: [UInt8]
        var bytes: [UInt8]?
        var result: SetOutcome.Result
        var problem: Int?
        var isDesk: Bool
        var isRelease: Bool
        var decidedAt: Instant
    }

    let rows: [Row]
    /// By device and number; of a released set the bytes are in its first row.
    let sets: [Key: ChangeSet]

    struct Key: Hashable {
        var device: DeviceID
        var number: UInt64
    }

    init(_ database: AuthorityDatabase) throws {
        rows = try Self.rows(database, after: 0)
        var sets: [Key: ChangeSet] = [:]
        for row in rows {
            guard let bytes = row.bytes else { continue }
            sets[Key(device: row.device, number: row.number)] = try database.tables.codec.decode(set: bytes)
        }
        self.sets = sets
    }

    func set(_ row: Row) -> ChangeSet? { sets[Key(device: row.device, number: row.number)] }

    static func rows(_ database: AuthorityDatabase, after seq: Seq) throws -> [Row] {
        try database.read { snapshot in
            var query = try Query(
                snapshot,
                """
                SELECT seq, device, number, hash, bytes, result, problem, is_desk, is_release, decided_at FROM log
                WHERE seq > ? ORDER BY seq
                """)
            query.bind(seq)
            return try query.all { row in
                Row(
                    seq: row.uint64(0), device: row.id(1), number: row.uint64(2), hash: row.bytes(3),
                    bytes: row.isNull(4) ? nil : row.bytes(4),
                    result: SetOutcome.Result(rawValue: UInt8(row.int(5))) ?? .quarantined,
                    problem: row.isNull(6) ? nil : row.int(6), isDesk: row.bool(7), isRelease: row.bool(8),
                    decidedAt: Instant(milliseconds: row.int64(9)))
            }
        }
    }
}
