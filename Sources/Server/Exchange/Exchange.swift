package import GRDB
package import RecordStore
package import SyncEngine
package import SyncWire

/// The server's side of the protocol, without HTTP and without waiting: who may, what is decided, what is answered.
/// Its functions work inside a transaction or snapshot that the caller opens.
package struct Exchange: Sendable {
    package let tables: RecordTables
    /// The township's own author.
    package let desk: Desk
    /// The township's: certificates and tree heads.
    package let signer: any Signer
    /// The township's: opens the bundles that stations seal to it.
    package let sealing: SealingKey
    package let signatures: any SignatureScheme
    package let nonces: NonceIssuer
    package let clock: @Sendable () -> Instant
    /// Ids of new devices and epochs.
    package let newID: @Sendable (Instant) -> RecordID
    private let heads: TreeHeads
    /// `nil` where no blobs are kept: then none is known.
    package var attachments: Attachments?
    /// `nil` where nobody looks for who is recorded twice.
    package var duplicates: Duplicates?

    package init(
        tables: RecordTables, desk: Desk, signer: any Signer, sealing: SealingKey,
        signatures: any SignatureScheme, nonces: NonceIssuer,
        clock: @escaping @Sendable () -> Instant, newID: @escaping @Sendable (Instant) -> RecordID
    ) {
        self.newID = newID
        self.tables = tables
        self.desk = desk
        self.signer = signer
        self.sealing = sealing
        self.signatures = signatures
        self.nonces = nonces
        self.clock = clock
        heads = TreeHeads(signer: signer)
    }

    package var region: Scope { desk.region }

    // MARK: - Authentication

    /// - Throws: ``Problem``: ``Problem/Code/staleNonce``, ``Problem/Code/unknownDevice``,
    ///   ``Problem/Code/badSignature``, ``Problem/Code/revoked``.
    package func authenticate(_ request: ReceivedRequest, in database: Database) throws -> RegisteredDevice {
        try checkFreshness(request)
        guard let id = DeviceID(request.signature.keyID) else { throw Problem(.unknownDevice) }
        guard let device = try DeviceRegister(database).device(id), !device.state.isDesk else {
            throw Problem(.unknownDevice)
        }
        try verify(request, key: device.signingKey)
        if device.state.isRevoked { throw Problem(.revoked) }
        return device
    }

    /// Freshness comes from the nonce alone; `created` is informational, for village clocks are off by years.
    func checkFreshness(_ request: ReceivedRequest) throws {
        guard nonces.isValid(request.signature.nonce, at: clock()) else { throw Problem(.staleNonce) }
    }

    func verify(_ request: ReceivedRequest, key: [UInt8]) throws {
        guard
            MessageSignature.verify(
                request.signature, components: request.signedComponents, publicKey: key, scheme: signatures)
        else { throw Problem(.badSignature) }
    }

    // MARK: - Answers

    /// What every answer carries besides its body. Its tree head is signed here: give a snapshot of what is committed,
    /// never an open transaction.
    /// - Parameter heldSize: of the head the request named, which the consistency proof begins from.
    package func hello(for device: DeviceID?, heldSize: UInt64? = nil, in database: Database) throws -> Hello {
        let state = try device.flatMap { try DeviceRegister(database).device($0)?.state }
        return try hello(acknowledged: state?.acknowledged, heldSize: heldSize, in: database)
    }

    /// The same for a device that was read from this very snapshot.
    package func hello(
        acknowledged: Acknowledgement?, heldSize: UInt64?, in database: Database
    ) throws -> Hello {
        try greeting(in: database).hello(acknowledged: acknowledged, heldSize: heldSize)
    }

    /// What answers that are given on one state of the log say of it.
    func greeting(in database: Database) throws -> Greeting {
        let head = try LogReader(database, tables: tables).head()
        let tree = LogTree(database)
        let frontier = try tree.frontier()
        return Greeting(
            head: head, treeHead: try heads.head(epoch: head.epoch, tree: frontier),
            ancestors: try EpochReader(database).ancestors(of: head.epoch), schemaVersion: tables.schema.version,
            tree: tree, frontier: frontier, nonce: { nonces.issue(at: clock()) })
    }

    /// Turns an invitation into a station.
    package func enrol(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> EnrolmentReply {
        try checkFreshness(request)
        let wish = try EnrolmentRequest(decoding: request.body, as: request.media)
        try verify(request, key: wish.signingKey)
        guard let code = InvitationCode(wish.code) else { throw Problem(.invitationUnknown) }
        return try enrolment(in: transaction).enrol(wish, code: code)
    }

    func enrolment(in transaction: AuthorityTransaction) -> Enrolment {
        let now = clock()
        return Enrolment(
            region: region, signer: signer, attester: Attester(signer, signatures), sealingKey: sealing.publicKey,
            now: now,
            id: newID(now), transaction: transaction)
    }

    /// Reads and verifies a push, so that its decision needs nothing but the transaction.
    package func pushJob(_ request: ReceivedRequest, from device: RegisteredDevice) throws -> PushJob {
        try pushJob(try PushFrame(decoding: request.body, as: request.media), from: device)
    }

    /// The same of a frame that came by another way.
    /// - Throws: ``Problem``, as ``PushDecision/open(_:codec:)``; ``Problem/Code/badSignature``.
    func pushJob(_ frame: PushFrame, from device: RegisteredDevice) throws -> PushJob {
        let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: tables.codec)
        guard let last = sets.last else { throw Problem(.badRequest, "sets") }
        let signed = PushFrame.signedBytes(lastHash: last.hash)
        let key = device.ancestorKeys[last.set.device] ?? device.signingKey
        guard signatures.isValid(frame.signature, for: signed, publicKey: key) else {
            throw Problem(.badSignature, "frame")
        }
        return PushJob(
            device: device.state.id, epoch: frame.epoch, sets: sets, previousHash: frame.previousHash,
            signature: frame.signature, earlier: frame.earlier)
    }

    /// Decides a verified push.
    /// - Throws: ``Problem``, as ``PushDecision/decide(_:previousHash:from:)``, ``Problem/Code/epochChanged``.
    package func decide(_ job: PushJob, in transaction: AuthorityTransaction) throws -> PushReply {
        let now = clock()
        let register = DeviceRegister(transaction.database)
        guard let device = try register.device(job.device) else { throw Problem(.unknownDevice) }
        guard try transaction.head().epoch == job.epoch else { throw Problem(.epochChanged) }
        let decision = PushDecision(store: transaction, codec: tables.codec, region: region, now: now)
        try register.saw(job.device, cursor: nil, at: now)
        let reply = try decision.decide(job.sets, previousHash: job.previousHash, from: device.state)
        let named = Self.blobs(namedBy: job.sets)
        if !named.isEmpty { try attachments?.arrive(named, in: transaction, now: now) }
        try duplicates?.look(after: job.sets, in: transaction, now: now)
        if let last = job.sets.last {
            try register.keepSignature(job.signature, device: last.set.device, through: last.set.number)
            try register.keep(job.earlier, of: last.set.device)
        }
        return reply
    }

    package func pull(
        _ request: ReceivedRequest, for device: RegisteredDevice, in database: Database
    ) throws -> (page: PullPage, cursor: Seq?) {
        let limit = try request.number("limit").map { Int(clamping: $0) } ?? Limits.recordsPerPage
        let reader = try PullReader(database, tables: tables, device: device.state)
        if let epoch = request.parameters["epoch"], EpochID(epoch) != reader.head.epoch {
            throw Problem(.epochChanged)
        }
        if let text = request.parameters["token"] {
            guard let token = Hex.decode(text) else { throw Problem(.badRequest, "token") }
            return (try reader.bootstrapPage(token: token, limit: limit), nil)
        }
        let cursor = try request.number("cursor") ?? 0
        return (try reader.page(after: cursor, limit: limit), cursor)
    }
}

/// A verified push: its signature and chain are in order, its sets are decoded.
package struct PushJob: Sendable {
    package var device: DeviceID
    package var epoch: EpochID
    package var sets: [SealedSet]
    package var previousHash: Hash256
    package var signature: [UInt8]
    package var earlier: [EarlierOutcome]
}
