import SyncEngine

/// What the public and the villages see of the work (R9, R23, R50, R58, R59, R67, R68).
extension RegisterKinds {
    /// How policy reaches people (R59, R67).
    private static let channels = [
        "media": "广播电视报纸等媒体", "leaflet": "明白纸", "booklet": "宣传手册", "board": "公开栏、公示栏", "website": "政府网站",
        "messaging": "政务微信、短信", "other": "其他",
    ]

    /// 政策宣传 and what is made public (R23, R59, R67). A village writes its own offline.
    static let publicity = kind(
        "publicity", "政策宣传", "Publicity", needs: ["channel", "on", "topic", "evidence"], searchFields: ["topic"],
        fields: [
            entry("village", .text, "村居代码", "Village", Rules.village),
            entry("channel", .text, "方式", "Channel", Rules.codes(channels)),
            entry("on", .date, "日期", "On", Rules.past),
            entry("topic", .text, "主题", "Topic", published(200)),
            entry("content", .text, "公开的内容", "What was published", published(4000)),
            entry("copies", .int64, "份数", "Copies", Rules.notNegative),
            entry("persons", .int64, "受众人数", "Persons reached", Rules.notNegative),
            entry("by", .text, "经办人", "By", Rules.text(64)),
            entry("evidence", .list, "凭证", "Evidence", Rules.text(200), .su),
        ])

    private static let ways = ["hotline": "监督举报电话", "letter": "来信", "visit": "来访", "online": "网上"]

    /// A question of the public, and its answer (R68).
    static let enquiry = kind(
        "enquiry", "咨询", "Enquiry", needs: ["asked_on", "question"], order: [("asked_on", "answered_on")],
        searchFields: ["question"],
        fields: [
            entry("asked_on", .date, "咨询日期", "Asked on", Rules.past),
            entry("by", .text, "咨询人（可不具名）", "By (may be unnamed)", Rules.text(64)),
            entry("phone", .text, "电话", "Phone", Rules.phone),
            entry("village", .text, "村居代码", "Village", Rules.village),
            entry("question", .text, "问题", "Question", Rules.text(4000)),
            entry("due", .date, "答复期限", "Due"),
            entry("answer", .text, "答复", "Answer", Rules.text(4000)),
            entry("answered_by", .text, "答复人", "Answered by", Rules.text(64)),
            entry("answered_on", .date, "答复日期", "Answered on", Rules.past),
        ])

    /// 投诉举报 (R58): may be anonymous, is never lost. What a village took down it cannot close.
    static let complaint = kind(
        "complaint", "投诉举报", "Complaint", needs: ["received_on", "via", "text"],
        order: [("received_on", "closed_on")],
        fields: [
            entry("received_on", .date, "受理日期", "Received on", Rules.past),
            entry("by", .text, "投诉人（可匿名）", "By (may be anonymous)", Rules.text(64)),
            entry("phone", .text, "电话", "Phone", Rules.phone),
            entry("via", .text, "渠道", "Via", Rules.codes(ways)),
            entry("about", .text, "投诉对象", "About", Rules.text(200)),
            entry("village", .text, "村居代码", "Village", Rules.village),
            entry("text", .text, "内容", "Text", Rules.text(4000)),
            desk("due", .date, "办理期限", "Due"),
            desk("handled_by", .text, "承办人", "Handled by", Rules.text(64)),
            desk("outcome", .text, "处理结果", "Outcome", Rules.text(4000)),
            desk("closed_on", .date, "办结日期", "Closed on", Rules.past),
        ])

    private static let above = [
        "township": "镇（街）", "district": "区民政", "finance": "区财政", "department": "其他部门",
    ]

    /// A problem that is put to those above, with their reply (R9).
    static let escalation = kind(
        "escalation", "问题上报", "Escalation", needs: ["raised_by", "raised_on", "to", "question", "due"],
        order: [("raised_on", "due"), ("raised_on", "replied_on")], searchFields: ["question"],
        fields: [
            entry("raised_by", .text, "上报人", "Raised by", Rules.text(64)),
            entry("raised_on", .date, "上报日期", "Raised on", Rules.past),
            entry("village", .text, "村居代码", "Village", Rules.village),
            entry("to", .text, "报送单位", "To", Rules.codes(above)),
            entry("question", .text, "问题", "Question", Rules.text(4000)),
            entry("due", .date, "答复期限", "Due"),
            desk("reply", .text, "答复", "Reply", Rules.text(4000)),
            desk("replied_by", .text, "答复人", "Replied by", Rules.text(64)),
            desk("replied_on", .date, "答复日期", "Replied on", Rules.past),
        ])

    /// 转办单 (R50): taken in at one window, passed on to the department that decides it, with its reply.
    static let transferSlip = kind(
        "transfer_slip", "转办单", "Transfer slip", needs: ["to", "about", "sent_by", "sent_on", "due"],
        order: [("sent_on", "due"), ("sent_on", "replied_on")], searchFields: ["about"],
        fields: [
            desk("application", .reference, "所涉申请", "Application"),
            desk("village", .text, "村居代码", "Village", Rules.village),
            desk("to", .text, "转办部门", "To", Rules.text(64)),
            desk("about", .text, "事项", "About", Rules.text(4000)),
            desk("sent_by", .text, "转办人", "Sent by", Rules.text(64)),
            desk("sent_on", .date, "转办日期", "Sent on", Rules.past),
            desk("due", .date, "反馈期限", "Due"),
            desk("reply", .text, "办理反馈", "Reply", Rules.text(4000)),
            desk("replied_on", .date, "反馈日期", "Replied on", Rules.past),
        ])
}
