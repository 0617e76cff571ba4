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
    /// Of sets that an earlier history had decided already: what came of them there.
    package var earlier: [EarlierOutcome]

    package init(
        epoch: EpochID, previousHash: Hash256, sets: [[UInt8]], signature: [UInt8], earlier: [EarlierOutcome] = []
    ) {
        self.earlier = earlier
        self.epoch = epoch
        self.previousHash = previousHash
        self.sets = sets
        self.signature = signature
    }

    /// What a frame's signature is over: a context string and the chain's hash after the frame's last set.
    package static func signedBytes(lastHash: Hash256) -> [UInt8] { Array("ruhu push v1".utf8) + [0] + lastHash.bytes }
}

/// What became of a set in a history that is over.
package struct EarlierOutcome: Hashable, Sendable {
    package var epoch: EpochID
    package var outcome: SetOutcome

    package init(epoch: EpochID, outcome: SetOutcome) {
        self.epoch = epoch
        self.outcome = outcome
    }
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
    package var treeHead: TreeHead?
    /// RFC 9162 consistency proof from the size that the request named to ``treeHead``'s; empty when it named none.
    package var consistency: [Hash256]
    /// Every earlier history of this server with the last seq of it that this one holds; the parent first.
    package var ancestors: [Base]

    package init(
        minimumProtocol: UInt32, maximumProtocol: UInt32, schemaVersion: UInt32, epoch: EpochID, parent: Base? = nil,
        latestSeq: Seq, acknowledged: Acknowledgement? = nil, nonce: [UInt8], treeHead: TreeHead? = nil,
        consistency: [Hash256] = [], ancestors: [Base] = []
    ) {
        self.treeHead = treeHead
        self.consistency = consistency
        self.ancestors = ancestors
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

/// The server's signed word on its log: the root of the Merkle tree over its first `size` decided sets (RFC 9162).
package struct TreeHead: Hashable, Sendable {
    package var epoch: EpochID
    package var size: UInt64
    package var root: Hash256
    /// By the township's key over ``signedBytes``.
    package var signature: [UInt8]

    package init(epoch: EpochID, size: UInt64, root: Hash256, signature: [UInt8] = []) {
        self.epoch = epoch
        self.size = size
        self.root = root
        self.signature = signature
    }

    package var signedBytes: [UInt8] {
        var bytes = Array("ruhu tree head v1".utf8) + [0] + epoch.bytes
        withUnsafeBytes(of: size.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes + root.bytes
    }
}

/// The hashes of a device's chain, for numbers `first`, `first + 1` …
package struct ChainRun: Hashable, Sendable {
    package var first: UInt64
    package var hashes: [Hash256]

    package init(first: UInt64, hashes: [Hash256]) {
        self.first = first
        self.hashes = hashes
    }
}

/// What an upload of a blob has come to.
package struct BlobStatus: Hashable, Sendable {
    package var sha256: Hash256
    /// 0 while it is not known.
    package var size: UInt64
    /// Bytes held from the beginning on, without a gap.
    package var received: UInt64
    /// All of it is here, and its hash was checked.
    package var isComplete: Bool

    package init(sha256: Hash256, size: UInt64, received: UInt64, isComplete: Bool) {
        self.sha256 = sha256
        self.size = size
        self.received = received
        self.isComplete = isComplete
    }
}

/// A range of a blob.
package struct BlobPart: Hashable, Sendable {
    package var sha256: Hash256
    package var offset: UInt64
    /// Of the whole blob.
    package var size: UInt64
    package var data: [UInt8]

    package init(sha256: Hash256, offset: UInt64, size: UInt64, data: [UInt8]) {
        self.sha256 = sha256
        self.offset = offset
        self.size = size
        self.data = data
    }
}

/// A desk's set that no backup holds yet, sealed to the township's backup key.
package struct EscrowItem: Hashable, Sendable {
    package var seq: Seq
    package var sealed: [UInt8]
    /// The history in which it was decided, where it is not the page's.
    package var epoch: EpochID?

    package init(seq: Seq, sealed: [UInt8], epoch: EpochID? = nil) {
        self.seq = seq
        self.sealed = sealed
        self.epoch = epoch
    }
}

/// A device that goes on where another's chain was left: what that one had done up to `number` is its own past.
package struct Lineage: Hashable, Sendable {
    package var device: DeviceID
    /// The last number that both chains hold.
    package var number: UInt64

    package init(device: DeviceID, number: UInt64) {
        self.device = device
        self.number = number
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
    /// The desk's sets of the interval that no backup holds.
    package var escrow: [EscrowItem]
    /// The seq up to which a backup holds everything: escrow at or below it may be dropped.
    package var backupWatermark: Seq

    package init(
        epoch: EpochID, from: Seq, to: Seq, records: [RecordDelta] = [], writers: [Writer] = [],
        outcomes: [SetOutcome] = [], hasMore: Bool = false, isBootstrap: Bool = false, bootstrapToken: [UInt8] = [],
        digests: [ScopeDigest] = [], escrow: [EscrowItem] = [], backupWatermark: Seq = 0
    ) {
        self.escrow = escrow
        self.backupWatermark = backupWatermark
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
    /// Who deleted the record inside the interval, and who brought it back, in order: for its history.
    package var deletions: [Deletion] = []

    package struct Deletion: Hashable, Sendable {
        /// Index in ``PullPage/writers``.
        package var writer: Int
        /// Else it was brought back.
        package var isDeleted: Bool

        package init(writer: Int, isDeleted: Bool) {
            self.writer = writer
            self.isDeleted = isDeleted
        }
    }

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
