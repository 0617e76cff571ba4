package import SyncEngine

/// Something that a person has to do by a day, worked out from records and clocks alone.
package struct DueTask: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        // Of the village
        case survey, authorise, recheck
        case aliveCheck = "alive_check"
        case postNotice = "post_notice"
        case removeNotice = "remove_notice"
        case deliverLetter = "deliver_letter"
        case bringInObjection = "bring_in_objection"
        case repairRefused = "repair_refused"
        case finishVisit = "finish_visit"
        case answerQuestion = "answer_question"
        // Of the township
        case requestCheck = "request_check"
        case verifyRegistration = "verify_registration"
        case decision, relief, registration
        case answerRequest = "answer_request"
        case reviewObjection = "review_objection"
        case reconsider
    }

    package let kind: Kind
    package let due: Moment
    package let village: Scope
    /// The household it is about, and how people call it.
    package let household: RecordID?
    package let number: String?
    package let application: RecordID?
    package let programme: Programme?
    /// What it is done to: a notice, a review, an objection, a set's number.
    package let subject: String?
    /// Who took the case's last step; `nil` before the first.
    package let clerk: String?

    package init(
        _ kind: Kind, due: Moment, village: Scope, household: RecordID? = nil, number: String? = nil,
        application: RecordID? = nil, programme: Programme? = nil, subject: String? = nil, clerk: String? = nil
    ) {
        self.kind = kind
        self.due = due
        self.village = village
        self.household = household
        self.number = number
        self.application = application
        self.programme = programme
        self.subject = subject
        self.clerk = clerk
    }

    /// Whole days since its last day ended; 0 while it is not late. Of hours, the day of its hour counts as its last.
    package func daysLate(at now: Instant) -> Int { max(0, Int(now.day.daysSinceEpoch - due.day.daysSinceEpoch)) }

    package func isLate(at now: Instant) -> Bool { now > due.end }

    /// The earlier due first; what is due at once in the order of village, household and kind.
    package static func inOrder(_ tasks: [DueTask]) -> [DueTask] {
        tasks.map { ($0, $0.due.end.milliseconds, $0.place) }.sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
    }

    /// Where it stands among what is due at once.
    package var place: String {
        [
            village.code, number ?? "", household?.description ?? "", kind.rawValue, application?.description ?? "",
            subject ?? "",
        ].joined(separator: " ")
    }
}

extension DueTask.Kind {
    package var isVillage: Bool {
        switch self {
        case .requestCheck, .verifyRegistration, .decision, .relief, .registration, .answerRequest, .reviewObjection,
            .reconsider:
            false
        default: true
        }
    }

    /// What has to be done, as a clerk would say it.
    package var label: Label {
        switch self {
        case .survey: Label(zh: "入户调查", en: "survey the household")
        case .authorise: Label(zh: "补授权委托书、承诺书签字", en: "get authorisation and commitment signed")
        case .recheck: Label(zh: "到期复核入户", en: "visit for the recheck")
        case .aliveCheck: Label(zh: "生存认证", en: "check that the person is alive")
        case .postNotice: Label(zh: "张贴公示单并拍照", en: "post the notice, with a photo")
        case .removeNotice: Label(zh: "撤下公示单并拍照", en: "take the notice down, with a photo")
        case .deliverLetter: Label(zh: "送达告知书", en: "deliver the letter")
        case .bringInObjection: Label(zh: "同步上报异议", en: "sync to bring the objection in")
        case .repairRefused: Label(zh: "更正被退回的变更", en: "repair a refused change")
        case .answerQuestion: Label(zh: "答复镇街的核实单", en: "answer the township's question")
        case .finishVisit: Label(zh: "完成未填完的入户调查", en: "finish the visit that was begun")
        case .requestCheck: Label(zh: "发起经济状况核对", en: "request the check")
        case .verifyRegistration: Label(zh: "向户籍地核实是否享受低保", en: "ask where the member is registered")
        case .decision: Label(zh: "审核审批", en: "decide")
        case .relief: Label(zh: "先行救助", en: "relieve")
        case .registration: Label(zh: "登记补手续", en: "register the relief")
        case .answerRequest: Label(zh: "办理工作站的请求", en: "answer the station's request")
        case .reviewObjection: Label(zh: "组织民主评议", en: "hold the democratic review")
        case .reconsider: Label(zh: "家庭情况有变化，重新核定", en: "the household changed: decide anew")
        }
    }

    package var rule: CaseRule? {
        switch self {
        case .survey: CaseRule(19)
        case .authorise: CaseRule(25)
        case .recheck, .aliveCheck, .reconsider: CaseRule(22)
        case .postNotice, .removeNotice: CaseRule(21)
        case .deliverLetter: CaseRule(42)
        case .bringInObjection, .reviewObjection: CaseRule(32)
        case .repairRefused, .finishVisit, .answerQuestion, .answerRequest: nil
        case .requestCheck: CaseRule(26)
        case .verifyRegistration: CaseRule(40)
        case .decision: CaseRule(33)
        case .relief: CaseRule(34)
        case .registration: CaseRule(35)
        }
    }
}

extension DueTask {
    /// `task`, `text`, `rule`, `due`, `late`, `daysLate`, `village`, `household`, `number`, `application`, `programme`,
    /// `subject`, `clerk`.
    package func document(at now: Instant, text: String) -> JSONValue {
        func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        return .object([
            ("task", .string(kind.rawValue)), ("text", .string(text)), ("rule", optional(kind.rule?.code)),
            ("due", .string(due.description)), ("late", .bool(isLate(at: now))),
            ("daysLate", .int(Int64(daysLate(at: now)))), ("village", .string(village.code)),
            ("household", optional(household?.description)), ("number", optional(number)),
            ("application", optional(application?.description)), ("programme", optional(programme?.rawValue)),
            ("subject", optional(subject)), ("clerk", optional(clerk)),
        ])
    }
}

extension DueTask {
    /// The columns of ``row(at:)``.
    package static let columns = [
        Label(zh: "到期", en: "Due"), Label(zh: "要办的事", en: "Task"), Label(zh: "户编号", en: "Household"),
        Label(zh: "项目", en: "Programme"), Label(zh: "编号", en: "Id"),
    ]

    /// For people: when, how late, what, where.
    package func row(at now: Instant) -> [Label] {
        let days = daysLate(at: now)
        let moment =
            switch due {
            case .day(let day): day.description
            case .time(let time): "\(time.day) \(time.description.dropFirst(11).prefix(5))"
            }
        let late = Label(
            zh: days > 0 ? "（超期 \(days) 天）" : "（已超期）",
            en: days > 0 ? " (\(days) day\(days == 1 ? "" : "s") late)" : " (late)")
        let isLate = isLate(at: now)
        let id = subject ?? application?.description ?? household?.description ?? ""
        return [
            isLate ? Label(zh: moment + late.zh, en: moment + late.en) : Label(zh: moment, en: moment), kind.label,
            Label(zh: number ?? "-", en: number ?? "-"), programme?.label ?? Label(zh: "-", en: "-"),
            Label(zh: id, en: id),
        ]
    }
}
