import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Months of before that are due and have no line (R14: in time and in full): paid with the next roll, or held.
struct MoneyArrearsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/arrears") { console, request in
            let asked = request.query["month"].flatMap { $0.isEmpty ? nil : $0 }
            let month = try asked.map { try Month(parsing: $0) } ?? Month(of: request.now.day)
            if MoneyPages.isAsked(request) { try console.figures.makePreview(month) }
            let page = try MoneyPages.read(console) { database, seq in
                let preview = try console.figures.preview(month, in: database)
                return MoneyArrearsPage(
                    month: month, seq: seq, preview: preview,
                    names: try CaseNames(
                        (preview?.arrears.prefix(MoneyPages.rows).map(\.application) ?? [])
                            + (preview?.held.prefix(MoneyPages.rows).map(\.application) ?? []), in: console))
            }
            return .page(page)
        }
    ]

    let month: Month
    let seq: Seq
    let preview: RollPreview?
    let names: CaseNames

    var title: String { L("截至 \(month) 的补发", "Arrears by \(month)") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            ("asOfSeq", preview.map { .int(Int64($0.seq)) } ?? .null),
            (
                "arrears",
                preview.map { preview in
                    .array(
                        preview.arrears.map {
                            .object([
                                ("application", .string($0.application.description)),
                                ("month", .string($0.month.description)), ("fen", .int($0.fen)),
                            ])
                        })
                } ?? .null
            ), ("fen", preview.map { .int($0.arrears.reduce(0) { $0 + $1.fen }) } ?? .null),
        ])
    }

    func body() -> HTML {
        .group([
            MoneyPages.tabs(month, at: Self.self), preview.map(list) ?? .empty,
            Tag.form(.action(Link("money", "arrears")), .method(.get)) {
                Tag.input(.type(.hidden), .name("compute"), .value("yes"))
                Tag.input(.type(.hidden), .name("month"), .value(month.description))
                Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("计算补发", "Work out arrears")) }
                Tag.small(text: L("要逐件计算，户数多时需要一会儿。", "Every case is worked out: this takes a while."))
            },
        ])
    }

    private func list(_ preview: RollPreview) -> HTML {
        let arrears = preview.arrears
        return Parts.panel(
            L("以前月份应发未发", "Due for months of before, in no roll")
                + " \(arrears.count) · \(MoneyPages.yuan(arrears.reduce(0) { $0 + $1.fen }))"
        ) {
            Parts.table(
                L("补发", "Arrears"), CaseNames.headings + [L("月份", "Month"), L("金额（元）", "Amount")],
                rows: arrears.prefix(MoneyPages.rows).map {
                    names.cells($0.application) + [.text($0.month.description), MoneyPages.cell($0.fen)]
                }, numbers: [5])
            MoneyParts.more(arrears.count)
            Tag.h3(text: L("暂缓的（含以前月份）", "Held, months of before included"))
            Parts.table(
                L("暂缓", "Held"), CaseNames.headings + [L("金额（元）", "Amount"), L("原因", "Why")],
                rows: preview.held.prefix(MoneyPages.rows).map { held in
                    names.cells(held.application) + [
                        MoneyPages.cell(held.fen),
                        .text(held.reasons.map { $0.text.text() }.joined(separator: L("；", "; "))),
                    ]
                }, numbers: [4])
            MoneyPages.edition(at: preview.at, seq: preview.seq, head: seq)
        }
    }
}
