package import SyncEngine

private let labourAbility = [
    "完全": "有劳动能力", "部分": "部分丧失劳动能力", "丧失": "完全丧失劳动能力", "full": "有劳动能力", "partial": "部分丧失劳动能力", "none": "完全丧失劳动能力",
]
private let selfCare = [
    "完全": "能自理", "部分": "部分丧失自理能力", "丧失": "完全丧失自理能力", "full": "能自理", "partial": "部分丧失自理能力", "none": "完全丧失自理能力",
]

/// As forms on paper have them (``CalculationInput/Ability``).
private let wordsOfAbility: Set<String> = ["完全", "部分", "丧失"]

/// A person of a household (DOMAIN section 4).
package let memberKind = KindSchema(
    "member", label: Label(zh: "家庭成员", en: "Member"), parents: householdParent,
    groups: [
        FieldGroup("name", ["name", "id_number"]),
        FieldGroup(
            "disability_certificate",
            ["disability_certificate", "disability_type", "disability_grade", "disability_expiry"]),
        FieldGroup("in_household", ["in_household", "in_household_reason"]),
    ],
    isMergeable: true, searchFields: ["name", "id_number"], lookupFields: ["id_number"],
    departure: Departure("in_household", .bool(false)),
    recordRule: { fields, _ in DisabilityRule.findings(fields) },
    fields: [
        field("household", .reference, .hr, .personal, "所属住户", "Household"),
        field("name", .text, .hr, .personal, "姓名", "Name", Rules.text(64)),
        field("id_number", .text, .hr, .personal, "身份证号", "Identity number", Rules.identityNumber),
        field("sex", .text, .dr, .personal, "性别", "Sex", Rules.codes(CodeLists.sex)) { fields in
            fields["id_number"]?.text.flatMap(IdentityNumber.sex).map(Value.text) ?? .null
        },
        field("birth_date", .date, .dr, .personal, "出生日期", "Date of birth") { fields in
            fields["id_number"]?.text.flatMap(IdentityNumber.birthDate).map(Value.date) ?? .null
        },
        field(
            "registered_at", .text, .lv, .personal, "户籍所在县区", "Registered in (district code)", Rules.district),
        field("relation", .text, .lv, .personal, "与户主关系", "Relation to head", Rules.codes(CodeLists.relation)),
        field("marital", .text, .lv, .personal, "婚姻状况", "Marital status", Rules.codes(CodeLists.marital)),
        field("employment", .text, .lv, .personal, "就业状况", "Employment", Rules.codes(CodeLists.employment)),
        field("education", .text, .lv, .personal, "文化程度", "Education", Rules.text(64)),
        field(
            "health", .text, .lv, .sensitive, "健康状况", "Health",
            Rules.codes(CodeLists.health, alternates: Set(CodeLists.healthSimple.keys))),
        field("disease", .text, .lv, .sensitive, "疾病", "Disease", Rules.text(200)),
        field(
            "disability_certificate", .text, .tw, .sensitive, "残疾人证号", "Disability certificate",
            Rules.disabilityCertificate),
        field("disability_type", .text, .tw, .sensitive, "残疾类别", "Type", Rules.codes(CodeLists.disabilityType)),
        field("disability_grade", .text, .tw, .sensitive, "残疾等级", "Grade", Rules.codes(CodeLists.disabilityGrade)),
        field("disability_expiry", .date, .tw, .sensitive, "残疾人证有效期", "Valid until"),
        field(
            "labour_ability", .text, .hr, .sensitive, "劳动能力", "Ability to work",
            Rules.codes(labourAbility, alternates: wordsOfAbility)),
        field(
            "self_care", .text, .hr, .sensitive, "自理能力", "Self-care",
            Rules.codes(selfCare, alternates: wordsOfAbility)),
        field(
            "failed_activities", .list, .lv, .sensitive, "不能自理的日常活动", "Daily activities failed",
            Rules.codes(DailyActivity.titles)),
        field("death_date", .date, .mn, .personal, "死亡日期", "Date of death", Rules.past),
        field("in_household", .bool, .hr, .personal, "共同生活", "Lives in the household"),
        field("in_household_reason", .text, .hr, .personal, "增减原因", "Why (not)", Rules.text(200)),
    ])

/// The certificate number carries identity number, type and grade.
private enum DisabilityRule {
    static func findings(_ fields: [String: Value]) -> [Finding] {
        guard let certificate = fields["disability_certificate"]?.text.map(Array.init), certificate.count >= 20 else {
            return []
        }
        var findings: [Finding] = []
        func compare(_ name: String, _ part: String) {
            guard let value = fields[name]?.text, value != part else { return }
            findings.append(
                Finding(.warning, field: name, Label(zh: "与残疾人证号不一致，请核对", en: "Differs from the certificate's number")))
        }
        compare("id_number", String(certificate[0..<18]))
        compare("disability_type", String(certificate[18]))
        compare("disability_grade", String(certificate[19]))
        return findings
    }
}
