package import EdgeClient
package import RecordStore
package import SyncEngine
import SyncWire
import TestSupport

/// One village's machine: the product's replica, `Courier` and `Syncer` on a simulated disk, clock and network. The
/// ledger beside it is what its people were told is saved; checkers hold the machine to it.
package final class SimulatedStation {
    package static let databaseName = "replica"

    package let index: Int
    package let device: DeviceID
    package let scope: Scope
    package let disk: SimulatedDisk
    package let keys: StandInKeys
    package private(set) var version: SimulatedSchema
    package private(set) var replica: ReplicaDatabase
    package var clockSkew: Int64 = 0
    /// The clock stands still for so long: times that tie.
    package var clockGranularity: Int64 = 1
    package var isRevoked = false
    /// Sets whose capture returned, with their hashes.
    package private(set) var ledger: [UInt64: Hash256] = [:]
    /// What the server has said of own sets in verified answers.
    package var told: [UInt64: Seq] = [:]
    package private(set) var restarts = 0
    private let checkpointPages: Int

    package init(
        index: Int, seed: UInt64, device: DeviceID, scope: Scope, epoch: EpochID, version: SimulatedSchema,
        checkpointPages: Int, templates: DatabaseTemplates
    ) throws {
        self.index = index
        self.device = device
        self.scope = scope
        self.version = version
        self.checkpointPages = checkpointPages
        disk = SimulatedDisk(seed: seed)
        keys = StandInKeys(device: device, seed: seed)
        templates.install("replica", version, on: disk, as: Self.databaseName)
        replica = try Self.open(disk, version, checkpointPages)
        try replica.write { transaction in
            try transaction.setPosition(
                ReplicaPosition(device: device, epoch: epoch, scopes: [scope], cursor: 0, isBootstrapped: false))
        }
    }

    deinit {
        disk.kill()
        try? replica.queue.close()
    }

    private static func open(
        _ disk: SimulatedDisk, _ version: SimulatedSchema, _ checkpointPages: Int
    ) throws -> ReplicaDatabase {
        let replica = try ReplicaDatabase(path: disk.path(databaseName), tables: version.tables)
        try replica.queue.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        }
        return replica
    }

    /// Opens the database anew; after a crash the disk is as `mode` leaves it.
    package func restart(_ mode: SimulatedDisk.Restart, version: SimulatedSchema? = nil) throws {
        try? replica.queue.close()
        if disk.isDead { disk.restart(mode) }
        self.version = version ?? self.version
        replica = try Self.open(disk, self.version, checkpointPages)
        restarts += 1
        try adopt()
    }

    /// A capture that failed at its commit may have been kept all the same: its author sees it after the restart.
    package func adopt() throws {
        let last = try replica.read { try $0.lastOutboxSet() }
        if ledger[last.number] == nil, last.number > 0 { ledger[last.number] = last.hash }
    }

    // MARK: - Acts

    package func now(_ world: Instant) -> Instant {
        let shown = world.milliseconds + clockSkew
        return Instant(milliseconds: max(0, shown - shown % clockGranularity))
    }

    @discardableResult package func capture(
        _ drafts: [Draft], reason: String = "", observedOn: CalendarDay? = nil, at world: Instant
    ) throws -> SealedSet? {
        let now = now(world)
        return try commit { capture, codec in
            let act = Capture<ReplicaTransaction>.Act(
                author: "author \(index)", reason: reason, observedOn: observedOn, now: now)
            return try capture.commit(drafts, act: act, codec: codec).sealed
        }
    }

    package func amend(_ number: UInt64, writes: [FieldWrite], at world: Instant) throws -> SealedSet? {
        let act = Capture<ReplicaTransaction>.Act(author: "author \(index)", reason: "amended", now: now(world))
        return try commit { try $0.amend(number, record: nil, writes: writes, act: act, codec: $1) }
    }

    package func withdraw(_ number: UInt64, at world: Instant) throws -> SealedSet? {
        let act = Capture<ReplicaTransaction>.Act(author: "author \(index)", reason: "withdrawn", now: now(world))
        return try commit { try $0.withdraw(number, act: act, codec: $1) }
    }

    private func commit(
        _ body: (Capture<ReplicaTransaction>, any ChangeCodec) throws -> SealedSet?
    ) throws -> SealedSet? {
        let codec = replica.tables.codec
        let sealed = try replica.write { transaction in
            let context = RuleContext(today: CalendarDay(daysSinceEpoch: 20_000))
            return try body(Capture(store: transaction, isDesk: false, context: context), codec)
        }
        if let sealed { ledger[sealed.set.number] = sealed.hash }
        return sealed
    }

    // MARK: - Sync

    package func sync(over transport: any Transport, clock: @escaping () -> Instant) throws {
        let (nonce, device) = try replica.read { transaction in
            (try Meta.bytes("nonce", in: transaction.database) ?? [], try transaction.position().device)
        }
        let courier = Courier(
            transport: transport, url: SimulatedNetwork.address, keyID: device.description,
            key: try keys.signer(of: device), nonce: nonce, clock: clock)
        var session = SyncSession()
        let syncer = Syncer(replica: replica, courier: courier, keys: keys)
        try syncer.run(&session)
        try syncer.repairIfDifferent(&session)
    }

    package func position() throws -> ReplicaPosition { try replica.read { try $0.position() } }

    /// Every record the server has stated, as the replica knows it.
    package func shadows() throws -> [RecordID: Record] {
        try replica.read { transaction in
            var found: [RecordID: Record] = [:]
            for kind in transaction.schema.kinds {
                try transaction.forEachShadow(of: kind) { found[$0.id] = $0 }
            }
            return found
        }
    }

    package func outbox(_ wanted: OutboxFilter.Wanted) throws -> [OutboxSet] {
        try replica.read { try $0.outboxSets(OutboxFilter(wanted)) }
    }
}
