import SyncEngine

/// What is asked of an applicant, and how often he comes (R38, R40, R45).
extension CaseKinds {
    /// A proof that the applicant is asked for: one of the pack's checklist that nobody shares (R37, R38).
    static let proofRequest = KindSchema(
        "proof_request", label: Label(zh: "材料要求", en: "Proof request"), parents: parent, isAppendOnly: true,
        recordRule: missing(["code", "asked_on"], in: "proof_request"),
        fields: [
            ofApplication, field("code", .text, .im, .personal, "材料", "Proof", Rules.text(64)),
            field("asked_on", .date, .im, .personal, "要求日期", "Asked on", Rules.past),
            field("reason", .text, .im, .personal, "原因", "Reason", Rules.text(500)),
            field("brought_on", .date, .mn, .personal, "提供日期", "Brought on", Rules.past),
        ])

    private static let counters = ["station": "村居工作站", "township": "镇街窗口"]

    /// A visit of the applicant to a counter, for which there should be one at most (R45).
    static let trip = KindSchema(
        "trip", label: Label(zh: "申请人跑腿", en: "Trip"), parents: parent, isAppendOnly: true,
        recordRule: missing(["on", "where", "why"], in: "trip"),
        fields: [
            ofApplication, field("on", .date, .im, .personal, "日期", "On", Rules.past),
            field("where", .text, .im, .personal, "地点", "Where", Rules.codes(counters)),
            field("why", .text, .im, .personal, "原因", "Why", Rules.text(500)),
        ])

    private static let findings = ["not_receiving": "未享受", "receiving": "已享受"]

    /// What the township found out at the place where a member is registered, so that he needs no certificate of it
    /// (R40).
    static let verification = deskKind(
        "verification", "户籍地享受情况核实", "Verification",
        [
            desk("member", .reference, .im, "成员", "Member"),
            desk("result", .text, .tw, "结果", "Result", Rules.codes(findings)),
            desk("verified_on", .date, .tw, "核实日期", "Verified on", Rules.past),
            desk("how", .text, .tw, "核实方式", "How", Rules.text(500)),
        ])
}
