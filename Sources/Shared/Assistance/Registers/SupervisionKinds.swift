import SyncEngine

/// Guidance, checks and what follows from them (R4, R7, R56, R57, R61, R62). The township alone writes them.
extension RegisterKinds {
    private static let levels = ["district": "区民政", "township": "镇（街）"]

    /// Guidance and visits on the spot (R4, R56).
    static let guidance = kind(
        "guidance", "业务指导", "Guidance", needs: ["held_on", "by", "topic", "advice", "visited_by"],
        order: [("held_on", "followed_up_on")], searchFields: ["topic"],
        fields: [
            desk("held_on", .date, "指导日期", "Held on", Rules.past),
            desk("by", .text, "指导单位", "By", Rules.codes(levels)),
            desk("place", .text, "地点", "Place", Rules.text(200)),
            desk("village", .text, "村居代码", "Village", Rules.village),
            desk("topic", .text, "内容", "Topic", Rules.text(200)),
            desk("advice", .text, "指导意见", "Advice", Rules.text(4000)),
            desk("visited_by", .text, "指导人员", "Visited by", Rules.text(200)),
            desk("follow_up_by", .date, "落实期限", "Follow up by"),
            desk("follow_up", .text, "落实情况", "Follow-up", Rules.text(4000)),
            desk("followed_up_on", .date, "落实日期", "Followed up on", Rules.past),
        ])

    private static let sources = ["ledger": "审批台账", "sample": "抽查", "payment": "资金拨付", "other": "其他"]

    /// What the check of the ledgers found, until it is put right (R7).
    static let finding = kind(
        "finding", "核查问题", "Finding", needs: ["source", "what", "found_by", "found_on", "rectify_by"],
        order: [("found_on", "rectify_by"), ("found_on", "closed_on")], searchFields: ["what"],
        fields: [
            desk("source", .text, "来源", "Source", Rules.codes(sources)),
            desk("application", .reference, "所涉申请", "Application"),
            desk("village", .text, "村居代码", "Village", Rules.village),
            desk("what", .text, "问题", "What", Rules.text(4000)),
            desk("found_by", .text, "核查人", "Found by", Rules.text(64)),
            desk("found_on", .date, "核查日期", "Found on", Rules.past),
            desk("responsible", .text, "整改责任人", "Responsible", Rules.text(64)),
            desk("rectify_by", .date, "整改期限", "Rectify by"),
            desk("rectified", .text, "整改情况", "What was rectified", Rules.text(4000)),
            desk("closed_by", .text, "销号人", "Closed by", Rules.text(64)),
            desk("closed_on", .date, "销号日期", "Closed on", Rules.past),
        ])

    private static let programmes = Dictionary(
        uniqueKeysWithValues: Programme.allCases.map { ($0.rawValue, $0.label) })

    /// A draw of 抽查 (R57), as ``SpotSample`` made it: who draws again with the same seed from the same households gets
    /// the same ones. It stays at the township: a village is not told beforehand.
    static let sampleCheck = kind(
        "sample_check", "抽查", "Spot check", needs: ["drawn_by"],
        fields: [
            desk("seed", .int64, "随机种子", "Seed", nil, .im),
            desk("programme", .text, "救助项目", "Programme", Rules.codes(programmes), .im),
            desk("population", .int64, "总户数", "Population", Rules.notNegative, .im),
            desk("population_sha256", .text, "总户名册校验", "SHA-256 of the population", Rules.sha256, .im),
            desk("share_percent", .int64, "抽查比例（%）", "Share (%)", Rules.notNegative, .im),
            desk("drawn", .int64, "抽取户数", "Drawn", Rules.notNegative, .im),
            desk("drawn_by", .text, "抽取人", "Drawn by", Rules.text(64), .im),
            desk("drawn_on", .date, "抽取日期", "Drawn on", nil, .im),
        ])

    private static let results = ["consistent": "相符", "inconsistent": "不符", "absent": "未见到"]

    /// One household of a draw, and what the check came to.
    static let sampledHousehold = kind(
        "sampled_household", "抽查户", "Sampled household",
        parents: [ParentField("sample_check", kind: "sample_check")], needs: ["result", "checked_by", "checked_on"],
        fields: [
            desk("sample_check", .reference, "所属抽查", "Spot check", nil, .im),
            desk("place", .int64, "序号", "Place", nil, .im),
            desk("household", .reference, "住户", "Household", nil, .im),
            desk("village", .text, "村居代码", "Village", Rules.village, .im),
            desk("result", .text, "结果", "Result", Rules.codes(results)),
            desk("checked_by", .text, "核查人", "Checked by", Rules.text(64)),
            desk("checked_on", .date, "核查日期", "Checked on", Rules.past),
            desk("note", .text, "说明", "Note", Rules.text(2000)),
        ])

    private static let behaviours = [
        "false_papers": "提供虚假材料骗取社会救助资格", "false_identity": "冒用救助对象身份", "concealed_means": "隐瞒家庭收入、财产",
    ]
    private static let decisions = ["upheld": "认定失信", "dismissed": "不予认定"]

    /// 失信记录 (R61, R62): facts, hearing, decision, until when. ``RegisterAdmission`` lets no decision be made without
    /// evidence and a hearing.
    static let dishonesty = kind(
        "dishonesty", "失信记录", "Dishonesty record", needs: ["name", "behaviour", "facts", "evidence", "heard_on"],
        searchFields: ["name"],
        fields: [
            desk("name", .text, "姓名", "Name", Rules.text(64), .im),
            desk("id_number", .text, "身份证号", "Identity number", Rules.identityNumber, .im),
            desk("member", .reference, "家庭成员", "Member", nil, .im),
            desk("application", .reference, "所涉申请", "Application", nil, .im),
            desk("commitment", .reference, "所违背的承诺", "Commitment", nil, .im),
            desk("behaviour", .text, "失信行为", "Behaviour", Rules.codes(behaviours), .im),
            desk("facts", .text, "事实", "Facts", Rules.text(4000), .im),
            desk("evidence", .list, "证据", "Evidence", Rules.text(200), .su),
            desk("heard_on", .date, "听取陈述申辩日期", "Heard on", Rules.past),
            desk("hearing", .text, "陈述申辩记录", "Record of the hearing", Rules.text(4000)),
            desk("decision", .text, "决定", "Decision", Rules.codes(decisions)),
            desk("decided_by", .text, "决定人", "Decided by", Rules.text(64)),
            desk("decided_on", .date, "决定日期", "Decided on", Rules.past),
            desk("expires_on", .date, "失效日期", "Expires on"),
            desk("export_approved_by", .text, "推送批准人", "Export approved by", Rules.text(64)),
            desk("export_approved_on", .date, "推送批准日期", "Export approved on", Rules.past),
        ])
}
