import SyncEngine
import Testing

@testable import Assistance

/// Money that was paid and should not have been: what is found, what may be claimed, what is still out (R14).
@Suite struct RecoveryTests {
    private let world: CaseWorld

    /// Decided on 2026-03-02: 32,000 fen a month.
    init() throws {
        world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
    }

    private func at(_ day: String) { world.now = Instant(day + "T09:00:00+08:00")! }

    @discardableResult private func pay(_ month: String, roll: Bool = true) -> RecordID {
        world.add(
            "payment",
            [
                "month": .text(month), "amount_fen": .int64(32_000), "state": .text("planned"),
                "roll": roll ? .text(RecordID(high: 2, low: 2).description) : .null,
            ])
    }

    private func likely() throws -> [String] {
        try world.file.likelyOverpayments().map { "\($0.line.text("month") ?? "") \($0.cause.rawValue) \($0.fen)" }
    }

    private func claim(_ lines: [RecordID], _ fen: Int64, decision: String? = nil) -> RecordID {
        world.add(
            "recovery",
            [
                "lines": .list(lines.map(\.description)), "amount_fen": .int64(fen), "reason": .text("死亡后发放"),
                "decision": decision.map(Value.text) ?? .null,
            ])
    }

    private func item(_ recovery: RecordID, _ fen: Int64, from line: RecordID? = nil) -> RecordID {
        world.add(
            "recovery_item",
            [
                "recovery": .text(recovery.description), "amount_fen": .int64(fen), "reason": .text("按月抵扣"),
                "means": .text(line == nil ? "cash" : "offset"),
                "payment": line.map { .text($0.description) } ?? .null,
            ])
    }

    private func linked(_ id: RecordID) throws -> Linked {
        try #require(world.records.first { $0.id == id }.flatMap(Linked.init))
    }

    @Test func whatWasPaidAsDecidedIsNotOverpaid() throws {
        pay("2026-04")
        pay("2026-05")
        #expect(try likely() == [])
    }

    @Test func monthsAfterADeathAreFoundUntilADecisionCountsIt() throws {
        for month in ["2026-04", "2026-05", "2026-06"] { pay(month) }
        world.set(world.member, "death_date", .date(CalendarDay("2026-04-20")!))
        #expect(try likely() == ["2026-05 death 32000", "2026-06 death 32000"])
        at("2026-05-10")
        world.decide("adjusted", fen: 32_000)
        #expect(try likely() == ["2026-05 death 32000", "2026-06 death 32000"], "nobody has signed it")
        world.tell()
        try world.take("adjust")
        #expect(try likely() == ["2026-05 death 32000"])
    }

    @Test func whatWasFrozenBeforeAStopIsFound() throws {
        at("2026-04-25")
        pay("2026-04")
        pay("2026-05")
        at("2026-04-28")
        world.decide("stopped", fen: nil)
        #expect(try likely() == [], "nobody has signed it")
        world.tell()
        try world.take("stop")
        #expect(try likely() == ["2026-05 stopped 32000"])
    }

    @Test func ofAReductionOnlyTheDifferenceIsFound() throws {
        pay("2026-05")
        at("2026-04-28")
        world.decide("adjusted", fen: 20_000)
        world.tell()
        try world.take("adjust")
        #expect(try likely() == ["2026-05 reduced 12000"])
    }

    @Test func aLineThatCameBackIsNotOverpaid() throws {
        let line = pay("2026-05")
        at("2026-04-28")
        world.decide("stopped", fen: nil)
        world.tell()
        try world.take("stop")
        world.add(
            "payment",
            ["amount_fen": .int64(-32_000), "state": .text("returned"), "reverses": .text(line.description)])
        #expect(try likely() == [])
    }

    @Test func noMoreIsClaimedThanTheLinesPaid() throws {
        let lines = [pay("2026-05"), pay("2026-06")]
        func refusals(_ lines: [RecordID], _ fen: Int64) throws -> Int {
            let id = claim(lines, fen)
            defer { world.set(id, "decision", .text("rejected")) }
            return try world.file.refusals(ofClaiming: linked(id)).count
        }
        #expect(try refusals(lines, 64_000) == 0)
        #expect(try refusals(lines, 64_001) == 1)
        #expect(try refusals(lines, 0) == 1)
        #expect(try refusals([], 100) == 1)
        #expect(try refusals([lines[0], lines[0]], 64_000) == 1, "a line counts once")
        #expect(try refusals([world.member], 100) == 1, "it is no line")
        _ = claim([lines[0]], 30_000)
        #expect(try refusals([lines[0]], 2_000) == 0)
        #expect(try refusals([lines[0]], 2_001) == 1, "the rest is claimed already")
    }

    @Test func nothingIsRecoveredBeforeItIsApprovedNorMoreThanIsOut() throws {
        let overpaid = pay("2026-05")
        let recovery = claim([overpaid], 10_000)
        func refusals(_ fen: Int64) throws -> Int {
            let id = item(recovery, fen)
            let refusals = try world.file.refusals(ofRecovering: linked(id)).count
            if refusals > 0 { world.set(id, "recovery", .null) }
            return refusals
        }
        #expect(try refusals(100) == 1)
        world.set(recovery, "decision", .text("rejected"))
        #expect(try refusals(100) == 1)
        world.set(recovery, "decision", .text("approved"))
        #expect(try refusals(10_001) == 1)
        #expect(try refusals(4_000) == 0)
        #expect(try refusals(6_001) == 1)
        #expect(try world.file.state(of: linked(recovery)) == .approved)
        #expect(try refusals(6_000) == 0)
        #expect(try world.file.state(of: linked(recovery)) == .recovered)
    }

    @Test func somethingOfALineIsPaidAndOnlyBeforeItIsHandedOut() throws {
        let (overpaid, next) = (pay("2026-05"), pay("2026-06"))
        let recovery = claim([overpaid], 32_000, decision: "approved")
        func refusals(_ fen: Int64, _ line: RecordID) throws -> Int {
            let id = item(recovery, fen, from: line)
            defer { world.set(id, "recovery", .null) }
            let count = try world.file.refusals(ofRecovering: linked(id)).count
            world.set(id, "payment", .null)
            return count
        }
        #expect(try refusals(31_999, next) == 0)
        #expect(try refusals(32_000, next) == 1)
        #expect(try refusals(100, pay("2026-07", roll: false)) == 1)
        world.set(next, "paid_at", .time(world.now))
        #expect(try refusals(100, next) == 1)
    }

    @Test func whatWasWithheldFromALineThatCameBackIsOutAgain() throws {
        let (overpaid, next) = (pay("2026-05"), pay("2026-06"))
        let recovery = claim([overpaid], 10_000, decision: "approved")
        _ = item(recovery, 10_000, from: next)
        #expect(try world.file.outstandingFen(of: linked(recovery)) == 0)
        world.add(
            "payment",
            ["amount_fen": .int64(-32_000), "state": .text("returned"), "reverses": .text(next.description)])
        #expect(try world.file.outstandingFen(of: linked(recovery)) == 10_000)
    }

    @Test func aNameIsTheSameHoweverItIsTyped() {
        #expect(MoneyAdmission.isSame("陈主任", " 陈 主任 ") && MoneyAdmission.isSame("Li", "LI"))
        #expect(!MoneyAdmission.isSame("陈主任", "李建国") && !MoneyAdmission.isSame("陈主任", nil))
        // At the console and on the command line.
        #expect(MoneyAdmission.isSame("陈敏(chenmin)", "陈敏") && MoneyAdmission.isSame("chenmin", "陈敏(chenmin)"))
        #expect(!MoneyAdmission.isSame("陈敏(chenmin)", "陈敏(chenmin2)"))
    }
}
