package import RecordStore
package import SyncEngine
package import SyncWire

/// The township's own author: its acts are change sets with a device, a key and a chain of their own, and take the
/// same path as a station's.
package struct Desk: Sendable {
    package let region: Scope
    package let signer: any Signer
    package let codec: any ChangeCodec
    package let escrow: Escrow

    package init(region: Scope, signer: any Signer, codec: any ChangeCodec, escrow: Escrow) {
        self.region = region
        self.escrow = escrow
        self.signer = signer
        self.codec = codec
    }

    /// Who acts, why, when, and what he had seen (`nil`: the head).
    package struct Act: Sendable {
        package var author: String
        package var reason: String
        package var intent: Intent
        package var seen: Seq?
        package var now: Instant
        /// The id of the record that it makes, given out before, so that it is made once; `nil`: a new one.
        package var made: RecordID?
        /// What must hold in the transaction that writes it (``Township/write(_:_:)``).
        package var condition: (@Sendable (AuthorityTransaction) throws -> Void)?

        package init(author: String, reason: String, intent: Intent = .record, seen: Seq? = nil, now: Instant) {
            self.author = author
            self.reason = reason
            self.intent = intent
            self.seen = seen
            self.now = now
        }
    }

    /// Decides the drafts as one set of the desk, inside the transaction.
    /// - Returns: the outcome; `nil` when the drafts change nothing.
    /// - Throws: ``Problem`` for anything the capture or the decision refuses; the desk's own set is not quarantined.
    package func act(_ drafts: [Draft], _ act: Act, in transaction: AuthorityTransaction) throws -> SetOutcome? {
        let (changes, base) = try changes(drafts, act, in: transaction)
        return changes.isEmpty ? nil : try decide(changes, act, base: base, in: transaction)
    }

    /// What the drafts come to, with what was there before; nothing is written.
    /// - Throws: ``Problem`` for anything the capture refuses.
    package func changes(
        _ drafts: [Draft], _ act: Act, in transaction: AuthorityTransaction
    ) throws -> (changes: [Change], base: Base) {
        let head = try transaction.head()
        let base = Base(epoch: head.epoch, seq: act.seen ?? head.seq)
        guard base.seq <= head.seq else { throw Problem(.futureBase, "\(base.seq)") }
        let position = ReplicaPosition(
            device: try device(in: transaction), epoch: head.epoch, scopes: [region], cursor: base.seq,
            isBootstrapped: true)
        let capture = Capture(
            store: DeskView(transaction: transaction), isDesk: true, context: RuleContext(today: act.now.day))
        return (try capture.prepare(drafts, position: position).changes, base)
    }

    /// Decides worked-out changes as one set of the desk.
    package func decide(
        _ changes: [Change], _ act: Act, base: Base, in transaction: AuthorityTransaction
    ) throws -> SetOutcome {
        try act.condition?(transaction)
        let register = DeviceRegister(transaction.database)
        let device = try device(in: transaction)
        guard let desk = try register.device(device) else { throw Problem(.notInitialised) }
        let number = desk.state.acknowledged.number + 1
        let set = ChangeSet(
            device: device, number: number, time: try tick(in: transaction, now: act.now), author: act.author,
            reason: act.reason, schemaVersion: transaction.schema.version, base: base, intent: act.intent,
            changes: changes)
        let sealed = SealedSet(set: set, bytes: codec.encode(set), after: desk.state.acknowledged.hash)
        let outcome = try enter(sealed, from: desk.state, at: act.now, in: transaction)
        // The transaction is rolled back: the clerk is told at once, and nothing needs to be kept aside.
        if let problem = outcome.problem { throw problem }
        return outcome
    }

    /// Decides the next set of a desk's chain, keeps its signature, and puts it into escrow.
    /// - Parameter signature: of a set that was signed before; `nil` for a new one.
    func enter(
        _ sealed: SealedSet, from desk: DeviceState, signature: [UInt8]? = nil, at now: Instant,
        in transaction: AuthorityTransaction
    ) throws -> SetOutcome {
        let previous = desk.acknowledged.hash
        let decision = PushDecision(store: transaction, codec: codec, region: region, now: now)
        let reply = try decision.decide([sealed], previousHash: previous, from: desk)
        guard let outcome = reply.outcomes.first else { throw Problem(.internalError, "desk") }
        let signature = try signature ?? signer.signature(for: PushFrame.signedBytes(lastHash: sealed.hash))
        try DeviceRegister(transaction.database).keepSignature(
            signature, device: desk.id, through: sealed.set.number)
        let item = EscrowedSet(
            device: desk.id, previousHash: previous, bytes: sealed.bytes, signature: signature,
            work: outcome.problem == nil ? try RevokedWork.lost(with: sealed.set, in: transaction) : nil)
        try EscrowStore(transaction.database).add(
            EscrowItem(seq: outcome.seq, sealed: try escrow.seal(item.encoded())))
        return outcome
    }

    /// The desk's device of the present history; a new one begins with another.
    private func device(in transaction: AuthorityTransaction) throws -> DeviceID {
        try AuthorityIdentity.read(transaction.database).desk
    }

    private func tick(in transaction: AuthorityTransaction, now: Instant) throws -> HybridTime {
        let latest = try Meta.number("desk_clock", in: transaction.database) ?? 0
        var clock = HybridClock(latest: HybridTime(rawValue: latest))
        let time = clock.tick(now: now)
        try Meta.set(time.rawValue, for: "desk_clock", in: transaction.database)
        return time
    }
}
