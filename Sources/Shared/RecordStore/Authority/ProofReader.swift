package import GRDB
package import SyncEngine

/// Proves from the log, in one snapshot: which sets name a record, that they are in the tree, and who signed them.
package struct ProofReader {
    private let database: Database

    package init(_ database: Database) { self.database = database }

    /// The seqs of every set that names the record, quarantined ones too.
    package func seqs(of record: RecordID) throws -> [Seq] {
        var query = try Query(
            database,
            """
            SELECT id >> 20 FROM log_change WHERE record = ?1 UNION
            SELECT l.seq FROM quarantined_change c JOIN log l ON l.device = c.device AND l.number = c.number
            WHERE c.record = ?1 ORDER BY 1
            """)
        query.bind(record)
        return try query.all { $0.uint64(0) }
    }

    /// Where the sets were handed in that some of these seqs tried again: a release has no bytes of its own.
    package func originals(of seqs: [Seq]) throws -> [Seq] {
        try seqs.compactMap { seq in
            var query = try Query(
                database,
                """
                SELECT o.seq FROM log r JOIN log o ON o.device = r.device AND o.number = r.number AND o.is_release = 0
                WHERE r.seq = ? AND r.is_release = 1
                """)
            query.bind(seq)
            return try query.first { $0.uint64(0) }
        }
    }

    /// - Parameter size: of the head that the proof leads to.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for a set beyond it, ``Problem/Code/storage`` for one that is
    ///   not there.
    package func set(_ seq: Seq, size: UInt64) throws -> RecordProof.ProvedSet {
        guard let leaf = try LogTree(database).leaf(of: seq) else { throw Problem(.storage, "log \(seq)") }
        var query = try Query(
            database,
            """
            SELECT l.bytes, l.problem, l.problem_subject, l.problem_zh, l.problem_en,
            (SELECT p.hash FROM log p WHERE p.device = l.device AND p.number = l.number - 1 AND p.is_release = 0)
            FROM log l WHERE l.seq = ?
            """)
        query.bind(seq)
        let row = try query.first { row -> RecordProof.ProvedSet in
            let isFirst = leaf.number == 1
            return RecordProof.ProvedSet(
                leaf: leaf, bytes: row.isNull(0) ? nil : row.bytes(0),
                previousHash: isFirst ? .zero : Hash256(bytes: row.bytes(5)),
                problem: row.isNull(1) ? nil : [row.text(2), row.text(3), row.text(4)], rows: [], inclusion: [])
        }
        guard var set = row else { throw Problem(.storage, "log \(seq)") }
        if set.previousHash == nil { set.previousHash = try hashBeforeFork(of: leaf) }
        set.rows = try rows(of: seq)
        set.inclusion = try LogTree(database).inclusion(of: seq, size: size)
        return set
    }

    /// A device that was forked off another goes on where the other's chain was left.
    private func hashBeforeFork(of leaf: LogLeaf) throws -> Hash256? {
        let register = DeviceRegister(database)
        guard let lineage = try register.device(leaf.device)?.state.lineage else { return nil }
        return try register.chainHash(of: lineage, at: leaf.number - 1)
    }

    private func rows(of seq: Seq) throws -> [RecordProof.ChangeRow] {
        var query = try Query(
            database,
            """
            SELECT record, kind, operation, scope, deleted, set_change, effects FROM log_change
            WHERE id >= ? AND id < ? ORDER BY id
            """)
        query.bind(LogReader.changeID(seq, 0))
        query.bind(LogReader.changeID(seq + 1, 0))
        return try query.all { row in
            RecordProof.ChangeRow(
                record: row.id(0), kind: row.text(1), operation: UInt8(clamping: row.int64(2)), scope: row.text(3),
                isDeleted: row.bool(4), setChange: row.isNull(5) ? nil : row.int(5),
                effects: row.isNull(6) ? nil : row.bytes(6))
        }
    }

    /// Whether the bytes that lie in the log are those of the leaf's hash.
    private func isOfItsChain(_ leaf: LogLeaf) throws -> Bool {
        let register = DeviceRegister(database)
        guard leaf.number > 0, let device = try register.device(leaf.device) else { return false }
        let chain = [Lineage(device: leaf.device, number: UInt64(Int64.max))] + device.state.lineage
        guard let before = try register.chainHash(of: chain, at: leaf.number - 1) else { return false }
        var query = try Query(
            database, "SELECT bytes FROM log WHERE device = ? AND number = ? AND is_release = 0 LIMIT 1")
        query.bind(leaf.device)
        query.bind(leaf.number)
        return try query.first { HashChain.next(after: before, set: $0.bytes(0)) == leaf.hash } ?? false
    }

    /// Whether a set is signed by its device: a frame's signature is over its last hash, and the chain leads from the
    /// set to it.
    package func isSigned(
        _ leaf: LogLeaf, isValid: (_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool
    ) throws -> Bool {
        var frame = try Query(
            database,
            """
            SELECT f.number, f.signature, d.signing_key FROM frame_signature f JOIN device d ON d.id = f.device
            WHERE f.device = ? AND f.number >= ? ORDER BY f.number LIMIT 1
            """)
        frame.bind(leaf.device)
        frame.bind(leaf.number)
        let signed = try frame.first { ($0.uint64(0), $0.bytes(1), $0.bytes(2)) }
        guard let (last, signature, key) = signed, try isOfItsChain(leaf) else { return false }
        var chain = try Query(
            database,
            "SELECT bytes FROM log WHERE device = ? AND number > ? AND number <= ? AND is_release = 0 ORDER BY number")
        chain.bind(leaf.device)
        chain.bind(leaf.number)
        chain.bind(last)
        var hash = leaf.hash
        try chain.forEach { row in
            hash = HashChain.next(after: hash, set: row.bytes(0))
            return true
        }
        return isValid(signature, PushFrame.signedBytes(lastHash: hash), key)
    }
}
