import Crypto

/// The hashes of a Merkle tree (RFC 9162 section 2.1.1): leaves and inner nodes are told apart by their first byte, so
/// that neither passes for the other.
package enum MerkleHash {
    /// Of a tree without leaves: SHA-256 of nothing.
    package static let empty = Hash256(of: [UInt8]())

    /// SHA-256(0x00 ‖ bytes).
    package static func leaf(_ bytes: [UInt8]) -> Hash256 {
        var hasher = SHA256()
        withUnsafeBytes(of: 0 as UInt8) { hasher.update(bufferPointer: $0) }
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Hash256(hasher.finalize())
    }

    /// SHA-256(0x01 ‖ left ‖ right).
    package static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
        var hasher = SHA256()
        withUnsafeBytes(of: 1 as UInt8) { hasher.update(bufferPointer: $0) }
        left.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        right.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Hash256(hasher.finalize())
    }
}

/// What a growing tree needs of its past: the complete subtrees of its leaves, one for each bit of its size. A leaf is
/// appended with one hash on average, whatever the size.
package struct MerkleFrontier: Hashable, Sendable {
    /// Leaves.
    package private(set) var size: UInt64 = 0
    /// Roots of the complete subtrees, from the largest, leftmost one.
    private var subtrees: [Hash256] = []

    package init() {}

    /// Appends a leaf's hash.
    package mutating func append(_ leaf: Hash256) { append(leaf) { _, _, _ in } }

    /// Appends a leaf's hash.
    /// - Parameter completed: called for every subtree that this leaf completes, from the leaf itself (level 0) up.
    package mutating func append(
        _ leaf: Hash256, completed: (_ level: Int, _ index: UInt64, _ hash: Hash256) throws -> Void
    ) rethrows {
        var hash = leaf
        var level = 0
        var index = size
        try completed(0, index, hash)
        while index & 1 == 1 {
            hash = MerkleHash.node(subtrees.removeLast(), hash)
            level += 1
            index >>= 1
            try completed(level, index, hash)
        }
        subtrees.append(hash)
        size += 1
    }

    /// The root of a complete subtree that is one of the frontier's own, such as the largest; `nil` for others.
    package func subtree(level: Int, index: UInt64) -> Hash256? {
        // Subtrees lie from the left in the order of the bits of the size, the highest first.
        guard level < 64, size >> UInt64(level) & 1 == 1, index == size >> UInt64(level) - 1 else { return nil }
        return subtrees[(size >> UInt64(level)).nonzeroBitCount - 1]
    }

    /// The tree's root.
    package var root: Hash256 {
        guard var root = subtrees.last else { return MerkleHash.empty }
        for left in subtrees.dropLast().reversed() { root = MerkleHash.node(left, root) }
        return root
    }

    /// 8 bytes of size, big-endian, then 32 bytes for each subtree.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: size.bigEndian) { Array($0) } + subtrees.flatMap(\.bytes)
    }

    /// - Returns: `nil` for bytes that ``bytes`` did not write.
    package init?(bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        size = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        guard bytes.count == 8 + 32 * size.nonzeroBitCount else { return nil }
        subtrees = stride(from: 8, to: bytes.count, by: 32).compactMap { Hash256(bytes: bytes[$0..<($0 + 32)]) }
    }
}

/// A tree whose complete subtrees are read from somewhere: roots at earlier sizes, and proofs.
package struct MerkleTree {
    /// Leaves.
    package let size: UInt64
    private let node: (_ level: Int, _ index: UInt64) throws -> Hash256

    /// - Parameter node: the root of the complete subtree over the leaves `index << level ..< (index + 1) << level`.
    package init(size: UInt64, node: @escaping (_ level: Int, _ index: UInt64) throws -> Hash256) {
        self.size = size
        self.node = node
    }

    /// The root of the tree over the first `size` leaves, which must be within the tree.
    package func root(at size: UInt64) throws -> Hash256 {
        precondition(size <= self.size, "beyond the tree")
        return size == 0 ? MerkleHash.empty : try root(0, size)
    }

    /// RFC 9162 section 2.1.3.1, for a leaf of this tree.
    package func inclusion(of leaf: UInt64) throws -> [Hash256] {
        precondition(leaf < size, "beyond the tree")
        var proof: [Hash256] = []
        var (start, end) = (UInt64(0), size)
        while end - start > 1 {
            let middle = start + Self.split(end - start)
            if leaf < middle {
                proof.append(try root(middle, end))
                end = middle
            } else {
                proof.append(try root(start, middle))
                start = middle
            }
        }
        return proof.reversed()
    }

    /// RFC 9162 section 2.1.4.1: that the tree over the first `earlier` leaves is a beginning of this one. Empty when
    /// there is nothing to prove: for no leaves, and for all.
    package func consistency(from earlier: UInt64) throws -> [Hash256] {
        precondition(earlier <= size, "beyond the tree")
        guard earlier > 0, earlier < size else { return [] }
        var proof: [Hash256] = []
        var (start, end) = (UInt64(0), size)
        var isWhole = true
        while earlier != end {
            let middle = start + Self.split(end - start)
            if earlier <= middle {
                proof.append(try root(middle, end))
                end = middle
            } else {
                proof.append(try root(start, middle))
                start = middle
                isWhole = false
            }
        }
        if !isWhole { proof.append(try root(start, end)) }
        return proof.reversed()
    }

    /// The root over leaves `start ..< end`, where `start` is a multiple of the smallest power of two that is at least
    /// their count.
    private func root(_ start: UInt64, _ end: UInt64) throws -> Hash256 {
        let count = end - start
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(level, start >> UInt64(level))
        }
        let middle = start + Self.split(count)
        return MerkleHash.node(try root(start, middle), try root(middle, end))
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }
}

/// What can be checked with nothing but heads.
package enum MerkleProof {
    /// RFC 9162 section 2.1.3.2: whether `leaf` (a leaf's hash) is the one at `index` of the tree with this head.
    package static func isIncluded(
        _ leaf: Hash256, at index: UInt64, size: UInt64, root: Hash256, proof: [Hash256]
    ) -> Bool {
        guard index < size else { return false }
        var (own, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            guard last != 0 else { return false }
            if own & 1 == 1 || own == last {
                hash = MerkleHash.node(sibling, hash)
                skipMissingSiblings(&own, &last)
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            own >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// RFC 9162 section 2.1.4.2: whether the tree of the earlier head is a beginning of the later one's.
    package static func extends(
        size: UInt64, root: Hash256, earlierSize: UInt64, earlierRoot: Hash256, proof: [Hash256]
    ) -> Bool {
        if earlierSize == size { return proof.isEmpty && earlierRoot == root }
        guard earlierSize < size else { return false }
        if earlierSize == 0 { return proof.isEmpty && earlierRoot == MerkleHash.empty }
        let isPowerOfTwo = earlierSize & (earlierSize - 1) == 0
        var path = (isPowerOfTwo ? [earlierRoot] : []) + proof
        guard !proof.isEmpty else { return false }
        var (own, last) = (earlierSize - 1, size - 1)
        while own & 1 == 1 {
            own >>= 1
            last >>= 1
        }
        let first = path.removeFirst()
        var (earlier, later) = (first, first)
        for hash in path {
            guard last != 0 else { return false }
            if own & 1 == 1 || own == last {
                earlier = MerkleHash.node(hash, earlier)
                later = MerkleHash.node(hash, later)
                skipMissingSiblings(&own, &last)
            } else {
                later = MerkleHash.node(later, hash)
            }
            own >>= 1
            last >>= 1
        }
        return last == 0 && earlier == earlierRoot && later == root
    }

    /// On the right edge a node without a sibling is its own parent.
    private static func skipMissingSiblings(_ own: inout UInt64, _ last: inout UInt64) {
        while own & 1 == 0, own != 0 {
            own >>= 1
            last >>= 1
        }
    }
}
