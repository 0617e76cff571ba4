/// Where a replica stands in one history.
package struct ReplicaPosition: Hashable, Sendable {
    package var device: DeviceID
    package var epoch: EpochID
    package var scopes: [Scope]
    /// Everything up to here has been applied; 0 before the first pull.
    package var cursor: Seq
    /// The first page of the log may be asked for: the bootstrap is complete.
    package var isBootstrapped: Bool
    /// The devices whose chains this one goes on with, its own parent first.
    package var lineage: [Lineage]

    package init(
        device: DeviceID, epoch: EpochID, scopes: [Scope], cursor: Seq, isBootstrapped: Bool, lineage: [Lineage] = []
    ) {
        self.lineage = lineage
        self.device = device
        self.epoch = epoch
        self.scopes = scopes
        self.cursor = cursor
        self.isBootstrapped = isBootstrapped
    }

    package var base: Base { Base(epoch: epoch, seq: cursor) }

    /// Whose set a number of the outbox is: this device's, or the oldest ancestor's whose chain reaches so far.
    package func author(of number: UInt64) -> DeviceID {
        lineage.last { number <= $0.number }?.device ?? device
    }
}

/// A set of this device, from its commit on; never deleted.
package struct OutboxSet: Sendable {
    package enum State: UInt8, Sendable {
        /// Not yet decided by the server.
        case pending = 0
        /// Decided; the pull has not reached its seq, so it is still shown on top of the shadow.
        case decided
        /// The pull has passed its seq: the shadow tells what it came to.
        case settled
    }

    package var sealed: SealedSet
    package var state: State
    package var outcome: SetOutcome?

    package init(sealed: SealedSet, state: State, outcome: SetOutcome?) {
        self.sealed = sealed
        self.state = state
        self.outcome = outcome
    }
}

/// The last server state of one record, as a replica knows it.
package enum Shadow: Hashable, Sendable {
    case present(Record)
    /// The server has not stated it.
    case absent
    /// It left the replica's scopes while local changes wait.
    case left

    package var record: Record? {
        if case .present(let record) = self { record } else { nil }
    }
}

/// What capture reads: the records as their author sees them, and his own sets on top.
package protocol CaptureView {
    var schema: Schema { get }
    /// The working row: what the user sees.
    func working(_ id: RecordID, kind: KindSchema) throws -> Record?
    /// Numbers of the overlay's sets that touch the record, ascending.
    func overlay(of record: RecordID) throws -> [UInt64]
    func outboxSet(_ number: UInt64) throws -> OutboxSet?
    /// The live records directly below this one.
    func dependents(of record: Record) throws -> [Record]
    /// The live records that are merged into this one, and those directly below it and below them.
    func family(of record: Record) throws -> [Record]
}

/// What a replica must be able to do inside one transaction. The working tables show the shadow with the overlay
/// (the sets not yet settled) replayed on top.
package protocol ReplicaStore: CaptureView {
    func position() throws -> ReplicaPosition
    func setPosition(_ position: ReplicaPosition) throws

    func shadow(_ id: RecordID, kind: KindSchema) throws -> Shadow
    /// Both states of a record at once.
    func states(of id: RecordID, kind: KindSchema) throws -> (shadow: Shadow, working: Record?)

    /// Writes both states of a record, whose working row was `before`. `working` nil removes the row.
    func save(
        _ id: RecordID, kind: KindSchema, replacing before: Record?, working: Record?, shadow: Shadow, isOverlaid: Bool
    ) throws

    /// Keeps a record of a kind that this program does not know.
    func hold(_ delta: RecordDelta) throws

    /// Sets that are decided at a seq up to `seq` and not settled, in order of seq.
    func unsettled(upTo seq: Seq) throws -> [OutboxSet]
    /// Those sets of `outcomes` that are settled and were decided earlier, or it is not known when: released from
    /// quarantine, carried out of a damaged replica. In order of number.
    func settled(_ outcomes: [SetOutcome]) throws -> [OutboxSet]
    func record(_ outcomes: [SetOutcome], state: OutboxSet.State) throws
    /// Takes sets out of the overlay.
    func settle(_ numbers: [UInt64]) throws
    /// Puts a set into outbox and overlay.
    func append(_ sealed: SealedSet) throws
    func lastOutboxSet() throws -> (number: UInt64, hash: Hash256, time: HybridTime)

    /// Changes a scope's digest: the shadow had `before` and has `after`.
    func digest(replacing before: Record?, with after: Record?, kind: KindSchema) throws
    func digests() throws -> [ScopeDigest]
    /// Keeps the desk's sealed sets of a page, and drops those that a backup holds.
    func keepEscrow(_ items: [EscrowItem], of epoch: EpochID, watermark: Seq) throws
    /// Remembers who wrote what, for `history`.
    func remember(_ effects: [Effect]?, of record: RecordID, by writer: Writer) throws
}
