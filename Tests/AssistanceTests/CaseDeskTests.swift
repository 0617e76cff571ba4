import SyncEngine
import Testing

@testable import Assistance

/// What the desk's page is told of a case: the time that is left, the parallel tasks, each step with its reasons.
@Suite struct CaseDeskTests {
    private func left(_ world: CaseWorld, _ name: ClockRule.Name = .decision) throws -> CaseClock.Remaining? {
        let file = try world.file
        let clock = try #require(file.clocks.first { $0.rule.name == name })
        return clock.remaining(at: world.now, in: file.calendar)
    }

    /// Started 2026-02-13, due 2026-03-09: the Spring Festival does not count, its working Saturdays do.
    @Test(arguments: [
        ("2026-02-13T09:00:00+08:00", CaseClock.Remaining.days(12, .workingDays)),
        ("2026-02-14T09:00:00+08:00", .days(11, .workingDays)),
        ("2026-02-20T09:00:00+08:00", .days(11, .workingDays)),
        ("2026-03-09T23:59:59+08:00", .days(0, .workingDays)),
        ("2026-03-10T00:00:00+08:00", .lateDays(1, .workingDays)),
        ("2026-03-15T09:00:00+08:00", .lateDays(4, .workingDays)),
    ])
    func workingDaysThatAreLeftAreCountedByTheCalendar(now: String, expected: CaseClock.Remaining) throws {
        let world = CaseWorld(.dibao, on: "2026-02-13")
        world.authorise()
        world.now = try #require(Instant(now))
        #expect(try left(world) == expected)
    }

    @Test func hoursRunThroughTheNightAndAreToldToTheMinute() throws {
        let world = CaseWorld(.reliefUrgent, on: "2026-03-02")
        world.later(days: 0)
        #expect(try left(world, .relief) == .hours(24, minutes: 0))
        world.now = Instant(milliseconds: world.now.milliseconds + 90 * 60_000)
        #expect(try left(world, .relief) == .hours(22, minutes: 30))
        world.later(days: 1)
        #expect(try left(world, .relief) == .lateHours(1, minutes: 30))
    }

    @Test func aStoppedClockLeavesNothing() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        #expect(try left(world) == nil)
    }

    @Test func theThreeTasksRunSideBySide() throws {
        func states(_ world: CaseWorld) throws -> [CasePreparation.State] { try world.file.preparation.map(\.state) }
        let world = CaseWorld(.dibao)
        #expect(try states(world) == [.waiting, .waiting, .waiting])
        world.authorise()
        #expect(try states(world) == [.waiting, .waiting, .done])
        world.add("check_request", ["requested_at": .time(world.now)])
        world.add("visit", ["when": .time(world.now), "surveyors": .list(["李"])])
        #expect(try states(world) == [.running, .running, .done])
        #expect(try world.file.preparation[1].missing.map(\.rule.code) == ["R19"])
        world.report()
        world.visit()
        #expect(try states(world) == [.done, .done, .done])
        #expect(try CaseWorld(.reliefUrgent).file.preparation.isEmpty)
    }

    @Test func everyStepIsThereWithAllItsReasons() throws {
        let world = CaseWorld(.dibao)
        let steps = try world.file.steps(by: .clerk) { _ in false }
        #expect(steps.map(\.move.name) == ["authorise", "withdraw"])
        #expect(steps[0].reasons.map(\.rule.code) == ["R25", "R60"] && steps[1].isPossible)
        let district = try world.file.steps(by: .district) { _ in false }
        #expect(district.allSatisfy { $0.reasons.first?.rule.code == "R1" })
    }

    @Test func whoWroteTheDecisionDoesNotSignIt() throws {
        let world = CaseWorld(.dibao)
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        world.report()
        world.visit()
        try world.take("accept")
        try world.take("review")
        world.decide("approved")
        func approve(_ isMaker: Bool) throws -> CaseStep? {
            try world.file.steps(by: .leader) { _ in isMaker }.first { $0.move.name == "approve" }
        }
        #expect(try approve(false)?.isPossible == true)
        #expect(try approve(true)?.reasons.map(\.rule.code) == ["R12"])
    }

    @Test func aRequestIsOpenUntilAStepOrARefusal() throws {
        let world = CaseWorld(.dibao)
        world.authorise()
        let asked = world.add("case_request", ["move": .text("authorise")])
        #expect(try world.file.openRequests.count == 1)
        #expect(try world.file.tasks.contains { $0.kind == .answerRequest })
        world.set(asked, "refusal", .text("签字不清"))
        #expect(try world.file.openRequests.isEmpty)
        #expect(try !world.file.tasks.contains { $0.kind == .answerRequest })
        world.add("case_request", ["move": .text("authorise")])
        try world.take("authorise")
        #expect(try world.file.openRequests.isEmpty)
    }
}
