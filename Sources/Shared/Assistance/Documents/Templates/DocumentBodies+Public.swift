import Markup
import SyncEngine

/// What hangs on a board or lies on a table, the review that an objection opens, and the receipt of urgent relief.
extension DocumentBodies {
    /// 公示单 (R31, R58, R59): masked names, and of a household nothing but village, programme, number and amount.
    @Sendable static func publicNotice(_ subject: DocumentSubject) -> [HTML] {
        let notice = subject.file?.publicity
        var table = FormTable("序号", "申请人", "村（居）", "救助项目", "人数", "金额（\(subject.amountUnit)）")
        table.add(
            values: [
                "1", subject.applicant?.text("name").map(Masking.name), subject.village, subject.programme?.title,
                "\(subject.persons)", subject.decision?.yuan("amount_fen"),
            ])
        return [
            .section(
                .posted,
                [
                    .p(
                        "经", .text(subject.office.title), "审批，下列家庭（人员）拟享受", .text(subject.programme?.title ?? ""),
                        "，现予公示，接受群众监督。"), table.html,
                    .p(
                        "公示时间：", .text(notice?.day("from")?.chinese ?? ""), "至", .text(notice?.day("to")?.chinese ?? "")
                    ),
                    .p("公示地点：", .text(notice?.text("place") ?? "")),
                    .p(
                        "对公示有异议的，请在公示期内向村（居）协理员或", .text(subject.office.title),
                        "反映，可以不署名。\(subject.basis("objection"))。"),
                    .p("监督电话：", .text(subject.hotline)),
                ]), DocumentParts.seal(subject, on: notice?.day("from")),
        ]
    }

    /// 民主评议记录 (R30, R32). Whom the objection is about stands by name: it is the township's own record.
    @Sendable static func democraticReview(_ subject: DocumentSubject) -> [HTML] {
        let review = subject.file?.all("democratic_review").last
        let objection = subject.file?.all("objection").first {
            $0.record.id == review?.value("objection").recordID
        }
        var table = FormTable()
        table.add(("评议对象", subject.applicant?.text("name")), ("救助项目", subject.programme?.title), columns: 4)
        table.add(("评议日期", review?.day("held_on")?.chinese), ("主持单位", subject.office.title), columns: 4)
        table.add(
            ("异议提出", objection.map { $0.text("by").map(Masking.name) ?? "匿名" }),
            ("提出日期", objection?.day("at")?.chinese), columns: 4)
        table.add(("异议内容", objection?.text("text")), columns: 4)
        table.add(("评议记录", review?.text("record") ?? "　\n　\n　"), columns: 4)
        table.add(
            ("同意", review?.number("votes_for").map { "\($0) 票" }),
            ("不同意", review?.number("votes_against").map { "\($0) 票" }), columns: 4)
        table.add(("评议结果", review?.meaning("result")), columns: 4)
        table.add(("政策依据", subject.basis("objection")), columns: 4)
        var people = FormTable("序号", "参加人", "签字", "序号", "参加人", "签字")
        let names = review?.elements("attendees") ?? []
        for start in stride(from: 0, to: names.count, by: 2) {
            let second: [String?] = start + 1 < names.count ? ["\(start + 2)", names[start + 1], "　"] : ["", "", ""]
            people.add(values: ["\(start + 1)", names[start], "　"] + second)
        }
        if people.isEmpty { people.addEmpty(3, columns: 6) }
        return [
            table.html, .section(.sign, [.h2("参加评议人员"), people.html]),
            .section(.seal, [DocumentParts.signatures("主持人", "记录人"), DocumentParts.seal(subject)]),
        ]
    }

    /// 先行救助单 (R34, R35): what was handed over, to whom and when; the rest is made up for within the term.
    @Sendable static func reliefReceipt(_ subject: DocumentSubject) -> [HTML] {
        let file = subject.file
        let payment = file?.all("payment").last { ($0.number("amount_fen") ?? 0) > 0 }
        let clocks = file?.clocks ?? []
        func clock(_ name: ClockRule.Name) -> CaseClock? { clocks.first { $0.rule.name == name } }
        let payee = subject.name(of: payment?.text("payee")) ?? subject.applicant?.text("name")
        var table = FormTable()
        table.add(
            ("救助对象", subject.applicant?.text("name")),
            ("身份证号", subject.applicant?.text("id_number").map(Masking.identityNumber)), columns: 4)
        table.add(
            ("家庭住址", subject.address),
            ("联系电话", subject.household.elements("phones").joined(separator: "、")), columns: 4)
        table.add(("急难事由", file?.application.text("reason")), columns: 4)
        table.add(
            ("报告时间", file?.application.time("applied_at")?.chinese),
            ("救助期限", clock(.relief)?.deadline.due.chinese), columns: 4)
        table.add(
            ("发放时间", payment?.time("paid_at")?.chinese), ("救助方式", payment?.meaning("means")), columns: 4)
        table.add(("金额", payment?.yuan("amount_fen").map { $0 + " 元" }), ("领取人", payee), columns: 4)
        if let fen = payment?.number("amount_fen"), fen >= 0 {
            table.add(("金额（大写）", "人民币" + ChineseAmount.text(fen)), columns: 4)
        }
        table.add(
            ("签收凭证", payment?.text("receipt")), ("补办手续期限", clock(.registration)?.deadline.due.chinese), columns: 4)
        return [
            table.html,
            .section(nil, [.p("急难型临时救助先行救助，后补手续：登记救助对象、救助事由、救助金额，补齐经办人员签字、盖章。")]),
            .section(
                .seal, [DocumentParts.signatures("领取人", "经办人", "镇街负责人"), DocumentParts.seal(subject)]),
        ]
    }

    /// 明白纸 (R23, R59, R67): what people may ask for, how, and how long it takes.
    @Sendable static func leaflet(_ subject: DocumentSubject) -> [HTML] {
        let pack = subject.pack
        var programmes = FormTable("救助项目", "谁可以申请", "多长时间办好")
        for programme in Programme.allCases {
            programmes.add(values: [programme.title, audience[programme], terms(of: programme, in: pack)])
        }
        let day = pack.isInForce(on: subject.policyDay) ? subject.policyDay : pack.until
        var standards = FormTable("项目", "标准")
        for (name, title) in [("dibao.standard.urban", "城市低保标准"), ("dibao.standard.rural", "农村低保标准")] {
            guard let parameter = try? pack.parameter(name, on: day) else { continue }
            let demo = parameter.source == .demo ? "（演示值，待区民政确定）" : ""
            standards.add(values: [title, "每人每月 \(parameter.text) 元\(demo)"])
        }
        return [
            .section(
                nil, [.p("生活遇到困难，可以向村（居）社会救助工作站或", .text(subject.office.title), "提出，协理员可以上门代办。")]),
            .h2("有哪些救助"), programmes.html, .h2("标准"), standards.html, .h2("怎么办"),
            .list([
                "说一次、填一次：填写申请表、授权委托书、守信承诺书，最多跑一次。", toBring(pack),
                "能够通过信息共享查到的证明不用提供；网上填了表的，不用再交纸质材料。",
                "镇（街）同步做家庭经济状况核对和入户调查，先核后保。", "镇（街）作出审批决定，结果在村（居）公示；对公示有异议的，由镇（街）组织民主评议。",
                "不予批准、调整或停发的，书面告知理由。", "家庭情况有变化，及时告诉协理员；骗取救助的，记入失信记录。", "有疑问、要举报，请拨打 \(subject.hotline)。",
            ]), .p("\(subject.office.title)印发", style: .office),
        ]
    }

    /// What every programme asks for (R37).
    private static func toBring(_ pack: PolicyPack) -> String {
        let titles = pack.proofs(of: nil).filter { !$0.isShared }.map(\.label.zh)
        return titles.isEmpty
            ? "需要什么，协理员一次告知。" : "材料从简：各项目都只要\(titles.joined(separator: "、"))；个别项目另需的，协理员一次告知。"
    }

    private static let audience: [Programme: String] = [
        .dibao: "家庭人均收入低于低保标准、财产符合规定的家庭", .tekun: "无劳动能力、无生活来源、无法定义务人或义务人无履行能力的人员",
        .reliefExpense: "因医疗、教育等刚性支出过大，基本生活困难的家庭", .reliefUrgent: "遭遇火灾、交通事故、突发重病等急难，需要立即救助的家庭和个人",
        .elderlyAllowance: "低保家庭中达到规定年龄的老年人", .disabilityLiving: "低保家庭中的残疾人", .disabilityCare: "需要长期照护的重度残疾人",
    ]

    private static let steps: [(step: PolicyDeadline.Step, zh: String)] = [
        (.decision, "审核审批"), (.relief, "先行救助"), (.registration, "补齐手续"),
    ]

    private static func terms(of programme: Programme, in pack: PolicyPack) -> String {
        let said = steps.compactMap { step, zh -> String? in
            guard let term = pack.deadline(step, of: programme)?.term else { return nil }
            return "\(zh) \(term.label.zh)内"
        }
        return said.isEmpty ? "按有关规定办理" : said.joined(separator: "，")
    }
}

extension DocumentSubject {
    fileprivate var policyDay: CalendarDay { appliedOn ?? pack.until }
}

extension Instant {
    /// 2026年3月2日9时30分
    var chinese: String {
        let time = description.split(separator: "T").last?.split(separator: ":") ?? []
        guard time.count >= 2, let hour = Int(time[0]), let minute = Int(time[1]) else { return day.chinese }
        return "\(day.chinese)\(hour)时\(minute)分"
    }
}

extension Moment {
    var chinese: String {
        switch self {
        case .day(let day): day.chinese
        case .time(let time): time.chinese
        }
    }
}
