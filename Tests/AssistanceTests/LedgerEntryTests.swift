import SyncEngine
import Testing

@testable import Assistance

/// What the ledger keeps of a case, and until when it holds.
@Suite struct LedgerEntryTests {
    @Test func anEntryHoldsUntilTheDayItNames() throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            var dice = Dice(seed: seed)
            let world = CaseWorld(.dibao)
            world.authorise(validFor: Int.random(in: 0...90, using: &dice))
            if seed % 4 > 0 { try world.approved() }
            if seed % 4 > 1 { _ = try world.post() }
            world.add("dynamic_review", ["due": world.day(Int.random(in: 0...80, using: &dice))])
            if seed % 4 == 3 {
                world.add("case_move", ["move": .text("pay"), "to": .text("in_payment"), "at": .time(world.now)])
                world.set(world.application, "status", .text("in_payment"))
            }
            var entry = LedgerEntry(try world.file, relocations: [])
            for _ in 0..<150 {
                world.later(days: 1)
                let next = LedgerEntry(try world.file, relocations: [])
                guard let until = entry.changesOn, until <= world.now.day else {
                    #expect(Self.said(next) == Self.said(entry), "seed \(seed), \(world.now.day)")
                    continue
                }
                entry = next
            }
        }
    }

    /// All but the day until which it holds, which may be told again more exactly.
    private static func said(_ entry: LedgerEntry) -> String {
        "\(entry.tasks) \(entry.clocks) \(entry.turns) \(String(describing: entry.amountFen)) \(entry.pack ?? "")"
    }

    @Test func aClockSaysAtAnyTimeWhatTheCaseSaysThen() throws {
        for programme in [Programme.dibao, .reliefUrgent] {
            let world = CaseWorld(programme)
            world.authorise()
            let entry = LedgerEntry(try world.file, relocations: [])
            #expect(!entry.clocks.isEmpty)
            for _ in 0..<200 {
                world.now = Instant(milliseconds: world.now.milliseconds + 3 * 3_600_000)
                let states = try world.file.clocks.map(\.state)
                #expect(entry.clocks.map { $0.state(at: world.now) } == states, "\(world.now)")
            }
        }
    }

    @Test func theIncomeIsTheCalculations() throws {
        let kept =
            #"{"lines":[{"code":"x","amount":"1"},{"code":"income.annual","zh":"a","en":"b","amount":"22728.5"}]}"#
        #expect(Calculation.annualIncomeFen(kept: kept) == 2_272_850)
        #expect(Calculation.annualIncomeFen(kept: kept.replacing("22728.5", with: "13439.99")) == 1_343_999)
        #expect(Calculation.annualIncomeFen(kept: kept.replacing("22728.5", with: "2284/3")) == 76_133)
        #expect(Calculation.annualIncomeFen(kept: kept.replacing("income.annual", with: "income.other")) == nil)
        #expect(Calculation.annualIncomeFen(kept: "") == nil)
    }
}
