import SyncEngine

/// Rules about the household itself and its people.
extension QualityRule {
    private static func missing(
        _ code: String, _ severity: Severity, _ field: String, _ zh: String, _ en: String,
        source: (zh: String, en: String)
    ) -> QualityRule {
        QualityRule(
            code, severity, zh, en, source: source, of: "household",
            next: ("入户时补填，或在住户页面修改", "complete it at the next visit, or on the household's page")
        ) { file in file.home.value(field).isNull ? [Violation(file.home)] : [] }
    }

    private static let records = (zh: "业务字段规范（第 4 节）", en: "fields of the work (DOMAIN 4)")

    static let household: [QualityRule] = [
        QualityRule(
            "Q01", .error, "住户没有在户成员", "A household without anybody living in it", source: records, of: "household",
            next: ("登记成员；人已不在的，办理停发并注明", "enter its members; stop the case when nobody is left")
        ) { file in file.present.isEmpty ? [Violation(file.home)] : [] },
        QualityRule(
            "Q02", .error, "户主缺失，或户主已不在户", "No head, or one who lives there no more", source: records, of: "household",
            next: ("在住户页面确定户主", "say who is the head, on the household's page")
        ) { file in
            guard !file.present.isEmpty else { return [] }
            let head = try? file.head(of: file.home, among: file.members)
            return file.present.contains { $0.record.id == head?.record.id } ? [] : [Violation(file.home)]
        },
        QualityRule(
            "Q03", .error, "住户没有落到村（居）", "A household of no village", source: records, of: "household",
            next: ("在住户页面填写村居代码", "give its village, on the household's page")
        ) { file in VillageCode.isValid(file.village) ? [] : [Violation(file.home)] },
        missing("Q04", .error, "address", "缺家庭住址", "No address", source: ("发放名册“家庭住址”", "column of the roster")),
        missing("Q05", .warning, "phones", "缺联系电话", "No telephone", source: records),
        missing(
            "Q06", .error, "hukou_type", "缺户口性质", "No type of registration",
            source: ("户口性质代码表", "code list hukou")),
        missing(
            "Q07", .warning, "number", "缺户编号", "No household number", source: ("发放名册“农户代码”", "column of the roster")),
        QualityRule(
            "Q08", .warning, "申报家庭人口与在户成员数不符", "Declared size differs from its members", source: records,
            of: "household", next: ("核对成员，改正人数或补登成员", "check who lives there; correct one of the two")
        ) { file in
            guard let declared = file.home.number("population"), declared != Int64(file.present.count) else {
                return []
            }
            let there = file.present.count
            return [
                Violation(
                    file.home,
                    Label(zh: "申报 \(declared) 人，在户 \(there) 人", en: "declared \(declared), living there \(there)"))
            ]
        },
        QualityRule(
            "Q09", .warning, "在享家庭缺致困原因", "A household in payment without causes of poverty",
            source: ("致困原因代码表", "code list poverty_cause"), of: "household",
            next: ("补填致困原因", "complete poverty_causes")
        ) { file in
            file.home.value("poverty_causes").isNull
                && file.cases.contains { $0.programme == .dibao && $0.isPaidMonthly }
                ? [Violation(file.home)] : []
        },
    ]

    /// A rule over each person who lives in the household.
    private static func person(
        _ code: String, _ severity: Severity, _ zh: String, _ en: String, source: (zh: String, en: String),
        next: (zh: String, en: String), _ isBroken: @escaping @Sendable (Linked, HouseholdFile) -> Bool
    ) -> QualityRule {
        QualityRule(code, severity, zh, en, source: source, of: "member", next: next) { file in
            file.present.filter { isBroken($0, file) }.map { Violation($0) }
        }
    }

    /// Of whom ability to work is asked [P]: from adulthood to the age of retirement that 特困 has.
    private static let workingAge = 18..<60

    static let people: [QualityRule] = [
        person(
            "Q10", .error, "成员缺姓名", "A member without a name", source: records, next: ("补填姓名", "complete the name")
        ) { member, _ in member.value("name").isNull },
        person(
            "Q11", .error, "成员缺身份证号", "A member without an identity number",
            source: ("GB 11643-1999", "GB 11643-1999"),
            next: ("查验身份证或户口簿后补填；新生儿上户后补填", "see the card or the register and enter it")
        ) { member, _ in member.value("id_number").isNull },
        person(
            "Q12", .warning, "成员缺与户主关系", "A member without relation to the head",
            source: ("GB/T 4761-2008", "GB/T 4761-2008"), next: ("补填与户主关系", "complete the relation")
        ) { member, _ in member.value("relation").isNull },
        QualityRule(
            "Q13", .error, "死亡日期早于出生日期", "Died before being born", source: ("GB 11643-1999", "GB 11643-1999"),
            of: "member", next: ("核对身份证号与死亡日期", "check identity number and date of death")
        ) { file in
            file.members.filter { member in
                guard let died = member.day("death_date"),
                    let born = member.text("id_number").flatMap(IdentityNumber.birthDate)
                else { return false }
                return died < born
            }.map { Violation($0) }
        },
        QualityRule(
            "Q14", .warning, "已不在户而未写明原因", "Lives there no more, without a reason",
            source: ("成员减少原因代码表", "code list member_remove_reason"), of: "member",
            next: ("补填增减原因", "state the reason")
        ) { file in
            file.members.filter { $0.value("in_household") == .bool(false) && $0.value("in_household_reason").isNull }
                .map { Violation($0) }
        },
        QualityRule(
            "Q15", .error, "残疾人证号与身份证号、类别或等级不一致", "Disability certificate differs from number, type or grade",
            source: ("残疾人证编号规则", "rule of the certificate's number"), of: "member",
            next: ("对照残疾人证更正", "correct it by the certificate")
        ) { file in
            file.present.compactMap { member in
                let findings = memberKind.recordRule?(
                    member.record.named(in: memberKind), RuleContext(today: file.today))
                guard let fields = findings?.compactMap(\.field), !fields.isEmpty else { return nil }
                let labels = fields.compactMap { memberKind.field($0)?.label }
                return Violation(
                    member,
                    Label(
                        zh: labels.map(\.zh).joined(separator: "、"), en: labels.map(\.en).joined(separator: ", ")))
            }
        },
        person(
            "Q16", .error, "残疾人证已过有效期", "Disability certificate expired",
            source: ("国发〔2015〕52号", "Guofa 2015 No. 52"), next: ("换证后更新；未换证的停发两项补贴", "renew it, or stop the subsidies")
        ) { member, file in member.day("disability_expiry").map { $0 < file.today } ?? false },
        person(
            "Q17", .warning, "有残疾类别或等级而缺残疾人证号", "Disability without a certificate's number",
            source: ("国发〔2015〕52号", "Guofa 2015 No. 52"), next: ("补填残疾人证号，或删去类别和等级", "enter the certificate")
        ) { member, _ in
            member.value("disability_certificate").isNull
                && !(member.value("disability_type").isNull && member.value("disability_grade").isNull)
        },
        person(
            "Q18", .warning, "劳动年龄内成员缺劳动能力", "Of working age, ability to work not stated", source: records,
            next: ("入户时认定劳动能力", "state it at the next visit")
        ) { member, file in
            guard member.value("labour_ability").isNull,
                let born = member.text("id_number").flatMap(IdentityNumber.birthDate)
            else { return false }
            return QualityRule.workingAge.contains(born.years(to: file.today))
        },
        duplicates(
            "Q19", .onePersonTwice, of: "member", "同一人在本户登记两次", "One person twice in this household",
            next: ("在“疑似重复”中合并，或认定不是同一人", "merge them under Duplicates, or say that they are two")),
        QualityRule(
            "Q20", .error, "同一人登记在两户", "One person in two households",
            source: ("一人不得重复享受（第 9 节）", "nobody counts twice (DOMAIN 9)"), of: "member",
            next: ("在“疑似重复”中核对后处理", "look at them under Duplicates, and decide")
        ) { file in
            file.members.filter { member in
                let found = file.context.duplicates[member.record.id] ?? []
                return found.contains(.twoHouseholds) || found.contains(.twoVillages)
            }.map { Violation($0) }
        },
    ]

    private static func duplicates(
        _ code: String, _ rule: DuplicateRecord.Rule, of kind: String, _ zh: String, _ en: String,
        next: (zh: String, en: String)
    ) -> QualityRule {
        QualityRule(
            code, .error, zh, en, source: ("一人不得重复享受（第 9 节）", "nobody counts twice (DOMAIN 9)"), of: kind, next: next
        ) { file in
            file.all(kind).filter { file.context.duplicates[$0.record.id]?.contains(rule) ?? false }
                .map { Violation($0) }
        }
    }
}

extension CalendarDay {
    /// Whole years from this day to another.
    func years(to day: CalendarDay) -> Int {
        let (from, to) = (components, day.components)
        return to.year - from.year - ((to.month, to.day) >= (from.month, from.day) ? 0 : 1)
    }

    /// The day on which this one is so many years ago: a 29 February has its day on 1 March of other years.
    func anniversary(_ years: Int) -> CalendarDay {
        let (year, month, day) = components
        return CalendarDay(year: year + years, month: month, day: day)
            ?? CalendarDay(year: year + years, month: 3, day: 1) ?? self
    }
}
