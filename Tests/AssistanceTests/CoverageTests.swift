import SyncEngine
import Testing

@testable import Assistance

/// 应保尽保 (R16): who is entitled by the facts and has no case.
@Suite struct PossibleMissTests {
    /// A household without any case.
    private func world() -> QualityWorld {
        let world = QualityWorld()
        for kind in ["application", "decision", "dynamic_review", "check_report"] { world.cases.remove(kind) }
        return world
    }

    private func found(_ world: QualityWorld) throws -> [String] {
        try world.file.possibleMisses().map { "\($0.programme.rawValue) \($0.reason.rawValue)" }
    }

    @Test func aHouseholdBelowTheLimitWithoutACaseIsMissed() throws {
        let world = world()
        // An able son: no 特困, and his mother's 150 yuan a month are below the standard; a tenth of it for her age.
        world.add("supporter", ["name": .text("张大"), "ability": .text("able")])
        #expect(try found(world) == ["dibao entitled"])
        let miss = try #require(try world.file.possibleMisses().first)
        #expect(miss.detail.zh == "试算每月 466.00 元" && miss.since == world.cases.now.day && miss.member == nil)
    }

    @Test func whoHasNobodyIsMissedFor特困() throws {
        let world = world()
        world.cases.set(world.cases.member, "failed_activities", .list(["walk"]))
        #expect(try found(world) == ["tekun entitled"])
        #expect(try world.file.possibleMisses().first?.member?.text("name") == "张三")
    }

    @Test func aCaseInForceOrBeingDecidedIsNoMiss() throws {
        #expect(try found(QualityWorld()).filter { !$0.hasPrefix("elderly") } == [])
        let open = QualityWorld()
        open.cases.set(open.cases.application, "status", .text("in_review"))
        #expect(try found(open) == [])
        // What was stopped covers nobody.
        open.add("supporter", ["name": .text("张大"), "ability": .text("able")])
        open.cases.set(open.cases.application, "status", .text("stopped"))
        #expect(try found(open) == ["dibao entitled"])
    }

    @Test func aMissingFactIsSaidApart() throws {
        let world = world()
        world.add("supporter", ["name": .text("张大"), "ability": .text("able")])
        world.cases.set(world.income, "amount_fen", .null)
        let miss = try #require(try world.file.possibleMisses().first)
        #expect(miss.reason == .cannotSay && miss.detail.zh.contains("amount_fen"))
    }

    @Test func aboveTheLimitAndNearItIsWatched() throws {
        let world = world()
        world.add("supporter", ["name": .text("张大"), "ability": .text("able")])
        world.cases.set(world.income, "amount_fen", .int64(60_000))
        #expect(try found(world) == ["dibao near_limit"])
        world.cases.set(world.income, "amount_fen", .int64(84_000))
        #expect(try found(world) == [])
        // A car is above the property limits: not near, but out.
        world.cases.set(world.income, "amount_fen", .int64(60_000))
        world.add("property_item", ["type": .text("vehicle"), "plate": .text("鲁D00001")])
        #expect(try found(world) == [])
    }

    @Test func aSevereDisabilityWithoutItsSubsidiesAndAnOldPersonWithoutAllowanceAreMissed() throws {
        let world = QualityWorld()
        #expect(try found(world) == ["elderly_allowance entitled"])
        world.cases.set(world.cases.member, "disability_grade", .text("1"))
        let all = ["disability_living entitled", "disability_care entitled", "elderly_allowance entitled"]
        #expect(try found(world) == all)
        let member = Value.text(world.cases.member.description)
        world.add(
            "application",
            ["programme": .text("disability_care"), "member": member, "status": .text("in_payment")])
        #expect(try found(world) == ["disability_living entitled", "elderly_allowance entitled"])
        world.cases.set(world.cases.member, "disability_expiry", world.day(-1))
        #expect(try found(world) == ["elderly_allowance entitled"])
    }
}

/// 应退尽退 (R16): which case in force must end or be decided anew.
@Suite struct MustExitTests {
    private func found(_ world: QualityWorld) throws -> [String] {
        try world.file.mustExits().map(\.reason.rawValue)
    }

    private func day(_ text: String) -> Value { .date(CalendarDay(text)!) }

    @Test func aCaseInOrderStays() throws { #expect(try found(QualityWorld()) == []) }

    @Test func aDeathSinceTheDecisionEndsIt() throws {
        let world = QualityWorld()
        world.cases.set(world.cases.member, "death_date", day("2026-03-01"))
        let exit = try #require(try world.file.mustExits().first)
        #expect(exit.reason == .death && exit.since == CalendarDay("2026-03-01") && exit.reason.stopReason == "02")
        #expect(exit.person?.text("name") == "张三")
    }

    @Test func incomeAndPropertyAboveTheLimitsEndIt() throws {
        let world = QualityWorld()
        world.cases.set(world.income, "amount_fen", .int64(60_000))
        #expect(try found(world) == ["income_above"])
        world.add("property_item", ["type": .text("vehicle"), "plate": .text("鲁D00001")])
        #expect(try found(world) == ["income_above", "property_above"])
        world.cases.set(world.income, "amount_fen", .int64(15_000))
        #expect(try found(world) == ["property_above"])
    }

    @Test func aMoveAFailedCheckAndALateRecheckAreReasons() throws {
        let world = QualityWorld()
        world.add("change_report", ["type": .text("move"), "on": day("2026-02-20")])
        #expect(try found(world) == ["moved"])
        world.cases.report("not_conforming")
        world.add("dynamic_review", ["due": world.day(-10)])
        #expect(try found(world) == ["moved", "check_failed", "recheck_overdue"])
        // A decision after the report has considered it.
        world.cases.decide("approved")
        #expect(try found(world) == ["check_failed", "recheck_overdue"])
    }

    @Test func anExpiredCertificateEndsTheSubsidy() throws {
        let world = QualityWorld(.disabilityCare)
        world.cases.set(world.cases.member, "disability_grade", .text("1"))
        #expect(try found(world) == [])
        world.cases.set(world.cases.member, "disability_expiry", world.day(-3))
        let exit = try #require(try world.file.mustExits().first)
        #expect(exit.reason == .certificateExpired && exit.since == world.cases.now.day.adding(days: -3))
    }

    @Test func 特困EndsAt18AndWhenSupportIsRegained() throws {
        let world = QualityWorld(.tekun)
        world.cases.set(world.cases.member, "failed_activities", .list(["walk"]))
        #expect(try found(world) == [])
        let supporter = world.add("supporter", ["name": .text("张大"), "ability": .text("unable")])
        #expect(try found(world) == [])
        world.cases.set(supporter, "ability", .text("able"))
        #expect(try found(world) == ["support"])
        let child = QualityWorld(.tekun)
        // Born 2010-04-01, decided on 2026-03-02 at 15.
        child.cases.set(child.cases.member, "id_number", .text(Self.number("37040420100401001")))
        child.cases.set(child.cases.member, "failed_activities", .list([]))
        child.cases.later(days: 365 * 2 + 100)
        let exits = try child.file.mustExits()
        #expect(exits.first?.reason == .turned18 && exits.first?.since == CalendarDay("2028-04-01"))
    }

    /// With its check character.
    private static func number(_ digits: String) -> String {
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"].map { digits + $0 }
            .first { IdentityNumber.check($0, today: CalendarDay("2030-01-01")!) == .valid }!
    }

    @Test func whatIsPaidOnceNeverEnds() throws {
        let world = QualityWorld(.reliefExpense)
        world.cases.set(world.cases.member, "death_date", day("2026-03-01"))
        #expect(try found(world) == [])
    }
}
