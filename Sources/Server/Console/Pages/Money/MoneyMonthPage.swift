import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// The month at a glance: what is due, frozen, planned, allocated, paid and sent back, and what of the budget is used.
struct MoneyMonthPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money") { console, request in
            let asked = request.query["month"].flatMap { $0.isEmpty ? nil : $0 }
            let month = try asked.map { try Month(parsing: $0) } ?? Month(of: request.now.day)
            let standing = try Ledger(township: console.township).read { try $0.monthlyDue() }
            return try console.page { database, seq in
                try MoneyMonthPage(month, seq: seq, standing: standing, in: console, database)
            }
        }
    ]

    let month: Month
    let seq: Seq
    /// What the decisions in force pay a month now.
    let standing: (cases: Int, fen: Int64)
    let rolls: [Linked]
    let sums: RollSums
    let plans: [PlanOnRecord]
    let preview: RollPreview?
    let budgets: [BudgetUse]

    init(
        _ month: Month, seq: Seq, standing: (cases: Int, fen: Int64), in console: Console, _ database: Database
    ) throws {
        self.month = month
        self.seq = seq
        self.standing = standing
        rolls = try console.figures.rolls(of: month, in: database)
        sums = try console.figures.sums(of: month, in: database)
        plans = try PlanOnRecord.of(month, in: console, database)
        preview = try console.figures.preview(month, in: database)
        budgets = try BudgetUse.of(month.year, in: console, database)
    }

    var title: String { L("\(month) 资金", "Money, \(month)") }

    private var allocatedFen: Int64 { plans.reduce(0) { $0 + $1.allocatedFen } }
    private var isLate: Bool { plans.contains(where: \.isLate) }
    private var issuedFen: Int64 { PlanOnRecord.current(plans).reduce(0) { $0 + $1.totalFen } }

    var json: JSONValue {
        let total = sums.total
        return .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            ("standing", .object([("cases", .int(Int64(standing.cases))), ("fen", .int(standing.fen))])),
            (
                "due",
                preview.map { preview in
                    .object([
                        ("seq", .int(Int64(preview.seq))), ("lines", .int(Int64(preview.lines.count))),
                        ("fen", .int(preview.totalFen)), ("held", .int(Int64(preview.held.count))),
                        ("heldFen", .int(preview.heldFen)),
                    ])
                } ?? .null
            ),
            ("batches", .array(rolls.map(\.rollDocument))), ("lines", .int(Int64(total.lines))),
            ("plannedFen", .int(total.plannedFen)), ("issuedFen", plans.isEmpty ? .null : .int(issuedFen)),
            ("allocatedFen", plans.isEmpty ? .null : .int(allocatedFen)), ("late", .bool(isLate)),
            ("paidFen", .int(total.paidFen)), ("waitingFen", .int(total.waitingFen)),
            ("returnedFen", .int(total.returnedFen)), ("reversedFen", .int(total.reversedFen)),
            ("budgets", .array(budgets.map(\.json))),
        ])
    }

    func body() -> HTML {
        .group([
            Tag.form(.action(Link("money")), .method(.get), .class(.filters)) {
                Parts.field("month", L("月份", "Month"), type: .month, value: month.description)
                Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("查看", "Show")) }
            },
            MoneyPages.tabs(month, at: Self.self), cards, batches, due, budget,
        ])
    }

    private var cards: HTML {
        let total = sums.total
        let path = month.description
        return Tag.ul(.class(.cards)) {
            card(
                L("按现行决定每月应发（\(standing.cases) 件）", "Paid a month by decisions in force (\(standing.cases) cases)"),
                standing.fen, Link("money", "roll", path))
            card(
                L("已冻结 \(total.lines) 笔", "Frozen, \(total.lines) lines"), total.plannedFen, Link("money", "roll", path)
            )
            card(L("已报支出计划", "Planned"), issuedFen, Link("money", "plan", path))
            card(L("已拨付", "Allocated"), allocatedFen, Link("money", "plan", path), isLate ? L("迟拨", "late") : nil)
            card(L("已发放", "Paid"), total.paidFen, Link("money", "paid", path))
            card(
                L("银行退回", "Returned"), total.returnedFen, Link("money", "paid", path),
                sums.returned.isEmpty ? nil : L("\(sums.returned.count) 笔", "\(sums.returned.count) lines"))
        }
    }

    private func card(_ label: String, _ fen: Int64, _ link: Link, _ flag: String? = nil) -> HTML {
        Tag.li(.class(.card)) {
            Tag.a(.href(link)) {
                Tag.span(.class(.count), text: MoneyPages.yuan(fen))
                label
            }
            if let flag { Parts.badge(flag, .late) }
        }
    }

    private var batches: HTML {
        Parts.panel(L("冻结的批次", "Frozen batches")) {
            Parts.table(
                L("冻结的批次", "Frozen batches"),
                [
                    L("批次", "Batch"), L("冻结时间", "Frozen at"), L("冻结人", "Frozen by"), L("笔数", "Lines"),
                    L("合计（元）", "Total (yuan)"),
                ], rows: rolls.map(\.rollCells), numbers: [3, 4])
        }
    }

    private var due: HTML {
        Parts.panel(L("待冻结和暂缓", "Due, and held")) {
            if let preview {
                Parts.facts([
                    (
                        L("待冻结", "Due, not frozen"),
                        .text(
                            L("\(preview.lines.count) 笔 ", "\(preview.lines.count) lines ")
                                + MoneyPages.yuan(preview.totalFen))
                    ),
                    (
                        L("暂缓", "Held"),
                        .text(
                            L("\(preview.held.count) 件 ", "\(preview.held.count) cases ")
                                + MoneyPages.yuan(preview.heldFen))
                    ),
                ])
                MoneyPages.edition(at: preview.at, seq: preview.seq, head: seq)
            }
            MoneyPages.compute(Link("money", "roll", month.description), L("计算本月应发", "Work out what is due"))
        }
    }

    private var budget: HTML {
        Parts.panel(L("\(String(month.year)) 年预算执行", "The budget of \(String(month.year))")) {
            BudgetUse.table(budgets)
            Tag.p { Parts.link(L("预算", "Budgets"), Link("money", "budget", String(month.year))) }
        }
    }
}

extension Linked {
    /// Of a roll: batch, when, by whom, lines, total.
    var rollCells: [HTML] {
        [
            .text(String(number("batch") ?? 0)), time("frozen_at").map(Parts.time) ?? .empty,
            .text(text("frozen_by") ?? ""), .text(String(number("lines") ?? 0)),
            MoneyPages.cell(number("total_fen")),
        ]
    }

    var rollDocument: JSONValue {
        .object([
            ("id", .string(record.id.description)), ("batch", JSONValue(value("batch"))),
            ("frozenAt", JSONValue(value("frozen_at"))), ("frozenBy", JSONValue(value("frozen_by"))),
            ("lines", JSONValue(value("lines"))), ("totalFen", JSONValue(value("total_fen"))),
        ])
    }
}

extension LedgerReader {
    /// What the decisions in force pay a month, relief left out, for that is due once.
    func monthlyDue() throws -> (cases: Int, fen: Int64) {
        let query = try Query(
            database,
            """
            SELECT count(*), coalesce(sum(amount_fen), 0) FROM entry
            WHERE is_in_force = 1 AND amount_fen > 0 AND programme NOT IN ('relief_expense', 'relief_urgent')
            """)
        return try query.first { ($0.int(0), $0.int64(1)) } ?? (0, 0)
    }
}
