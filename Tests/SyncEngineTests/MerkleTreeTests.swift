import SyncEngine
import TestSupport
import Testing

/// The tree of RFC 9162, against its definition and against the vectors that Certificate Transparency's
/// implementations share.
@Suite struct MerkleTreeTests {
    private static let sharedLeaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map { MerkleHash.leaf(Hex.decode($0) ?? []) }

    private static let sharedRoots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    private static let leaves = (0..<130).map { MerkleHash.leaf(Array("leaf \($0)".utf8)) }

    /// RFC 9162 section 2.1.1, word for word.
    private static func definition(_ leaves: ArraySlice<Hash256>) -> Hash256 {
        guard leaves.count > 1 else { return leaves.first ?? MerkleHash.empty }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        return MerkleHash.node(definition(leaves.prefix(split)), definition(leaves.dropFirst(split)))
    }

    /// Complete subtrees by level, pair by pair.
    private static let levels: [[Hash256]] = sequence(first: leaves) { below in
        below.count < 2
            ? nil : (0..<below.count / 2).map { MerkleHash.node(below[2 * $0], below[2 * $0 + 1]) }
    }.map(\.self)

    private static func tree(_ size: Int) -> MerkleTree {
        MerkleTree(size: UInt64(size)) { level, index in levels[level][Int(index)] }
    }

    private static let roots = (0...leaves.count).map { definition(leaves.prefix($0)) }

    private static func altered(_ hash: Hash256) -> Hash256 {
        Hash256(bytes: hash.bytes.dropLast() + [hash.bytes[31] ^ 1]) ?? .zero
    }

    @Test func theSharedVectorsHaveTheSharedRoots() {
        var frontier = MerkleFrontier()
        for (leaf, root) in zip(Self.sharedLeaves, Self.sharedRoots) {
            frontier.append(leaf)
            #expect(frontier.root.description == root)
        }
        #expect(
            MerkleFrontier().root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func aGrowingTreeHasTheRootsOfTheDefinition() throws {
        var frontier = MerkleFrontier()
        var completed: [[UInt64]: Hash256] = [:]
        for (count, leaf) in Self.leaves.enumerated() {
            frontier.append(leaf) { completed[[UInt64($0), $1]] = $2 }
            #expect(frontier.root == Self.roots[count + 1])
            #expect(MerkleFrontier(bytes: frontier.bytes) == frontier)
            #expect(try Self.tree(130).root(at: UInt64(count)) == Self.roots[count])
        }
        for (key, hash) in completed {
            let (level, index) = (Int(key[0]), Int(key[1]))
            #expect(hash == Self.definition(Self.leaves[(index << level)..<((index + 1) << level)]))
        }
        #expect(completed[[6, 1]] != nil && completed[[7, 0]] != nil && completed[[7, 1]] == nil)
    }

    @Test func aFrontierOfWrongLengthIsNone() {
        var frontier = MerkleFrontier()
        for leaf in Self.leaves.prefix(5) { frontier.append(leaf) }
        #expect(MerkleFrontier(bytes: Array(frontier.bytes.dropLast())) == nil)
        #expect(MerkleFrontier(bytes: frontier.bytes + [0]) == nil)
        #expect(MerkleFrontier(bytes: [0]) == nil)
    }

    @Test func everyInclusionProofHoldsAndNoAlteredOneDoes() throws {
        for size in 1...130 {
            let tree = Self.tree(size)
            let root = Self.roots[size]
            for index in 0..<size {
                let proof = try tree.inclusion(of: UInt64(index))
                func holds(
                    _ leaf: Hash256, _ index: Int, _ size: Int, _ root: Hash256, _ proof: [Hash256]
                ) -> Bool {
                    MerkleProof.isIncluded(leaf, at: UInt64(index), size: UInt64(size), root: root, proof: proof)
                }
                let leaf = Self.leaves[index]
                #expect(holds(leaf, index, size, root, proof))
                #expect(!holds(Self.altered(leaf), index, size, root, proof))
                #expect(!holds(leaf, index, size, Self.altered(root), proof))
                #expect(!holds(leaf, index, size, root, proof + [leaf]))
                #expect(size == 1 || !holds(leaf, index, size, root, Array(proof.dropLast())))
                let others = [index - 1, index + 1, size].filter { $0 >= 0 && $0 != index }
                #expect(others.allSatisfy { !holds(leaf, $0, size, root, proof) })
                guard size % 16 == 3 else { continue }
                for position in proof.indices {
                    var bent = proof
                    bent[position] = Self.altered(bent[position])
                    #expect(!holds(leaf, index, size, root, bent))
                }
            }
        }
    }

    @Test func everyConsistencyProofHoldsAndNoAlteredOneDoes() throws {
        for size in 1...130 {
            let tree = Self.tree(size)
            for earlier in 0...size {
                let proof = try tree.consistency(from: UInt64(earlier))
                func holds(
                    _ later: (Int, Hash256), _ earlier: (Int, Hash256), _ proof: [Hash256]
                ) -> Bool {
                    MerkleProof.extends(
                        size: UInt64(later.0), root: later.1, earlierSize: UInt64(earlier.0), earlierRoot: earlier.1,
                        proof: proof)
                }
                let (new, old) = ((size, Self.roots[size]), (earlier, Self.roots[earlier]))
                #expect(holds(new, old, proof), "\(earlier) → \(size)")
                #expect(!holds((size, Self.altered(new.1)), old, proof) || earlier == 0)
                #expect(!holds(new, (earlier, Self.altered(old.1)), proof))
                #expect(!holds(new, old, proof + [new.1]))
                #expect(proof.isEmpty || !holds(new, old, Array(proof.dropLast())))
                #expect(earlier == size || !holds((earlier, old.1), (size, new.1), proof), "never backwards")
                #expect(earlier <= 1 || !holds(new, (earlier - 1, old.1), proof))
                guard size % 16 == 3 else { continue }
                for position in proof.indices {
                    var bent = proof
                    bent[position] = Self.altered(bent[position])
                    #expect(!holds(new, old, bent))
                }
            }
        }
    }
}
