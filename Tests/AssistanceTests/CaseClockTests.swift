import SyncEngine
import Testing

@testable import Assistance

/// Clocks of cases (R33–R36): where they start and stop; a breach stays.
@Suite struct CaseClockTests {
    private func clock(_ name: ClockRule.Name, of world: CaseWorld) throws -> CaseClock {
        try #require(try world.file.clocks.first { $0.rule.name == name })
    }

    @Test func theTwelveWorkingDaysStartWhenApplicationAndAuthorisationAreComplete() throws {
        let world = CaseWorld(.dibao, on: "2026-02-11")
        #expect(try world.file.clocks.isEmpty)
        world.later(days: 2)
        world.authorise()
        let running = try clock(.decision, of: world)
        #expect(running.deadline.start == .day(CalendarDay("2026-02-13")!))
        #expect(running.deadline.due == .day(CalendarDay("2026-03-09")!))
        #expect(running.state == .running)
    }

    @Test func itWarnsBeforeItsEndAndIsOverdueAfterIt() throws {
        let world = CaseWorld(.dibao, on: "2026-02-13")
        world.authorise()
        world.now = Instant("2026-03-03T23:59:00+08:00")!
        #expect(try clock(.decision, of: world).state == .running)
        world.now = Instant("2026-03-04T00:00:00+08:00")!
        #expect(try clock(.decision, of: world).state == .warning)
        world.now = Instant("2026-03-09T23:59:59+08:00")!
        #expect(try clock(.decision, of: world).state == .warning)
        world.now = Instant("2026-03-10T00:00:00+08:00")!
        #expect(try clock(.decision, of: world).state == .overdue)
    }

    @Test func theDecisionStopsItAndALateOneStaysOnRecord() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.later(days: 60)
        #expect(try clock(.decision, of: world).state == .met)
        let late = CaseWorld(.dibao)
        late.authorise()
        try late.take("authorise")
        try late.take("prepare")
        late.later(days: 40)
        late.report()
        late.visit()
        try late.take("accept")
        try late.take("review")
        late.decide("approved")
        try late.take("approve")
        late.add("supervisor_note", ["clock": .text("decision"), "text": .text("核对平台停机")])
        let stopped = try clock(.decision, of: late)
        #expect(stopped.state == .late && stopped.notes == ["核对平台停机"])
    }

    @Test func urgentReliefRunsThroughHolidaysAndIsRegisteredInWorkingDays() throws {
        let world = CaseWorld(.reliefUrgent, on: "2025-01-28")
        world.set(world.application, "applied_at", .time(Instant("2025-01-28T22:30:00+08:00")!))
        world.set(world.application, "reason", .text("火灾"))
        world.now = Instant("2025-01-29T17:00:00+08:00")!
        #expect(try clock(.relief, of: world).deadline.due == .time(Instant("2025-01-29T22:30:00+08:00")!))
        #expect(try clock(.relief, of: world).state == .warning)
        #expect(try world.refusals("relieve") == ["R34"])
        world.now = Instant("2025-01-29T22:30:00+08:00")!
        world.add("payment", ["state": .text("paid"), "receipt": .text("签收单"), "amount_fen": .int64(50_000)])
        try world.take("relieve", by: .clerk)
        #expect(try clock(.relief, of: world).state == .met)
        #expect(try clock(.registration, of: world).deadline.due == .day(CalendarDay("2025-02-10")!))
        try world.take("register")
    }

    @Test func reliefThatCameLateIsRegisteredWithASupervisorsNote() throws {
        let world = CaseWorld(.reliefUrgent)
        world.set(world.application, "reason", .text("火灾"))
        world.later(days: 2)
        #expect(try clock(.relief, of: world).state == .overdue)
        world.add("payment", ["state": .text("paid"), "receipt": .text("签收单"), "amount_fen": .int64(50_000)])
        try world.take("relieve")
        #expect(try world.refusals("register") == ["R34"])
        world.add("supervisor_note", ["clock": .text("relief"), "text": .text("道路中断")])
        try world.take("register")
        #expect(try clock(.relief, of: world).state == .late)
    }

    @Test func aClockThatEndsBeyondTheCalendarIsNamedNotGuessed() throws {
        let world = CaseWorld(.dibao, on: "2026-12-28")
        world.authorise()
        #expect(try world.file.clocks.isEmpty)
        #expect(try world.file.clocksBeyondCalendar.map(\.name) == [.decision])
    }

    @Test func aPackMaySetAnotherTerm() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        world.authorise()
        let (first, second) = (try pack(rule: "20wd", from: "2026-03-02"), try pack(rule: "9wd", from: "2026-03-03"))
        world.shelf = PolicyShelf.included.adding([first, second])
        #expect(try clock(.decision, of: world).deadline.term == Term(20, .workingDays))
        // It goes on under the pack of its day.
        world.later(days: 5)
        #expect(try clock(.decision, of: world).deadline.term == Term(20, .workingDays))
    }

    @Test func aPackMaySetAClockForAnyProgrammeAndWhatStartsAndStopsIt() throws {
        let world = CaseWorld(.dibao)
        world.shelf = PolicyShelf.included.adding([
            try pack(rule: "2wd", from: "2026-03-01", starts: "acceptance", stops: "publicity")
        ])
        try world.approved()
        let running = try clock(.decision, of: world)
        #expect(running.stoppedAt == nil && running.deadline.start == .time(world.now))
        try world.post()
        try world.take("publicise")
        #expect(try clock(.decision, of: world).state == .met)
    }

    @Test func withoutAPolicyThereIsNoClock() throws {
        let world = CaseWorld(.elderlyAllowance)
        #expect(try world.file.clocks.isEmpty)
    }

    /// The included pack's successor, with this one clock.
    private func pack(
        rule: String, from: String, starts: String = "application_complete", stops: String = "decision"
    ) throws -> PolicyPack {
        let text = """
            {"id": "test", "version": 1, "region": "370404", "title": {"zh": "测试", "en": "Test"}, "issued": "\(from)",
             "from": "\(from)", "until": "2027-01-01", "parameters": [],
             "deadlines": [{"step": "decision", "rule": "\(rule)", "starts": "\(starts)", "stops": "\(stops)", "demo": true}],
             "notice": {"step": "notice", "rule": "7d", "starts": "posted", "stops": "removed", "demo": true}}
            """
        let (pack, findings) = PolicyPack.read(text)
        return try #require(pack, "\(findings)")
    }
}
