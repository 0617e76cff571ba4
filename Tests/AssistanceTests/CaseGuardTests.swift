import SyncEngine
import Testing

@testable import Assistance

/// What each step needs; a refusal names the rule.
@Suite struct CaseGuardTests {
    @Test func aUsualCaseGoesFromIntentToPayment() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        #expect(try world.file.status == .inPayment)
        #expect(try world.file.moves.count == 8)
    }

    @Test func withoutAuthorisationNothingBegins() throws {
        let world = CaseWorld(.dibao)
        #expect(try world.refusals("authorise") == ["R25", "R60"])
        world.authorise()
        #expect(try world.refusals("authorise", by: .clerk).isEmpty)
    }

    @Test(arguments: ["withdrawn", "expired", "future"]) func anAuthorisationThatDoesNotHoldIsNone(why: String) throws {
        let world = CaseWorld(.dibao)
        let paper = world.add(
            "authorisation",
            [
                "signer": .text("张三"), "signed_at": world.day(why == "future" ? 1 : -10),
                "valid_to": why == "expired" ? world.day(-1) : .null,
            ])
        world.add("commitment", ["signer": .text("张三"), "signed_at": world.day(0)])
        if why == "withdrawn" { world.set(paper, "withdrawn", world.day(0)) }
        #expect(try world.refusals("authorise") == ["R25"])
    }

    @Test func nothingIsGrantedUnchecked() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.set(world.application, "status", .text("in_review"))
        world.remove("check_report")
        #expect(try world.refusals("approve") == ["R64", "R65"])
        world.report("not_conforming")
        #expect(try world.refusals("approve") == ["R64"])
        world.report(validFor: 5)
        #expect(try world.refusals("approve").isEmpty)
        world.later(days: 6)
        #expect(try world.refusals("approve").contains("R64"), "an expired report is none")
    }

    @Test func everyMemberIsChecked() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.set(world.application, "status", .text("in_review"))
        let second = world.add("member", ["name": .text("李四")])
        #expect(try world.refusals("approve") == ["R65"])
        world.set(second, "in_household", .bool(false))
        #expect(try world.refusals("approve").isEmpty)
    }

    @Test func aBenefitIsGrantedOnceAtATime() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.set(world.application, "status", .text("in_review"))
        let other = world.add(
            "application", ["programme": .text("dibao"), "status": .text("in_payment"), "applied_at": world.day(-400)])
        #expect(try world.refusals("approve") == ["R14"])
        world.set(other, "status", .text("stopped"))
        #expect(try world.refusals("approve").isEmpty)
        world.set(other, "programme", .text("elderly_allowance"))
        world.set(other, "status", .text("in_payment"))
        #expect(try world.refusals("approve").isEmpty)
    }

    @Test func aDistrictDecidesNothingAndAClerkDoesNotApprove() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.set(world.application, "status", .text("in_review"))
        #expect(try world.refusals("approve", by: .district) == ["R1"])
        #expect(try world.refusals("approve", by: .clerk) == ["R12"])
        #expect(try world.refusals("approve", by: .leader).isEmpty)
        world.remove("decision")
        #expect(try world.refusals("approve") == ["R15"])
    }

    @Test func aStepThatIsNoneIsToldWhichThereAre() throws {
        let file = try CaseWorld(.dibao).file
        guard case .failure(let refused) = CaseMachine.dibao.judge("accpet", from: .preparing, by: .clerk, in: file)
        else {
            Issue.record("not refused")
            return
        }
        let told = try #require(refused.refusal.problem.explanation)
        #expect(told.zh.contains("没有这个步骤") && told.zh.contains("accept 受理"), "\(told.zh)")
        #expect(told.en.contains("there is no such step") && told.en.contains("accept"), "\(told.en)")
    }

    @Test func aRefusedStepSaysEveryReasonInBothLanguages() throws {
        let world = CaseWorld(.dibao)
        let file = try world.file
        guard case .failure(let refused) = CaseMachine.dibao.judge("authorise", from: .intent, by: .clerk, in: file)
        else {
            Issue.record("not refused")
            return
        }
        let problem = refused.refusal.problem
        #expect(problem.code == .refusedMove)
        #expect(problem.explanation?.zh == "不能办理“授权”：缺有效的授权委托书（R25，实施意见二（一））；缺签字的守信承诺书（R60，实施意见四（一））")
        #expect(
            problem.explanation?.en
                == "Cannot authorise: no valid authorisation (R25, Opinions 2(1)); no signed commitment (R60, Opinions 4(1))"
        )
    }

    @Test func aStepFromAnotherStateNamesThoseThatArePossible() throws {
        let world = CaseWorld(.dibao)
        #expect(try world.refusals("approve") == ["R13"])
        #expect(try world.refusals("fly") == ["R13"])
    }

    @Test func aFailedCheckIsToldInWriting() throws {
        let world = CaseWorld(.dibao)
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        world.report("not_conforming")
        #expect(try world.refusals("accept") == ["R27", "R19"])
        #expect(try world.refusals("fail_check") == ["R28"])
        world.add("notice", ["kind": .text("check_failure"), "text": .text("车辆超标")])
        try world.take("fail_check")
        #expect(try world.file.machine?.isFinal(.checkFailed) == true)
    }

    @Test func aRejectionNeedsItsLetter() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        world.set(world.application, "status", .text("in_review"))
        world.decide("rejected", fen: nil)
        #expect(try world.refusals("reject") == ["R42"])
        world.add("notice", ["kind": .text("rejection"), "text": .text("收入超标")])
        #expect(try world.refusals("reject").isEmpty)
    }

    // MARK: - Notice and objection

    @Test func nothingTakesEffectUnposted() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        #expect(try world.refusals("publicise") == ["R31", "R58"])
        let notice = try world.post()
        try world.take("publicise")
        #expect(try world.refusals("take_effect") == ["R31"], "it hangs, but not long enough")
        world.later(days: 7)
        #expect(try world.refusals("take_effect") == ["R31"], "the last day is a day of the notice")
        world.later(days: 1)
        #expect(try world.refusals("take_effect").isEmpty)
        world.set(notice, "posted_evidence", .null)
        #expect(try world.refusals("take_effect") == ["R21"])
    }

    @Test func aNoticeThatSaysLessThanTheTermHangsForTheTerm() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        let notice = try world.post()
        world.set(notice, "to", world.day(1))
        try world.take("publicise")
        world.later(days: 3)
        #expect(try world.refusals("take_effect") == ["R31"])
        world.later(days: 5)
        #expect(try world.refusals("take_effect").isEmpty)
    }

    @Test func theNextReviewIsAYearAfterPaymentBegins() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        #expect(try world.file.nextRecheck == CalendarDay("2027-03-14"))
        world.add("dynamic_review", ["due": world.day(365)])
        #expect(try world.file.nextRecheck == nil)
        #expect(try world.refusals("call_recheck") == ["R17"])
        world.later(days: 365)
        try world.take("call_recheck")
        #expect(try world.refusals("keep").contains("R17"))
        #expect(CalendarDay("2024-02-29")!.adding(months: 12) == CalendarDay("2025-02-28"))
        #expect(CalendarDay("2025-12-31")!.adding(months: 6) == CalendarDay("2026-06-30"))
        let relief = CaseWorld(.reliefExpense)
        #expect(try relief.file.nextRecheck == nil)
    }

    @Test func withoutAnObjectionThereIsNoDemocraticReview() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        try world.post()
        try world.take("publicise")
        #expect(try world.refusals("object") == ["R32"])
        world.set(world.application, "status", .text("objected"))
        #expect(try world.refusals("open_review") == ["R30"])
    }

    /// DOMAIN section 7, collision 9.
    @Test func anObjectionOfTheLastDayThatArrivesLaterCountsAndOneMadeLaterDoesNot() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        try world.post()
        try world.take("publicise")
        world.later(days: 9)
        try world.take("take_effect")
        world.add("objection", ["text": .text("迟了"), "at": world.day(-1)])
        #expect(try world.refusals("object") == ["R32"])
        let objection = world.add("objection", ["text": .text("他家有车"), "at": world.day(-2)])
        try world.take("object")
        try world.take("open_review")
        #expect(try world.refusals("uphold") == ["R32", "R32"])
        world.add("democratic_review", ["objection": .text(objection.description), "result": .text("upheld")])
        #expect(try world.refusals("revoke") == ["R32"])
        try world.take("uphold")
        try world.take("take_effect")
    }

    // MARK: - Payment, change, death

    @Test func noChangeTakesEffectBeforeItsNoticeIsDelivered() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        #expect(try world.refusals("stop") == ["R15", "R43"])
        let notice = world.add("notice", ["kind": .text("adjustment"), "from": world.day(0)])
        #expect(try world.refusals("stop") == ["R15", "R43"], "written, not delivered")
        world.set(notice, "delivered_on", world.day(0))
        #expect(try world.refusals("stop") == ["R15"], "a letter alone ends nothing")
        #expect(try world.refusals("adjust") == ["R15"])
        world.decide("adjusted")
        #expect(try world.refusals("adjust") == ["R43"])
        world.tell()
        try world.take("adjust")
    }

    /// Nor on the same day: a letter tells of the decision that it names.
    @Test func aLetterServesForTheDecisionThatItNamesAndForNoLaterOne() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        let blank = world.add("notice", ["kind": .text("adjustment"), "from": world.day(0)])
        world.decide("adjusted")
        world.set(blank, "delivered_on", world.day(0))
        #expect(try world.refusals("adjust") == ["R43"], "written before the decision, delivered after it")
        world.tell()
        #expect(try world.refusals("adjust").isEmpty)
        world.decide("adjusted", fen: 90_000)
        #expect(try world.refusals("adjust") == ["R43"], "the letter told of another amount")
        world.decide("stopped", fen: nil)
        #expect(try world.refusals("stop") == ["R43"])
        world.tell()
        try world.take("stop")
    }

    @Test func anOldNoticeDoesNotServeForALaterChange() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        world.decide("adjusted")
        world.tell()
        try world.take("adjust")
        try world.take("resume")
        #expect(try world.refusals("stop") == ["R15", "R43"])
    }

    /// Who gives up what is paid is stopped by two; before it is paid the application is withdrawn.
    @Test func whatWasPaidIsNotWithdrawnWhereverTheCaseStands() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        #expect(try world.refusals("withdraw", by: .clerk) == ["R12"])
        #expect(try world.refusals("withdraw") == ["R12"], "nor by the leader")
        world.set(world.application, "status", .text("objected"))
        #expect(try world.refusals("withdraw") == ["R12"], "an objection does not open it")
        let unpaid = CaseWorld(.dibao)
        try unpaid.approved()
        #expect(try unpaid.refusals("withdraw", by: .clerk).isEmpty)
    }

    /// A decision that nobody signed has considered nothing.
    @Test func aDeathIsConsideredByADecisionThatALeaderSigned() throws {
        let world = CaseWorld(.dibao)
        try world.inPayment()
        let second = world.add("member", ["name": .text("李四")])
        world.set(second, "death_date", world.day(-3))
        #expect(try world.file.deathHold != nil)
        world.decide("adjusted", fen: 20_000)
        #expect(try world.file.deathHold?.rule.code == "R22", "nobody has signed it")
        world.tell()
        try world.take("adjust")
        #expect(try world.file.deathHold == nil)
        try world.take("resume")
    }

    @Test func aDeathFreezesPaymentUntilItIsDecidedAnew() throws {
        let world = CaseWorld(.dibao)
        try world.approved()
        try world.post()
        try world.take("publicise")
        world.later(days: 12)
        try world.take("take_effect")
        world.add("bank_account", ["number": .text("62220202")])
        let second = world.add("member", ["name": .text("李四")])
        world.add("change_report", ["type": .text("death"), "member": .text(second.description), "on": world.day(-3)])
        #expect(try world.refusals("pay") == ["R22"])
        world.decide("approved", fen: 16_000)
        #expect(try world.refusals("pay").isEmpty)
        #expect(try world.file.deathHold?.rule.code == "R22", "the money waits for the leader's signature")
        world.set(second, "death_date", world.day(-3))
        #expect(try world.refusals("pay") == ["R22"])
    }

    @Test func theDeathOfWhoAProgrammeSupportsEndsItsPaymentForGood() throws {
        let world = CaseWorld(.disabilityCare)
        world.set(world.member, "disability_certificate", .text("44052418800101001441"))
        try world.take("verify_certificate")
        world.decide("approved")
        try world.take("approve")
        world.add("bank_account", ["number": .text("62220202")])
        world.set(world.member, "death_date", world.day(0))
        world.decide("approved")
        #expect(try world.refusals("pay") == ["R22"])
    }

    @Test func anExpiredCertificateIsNone() throws {
        let world = CaseWorld(.disabilityLiving)
        #expect(try world.refusals("verify_certificate") == ["R38"])
        world.set(world.member, "disability_certificate", .text("44052418800101001441"))
        world.set(world.member, "disability_expiry", world.day(-1))
        #expect(try world.refusals("verify_certificate") == ["R38"])
        world.set(world.member, "disability_expiry", world.day(0))
        #expect(try world.refusals("verify_certificate").isEmpty)
    }

    @Test func theElderlyAllowanceFollowsTheMinimumLivingAllowance() throws {
        let world = CaseWorld(.elderlyAllowance)
        world.decide("approved")
        #expect(try world.refusals("confirm") == ["R2"])
        let dibao = world.add("application", ["programme": .text("dibao"), "status": .text("approved")])
        #expect(try world.refusals("confirm") == ["R2"], "approved is not in force")
        world.set(dibao, "status", .text("in_payment"))
        try world.take("confirm")
    }

    @Test func theLivingSubsidyFollowsTheMinimumLivingAllowanceAndTheCareSubsidyDoesNot() throws {
        for (programme, refusals) in [(Programme.disabilityLiving, ["R2"]), (.disabilityCare, [])] {
            let world = CaseWorld(programme)
            world.set(world.member, "disability_certificate", .text("44052418800101001441"))
            try world.take("verify_certificate")
            world.decide("approved")
            #expect(try world.refusals("approve") == refusals)
        }
    }

    @Test func theAbilityIsAssessedBeforeSupportIsDecided() throws {
        let world = CaseWorld(.tekun)
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        world.report()
        world.visit()
        try world.take("accept")
        try world.take("review")
        world.decide("approved")
        #expect(try world.refusals("approve") == ["R13"])
        #expect(try world.refusals("assess_ability") == ["R13"])
        world.set(world.member, "self_care", .text("部分"))
        world.set(world.member, "labour_ability", .text("丧失"))
        try world.take("assess_ability")
        try world.take("approve")
    }

    @Test func aSecondRequestForWhatIsOpenIsFlagged() throws {
        let world = CaseWorld(.dibao)
        let first = world.application
        world.application = world.add("application", ["programme": .text("dibao")])
        #expect(try world.file.earlierApplication == first)
        world.set(first, "status", .text("rejected"))
        #expect(try world.file.earlierApplication == nil)
        world.application = world.add("application", ["programme": .text("relief_expense")])
        #expect(try world.file.earlierApplication == nil)
    }
}
