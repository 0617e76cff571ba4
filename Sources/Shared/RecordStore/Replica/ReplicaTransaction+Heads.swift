import GRDB
package import SyncEngine

/// A head that does not go on from the one that was held: both are signed, so that anybody can see it.
package struct HeadEvidence: Sendable {
    package var number: Int64
    /// Of a refused head; ``parted`` of one that was followed.
    package var refusal: String
    package var held: TreeHead
    package var shown: TreeHead
    /// The server has declared a new history since.
    package var isExplained: Bool
    /// What a new history leaves behind, when that is what it is.
    package var parting: HeadCheck.Parting?
    /// When a person closed it, and who: asked, and content with the answer.
    package var dismissed: (at: Instant, by: String)?

    /// The ``refusal`` of a new history that is not proved to hold all that was shown of the one before.
    package static let parted = "parted"

    /// Contradicts what the township says, and nothing has come of it yet.
    package var isUnsettled: Bool { parting == nil && !isExplained && dismissed == nil }
    /// For a person to look at; a later history settles it, and does not make it undone.
    package var isOpen: Bool { dismissed == nil }

    /// For `doctor`: what it was, and the two sizes.
    package var summary: String {
        "\(refusal) \(held.size) → \(shown.size)" + (parting.map { ", \($0.common) ≤ \($0.fork)" } ?? "")
    }
}

extension ReplicaTransaction {
    /// Evidence of one kind that is kept; with more, the first ones say it already.
    private static let evidenceLimit = 1_000

    /// The server's heads that are kept, in the order in which they came.
    package func treeHeads() throws -> [TreeHead] {
        try Query(database, "SELECT epoch, size, root, signature FROM tree_head ORDER BY number").all { row in
            guard let root = Hash256(bytes: row.bytes(2)) else { throw Problem(.storage, "tree_head.root") }
            return TreeHead(epoch: row.id(0), size: row.uint64(1), root: root, signature: row.bytes(3))
        }
    }

    /// Keeps a checked head, and lets those go that ``HeadSelection`` has no use for.
    /// - Parameter parting: what its history leaves behind, for a person to look at.
    package func keep(_ head: TreeHead, leaving parting: HeadCheck.Parting? = nil) throws {
        let known = try treeHeads()
        guard known.last != head else { return }
        var insert = try Query(database, "INSERT INTO tree_head (epoch, size, root, signature) VALUES (?, ?, ?, ?)")
        insert.bind(head.epoch)
        insert.bind(head.size)
        insert.bind(head.root.bytes)
        insert.bind(head.signature)
        try insert.run()
        let wanted = Set(HeadSelection.thinned(known + [head]))
        for old in known where !wanted.contains(old) {
            var delete = try Query(database, "DELETE FROM tree_head WHERE epoch = ? AND size = ?")
            delete.bind(old.epoch)
            delete.bind(old.size)
            try delete.run()
        }
        if let last = known.last, last.epoch != head.epoch {
            try Query(database, "UPDATE tree_evidence SET explained = 1 WHERE common IS NULL").run()
        }
        if let parting { try keepEvidence(HeadEvidence.parted, held: parting.held, shown: head, parting: parting) }
    }

    /// Keeps both heads, once.
    package func keepEvidence(
        _ refusal: String, held: TreeHead, shown: TreeHead, parting: HeadCheck.Parting? = nil
    ) throws {
        guard try evidence().count(where: { $0.refusal == refusal }) < Self.evidenceLimit else { return }
        var query = try Query(
            database, "INSERT OR IGNORE INTO tree_evidence (refusal, held, shown, fork, common) VALUES (?, ?, ?, ?, ?)")
        query.bind(refusal)
        query.bind(held.stored)
        query.bind(shown.stored)
        query.bind((parting?.fork).map { Int64(clamping: $0) })
        query.bind((parting?.common).map { Int64(clamping: $0) })
        try query.run()
    }

    package func evidence() throws -> [HeadEvidence] {
        let sql = """
            SELECT number, refusal, held, shown, explained, fork, common, dismissed_at, dismissed_by FROM tree_evidence
            ORDER BY number
            """
        return try Query(database, sql).all { row in
            guard let held = TreeHead(stored: row.bytes(2)), let shown = TreeHead(stored: row.bytes(3)) else {
                throw Problem(.storage, "tree_evidence")
            }
            let parting =
                row.isNull(6) ? nil : HeadCheck.Parting(held: held, fork: row.uint64(5), common: row.uint64(6))
            return HeadEvidence(
                number: row.int64(0), refusal: row.text(1), held: held, shown: shown, isExplained: row.bool(4),
                parting: parting,
                dismissed: row.isNull(7) ? nil : (Instant(milliseconds: row.int64(7)), row.text(8)))
        }
    }

    /// A person has asked the township, and is content. The evidence stays.
    package func dismissEvidence(_ number: Int64, by author: String, at now: Instant) throws {
        var query = try Query(
            database,
            "UPDATE tree_evidence SET dismissed_at = ?, dismissed_by = ? WHERE number = ? AND dismissed_at IS NULL")
        query.bind(now.milliseconds)
        query.bind(author)
        query.bind(number)
        try query.run()
    }
}

extension TreeHead {
    private static let prefix = TreeHead(epoch: EpochID(high: 0, low: 0), size: 0, root: .zero).signedBytes.count - 56

    /// What is signed, then the signature.
    fileprivate var stored: [UInt8] { signedBytes + signature }

    fileprivate init?(stored: [UInt8]) {
        let bytes = stored.dropFirst(Self.prefix)
        guard bytes.count >= 56, let epoch = EpochID(bytes: Array(bytes.prefix(16))),
            let root = Hash256(bytes: bytes.dropFirst(24).prefix(32))
        else { return nil }
        let size = bytes.dropFirst(16).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.init(epoch: epoch, size: size, root: root, signature: Array(bytes.dropFirst(56)))
    }
}
