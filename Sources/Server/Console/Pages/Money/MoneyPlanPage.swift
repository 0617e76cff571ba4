import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// A plan that was issued to 区财政, and what was allocated to it.
struct PlanOnRecord: Sendable {
    let record: Linked
    let allocations: [Linked]

    var totalFen: Int64 { record.number("total_fen") ?? 0 }
    var allocatedFen: Int64 { allocations.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) } }
    var isLate: Bool { allocations.contains { PlanDesk.isLate($0, plan: record) == true } }

    /// The older first.
    static func of(_ month: Month, in console: Console, _ database: Database) throws -> [PlanOnRecord] {
        let tables = console.township.database.tables
        return try tables.all(
            of: MoneyKinds.spendingPlan, where: [("month", .text(month.description))], in: database
        ).compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq }.map { plan in
            PlanOnRecord(
                record: plan,
                allocations: try tables.all(
                    of: MoneyKinds.allocation, where: [("plan", .text(plan.record.id.description))], in: database
                ).compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq })
        }
    }

    /// A plan that was issued anew counts once.
    static func current(_ plans: [PlanOnRecord]) -> [PlanOnRecord] {
        plans.enumerated().filter { index, plan in
            !plans[(index + 1)...].contains {
                $0.record.value("batch") == plan.record.value("batch") || $0.record.value("batch").isNull
            }
        }.map(\.element)
    }

    var json: JSONValue {
        .object([
            ("id", .string(record.record.id.description)), ("batch", JSONValue(record.value("batch"))),
            ("lines", JSONValue(record.value("lines"))), ("totalFen", .int(totalFen)),
            ("due", JSONValue(record.value("due_on"))), ("issuedBy", JSONValue(record.value("issued_by"))),
            ("issuedAt", JSONValue(record.value("issued_at"))), ("allocatedFen", .int(allocatedFen)),
            ("late", .bool(isLate)),
            (
                "allocations",
                .array(
                    allocations.map { made in
                        .object([
                            ("id", .string(made.record.id.description)),
                            ("programme", JSONValue(made.value("programme"))),
                            ("on", JSONValue(made.value("allocated_on"))),
                            ("amountFen", JSONValue(made.value("amount_fen"))),
                            ("document", JSONValue(made.value("document"))),
                            ("by", JSONValue(made.value("recorded_by"))),
                        ])
                    })
            ),
        ])
    }
}

/// The 月度救助支出计划 of a month (R11): issued, taken away as a file, and what 区财政 allocated to it.
struct MoneyPlanPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/plan/{month}") { console, request in
            let month = try request.month()
            return try console.page { database, seq in
                try MoneyPlanPage(month, request, seq: seq, in: console, database)
            }
        },
        .get("/money/plan/{month}/file", work: Work.file) { console, request in
            guard let format = TableFormat(rawValue: request.query["format"] ?? "xlsx") else {
                throw Problem(.badValue, "format")
            }
            let batch = request.query["batch"].flatMap { Int64($0) }
            let plan = try PlanDesk(township: console.township).plan(try request.month(), batch: batch)
            return .file(try ConsoleFile(try TableExport(plan.table, as: format, from: console.township)))
        },
        .post("/money/plan/{month}/issue", .work, work: { _ in .long }) { console, request in
            try issue(request, in: console)
        },
        .post("/money/plans/{id}/allocate", .work) { console, request in try allocate(request, in: console) },
    ]

    private static func issue(_ request: ConsoleRequest, in console: Console) throws -> ConsoleAnswer {
        let month = try request.month()
        let desk = PlanDesk(township: console.township)
        let due = try request.optional("due").map { try CalendarDay(typed: $0) }
        let act = try console.act(request, reason: "") { database, _ in
            try desk.issued(month, in: database).map(\.record.id)
        }
        let (plan, id) = try desk.issue(month, batch: try request.batch(), due: due, act: act)
        return .done(
            Link("money", "plan", month.description, query: [("done", try seq(of: id, in: console))]),
            .object([
                ("id", .string(id.description)), ("month", .string(month.description)),
                ("totalFen", .int(plan.plan.totalFen)), ("lines", .int(Int64(plan.plan.lines))),
                ("rows", MoneyTable.json(plan.table, plan.rows)),
            ]))
    }

    private static func seq(of id: RecordID, in console: Console) throws -> String? {
        try console.read { database, _ in
            try console.township.database.tables.record(id, in: database).map { "\($0.0.seq)" }
        }
    }

    private static func allocate(_ request: ConsoleRequest, in console: Console) throws -> ConsoleAnswer {
        let id = try request.record()
        let tables = console.township.database.tables
        let month = try console.read { database, _ in
            guard let plan = try tables.record(id, kind: MoneyKinds.spendingPlan, in: database).flatMap(Linked.init)
            else { throw Problem(.unknownRecord, id.description) }
            return plan.text("month") ?? ""
        }
        let act = try console.act(request, reason: "") { database, _ in
            try tables.all(of: MoneyKinds.allocation, where: [("plan", .text(id.description))], in: database)
                .map(\.id)
        }
        let made = try PlanDesk(township: console.township).allocate(
            id.description, programme: try request.optional("programme").map(Programme.init(parsing:)),
            on: try request.requiredDay("on"), fen: try request.fen("amount"), document: request.optional("document"),
            act: act)
        return .done(
            Link("money", "plan", month, query: [("done", "\(made.seq)")]),
            .object([
                ("id", .string(made.id.description)), ("seq", .int(Int64(made.seq))),
                ("amountFen", JSONValue(made.allocation.record.value("amount_fen"))),
                ("late", made.allocation.isLate.map(JSONValue.bool) ?? .null),
            ]))
    }

    let month: Month
    let request: ConsoleRequest
    let seq: Seq
    let rolls: [Linked]
    let sums: RollSums
    let plans: [PlanOnRecord]

    private init(
        _ month: Month, _ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database
    ) throws {
        (self.month, self.request, self.seq) = (month, request, seq)
        rolls = try console.figures.rolls(of: month, in: database)
        sums = try console.figures.sums(of: month, in: database)
        plans = try PlanOnRecord.of(month, in: console, database)
    }

    var title: String { L("\(month) 月度救助支出计划", "Spending plan, \(month)") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            ("batches", .array(rolls.map(\.rollDocument))), ("plans", .array(plans.map(\.json))),
        ])
    }

    // MARK: - As a page

    func body() -> HTML {
        .group([MoneyPages.tabs(month, at: Self.self), frozen, issuing, .group(plans.reversed().map(panel))])
    }

    private var frozen: HTML {
        Parts.panel(L("冻结的名册", "What is frozen")) {
            Parts.table(
                L("按项目", "By programme"),
                [
                    L("项目", "Programme"), L("笔数", "Lines"), L("应付（元）", "To be paid"),
                    L("另：退回、冲销笔数", "Besides: lines that came back"), L("退回（元）", "Returned"),
                    L("冲销（元）", "Taken back"),
                ],
                rows: sums.byProgramme.map { programme, sum in
                    [
                        MoneyPages.programme(programme), .text(String(sum.lines - sum.takenBack)),
                        MoneyPages.cell(sum.standingFen), .text(String(sum.takenBack)),
                        MoneyPages.cell(sum.returnedFen), MoneyPages.cell(sum.reversedFen),
                    ]
                }, numbers: [1, 2, 3, 4, 5])
            if sums.total.returnedFen > 0 {
                Parts.note(
                    L(
                        "银行退回的 \(MoneyPages.yuan(sums.total.returnedFen)) 元已拨付过，不在应付里；重发时先用退回的款项，不要再向区财政申请一次。",
                        "\(MoneyPages.yuan(sums.total.returnedFen)) yuan came back and are not to be paid here: they were allocated before, and are not asked for again."
                    ), .soon)
            }
            if !rolls.isEmpty {
                Parts.note(
                    L(
                        "计划表和发放文件按同一份名单计算，两者分文不差；冻结后才暂缓的（如死亡）不在其中，上表按冻结时列出。",
                        "The plan and the pay file are of one list, to the fen; what is held since the freeze, as for a death, is in neither, and stands above as it was frozen."
                    ))
                Tag.p {
                    L("下载计划表：", "Download the plan: ")
                    for format in [TableFormat.xlsx, .csv] {
                        Parts.link(
                            format.rawValue.uppercased(),
                            Link("money", "plan", month.description, "file", query: [("format", format.rawValue)]))
                        " "
                    }
                }
            }
        }
    }

    private var issuing: HTML {
        guard !rolls.isEmpty, Permission.work.isGiven(to: request.person.role) else { return .empty }
        return Parts.panel(L("编制并报区财政", "Issue to the district's finance office"), id: "issue") {
            Parts.form(
                Link("money", "plan", month.description, "issue"), request, seen: seq, submit: L("编制", "Issue")
            ) {
                if !plans.isEmpty {
                    Parts.note(L("这个月已编制过，重报请告知区财政。", "One was issued before: tell 区财政 of another."), .soon)
                }
                MoneyParts.batches(rolls, key: "plan-")
                Parts.field(
                    "due", L("应拨付日期", "To be allocated by"), type: .date, key: "plan-",
                    help: L("不填则按政策", "Empty: what the policy says"))
            }
        }
    }

    private func panel(_ plan: PlanOnRecord) -> HTML {
        let batch = plan.record.number("batch").map { L("第 \($0) 批", "Batch \($0)") } ?? L("全部批次", "All batches")
        let key = String(plan.record.record.id.description.suffix(8)) + "-"
        return Parts.panel("\(batch)：\(MoneyPages.yuan(plan.totalFen)) " + L("元", "yuan")) {
            Parts.facts([
                (L("编制", "Issued"), .text(plan.record.text("issued_by") ?? "")),
                (L("时间", "At"), plan.record.time("issued_at").map(Parts.time) ?? .empty),
                (
                    L("应拨付日期", "To be allocated by"),
                    .text(plan.record.day("due_on")?.description ?? L("未规定", "not said"))
                ),
                (L("已拨付", "Allocated"), .text(MoneyPages.yuan(plan.allocatedFen))),
                (L("未拨付", "Not allocated"), .text(MoneyPages.yuan(plan.totalFen - plan.allocatedFen))),
            ])
            Parts.table(
                L("拨付", "Allocations"),
                [
                    L("拨付日期", "Day"), L("项目", "Programme"), L("金额（元）", "Amount"), L("文号", "Document"),
                    L("登记人", "Recorded by"), "",
                ], rows: plan.allocations.map { row($0, plan) }, numbers: [2])
            if Permission.work.isGiven(to: request.person.role) {
                Parts.form(
                    Link("money", "plans", plan.record.record.id.description, "allocate"), request, seen: seq,
                    submit: L("登记拨付", "Record an allocation")
                ) {
                    Parts.field("on", L("拨付日期", "Day"), type: .date, key: key, isRequired: true)
                    MoneyParts.amount("amount", L("金额（元）", "Amount (yuan)"), key: key)
                    Parts.select(
                        "programme", L("项目", "Programme"),
                        options: [("", L("整个计划", "The whole plan"))]
                            + Programme.allCases.map { ($0.rawValue, $0.label.text()) }, key: key)
                    Parts.field("document", L("拨付文号", "Document"), key: key, limit: 100)
                }
            }
        }
    }

    private func row(_ made: Linked, _ plan: PlanOnRecord) -> [HTML] {
        [
            .text(made.day("allocated_on")?.description ?? ""),
            MoneyPages.programme(made.text("programme").flatMap(Programme.init)),
            MoneyPages.cell(made.number("amount_fen")), .text(made.text("document") ?? ""),
            .text(made.text("recorded_by") ?? ""),
            PlanDesk.isLate(made, plan: plan.record) == true ? Parts.badge(L("迟拨", "late"), .late) : .empty,
        ]
    }
}
