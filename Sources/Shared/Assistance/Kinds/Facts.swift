import SyncEngine

/// A visit: two visits are two facts. At least two surveyors (DOMAIN section 4); fewer is a finding to complete.
let visitKind = KindSchema(
    "visit", label: Label(zh: "入户走访", en: "Visit"), parents: householdParent, isAppendOnly: true,
    recordRule: { fields, _ in
        guard let surveyors = fields["surveyors"]?.elements, surveyors.count < 2 else { return [] }
        return [Finding(.warning, field: "surveyors", Label(zh: "调查人不少于两人", en: "At least two surveyors"))]
    },
    fields: [
        field("household", .reference, .im, .sensitive, "所属住户", "Household"),
        field("when", .time, .im, .sensitive, "时间", "When"),
        field("where", .text, .im, .sensitive, "地点", "Where", Rules.text(200)),
        field("surveyors", .list, .im, .sensitive, "调查人", "Surveyors", Rules.text(64)),
        field("form", .text, .im, .sensitive, "调查表及版本", "Form and version", Rules.text(100)),
        field("answers", .text, .im, .sensitive, "调查内容", "Answers"),
        field("signatures", .list, .im, .sensitive, "签字", "Signatures", Rules.text(200)),
        field("photos", .list, .im, .sensitive, "照片", "Photos", Rules.text(200)),
        field("summary", .text, .im, .sensitive, "小结", "Summary", Rules.text(2000)),
        // The trial at the end of the visit: what the household was told, and by which policy (R20). Not binding.
        field("trial_programme", .text, .im, .sensitive, "试算项目", "Programme of the trial", Rules.text(40)),
        field("trial_amount_fen", .int64, .im, .sensitive, "试算金额（分）", "Trial amount (fen)", Rules.notNegative),
        field("trial_pack", .text, .im, .sensitive, "试算政策包", "Policy pack of the trial", Rules.text(100)),
    ])

/// A note: both are kept, each with its author.
let noteKind = KindSchema(
    "note", label: Label(zh: "备注", en: "Note"), parents: householdParent, isAppendOnly: true,
    fields: [
        field("household", .reference, .im, .sensitive, "所属住户", "Household"),
        field("text", .text, .im, .sensitive, "内容", "Text", Rules.text(4000)),
    ])
