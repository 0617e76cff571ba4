/// What one act of one person changed: atomic, numbered by its device without gaps, encoded once.
package struct ChangeSet: Hashable, Sendable {
    package var device: DeviceID
    /// Starts at 1.
    package var number: UInt64
    package var time: HybridTime
    package var author: String
    package var reason: String
    /// ``Schema/version`` under which it was written.
    package var schemaVersion: UInt32
    /// What the author had seen, for every edit that does not say otherwise.
    package var base: Base
    /// The date of the visit on which the facts were seen; outside a visit the day of ``time``.
    package var observedOn: CalendarDay?
    package var intent: Intent
    package var changes: [Change]

    package init(
        device: DeviceID, number: UInt64, time: HybridTime, author: String, reason: String = "", schemaVersion: UInt32,
        base: Base, observedOn: CalendarDay? = nil, intent: Intent = .record, changes: [Change]
    ) {
        self.device = device
        self.number = number
        self.time = time
        self.author = author
        self.reason = reason
        self.schemaVersion = schemaVersion
        self.base = base
        self.observedOn = observedOn
        self.intent = intent
        self.changes = changes
    }

    /// The day that the `lv` policy compares first.
    package var observationDay: CalendarDay { observedOn ?? time.instant.day }
}

/// Why a set was made.
package enum Intent: Hashable, Sendable {
    /// To record facts.
    case record
    /// To correct the device's own quarantined set of that number.
    case amend(UInt64)
    /// To take the device's own quarantined set of that number back.
    case withdraw(UInt64)
    /// To decide a conflict.
    case resolve(RecordID)
}

/// A position in one history.
package struct Base: Hashable, Sendable {
    package var epoch: EpochID
    package var seq: Seq

    package init(epoch: EpochID, seq: Seq) {
        self.epoch = epoch
        self.seq = seq
    }
}

/// The edits of one record in a set.
package struct Change: Hashable, Sendable {
    package enum Operation: UInt8, Sendable { case create = 1, edit, delete }

    package var kind: String
    package var record: RecordID
    package var operation: Operation
    package var edits: [Edit]

    package init(kind: String, record: RecordID, operation: Operation, edits: [Edit] = []) {
        self.kind = kind
        self.record = record
        self.operation = operation
        self.edits = edits
    }

    /// Whether some edit says what its author had seen otherwise than the set does.
    var hasOwnBases: Bool {
        let edits = edits.span
        for row in edits.indices where edits[row].base != nil { return true }
        return false
    }

    /// Whether no edit replaces a value.
    var replacesNothing: Bool {
        let edits = edits.span
        for row in edits.indices where !edits[row].old.isNull { return false }
        return true
    }
}

/// One field's new value, with the value it replaced.
package struct Edit: Hashable, Sendable {
    package var field: String
    /// The element of a `su` field; then `new` is the element as text when added, null when removed.
    package var element: String?
    package var old: Value
    package var new: Value
    /// `nil`: the set's base.
    package var base: Base?

    package init(_ field: String, element: String? = nil, old: Value = .null, new: Value, base: Base? = nil) {
        self.field = field
        self.element = element
        self.old = old
        self.new = new
        self.base = base
    }

    package var key: FieldKey { FieldKey(field: field, element: element) }
}

/// What is merged as one: a field, or one element of a `su` field.
package struct FieldKey: Hashable, Sendable {
    package var field: String
    package var element: String?

    package init(field: String, element: String? = nil) {
        self.field = field
        self.element = element
    }
}

/// A set with the bytes it was encoded to, once, and its place in the device's hash chain.
package struct SealedSet: Hashable, Sendable {
    package let set: ChangeSet
    package let bytes: [UInt8]
    package let hash: Hash256

    package init(set: ChangeSet, bytes: [UInt8], after previous: Hash256) {
        self.set = set
        self.bytes = bytes
        hash = HashChain.next(after: previous, set: bytes)
    }

    /// A set read back with the hash that was worked out when it was sealed.
    package init(set: ChangeSet, bytes: [UInt8], hash: Hash256) {
        self.set = set
        self.bytes = bytes
        self.hash = hash
    }
}

/// Turns sets and logged effects into the bytes that are stored and sent, and back. The wire layer implements it.
package protocol ChangeCodec: Sendable {
    /// Deterministic for equal sets.
    func encode(_ set: ChangeSet) -> [UInt8]
    /// - Throws: ``CodecError`` when the bytes are not a set.
    func decode(set bytes: [UInt8]) throws -> ChangeSet
    /// A set without its changes: who, when, why.
    /// - Throws: ``CodecError`` when the bytes are not a set.
    func decode(heading bytes: [UInt8]) throws -> ChangeSet
    /// A set with one of its changes alone, the first being 0; with none when it has not so many.
    /// - Throws: ``CodecError`` when the bytes are not a set, as far as they are read.
    func decode(set bytes: [UInt8], change: Int) throws -> ChangeSet
    func encode(_ effects: [Effect]) -> [UInt8]
    /// - Throws: ``CodecError`` when the bytes are not effects.
    func decode(effects bytes: [UInt8]) throws -> [Effect]
    func encode(_ value: Value) -> [UInt8]
    /// - Throws: ``CodecError`` when the bytes are not a value.
    func decode(value bytes: [UInt8]) throws -> Value
}

/// Bytes that do not decode.
package struct CodecError: Error, Hashable, Sendable {
    package let detail: String

    package init(_ detail: String) { self.detail = detail }
}
