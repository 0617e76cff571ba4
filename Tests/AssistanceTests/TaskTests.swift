import SyncEngine
import Testing

@testable import Assistance

/// What has to be done, from records and clocks (DOMAIN section 1): village and township read the same.
@Suite struct TaskTests {
    private func tasks(_ world: CaseWorld) throws -> [String] {
        DueTask.inOrder(try world.file.tasks).map { "\($0.kind.rawValue) \($0.due.day)" }
    }

    @Test func anApplicationAsksForItsPapersItsSurveyAndItsCheck() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        #expect(try tasks(world) == ["authorise 2026-03-02", "survey 2026-03-02"])
        world.authorise()
        #expect(try tasks(world) == ["decision 2026-03-18", "survey 2026-03-18"])
        try world.take("authorise")
        #expect(try tasks(world) == ["request_check 2026-03-02", "decision 2026-03-18", "survey 2026-03-18"])
        try world.take("prepare")
        world.report()
        world.visit()
        #expect(try tasks(world) == ["decision 2026-03-18"])
    }

    @Test func aNoticeIsPostedThenTakenDownAfterItsTime() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.approved()
        let notice = world.add(
            "notice", ["kind": .text("publicity"), "place": .text("公开栏"), "from": world.day(0), "to": world.day(7)])
        #expect(try tasks(world) == ["post_notice 2026-03-02"])
        world.set(notice, "posted_evidence", .list(["照片"]))
        world.later(days: 7)
        #expect(try tasks(world).isEmpty)
        world.later(days: 3)
        let task = try #require(try world.file.tasks.first)
        #expect(task.kind == .removeNotice && task.isLate(at: world.now) && task.daysLate(at: world.now) == 2)
        world.set(notice, "removed_evidence", .list(["照片"]))
        #expect(try tasks(world).isEmpty)
    }

    @Test func aLetterIsDeliveredInTime() throws {
        let world = CaseWorld(.dibao, on: "2026-03-05")
        let letter = world.add("notice", ["kind": .text("rejection"), "from": world.day(0), "text": .text("收入超标")])
        world.set(world.application, "status", .text("rejected"))
        #expect(try tasks(world) == ["deliver_letter 2026-03-10"])
        world.set(letter, "delivered_on", world.day(1))
        #expect(try tasks(world).isEmpty)
    }

    @Test func aReviewIsCalledForThirtyDaysBeforeItIsDueAndStaysWhenLate() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        let review = world.add("dynamic_review", ["due": .date(CalendarDay("2026-06-30")!)])
        world.now = Instant("2026-05-30T09:00:00+08:00")!
        let before = try tasks(world).filter { $0.hasPrefix("recheck") }
        world.now = Instant("2026-05-31T09:00:00+08:00")!
        #expect(before.isEmpty)
        #expect(try tasks(world).contains("recheck 2026-06-30"))
        world.now = Instant("2026-07-10T09:00:00+08:00")!
        #expect(try world.file.tasks.first { $0.kind == .recheck }?.daysLate(at: world.now) == 10)
        world.set(review, "done", world.day(0))
        #expect(try !tasks(world).contains("recheck 2026-06-30"))
    }

    @Test func objectionsAndDeathsComeToTheDesk() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        world.add("objection", ["text": .text("他家有车"), "at": .date(CalendarDay("2026-03-04")!)])
        world.set(world.member, "death_date", .date(CalendarDay("2026-03-10")!))
        let desk = try world.file.tasks.filter { !$0.kind.isVillage }
        #expect(Set(desk.map(\.kind)) == [.reviewObjection, .reconsider])
        #expect(desk.allSatisfy { $0.programme == .dibao && $0.application == world.application })
    }

    @Test func whatTheVillageReportsIsDecidedOn() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        #expect(try world.file.tasks.filter { $0.kind == .reconsider }.isEmpty)
        world.add("change_report", ["type": .text("birth"), "on": world.day(-2)])
        world.add("change_report", ["type": .text("move"), "on": world.day(-1)])
        let due = try world.file.tasks.filter { $0.kind == .reconsider }.map(\.due.day)
        #expect(due == [world.now.day.adding(days: -2), world.now.day.adding(days: -1)])
        world.decide("adjusted", fen: 40_000)
        #expect(try world.file.tasks.filter { $0.kind == .reconsider }.isEmpty)
    }

    /// Nobody could act before it was known: death, report and task are one, and it is not late when it is entered.
    @Test func aDeathIsCountedFromItsReportOn() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        world.set(world.member, "death_date", world.day(-3))
        var tasks: [DueTask] { get throws { try world.file.tasks.filter { $0.kind == .reconsider } } }
        #expect(try tasks.map { $0.daysLate(at: world.now) } == [0])
        var dice = Dice(seed: 1)
        let id = RecordID.v7(milliseconds: world.now.milliseconds, using: &dice)
        world.add(
            "change_report",
            ["type": .text("death"), "member": .text(world.member.description), "on": world.day(-3)], id: id)
        #expect(try tasks.map(\.subject) == [id.description])
        #expect(try tasks.map { $0.daysLate(at: world.now) } == [0])
        world.later(days: 2)
        #expect(try tasks.map { $0.daysLate(at: world.now) } == [2])
    }

    @Test func anHourClockIsDueAtItsHour() throws {
        let world = CaseWorld(.reliefUrgent, on: "2026-03-02")
        let relief = try #require(try world.file.tasks.first { $0.kind == .relief })
        #expect(relief.due == .time(Instant("2026-03-03T09:00:00+08:00")!))
        #expect(!relief.isLate(at: Instant("2026-03-03T09:00:00+08:00")!))
        #expect(relief.isLate(at: Instant("2026-03-03T09:00:01+08:00")!))
    }

    @Test func everyTaskSaysWhatToDoInBothLanguages() {
        for kind in DueTask.Kind.allCases { #expect(!kind.label.zh.isEmpty && !kind.label.en.isEmpty) }
    }
}
