import Assistance
import CommandSupport
import EdgeClient
import Foundation
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport

/// A township and a few stations with the product's own exchange, stores and files, without HTTP.
final class BlobWorld {
    static let region = Scope("370404101")
    static let epoch = EpochID(high: 0x0199_0000_0000_7000, low: 0x8000_0000_0000_0001)
    static let desk = DeviceID(high: 0x0199_0000_0000_7000, low: 0x8000_0000_0000_0002)
    static let tables = RecordTables(schema: AssistanceSchema.current, codec: WireCodec()) { _, _ in nil }

    /// Sealing is not what is tried here.
    private static let escrow = Escrow(seal: { $0 }, open: { $0 })

    let folder: URL
    let authority: AuthorityDatabase
    let exchange: Exchange
    let attachments: Attachments
    private(set) var stations: [BlobStation] = []
    private var random = SeededRandom(7)
    private var milliseconds: Int64 = 1_790_000_000_000

    init(villages: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-blobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = try AuthorityDatabase(path: folder.appending(path: "authority.sqlite").path, tables: Self.tables)
        let identity = AuthorityIdentity(name: "镇", region: Self.region, epoch: Self.epoch, desk: Self.desk)
        let signer = try Ed25519().signer(privateKey: [UInt8](repeating: 9, count: 32))
        let desk = Desk(region: Self.region, signer: signer, codec: WireCodec(), escrow: Self.escrow)
        attachments = Attachments(
            blobs: BlobFolder(path: folder.appending(path: "township-blobs").path), desk: desk)
        var exchange = Exchange(
            tables: Self.tables, desk: desk, signer: signer, sealing: SealingKey(), signatures: Ed25519(),
            nonces: NonceIssuer(secret: [UInt8](repeating: 3, count: 32)),
            clock: { Instant(milliseconds: 1_790_000_000_000) }, newID: { _ in Self.desk })
        exchange.attachments = attachments
        self.exchange = exchange
        try authority.write { transaction in
            try identity.write(to: transaction.database)
            try transaction.registerEpoch(Self.epoch, at: Instant(milliseconds: milliseconds))
        }
        try register(Self.desk, scope: Self.region, isDesk: true, key: signer.publicKey)
        for (index, village) in villages.enumerated() { try addStation(index, village: Scope(village)) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func register(_ device: DeviceID, scope: Scope, isDesk: Bool, key: [UInt8]) throws {
        let registered = RegisteredDevice(
            state: DeviceState(id: device, isDesk: isDesk, scopes: [scope]), station: "s", staff: "w",
            signingKey: key, sealingKey: [], enrolledAt: Instant(milliseconds: milliseconds))
        try authority.write { try DeviceRegister($0.database).add(registered) }
    }

    private func addStation(_ index: Int, village: Scope) throws {
        let device = DeviceID.v7(milliseconds: milliseconds + Int64(index), using: &random)
        let signer = try Ed25519().signer(privateKey: [UInt8](repeating: UInt8(20 + index), count: 32))
        try register(device, scope: village, isDesk: false, key: signer.publicKey)
        let replica = try ReplicaDatabase(
            path: folder.appending(path: "replica-\(index).sqlite").path, tables: Self.tables)
        try replica.write { transaction in
            try transaction.setPosition(
                ReplicaPosition(device: device, epoch: Self.epoch, scopes: [village], cursor: 0, isBootstrapped: false))
        }
        let transport = LoopTransport(exchange: exchange, database: authority)
        let courier = Courier(
            transport: transport, url: "http://127.0.0.1:1", keyID: device.description, key: signer, nonce: [])
        stations.append(
            BlobStation(
                device: device, replica: replica,
                blobs: BlobFolder(path: folder.appending(path: "blobs-\(index)").path),
                courier: courier, transport: transport, key: signer))
    }

    // MARK: - Acts

    func newID() -> RecordID {
        milliseconds += 1
        return .v7(milliseconds: milliseconds, using: &random)
    }

    func household(_ station: Int) throws -> RecordID {
        let id = newID()
        let kind = Self.tables.schema.kind("household")!  // declared
        try stations[station].capture([Draft(kind: kind, record: id, operation: .create)])
        return id
    }

    /// Attaches `content` as `ruhu attach` does.
    func attach(_ content: [UInt8], to record: RecordID, at station: Int) throws -> RecordID {
        let file = folder.appending(path: UUID().uuidString)
        try Data(content).write(to: file)
        let (blob, size, _) = try stations[station].blobs.adopt(file.path)
        let id = newID()
        try stations[station].capture([
            Draft(
                kind: Attachment.kind, record: id, operation: .create,
                writes: [
                    .set("record", .text(record.description)), .set("sha256", .text(blob.description)),
                    .set("kind", .text("photo")), .set("size", .int64(Int64(size))),
                ])
        ])
        return id
    }

    func photo(bytes: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed)
        return (0..<bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    func attachment(_ id: RecordID) throws -> Attachment? {
        try authority.read { try Self.tables.record(id, kind: Attachment.kind, in: $0) }.flatMap { Attachment($0) }
    }
}

struct BlobStation {
    let device: DeviceID
    let replica: ReplicaDatabase
    let blobs: BlobFolder
    let courier: Courier
    let transport: LoopTransport
    let key: any Signer

    var carrier: BlobCarrier { BlobCarrier(replica: replica, courier: courier, blobs: blobs) }

    func capture(_ drafts: [Draft]) throws {
        let now = Instant(milliseconds: 1_790_000_000_000)
        try replica.write { transaction in
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            _ = try capture.commit(
                drafts, act: Capture<ReplicaTransaction>.Act(author: "王秀英", reason: "t", now: now), codec: WireCodec())
        }
    }

    func syncRecords() throws {
        var session = SyncSession()
        try Syncer(replica: replica, courier: courier, keys: OneKey(key: key)).run(&session)
    }

    func working(_ id: RecordID) throws -> Attachment? {
        try replica.read { try $0.working(id, kind: Attachment.kind) }.flatMap { Attachment($0) }
    }
}

/// Carries requests to the exchange by a call, with the faults of a line.
final class LoopTransport: Transport {
    enum Fault { case none, lostRequest, lostAnswer, flippedAnswer }

    private(set) var traffic = Traffic.none
    /// What happens to the next requests, the first one first; then nothing does.
    var faults: [Fault] = []
    private(set) var requests: [HTTPRequest] = []
    private let exchange: Exchange
    private let database: AuthorityDatabase

    init(exchange: Exchange, database: AuthorityDatabase) {
        self.exchange = exchange
        self.database = database
    }

    func send(
        _ request: HTTPRequest, onProgress: ((Int64, Int64) -> Void)?, shouldAbort: (() -> Bool)?
    ) throws(TransportError) -> HTTPResponse {
        let fault = faults.isEmpty ? .none : faults.removeFirst()
        requests.append(request)
        if fault == .lostRequest { throw Self.lost }
        let answer = exchange.answer(
            Self.head(of: request), raw: request.body, database: database, sightings: Sightings())
        if fault == .lostAnswer { throw Self.lost }
        var body = answer.body(as: .protobuf)
        if fault == .flippedAnswer { body[body.count / 2] ^= 1 }
        return HTTPResponse(status: answer.status, headers: [:], body: body, traffic: .none)
    }

    static let lost = TransportError(
        .unreachable, detail: "lost", message: Label(zh: "断线。", en: "Cut."))

    static func head(of request: HTTPRequest) -> RequestHead {
        let rest = request.url.dropFirst("http://127.0.0.1:1".count)
        let parts = rest.split(separator: "?", maxSplits: 1).map(String.init)
        return RequestHead(
            method: request.method.rawValue, authority: "127.0.0.1:1", path: parts[0],
            query: parts.count > 1 ? parts[1] : nil,
            headers: Dictionary(
                request.headers.fields.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }
            ))
    }
}

/// A station that never forks.
struct OneKey: StationKeys {
    let key: any Signer

    func signer(of device: DeviceID) throws -> any Signer { key }
    func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
        throw Problem(.internalError, "fork")
    }
    func adopt(_ device: DeviceID, from parent: DeviceID) throws {}
    func forgetForkKeys(from parent: DeviceID) throws {}
}
