import SyncEngine
import Testing

@testable import Assistance

/// The rules of entry (R4–R9, R48–R62): what is asked for, what is refused.
@Suite struct RegisterRuleTests {
    private let context = RuleContext(today: RegisterFixture.today)

    private func findings(_ kind: String, _ fields: [String: Value]) throws -> [Finding] {
        let rule = try #require(AssistanceSchema.current.kind(kind)?.recordRule)
        return rule(fields, context)
    }

    @Test func everyKindAsksForWhatIsMissingInTheFieldsOwnWords() throws {
        for kind in RegisterKinds.all {
            let found = try findings(kind.name, [:])
            #expect(!found.isEmpty && found.allSatisfy { $0.severity == .warning }, "\(kind.name)")
            for finding in found {
                let label = try #require(finding.field.flatMap { kind.field($0)?.label })
                #expect(finding.message.zh.contains(label.zh) && finding.message.en.contains(label.en))
            }
        }
    }

    @Test(arguments: [
        ("staff", "active_from", "active_to"), ("station", "opened", "closed"), ("finding", "found_on", "closed_on"),
        ("complaint", "received_on", "closed_on"), ("enquiry", "asked_on", "answered_on"),
        ("escalation", "raised_on", "replied_on"), ("transfer_slip", "sent_on", "replied_on"),
        ("guidance", "held_on", "followed_up_on"),
    ])
    func nothingEndsBeforeItBegan(kind: String, first: String, last: String) throws {
        let backwards = try findings(kind, [first: day("2026-05-02"), last: day("2026-05-01")])
        #expect(backwards.contains { $0.severity == .error && $0.field == last })
        let sameDay = try findings(kind, [first: day("2026-05-01"), last: day("2026-05-01")])
        #expect(!sameDay.contains { $0.severity == .error })
    }

    @Test(arguments: [("2026-11", true), ("2026-13", false), ("2026-1", false), ("11月", false)])
    func aStipendIsOfAMonth(month: String, isValid: Bool) throws {
        let rule = try #require(AssistanceSchema.current.kind("stipend")?.field("month")?.rule)
        #expect((rule.check(.text(month), context) == nil) == isValid)
    }

    @Test(arguments: [
        ("张某某 370404********0010 每月 320 元", true), ("张三 440524188001010014", false),
        ("账号 6222020200112233", false), ("监督电话 0632-7712345、13812345678", true),
    ])
    func whatIsPublishedNamesNobodyByNumber(text: String, isValid: Bool) throws {
        let kind = try #require(AssistanceSchema.current.kind("publicity"))
        for name in ["topic", "content"] {
            let found = kind.field(name)?.rule?.check(.text(text), context)
            #expect((found == nil) == isValid)
            #expect(isValid || found?.message.zh.contains("R59") == true)
        }
    }

    @Test func aVillageWritesItsOwnAndClosesNothingOfTheTownships() throws {
        let open = RegisterKinds.all.filter { !$0.isDeskOnly }.map(\.name)
        #expect(Set(open) == ["publicity", "enquiry", "complaint", "escalation"])
        for (kind, field) in [("complaint", "closed_on"), ("complaint", "outcome"), ("escalation", "reply")] {
            #expect(AssistanceSchema.current.kind(kind)?.field(field)?.isDeskOnly == true)
        }
        #expect(RegisterKinds.all.allSatisfy { $0.isAppendOnly && !$0.isRegional })
    }
}

/// What the lists compute: overdue, in force, counts, what is to be looked at.
@Suite struct RegisterListTests {
    @Test(arguments: [
        ("finding", "found_on", "rectify_by", "closed_on"), ("complaint", "received_on", "due", "closed_on"),
        ("escalation", "raised_on", "due", "replied_on"), ("transfer_slip", "sent_on", "due", "replied_on"),
        ("enquiry", "asked_on", "due", "answered_on"), ("guidance", "held_on", "follow_up_by", "followed_up_on"),
    ])
    func aMatterIsOverdueFromTheDayAfterItsLast(register: String, start: String, due: String, done: String) throws {
        var world = RegisterFixture()
        let began = day("2026-11-01")
        world.add(register, [start: began, due: day("2026-11-25")])
        world.add(register, [start: began, due: day("2026-11-24")])
        world.add(register, [start: began, due: day("2026-11-10"), done: day("2026-11-10")])
        world.add(register, [start: began, due: day("2026-11-10"), done: day("2026-11-13")])
        let entries = try world.entries(register)
        #expect(entries.map(\.state) == [.open, .overdue, .done, .doneLate])
        #expect(entries.map(\.daysLate) == [0, 1, 0, 3])
        let states = try world.summary(register)["states"]
        #expect(states?["overdue"]?.int == 1 && states?["done_late"]?.int == 1)
    }

    @Test func guidanceWithoutAFollowUpHasNoState() throws {
        var world = RegisterFixture()
        world.add("guidance", ["held_on": day("2026-11-01"), "topic": .text("低保审核")])
        #expect(try world.entries("guidance").map(\.state) == [nil])
    }

    @Test func staffAreInForceThroughTheirLastDay() throws {
        var world = RegisterFixture()
        for end in ["2026-11-24", "2026-11-25"] { world.staff("甲", with: ["active_to": day(end)]) }
        world.staff("乙", with: ["active_from": day("2026-11-26")])
        #expect(try world.entries("staff").map(\.state) == [.ended, .inForce, .upcoming])
        #expect(try world.summary("staff")["posts"]?["full_time"]?.int == 1)
    }

    @Test func aThirdAssistantAndAnEndedContractAreFound() throws {
        var world = RegisterFixture()
        for name in ["甲", "乙"] { world.staff(name, "village_assistant", village: RegisterFixture.village) }
        #expect(try world.entries("staff").allSatisfy { $0.findings.isEmpty })
        world.staff("丙", "village_assistant", village: RegisterFixture.village)
        #expect(try world.entries("staff").map(\.found) == [["village"], ["village"], ["village"]])
        var others = RegisterFixture()
        others.staff("丁", "social_work")
        others.staff(
            "戊", "bought_service", with: ["contract_from": day("2025-01-01"), "contract_to": day("2026-11-24")])
        others.staff("己", "village_assistant")
        #expect(try others.entries("staff").map(\.found) == [["contract_from"], ["contract_to"], ["village"]])
    }

    @Test func twoStipendsOfOnePersonForOneMonthAreFound() throws {
        var world = RegisterFixture()
        let (first, second) = (world.staff("甲"), world.staff("乙"))
        for (staff, month) in [(first, "2026-10"), (first, "2026-11"), (first, "2026-11"), (second, "2026-11")] {
            world.add(
                "stipend",
                [
                    "staff": .text(staff.description), "month": .text(month), "amount_fen": .int64(30_000),
                    "paid_on": day("2026-11-20"),
                ])
        }
        let entries = try world.entries("stipend")
        #expect(entries.map(\.found) == [[], ["month"], ["month"], []])
        #expect(entries.map { $0["name"]?.text } == ["甲", "甲", "甲", "乙"])
        #expect(try world.summary("stipend")["amountFen"]?.int == 120_000)
        let november = Register.Selection(from: CalendarDay("2026-11-01"))
        #expect(try world.entries("stipend", november).count == 3)
    }

    @Test func aTrainingTellsWhoWasMissing() throws {
        var world = RegisterFixture()
        for name in ["甲", "乙", "丙"] { world.staff(name) }
        world.staff("丁", with: ["active_to": day("2026-02-01")])
        world.add("training", ["held_on": day("2026-11-20"), "attendees": .list(["乙", "甲"])])
        let entry = try #require(try world.entries("training").first)
        #expect(entry["attended"]?.int == 2 && entry["staff"]?.int == 3)
        #expect(entry["absent"] == .array([.string("丙")]))
    }

    @Test func publicityIsCountedPerVillageAlsoWhereThereIsNone() throws {
        var world = RegisterFixture()
        world.villages = [RegisterFixture.village, "370404101202"]
        let scope = Scope(RegisterFixture.village)
        for copies in [60, 40] {
            world.add(
                "publicity", in: scope,
                ["on": day("2026-11-0\(copies / 20)"), "channel": .text("leaflet"), "copies": .int64(Int64(copies))])
        }
        world.add("publicity", ["on": day("2026-11-05"), "channel": .text("website"), "persons": .int64(900)])
        let summary = try world.summary("publicity")
        let villages = try #require(summary["villages"]?.elements)
        #expect(villages.map { $0["village"]?.text } == [RegisterFixture.village, "370404101202"])
        #expect(villages.map { $0["times"]?.int } == [2, 0] && villages[0]["copies"]?.int == 100)
        #expect(summary["township"]?["persons"]?.int == 900)
    }

    /// Adding them up ended the program.
    @Test func whatNoRecordCouldSayIsAddedUpAllTheSame() throws {
        var world = RegisterFixture()
        for number in [Int64.max, .max, .min] {
            world.add("publicity", ["on": day("2026-11-05"), "copies": .int64(number), "persons": .int64(number)])
        }
        #expect(try world.summary("publicity")["township"]?["copies"]?.int == Limits.largestNumber)
    }

    @Test func aVillagesOwnRecordIsOfThatVillageWhateverItSays() throws {
        var world = RegisterFixture()
        let scope = Scope(RegisterFixture.village)
        world.add("publicity", in: scope, ["on": day("2026-11-05"), "village": .text("370404101299")])
        world.add("complaint", ["received_on": day("2026-11-05"), "village": .text("370404101202")])
        #expect(try world.entries("publicity").map(\.village) == [RegisterFixture.village])
        #expect(try world.entries("complaint", .init(village: "370404101202")).count == 1)
        #expect(try world.entries("complaint", .init(village: RegisterFixture.village)).isEmpty)
    }

    @Test func bothDaysOfASelectionCount() throws {
        var world = RegisterFixture()
        for date in ["2026-11-04", "2026-11-01", "2026-11-03"] { world.add("enquiry", ["asked_on": day(date)]) }
        world.add("enquiry", ["question": .text("何时发放")])
        let selection = Register.Selection(from: CalendarDay("2026-11-01"), to: CalendarDay("2026-11-03"))
        let days = try world.entries("enquiry", selection).compactMap { $0.record.day("asked_on")?.description }
        #expect(days == ["2026-11-01", "2026-11-03"])
        #expect(try world.entries("enquiry").count == 4)
    }

    @Test func whatWasDrawnIsListedInTheOrderOfTheDraw() throws {
        var world = RegisterFixture()
        for place in [3, 1, 2] { world.add("sampled_household", ["place": .int64(Int64(place))]) }
        #expect(try world.entries("sampled_household").map { $0.record.number("place") } == [1, 2, 3])
    }

    @Test func anAttachedFileIsEvidence() throws {
        var world = RegisterFixture()
        let fields: [String: Value] = [
            "on": day("2026-11-05"), "channel": .text("board"), "topic": .text("低保政策"),
        ]
        let (first, second) = (world.add("publicity", fields), world.add("publicity", fields))
        world.add("attachment", ["record": .text(second.description), "kind": .text("photo")])
        let entries = try world.entries("publicity")
        #expect(entries.map(\.record.record.id) == [first, second])
        #expect(entries.map(\.found) == [["evidence"], []] && entries.map { $0["files"]?.int } == [0, 1])
    }

    @Test func anUnknownRegisterIsToldWithThoseThatThereAre() {
        #expect { try Register.named("budget") } throws: { error in
            (error as? Problem)?.explanation?.en.contains("publicity") == true
        }
    }
}

/// R61, R62: dishonesty records.
@Suite struct DishonestyTests {
    private static func decided(_ more: [String: Value] = [:]) -> [String: Value] {
        let fields: [String: Value] = [
            "name": .text("张三丰"), "id_number": .text("440524188001010014"), "behaviour": .text("false_papers"),
            "decision": .text("upheld"), "decided_on": day("2026-06-01"), "expires_on": day("2027-06-01"),
        ]
        return fields.merging(more) { $1 }
    }

    @Test func whatHasExpiredIsNotInForce() throws {
        var world = RegisterFixture()
        world.add("dishonesty", Self.decided())
        world.add("dishonesty", Self.decided(["expires_on": day("2026-11-25")]))
        world.add("dishonesty", Self.decided(["expires_on": day("2026-11-26")]))
        world.add("dishonesty", Self.decided(["decision": .text("dismissed"), "expires_on": .null]))
        world.add("dishonesty", ["name": .text("李四")])
        let states = try Dictionary(
            uniqueKeysWithValues: world.entries("dishonesty").map { ($0.record.record.id.low, $0.state) })
        #expect(states == [1: .inForce, 2: .ended, 3: .inForce, 4: .dismissed, 5: .undecided])
    }

    @Test func aCommitmentIsBrokenWhileADecisionInForceSaysSo() throws {
        var world = RegisterFixture()
        let scope = Scope(RegisterFixture.village)
        let papers = (0..<3).map { _ in world.add("commitment", in: scope, ["signer": .text("张三")]).description }
        world.add("dishonesty", Self.decided(["commitment": .text(papers[1])]))
        world.add(
            "dishonesty", Self.decided(["commitment": .text(papers[2]), "expires_on": day("2026-11-01")]))
        #expect(try world.entries("commitment").map { $0["broken"] } == [.bool(false), .bool(true), .bool(false)])
    }

    @Test func onlyWhatIsDecidedInForceAndApprovedIsExportedAndMasked() throws {
        var world = RegisterFixture()
        let approved: [String: Value] = [
            "export_approved_by": .text("王"), "export_approved_on": day("2026-06-02"),
        ]
        world.add("dishonesty", Self.decided())
        world.add("dishonesty", Self.decided(approved))
        world.add("dishonesty", Self.decided(approved.merging(["expires_on": day("2026-07-01")]) { $1 }))
        let entries = try world.entries("joint_sanctions")
        #expect(entries.map(\.record.record.id.low) == [2])
        let record = try #require(entries.first?.record)
        #expect(record.masked("name") == .text("张**") && record.masked("behaviour") == .text("false_papers"))
        #expect(record.masked("id_number") == .text("4405**********0014"))
    }
}
