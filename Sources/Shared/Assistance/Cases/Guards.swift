import SyncEngine

/// The conditions of steps, each with its rule (DOMAIN section 2).
extension Guard {
    static let authorised = Guard(25, zh: "缺有效的授权委托书", en: "no valid authorisation") {
        $0.validAuthorisation != nil
    }
    static let committed = Guard(60, zh: "缺签字的守信承诺书", en: "no signed commitment") { file in
        file.all("commitment").contains { $0.text("signer") != nil && $0.day("signed_at") != nil }
    }
    static let checkRequested = Guard(26, zh: "还没有发出经济状况核对请求", en: "no check has been requested") {
        !$0.all("check_request").isEmpty
    }
    static let objected = Guard(32, zh: "没有公示期内尚未评议的异议", en: "no open objection made while the result was posted") {
        !$0.openObjections.isEmpty
    }
    /// 民主评议 without objection (R30).
    static let reviewHasObjection = Guard(30, zh: "没有异议，不得开展民主评议", en: "no democratic review without an objection") {
        !$0.openObjections.isEmpty
    }
    static let objectionsAnswered = Guard(32, zh: "还有异议没有经过民主评议", en: "an objection awaits democratic review") {
        $0.openObjections.isEmpty
    }
    static let reportConforms = Guard(27, zh: "缺有效且结论为符合的核对报告", en: "no valid check report that conforms") {
        $0.validReport?.text("verdict") == "conforming"
    }
    /// 先核后保 (R64).
    static let checkedFirst = Guard(
        64, zh: "缺有效且结论为符合的核对报告，先核后保", en: "no valid check report that conforms; check before granting"
    ) {
        $0.validReport?.text("verdict") == "conforming"
    }
    /// 应核尽核 (R65).
    static let everyMemberChecked = Guard(65, zh: "核对报告没有覆盖每一位家庭成员", en: "the check report does not cover every member")
    { file in
        let checked = Set(file.validReport?.elements("members") ?? [])
        return file.present.allSatisfy { checked.contains($0.record.id.description) }
    }
    static let reportFails = Guard(28, zh: "没有结论为不符合的核对报告", en: "no check report that does not conform") {
        $0.validReport?.text("verdict") == "not_conforming"
    }
    static let failureNotice = Guard(28, zh: "缺书面告知理由的核对不符告知书", en: "no written notice of the reasons") {
        hasNotice("check_failure", in: $0)
    }
    static let surveyed = Guard(19, zh: "缺两名以上调查人的入户调查", en: "no household survey by two surveyors") {
        $0.household.contains {
            $0.kind.name == "visit" && $0.elements("surveyors").count >= CaseFile.surveyors
        }
    }
    static let applicantNamed = Guard(35, zh: "缺救助对象", en: "the person is not named") { $0.applicant != nil }
    static let reasonGiven = Guard(35, zh: "缺救助事由", en: "the reason is missing") {
        $0.application.text("reason") != nil
    }
    static let amountRegistered = Guard(35, zh: "缺救助金额", en: "the amount is missing") { file in
        file.all("payment").contains { $0.number("amount_fen").map { $0 > 0 } ?? false }
    }
    static let abilityAssessed = Guard(13, zh: "缺生活自理能力评估结果", en: "self-care and ability to work are not assessed") {
        $0.applicant.map { $0.text("self_care") != nil && $0.text("labour_ability") != nil } ?? false
    }
    static let decidedApproval = Guard(
        15, zh: "缺写明依据、金额和签字人的批准决定", en: "no approval with basis, amount and signatories"
    ) {
        isDecided("approved", in: $0, needsAmount: true)
    }
    /// At most one of a benefit at a time (DOMAIN sections 5 and 9).
    static let notGrantedTwice = Guard(14, zh: "同一项目已在享受，不得重复批准", en: "this benefit is received already") {
        !$0.isReceivedAlready && !$0.isReceivedElsewhere
    }
    /// Asked by the township, of members registered elsewhere; never by the applicant (R40).
    static let registrationsVerified = Guard(
        40, zh: "户籍在外县区的成员还没有向户籍地核实", en: "the township has not yet asked where members from elsewhere are registered"
    ) {
        $0.awaitingVerification.isEmpty
    }
    static let decidedRejection = Guard(15, zh: "缺写明依据和签字人的不予批准决定", en: "no rejection with basis and signatories") {
        isDecided("rejected", in: $0, needsAmount: false)
    }
    static let decidedAdjustment = Guard(
        15, zh: "缺写明依据、金额和签字人的调整决定", en: "no adjustment with basis, amount and signatories"
    ) {
        isDecided("adjusted", in: $0, needsAmount: true)
    }
    /// A benefit ends with a decision that says so, whatever led to it: a letter alone ends nothing (R12, R15).
    static let decidedStop = Guard(15, zh: "缺写明依据和签字人的停发决定", en: "no decision to stop with basis and signatories") {
        isDecided("stopped", in: $0, needsAmount: false)
    }
    /// What is paid is ended by a decision and a leader's signature, not by one clerk (R12).
    static let notYetInPayment = Guard(
        12, zh: "已经进入发放，不能撤回；本户不再要的，由经办人作出“停发”（stopped）决定、写明本人放弃，送达告知书后由负责人办理停发（stop）",
        en:
            "it is in payment and is not withdrawn: where the household gives it up, decide that it is stopped and say so; a leader takes the step stop once the letter is delivered"
    ) { file in
        file.status.map { !$0.isPaid && $0 != .suspended } ?? true
            && !file.moves.contains { $0.text("to") == CaseState.inPayment.rawValue }
    }
    static let rejectionNotice = Guard(42, zh: "缺不予批准告知书", en: "no notice of rejection") {
        hasNotice("rejection", in: $0)
    }
    static let posted = Guard(31, zh: "缺在村（居）张贴的公示单", en: "no public notice is posted in the village") {
        $0.publicity.map { $0.text("place") != nil && $0.day("from") != nil && $0.day("to") != nil } ?? false
    }
    static let hotlinePrinted = Guard(58, zh: "公示单没有监督电话", en: "the notice carries no hotline") {
        $0.publicity?.text("hotline") != nil
    }
    static let postedToTheEnd = Guard(31, zh: "公示没有期满", en: "the notice has not run its time") { file in
        file.postedThrough.map { file.today > $0 } ?? false
    }
    static let postingProved = Guard(21, zh: "缺公示张贴凭证", en: "no evidence that the notice was posted") {
        $0.publicity?.elements("posted_evidence").isEmpty == false
    }
    /// No change without its notice (R43): a letter that names the decision, and so was written after it. What follows
    /// from a review and not from a decision is told by a letter of its own, since the case was last paid.
    static let changeDelivered = Guard(
        43, zh: "低保金调整（停发）告知书还没有送达", en: "the notice of the change has not been delivered"
    ) { file in
        let letters = file.all("notice").filter { $0.text("kind") == "adjustment" && $0.day("delivered_on") != nil }
        if let decision = file.pendingChange {
            return letters.contains { $0.value("decision").recordID == decision.record.id }
        }
        let since = file.moves.last { $0.text("to") == CaseState.inPayment.rawValue }?.day("at")
        return letters.contains { letter in
            letter.value("decision").isNull
                && since.map { since in letter.day("delivered_on").map { $0 >= since } ?? false } ?? true
        }
    }
    static let noUnconsideredDeath = Guard(
        22, zh: "有人员死亡，发放已冻结，须重新决定并由负责人签批", en: "a death freezes payment until it is decided anew and signed"
    ) {
        $0.unconsideredDeaths.isEmpty && $0.deathsTakenBack.isEmpty
    }
    /// A step to where the change can be signed; what is paid asks for ``noUnconsideredDeath``.
    static let deathDecided = Guard(22, zh: "有人员死亡，发放已冻结，须重新决定", en: "a death freezes payment until it is decided anew")
    {
        $0.undecidedDeaths.isEmpty && $0.deathsTakenBack(after: $0.all("decision").last).isEmpty
    }
    static let accountKnown = Guard(14, zh: "缺发放账户", en: "no account to pay to") { file in
        file.household.contains { $0.kind.name == "bank_account" && $0.text("number") != nil }
    }
    static let recheckIsDue = Guard(17, zh: "没有到期的动态复核", en: "no review is due") { file in
        file.all("dynamic_review").contains { review in
            review.value("done").isNull && review.day("due").map { $0 <= file.today } ?? false
        }
    }
    static let recheckDone = Guard(17, zh: "动态复核没有完成", en: "the review is not done") { file in
        let due = file.all("dynamic_review").filter { $0.day("due").map { $0 <= file.today } ?? false }
        return due.allSatisfy { !$0.value("done").isNull && !$0.elements("result").isEmpty }
    }
    static let relieved = Guard(34, zh: "缺先行救助的签收凭证", en: "no receipt of cash or goods") { file in
        file.all("payment").contains { $0.text("receipt") != nil && $0.text("state") == "paid" }
    }
    static let reliefExplained = Guard(34, zh: "先行救助超过时限，缺主管超期说明", en: "relief came late, without a supervisor's note")
    {
        isExplained(.relief, in: $0)
    }
    static let registrationExplained = Guard(
        35, zh: "登记超过时限，缺主管超期说明", en: "registered late, without a supervisor's note"
    ) {
        isExplained(.registration, in: $0)
    }
    static let signed = Guard(36, zh: "缺经办人员签字、盖章", en: "signatures and seals are missing") { file in
        file.all("decision").last.map { $0.text("result") == "approved" && !$0.elements("signatories").isEmpty }
            ?? false
    }
    static let reviewUpholds = Guard(32, zh: "缺结果为维持的民主评议记录", en: "no democratic review that upholds") {
        $0.all("democratic_review").last?.text("result") == "upheld"
    }
    static let reviewRevokes = Guard(32, zh: "缺结果为撤销的民主评议记录", en: "no democratic review that revokes") {
        $0.all("democratic_review").last?.text("result") == "revoked"
    }
    static let dibaoInForce = Guard(
        2, zh: "家庭没有享受低保", en: "the household does not receive the minimum living allowance"
    ) {
        $0.hasDibao
    }
    /// The living subsidy is for households in hardship; the care subsidy is for severe disability.
    static let livingNeedsDibao = Guard(
        2, zh: "家庭没有享受低保", en: "the household does not receive the minimum living allowance"
    ) {
        $0.programme != .disabilityLiving || $0.hasDibao
    }
    static let certificateValid = Guard(
        38, zh: "残疾人证缺失或已过期", en: "the disability certificate is missing or has expired"
    ) { file in
        guard let person = file.applicant, person.text("disability_certificate") != nil else { return false }
        return person.day("disability_expiry").map { $0 >= file.today } ?? true
    }

    // MARK: - Helpers

    private static func hasNotice(_ kind: String, in file: CaseFile) -> Bool {
        file.all("notice").contains { $0.text("kind") == kind && $0.text("text") != nil }
    }

    private static func isDecided(_ result: String, in file: CaseFile, needsAmount: Bool) -> Bool {
        guard let decision = file.all("decision").last, decision.text("result") == result else { return false }
        return decision.text("basis") != nil && !decision.elements("signatories").isEmpty
            && (!needsAmount || decision.number("amount_fen") != nil)
    }

    private static func isExplained(_ clock: ClockRule.Name, in file: CaseFile) -> Bool {
        guard let running = file.clocks.first(where: { $0.rule.name == clock }), running.isBreached else { return true }
        return !running.notes.isEmpty
    }
}
