/// What a decision reads of the authority. One transaction's view: everything decided before is visible.
package protocol AuthorityView {
    var schema: Schema { get }
    /// The record, deleted ones included.
    func record(_ id: RecordID, kind: KindSchema) throws -> Record?
    /// The applied changes of one record after `seq`, oldest first.
    func log(of record: RecordID, after seq: Seq) throws -> [LoggedChange]
    /// The records touched by the set decided at `seq`.
    func records(changedAt seq: Seq) throws -> [(id: RecordID, kind: KindSchema)]
    /// The open conflicts of one record.
    func openConflicts(of record: RecordID) throws -> [Record]
    /// The live, canonical record of `kind` with these values of `key`, below the same parent; not `excluded`.
    func holder(of key: NaturalKey, like record: Record, kind: KindSchema) throws -> Record?
    /// Records directly below this one, deleted ones included.
    func dependents(of record: Record) throws -> [Record]
    /// The live records of a kind of which there are few.
    func records(of kind: KindSchema) throws -> [Record]
    /// The records that are merged into this one, and those directly below it and below them, deleted ones included.
    func family(of record: Record) throws -> [Record]
    /// Where the record was at `seq`, when it has moved since; `nil` when it has not.
    func movedScope(of record: RecordID, at seq: Seq) throws -> Scope?
    /// Whether a quarantined set of the device would create this record.
    func isQuarantinedCreation(_ record: RecordID, by device: DeviceID) throws -> Bool
    /// Whether a set of the device that names this record waits for it in quarantine.
    func isAwaited(_ record: RecordID, by device: DeviceID) throws -> Bool
    /// Records that named `parent` as their parent before it arrived.
    func orphans(of parent: RecordID) throws -> [Record]
    /// A base of this or an earlier history as a seq of this one: cut to the fork point of a history that is over, and
    /// 0 for one that is not known, so that everything counts as unseen.
    func seq(of base: Base) throws -> Seq
}

/// What deciding needs besides: the chain, the log, quarantine. One transaction.
package protocol AuthorityStore: AuthorityView {
    /// The epoch and the latest seq, read inside the transaction.
    func head() throws -> Base
    /// The hash and the recorded outcome of a decided set; the latest, when it was released from quarantine.
    func decided(device: DeviceID, number: UInt64) throws -> (hash: Hash256, outcome: SetOutcome)?
    /// Appends a decided set with its effects, at the next seq.
    func append(_ entry: LogEntry) throws
    /// Moves a device's acknowledgement to the last of the sets that were appended.
    func acknowledge(_ acknowledgement: Acknowledgement, of device: DeviceID) throws
    /// The device's quarantined sets that are still open, by number.
    func quarantined(device: DeviceID) throws -> [SealedSet]
    /// Devices with open quarantined sets that name one of these records.
    func devices(awaiting records: [RecordID]) throws -> [DeviceState]
    func device(_ id: DeviceID) throws -> DeviceState?
    /// Marks an open quarantined set as closed by the set `by`, or as released when `by` is `nil`.
    func closeQuarantine(device: DeviceID, number: UInt64, by: UInt64?) throws
}

/// A decided set, as the log keeps it.
package struct LogEntry: Sendable {
    package var seq: Seq
    package var sealed: SealedSet
    package var outcome: SetOutcome
    package var isDesk: Bool
    /// Its timestamp was further ahead than ``HybridClock/futureToleranceMilliseconds``.
    package var isFlagged: Bool
    package var decidedAt: Instant
    package var mutations: [RecordMutation]
    /// A set that was in quarantine and now takes effect; the acknowledgement does not move.
    package var isRelease: Bool
}

/// What one set did to one record.
package struct RecordMutation: Sendable {
    package var kind: KindSchema
    package var before: Record?
    package var after: Record
    package var effects: [Effect]
    /// The change of the set that says all there is to say (``Change/verbatimEffects``); ``effects`` is empty then, for
    /// the log need not repeat them.
    package var verbatimChange: Int?
    /// Devices to which this record is addressed although it lies outside their scopes.
    package var addressees: [DeviceID] = []

    package var operation: Change.Operation {
        if before == nil { return .create }
        return after.isDeleted && before?.isDeleted == false ? .delete : .edit
    }
}

/// One record's part of a decided set, with who wrote it.
package struct LoggedChange: Hashable, Sendable {
    package var seq: Seq
    package var device: DeviceID
    package var number: UInt64
    package var author: String
    package var reason: String
    package var time: HybridTime
    package var observationDay: CalendarDay
    package var isDesk: Bool
    package var isFlagged: Bool
    package var record: RecordID
    package var kind: String
    package var operation: Change.Operation
    package var effects: [Effect]

    package init(
        seq: Seq, device: DeviceID, number: UInt64, author: String, reason: String, time: HybridTime,
        observationDay: CalendarDay, isDesk: Bool, isFlagged: Bool, record: RecordID, kind: String,
        operation: Change.Operation, effects: [Effect]
    ) {
        self.seq = seq
        self.device = device
        self.number = number
        self.author = author
        self.reason = reason
        self.time = time
        self.observationDay = observationDay
        self.isDesk = isDesk
        self.isFlagged = isFlagged
        self.record = record
        self.kind = kind
        self.operation = operation
        self.effects = effects
    }

    package var writer: Writer { Writer(seq: seq, device: device, author: author, time: time, reason: reason) }
}

/// The author's device, as the authority knows it.
package struct DeviceState: Hashable, Sendable {
    package var id: DeviceID
    package var isDesk: Bool
    package var scopes: [Scope]
    package var acknowledged: Acknowledgement
    package var isRevoked: Bool
    /// The devices whose chains this one goes on with, its own parent first.
    package var lineage: [Lineage]

    package init(
        id: DeviceID, isDesk: Bool, scopes: [Scope], acknowledged: Acknowledgement = .init(), isRevoked: Bool = false,
        lineage: [Lineage] = []
    ) {
        self.lineage = lineage
        self.id = id
        self.isDesk = isDesk
        self.scopes = scopes
        self.acknowledged = acknowledged
        self.isRevoked = isRevoked
    }

    /// Whether a set is this device's own past: of its chain, or of the part it shares with an ancestor.
    package func owns(_ device: DeviceID, _ number: UInt64) -> Bool {
        device == id || lineage.contains { $0.device == device && number <= $0.number }
    }
}
