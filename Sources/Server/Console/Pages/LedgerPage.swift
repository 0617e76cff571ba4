import Assistance
import CommandSupport
import Markup
import SyncEngine

/// 台账 (R17): who receives what since when, now or as of a day, with what it comes to.
struct LedgerPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        // A past day's is worked out from the log.
        .get("/ledger", work: { $0.query["as_of"].map { $0.isEmpty ? .page : .long } ?? .page }) { console, request in
            let day = try request.query["as_of"].flatMap { $0.isEmpty ? nil : $0 }.map { try CalendarDay(typed: $0) }
            let asked = try TableCatalogue.Request(request)
            var filter = LedgerReader.CaseFilter(isInForce: true)
            filter.village = asked.village?.code
            filter.programme = asked.programme
            let ledger =
                try day.map { try console.pastLedgers.ledger(of: console.township, on: $0) }
                ?? console.township.ledger
            let after = request.query["after"]
            let (cases, count, sum) = try ledger.read { reader in
                (
                    try reader.cases(filter, after: after, limit: TablePage.rows), try reader.caseCount(filter),
                    try reader.amountFen(filter)
                )
            }
            return try console.page { database, seq in
                LedgerPage(
                    request: request, seq: seq, day: day, cases: cases, count: count, sumFen: sum,
                    entry: try TableCatalogue.entry("ledger"),
                    known: TableParts.Known(console.township))
            }
        }
    ]

    let request: ConsoleRequest
    let seq: Seq
    let day: CalendarDay?
    let cases: [LedgerCase]
    let count: Int
    /// What all cases of the filter, not of the screen, come to in a month.
    let sumFen: Int64
    /// Its files are the table's.
    let entry: TableCatalogue.Entry
    let known: TableParts.Known

    var title: String {
        day.map { L("救助台账（\($0) 当日）", "Ledger as of \($0)") } ?? L("救助台账", "Ledger")
    }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("asOf", day.map { .string($0.description) } ?? .null),
            ("count", .int(Int64(count))), ("amountFen", .int(sumFen)),
            (
                "rows",
                .array(
                    cases.map {
                        Table.document(LedgerTables.ledgerRow($0, VillageNames.current), LedgerTables.ledgerColumns)
                    })
            ),
            ("after", next.map { .string($0.key) } ?? .null),
        ])
    }

    private var next: Table.Place? {
        cases.count < TablePage.rows ? nil : cases.last.map { Table.Place(key: $0.place) }
    }

    func body() -> HTML {
        .group([
            filters,
            day == nil
                ? .empty
                : Parts.note(
                    L("这是当日的样子，后来补录的不在内。", "This is how it stood that day; what came later about it is not in it."),
                    .soon),
            Tag.p {
                L("在享 \(count) 件，每月合计 ", "\(count) in force, a month ")
                Tag.strong(text: Yuan.text(sumFen))
                L(" 元。", " yuan.")
            },
            Parts.table(
                title, LedgerTables.ledgerColumns, rows: cases.map { LedgerTables.ledgerRow($0, VillageNames.current) }),
            TableParts.pages(["ledger"], request, next: next, also: [("as_of", day?.description)]),
            day == nil ? TableParts.files(of: entry, request) : .empty,
        ])
    }

    private var filters: HTML {
        TableParts.form(Link("ledger")) {
            TableParts.field(.village, value: request.query["village"] ?? "", known)
            TableParts.field(.programme, value: request.query["programme"] ?? "", known)
            Parts.field("as_of", L("截至某日", "As of a day"), type: .date, value: request.query["as_of"] ?? "")
        }
    }
}
