import RecordStore
import SyncEngine

import class GRDB.Database

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

    /// The township when one of its histories began.
    struct EpochStart {
        var seq: Seq
        var desk: DeviceID
    }

    let rows: [Row]
    /// By device and number; of a released set the bytes are in its first row.
    let sets: [Key: ChangeSet]
    /// Of devices that were forked off others.
    let lineages: [DeviceID: [Lineage]]
    /// What each chain begins after.
    let starts: [DeviceID: Acknowledgement]
    /// The histories that led here, the present one last.
    let histories: [History]

    /// From when on the township went by another id.
    struct History {
        var epoch: EpochID
        /// The last seq that it takes to be common with the one before it.
        var fork: Seq
        var desk: DeviceID
        /// The last seq when it began.
        var start: Seq
    }

    struct Key: Hashable {
        var device: DeviceID
        var number: UInt64
    }

    /// - Parameter starts: when histories began, as the world saw it.
    init(_ database: AuthorityDatabase, starts epochStarts: [EpochID: EpochStart] = [:]) throws {
        rows = try Self.rows(database, after: 0)
        var sets: [Key: ChangeSet] = [:]
        for row in rows {
            guard let bytes = row.bytes else { continue }
            sets[Key(device: row.device, number: row.number)] = try database.tables.codec.decode(set: bytes)
        }
        self.sets = sets
        histories = try database.read { try Self.histories($0, epochStarts) }
        (lineages, starts) = try database.read { snapshot in
            let register = DeviceRegister(snapshot)
            var lineages: [DeviceID: [Lineage]] = [:]
            var starts: [DeviceID: Acknowledgement] = [:]
            for id in try Query(snapshot, "SELECT id FROM device").all({ $0.id(0) as DeviceID }) {
                guard let lineage = try register.device(id)?.state.lineage, let link = lineage.first else { continue }
                lineages[id] = lineage
                let hash = try register.chainHash(of: lineage, at: link.number) ?? .zero
                starts[id] = Acknowledgement(number: link.number, hash: hash)
            }
            return (lineages, starts)
        }
    }

    private static func histories(_ snapshot: Database, _ starts: [EpochID: EpochStart]) throws -> [History] {
        let epochs = try Query(snapshot, "SELECT id, fork_seq FROM epoch WHERE reason <> 'lost' ORDER BY rowid").all {
            row in
            (row.id(0) as EpochID, row.uint64(1))
        }
        return epochs.compactMap { epoch, fork in
            starts[epoch].map { History(epoch: epoch, fork: fork, desk: $0.desk, start: $0.seq) }
        }
    }

    /// A base as a seq of the history in which `row` was decided; what is not known of it counts as not seen.
    func seq(of base: Base, for row: Row) -> Seq {
        let then = histories.filter { $0.start < row.seq }
        guard let index = then.firstIndex(where: { $0.epoch == base.epoch }) else { return 0 }
        return then[(index + 1)...].map(\.fork).reduce(base.seq, min)
    }

    /// Whether a set is of the device, or of its past under another identity.
    func isOwn(_ device: DeviceID, _ number: UInt64, to other: DeviceID) -> Bool {
        device == other || lineages[other]?.contains { $0.device == device && number <= $0.number } ?? false
    }

    /// What the log holds under a station's identities, by number.
    func acts(of position: ReplicaPosition, _ codec: any ChangeCodec) -> [UInt64: Set<Hash256>] {
        let devices = Set([position.device] + position.lineage.map(\.device))
        var found: [UInt64: Set<Hash256>] = [:]
        for (key, set) in sets where devices.contains(key.device) {
            found[key.number, default: []].insert(SimulatedStation.act(set, codec))
        }
        return found
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
