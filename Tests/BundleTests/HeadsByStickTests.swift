import EdgeClient
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// The township's signed heads by stick: proved from what the station holds, or nothing of the answer is used.
@Suite struct HeadsByStickTests {
    private let sticks: Sticks

    init() throws { sticks = try Sticks(seed: 11, places: ["370404101201"]) }

    private func held() throws -> TreeHead? {
        try sticks.world.stations[0].replica.read { try $0.treeHeads().last }
    }

    @Test func everyAnswersHeadIsProvedFromTheOneBefore() throws {
        for count in 1...20 {
            for _ in 0..<3 { try sticks.world.new(0, Sample.root, .set("latest", .text("v"))) }
            let result = try sticks.carry(0)
            #expect(result.problem == nil && result.skippedPages == 0)
            #expect(try held()?.size == UInt64(3 * count))
        }
    }

    @Test func aRewrittenHistoryShownByStickIsFoundAndNothingOfItIsUsed() throws {
        for word in ["a", "b"] { try sticks.world.new(0, Sample.root, .set("latest", .text(word))) }
        try sticks.carry(0)
        // The same township with the same keys and numbers, in which other things were said.
        let rewritten = try Sticks(seed: 11, places: ["370404101201"])
        for word in ["c", "d", "e"] { try rewritten.world.new(0, Sample.root, .set("latest", .text(word))) }
        var reply = try rewritten.answer(try rewritten.export(0).file).told.reply
        reply.head = try held()
        let pending = try sticks.world.new(0, Sample.root, .set("latest", .text("mine")))
        let position = try sticks.position(0)
        for proof in [[], [Hash256(of: [1])]] {
            reply.hello.consistency = proof
            var page = PullPage(epoch: position.epoch, from: position.cursor, to: 3)
            page.outcomes = [SetOutcome(number: 3, seq: 3, result: .verbatim)]
            let forged = try sticks.forged(0, reply, [BundleReply.Piece(pages: [page])])
            let refused = #expect(throws: Problem.self) { try sticks.apply(0, forged) }
            #expect(refused?.code == .historyRewritten)
        }
        #expect(try sticks.position(0) == position)
        #expect(try sticks.world.stations[0].replica.read { try $0.pendingCount() } == 1)
        let evidence = try sticks.world.stations[0].replica.read { try $0.evidence() }
        #expect(evidence.map(\.refusal) == ["rewritten"])
        #expect(try held()?.size == 2)
        // The true township goes on.
        #expect(try sticks.carry(0).problem == nil)
        #expect(try sticks.world.record(Sample.root, pending) != nil)
        let found = try sticks.world.differences()
        #expect(found == ["station 0: history rewritten 2 → 3"], "and it is still told")
    }

    @Test func anAnswerThatNamesNoHeadOrIsUnsignedGivesNoPages() throws {
        try sticks.world.new(0, Sample.root, .set("latest", .text("a")))
        try sticks.carry(0)
        try sticks.world.new(0, Sample.root, .set("latest", .text("b")))
        var reply = try sticks.answer(try sticks.export(0).file).told.reply
        let position = try sticks.position(0)
        let page = PullPage(epoch: position.epoch, from: position.cursor, to: 2)
        reply.head = nil
        let unproved = try sticks.apply(0, try sticks.forged(0, reply, [BundleReply.Piece(pages: [page])]))
        #expect(unproved.skippedPages == 1)
        #expect(try sticks.position(0) == position)
        reply.hello.treeHead?.signature[0] ^= 1
        let unsigned = try sticks.forged(0, reply, [])
        #expect(#expect(throws: Problem.self) { try sticks.apply(0, unsigned) }?.code == .historyRewritten)
    }

    @Test func aLateAnswerIsNoRewriting() throws {
        let early = try sticks.export(0).file
        let answers = try (0..<3).map { index in
            try sticks.world.new(0, Sample.root, .set("latest", .text("\(index)")))
            return try sticks.answer(index == 0 ? early : try sticks.export(0).file).file
        }
        for answer in answers + answers.reversed() { #expect(try sticks.apply(0, answer).problem == nil) }
        try sticks.carry(0)
        for answer in answers { #expect(try sticks.apply(0, answer).problem == nil) }
        #expect(try held()?.size == 3)
        #expect(try sticks.world.stations[0].replica.read { try $0.evidence() }.isEmpty)
        #expect(try sticks.world.differences() == [])
    }
}
