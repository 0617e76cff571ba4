import SyncEngine
import Testing

@testable import Assistance

/// A death that is reported counts as one, whether or not anybody typed it with the person; taken back, it releases money
/// when another person or a leader has said so (R12, R22).
@Suite struct DeathReportTests {
    private let world: CaseWorld
    private let second: RecordID

    /// Two people, in payment.
    init() throws {
        world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        second = world.add("member", ["name": .text("李四"), "id_number": .text("440524188001010014")])
    }

    @discardableResult private func report(_ type: String, _ more: [String: Value] = [:]) -> RecordID {
        world.add(
            "change_report",
            ["type": .text(type), "member": .text(second.description), "on": world.day(-1)].merging(more) { $1 })
    }

    private var facts: CalculationInput {
        get throws {
            let home = try #require(world.records.first { $0.id == world.household })
            let records = try CalculationInput.records(below: home) { try world.dependents(of: $0) }
            return CalculationInput.read(household: home, records: records, schema: AssistanceSchema.current).input
        }
    }

    private var died: CalendarDay? {
        get throws { try facts.persons.first { $0.id == second.description }?.deathDate }
    }

    @Test func aReportAloneCountsInTheCalculation() throws {
        #expect(try died == nil)
        report("death")
        #expect(try died == world.now.day.adding(days: -1))
        #expect(try world.file.present.count == 1)
    }

    @Test func aReportThatWasTakenBackCountsNoMore() throws {
        report("death")
        report("alive", ["by": .text("李(li)")])
        #expect(try died == nil && world.file.present.count == 2)
        report("death")
        #expect(try died != nil, "the later word counts")
    }

    @Test func oneAloneTakesADeathBackAndReleasesNothing() throws {
        report("death")
        report("alive", ["by": .text("李(li)")])
        #expect(try world.file.deathHold?.text.zh.contains("撤回") == true)
        report("alive", ["by": .text("li")])
        #expect(try world.file.deathHold != nil, "the same person twice")
        report("alive", ["by": .text("王(wang)")])
        #expect(try world.file.deathHold == nil)
        // What another confirmed then is no confirmation of what is taken back later.
        report("death")
        report("alive", ["by": .text("李(li)")])
        #expect(try world.file.deathHold?.rule.code == "R22")
    }

    /// Said of a living person, or of a death that was taken back before, a word confirms nothing of a later death.
    @Test func aWordOfBeforeConfirmsNothingOfALaterDeath() throws {
        report("alive", ["by": .text("王(wang)")])
        report("alive", ["by": .text("李(li)"), "took_back": .bool(true)])
        #expect(try world.file.deathHold != nil, "the death was on record with the person alone")
        report("alive", ["by": .text("王(wang)")])
        #expect(try world.file.deathHold == nil)
        report("alive", ["by": .text("王(wang)")])
        report("death")
        report("alive", ["by": .text("李(li)")])
        #expect(try world.file.deathHold != nil, "the report came between")
        report("alive", ["by": .text("王(wang)"), "took_back": .bool(true)])
        #expect(try world.file.deathHold != nil, "another death went off the record")
        report("alive", ["by": .text("李(li)")])
        #expect(try world.file.deathHold == nil)
    }

    @Test func aSignedDecisionReleasesWhatWasTakenBack() throws {
        report("death")
        report("alive", ["by": .text("李(li)")])
        world.decide("adjusted")
        #expect(try world.file.deathHold != nil, "nobody has signed it")
        world.tell()
        try world.take("adjust")
        #expect(try world.file.deathHold == nil)
    }

    @Test func anAdjustmentToTheSameAmountIsQuestioned() throws {
        report("death")
        world.decide("adjusted")
        #expect(try world.file.sameAmountFinding?.message.zh.contains("320.00") == true)
        world.decide("adjusted", fen: 16_000)
        #expect(try world.file.sameAmountFinding == nil)
    }

    @Test func whatADecisionDidNotKnowOfIsLikelyPaidTooMuch() throws {
        world.decide("adjusted")
        world.tell()
        try world.take("adjust")
        world.add("payment", ["month": .text("2026-04"), "amount_fen": .int64(32_000), "state": .text("planned")])
        #expect(try world.file.likelyOverpayments().isEmpty)
        report("death")
        #expect(try world.file.likelyOverpayments().map(\.cause) == [.death], "it came after the decision was signed")
    }

    private func complete(_ draft: Draft, by author: String?) -> [Draft] {
        DeathEntry.complete(
            [draft], by: author, on: world.now.day, newID: { RecordID(high: 9, low: 9) },
            member: { id in world.records.first { $0.id == id } })
    }

    @Test(arguments: [nil, "li"]) func whoReportsADeathTypesItOnce(author: String?) throws {
        let fields: [FieldWrite] = [
            .set("type", .text("death")), .set("member", .text(second.description)), .set("on", world.day(-1)),
        ]
        let draft = Draft(
            kind: CaseKinds.changeReport, record: RecordID(high: 8, low: 8), operation: .create, writes: fields)
        let both = complete(draft, by: author)
        #expect(both.map(\.record) == [draft.record, second])
        #expect(both.last?.writes == [.set("death_date", world.day(-1))])
        world.set(second, "death_date", world.day(-3))
        #expect(complete(draft, by: author).count == 1, "the day on record stays")
    }

    @Test func whoTakesTheDayAwaySaysSo() throws {
        let draft = Draft(
            kind: memberKind, record: second, operation: .edit, writes: [.set("death_date", .null)])
        #expect(complete(draft, by: "li").count == 1, "there was none")
        world.set(second, "death_date", world.day(-3))
        let said = try #require(complete(draft, by: "li").last)
        #expect(said.kind === CaseKinds.changeReport && said.writes.contains(.set("type", .text("alive"))))
        #expect(said.writes.contains(.set("by", .text("li"))))
        #expect(said.writes.contains(.set("took_back", .bool(true))))
    }
}
