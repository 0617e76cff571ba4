import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What of a month was decided, planned, allocated, paid and returned, per programme (R8), and where it differs.
struct ReconciliationReader {
    let township: Township

    struct Row: Sendable {
        let programme: Programme
        /// Due by decisions: the lines that stand, and what is due through the month and has no line.
        var decidedFen: Int64 = 0
        /// What the rolls of the month put down, less what is withheld.
        var plannedFen: Int64 = 0
        /// Withheld from lines that stand.
        var recoveryFen: Int64 = 0
        /// `nil` while nothing is known to be allocated to it.
        var allocatedFen: Int64?
        var paidFen: Int64 = 0
        var returnedFen: Int64 = 0
        var reversedFen: Int64 = 0
        /// Planned, and neither known to be paid nor taken back.
        var waitingFen: Int64 = 0

        init(programme: Programme) { self.programme = programme }

        /// What is due and nobody pays yet.
        var openFen: Int64 { decidedFen - recoveryFen - paidFen - waitingFen }
    }

    /// A case where what is due is not what was paid, and why.
    struct Difference: Sendable {
        let application: RecordID
        let programme: Programme
        let fen: Int64
        let why: Why
        let reasons: [Label]

        enum Why: String, Sendable {
            /// Due, and no line was frozen.
            case notPlanned = "not_planned"
            case held, returned, reversed
            /// Frozen, and not known to be paid.
            case notPaid = "not_paid"

            var label: Label {
                switch self {
                case .notPlanned: Label(zh: "应发未列入名册", en: "due, in no roll")
                case .held: Label(zh: "暂缓", en: "held")
                case .returned: Label(zh: "银行退回", en: "returned by the bank")
                case .reversed: Label(zh: "已冲销", en: "taken back")
                case .notPaid: Label(zh: "未登记发放", en: "not known to be paid")
                }
            }
        }
    }

    struct Reconciliation: Sendable {
        let month: Month
        let rows: [Row]
        /// Allocated to the month's plans altogether, and how much of it late; `nil` while no plan was issued.
        let allocatedFen: Int64?
        let isLate: Bool
        /// What was planned when the plans were issued.
        let issuedFen: Int64?
        let differences: [Difference]

        /// Everything that is due was planned and paid, and what was planned was allocated.
        var agrees: Bool {
            differences.isEmpty && rows.allSatisfy { $0.openFen == 0 }
                && (allocatedFen.map { $0 == issuedFen } ?? rows.isEmpty)
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/storage`` when a roll is not what was frozen,
    ///   ``Problem/Code/missingParameter``, ``Problem/Code/refusedMove``.
    func read(_ month: Month) throws -> Reconciliation {
        // One snapshot after the other, in the order in which money goes: what is frozen between them is told as planned.
        let preview = try RollDesk(township: township).preview(month).roll
        return try township.database.read { database in
            let records = try CaseReader(township, in: database)
            let isFrozen = try !FrozenLines.rolls(of: month, in: records).isEmpty
            let frozen = isFrozen ? try FrozenLines(month, batch: nil, in: records).lines : []
            let payFiles = try records.tables.all(
                of: payFileKind, where: [("month", .text(month.description))], in: database
            ).compactMap(Linked.init)
            var sums = Sums(leftOut: Set(payFiles.flatMap { $0.elements("left_out") }))
            for line in frozen {
                try sums.add(line, programme(of: line, in: records), isSettled: isPaidAnew(line, in: records))
            }
            for line in preview.lines {
                sums.addDue(line.file, fen: line.fen, .notPlanned, [])
            }
            for held in preview.held { sums.addDue(held.file, fen: held.fen, .held, held.reasons.map(\.text)) }
            let plans = try records.tables.all(
                of: MoneyKinds.spendingPlan, where: [("month", .text(month.description))], in: database
            ).compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq }
            return try reconcile(month, sums, plans: plans, in: records)
        }
    }

    /// A plan that was issued anew counts once.
    private func current(_ plans: [Linked]) -> [Linked] {
        plans.enumerated().filter { index, plan in
            !plans[(index + 1)...].contains { $0.value("batch") == plan.value("batch") || $0.value("batch").isNull }
        }.map(\.element)
    }

    private func reconcile(
        _ month: Month, _ sums: Sums, plans: [Linked], in records: CaseReader
    ) throws -> Reconciliation {
        let issued = current(plans)
        var rows = sums.rows
        var (allocated, isLate) = (0 as Int64, false)
        for plan in plans {
            let allocations = try records.tables.all(
                of: MoneyKinds.allocation, where: [("plan", .text(plan.record.id.description))], in: records.database
            ).compactMap(Linked.init)
            for allocation in allocations {
                let fen = allocation.number("amount_fen") ?? 0
                allocated += fen
                isLate = isLate || PlanDesk.isLate(allocation, plan: plan) == true
                guard let programme = allocation.text("programme").flatMap(Programme.init) else { continue }
                rows[programme, default: Row(programme: programme)].allocatedFen =
                    (rows[programme]?.allocatedFen ?? 0) + fen
            }
        }
        return Reconciliation(
            month: month, rows: Programme.allCases.compactMap { rows[$0] },
            allocatedFen: plans.isEmpty ? nil : allocated, isLate: isLate,
            issuedFen: issued.isEmpty ? nil : issued.reduce(0) { $0 + ($1.number("total_fen") ?? 0) },
            differences: sums.differences)
    }

    /// What was taken back stands by another line of its case and month.
    private func isPaidAnew(_ line: FrozenLine, in records: CaseReader) throws -> Bool {
        guard line.reversal != nil else { return false }
        let (kind, tables) = (line.line.kind, records.tables)
        return try tables.all(
            of: kind, where: [("application", line.line.value("application")), ("month", line.line.value("month"))],
            in: records.database
        ).contains { other in
            let isReversed =
                try tables.first(
                    of: kind, where: [("reverses", .text(other.id.description))], in: records.database) != nil
            return other.value("reverses", in: kind).isNull && !isReversed
        }
    }

    private func programme(of line: FrozenLine, in records: CaseReader) throws -> Programme {
        let application = try line.application.flatMap {
            try records.record($0, kind: records.kind("application"))
        }.flatMap(Linked.init)
        guard let programme = application?.text("programme").flatMap(Programme.init) else {
            throw Problem(.unknownRecord, line.line.record.id.description)
        }
        return programme
    }
}

/// The fold over a month's lines and what is due besides.
private struct Sums {
    /// Lines that a pay file left out, because a death became known.
    let leftOut: Set<String>
    private(set) var rows: [Programme: ReconciliationReader.Row] = [:]
    private(set) var differences: [ReconciliationReader.Difference] = []

    init(leftOut: Set<String>) { self.leftOut = leftOut }

    mutating func add(_ line: FrozenLine, _ programme: Programme, isSettled: Bool) {
        var row = rows[programme] ?? .init(programme: programme)
        row.plannedFen += line.fen
        switch line.state {
        case .waiting: row.waitingFen += line.fen
        case .paid: row.paidFen += line.fen
        case .returned: row.returnedFen += line.fen
        case .reversed: row.reversedFen += line.fen
        }
        if line.reversal == nil {
            row.decidedFen += line.grossFen
            row.recoveryFen += line.withheldFen
        }
        rows[programme] = row
        guard line.state != .paid, !isSettled, let application = line.application else { return }
        let why: ReconciliationReader.Difference.Why =
            switch line.state {
            case .returned: .returned
            case .reversed: .reversed
            default: .notPaid
            }
        var reasons = line.reversal?.text("return_code").map { [Label(zh: $0, en: $0)] } ?? []
        if why == .notPaid, leftOut.contains(line.line.record.id.description) {
            reasons.append(Label(zh: "有死亡记录，未列入发放文件", en: "a death is on record: left out of the pay file"))
        }
        differences.append(
            .init(application: application, programme: programme, fen: line.fen, why: why, reasons: reasons))
    }

    mutating func addDue(
        _ file: CaseFile, fen: Int64, _ why: ReconciliationReader.Difference.Why, _ reasons: [Label]
    ) {
        guard let programme = file.programme, fen > 0 else { return }
        rows[programme, default: .init(programme: programme)].decidedFen += fen
        differences.append(
            .init(
                application: file.application.record.id, programme: programme, fen: fen, why: why, reasons: reasons))
    }
}

extension ReconciliationReader.Reconciliation {
    /// Per programme.
    var table: Table {
        let rows = cells
        return Table(
            "reconciliation", Label(zh: "资金核对表", en: "Reconciliation"),
            columns: [
                .init("month", "所属月份", "Month"), .init("programme", "项目", "Programme"),
                .init("decidedFen", "应发", "Decided"), .init("recoveryFen", "抵扣", "Recovered"),
                .init("plannedFen", "计划", "Planned"), .init("allocatedFen", "拨付", "Allocated"),
                .init("paidFen", "已发放", "Paid"), .init("returnedFen", "退回", "Returned"),
                .init("reversedFen", "冲销", "Taken back"), .init("waitingFen", "未登记发放", "Not known to be paid"),
                .init("openFen", "应发未发", "Due and not paid"),
            ], rows: { _ in rows })
    }

    var cells: [[Table.Cell]] {
        rows.map { row in
            [
                .text(month.description), .text(row.programme.rawValue), .fen(row.decidedFen), .fen(row.recoveryFen),
                .fen(row.plannedFen), row.allocatedFen.map(Table.Cell.fen) ?? .empty, .fen(row.paidFen),
                .fen(row.returnedFen), .fen(row.reversedFen), .fen(row.waitingFen), .fen(row.openFen),
            ]
        }
    }

    /// The cases that differ.
    var caseTable: Table {
        let rows = caseCells
        return Table(
            "reconciliation-cases", Label(zh: "资金差异明细", en: "Cases that differ"),
            columns: [
                .init("application", "申请", "Case"), .init("programme", "项目", "Programme"),
                .init("fen", "金额", "Amount"), .init("why", "差异", "Difference"), .init("reasons", "原因", "Why"),
            ], rows: { _ in rows })
    }

    var caseCells: [[Table.Cell]] {
        differences.map { difference in
            [
                .text(difference.application.description), .text(difference.programme.rawValue), .fen(difference.fen),
                .text(difference.why.rawValue), .text(difference.reasons.map { $0.text() }.joined(separator: "；")),
            ]
        }
    }
}
