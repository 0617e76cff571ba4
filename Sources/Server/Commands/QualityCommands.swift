import ArgumentParser
import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// Which households a list is of, and how much of it.
struct HouseholdOptions: ParsableArguments {
    /// Rows that are listed unless more are asked for.
    static let rows = 1_000

    @Option(help: ArgumentHelp(L("只列某村（代码前缀）", "Only of a village (a prefix of its code)"))) var village: String?
    @Option(help: ArgumentHelp(L("最多列几行；合计不受影响", "At most so many rows; totals count all"))) var limit = rows

    init() {}

    /// - Throws: ``Problem`` ``Problem/Code/badValue``, ``Problem/Code/unknownScope``.
    func scope() throws -> String {
        guard (1...Limits.listRecords).contains(limit) else {
            throw Problem(
                .badValue, "--limit",
                explanation: Label(
                    zh: "行数要在 1 至 \(Limits.listRecords) 之间", en: "The limit is between 1 and \(Limits.listRecords)"))
        }
        let scope = village ?? ""
        guard scope.utf8.count <= 12, scope.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Problem(.unknownScope, scope)
        }
        return scope
    }
}

struct QualityCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "quality",
            abstract: L("数据质量：逐户按规则检查，列出问题和合格率", "Data quality: every household by rule, what breaks one"),
            discussion: L(
                "规则见 docs/quality.zh-CN.md。姓名已遮盖。例：ruhu-server quality --village 370404101201 --rule Q11",
                "The rules are in docs/quality.md. Names are masked. Example: ruhu-server quality --village 370404101201 --rule Q11"
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var households: HouseholdOptions
    @Option(help: ArgumentHelp(L("只查某条规则，如 Q11", "Only this rule, such as Q11"))) var rule: String?

    func run() throws {
        let rules = try rule.map { [try QualityRule.named($0)] } ?? QualityRule.all
        let scope = try households.scope()
        let township = try options.township()
        var counts = QualityCounts(rules)
        var listed = ListedRows(limit: households.limit)
        let at = try township.database.read { database in
            let reader = try HouseholdReader(township, in: database)
            try reader.forEach(in: scope) { file in
                let findings = rules.flatMap { $0.findings(in: file) }
                counts.add(findings, of: file)
                listed.add(findings.map(HouseholdTable.row))
            }
            return reader.at
        }
        write(counts, listed, at: at)
    }

    private func write(_ counts: QualityCounts, _ listed: ListedRows, at: Instant) {
        let table = HouseholdTable.quality()
        let byVillage = counts.rows
        options.output.write(
            .object([
                ("asOf", .string(at.description)), ("households", .int(Int64(counts.households))),
                ("clean", .int(Int64(counts.clean))),
                ("counts", .array(byVillage.map { Table.document($0.map(\.cell), QualityCounts.columns) })),
                ("findings", .array(listed.rows.map { Table.document($0.map(\.cell), table.columns) })),
                ("count", .int(Int64(listed.count))),
            ]),
            text: [
                listed.text(table, columns: ["rule", "problem", "detail", "village", "number", "person", "record"]),
                Table.text(counts.totals.map { $0.map(\.cell) }, Array(QualityCounts.columns), without: ["village"]),
                L(
                    "共 \(counts.households) 户，无问题 \(counts.clean) 户。",
                    "\(counts.households) households, \(counts.clean) without a finding."),
            ].filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }
}

struct MissesCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "misses",
            abstract: L("应保尽保：按现有事实符合条件而没有享受的", "Who may be missed: entitled by the facts, and without a case"),
            discussion: L(
                "按今天的政策包试算（R16）；缺事实而无法判断的另列，并写明缺什么。",
                "By today's policy pack (R16); those of whom a fact is missing are listed apart, with what is missing.")
        )
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var households: HouseholdOptions

    func run() throws {
        try options.write(
            HouseholdTable.misses, "misses", households,
            columns: ["problem", "programme", "village", "number", "person", "detail", "since"],
            empty: L("没有疑似漏保的", "Nobody seems to be missed"))
    }
}

struct ExitsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "exits",
            abstract: L("应退尽退：按现有事实应停发或重新核定的", "Who must leave: cases to stop or to decide anew"),
            discussion: L(
                "死亡、迁出、收入财产超标、证件过期、特困年满 18 周岁、核对不符、复核超期等（R16）。",
                "Death, move, income or property above the limits, an expired certificate, 特困 at 18, a failed check, a late recheck (R16)."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var households: HouseholdOptions

    func run() throws {
        try options.write(
            HouseholdTable.exits, "exits", households,
            columns: ["problem", "programme", "village", "number", "person", "case", "detail", "since"],
            empty: L("没有应退未退的", "Nobody must leave"))
    }
}

/// The first rows of a list, and how many there are.
struct ListedRows {
    let limit: Int
    private(set) var rows: [[KeptCell]] = []
    private(set) var count = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ more: [[KeptCell]]) {
        count += more.count
        rows += more.prefix(limit - rows.count)
    }

    /// The columns that fit a terminal, and how many rows are not shown.
    func text(_ table: HouseholdTable, columns shown: [String]) -> String {
        guard count > 0 else { return "" }
        let hidden = Set(table.columns.map(\.name)).subtracting(shown)
        let text = Table.text(rows.map { $0.map(\.cell) }, table.columns, without: hidden)
        let left = count - rows.count
        return left == 0 ? text : text + "\n" + L("另有 \(left) 行", "\(left) more rows")
    }
}

extension TownshipOptions {
    /// Computes a list over all households, and writes it: `asOf`, the rows under its name, `count`.
    fileprivate func write(
        _ table: HouseholdTable, _ name: String, _ households: HouseholdOptions, columns: [String], empty: String
    ) throws {
        let scope = try households.scope()
        let township = try township()
        var listed = ListedRows(limit: households.limit)
        let at = try township.database.read { database in
            let reader = try HouseholdReader(township, in: database)
            try reader.forEach(in: scope) { listed.add(try table.rows($0)) }
            return reader.at
        }
        output.write(
            .object([
                ("asOf", .string(at.description)),
                (name, .array(listed.rows.map { Table.document($0.map(\.cell), table.columns) })),
                ("count", .int(Int64(listed.count))),
            ]), text: listed.count == 0 ? empty : listed.text(table, columns: columns))
    }
}
