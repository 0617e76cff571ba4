import Markup
import SyncEngine

/// What each document says, as a township's own forms do.
enum DocumentBodies {}

/// The forms that an applicant fills in once (R44), and the survey.
extension DocumentBodies {
    private static func boxes(_ programme: Programme?) -> String {
        Programme.allCases.map { ($0 == programme ? "☑" : "□") + $0.title }.joined(separator: "　")
    }

    /// 低保申请表. The person's own statement: identity numbers are in clear.
    @Sendable static func application(_ subject: DocumentSubject) -> [HTML] {
        let (file, person) = (subject.file?.application, subject.applicant)
        var table = FormTable()
        table.add(
            ("申请人", person?.text("name")), ("性别", person?.sex), ("出生日期", person?.birthDate?.description))
        table.add(
            ("联系电话", subject.household.elements("phones").joined(separator: "、")),
            ("身份证号", person?.text("id_number")), columns: 6)
        table.add(
            ("家庭住址", subject.household.text("address")), ("户口性质", subject.household.meaning("hukou_type")), columns: 6)
        table.add(
            ("村（居）", subject.village), ("村民小组", subject.household.text("villager_group")),
            ("户编号", subject.household.text("number")))
        table.add(("申请项目", boxes(subject.programme)))
        table.add(
            ("申请日期", subject.appliedOn?.chinese), ("申请渠道", file?.meaning("channel")), ("代办人", file?.text("proxy")))
        table.add(("致困原因", subject.household.causes))
        table.add(("申请事由", file?.text("reason")))
        return [
            table.html, DocumentParts.members(subject, isFull: true, hasHealth: true), DocumentParts.incomes(subject),
            DocumentParts.expenses(subject), DocumentParts.properties(subject), DocumentParts.supporters(subject),
            .section(
                .seal,
                [
                    .h2("申请人声明"),
                    .p("以上所填家庭成员、收入、支出和财产情况真实、完整。能够通过信息共享获取的证明材料，镇（街）不再要求提供；网上填写的，不再要求纸质材料。"),
                    DocumentParts.signatures("申请人", "代办人", "村（居）协理员"),
                ]),
        ]
    }

    private static let checkScope =
        "户籍、婚姻、工商登记、纳税、社会保险、住房公积金、房产、车辆、存款、有价证券、商业保险以及已享受的各类救助补贴等家庭经济状况信息"

    /// 授权委托书 (R25), and the proxy's mandate (R24). Identity numbers are in clear: the check is made by them.
    @Sendable static func authorisation(_ subject: DocumentSubject) -> [HTML] {
        let paper = subject.file?.all("authorisation").last
        var table = FormTable("序号", "家庭成员", "身份证号", "本人签字（监护人代签的注明）")
        for (index, member) in subject.members.enumerated() {
            table.add(values: ["\(index + 1)", member.text("name"), member.text("id_number"), "　"], code: 2)
        }
        if table.isEmpty { table.addEmpty(3, columns: 4) }
        var parts: [HTML] = [
            .section(
                nil,
                [
                    .p(
                        "授权人", .fill(subject.applicant?.text("name")), "及下列家庭成员，因申请",
                        .fill(subject.programme?.title), "，自愿授权", .fill(subject.office.title),
                        "及其委托的家庭经济状况核对机构，查询、核对我们的下列信息："),
                    .p(.text((paper?.text("check_scope") ?? checkScope) + "。")),
                    .p(
                        "授权自签字之日起有效，至", .fill(paper?.day("valid_to")?.chinese ?? "救助待遇终止之日"),
                        "止。期间可以书面撤回；撤回后，镇（街）不再查询，已取得的信息不再使用。"),
                    .p("核对结果只用于本次申请的审核审批和以后的动态管理，不得挪作他用。"),
                ]), table.html,
        ]
        if let proxy = subject.file?.application.text("proxy") {
            parts.append(
                .section(nil, [.p("申请人同时委托", .fill(proxy), "代为提交申请、签收文书，受托人在委托事项内的行为，申请人予以认可。")]))
        }
        parts.append(
            .section(
                .seal,
                [
                    .p(
                        "签字人：", .fill(paper?.text("signer")), "　签字日期：", .fill(paper?.day("signed_at")?.chinese),
                        style: .note),
                    DocumentParts.signatures("授权人", "受托人", "村（居）协理员"),
                ]))
        return parts
    }

    private static let promises = [
        "所填写的申请、提供的材料和陈述的情况真实、准确、完整，没有隐瞒收入、财产和家庭成员。", "授权核对机构核对家庭经济状况，配合入户调查和定期复核。",
        "家庭人口、收入、财产发生变化的，在一个月内告知村（居）协理员或镇（街）。", "不冒用他人身份，不伪造、变造证明材料。",
        "有劳动能力的家庭成员积极就业，不无故拒绝介绍的工作。",
    ]

    /// 守信承诺书 (R60–R62).
    @Sendable static func commitment(_ subject: DocumentSubject) -> [HTML] {
        let paper = subject.file?.all("commitment").last
        let words: HTML = paper?.text("text").map { .p(.text($0)) } ?? .list(promises)
        return [
            .section(
                nil,
                [
                    .p(
                        "本人", .fill(subject.applicant?.text("name")), "（身份证号",
                        .fill(subject.applicant?.text("id_number")), "）申请",
                        .fill(subject.programme?.title), "，郑重承诺："),
                    words,
                    .p("违背承诺的，自愿退回已领取的救助款物，接受记入失信记录，并承担联合惩戒等法律后果。"),
                    .p("以上内容，工作人员已逐条说明，本人已知晓。"),
                ]),
            .section(
                .seal,
                [
                    .p(
                        "签字人：", .fill(paper?.text("signer")), "　签字日期：", .fill(paper?.day("signed_at")?.chinese),
                        style: .note),
                    DocumentParts.signatures("承诺人", "见证人（协理员）"),
                ]),
        ]
    }

    /// 入户调查表 (R19). Identity numbers are masked: the surveyors know whom they visit.
    @Sendable static func survey(_ subject: DocumentSubject) -> [HTML] {
        let (home, visit) = (subject.household, subject.visit)
        var table = FormTable()
        table.add(
            ("户主", (subject.head ?? subject.applicant)?.text("name")),
            ("户编号", home.text("number")),
            ("家庭人口", "\(subject.members.count)"))
        table.add(("家庭住址", home.text("address")), ("联系电话", home.elements("phones").joined(separator: "、")), columns: 6)
        table.add(("村（居）", subject.village), ("户口性质", home.meaning("hukou_type")), columns: 6)
        table.add(("致困原因", home.causes))
        table.add(("调查时间", visit?.day("when")?.chinese), ("调查地点", visit?.text("where")), columns: 6)
        table.add(
            ("调查人", visit?.elements("surveyors").joined(separator: "、")), ("所用调查表", visit?.text("form")), columns: 6)
        var housing = FormTable()
        housing.add(
            ("住房", home.text("housing")), ("权属", home.text("tenure")), ("结构", home.text("structure")))
        housing.add(
            ("间数", home.number("rooms").map(String.init)), ("面积", home.number("floor_area_m2").map { "\($0) 平方米" }),
            ("建成年份", home.number("built_year").map(String.init)))
        housing.add(
            ("饮水", home.text("water")), ("厕所", home.text("toilet")), ("炊事燃料", home.text("fuel")))
        housing.add(
            ("耕地", home.number("farmland_centimu").map(DocumentSubject.mu)),
            ("林地", home.number("forest_centimu").map(DocumentSubject.mu)), ("养殖", home.text("livestock")))
        return [
            table.html, DocumentParts.members(subject, isFull: false, hasHealth: true), .h2("住房和生产生活"),
            housing.html, DocumentParts.incomes(subject), DocumentParts.expenses(subject),
            DocumentParts.properties(subject), DocumentParts.supporters(subject), .h2("调查小结"), conclusion(visit),
            DocumentParts.signatures("被调查人", "调查人", "调查人"),
        ]
    }

    private static func conclusion(_ visit: Linked?) -> HTML {
        var table = FormTable()
        table.add(("小结", visit?.text("summary") ?? "　\n　"), columns: 2)
        return table.html
    }
}

extension DocumentSubject {
    /// 1/100 亩 as `3.50 亩`.
    fileprivate static func mu(_ centimu: Int64) -> String { Yuan.text(centimu) + " 亩" }
}

extension Linked {
    var sex: String? {
        text("id_number").flatMap(IdentityNumber.sex).flatMap { CodeLists.sex[$0] }
    }
    var birthDate: CalendarDay? { text("id_number").flatMap(IdentityNumber.birthDate) }

    fileprivate var causes: String {
        elements("poverty_causes").map { CodeLists.povertyCause[$0] ?? $0 }.joined(separator: "、")
    }
}
