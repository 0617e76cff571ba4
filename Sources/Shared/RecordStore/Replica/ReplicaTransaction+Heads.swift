import GRDB
package import SyncEngine

/// A head that does not go on from the one that was held: both are signed, so that anybody can see it.
package struct HeadEvidence: Hashable, Sendable {
    package var refusal: String
    package var held: TreeHead
    package var shown: TreeHead
    /// The server has declared a new history since.
    package var isExplained: Bool

    /// For `doctor`: what it was, and the two sizes.
    package var summary: String { "\(refusal) \(held.size) → \(shown.size)" }
}

extension ReplicaTransaction {
    /// Evidence that is kept; with more, the first ones say it already.
    private static let evidenceLimit = 1_000

    /// The server's heads that are kept, in the order in which they came.
    package func treeHeads() throws -> [TreeHead] {
        try Query(database, "SELECT epoch, size, root, signature FROM tree_head ORDER BY number").all { row in
            guard let root = Hash256(bytes: row.bytes(2)) else { throw Problem(.storage, "tree_head.root") }
            return TreeHead(epoch: row.id(0), size: row.uint64(1), root: root, signature: row.bytes(3))
        }
    }

    /// Keeps a checked head, and lets those go that ``HeadSelection`` has no use for.
    package func keep(_ head: TreeHead) throws {
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
            try Query(database, "UPDATE tree_evidence SET explained = 1").run()
        }
    }

    /// Keeps both heads, once.
    package func keepEvidence(_ refusal: HeadCheck.Refusal, held: TreeHead, shown: TreeHead) throws {
        guard try evidence().count < Self.evidenceLimit else { return }
        var query = try Query(
            database, "INSERT OR IGNORE INTO tree_evidence (refusal, held, shown) VALUES (?, ?, ?)")
        query.bind(refusal.rawValue)
        query.bind(held.stored)
        query.bind(shown.stored)
        try query.run()
    }

    package func evidence() throws -> [HeadEvidence] {
        try Query(database, "SELECT refusal, held, shown, explained FROM tree_evidence ORDER BY number").all { row in
            guard let held = TreeHead(stored: row.bytes(1)), let shown = TreeHead(stored: row.bytes(2)) else {
                throw Problem(.storage, "tree_evidence")
            }
            return HeadEvidence(refusal: row.text(0), held: held, shown: shown, isExplained: row.bool(3))
        }
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
