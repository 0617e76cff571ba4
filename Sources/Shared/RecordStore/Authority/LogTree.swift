package import GRDB
package import SyncEngine

/// The Merkle tree over the log (RFC 9162), inside one transaction or snapshot. Leaves lie in `log.leaf`; whole
/// subtrees at every eighth level in `log_node`; the frontier, from which the tree grows, in `meta`. So a set costs no
/// statement of its own, and a proof reads at most 256 rows for every eight levels.
package struct LogTree {
    static let frontierKey = "tree"
    /// Leaves that one step of ``fill()`` holds in memory.
    private static let fillStep = 10_000
    private static let keptLevels = 8

    private let database: Database

    package init(_ database: Database) { self.database = database }

    /// - Throws: ``Problem`` ``Problem/Code/storage`` for a damaged one.
    package func frontier() throws -> MerkleFrontier {
        guard let bytes = try Meta.bytes(Self.frontierKey, in: database) else { return MerkleFrontier() }
        guard let frontier = MerkleFrontier(bytes: bytes) else { throw Problem(.storage, "meta.tree") }
        return frontier
    }

    /// What the log says to heads that its server signed.
    package func compare(_ heads: [TreeHead], epoch: EpochID) throws -> HeadComparison {
        try HeadComparison(
            heads, epoch: epoch, ancestors: try EpochReader(database).ancestors(), size: try frontier().size,
            root: root(at:))
    }

    /// The root over the first `size` sets.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` beyond the tree.
    package func root(at size: UInt64) throws -> Hash256 {
        let frontier = try frontier()
        if size == frontier.size { return frontier.root }
        guard size < frontier.size else { throw Problem(.badRequest, "head \(size)") }
        return try tree(frontier).root(at: size)
    }

    /// That the head over the first `earlier` sets is a beginning of the present one; empty for one beyond it.
    /// - Parameter known: the present tree, where it was read already.
    package func consistency(from earlier: UInt64, to known: MerkleFrontier? = nil) throws -> [Hash256] {
        let frontier = try known ?? frontier()
        return earlier < frontier.size ? try tree(frontier).consistency(from: earlier) : []
    }

    /// That the set decided at `seq` is in the tree of the first `size` sets.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` beyond it.
    package func inclusion(of seq: Seq, size: UInt64) throws -> [Hash256] {
        guard seq >= 1, seq <= size else { throw Problem(.badRequest, "seq \(seq)") }
        return try tree(size).inclusion(of: seq - 1)
    }

    private func tree(_ size: UInt64) -> MerkleTree {
        MerkleTree(size: size) { level, index in try node(level: level, index: index) }
    }

    /// The present tree: its largest subtrees are at hand, and a proof from a size not long ago needs few others.
    private func tree(_ frontier: MerkleFrontier) -> MerkleTree {
        MerkleTree(size: frontier.size) { level, index in
            try frontier.subtree(level: level, index: index) ?? node(level: level, index: index)
        }
    }

    // MARK: - Nodes

    static func isKept(_ level: Int) -> Bool { level > 0 && level % keptLevels == 0 }

    private static func nodeID(_ level: Int, _ index: UInt64) -> Int64 { Int64(level) << 48 | Int64(index) }

    func keep(_ hash: Hash256, level: Int, index: UInt64) throws {
        var query = try Query(database, "INSERT OR REPLACE INTO log_node (id, hash) VALUES (?, ?)")
        query.bind(Self.nodeID(level, index))
        query.bind(hash.bytes)
        try query.run()
    }

    func kept(level: Int, index: UInt64) throws -> Hash256? { try row(level, from: index, count: 1).first }

    /// One whole subtree, from the kept level below it.
    private func node(level: Int, index: UInt64) throws -> Hash256 {
        let kept = level / Self.keptLevels * Self.keptLevels
        let count = 1 << (level - kept)
        var hashes = try row(kept, from: index << UInt64(level - kept), count: count)
        guard hashes.count == count else { throw Problem(.authorityDamaged, "tree \(level)/\(index)") }
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map { MerkleHash.node(hashes[$0], hashes[$0 + 1]) }
        }
        return hashes[0]
    }

    private func row(_ level: Int, from index: UInt64, count: Int) throws -> [Hash256] {
        let sql =
            level == 0
            ? "SELECT leaf FROM log WHERE seq > ? AND seq <= ? ORDER BY seq"
            : "SELECT hash FROM log_node WHERE id >= ? AND id < ? ORDER BY id"
        var query = try Query(database, sql)
        let start = level == 0 ? Int64(index) : Self.nodeID(level, index)
        query.bind(start)
        query.bind(start + Int64(count))
        return try query.all { Hash256(bytes: $0.bytes(0)) }.compactMap(\.self)
    }

    // MARK: - Leaves

    /// A row of the log as it stands, with the leaf that was kept of it.
    struct StoredLeaf {
        var leaf: LogLeaf
        var kept: Hash256?
    }

    private static let leafColumns = """
        SELECT l.seq, l.hash, l.device, l.number, l.result, l.problem, l.problem_subject, l.problem_zh, l.problem_en,
        l.is_release, l.is_desk, l.is_flagged, l.decided_at, l.leaf,
        c.record, c.kind, c.operation, c.scope, c.deleted, c.set_change, c.effects
        FROM log l LEFT JOIN log_change c ON c.id >= l.seq << 20 AND c.id < (l.seq + 1) << 20
        WHERE l.seq > ? AND l.seq <= ? ORDER BY l.seq, c.id
        """

    /// The leaves of the sets decided in (from, through], worked out from the log's rows, one at a time.
    func forEachLeaf(after from: Seq, through: Seq, _ body: (StoredLeaf) throws -> Void) throws {
        var query = try Query(database, Self.leafColumns)
        query.bind(from)
        query.bind(through)
        var current: StoredLeaf?
        var rows = LogLeafRows()
        func finish() throws {
            guard var stored = current else { return }
            stored.leaf.changes = rows.hash
            try body(stored)
        }
        try query.forEach { row in
            if current?.leaf.seq != row.uint64(0) {
                try finish()
                current = Self.leaf(row)
                rows = LogLeafRows()
                if !row.isNull(5) { rows.append(problemSubject: row.text(6), zh: row.text(7), en: row.text(8)) }
            }
            if !row.isNull(14) { Self.append(row, to: &rows) }
            return true
        }
        try finish()
    }

    /// The leaf of the set decided at `seq`; `nil` when there is none.
    package func leaf(of seq: Seq) throws -> LogLeaf? {
        var leaf: LogLeaf?
        try forEachLeaf(after: seq - 1, through: seq) { leaf = $0.leaf }
        return leaf
    }

    private static func leaf(_ row: Columns) -> StoredLeaf {
        let leaf = LogLeaf(
            seq: row.uint64(0), hash: Hash256(bytes: row.bytes(1)) ?? .zero, device: row.id(2), number: row.uint64(3),
            result: UInt8(clamping: row.int64(4)), problem: UInt32(clamping: row.int64(5)), isRelease: row.bool(9),
            isDesk: row.bool(10), isFlagged: row.bool(11), decidedAt: Instant(milliseconds: row.int64(12)),
            changes: .zero)
        return StoredLeaf(leaf: leaf, kept: Hash256(bytes: row.bytes(13)))
    }

    private static func append(_ row: Columns, to rows: inout LogLeafRows) {
        rows.append(
            record: row.id(14), kind: row.text(15), operation: UInt8(clamping: row.int64(16)), scope: row.text(17),
            isDeleted: row.bool(18), setChange: row.isNull(19) ? nil : row.int(19),
            effects: row.isNull(20) ? nil : row.bytes(20))
    }

    /// Makes the tree of a log that was kept before there was one.
    func fill() throws {
        var frontier = MerkleFrontier()
        var leaves: [(seq: Seq, hash: Hash256)] = []
        repeat {
            leaves = []
            let from = frontier.size
            try forEachLeaf(after: from, through: from + Seq(Self.fillStep)) { stored in
                leaves.append((stored.leaf.seq, stored.leaf.treeHash))
            }
            for leaf in leaves {
                guard leaf.seq == frontier.size + 1 else { throw Problem(.storage, "log.seq \(leaf.seq)") }
                try frontier.append(leaf.hash) { level, index, hash in
                    if Self.isKept(level) { try keep(hash, level: level, index: index) }
                }
                var update = try Query(database, "UPDATE log SET leaf = ? WHERE seq = ?")
                update.bind(leaf.hash.bytes)
                update.bind(leaf.seq)
                try update.run()
            }
        } while !leaves.isEmpty
        try Meta.set(frontier.bytes, for: Self.frontierKey, in: database)
    }
}
