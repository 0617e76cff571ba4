/// The protocol's messages as values (DESIGN section 4). The wire layer encodes them; the state machines here and
/// the stores produce and consume them.

/// A run of one device's sets: decided in one transaction or not at all.
package struct PushFrame: Hashable, Sendable {
    package var epoch: EpochID
    /// The chain's hash before the first set.
    package var previousHash: Hash256
    /// The sets' stored bytes, in the order of their numbers, without gaps.
    package var sets: [[UInt8]]
    /// Ed25519 by the device over ``PushFrame/signedBytes(lastHash:)``.
    package var signature: [UInt8]

    package init(epoch: EpochID, previousHash: Hash256, sets: [[UInt8]], signature: [UInt8]) {
        self.epoch = epoch
        self.previousHash = previousHash
        self.sets = sets
        self.signature = signature
    }

    /// What a frame's signature is over: a context string and the chain's hash after the frame's last set.
    package static func signedBytes(lastHash: Hash256) -> [UInt8] { Array("ruhu push v1".utf8) + [0] + lastHash.bytes }
}

/// What became of one set.
package struct SetOutcome: Hashable, Sendable {
    package enum Result: UInt8, Sendable {
        /// Every edit as typed, and nothing else: the author's device can fold the set by itself.
        case verbatim = 1
        /// Applied; the pull says what it came to.
        case applied
        /// Applied, and at least one value met a conflict.
        case conflicted
        /// Kept aside with its reason, without effect.
        case quarantined
    }

    package var number: UInt64
    package var seq: Seq
    package var result: Result
    /// For a quarantined set: why.
    package var problem: Problem?

    package init(number: UInt64, seq: Seq, result: Result, problem: Problem? = nil) {
        self.number = number
        self.seq = seq
        self.result = result
        self.problem = problem
    }
}

/// How far a device's chain is decided.
package struct Acknowledgement: Hashable, Sendable {
    /// 0: nothing yet.
    package var number: UInt64
    package var hash: Hash256

    package init(number: UInt64 = 0, hash: Hash256 = .zero) {
        self.number = number
        self.hash = hash
    }
}

package struct PushReply: Hashable, Sendable {
    package var outcomes: [SetOutcome]
    package var acknowledged: Acknowledgement

    package init(outcomes: [SetOutcome], acknowledged: Acknowledgement) {
        self.outcomes = outcomes
        self.acknowledged = acknowledged
    }
}

/// What every answer carries besides its body.
package struct Hello: Hashable, Sendable {
    package var minimumProtocol: UInt32
    package var maximumProtocol: UInt32
    package var schemaVersion: UInt32
    package var epoch: EpochID
    /// The epoch this one was restored from, and where.
    package var parent: Base?
    package var latestSeq: Seq
    /// Of the device that asked; absent when it is not known.
    package var acknowledged: Acknowledgement?
    /// For the next request.
    package var nonce: [UInt8]

    package init(
        minimumProtocol: UInt32, maximumProtocol: UInt32, schemaVersion: UInt32, epoch: EpochID, parent: Base? = nil,
        latestSeq: Seq, acknowledged: Acknowledgement? = nil, nonce: [UInt8]
    ) {
        self.minimumProtocol = minimumProtocol
        self.maximumProtocol = maximumProtocol
        self.schemaVersion = schemaVersion
        self.epoch = epoch
        self.parent = parent
        self.latestSeq = latestSeq
        self.acknowledged = acknowledged
        self.nonce = nonce
    }
}

/// One page of a pull: the fold of the log interval (from, to], restricted to the device's scopes, never cutting a
/// set; or one page of the bootstrap, which states the records as they were at `to` and moves no cursor until the
/// last page.
package struct PullPage: Hashable, Sendable {
    package var epoch: EpochID
    package var from: Seq
    package var to: Seq
    /// The records, each stated once. A set of the device itself that was decided ``SetOutcome/Result/verbatim`` is
    /// not repeated unless another set touched one of its records too: apply ``outcomes`` first, then these.
    package var records: [RecordDelta]
    package var writers: [Writer]
    /// What became of the device's own sets decided in the interval, and of quarantined ones released in it.
    package var outcomes: [SetOutcome]
    /// More pages follow.
    package var hasMore: Bool
    /// Bootstrap only: where the next page goes on; empty on the last page and outside the bootstrap.
    package var bootstrapToken: [UInt8]
    package var isBootstrap: Bool
    /// On the last page only, of each of the device's scopes, at ``to``.
    package var digests: [ScopeDigest]

    package init(
        epoch: EpochID, from: Seq, to: Seq, records: [RecordDelta] = [], writers: [Writer] = [],
        outcomes: [SetOutcome] = [], hasMore: Bool = false, isBootstrap: Bool = false, bootstrapToken: [UInt8] = [],
        digests: [ScopeDigest] = []
    ) {
        self.epoch = epoch
        self.from = from
        self.to = to
        self.records = records
        self.writers = writers
        self.outcomes = outcomes
        self.hasMore = hasMore
        self.isBootstrap = isBootstrap
        self.bootstrapToken = bootstrapToken
        self.digests = digests
    }
}

/// One record in a page.
package struct RecordDelta: Hashable, Sendable {
    package enum Form: UInt8, Sendable {
        /// Every stored field that is set: the record was created, resurrected or entered the scope.
        case whole = 1
        /// The fields changed inside the interval.
        case changes
        /// The record left the scope.
        case leave
    }

    package var id: RecordID
    package var kind: String
    package var scope: Scope
    package var seq: Seq
    package var form: Form
    package var isDeleted: Bool
    package var fields: [FieldDelta]

    package init(
        id: RecordID, kind: String, scope: Scope, seq: Seq, form: Form, isDeleted: Bool = false,
        fields: [FieldDelta] = []
    ) {
        self.id = id
        self.kind = kind
        self.scope = scope
        self.seq = seq
        self.form = form
        self.isDeleted = isDeleted
        self.fields = fields
    }
}

/// One field's value at the end of the interval, with who wrote it.
package struct FieldDelta: Hashable, Sendable {
    package var key: FieldKey
    package var value: Value
    /// Index in ``PullPage/writers``.
    package var writer: Int

    package init(key: FieldKey, value: Value, writer: Int) {
        self.key = key
        self.value = value
        self.writer = writer
    }
}

/// Who says so.
package struct Writer: Hashable, Sendable {
    package var seq: Seq
    package var device: DeviceID
    package var author: String
    package var time: HybridTime
    package var reason: String

    package init(seq: Seq, device: DeviceID, author: String, time: HybridTime, reason: String) {
        self.seq = seq
        self.device = device
        self.author = author
        self.time = time
        self.reason = reason
    }
}

package struct ScopeDigest: Hashable, Sendable {
    package var scope: Scope
    package var records: UInt64
    package var digest: RecordDigest

    package init(scope: Scope, records: UInt64, digest: RecordDigest) {
        self.scope = scope
        self.records = records
        self.digest = digest
    }
}
