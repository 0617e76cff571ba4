import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ReconcileCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "reconcile",
            abstract: L("核对一个月：应发、计划、拨付、已发放、退回", "Compare a month: decided, planned, allocated, paid, returned"),
            discussion: L(
                "有差异也正常结束（退出码 0），差异列在表中；--cases 逐户列出和说明。",
                "Differences are listed and are no failure (exit code 0); --cases lists them by case, with why."))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Flag(help: ArgumentHelp(L("逐户列出差异和原因", "List the cases that differ, and why"))) var cases = false

    func run() throws {
        let result = try ReconciliationReader(township: try options.township()).read(try Month(parsing: month))
        options.output.write(
            .object(
                [
                    ("month", .string(result.month.description)), ("agrees", .bool(result.agrees)),
                    ("rows", MoneyTable.json(result.table, result.cells)),
                    ("issuedFen", result.issuedFen.map(JSONValue.int) ?? .null),
                    ("allocatedFen", result.allocatedFen.map(JSONValue.int) ?? .null), ("late", .bool(result.isLate)),
                    ("differences", .int(Int64(result.differences.count))),
                ] + (cases ? [("cases", MoneyTable.json(result.caseTable, result.caseCells))] : [])),
            text: Self.text(result, cases: cases))
    }

    private static func text(_ result: ReconciliationReader.Reconciliation, cases: Bool) -> String {
        guard !result.rows.isEmpty else {
            return L("\(result.month) 没有应发，也没有发放", "Nothing is due or paid in \(result.month)")
        }
        var lines = [MoneyTable.text(result.table, result.cells)]
        if let issued = result.issuedFen {
            let allocated = Yuan.text(result.allocatedFen ?? 0)
            lines.append(
                L(
                    "支出计划 \(Yuan.text(issued)) 元，拨付 \(allocated) 元",
                    "Plan \(Yuan.text(issued)), allocated \(allocated) yuan")
                    + (result.isLate ? L("（有迟拨）", " (some of it late)") : ""))
        } else {
            lines.append(L("还没有编制支出计划", "No plan was issued"))
        }
        if result.differences.isEmpty {
            lines.append(L("没有差异", "No differences"))
        } else if cases {
            lines.append(MoneyTable.text(result.caseTable, result.caseCells))
        } else {
            lines.append(
                L(
                    "\(result.differences.count) 处差异，加 --cases 逐户查看",
                    "\(result.differences.count) differences: --cases lists them"))
        }
        return lines.joined(separator: "\n")
    }
}
