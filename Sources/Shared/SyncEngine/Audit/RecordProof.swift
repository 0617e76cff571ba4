/// That sets which name a record are in the server's log: checked with nothing but the township's key and the heads that
/// a station holds.
package struct RecordProof: Hashable, Sendable {
    /// One of the sets, with everything its leaf is made of.
    package struct ProvedSet: Hashable, Sendable {
        package var leaf: LogLeaf
        /// The set as its author's device encoded it; `nil` for a release from quarantine, which repeats one.
        package var bytes: [UInt8]?
        /// Of the device's chain before the set.
        package var previousHash: Hash256?
        /// The problem's subject and explanations (zh, en) of a quarantined set.
        package var problem: [String]?
        package var rows: [ChangeRow]
        /// RFC 9162 section 2.1.3, to the proof's head.
        package var inclusion: [Hash256]

        package init(
            leaf: LogLeaf, bytes: [UInt8]?, previousHash: Hash256?, problem: [String]?, rows: [ChangeRow],
            inclusion: [Hash256]
        ) {
            self.leaf = leaf
            self.bytes = bytes
            self.previousHash = previousHash
            self.problem = problem
            self.rows = rows
            self.inclusion = inclusion
        }
    }

    /// What the log says of one record that a set changed.
    package struct ChangeRow: Hashable, Sendable {
        package var record: RecordID
        package var kind: String
        package var operation: UInt8
        package var scope: String
        package var isDeleted: Bool
        package var setChange: Int?
        package var effects: [UInt8]?

        package init(
            record: RecordID, kind: String, operation: UInt8, scope: String, isDeleted: Bool, setChange: Int?,
            effects: [UInt8]?
        ) {
            self.record = record
            self.kind = kind
            self.operation = operation
            self.scope = scope
            self.isDeleted = isDeleted
            self.setChange = setChange
            self.effects = effects
        }
    }

    /// That the tree over the first `size` sets is a beginning of the head's.
    package struct Consistency: Hashable, Sendable {
        package var size: UInt64
        package var proof: [Hash256]

        package init(size: UInt64, proof: [Hash256]) {
            self.size = size
            self.proof = proof
        }
    }

    /// How the proof's head stands to those that the station holds.
    package enum Standing: String, Sendable {
        /// The station holds this very head, of the history that it is in.
        case held
        /// It is proved to go on from the last one that the station holds.
        case extends
        /// Of a history that the township has left since, or the part of one.
        case past
        /// Nothing in the proof ties it to what the station holds.
        case unproven
        /// It contradicts what the station holds.
        case contradicts
    }

    package struct Result: Hashable, Sendable {
        /// The head is signed with the township's key.
        package var isSigned: Bool
        /// Seqs whose set is not what the proof says, or is not in the tree.
        package var wrong: [Seq]
        package var standing: Standing
        package var sets: Int

        package var isSound: Bool {
            isSigned && wrong.isEmpty && sets > 0 && (standing == .held || standing == .extends)
        }
    }

    package var record: RecordID
    package var head: TreeHead
    package var consistency: [Consistency]
    package var sets: [ProvedSet]

    package init(record: RecordID, head: TreeHead, consistency: [Consistency], sets: [ProvedSet]) {
        self.record = record
        self.head = head
        self.consistency = consistency
        self.sets = sets
    }

    /// That each set names the record and is in the log, once; not that there are no more of them.
    /// - Parameters:
    ///   - serverKey: the township's, from the enrolment.
    ///   - held: the heads that the station has checked, in the order in which they came.
    ///   - ancestors: of the last one's history.
    ///   - codec: reads whose a set is, and what it says.
    package func check(
        serverKey: [UInt8], held: [TreeHead], ancestors: [Base], codec: any ChangeCodec, schema: Schema,
        isValid: (_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool
    ) -> Result {
        Result(
            isSigned: isValid(head.signature, head.signedBytes, serverKey),
            wrong: wrong(codec, schema), standing: standing(among: held, ancestors: ancestors), sets: sets.count)
    }

    private func wrong(_ codec: any ChangeCodec, _ schema: Schema) -> [Seq] {
        var seen: Set<Seq> = []
        return sets.filter { set in
            let isFirst = seen.insert(set.leaf.seq).inserted
            return !isFirst || !isFounded(set, codec, schema) || !holds(set)
        }.map(\.leaf.seq)
    }

    /// The set is about the record, or is what a release of the proof repeats; the leaf names the device and the number that
    /// the signed bytes name; and what became of the record can have come of them.
    private func isFounded(_ set: ProvedSet, _ codec: any ChangeCodec, _ schema: Schema) -> Bool {
        let own = set.rows.filter { $0.record == record }
        guard
            let signed = (set.leaf.isRelease ? original(of: set) : set)?.bytes.flatMap({ try? codec.decode(set: $0) }),
            signed.device == set.leaf.device, signed.number == set.leaf.number,
            set.leaf.isRelease == (set.bytes == nil),
            !own.isEmpty || signed.changes.contains(where: { $0.record == record }) || isRepeated(set)
        else { return false }
        let rows = own.map { row in
            SetDerivation.Row(
                record: row.record, kind: row.kind, operation: Change.Operation(rawValue: row.operation) ?? .edit,
                verbatim: row.setChange, effects: row.effects.flatMap { try? codec.decode(effects: $0) } ?? [])
        }
        // Which records are the same thing, only the log knows.
        let derivation = SetDerivation(signed, schema: schema) { _, _ in true }
        return (try? derivation.unfounded(rows).isEmpty) ?? false
    }

    private func original(of release: ProvedSet) -> ProvedSet? {
        sets.first { !$0.leaf.isRelease && $0.leaf.hash == release.leaf.hash && isSame($0.leaf, release.leaf) }
    }

    private func isRepeated(_ set: ProvedSet) -> Bool {
        sets.contains { $0.leaf.isRelease && $0.leaf.hash == set.leaf.hash && isSame($0.leaf, set.leaf) }
    }

    private func isSame(_ a: LogLeaf, _ b: LogLeaf) -> Bool { a.device == b.device && a.number == b.number }

    private func holds(_ set: ProvedSet) -> Bool {
        var rows = LogLeafRows()
        if let problem = set.problem {
            guard problem.count == 3 else { return false }
            rows.append(problemSubject: problem[0], zh: problem[1], en: problem[2])
        }
        for row in set.rows { rows.append(row) }
        if let bytes = set.bytes {
            guard let previous = set.previousHash, HashChain.next(after: previous, set: bytes) == set.leaf.hash else {
                return false
            }
        }
        return rows.hash == set.leaf.changes && set.leaf.seq > 0
            && MerkleProof.isIncluded(
                set.leaf.treeHash, at: set.leaf.seq - 1, size: head.size, root: head.root, proof: set.inclusion)
    }

    /// One head that is held may lie before what was rewritten: only the last one speaks for a later head.
    private func standing(among held: [TreeHead], ancestors: [Base]) -> Standing {
        guard let last = held.last else { return .unproven }
        let isPresent = head.epoch == last.epoch
        let isShared = ancestors.contains { $0.epoch == head.epoch && head.size <= $0.seq }
        for known in held where known.epoch == head.epoch {
            if known.size == head.size, known.root != head.root { return .contradicts }
            if known.size < head.size, let proof = consistency.first(where: { $0.size == known.size }),
                !MerkleProof.extends(
                    size: head.size, root: head.root, earlierSize: known.size, earlierRoot: known.root,
                    proof: proof.proof)
            {
                return .contradicts
            }
        }
        guard isPresent || isShared else { return held.contains { $0.epoch == head.epoch } ? .past : .unproven }
        if held.contains(where: { $0.epoch == head.epoch && $0.size == head.size }) { return .held }
        let isExtended = isPresent && last.size > 0 && last.size < head.size
        return isExtended && consistency.contains { $0.size == last.size } ? .extends : .unproven
    }
}

extension LogLeafRows {
    package mutating func append(_ row: RecordProof.ChangeRow) {
        append(
            record: row.record, kind: row.kind, operation: row.operation, scope: row.scope, isDeleted: row.isDeleted,
            setChange: row.setChange, effects: row.effects)
    }
}
