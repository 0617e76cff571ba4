import Assistance
import CommandSupport
import SyncEngine

/// The lists over all households: data quality (R63), possible misses and must-exits (R16). Names and numbers masked.
extension HouseholdTable {
    private static let place: [Table.Column] = [
        Table.Column("village", "村居代码", "Village"),
        Table.Column("number", "户编号", "Number", .link(.households, id: "household")),
        Table.Column("household", "住户", "Household", .hidden),
    ]

    private static func place(_ household: Linked) -> [KeptCell] {
        [
            .text(household.record.scope.code), KeptCell(household.text("number")),
            .text(household.record.id.description),
        ]
    }

    /// What breaks a rule of data quality.
    /// - Parameter rules: the rules that count, in order of their codes.
    static func quality(_ rules: [QualityRule] = QualityRule.all) -> HouseholdTable {
        HouseholdTable(
            name: "quality", title: Label(zh: "数据质量问题清单", en: "Data quality: what breaks a rule"),
            columns: [
                Table.Column("rule", "规则", "Rule", .hidden), Table.Column("severity", "程度", "Severity"),
                Table.Column("problem", "问题", "Problem"), Table.Column("detail", "说明", "Detail"),
            ] + place + [
                Table.Column("person", "姓名", "Person"),
                Table.Column("kind", "记录种类", "Kind", .link(.records, id: "record")),
                Table.Column("record", "记录编号", "Record", .hidden), Table.Column("next", "怎么办", "Next step"),
            ]
        ) { file in
            rules.flatMap { $0.findings(in: file) }.map(row)
        }
    }

    static func row(_ finding: QualityFinding) -> [KeptCell] {
        [
            .text(finding.rule.code), .code(finding.rule.severity.rawValue, finding.rule.severity.label),
            .label(finding.rule.label),
            KeptCell(finding.detail),
        ] + place(finding.household) + [
            KeptCell(finding.person), .code(finding.record.kind.name, finding.record.kind.label),
            .text(finding.record.record.id.description),
            .label(finding.rule.next),
        ]
    }

    /// 应保尽保: who may be missed.
    static let misses = HouseholdTable(
        name: "misses", title: Label(zh: "应保尽保疑似漏保名单", en: "Possible misses"),
        columns: place + [
            Table.Column("member", "成员", "Member", .hidden), Table.Column("person", "姓名", "Person"),
            Table.Column("programme", "救助项目", "Programme"), Table.Column("reason", "类别代码", "Reason", .hidden),
            Table.Column("problem", "类别", "What"), Table.Column("detail", "依据", "Detail"),
            Table.Column("since", "事实日期", "Facts of"), Table.Column("rule", "规则", "Rule", .hidden),
            Table.Column("next", "怎么办", "Next step"),
        ]
    ) { file in
        try file.possibleMisses().map { miss in
            place(miss.household) + [
                KeptCell(miss.member?.record.id.description), KeptCell(miss.member?.text("name").map(Masking.name)),
                KeptCell(miss.programme), .text(miss.reason.rawValue), .label(miss.reason.label),
                .label(miss.detail), KeptCell(miss.since), .text(PossibleMiss.rule.code), .label(miss.next),
            ]
        }
    }

    /// 应退尽退: which case in force must end or change.
    static let exits = HouseholdTable(
        name: "exits", title: Label(zh: "应退尽退名单", en: "To leave the programme"),
        columns: place + [
            Table.Column("case", "申请编号", "Case", .hidden), Table.Column("person", "姓名", "Person"),
            Table.Column("programme", "救助项目", "Programme", .link(.cases, id: "case")),
            Table.Column("status", "办理状态", "Status"), Table.Column("reason", "原因代码", "Reason", .hidden),
            Table.Column("problem", "原因", "What"),
            Table.Column("stopReason", "停发原因", "Stop reason"), Table.Column("detail", "依据", "Detail"),
            Table.Column("since", "自何日", "Since"), Table.Column("rule", "规则", "Rule", .hidden),
            Table.Column("next", "怎么办", "Next step"),
        ]
    ) { file in
        try file.mustExits().map { exit in
            place(file.home) + [
                .text(exit.file.application.record.id.description),
                KeptCell(exit.person?.text("name").map(Masking.name)),
                KeptCell(exit.file.programme),
                exit.file.status.map { .code($0.rawValue, $0.label) } ?? .empty, .text(exit.reason.rawValue),
                .label(exit.reason.label), .code(exit.reason.stopReason, exit.reason.stopReasonLabel),
                .label(exit.detail), KeptCell(exit.since), .text(MustExit.rule.code), .label(exit.next),
            ]
        }
    }

    /// All that are computed by night.
    static var all: [HouseholdTable] { [quality(), misses, exits] }
}
