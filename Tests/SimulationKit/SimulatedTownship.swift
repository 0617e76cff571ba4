package import EdgeClient
package import RecordStore
import Server
package import SyncEngine
import SyncWire
import TestSupport

/// The township's machine: the product's store, `Exchange` and `Desk` on a simulated disk and clock.
package final class SimulatedTownship {
    package static let region = Scope("370404101")
    package static let databaseName = "authority"

    package private(set) var disk: SimulatedDisk
    package let clock: SimulatedClock
    package let identity: AuthorityIdentity
    package private(set) var version: SimulatedSchema
    package private(set) var database: AuthorityDatabase
    private var exchange: Exchange
    /// Of the running service: lost when it dies.
    private var sightings = Sightings()
    private var answered = 0
    /// `serve` writes them now and then, whatever was asked since.
    private static let answersPerFlush = 4
    private let nonces: NonceIssuer
    static let signer = StandInSigner(number: 1)
    private let ids: SharedRandom
    /// Pages of the write-ahead log after which it is written back: small, so that it happens often.
    private let checkpointPages: Int
    package private(set) var restarts = 0
    private var copies: [CopyKind: Copy] = [:]

    /// A copy of the database that was put aside.
    package enum CopyKind {
        /// By `ruhu-server backup`; it comes back with `restore`, as a new history.
        case backup
        /// By hand; it comes back by hand, and nobody says so.
        case file
    }

    private struct Copy {
        var disk: SimulatedDisk
        var version: SimulatedSchema
        /// Of its past.
        var upgrades: [Simulation.Upgrade]
    }

    package init(
        seed: UInt64, identity: AuthorityIdentity, version: SimulatedSchema, now: Instant, checkpointPages: Int,
        templates: DatabaseTemplates
    ) throws {
        disk = SimulatedDisk(seed: seed)
        clock = SimulatedClock(milliseconds: now.milliseconds)
        self.identity = identity
        self.version = version
        self.checkpointPages = checkpointPages
        let random = SharedRandom(seed: seed &+ 1)
        ids = SharedRandom(seed: seed &+ 2)
        nonces = NonceIssuer(secret: Array(repeating: 7, count: 32), random: { random.next() })
        templates.install("authority", version, on: disk, as: Self.databaseName)
        database = try Self.open(disk, version, checkpointPages)
        exchange = Self.makeExchange(database, nonces, clock, ids)
        try database.write { transaction in
            try identity.write(to: transaction.database)
            try transaction.registerEpoch(identity.epoch, at: now)
            let desk = RegisteredDevice(
                state: DeviceState(id: identity.desk, isDesk: true, scopes: [Self.region]), station: "desk",
                staff: "desk", signingKey: Self.signer.publicKey, sealingKey: [], enrolledAt: now)
            try DeviceRegister(transaction.database).add(desk)
        }
    }

    deinit {
        disk.kill()
        try? database.pool.close()
    }

    private static func open(
        _ disk: SimulatedDisk, _ version: SimulatedSchema, _ checkpointPages: Int
    ) throws -> AuthorityDatabase {
        let database = try AuthorityDatabase(
            path: disk.path(databaseName), tables: version.tables, isPooled: false)
        try database.pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        }
        return database
    }

    private static func makeExchange(
        _ database: AuthorityDatabase, _ nonces: NonceIssuer, _ clock: SimulatedClock, _ ids: SharedRandom
    ) -> Exchange {
        Exchange(
            tables: database.tables, desk: desk(database), signer: signer, sealing: SealingKey(),
            signatures: StandInSignatures(), nonces: nonces,
            clock: { clock.instant },
            newID: { now in
                var random = SeededRandom(ids.next())
                return .v7(milliseconds: now.milliseconds, using: &random)
            })
    }

    private var desk: Desk { Self.desk(database) }

    private static func desk(_ database: AuthorityDatabase) -> Desk {
        Desk(region: region, signer: signer, codec: database.tables.codec, escrow: StandInEscrow.open)
    }

    // MARK: - Life of the machine

    /// Opens the database anew, as the service does when it starts; after a crash the disk is as `mode` leaves it.
    package func restart(_ mode: SimulatedDisk.Restart, version: SimulatedSchema? = nil) throws {
        try? database.pool.close()
        if disk.isDead { disk.restart(mode) }
        self.version = version ?? self.version
        database = try Self.open(disk, self.version, checkpointPages)
        exchange = Self.makeExchange(database, nonces, clock, ids)
        sightings = Sightings()
        restarts += 1
    }

    /// After an upgrade: what a newer program wrote is decided.
    package func retryHeld() throws {
        try database.write { transaction in
            let register = DeviceRegister(transaction.database)
            let decision = PushDecision(
                store: transaction, codec: database.tables.codec, region: Self.region, now: clock.instant)
            for device in try register.stations() where !device.state.isRevoked {
                try decision.release(device.state, codes: [.newerSchema, .waitingForRecord])
            }
        }
    }

    // MARK: - Copies

    package func hasCopy(_ kind: CopyKind) -> Bool { copies[kind] != nil }
    package func upgrades(ofCopy kind: CopyKind) -> [Simulation.Upgrade] { copies[kind]?.upgrades ?? [] }

    /// Copies the database aside.
    package func keepCopy(_ kind: CopyKind, upgrades: [Simulation.Upgrade] = [], seed: UInt64) throws {
        let copy = SimulatedDisk(seed: seed)
        guard disk.copy(Self.databaseName, to: copy, as: Self.databaseName) else { return }
        copies[kind] = Copy(disk: copy, version: version, upgrades: upgrades)
        guard kind == .backup else { return }
        // As `Backup.write`: only what is durable in a backup leaves the escrow.
        let head = try head()
        try database.write { try EscrowStore($0.database).setWatermark(head) }
    }

    /// Puts a copy in place of the database.
    /// - Returns: the program that had written it; `nil` when there is none.
    package func putBack(_ kind: CopyKind, seed: UInt64) throws -> SimulatedSchema? {
        guard let copy = copies[kind] else { return nil }
        try? database.pool.close()
        let fresh = SimulatedDisk(seed: seed)
        guard copy.disk.copy(Self.databaseName, to: fresh, as: Self.databaseName) else { return nil }
        disk = fresh
        try restart(.keepsAll)
        guard kind == .backup else { return copy.version }
        // As `Backup.restore`.
        let head = try head()
        try database.write { transaction in
            try transaction.startEpoch(
                fork: head, epoch: newID(), desk: newID(), reason: "restore", at: clock.instant)
            try EscrowStore(transaction.database).setWatermark(head)
        }
        return copy.version
    }

    package func epochNow() throws -> EpochID? {
        try database.read { try Meta.bytes("epoch", in: $0).flatMap { EpochID(bytes: $0) } }
    }

    package func identityNow() throws -> AuthorityIdentity { try database.read(AuthorityIdentity.read) }

    private func newID() -> RecordID {
        var random = SeededRandom(ids.next())
        return .v7(milliseconds: clock.instant.milliseconds, using: &random)
    }

    /// - Returns: the certificate.
    @discardableResult package func enrol(
        _ device: DeviceID, scope: Scope, signer: StandInSigner
    ) throws -> [UInt8] {
        var enrolled = RegisteredDevice(
            state: DeviceState(id: device, isDesk: false, scopes: [scope]), station: "station", staff: "staff",
            signingKey: signer.publicKey, sealingKey: signer.publicKey, enrolledAt: clock.instant)
        let certified = Readmission(
            device: device, signingKey: signer.publicKey, sealingKey: signer.publicKey, scopes: [scope],
            station: "station", staff: "staff", lineage: nil)
        enrolled.certificate = try Self.signer.signature(for: certified.statement)
        try database.write { [enrolled] in try DeviceRegister($0.database).add(enrolled) }
        return enrolled.certificate
    }

    /// An act of the desk, as `ruhu-server device revoke` writes it.
    package func revoke(_ device: DeviceID) throws {
        let writes: [FieldWrite] = [
            .set("device", .text(device.description)), .set("staff", .text("staff")), .set("reason", .text("lost")),
        ]
        let draft = Draft(kind: DeviceRevocation.kind, record: newID(), operation: .create, writes: writes)
        _ = try act([draft], reason: "lost", seen: nil, author: "clerk")
    }

    /// Those that the register calls revoked, and those that it does not know while the record of their revocation is
    /// here: they are not let in again.
    package func revokedDevices() throws -> Set<DeviceID> {
        try database.read { snapshot in
            let marked = try Query(snapshot, "SELECT id FROM device WHERE revoked_at IS NOT NULL").all { $0.id(0) }
            let known = Set(try Query(snapshot, "SELECT id FROM device").all { $0.id(0) })
            let kind = DeviceRevocation.kind
            let recorded = try database.tables.list(kind, RecordSelection(), in: snapshot)
                .compactMap { $0.value("device", in: kind).text.flatMap { DeviceID($0) } }
            return Set(marked).union(recorded.filter { !known.contains($0) })
        }
    }

    // MARK: - Exchanges

    /// What the server's HTTP side does, without HTTP. The answer of a server that died meanwhile is never sent.
    package func answer(_ request: HTTPRequest) -> HTTPResponse? {
        let path = request.url.dropFirst(SimulatedNetwork.address.count)
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [String: String] = [:]
        for name in Self.headerNames {
            if let value = request.headers[name] { headers[name] = value }
        }
        let head = RequestHead(
            method: request.method.rawValue, authority: SimulatedNetwork.authority, path: String(parts[0]),
            query: parts.count == 2 ? String(parts[1]) : nil, headers: headers)
        let answer = exchange.answer(head, raw: request.body, database: database, sightings: sightings)
        answered += 1
        if answered.isMultiple(of: Self.answersPerFlush) { try? sightings.flush(to: database) }
        if disk.isDead { return nil }
        let plain = answer.body(as: .protobuf)
        let coding = plain.count < Self.smallestCompressedBytes ? ContentCoding.identity : .zstd
        let body = coding.compress(plain)
        var answered: HTTPHeaders = ["Content-Type": MediaType.protobuf.rawValue]
        if coding != .identity { answered.append("Content-Encoding", coding.rawValue) }
        return HTTPResponse(
            status: answer.status, headers: answered, body: body,
            traffic: Traffic(sent: Int64(request.body.count), received: Int64(body.count)))
    }

    private static let headerNames = [
        "content-type", "accept", "accept-encoding", "content-digest", "signature-input", "signature",
        "content-encoding",
    ]
    /// As the product's HTTP side has it.
    private static let smallestCompressedBytes = 256

    // MARK: - The desk

    package func act(
        _ drafts: [Draft], reason: String, intent: Intent = .record, seen: Seq?, author: String
    ) throws -> SetOutcome? {
        let act = Desk.Act(author: author, reason: reason, intent: intent, seen: seen, now: clock.instant)
        return try database.write { try desk.act(drafts, act, in: $0) }
    }

    /// Decides a deletion's conflict for the record.
    package func keep(_ record: RecordID, kind: KindSchema, conflict: RecordID, author: String) throws -> SetOutcome {
        let act = Desk.Act(author: author, reason: "kept", intent: .resolve(conflict), seen: nil, now: clock.instant)
        return try database.write { transaction in
            let change = Change(kind: kind.name, record: record, operation: .edit)
            return try desk.decide([change], act, base: try transaction.head(), in: transaction)
        }
    }

    package func head() throws -> Seq {
        try database.read { try LogReader($0, tables: database.tables).head().seq }
    }

    package func records(of kind: KindSchema, includeDeleted: Bool = false) throws -> [Record] {
        let all = try database.read {
            try database.tables.list(kind, RecordSelection(limit: Limits.listRecords, isComplete: true), in: $0)
        }
        return includeDeleted ? all : all.filter { !$0.isDeleted }
    }
}
