import SyncEngine

/// Who does the work, and where (R48, R49, R51–R53).
extension RegisterKinds {
    /// What a person is employed as (R48, R49, R52).
    enum Post: String, CaseIterable {
        case fullTime = "full_time"
        case socialWork = "social_work"
        case boughtService = "bought_service"
        case villageAssistant = "village_assistant"

        var label: Label {
            switch self {
            case .fullTime: Label(zh: "镇（街）专职人员", en: "full-time staff of the township")
            case .socialWork: Label(zh: "社会工作岗位", en: "social-work post")
            case .boughtService: Label(zh: "政府购买服务人员", en: "bought service")
            case .villageAssistant: Label(zh: "村（居）社会救助协理员", en: "village assistant")
            }
        }

        /// Whether a contract is what the post rests on (R49).
        var hasContract: Bool { self == .socialWork || self == .boughtService }
    }

    private static let posts = Dictionary(uniqueKeysWithValues: Post.allCases.map { ($0.rawValue, $0.label) })

    /// A person who works for social assistance (R48, R49, R52).
    static let staff = kind(
        "staff", "工作人员", "Staff", needs: ["name", "post", "active_from"],
        order: [("contract_from", "contract_to"), ("active_from", "active_to")], searchFields: ["name"],
        fields: [
            desk("name", .text, "姓名", "Name", Rules.text(64)),
            desk("post", .text, "岗位", "Post", Rules.codes(posts)),
            desk("village", .text, "村居代码", "Village", Rules.village),
            desk("phone", .text, "电话", "Phone", Rules.phone),
            desk("employer", .text, "用人单位", "Employer", Rules.text(200)),
            desk("contract_from", .date, "合同起始", "Contract from"),
            desk("contract_to", .date, "合同终止", "Contract to"),
            desk("active_from", .date, "上岗日期", "Active from"),
            desk("active_to", .date, "离岗日期", "Active to"),
        ])

    /// A 村级社会救助工作站 (R51). It lives in its village, whose station reads it.
    static let station = kind(
        "station", "社会救助工作站", "Village station", scopeField: "village", needs: ["address", "opened"],
        order: [("opened", "closed")], searchFields: ["address"],
        fields: [
            desk("village", .text, "村居代码", "Village", Rules.village),
            desk("address", .text, "地址", "Address", Rules.text(200)),
            desk("phone", .text, "电话", "Phone", Rules.phone),
            desk("opened", .date, "设立日期", "Opened", Rules.past),
            desk("closed", .date, "撤销日期", "Closed"),
        ])

    /// A month's 岗位补贴 of one person (R53). A second one for the same month is found, not refused: it may be the rest.
    static let stipend = kind(
        "stipend", "岗位补贴", "Stipend", parents: [ParentField("staff", kind: "staff")],
        needs: ["month", "amount_fen", "paid_on"],
        fields: [
            desk("staff", .reference, "工作人员", "Staff", nil, .im),
            desk("month", .text, "所属月份", "Month", month, .im),
            desk("amount_fen", .int64, "金额（分）", "Amount (fen)", Rules.notNegative),
            desk("paid_on", .date, "发放日期", "Paid on", Rules.past),
        ])
}
