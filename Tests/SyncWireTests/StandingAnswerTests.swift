import SyncEngine
import Testing

@testable import SyncWire

@Suite struct StandingAnswerTests {
    private static func id(_ low: UInt64) -> RecordID { RecordID(high: 1, low: low) }

    private let hello = Hello(
        minimumProtocol: 1, maximumProtocol: 1, schemaVersion: 6, epoch: id(1), parent: Base(epoch: id(2), seq: 4),
        latestSeq: 9, acknowledged: Acknowledgement(number: 3, hash: .zero), nonce: [1, 2, 3],
        treeHead: TreeHead(epoch: id(1), size: 9, root: .zero, signature: [7]), consistency: [.zero],
        ancestors: [Base(epoch: id(2), seq: 4)])
    private let page = PullPage(
        epoch: id(1), from: 5, to: 9, outcomes: [SetOutcome(number: 3, seq: 9, result: .verbatim)],
        digests: [ScopeDigest(scope: Scope("370404101201"), records: 2, digest: RecordDigest())], backupWatermark: 2)

    private func idle(_ page: PullPage) -> PullPage {
        PullPage(
            epoch: page.epoch, from: page.to, to: page.to, digests: page.digests, backupWatermark: page.backupWatermark)
    }

    @Test func theLastPageOfNewsAndTheIdlePageAfterItHaveOneTag() throws {
        let after = try #require(StandingAnswer(hello, page))
        var later = hello
        later.nonce = [4]
        later.consistency = []
        let again = try #require(StandingAnswer(later, idle(page)))
        #expect(after.tag == again.tag)
        #expect(after.tag.utf8.count == 11)
        #expect(StandingAnswer.isAll(of: idle(page)))
        #expect(!StandingAnswer.isAll(of: page), "a page with news is no idle page")
        #expect(after.cursor == 9)
    }

    @Test func whatIsKeptIsReadAgainAsTheAnswerItWas() throws {
        let standing = try #require(StandingAnswer(hello, page))
        let kept = try #require(StandingAnswer(bytes: standing.bytes))
        #expect(kept.tag == standing.tag)
        let answer = kept.answer(requestNonce: [8], nonce: [9])
        #expect(answer.requestNonce == [8])
        #expect(answer.hello?.nonce == [9])
        #expect(answer.hello?.treeHead == hello.treeHead)
        #expect(answer.hello?.acknowledged == hello.acknowledged)
        #expect(answer.hello?.ancestors == hello.ancestors)
        #expect(answer.body == .pull(idle(page)))
        #expect(StandingAnswer(bytes: [1, 2, 3]) == nil)
        #expect(StandingAnswer(bytes: []) == nil)
    }

    @Test func nothingStandsWhileThereIsMoreToPull() {
        var more = page
        more.hasMore = true
        #expect(StandingAnswer(hello, more) == nil)
    }

    @Test(arguments: 0..<11) func whateverChangesChangesTheTag(part: Int) throws {
        var (hello, page) = (hello, page)
        switch part {
        case 0: hello.schemaVersion = 7
        case 1: hello.maximumProtocol = 2
        case 2: hello.epoch = Self.id(3)
        case 3: hello.parent = nil
        case 4: hello.latestSeq = 10
        case 5: hello.acknowledged?.number = 4
        case 6: hello.treeHead?.root = Hash256(of: [1])
        case 7: hello.ancestors = []
        case 8: page.to = 10
        case 9: page.digests = []
        default: page.backupWatermark = 3
        }
        #expect(StandingAnswer(hello, page)?.tag != StandingAnswer(self.hello, self.page)?.tag)
    }
}
