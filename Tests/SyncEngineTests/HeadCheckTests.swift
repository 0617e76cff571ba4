import SyncEngine
import Testing

/// What a station accepts as the continuation of the history it was shown.
@Suite struct HeadCheckTests {
    private static let epoch = EpochID(high: 1, low: 1)
    private static let later = EpochID(high: 2, low: 2)
    private static let leaves = (0..<40).map { MerkleHash.leaf([UInt8($0)]) }
    private static let key: [UInt8] = [7]

    private static func root(_ leaves: some Sequence<Hash256>) -> Hash256 {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    private static func sign(_ head: TreeHead) -> TreeHead {
        var head = head
        head.signature = Hash256(of: key + head.signedBytes).bytes
        return head
    }

    private static func head(_ size: Int, _ epoch: EpochID = epoch, of leaves: [Hash256] = leaves) -> TreeHead {
        sign(TreeHead(epoch: epoch, size: UInt64(size), root: root(leaves.prefix(size))))
    }

    private static func hello(
        _ head: TreeHead?, from earlier: Int? = nil, of leaves: [Hash256] = leaves, ancestors: [Base] = []
    ) throws -> Hello {
        let size = head?.size ?? 0
        let tree = MerkleTree(size: size) { level, index in
            root(leaves[(Int(index) << level)..<((Int(index) + 1) << level)])
        }
        return Hello(
            minimumProtocol: 1, maximumProtocol: 1, schemaVersion: 1, epoch: head?.epoch ?? epoch, latestSeq: size,
            nonce: [], treeHead: head, consistency: try earlier.map { try tree.consistency(from: UInt64($0)) } ?? [],
            ancestors: ancestors)
    }

    private func judge(
        _ hello: Hello, kept: [TreeHead], named: TreeHead?, isProofDue: Bool = true
    ) -> HeadCheck.Verdict {
        HeadCheck(serverKey: Self.key, kept: kept, named: named) { signature, message, key in
            signature == Hash256(of: key + message).bytes
        }.judge(hello, isProofDue: isProofDue)
    }

    @Test func theFirstHeadAndEveryProvedExtensionAreKept() throws {
        #expect(judge(try Self.hello(Self.head(5)), kept: [], named: nil) == .keep(Self.head(5)))
        for size in 1...40 {
            for earlier in 0..<size {
                let held = Self.head(earlier)
                let hello = try Self.hello(Self.head(size), from: earlier)
                #expect(judge(hello, kept: [held], named: held) == .keep(Self.head(size)))
            }
            let same = try Self.hello(Self.head(size))
            #expect(judge(same, kept: [Self.head(size)], named: Self.head(size)) == .known)
        }
    }

    @Test func aRewrittenHistoryIsRefusedWhereverItWasRewritten() throws {
        for place in 0..<20 {
            var other = Self.leaves
            other[place] = MerkleHash.leaf([99])
            let held = Self.head(20)
            let longer = try Self.hello(Self.head(30, of: other), from: 20, of: other)
            #expect(judge(longer, kept: [held], named: held) == .refused(.rewritten))
            let same = try Self.hello(Self.head(20, of: other), of: other)
            #expect(judge(same, kept: [held], named: held) == .refused(.rewritten))
        }
    }

    @Test func aSwappedPairIsRefused() throws {
        var other = Self.leaves
        other.swapAt(3, 4)
        let held = Self.head(20)
        let hello = try Self.hello(Self.head(30, of: other), from: 20, of: other)
        #expect(judge(hello, kept: [held], named: held) == .refused(.rewritten))
    }

    @Test func aShorterLogIsRefused() throws {
        let held = Self.head(20)
        #expect(judge(try Self.hello(Self.head(19)), kept: [held], named: held) == .refused(.shorter))
        let unasked = judge(try Self.hello(Self.head(19)), kept: [held], named: nil, isProofDue: false)
        #expect(unasked == .refused(.shorter), "without a proof too")
    }

    @Test func aHeadWithoutItsProofIsRefusedWhenItWasAskedFor() throws {
        let held = Self.head(20)
        #expect(judge(try Self.hello(Self.head(30)), kept: [held], named: held) == .refused(.rewritten))
        #expect(
            judge(try Self.hello(Self.head(30)), kept: [held], named: nil, isProofDue: false) == .unproven)
        #expect(judge(try Self.hello(nil), kept: [held], named: held) == .refused(.missing))
        #expect(judge(try Self.hello(nil), kept: [], named: nil) == .refused(.missing), "the first time too")
        #expect(judge(try Self.hello(nil), kept: [held], named: nil, isProofDue: false) == .unproven)
    }

    @Test func anotherKeyOrAnotherPositionIsRefused() throws {
        var forged = Self.head(5)
        forged.signature[0] ^= 1
        #expect(judge(try Self.hello(forged), kept: [], named: nil) == .refused(.badSignature))
        var hello = try Self.hello(Self.head(5))
        hello.latestSeq = 6
        #expect(judge(hello, kept: [], named: nil) == .refused(.inconsistent))
        hello.latestSeq = 5
        hello.epoch = Self.later
        #expect(judge(hello, kept: [], named: nil) == .refused(.inconsistent))
    }

    @Test func aDeclaredNewHistoryIsFollowedFromWhatBothHold() throws {
        var other = Self.leaves
        other[17] = MerkleHash.leaf([99])
        let kept = [Self.head(8), Self.head(16), Self.head(20)]
        let next = Self.head(25, Self.later, of: other)
        let ancestors = [Base(epoch: Self.epoch, seq: 17)]
        let first = try Self.hello(next, from: 20, of: other, ancestors: ancestors)
        #expect(judge(first, kept: kept, named: kept[2]) == .ask(kept[1]))
        let second = try Self.hello(next, from: 16, of: other, ancestors: ancestors)
        let parting = HeadCheck.Parting(held: kept[2], fork: 17, common: 16)
        #expect(judge(second, kept: kept, named: kept[1]) == .keep(next, leaving: parting))
        other[3] = MerkleHash.leaf([98])
        let rewritten = try Self.hello(
            Self.head(25, Self.later, of: other), from: 16, of: other, ancestors: ancestors)
        #expect(judge(rewritten, kept: kept, named: kept[1]) == .refused(.rewritten))
    }

    @Test func aNewHistoryThatHoldsAllThatWasShownLeavesNothing() throws {
        let held = Self.head(20)
        let ancestors = [Base(epoch: Self.epoch, seq: 22)]
        let next = Self.head(25, Self.later)
        let hello = try Self.hello(next, from: 20, ancestors: ancestors)
        #expect(judge(hello, kept: [held], named: held) == .keep(next))
    }

    @Test func aNewHistoryThatIsDeclaredToShareNothingIsNotTakenInSilence() throws {
        let kept = [Self.head(8), Self.head(20)]
        let other = (50..<90).map { MerkleHash.leaf([UInt8($0)]) }
        let next = Self.head(25, Self.later, of: other)
        for fork in [0, 7] as [Seq] {
            let ancestors = [Base(epoch: Self.epoch, seq: fork)]
            let hello = try Self.hello(next, from: 20, of: other, ancestors: ancestors)
            let parting = HeadCheck.Parting(held: kept[1], fork: fork, common: 0)
            #expect(judge(hello, kept: kept, named: kept[1]) == .keep(next, leaving: parting))
        }
    }

    /// By stick the township proves from the largest head that it knows, which the station takes to be beyond the fork.
    @Test func aProofFromBeyondTheSharedHeadProvesThatToo() throws {
        let kept = [Self.head(8), Self.head(20)]
        let hello = try Self.hello(
            Self.head(25, Self.later), from: 20, ancestors: [Base(epoch: Self.epoch, seq: 10)])
        let parting = HeadCheck.Parting(held: kept[1], fork: 10, common: 8)
        #expect(judge(hello, kept: kept, named: kept[1]) == .keep(Self.head(25, Self.later), leaving: parting))
    }

    @Test func aHistoryThatWasLeftIsNotGoneBackTo() throws {
        let first = EpochID(high: 0, low: 1)
        let kept = [Self.head(4, first), Self.head(8), Self.head(9, Self.later)]
        let hello = try Self.hello(Self.head(12), from: 4, ancestors: [Base(epoch: first, seq: 4)])
        #expect(judge(hello, kept: kept, named: kept[0]) == .refused(.unknownHistory))
    }

    @Test func anUndeclaredNewHistoryIsRefused() throws {
        let held = Self.head(20)
        let hello = try Self.hello(Self.head(25, Self.later), from: 20)
        #expect(judge(hello, kept: [held], named: held) == .refused(.unknownHistory))
    }

    @Test func aFewHeadsOfALongLogAreKept() {
        var kept: [TreeHead] = []
        for size in 1...40 { kept = HeadSelection.thinned(kept + [Self.head(size)]) }
        #expect(kept.map(\.size) == [1, 2, 4, 8, 16, 32, 40])
        kept = HeadSelection.thinned(kept + [Self.head(33, Self.later)])
        #expect(kept.map(\.size) == [1, 2, 4, 8, 16, 32, 40, 33])
    }

    @Test func aLogIsComparedWithWhatItsServerSigned() throws {
        func compare(_ heads: [TreeHead], size: Int, of leaves: [Hash256] = HeadCheckTests.leaves) -> HeadComparison {
            let ancestors = [Base(epoch: Self.later, seq: 12)]
            return HeadComparison(heads, epoch: Self.epoch, ancestors: ancestors, size: UInt64(size)) {
                Self.root(leaves.prefix(Int($0)))
            }
        }
        let heads = [Self.head(4), Self.head(16), Self.head(20)]
        #expect(!compare(heads, size: 20).isContradicted && !compare(heads, size: 30).isContradicted)
        let short = compare(heads, size: 18)
        #expect(short.isShort && !short.isDifferent && short.common == 16)
        var other = Self.leaves
        other[10] = MerkleHash.leaf([99])
        let different = compare(heads, size: 30, of: other)
        #expect(different.isDifferent && different.common == 4)
        #expect(
            !compare([Self.head(30, Self.later)], size: 20).isContradicted, "of an earlier history, which parted before"
        )
        #expect(!compare([Self.head(11, Self.later)], size: 20).isContradicted)
        #expect(compare([Self.head(11, Self.later)], size: 20, of: other).isDifferent, "where both should be the same")
        #expect(compare([Self.head(10, EpochID(high: 9, low: 9))], size: 20).isContradicted, "of a later one")
    }

}
