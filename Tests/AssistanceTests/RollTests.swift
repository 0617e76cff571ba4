import SyncEngine
import Testing

@testable import Assistance

/// What a month pays (R14): as decided, once, with arrears, and never to who must be looked at first.
@Suite struct RollTests {
    private func roll(_ month: String, _ world: CaseWorld, conflicts: Set<RecordID> = []) throws -> Roll {
        try Roll(Month(parsing: month), files: [try world.file], doubtful: conflicts)
    }

    private func lines(_ month: String, _ world: CaseWorld) throws -> [String] {
        try roll(month, world).lines.map { "\($0.month) \($0.fen)" }
    }

    /// Decided on 2026-03-02, in payment from 2026-03-14 on.
    private func paid() throws -> CaseWorld {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        return world
    }

    private func plan(_ month: String, _ world: CaseWorld) throws {
        for line in try roll(month, world).lines {
            world.add(
                "payment",
                [
                    "month": .text(line.month.description), "amount_fen": .int64(line.fen), "state": .text("planned"),
                ])
        }
    }

    @Test func aDecisionIsPaidFromTheMonthAfterItAndOnce() throws {
        let world = try paid()
        #expect(try lines("2026-03", world).isEmpty)
        #expect(try lines("2026-04", world) == ["2026-04 32000"])
        try plan("2026-04", world)
        #expect(try lines("2026-04", world).isEmpty)
        #expect(try lines("2026-05", world) == ["2026-05 32000"])
    }

    @Test func monthsWithoutALineArePaidAsArrears() throws {
        let world = try paid()
        try plan("2026-04", world)
        let roll = try roll("2026-06", world)
        #expect(roll.lines.map { $0.isArrears(in: roll.month) } == [true, false])
        #expect(roll.totalFen == 64_000)
    }

    @Test func anAdjustmentCountsFromTheMonthAfterIt() throws {
        let world = try paid()
        world.now = Instant("2026-05-10T09:00:00+08:00")!
        world.decide("adjusted", fen: 40_000)
        // Its own month waits until the notice was delivered and the step taken (R43); those before are paid.
        #expect(try lines("2026-06", world) == ["2026-04 32000", "2026-05 32000"])
        #expect(try roll("2026-06", world).held.flatMap(\.reasons).map(\.rule.code) == ["R43"])
        world.tell()
        #expect(try roll("2026-06", world).held.flatMap(\.reasons).map(\.rule.code) == ["R12"], "nobody has signed")
        try world.take("adjust")
        #expect(try lines("2026-06", world) == ["2026-04 32000", "2026-05 32000", "2026-06 40000"])
    }

    @Test func whoWasMergedIntoAnotherIsPaidAsTheOther() throws {
        let world = try paid()
        let other = world.add("member", ["name": .text("张三")])
        world.set(world.member, KindSchema.aliasField, .text(other.description))
        #expect(try roll("2026-04", world).lines.map(\.payee.record.id) == [other])
        world.set(world.application, "member", .null)
        world.set(world.household, "head", .text(world.member.description))
        #expect(try roll("2026-04", world).lines.map(\.payee.record.id) == [other])
    }

    @Test func nothingIsPaidToTheDead() throws {
        let world = try paid()
        world.set(world.member, "death_date", world.day(0))
        world.decide("adjusted", fen: 32_000)
        world.add("case_move", ["to": .text("adjusted")])
        #expect(try roll("2026-04", world).lines.isEmpty)
        #expect(try roll("2026-04", world).held.flatMap(\.reasons).map(\.rule.code) == ["R22"])
    }

    @Test func ofTwoHouseholdsThatWereMergedOneIsPaid() throws {
        let world = try paid()
        let first = world.application
        world.application = world.add(
            "application",
            [
                "programme": .text("dibao"), "member": .text(world.member.description), "applied_at": .time(world.now),
                "status": .text("in_payment"),
            ])
        world.decide("approved")
        world.add("case_move", ["to": .text("approved")])
        #expect(try roll("2026-06", world).lines.isEmpty)
        #expect(try roll("2026-06", world).held.flatMap(\.reasons).map(\.rule.code) == ["R14"])
        world.application = first
        #expect(try lines("2026-04", world) == ["2026-04 32000"])
    }

    /// Who writes a decision to stop takes nobody off the roll: its months are held where everybody sees it (R12, R43).
    @Test func aDecisionToStopHoldsWhatIsDueUntilItIsSigned() throws {
        let world = try paid()
        world.now = Instant("2026-05-10T09:00:00+08:00")!
        world.decide("stopped", fen: nil)
        #expect(try lines("2026-07", world) == ["2026-04 32000", "2026-05 32000"])
        var held = try roll("2026-07", world).held
        #expect(held.map(\.fen) == [64_000] && held.flatMap(\.reasons).map(\.rule.code) == ["R43"])
        #expect(try world.file.dueFen(for: Month(parsing: "2026-07")) == 32_000, "what is in force is not changed yet")
        world.tell()
        held = try roll("2026-07", world).held
        #expect(held.map(\.fen) == [64_000] && held.flatMap(\.reasons).map(\.rule.code) == ["R12"])
        try world.take("stop")
        #expect(try roll("2026-07", world).held.isEmpty && lines("2026-07", world).isEmpty)
        #expect(try world.file.dueFen(for: Month(parsing: "2026-06")) == nil)
        #expect(try world.file.dueFen(for: Month(parsing: "2026-05")) == 32_000)
    }

    /// A step signs the one decision that was shown and told of; what was written before it is paid for no month.
    @Test func aStepAdoptsTheLatestDecisionAlone() throws {
        let world = try paid()
        try plan("2026-04", world)
        world.now = Instant("2026-04-10T09:00:00+08:00")!
        world.decide("adjusted", fen: 90_000)
        world.now = Instant("2026-05-10T09:00:00+08:00")!
        world.decide("adjusted", fen: 40_000)
        world.tell()
        try world.take("adjust")
        try world.take("resume")
        #expect(try lines("2026-06", world) == ["2026-05 32000", "2026-06 40000"])
        let step = try #require(world.file.moves.last { $0.text("move") == "adjust" })
        #expect(try world.file.adopted(by: step)?.number("amount_fen") == 40_000)
    }

    /// Nor does the approval sign what it replaced.
    @Test func anApprovalThatWasReplacedBeforeItWasSignedIsNotPaid() throws {
        let world = CaseWorld(.dibao, on: "2026-01-05")
        world.authorise()
        world.decide("approved", fen: 90_000)
        world.now = Instant("2026-03-02T09:00:00+08:00")!
        try world.inPayment()
        #expect(try lines("2026-04", world) == ["2026-04 32000"])
    }

    @Test func aGraceThatTheLeaderOpensReplacesTheStopThatWasWritten() throws {
        let world = try paid()
        try plan("2026-04", world)
        world.now = Instant("2026-04-20T09:00:00+08:00")!
        world.decide("stopped", fen: nil)
        #expect(try lines("2026-05", world).isEmpty)
        world.add("case_move", ["move": .text("enter_grace"), "to": .text("grace"), "at": .time(world.now)])
        world.set(world.application, "status", .text("grace"))
        #expect(try lines("2026-05", world) == ["2026-05 32000"])
    }

    @Test func nothingIsPaidBeforeTheResultTookEffectOrAfterTheStop() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.approved()
        world.add("bank_account", ["number": .text("62220202")])
        #expect(try lines("2026-04", world).isEmpty)
        let stopped = try paid()
        stopped.set(stopped.application, "status", .text("stopped"))
        #expect(try lines("2026-05", stopped).isEmpty)
    }

    @Test func graceEndsAfterItsMonths() throws {
        let world = try paid()
        try plan("2026-04", world)
        world.now = Instant("2026-04-20T09:00:00+08:00")!
        world.add("case_move", ["move": .text("enter_grace"), "to": .text("grace"), "at": .time(world.now)])
        world.set(world.application, "status", .text("grace"))
        #expect(try lines("2026-12", world).last == "2026-10 32000")
        #expect(try lines("2026-12", world).count == 6)
    }

    @Test func reliefIsPaidOnce() throws {
        let world = CaseWorld(.reliefExpense, on: "2026-03-02")
        try world.approved()
        world.add("bank_account", ["number": .text("62220202")])
        world.set(world.application, "status", .text("effective"))
        #expect(try lines("2026-04", world) == ["2026-04 32000"])
        try plan("2026-04", world)
        #expect(try lines("2026-09", world).isEmpty)
    }

    @Test func aReturnedOrReversedLineIsDueAgain() throws {
        let world = try paid()
        let first = world.add(
            "payment", ["month": .text("2026-04"), "amount_fen": .int64(32_000), "state": .text("planned")])
        #expect(try lines("2026-04", world).isEmpty)
        world.add(
            "payment",
            [
                "month": .text("2026-04"), "amount_fen": .int64(-32_000), "state": .text("returned"),
                "reverses": .text(first.description),
            ])
        #expect(try lines("2026-04", world) == ["2026-04 32000"])
    }

    private func holds(_ world: CaseWorld, conflicts: Set<RecordID> = []) throws -> [String] {
        let roll = try roll("2026-04", world, conflicts: conflicts)
        #expect(roll.lines.isEmpty)
        return roll.held.flatMap(\.reasons).map(\.rule.code)
    }

    @Test func whoMustBeLookedAtFirstIsHeldWithTheRule() throws {
        let dead = try paid()
        dead.set(dead.member, "death_date", dead.day(0))
        #expect(try holds(dead) == ["R22"])
        let twice = try paid()
        twice.add("bank_account", ["number": .text("62220203")])
        #expect(try holds(twice) == ["R14"])
        let none = try paid()
        none.remove("bank_account")
        #expect(try holds(none) == ["R14"])
        let disputed = try paid()
        #expect(try holds(disputed, conflicts: [disputed.member]) == ["R14"])
        let means = disputed.add("income_item", ["type": .text("wage"), "amount_fen": .int64(120_000)])
        #expect(try holds(disputed, conflicts: [means]) == ["R14"], "An amount that is in dispute")
        let nobody = try paid()
        nobody.set(nobody.application, "member", .null)
        #expect(try holds(nobody) == ["R14"])
        nobody.set(nobody.household, "head", .text(nobody.member.description))
        #expect(try lines("2026-04", nobody) == ["2026-04 32000"])
    }

    @Test func aLineIsPlannedAsDecidedAndOnceAMonth() throws {
        let world = try paid()
        func refusals(_ month: String, _ fen: Int64) throws -> [String] {
            let id = world.add(
                "payment", ["month": .text(month), "amount_fen": .int64(fen), "state": .text("planned")])
            let line = try #require(Linked(world.records.first { $0.id == id }!))
            return try world.file.refusals(ofPlanning: line).map(\.rule.code)
        }
        #expect(try refusals("2026-03", 32_000) == ["R14"])
        #expect(try refusals("2026-04", 32_000).isEmpty)
        #expect(try refusals("2026-04", 32_000) == ["R14"])
        #expect(try refusals("2026-05", 31_900) == ["R14"])
        #expect(try refusals("二月", 32_000) == ["R14"])
    }

    @Test func aPolicyThatDoesNotSayFromWhenIsAnError() throws {
        let world = try paid()
        let text = """
            {"id": "test", "version": 1, "region": "370404", "title": {"zh": "测试", "en": "Test"}, "issued": "2026-01-01",
             "from": "2026-01-01", "until": "2027-01-01", "parameters": []}
            """
        world.shelf = PolicyShelf.included.adding([try #require(PolicyPack.read(text).pack)])
        #expect(throws: Problem.self) { try roll("2026-04", world) }
    }

    @Test(arguments: ["2026-13", "2026-1", "26-01", "2026-00", "", "二〇二六"])
    func whatIsNoMonthIsRefused(text: String) { #expect(Month(text) == nil) }

    @Test func monthsGoOnOverTheYear() throws {
        let month = try #require(Month("2026-12"))
        #expect(month.next.description == "2027-01")
        #expect(month.last.description == "2026-12-31" && month.next < month.next.next)
    }
}
