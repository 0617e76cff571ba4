import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// What of a year's budget of a programme in a township is used.
struct BudgetUse: Sendable {
    let township: String
    let programme: Programme
    /// `nil` while nothing is approved.
    let approvedFen: Int64?
    let spentFen: Int64

    static func of(_ year: Int, in console: Console, _ database: Database) throws -> [BudgetUse] {
        try of(
            BudgetBook.of(year, in: console, database), spent: console.figures.spent(year, in: database))
    }

    static func of(_ book: BudgetBook, spent: [PaymentSums.Key: Int64]) -> [BudgetUse] {
        let asked = book.records.compactMap { record in
            record.text("programme").flatMap(Programme.init).map {
                PaymentSums.Key(township: record.text("township") ?? "", programme: $0)
            }
        }
        let keys = Set(asked).union(spent.filter { $0.value != 0 }.keys)
        return keys.sorted { order($0) < order($1) }.map { key in
            BudgetUse(
                township: key.township, programme: key.programme,
                approvedFen: book.approvedFen(key.township, key.programme), spentFen: spent[key] ?? 0)
        }
    }

    private static func order(_ key: PaymentSums.Key) -> String {
        "\(key.township) \(Programme.allCases.firstIndex(of: key.programme) ?? 0)"
    }

    var json: JSONValue {
        .object([
            ("township", .string(township)), ("programme", .string(programme.rawValue)),
            ("approvedFen", approvedFen.map(JSONValue.int) ?? .null), ("spentFen", .int(spentFen)),
            ("leftFen", approvedFen.map { .int($0 - spentFen) } ?? .null),
        ])
    }

    static func table(_ uses: [BudgetUse]) -> HTML {
        Parts.table(
            L("预算执行", "What is used"),
            [
                L("镇街", "Township"), L("项目", "Programme"), L("批准（元）", "Approved (yuan)"), L("已支出", "Spent"),
                L("余额", "Left"), "",
            ],
            rows: uses.map { use in
                let left = use.approvedFen.map { $0 - use.spentFen }
                return [
                    Shown.village(use.township), MoneyPages.programme(use.programme), MoneyPages.cell(use.approvedFen),
                    MoneyPages.cell(use.spentFen), MoneyPages.cell(left),
                    left.map { $0 < 0 } ?? (use.spentFen > 0)
                        ? Parts.badge(
                            use.approvedFen == nil ? L("没有批准的预算", "nothing approved") : L("超预算", "above budget"), .late)
                        : .empty,
                ]
            }, numbers: [2, 3, 4])
    }
}

extension BudgetBook {
    static func of(_ year: Int, in console: Console, _ database: Database) throws -> BudgetBook {
        BudgetBook(
            try console.township.database.tables.all(
                of: MoneyKinds.budget, where: [("year", .int64(Int64(year)))], in: database
            ).compactMap(Linked.init))
    }
}

/// The year's budget (R5, R10): asked for by one, approved by another, used month by month.
struct MoneyBudgetPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/budget/{year}") { console, request in
            let year = try MoneyArgument.year(request.part("year"))
            return try console.page { database, seq in
                try MoneyBudgetPage(year, request, seq: seq, in: console, database)
            }
        },
        .post("/money/budget/{year}/propose", .work, work: { _ in .long }) { console, request in
            try propose(request, in: console)
        },
        .post("/money/budgets/{id}/approve", .approve) { console, request in try approve(request, in: console) },
    ]

    private static func propose(_ request: ConsoleRequest, in console: Console) throws -> ConsoleAnswer {
        let year = try MoneyArgument.year(request.part("year"))
        let amount = request.optional("amount")
        let programme = try request.optional("programme").map(Programme.init(parsing:))
        if amount != nil, programme == nil {
            throw Problem(
                .badValue, "programme",
                explanation: Label(zh: "自定金额须写明项目", en: "Another amount needs its programme"))
        }
        let wish = BudgetDesk.Wish(
            programme: programme, township: request.optional("township"),
            amountFen: try amount.map { try MoneyArgument.fen($0) })
        let reason = amount == nil ? request.optional("reason") ?? "" : try request.required("reason")
        let act = try console.act(request, reason: reason) { database, _ in
            try BudgetBook.of(year, in: console, database).records.map(\.record.id)
        }
        let made = try BudgetDesk(township: console.township).propose(year, wish, act: act)
        return .done(
            Link("money", "budget", String(year), query: [("done", made.first.map { "\($0.record.record.seq)" })]),
            BudgetDesk.document(made))
    }

    private static func approve(_ request: ConsoleRequest, in console: Console) throws -> ConsoleAnswer {
        let id = try request.record()
        let budget = try console.read { database, _ in
            try console.township.database.tables.record(id, kind: MoneyKinds.budget, in: database)
                .flatMap(Linked.init)
        }
        guard let budget else { throw Problem(.unknownRecord, id.description) }
        try request.isAnother(than: budget.text("proposed_by"))
        let act = try console.act(request, reason: try request.required("reason")) { _, _ in [id] }
        let entry = try BudgetDesk(township: console.township).approve(id.description, act: act)
        return .done(
            Link(
                "money", "budget", String(budget.number("year") ?? 0),
                query: [("done", "\(entry.record.record.seq)")]), entry.document)
    }

    let year: Int
    let request: ConsoleRequest
    let seq: Seq
    let entries: [BudgetDesk.Entry]
    let uses: [BudgetUse]

    private init(
        _ year: Int, _ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database
    ) throws {
        (self.year, self.request, self.seq) = (year, request, seq)
        let book = try BudgetBook.of(year, in: console, database)
        let spent = try console.figures.spent(year, in: database)
        entries = book.records.map { record in
            let key = PaymentSums.Key(
                township: record.text("township") ?? "",
                programme: record.text("programme").flatMap(Programme.init) ?? .dibao)
            return BudgetDesk.Entry(record: record, state: book.state(of: record), spentFen: spent[key] ?? 0)
        }
        uses = BudgetUse.of(book, spent: spent)
    }

    var title: String { L("\(String(year)) 年救助资金预算", "The budget of \(String(year))") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("year", .int(Int64(year))),
            ("budgets", .array(entries.map(\.document))), ("use", .array(uses.map(\.json))),
        ])
    }

    // MARK: - As a page

    func body() -> HTML {
        .group([
            Tag.ul(.class(.tabs)) {
                for other in [year - 1, year + 1] {
                    Tag.li {
                        Parts.link(L("\(String(other)) 年", String(other)), Link("money", "budget", String(other)))
                    }
                }
                Tag.li { Parts.link(L("本月资金", "Money"), Link("money")) }
            },
            Parts.panel(L("执行情况", "What is used")) {
                BudgetUse.table(uses)
                chart
            }, .group(entries.filter { $0.state == .proposed }.map(waiting)), proposing, all,
        ])
    }

    private var chart: HTML {
        let known = uses.filter { $0.approvedFen != nil || $0.spentFen > 0 }
        guard !known.isEmpty else { return .empty }
        let isOne = Set(known.map(\.township)).count == 1
        let drawn = Chart(
            .stackedBars, id: "budget-\(year)", title: L("预算执行（元）", "The budget's use (yuan)"), unit: .fen,
            categories: known.map { (isOne ? "" : $0.township + " ") + $0.programme.label.text() },
            series: [
                .init(L("已支出", "Spent"), known.map(\.spentFen)),
                .init(L("余额", "Left"), known.map { use in use.approvedFen.map { max(0, $0 - use.spentFen) } }),
            ])
        return Tag.figure(.class(.chart)) { HTML.drawing(SVG(escapedSource: drawn.svg)) }
    }

    private func waiting(_ entry: BudgetDesk.Entry) -> HTML {
        let record = entry.record
        let programme = record.text("programme").flatMap(Programme.init)?.label.text() ?? ""
        let key = String(record.record.id.description.suffix(8)) + "-"
        return Parts.panel(L("待批准：\(programme)", "To be approved: \(programme)")) {
            Parts.facts([
                (L("镇街", "Township"), Shown.village(record.text("township") ?? "")),
                (L("申报金额（元）", "Asked for (yuan)"), MoneyPages.cell(record.number("amount_fen"))),
                (L("申报人", "Proposed by"), .text(record.text("proposed_by") ?? "")),
                (L("申报时间", "At"), record.time("proposed_at").map(Parts.time) ?? .empty),
            ])
            Tag.p(text: Shown.masked(reason: record.text("reason") ?? ""))
            if !Permission.approve.isGiven(to: request.person.role) {
                Parts.note(L("由签批人批准。", "A leader approves it."))
            } else if record.text("proposed_by") == request.person.author {
                Parts.note(L("您申报的，由另一人批准。", "You asked for it: another person approves it."))
            } else {
                Parts.form(
                    Link("money", "budgets", record.record.id.description, "approve"), request, seen: seq,
                    submit: L("批准", "Approve")
                ) {
                    Parts.note(
                        L(
                            "批准的是申报的金额；要批另一个金额，先由经办人重新申报。",
                            "It approves what was asked for: another amount is asked for anew."))
                    Parts.reason(key: key, help: L("批准依据，如文号", "What it rests on, such as a document's number"))
                }
            }
        }
    }

    private var proposing: HTML {
        guard Permission.work.isGiven(to: request.person.role) else { return .empty }
        return Parts.panel(L("申报预算", "Ask for a budget"), id: "propose") {
            Parts.form(
                Link("money", "budget", String(year), "propose"), request, seen: seq, submit: L("申报", "Propose")
            ) {
                Parts.note(
                    L(
                        "不填金额则按名册测算：已冻结月份的金额 + 其余月份按现行决定应发的（暂缓的、年内以后起发的也算）。再次申报会替代上一次。",
                        "Without an amount it is computed: the months frozen + what the other months are due by the decisions that stand, held or to begin later in the year too. It replaces what was asked for before."
                    ))
                Parts.select(
                    "programme", L("项目", "Programme"),
                    options: [("", L("全部项目", "Every programme"))]
                        + Programme.allCases.map { ($0.rawValue, $0.label.text()) }, key: "propose-")
                MoneyParts.amount("amount", L("自定金额（元）", "Another amount (yuan)"), key: "propose-", isRequired: false)
                Parts.field("reason", L("自定金额的理由", "Why another amount"), key: "propose-")
            }
        }
    }

    private var all: HTML {
        Parts.panel(L("申报和批准记录", "What was asked for and approved")) {
            Parts.table(
                L("预算记录", "Budget records"),
                [
                    L("镇街", "Township"), L("项目", "Programme"), L("状态", "State"), L("申报（元）", "Asked for"),
                    L("批准（元）", "Approved"), L("申报人", "By"), L("批准人", "Approved by"), L("说明", "Reason"),
                ],
                rows: entries.map { entry in
                    [
                        Shown.village(entry.record.text("township") ?? ""),
                        MoneyPages.programme(entry.record.text("programme").flatMap(Programme.init)),
                        .text(entry.state.label.text()), MoneyPages.cell(entry.record.number("amount_fen")),
                        MoneyPages.cell(entry.record.number("approved_fen")),
                        .text(entry.record.text("proposed_by") ?? ""),
                        .text(entry.record.text("approved_by") ?? ""),
                        .text(Shown.masked(reason: entry.record.text("reason") ?? "")),
                    ]
                }, numbers: [3, 4])
        }
    }
}
