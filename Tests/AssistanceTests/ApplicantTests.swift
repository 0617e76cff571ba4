import SyncEngine
import Testing

@testable import Assistance

/// How little an applicant is bothered: few proofs, none that is shared, one trip (R37, R38, R40, R45).
@Suite struct ApplicantTests {
    @Test func theIncludedChecklistSaysOfEachProofWhereItComesFromAndWhy() {
        let pack = PolicyPack.yicheng2020
        for programme in Programme.allCases {
            let proofs = pack.proofs(of: programme)
            #expect(proofs.contains { !$0.isShared } && proofs.contains(where: \.isShared), "\(programme)")
            #expect(proofs.allSatisfy { !$0.basis.isEmpty && !$0.issuer.zh.isEmpty && !$0.issuer.en.isEmpty })
            #expect(Set(proofs.map(\.code)).count == proofs.count)
        }
        let given = pack.proofs.filter { $0.source != .demo }.map(\.code)
        #expect(given == ["application", "authorisation", "commitment", "no_dibao_elsewhere"])
        #expect(!pack.proofs(of: .disabilityCare).contains { $0.code == "medical_bills" })
        #expect(pack.proofs(of: .reliefExpense).contains { $0.code == "medical_bills" })
    }

    private func findings(_ proofs: String) throws -> [String] {
        let head = #""proofs":["#
        let text = try Fixture.text()
        #expect(text.contains(head))
        return PolicyPack.read(text.replacing(head, with: head + proofs + ",")).findings.compactMap(\.field)
    }

    @Test func whatIsWrongInAChecklistIsNamedByItsPlace() throws {
        let good = #"{"code":"x","zh":"某","en":"x","issuer":{"zh":"某","en":"x"},"basis":"某法","demo":true}"#
        #expect(try findings(good).isEmpty)
        #expect(try findings(good.replacing(#""code":"x""#, with: #""code":"tax""#)) == ["proofs[13].code"])
        #expect(try findings(good.replacing(#","basis":"某法""#, with: "")) == ["proofs[0].basis"])
        #expect(try findings(good.replacing(#","demo":true"#, with: "")) == ["proofs[0].article"])
        #expect(try findings(good.replacing(#""zh":"某","en":"x","issuer""#, with: #""issuer""#)) == ["proofs[0].zh"])
        #expect(
            try findings(good.replacing(#""demo":true"#, with: #""demo":true,"programmes":["food"]"#))
                == ["proofs[0].programmes"])
        #expect(
            try findings(good.replacing(#""demo":true"#, with: #""demo":true,"shared":"yes""#)) == ["proofs[0].shared"])
    }

    @Test(
        arguments: [
            ("identity_card", nil), ("authorisation", nil), ("real_estate", "R38"), ("no_dibao_elsewhere", "R38"),
            ("medical_bills", "R37"), ("kindness_certificate", "R37"), (nil, "R37"),
        ] as [(String?, String?)])
    func onlyWhatIsOnTheListAndNotSharedMayBeAskedFor(code: String?, rule: String?) throws {
        let refusal = try CaseWorld(.dibao).file.refusal(ofAskingFor: code)
        #expect(refusal?.reasons.map(\.rule.code) == rule.map { [$0] })
    }

    @Test func aPackWithoutAChecklistLetsNothingBeAskedFor() throws {
        let document = try JSONParser.documents(Array(PolicyPack.yicheng2020.text.utf8))[0]
        guard case .members(let members) = document else { throw Problem(.badPack) }
        let text = JSONValue.members(members.filter { $0.key != "proofs" }).compact
        let pack = try #require(PolicyPack.read(text).pack)
        #expect(pack.refusal(ofAskingFor: "identity_card", programme: .dibao)?.reasons.first?.rule.code == "R37")
    }

    // MARK: - R40

    private func verifications(_ world: CaseWorld) throws -> [DueTask] {
        try world.file.tasks.filter { $0.kind == .verifyRegistration }
    }

    @Test func aMemberRegisteredElsewhereIsATaskOfTheClerkUntilTheDeskHasVerified() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        let second = world.add("member", ["name": .text("李四"), "registered_at": .text("370481")])
        world.set(world.member, "registered_at", .text("370404"))
        world.authorise()
        let task = try #require(try verifications(world).first)
        #expect(try verifications(world).count == 1 && task.subject == second.description)
        #expect(!task.kind.isVillage && task.due == .day(CalendarDay("2026-03-18")!) && task.kind.rule?.code == "R40")
        let paper = world.add("verification", ["member": .text(second.description), "result": .text("not_receiving")])
        #expect(try verifications(world).count == 1, "nobody says when")
        world.set(paper, "verified_on", world.day(0))
        #expect(try verifications(world).isEmpty)
    }

    @Test func acceptanceDoesNotWaitForItTheApprovalDoes() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.approved()
        world.set(world.member, "registered_at", .text("110101"))
        world.set(world.application, "status", .text("preparing"))
        #expect(try world.refusals("accept").isEmpty)
        world.set(world.application, "status", .text("in_review"))
        #expect(try world.refusals("approve") == ["R40"])
        let person = Value.text(world.member.description)
        let paper = world.add(
            "verification", ["member": person, "result": .text("receiving"), "verified_on": world.day(0)])
        #expect(try world.refusals("approve") == ["R14"], "who receives it there does not receive it here too")
        world.set(paper, "result", .text("not_receiving"))
        #expect(try world.refusals("approve").isEmpty)
    }

    @Test func whoDoesNotLiveThereAndOtherProgrammesNeedNoVerification() throws {
        let world = CaseWorld(.dibao)
        world.set(world.member, "registered_at", .text("110101"))
        world.set(world.member, "in_household", .bool(false))
        #expect(try verifications(world).isEmpty)
        let relief = CaseWorld(.reliefExpense)
        relief.set(relief.member, "registered_at", .text("110101"))
        #expect(try verifications(relief).isEmpty)
    }

    // MARK: - R45

    @Test func aSecondTripIsAFindingWithWhatCausedIt() throws {
        let world = CaseWorld(.dibao)
        world.add("trip", ["on": world.day(0), "where": .text("township"), "why": .text("交申请")])
        #expect(try world.file.trips.count == 1 && world.file.tripFinding == nil)
        world.add("trip", ["on": world.day(-3), "where": .text("station"), "why": .text("问政策")])
        let finding = try #require(try world.file.tripFinding)
        #expect(finding.message.zh.contains("2 次") && finding.message.en.contains("R45"))
        #expect(finding.message.zh.contains("2026-03-02 交申请"), "the later one in days is the one too many")
        #expect(!finding.message.zh.contains("问政策"))
    }

    // MARK: - R65

    @Test func aCaseInPaymentWhoseReportIsOldIsCheckedAgain() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
        let report = try #require(try world.file.all("check_report").last).record.id
        world.set(report, "issued_on", .date(CalendarDay("2026-03-02")!))
        func check() throws -> [DueTask] {
            try world.file.tasks.filter { $0.kind == .requestCheck || $0.kind == .authorise }
        }
        world.now = Instant("2027-01-30T09:00:00+08:00")!
        #expect(try check().isEmpty && !world.file.awaitsCheckRequest)
        world.now = Instant("2027-01-31T09:00:00+08:00")!
        #expect(try check().map(\.due) == [.day(CalendarDay("2027-03-02")!)])
        #expect(try check().map(\.kind) == [.requestCheck] && world.file.awaitsCheckRequest)
        let paper = try #require(try world.file.all("authorisation").last).record.id
        world.set(paper, "withdrawn", world.day(0))
        #expect(try check().map(\.kind) == [.authorise] && !world.file.awaitsCheckRequest, "it is signed anew first")
        world.set(paper, "withdrawn", .null)
        world.add("check_request", ["requested_at": .time(world.now)])
        #expect(try check().isEmpty && !world.file.awaitsCheckRequest)
        world.add(
            "check_report", ["verdict": .text("conforming"), "issued_on": world.day(0), "valid_to": world.day(90)])
        world.later(days: 300)
        #expect(try check().isEmpty)
        world.later(days: 60)
        #expect(try world.file.awaitsCheckRequest)
    }

    @Test func withoutThatDeadlineNobodyIsCheckedAgain() throws {
        let world = CaseWorld(.reliefExpense)
        world.set(world.application, "status", .text("in_payment"))
        world.later(days: 800)
        #expect(try world.file.rollCheckDue == nil)
    }
}
