import Assistance
import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// 月度救助支出计划 (R11): what the frozen rolls of a month pay, against the budget; issued once to 区财政, which allocates.
struct PlanDesk {
    let township: Township

    struct Plan {
        let plan: SpendingPlan
        let batch: Int64?
        let table: Table
        let rows: [[Table.Cell]]
        /// The last day on which it is allocated in time; `nil` where the policy does not say.
        let due: CalendarDay?
        var csv: [UInt8] { MoneyTable.csv(table, rows) }
    }

    /// What a plan was allocated.
    struct Allocation {
        let record: Linked
        /// After the day that the plan names; `nil` when it names none.
        let isLate: Bool?
    }

    /// The plan of a month as its rolls were frozen.
    /// - Throws: what ``PayFile`` throws; ``Problem`` ``Problem/Code/refusedMove`` when the pay file that was written of
    ///   the same batch comes to another amount.
    func plan(_ month: Month, batch: Int64?) throws -> Plan {
        try township.database.read { try plan(month, batch: batch, in: CaseReader(township, in: $0)) }
    }

    private func plan(_ month: Month, batch: Int64?, in records: CaseReader) throws -> Plan {
        let payFile = try PayFile(month: month, batch: batch, unit: township.identity.name, in: records)
        let plan = SpendingPlan(month, payFile.lines)
        guard plan.totalFen == payFile.totalFen, plan.lines == payFile.rows.count else {
            throw differs(plan.totalFen, payFile.totalFen)
        }
        let written = try records.tables.all(
            of: payFileKind, where: [("month", .text(month.description))], in: records.database
        ).compactMap(Linked.init).filter { $0.number("batch") == batch }.max { $0.record.seq < $1.record.seq }
        if let written, written.number("total_fen") != plan.totalFen {
            throw differs(plan.totalFen, written.number("total_fen") ?? 0)
        }
        let book = try BudgetDesk(township: township).book(month.year, in: records)
        let spent = try PaymentSums.year(month.year, through: month, in: records).fen
        let rows = plan.rows.map { row in
            Self.cells(
                row, of: township.identity, month: month, budgetFen: book.approvedFen(row.township, row.programme),
                spentFen: spent[.init(township: row.township, programme: row.programme)] ?? 0)
        }
        return Plan(
            plan: plan, batch: batch, table: Self.table(rows + [Self.total(plan)]), rows: rows + [Self.total(plan)],
            due: SpendingPlan.due(month, by: records.shelf))
    }

    private func differs(_ plan: Int64, _ payFile: Int64) -> Problem {
        let reason = Label(
            zh: "计划 \(Yuan.text(plan)) 元与发放文件 \(Yuan.text(payFile)) 元不一致（冻结后有退回、冲销或死亡）：重新导出发放文件后再编制",
            en:
                "the plan comes to \(Yuan.text(plan)) and the pay file to \(Yuan.text(payFile)) yuan (something was taken back or held since): write the pay file anew first"
        )
        return Refusal(
            move: Label(zh: "编制支出计划", en: "issue the plan"), reasons: [.init(CaseRule(11), reason)]
        ).problem
    }

    // MARK: - As a table

    private static func table(_ rows: [[Table.Cell]]) -> Table {
        Table(
            "spending-plan", Label(zh: "月度救助支出计划", en: "Monthly spending plan"),
            columns: [
                .init("month", "所属月份", "Month"), .init("township", "所属乡镇", "Township"),
                .init("programme", "项目", "Programme"), .init("households", "户数", "Households"),
                .init("persons", "人数", "Persons"), .init("lines", "笔数", "Lines"),
                .init("amountFen", "当月金额", "Amount"), .init("arrearsFen", "补发", "Arrears"),
                .init("recoveryFen", "抵扣", "Recovery"), .init("totalFen", "合计", "Total"),
                .init("budgetFen", "年度预算", "Budget"), .init("spentFen", "本年累计", "Spent this year"),
                .init("leftFen", "预算余额", "Left of the budget"),
            ], rows: { _ in rows })
    }

    private static func cells(
        _ row: SpendingPlan.Row, of identity: AuthorityIdentity, month: Month, budgetFen: Int64?, spentFen: Int64
    ) -> [Table.Cell] {
        [
            .text(month.description),
            row.township == identity.region.code
                ? .code(row.township, Label(zh: identity.name, en: identity.name)) : .text(row.township),
            .code(row.programme.rawValue, row.programme.label),
            .number(Int64(row.households)), .number(Int64(row.persons)), .number(Int64(row.lines)),
            .fen(row.amountFen), .fen(row.arrearsFen), .fen(row.recoveryFen), .fen(row.totalFen),
            budgetFen.map(Table.Cell.fen) ?? .empty, .fen(spentFen),
            budgetFen.map { .fen($0 - spentFen) } ?? .empty,
        ]
    }

    private static func total(_ plan: SpendingPlan) -> [Table.Cell] {
        func sum(_ value: (SpendingPlan.Row) -> Int) -> Table.Cell {
            .number(Int64(plan.rows.reduce(0) { $0 + value($1) }))
        }
        return [
            .text(plan.month.description), .empty, .text(L("合计", "total")), sum(\.households), sum(\.persons),
            sum(\.lines), .fen(plan.amountFen), .fen(plan.arrearsFen), .fen(plan.recoveryFen), .fen(plan.totalFen),
            .empty, .empty, .empty,
        ]
    }

    // MARK: - Issued and allocated

    /// Works the plan out and keeps on record that it was issued, in one transaction.
    /// - Parameter deliver: hands it out; when it throws, nothing was issued.
    /// - Returns: the plan, and the record's id.
    /// - Throws: what ``plan(_:batch:)`` throws.
    func issue(
        _ month: Month, batch: Int64?, due: CalendarDay?, act: Desk.Act, deliver: (Plan) throws -> Void = { _ in }
    ) throws -> (plan: Plan, id: RecordID) {
        try township.write(act) { transaction, act in
            let plan = try plan(month, batch: batch, in: CaseReader(township, in: transaction.database))
            try deliver(plan)
            let draft = record(of: plan, due: due ?? plan.due, act: act)
            _ = try township.desk.act([draft], act, in: transaction)
            return (plan, draft.record)
        }
    }

    private func record(of plan: Plan, due: CalendarDay?, act: Desk.Act) -> Draft {
        let money = plan.plan
        return Draft(
            kind: MoneyKinds.spendingPlan, record: act.newID(), operation: .create,
            writes: [
                .set("month", .text(money.month.description)), .set("lines", .int64(Int64(money.lines))),
                .set("amount_fen", .int64(money.amountFen)), .set("arrears_fen", .int64(money.arrearsFen)),
                .set("recovery_fen", .int64(money.recoveryFen)), .set("total_fen", .int64(money.totalFen)),
                .set("sha256", .text(Hash256(of: plan.csv).description)), .set("issued_by", .text(act.author)),
                .set("issued_at", .time(act.now)),
            ] + (plan.batch.map { [.set("batch", .int64($0))] } ?? []) + (due.map { [.set("due_on", .date($0))] } ?? [])
        )
    }

    /// What was issued of a month before, the older first.
    func issued(_ month: Month) throws -> [Linked] { try township.database.read { try issued(month, in: $0) } }

    func issued(_ month: Month, in database: Database) throws -> [Linked] {
        try township.database.tables.all(
            of: MoneyKinds.spendingPlan, where: [("month", .text(month.description))], in: database
        ).compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq }
    }

    /// Records what 区财政 allocated to a plan: of one programme, or of the whole.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/refusedMove`` for a day before the plan.
    func allocate(
        _ plan: String, programme: Programme?, on day: CalendarDay, fen: Int64, document: String?, act: Desk.Act
    ) throws -> (allocation: Allocation, id: RecordID, seq: Seq) {
        let found = try township.database.read { database in
            try RecordID(plan).flatMap {
                try township.database.tables.record($0, kind: MoneyKinds.spendingPlan, in: database)
            }.flatMap(Linked.init)
        }
        guard let found else { throw Problem(.unknownRecord, plan) }
        let draft = Draft(
            kind: MoneyKinds.allocation, record: act.newID(), operation: .create,
            writes: [
                .set("plan", .text(plan)), .set("allocated_on", .date(day)), .set("amount_fen", .int64(fen)),
                .set("recorded_by", .text(act.author)),
            ] + (programme.map { [.set("programme", .text($0.rawValue))] } ?? [])
                + (document.map { [.set("document", .text($0))] } ?? []))
        let seq = try CaseDesk(township: township).add(draft, act: act)
        let made = try township.database.read { database in
            try township.database.tables.record(draft.record, kind: MoneyKinds.allocation, in: database)
                .flatMap(Linked.init)
        }
        guard let made else { throw Problem(.internalError, "allocation") }
        return (Allocation(record: made, isLate: Self.isLate(made, plan: found)), draft.record, seq)
    }

    /// - Returns: `nil` when the plan names no day.
    static func isLate(_ allocation: Linked, plan: Linked) -> Bool? {
        guard let due = plan.day("due_on"), let day = allocation.day("allocated_on") else { return nil }
        return day > due
    }
}
