import RecordStore
import SyncEngine
import SyncWire
import TestSupport

/// Invariant 7: merge is deterministic, and independent of chunking, retries and path. The log's sets, one at a time,
/// into a fresh authority give the same outcomes and the same records.
final class DeterministicMerge: Checker {
    let invariant = 7

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        let log = try world.log()
        let replay = try Replay(world, log)
        defer { replay.close() }
        try replay.run()
        let again = try LogSnapshot.rows(replay.database, after: 0)
        var found: [String] = []
        for (a, b) in zip(log.rows, again)
        where a.seq != b.seq || a.device != b.device || a.number != b.number || a.result != b.result
            || a.problem != b.problem
        {
            let problem = b.problem.map { " problem \($0)" } ?? ""
            found.append(
                "seq \(a.seq) \(a.number) was \(a.result), again \(b.seq) \(b.number) \(b.result)\(problem)")
        }
        if log.rows.count != again.count { found.append("\(log.rows.count) rows, again \(again.count)") }
        return try Array(found.prefix(3)) + compareRecords(world, replay.database)
    }

    private func compareRecords(_ world: Simulation, _ again: AuthorityDatabase) throws -> [String] {
        let schema = again.tables.schema
        var found: [String] = []
        for kind in schema.kinds {
            let all = RecordSelection(limit: Limits.listRecords, isComplete: true)
            let theirs = try world.township.records(of: kind, includeDeleted: true)
            let own = try again.read { try again.tables.list(kind, all, in: $0) }
            for (a, b) in zip(theirs, own) where a.id != b.id || !ShadowEqualsServer.same(a, b, kind) {
                found.append("\(kind.name) \(a.id): \(a.named(in: kind)), again \(b.named(in: kind))")
            }
            if theirs.count != own.count { found.append("\(kind.name): \(theirs.count), again \(own.count)") }
        }
        return Array(found.prefix(3))
    }
}

/// A fresh authority that is given the sets of a log.
private final class Replay {
    private let world: Simulation
    private let log: LogSnapshot
    private let disk = SimulatedDisk(seed: 0)
    private(set) var database: AuthorityDatabase
    private var previous: [DeviceID: Hash256] = [:]

    init(_ world: Simulation, _ log: LogSnapshot) throws {
        self.world = world
        self.log = log
        let version: SimulatedSchema = world.upgrades.isEmpty ? world.township.version : .first
        world.templates.install("authority", version, on: disk, as: "replay")
        database = try AuthorityDatabase(path: disk.path("replay"), tables: version.tables, isPooled: false)
        let devices = try world.township.database.read { snapshot in
            let register = DeviceRegister(snapshot)
            let desks = try Query(snapshot, "SELECT id FROM device WHERE is_desk = 1").all { $0.id(0) as DeviceID }
            return try register.stations() + desks.compactMap(register.device)
        }
        try database.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        try database.write { transaction in
            for var device in devices {
                device.state.acknowledged = Acknowledgement(number: device.state.lineage.first?.number ?? 0)
                try DeviceRegister(transaction.database).add(device)
            }
        }
    }

    func close() {
        disk.kill()
        try? database.pool.close()
    }

    /// The township goes by another id from here on.
    private func begin(_ history: LogSnapshot.History, after parent: EpochID?) throws {
        try database.write { transaction in
            var identity = world.township.identity
            (identity.epoch, identity.desk) = (history.epoch, history.desk)
            try transaction.registerEpoch(history.epoch, parent: parent, fork: history.fork, at: world.now)
            try identity.write(to: transaction.database)
        }
    }

    func run() throws {
        var upgrades = world.upgrades[...]
        var histories = log.histories[...]
        var epoch: EpochID?
        var rows = log.rows[...]
        while let first = rows.first {
            while let history = histories.first, first.seq > history.start {
                try begin(history, after: epoch)
                epoch = history.epoch
                histories.removeFirst()
            }
            if let upgrade = upgrades.first, first.seq > upgrade.after {
                try apply(upgrade, at: first.decidedAt)
                upgrades.removeFirst()
            }
            let last = min(histories.first?.start ?? .max, upgrades.first?.after ?? .max)
            let alike = rows.prefix { $0.seq <= last }
            try decide(alike)
            rows = rows.dropFirst(alike.count)
        }
        for upgrade in upgrades { try apply(upgrade, at: world.now) }
    }

    /// One set at a time, one commit for all: nothing crashes here.
    private func decide(_ rows: ArraySlice<LogSnapshot.Row>) throws {
        try database.pool.writeWithoutTransaction { connection in
            try connection.transaction(.immediate) {
                for row in rows where !row.isRelease {
                    let transaction = AuthorityTransaction(connection, tables: database.tables)
                    try decide(row, in: transaction)
                    try transaction.finish()
                }
            }
        }
    }

    private func decide(_ row: LogSnapshot.Row, in transaction: AuthorityTransaction) throws {
        guard let bytes = row.bytes, let set = log.set(row) else { return }
        let before = previous[row.device] ?? log.starts[row.device]?.hash ?? .zero
        let sealed = SealedSet(set: set, bytes: bytes, after: before)
        previous[row.device] = sealed.hash
        guard let device = try DeviceRegister(transaction.database).device(row.device) else { return }
        _ = try decision(transaction, at: row.decidedAt).decide([sealed], previousHash: before, from: device.state)
    }

    private func apply(_ upgrade: Simulation.Upgrade, at now: Instant) throws {
        try database.pool.close()
        database = try AuthorityDatabase(
            path: disk.path("replay"), tables: upgrade.version.tables, isPooled: false)
        try database.write { transaction in
            for device in try DeviceRegister(transaction.database).stations()
            where !upgrade.revoked.contains(device.state.id) {
                try decision(transaction, at: now).release(
                    device.state, codes: [.newerSchema, .waitingForRecord])
            }
        }
    }

    private func decision(
        _ transaction: AuthorityTransaction, at now: Instant
    ) -> PushDecision<AuthorityTransaction> {
        PushDecision(
            store: transaction, codec: database.tables.codec, region: SimulatedTownship.region, now: now)
    }
}
