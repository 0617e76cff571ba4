import SyncEngine

/// The tables of DOMAIN section 3, one a path. A row reads: step, its name, from where, to where, by whom, and what it
/// needs.
extension CaseMachine {
    package static let all: [CaseMachine] = [
        dibao, tekun, reliefExpense, reliefUrgent, elderlyAllowance, disabilitySubsidies,
    ]

    /// 低保, to the recheck and beyond.
    static let dibao = CaseMachine(
        name: "dibao", label: Programme.dibao.label, programmes: [.dibao], initial: .intent,
        moves: application() + decision(from: .inReview) + publication
            + [
                CaseMove("call_recheck", "列入复核", from: [.inPayment], to: .recheckDue, needs: [.recheckIsDue]),
                CaseMove(
                    "keep", "复核后继续发放", from: [.recheckDue], to: .inPayment,
                    needs: [.recheckDone, .reportConforms, .noUnconsideredDeath]),
                CaseMove(
                    "adjust", "调整", from: [.recheckDue, .inPayment], to: .adjusted, by: .leader,
                    needs: [.decidedAdjustment, .changeDelivered]),
                CaseMove(
                    "resume", "按调整后发放", from: [.adjusted], to: .inPayment, needs: [.deathDecided]),
                CaseMove(
                    "enter_grace", "进入渐退期", from: [.recheckDue], to: .grace, by: .leader,
                    needs: [.recheckDone, .changeDelivered]),
                CaseMove(
                    "stop", "停发", from: [.recheckDue, .inPayment, .adjusted, .grace], to: .stopped, by: .leader,
                    needs: [.decidedStop, .changeDelivered]),
            ])

    /// 特困: a person; the ability is assessed before the decision.
    static let tekun = CaseMachine(
        name: "tekun", label: Programme.tekun.label, programmes: [.tekun], initial: .intent,
        moves: application()
            + [
                CaseMove(
                    "assess_ability", "评估自理能力", from: [.inReview], to: .abilityAssessed, needs: [.abilityAssessed])
            ] + decision(from: .abilityAssessed) + publication
            + [
                CaseMove("call_recheck", "列入复核", from: [.inPayment], to: .recheckDue, needs: [.recheckIsDue]),
                CaseMove(
                    "keep", "复核后继续供养", from: [.recheckDue], to: .inPayment,
                    needs: [.recheckDone, .noUnconsideredDeath]),
                CaseMove(
                    "adjust", "调整", from: [.recheckDue, .inPayment], to: .adjusted, by: .leader,
                    needs: [.decidedAdjustment, .changeDelivered]),
                CaseMove("resume", "按调整后供养", from: [.adjusted], to: .inPayment, needs: [.noUnconsideredDeath]),
                CaseMove(
                    "stop", "终止供养", from: [.recheckDue, .inPayment, .adjusted], to: .stopped, by: .leader,
                    needs: [.decidedStop, .changeDelivered]),
            ])

    /// 支出型临时救助.
    static let reliefExpense = CaseMachine(
        name: "relief_expense", label: Programme.reliefExpense.label, programmes: [.reliefExpense], initial: .intent,
        moves: application() + decision(from: .inReview) + publication)

    /// 急难型临时救助: relief first, papers after.
    static let reliefUrgent = CaseMachine(
        name: "relief_urgent", label: Programme.reliefUrgent.label, programmes: [.reliefUrgent], initial: .reported,
        moves: [
            CaseMove("relieve", "先行救助", from: [.reported], to: .relieved, needs: [.relieved]),
            CaseMove(
                "register", "登记", from: [.relieved], to: .registered,
                needs: [.applicantNamed, .reasonGiven, .amountRegistered, .reliefExplained]),
            CaseMove(
                "sign_off", "补齐签字盖章", from: [.registered], to: .signedOff, by: .leader,
                needs: [.signed, .registrationExplained]),
            CaseMove("publicise", "公示", from: [.signedOff], to: .publicised, needs: [.posted, .hotlinePrinted]),
            CaseMove(
                "archive", "归档", from: [.publicised], to: .archived,
                needs: [.postedToTheEnd, .postingProved, .objectionsAnswered]),
        ])

    /// 老年人补贴: a candidate by age and 低保 (R2).
    static let elderlyAllowance = CaseMachine(
        name: "elderly_allowance", label: Programme.elderlyAllowance.label, programmes: [.elderlyAllowance],
        initial: .candidate,
        moves: [
            CaseMove(
                "confirm", "确认", from: [.candidate], to: .confirmed, by: .leader,
                needs: [.dibaoInForce, .notGrantedTwice, .decidedApproval]),
            CaseMove(
                "pay", "发放", from: [.confirmed], to: .inPayment, needs: [.accountKnown, .noUnconsideredDeath]),
            CaseMove("call_alive_check", "列入生存认证", from: [.inPayment], to: .aliveCheckDue, needs: [.recheckIsDue]),
            CaseMove(
                "pass_alive_check", "认证通过", from: [.aliveCheckDue], to: .inPayment,
                needs: [.recheckDone, .noUnconsideredDeath]),
            CaseMove("suspend", "暂停发放", from: [.aliveCheckDue], to: .suspended),
            CaseMove(
                "restore", "恢复并补发", from: [.suspended], to: .inPayment, needs: [.recheckDone, .noUnconsideredDeath]),
            CaseMove(
                "stop", "停发", from: [.inPayment, .aliveCheckDue, .suspended], to: .stopped, by: .leader,
                needs: [.decidedStop, .changeDelivered]),
        ])

    /// 残疾人两项补贴.
    static let disabilitySubsidies = CaseMachine(
        name: "disability",
        label: Label(zh: "残疾人两项补贴（生活补贴、护理补贴）", en: "Subsidies for disabled persons (living, care)"),
        programmes: [.disabilityLiving, .disabilityCare], initial: .applied,
        moves: [
            CaseMove(
                "verify_certificate", "核验残疾人证", from: [.applied], to: .certificateVerified, needs: [.certificateValid]),
            CaseMove(
                "approve", "批准", from: [.certificateVerified], to: .approved, by: .leader,
                needs: [.certificateValid, .livingNeedsDibao, .notGrantedTwice, .decidedApproval]),
            CaseMove(
                "reject", "不予批准", from: [.applied, .certificateVerified], to: .rejected, by: .leader,
                needs: [.decidedRejection, .rejectionNotice]),
            CaseMove(
                "pay", "发放", from: [.approved], to: .inPayment, needs: [.accountKnown, .noUnconsideredDeath]),
            CaseMove(
                "adjust", "调整", from: [.inPayment], to: .adjusted, by: .leader,
                needs: [.decidedAdjustment, .changeDelivered]),
            CaseMove(
                "resume", "按调整后发放", from: [.adjusted], to: .inPayment,
                needs: [.certificateValid, .noUnconsideredDeath]),
            CaseMove(
                "stop", "停发", from: [.inPayment, .adjusted], to: .stopped, by: .leader,
                needs: [.decidedStop, .changeDelivered]),
        ])

    // MARK: - Common parts

    /// 申请、授权，核对、调查、填表并行，受理 (R25–R28).
    private static func application() -> [CaseMove] {
        [
            CaseMove("authorise", "授权", from: [.intent], to: .authorised, needs: [.authorised, .committed]),
            CaseMove("prepare", "开始核对和调查", from: [.authorised], to: .preparing, needs: [.authorised]),
            CaseMove(
                "fail_check", "核对不符", from: [.preparing], to: .checkFailed,
                needs: [.reportFails, .failureNotice]),
            CaseMove(
                "accept", "受理", from: [.preparing], to: .accepted,
                needs: [.authorised, .reportConforms, .everyMemberChecked, .surveyed]),
            CaseMove("review", "审核", from: [.accepted], to: .inReview),
        ]
    }

    /// 审批 (R12, R15, R42, R64).
    private static func decision(from state: CaseState) -> [CaseMove] {
        [
            CaseMove(
                "approve", "批准", from: [state], to: .approved, by: .leader,
                needs: [
                    .authorised, .checkedFirst, .everyMemberChecked, .registrationsVerified, .notGrantedTwice,
                    .decidedApproval,
                ]),
            CaseMove(
                "reject", "不予批准", from: [state], to: .rejected, by: .leader,
                needs: [.decidedRejection, .rejectionNotice]),
        ]
    }

    /// 公示、异议、民主评议、生效、发放 (R30–R32).
    private static let publication: [CaseMove] = [
        CaseMove("publicise", "公示", from: [.approved], to: .publicised, needs: [.posted, .hotlinePrinted]),
        CaseMove(
            "object", "提出异议", from: [.publicised, .effective, .inPayment], to: .objected, needs: [.objected]),
        CaseMove("open_review", "开展民主评议", from: [.objected], to: .democraticReview, needs: [.reviewHasObjection]),
        CaseMove(
            "uphold", "维持", from: [.democraticReview], to: .upheld, by: .leader,
            needs: [.objectionsAnswered, .reviewUpholds]),
        CaseMove(
            "revoke", "撤销", from: [.democraticReview], to: .revoked, by: .leader,
            needs: [.objectionsAnswered, .reviewRevokes]),
        CaseMove(
            "take_effect", "生效", from: [.publicised, .upheld], to: .effective,
            needs: [.posted, .postedToTheEnd, .postingProved, .objectionsAnswered]),
        CaseMove(
            "pay", "发放", from: [.effective], to: .inPayment, needs: [.accountKnown, .deathDecided]),
    ]
}
