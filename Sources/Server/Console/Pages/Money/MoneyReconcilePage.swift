import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// What of a month was decided, planned, allocated, paid and returned, per programme, and the cases that differ (R8).
struct MoneyReconcilePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/reconcile/{month}") { console, request in
            let month = try request.month()
            if MoneyPages.isAsked(request) { try console.figures.makeReconciliation(month) }
            let kept = console.figures.reconciliation(month)
            let page = try MoneyPages.read(console) { database, seq in
                let sums = try console.figures.sums(of: month, in: database)
                let shown = (kept?.value.differences ?? []).prefix(MoneyPages.rows)
                return MoneyReconcilePage(
                    month: month, seq: seq, sums: sums, kept: kept,
                    names: try CaseNames(shown.map(\.application), in: console))
            }
            return .page(page)
        }
    ]

    let month: Month
    let seq: Seq
    let sums: RollSums
    let kept: MoneyFigures.Kept<ReconciliationReader.Reconciliation>?
    let names: CaseNames

    var title: String { L("\(month) 资金核对", "Compared, \(month)") }

    var json: JSONValue {
        guard let kept else {
            return .object([
                ("seq", .int(Int64(seq))), ("month", .string(month.description)), ("asOfSeq", .null),
                ("plannedFen", .int(sums.total.plannedFen)), ("paidFen", .int(sums.total.paidFen)),
                ("returnedFen", .int(sums.total.returnedFen)), ("waitingFen", .int(sums.total.waitingFen)),
            ])
        }
        let result = kept.value
        return .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            ("asOfSeq", .int(Int64(kept.seq))), ("agrees", .bool(result.agrees)),
            ("rows", MoneyTable.json(result.table, result.cells)),
            ("issuedFen", result.issuedFen.map(JSONValue.int) ?? .null),
            ("allocatedFen", result.allocatedFen.map(JSONValue.int) ?? .null), ("late", .bool(result.isLate)),
            ("differences", .int(Int64(result.differences.count))),
            ("cases", MoneyTable.json(result.caseTable, result.caseCells)),
        ])
    }

    func body() -> HTML {
        .group([
            MoneyPages.tabs(month, at: Self.self), kept.map(verdict) ?? quick,
            MoneyPages.compute(Link("money", "reconcile", month.description), L("核对 \(month)", "Compare \(month)")),
            kept.map(differences) ?? .empty,
        ])
    }

    /// What is frozen alone: what is due besides is known after comparing.
    private var quick: HTML {
        Parts.panel(L("名册里的", "On the rolls")) {
            Parts.table(
                L("按项目", "By programme"),
                [
                    L("项目", "Programme"), L("计划（元）", "Planned"), L("已发放", "Paid"), L("退回", "Returned"),
                    L("冲销", "Taken back"), L("未登记发放", "Not known to be paid"),
                ],
                rows: sums.byProgramme.map { programme, sum in
                    [MoneyPages.programme(programme)]
                        + [sum.plannedFen, sum.paidFen, sum.returnedFen, sum.reversedFen, sum.waitingFen].map {
                            MoneyPages.cell($0)
                        }
                }, numbers: [1, 2, 3, 4, 5])
        }
    }

    private func verdict(_ kept: MoneyFigures.Kept<ReconciliationReader.Reconciliation>) -> HTML {
        let result = kept.value
        func sum(_ value: (ReconciliationReader.Row) -> Int64) -> String {
            MoneyPages.yuan(result.rows.reduce(0) { $0 + value($1) })
        }
        let planned = L(
            "计划 \(sum(\.plannedFen)) = 已发放 \(sum(\.paidFen)) + 退回 \(sum(\.returnedFen)) + 冲销 \(sum(\.reversedFen)) + 未登记发放 \(sum(\.waitingFen))（元）",
            "planned \(sum(\.plannedFen)) = paid \(sum(\.paidFen)) + returned \(sum(\.returnedFen)) + taken back \(sum(\.reversedFen)) + waiting \(sum(\.waitingFen)) (yuan)"
        )
        let decided = L(
            "应发 \(sum(\.decidedFen)) − 抵扣 \(sum(\.recoveryFen)) − 已发放 \(sum(\.paidFen)) − 未登记发放 \(sum(\.waitingFen)) = 应发未发 \(sum(\.openFen))（元）",
            "decided \(sum(\.decidedFen)) − withheld \(sum(\.recoveryFen)) − paid \(sum(\.paidFen)) − waiting \(sum(\.waitingFen)) = due and not paid \(sum(\.openFen)) (yuan)"
        )
        return Parts.panel(L("核对结果", "The result")) {
            if let issued = result.issuedFen, let allocated = result.allocatedFen, issued != allocated {
                Parts.note(
                    L(
                        "支出计划与拨付相差 \(MoneyPages.yuan(issued - allocated)) 元。",
                        "Plan and allocation differ by \(MoneyPages.yuan(issued - allocated)) yuan."), .soon)
            }
            result.agrees
                ? Parts.note(L("逐分相符。", "All agrees to the fen."), .fine)
                : Parts.note(
                    L("有 \(result.differences.count) 处差异。", "\(result.differences.count) differences."), .soon)
            Tag.p(text: planned)
            Tag.p(text: decided)
            Tag.p(text: money(result))
            Parts.table(
                result.table,
                rows: zip(result.cells, result.rows).map { cells, row in
                    var cells = cells
                    cells[1] = .text(row.programme.label.text())
                    return cells
                })
            MoneyPages.edition(at: kept.at, seq: kept.seq, head: seq)
        }
    }

    private func money(_ result: ReconciliationReader.Reconciliation) -> String {
        guard let issued = result.issuedFen else { return L("还没有编制支出计划。", "No plan was issued.") }
        let allocated = MoneyPages.yuan(result.allocatedFen ?? 0)
        return L(
            "支出计划 \(MoneyPages.yuan(issued))，拨付 \(allocated)（元）",
            "plan \(MoneyPages.yuan(issued)), allocated \(allocated) (yuan)")
            + (result.isLate ? L("，有迟拨。", ", some of it late.") : L("。", "."))
    }

    private func differences(_ kept: MoneyFigures.Kept<ReconciliationReader.Reconciliation>) -> HTML {
        let all = kept.value.differences
        return Parts.panel(L("差异明细", "Cases that differ"), id: "differences") {
            Parts.table(
                L("差异明细", "Cases that differ"),
                CaseNames.headings + [L("金额（元）", "Amount"), L("差异", "Difference"), L("原因", "Why")],
                rows: all.prefix(MoneyPages.rows).map { one in
                    names.cells(one.application) + [
                        MoneyPages.cell(one.fen), .text(one.why.label.text()),
                        .text(one.reasons.map { $0.text() }.joined(separator: L("；", "; "))),
                    ]
                }, numbers: [4])
            MoneyParts.more(all.count)
        }
    }
}
