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
    /// Who it is to the township: another one after a fork.
    package private(set) var device: DeviceID
    package let scope: Scope
    package private(set) var disk: SimulatedDisk
    package private(set) var keys: StandInKeys
    package private(set) var version: SimulatedSchema
    package private(set) var replica: ReplicaDatabase
    package var clockSkew: Int64 = 0
    /// The clock stands still for so long: times that tie.
    package var clockGranularity: Int64 = 1
    package var isRevoked = false
    /// Sets whose capture returned.
    package private(set) var ledger: [UInt64: Saved] = [:]
    /// Records that this disk has shown before a township became an older one.
    package private(set) var seen: Set<RecordID> = []
    private var aside: Copy?
    /// Of the township's databases, the one that it last synced with to the end.
    package var history = 0
    package private(set) var restarts = 0
    private let checkpointPages: Int

    /// A set as its author knows it.
    package struct Saved {
        /// As it was chained when it was saved; a fork chains it anew.
        package var hash: Hash256
        /// Of the act, whichever device it came to be under.
        package var act: Hash256
    }

    /// A set that was saved on a disk that is there no more.
    package struct Lost {
        package var number: UInt64
        package var act: Hash256
    }

    /// A data folder that was copied aside.
    private struct Copy {
        var disk: SimulatedDisk
        var keys: StandInKeys
        var ledger: [UInt64: Saved]
        var history: Int
    }

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
            try Meta.set(SimulatedTownship.signer.publicKey, for: "server_key", in: transaction.database)
            for name in ["station", "staff"] { try Meta.set(name, for: name, in: transaction.database) }
        }
    }

    /// Keeps the township's word on who it is.
    package func keep(_ certificate: [UInt8]) throws {
        try replica.write { transaction in
            try Meta.set(certificate, for: "certificate", in: transaction.database)
            try Meta.set(keys.first.publicKey, for: "sealing_public_key", in: transaction.database)
        }
    }

    /// Another machine with a copy of this one's data folder; both go on.
    package init(copying other: SimulatedStation, index: Int, seed: UInt64) throws {
        self.index = index
        device = other.device
        scope = other.scope
        version = other.version
        checkpointPages = other.checkpointPages
        clockSkew = other.clockSkew
        clockGranularity = other.clockGranularity
        isRevoked = other.isRevoked
        ledger = other.ledger
        history = other.history
        disk = SimulatedDisk(seed: seed)
        keys = StandInKeys(copying: other.keys, seed: seed)
        guard other.disk.copy(Self.databaseName, to: disk, as: Self.databaseName) else {
            throw Problem(.unreadableFile, "clone")
        }
        replica = try Self.open(disk, version, checkpointPages)
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

    // MARK: - Copies

    package var hasCopy: Bool { aside != nil }

    /// Copies the data folder aside.
    package func keepCopy(seed: UInt64) {
        let copy = SimulatedDisk(seed: seed)
        guard disk.copy(Self.databaseName, to: copy, as: Self.databaseName) else { return }
        aside = Copy(disk: copy, keys: StandInKeys(copying: keys, seed: seed), ledger: ledger, history: history)
    }

    /// Puts the data folder that was copied aside in place of the present one.
    /// - Returns: what was saved since: its disk is gone.
    package func putBack(seed: UInt64) throws -> [Lost] {
        guard let aside else { return [] }
        try replica.queue.close()
        let fresh = SimulatedDisk(seed: seed)
        guard aside.disk.copy(Self.databaseName, to: fresh, as: Self.databaseName) else { return [] }
        disk = fresh
        keys = StandInKeys(copying: aside.keys, seed: seed)
        let lost = ledger.filter { aside.ledger[$0.key]?.act != $0.value.act }
        ledger = aside.ledger
        history = aside.history
        seen = []
        replica = try Self.open(disk, version, checkpointPages)
        restarts += 1
        try adopt()
        return lost.map { Lost(number: $0.key, act: $0.value.act) }.sorted { $0.number < $1.number }
    }

    /// A capture that failed at its commit may have been kept all the same: its author sees it after the restart.
    package func adopt() throws {
        device = try position().device
        let last = try replica.read { try $0.lastOutboxSet().number }
        guard last > 0, ledger[last] == nil else { return }
        for sent in try replica.read({ try $0.outboxSets(OutboxFilter(.all, after: last - 1)) }) { save(sent.sealed) }
    }

    private func save(_ sealed: SealedSet) {
        let act = Self.act(sealed.set, replica.tables.codec)
        ledger[sealed.set.number] = Saved(hash: sealed.hash, act: act)
    }

    /// What was done, without under which identity.
    package static func act(_ set: ChangeSet, _ codec: any ChangeCodec) -> Hash256 {
        var set = set
        set.device = DeviceID(bytes: Array(repeating: 0, count: 16)) ?? set.device
        return Hash256(of: codec.encode(set))
    }

    /// An act of a desk, whichever desk it came to be under, and which number.
    struct EscrowedAct: Hashable {
        let hash: Hash256

        init(_ set: ChangeSet, _ codec: any ChangeCodec) {
            var set = set
            set.number = 1
            hash = SimulatedStation.act(set, codec)
        }
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
        if let sealed { save(sealed) }
        return sealed
    }

    // MARK: - Sync

    package func sync(over transport: any Transport) throws {
        defer { if let now = try? replica.read(Self.device) { device = now } }
        let (nonce, device) = try replica.read { transaction in
            (try Meta.bytes("nonce", in: transaction.database) ?? [], try Self.device(transaction))
        }
        let courier = Courier(
            transport: transport, url: SimulatedNetwork.address, keyID: device.description,
            key: try keys.signer(of: device), nonce: nonce)
        var session = SyncSession()
        let syncer = Syncer(
            replica: replica, courier: courier, keys: keys, signatures: StandInSignatures())
        try syncer.run(&session)
        try syncer.repairIfDifferent(&session)
        if session.recoveries == 0 { try replica.write { try $0.clearResets() } }
    }

    private static func device(_ transaction: ReplicaTransaction) throws -> DeviceID {
        guard let bytes = try Meta.bytes("device", in: transaction.database), let id = DeviceID(bytes: bytes) else {
            throw Problem(.notJoined)
        }
        return id
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

    /// The desk's sets that it holds for the township.
    /// Remembers the records that the township has stated; not those that it has stated as deleted.
    func noteSeen() throws {
        seen = try replica.read { transaction in
            var seen = self.seen
            for kind in transaction.schema.kinds where !kind.isSystem {
                try transaction.forEachShadow(of: kind) { stated in
                    if stated.isDeleted { seen.remove(stated.id) } else { seen.insert(stated.id) }
                }
            }
            return seen
        }
    }

    /// An item of the escrow, opened.
    struct HeldItem {
        var act: EscrowedAct
        var work: RevokedWork?
    }

    func escrow() throws -> [HeldItem] {
        try replica.read { transaction in
            try Query(transaction.database, "SELECT sealed FROM escrow").all { $0.bytes(0) }.map { sealed in
                let item = try EscrowedSet(decoding: try StandInEscrow.open.open(sealed))
                let set = try transaction.tables.codec.decode(set: item.bytes)
                return HeldItem(act: EscrowedAct(set, transaction.tables.codec), work: item.work)
            }
        }
    }

    package func outbox(_ wanted: OutboxFilter.Wanted) throws -> [OutboxSet] {
        try replica.read { try $0.outboxSets(OutboxFilter(wanted)) }
    }
}
