/// One decided set as the tree over the log holds it: everything the log says of it. Its set's hash stands for the
/// bytes, ``changes`` for the rows that say what it did.
package struct LogLeaf: Hashable, Sendable {
    package var seq: Seq
    /// Of the device's chain after this set.
    package var hash: Hash256
    package var device: DeviceID
    package var number: UInt64
    /// As ``SetOutcome/Result``; another value for a row that was tampered with.
    package var result: UInt8
    /// The code of a quarantined set's problem; 0 without one.
    package var problem: UInt32
    package var isRelease: Bool
    package var isDesk: Bool
    package var isFlagged: Bool
    package var decidedAt: Instant
    /// As ``LogLeafRows`` has it.
    package var changes: Hash256

    package init(
        seq: Seq, hash: Hash256, device: DeviceID, number: UInt64, result: UInt8, problem: UInt32,
        isRelease: Bool, isDesk: Bool, isFlagged: Bool, decidedAt: Instant, changes: Hash256
    ) {
        self.seq = seq
        self.hash = hash
        self.device = device
        self.number = number
        self.result = result
        self.problem = problem
        self.isRelease = isRelease
        self.isDesk = isDesk
        self.isFlagged = isFlagged
        self.decidedAt = decidedAt
        self.changes = changes
    }

    /// The leaf's bytes, docs/protocol.md section "The tree": numbers big-endian, 110 bytes in all.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(110)
        bytes.append(number: seq)
        bytes += hash.bytes
        bytes += device.bytes
        bytes.append(number: number)
        bytes.append(result)
        bytes.append(number: problem)
        bytes.append((isRelease ? 1 : 0) | (isDesk ? 2 : 0) | (isFlagged ? 4 : 0))
        bytes.append(number: decidedAt.milliseconds)
        bytes += changes.bytes
        return bytes
    }

    /// The leaf's hash in the tree.
    package var treeHash: Hash256 { MerkleHash.leaf(bytes) }
}

/// Gathers what ``LogLeaf/changes`` is the SHA-256 of: the problem's texts of a quarantined set, then every row of
/// `log_change` in its order. Texts and bytes go with their length before them.
package struct LogLeafRows: Sendable {
    private var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(128) }

    package mutating func append(problemSubject: String, zh: String, en: String) {
        for text in [problemSubject, zh, en] { bytes.append(counted: text.utf8) }
    }

    /// - Parameters:
    ///   - setChange: the change of the set that says it all; `nil` when `effects` do.
    package mutating func append(
        record: RecordID, kind: String, operation: UInt8, scope: String, isDeleted: Bool, setChange: Int?,
        effects: [UInt8]?
    ) {
        bytes.append(number: record.high)
        bytes.append(number: record.low)
        bytes.append(counted: kind.utf8)
        bytes.append(operation)
        bytes.append(counted: scope.utf8)
        bytes.append(isDeleted ? 1 : 0)
        bytes.append(number: setChange.map { UInt64(bitPattern: Int64($0)) } ?? .max)
        bytes.append(counted: effects ?? [])
    }

    package var hash: Hash256 { Hash256(of: bytes) }
}

extension LogEntry {
    /// - Parameter effects: of each mutation, as the log keeps them; `nil` for one that a change of the set says.
    package func leaf(effects: [[UInt8]?]) -> LogLeaf {
        var rows = LogLeafRows()
        if let problem = outcome.problem {
            rows.append(
                problemSubject: problem.subject, zh: problem.explanation?.zh ?? "", en: problem.explanation?.en ?? "")
        }
        for (mutation, effects) in zip(mutations, effects) {
            rows.append(
                record: mutation.after.id, kind: mutation.kind.name, operation: mutation.operation.rawValue,
                scope: mutation.after.scope.code, isDeleted: mutation.after.isDeleted,
                setChange: mutation.verbatimChange, effects: effects)
        }
        return LogLeaf(
            seq: seq, hash: sealed.hash, device: sealed.set.device, number: sealed.set.number,
            result: outcome.result.rawValue, problem: outcome.problem.map { UInt32($0.code.rawValue) } ?? 0,
            isRelease: isRelease, isDesk: isDesk, isFlagged: isFlagged, decidedAt: decidedAt, changes: rows.hash)
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(counted bytes: some Collection<UInt8>) {
        append(number: UInt32(bytes.count))
        append(contentsOf: bytes)
    }
}
