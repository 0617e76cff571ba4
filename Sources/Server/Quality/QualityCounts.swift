import Assistance
import SyncEngine

/// How many households break which rule, by village: the monthly report of data quality (R63).
struct QualityCounts: Sendable {
    /// Of one village.
    struct Village: Sendable {
        fileprivate(set) var households = 0
        /// Households that break none of the rules that were looked at.
        fileprivate(set) var clean = 0
        fileprivate(set) var byRule: [String: (findings: Int, households: Int)] = [:]
    }

    let rules: [QualityRule]
    private(set) var villages: [String: Village] = [:]

    init(_ rules: [QualityRule] = QualityRule.all) { self.rules = rules }

    mutating func add(_ findings: [QualityFinding], of file: HouseholdFile) {
        var village = villages[file.village] ?? Village()
        village.households += 1
        if findings.isEmpty { village.clean += 1 }
        for (code, found) in Dictionary(grouping: findings, by: \.rule.code) {
            let known = village.byRule[code] ?? (0, 0)
            village.byRule[code] = (known.findings + found.count, known.households + 1)
        }
        villages[file.village] = village
    }

    var households: Int { villages.values.reduce(0) { $0 + $1.households } }
    var clean: Int { villages.values.reduce(0) { $0 + $1.clean } }

    /// A part of all households, in tenths of a hundredth, rounded down so that 100 % means all.
    static func tenths(_ part: Int, of all: Int) -> Int64 { all == 0 ? 1_000 : Int64(part) * 1_000 / Int64(all) }

    static let columns: [Table.Column] = [
        Table.Column("village", "村居代码", "Village"), Table.Column("rule", "规则", "Rule", .hidden),
        Table.Column("severity", "程度", "Severity"), Table.Column("problem", "问题", "Problem"),
        Table.Column("findings", "问题数", "Findings"), Table.Column("households", "问题户数", "Households with one"),
        Table.Column("all", "总户数", "Households"), Table.Column("clean", "合格率", "Clean"),
    ]
    static let name = "quality-counts"
    static let title = Label(zh: "数据质量统计（村居 × 规则）", en: "Data quality by village and rule")

    /// For each village the rules that are broken there, in order of their codes, and a last row of all rules together
    /// (its rule is empty).
    var rows: [[KeptCell]] {
        villages.sorted { $0.key < $1.key }.flatMap { code, village in
            rules.compactMap { rule in
                village.byRule[rule.code].map { count in
                    Self.row(code, rule, count.findings, count.households, of: village.households)
                }
            } + [
                Self.row(
                    code, nil, village.byRule.values.reduce(0) { $0 + $1.findings },
                    village.households - village.clean, of: village.households)
            ]
        }
    }

    /// Of the whole township by rule; all rules together last.
    var totals: [[KeptCell]] {
        rules.compactMap { rule in
            let found = villages.values.compactMap { $0.byRule[rule.code] }
            guard !found.isEmpty else { return nil }
            return Self.row(
                nil, rule, found.reduce(0) { $0 + $1.findings }, found.reduce(0) { $0 + $1.households }, of: households)
        } + [
            Self.row(
                nil, nil, villages.values.flatMap(\.byRule.values).reduce(0) { $0 + $1.findings }, households - clean,
                of: households)
        ]
    }

    private static func row(
        _ village: String?, _ rule: QualityRule?, _ findings: Int, _ broken: Int, of all: Int
    ) -> [KeptCell] {
        [
            KeptCell(village), KeptCell(rule?.code),
            rule.map { .code($0.severity.rawValue, $0.severity.label) } ?? .empty,
            .label(rule?.label ?? Label(zh: "合计", en: "All rules")), .number(Int64(findings)),
            .number(Int64(broken)), .number(Int64(all)), .percent(tenths: tenths(all - broken, of: all)),
        ]
    }
}
