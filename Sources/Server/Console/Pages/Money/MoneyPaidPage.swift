import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// What the bank says of a month: paid, or sent back; and what is done about each line that came back (R14).
struct MoneyPaidPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/paid/{month}") { console, request in
            let page = try page(try request.month(), request, in: console)
            for roll in page.rolls.suffix(1) where !page.returned.isEmpty {
                try console.keepView(of: roll.record.id, page: "returns", by: request)
            }
            return .page(page)
        },
        .post("/money/paid/{month}", .work, work: { _ in .long }) { console, request in
            let month = try request.month()
            let paid = try ReturnDesk(township: console.township).markPaid(
                month, batch: try request.batch(), on: try request.requiredDay("on"), file: request.optional("file"),
                act: try request.act(reason: ""))
            return .done(
                Link("money", "paid", month.description, query: [("done", paid.seq.map { "\($0)" })]),
                .object([
                    ("month", .string(month.description)), ("file", .string(paid.file.record.id.description)),
                    ("lines", .int(Int64(paid.lines))), ("totalFen", .int(paid.totalFen)),
                    ("seq", paid.seq.map { .int(Int64($0)) } ?? .null),
                ]))
        },
        .post("/money/returns", .work, work: { _ in .long }) { console, request in
            let act = try request.act(reason: L("银行退回文件", "the bank's return file"))
            let rows = try request.required("rows")
            let report = try ReturnDesk(township: console.township).takeIn(Array(rows.utf8), act: act)
            return try console.page { _, seq in
                try MoneyReturnsPage(report: report, rows: rows, request: request, seq: seq)
            }
        },
        .post("/money/lines/{id}/return", .work) { console, request in
            let id = try request.record()
            let code = try request.required("code")
            let act = try console.act(request, reason: code) { _, _ in [id] }
            let (made, seq) = try ReturnDesk(township: console.township).returnLine(
                id.description, code: code, act: act)
            return .done(
                Link("money", "paid", made.line.text("month") ?? "", query: [("done", "\(seq)")]),
                made.document.adding([("seq", .int(Int64(seq)))]))
        },
        .post("/money/lines/{id}/again", .work) { console, request in
            let id = try request.record()
            let (made, seq) = try ReturnDesk(township: console.township).payAgain(
                id.description, act: try request.act(reason: try request.required("reason")))
            let month = try console.read { database, _ in
                try console.township.database.tables.record(id, in: database).flatMap { Linked($0.0)?.text("month") }
            }
            return .done(
                Link("money", "paid", month ?? "", query: [("done", "\(seq)")]),
                .object([("id", .string(made.description)), ("seq", .int(Int64(seq)))]))
        },
    ]

    /// A line that came back, and where its case stands.
    struct Returned: Sendable {
        let line: Linked
        let reversal: Linked?
        let application: RecordID
        /// Another line of the month stands: it is paid anew.
        let isPaidAnew: Bool
        /// Why nothing is paid to the case; `nil` when the month is due again.
        let hold: Refusal.Reason?
        /// The account that is paid to, to be corrected; `nil` where it is not one.
        let account: RecordID?
        let household: RecordID?
        /// Who recorded the return or changed an account since, and so does not say that it is paid again.
        let makers: Set<String>
    }

    /// Of a page of these each case is read whole.
    private static let rowsPerPage = 20

    private static func page(_ month: Month, _ request: ConsoleRequest, in console: Console) throws -> MoneyPaidPage {
        try MoneyPages.read(console) { database, seq in
            try MoneyPaidPage(month, request, seq: seq, in: console, database)
        }
    }

    let month: Month
    let request: ConsoleRequest
    let seq: Seq
    let rolls: [Linked]
    let sums: RollSums
    let payFiles: [Linked]
    let returned: [Returned]
    let after: RecordID?
    private let names: CaseNames

    private init(
        _ month: Month, _ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database
    ) throws {
        (self.month, self.request, self.seq) = (month, request, seq)
        rolls = try console.figures.rolls(of: month, in: database)
        sums = try console.figures.sums(of: month, in: database)
        payFiles = try console.township.database.tables.all(
            of: payFileKind, where: [("month", .text(month.description))], in: database
        ).compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq }
        after = request.query["after"].flatMap { RecordID($0) }
        let page = after
        let ids = sums.returned.filter { id in page.map { id > $0 } ?? true }.prefix(Self.rowsPerPage)
        let records = try ids.isEmpty ? nil : CaseReader(console.township, in: database)
        let start = rolls.map(\.record.seq).min() ?? 0
        let history = try records.map { try AccountHistory(records: $0, after: start) }
        returned = try ids.compactMap { id in
            guard let records, let history else { return nil }
            return try Self.returned(id, in: records, history, at: request.now)
        }
        names = try CaseNames(returned.map(\.application), in: console)
    }

    private static func returned(
        _ id: RecordID, in records: CaseReader, _ history: AccountHistory, at now: Instant
    ) throws -> Returned? {
        guard let line = try records.record(id, kind: records.kind("payment")).flatMap(Linked.init),
            let application = line.value("application").recordID
        else { return nil }
        let file = try records.file(application.description, at: now)
        let month = line.text("month")
        return Returned(
            line: line,
            reversal: try records.tables.first(
                of: line.kind, where: [("reverses", .text(id.description))], in: records.database
            ).flatMap(Linked.init), application: application,
            isPaidAnew: file.standingPayments.contains { $0.text("month") == month }, hold: file.returnHold,
            account: file.accounts.count == 1 ? file.accounts.first?.record.id : nil,
            household: file.home?.record.id,
            makers: try ReturnDesk.makers(of: line, in: records, history: history))
    }

    var title: String { L("\(month) 发放与退回", "Paid and returned, \(month)") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            ("payFiles", .array(payFiles.map(\.payFileDocument))), ("paidFen", .int(sums.total.paidFen)),
            ("waitingFen", .int(sums.total.waitingFen)), ("returnedFen", .int(sums.total.returnedFen)),
            ("returnedCount", .int(Int64(sums.returned.count))),
            (
                "returned",
                .array(
                    returned.map { row in
                        .object([
                            ("payment", .string(row.line.record.id.description)),
                            ("application", .string(row.application.description)),
                            ("month", JSONValue(row.line.value("month"))),
                            ("amountFen", JSONValue(row.line.value("amount_fen"))),
                            ("code", row.reversal.map { JSONValue($0.value("return_code")) } ?? .null),
                            ("paidAnew", .bool(row.isPaidAnew)), ("held", .bool(row.hold != nil)),
                        ])
                    })
            ), ("next", next.map { .string($0.description) } ?? .null),
        ])
    }

    private var next: RecordID? {
        returned.count == Self.rowsPerPage && returned.last?.line.record.id != sums.returned.last
            ? returned.last?.line.record.id : nil
    }

    // MARK: - As a page

    static var payFileHeadings: [String] {
        [
            L("批次", "Batch"), L("导出时间", "Written at"), L("导出人", "Written by"), L("笔数", "Rows"),
            L("合计（元）", "Total (yuan)"), L("文件编号", "Id"),
        ]
    }

    private var mayWork: Bool { Permission.work.isGiven(to: request.person.role) }

    func body() -> HTML {
        .group([MoneyPages.tabs(month, at: Self.self), paid, cameBack, takingIn])
    }

    private var paid: HTML {
        let total = sums.total
        return Parts.panel(L("发放", "Paid"), id: "paid") {
            Parts.facts([
                (L("已发放", "Paid"), .text(MoneyPages.yuan(total.paidFen))),
                (L("未登记发放", "Not known to be paid"), .text(MoneyPages.yuan(total.waitingFen))),
                (L("退回", "Returned"), .text(MoneyPages.yuan(total.returnedFen))),
                (L("冲销", "Taken back"), .text(MoneyPages.yuan(total.reversedFen))),
            ])
            Parts.table(
                L("发放文件", "Pay files"), Self.payFileHeadings, rows: payFiles.map(\.payFileCells), numbers: [3, 4])
            if payFiles.isEmpty {
                Parts.note(L("还没有导出发放文件：先在名册页导出。", "No pay file was written yet: see the roll."))
            } else if mayWork, total.waitingFen > 0 {
                Parts.form(
                    Link("money", "paid", month.description), request, seen: seq,
                    submit: L("登记已发放", "Mark as paid")
                ) {
                    MoneyParts.batches(rolls, key: "paid-")
                    Parts.field("on", L("发放日期", "Day"), type: .date, key: "paid-", isRequired: true)
                    if Set(payFiles.map { $0.text("sha256") }).count > 1 {
                        Parts.select(
                            "file", L("报送银行的是哪一份", "The file that the bank has"),
                            options: [("", L("该批只有一份", "The batch has one only"))]
                                + payFiles.map { ($0.record.id.description, $0.payFileName) }, key: "paid-")
                    }
                }
            }
        }
    }

    private var cameBack: HTML {
        Parts.panel(L("退回 \(sums.returned.count) 笔", "Returned: \(sums.returned.count)"), id: "returned") {
            Parts.table(
                L("退回的各笔", "Lines that came back"),
                CaseNames.headings + [
                    L("月份", "Month"), L("金额（元）", "Amount"), L("退回原因", "The bank's reason"), L("怎么办", "What to do"),
                ], rows: returned.map(row), numbers: [5])
            if let next {
                Parts.link(
                    L("下一页", "Next page"),
                    Link("money", "paid", month.description, query: [("after", next.description)]))
            }
        }
    }

    private func row(_ row: Returned) -> [HTML] {
        names.cells(row.application) + [
            .text(row.line.text("month") ?? ""), MoneyPages.cell(row.line.number("amount_fen")),
            .text(Shown.masked(reason: row.reversal?.text("return_code") ?? "")), whatToDo(row),
        ]
    }

    private func whatToDo(_ row: Returned) -> HTML {
        if row.isPaidAnew { return Parts.badge(L("已重新列入名册", "on a later roll"), .fine) }
        guard row.hold != nil else {
            return Parts.badge(L("待冻结下一批", "due: freeze the next batch"), .soon)
        }
        let id = row.line.record.id.description
        return .group([
            Tag.p {
                correct(row)
                L(
                    "：更正之后由另一人冻结下一批；账户没有错的，写明理由，确认照原账户重发。",
                    ": another freezes the next batch then. Where it is right, say why and that it is paid there again."
                )
            },
            again(id, row),
        ])
    }

    private func correct(_ row: Returned) -> HTML {
        let words = L("更正账户", "Correct the account")
        if mayWork, let account = row.account { return Parts.link(words, Link("records", account.description, "edit")) }
        return row.household.map { Parts.link(words, Link("households", $0.description)) } ?? .text(words)
    }

    private func again(_ id: String, _ row: Returned) -> HTML {
        guard mayWork else { return .empty }
        guard !row.makers.contains(where: { MoneyAdmission.isSame($0, request.person.author) }) else {
            return Tag.small(
                text: L(
                    "退回是您登记的，或账户是您改的：重发由另一位经办人确认。",
                    "You recorded the return or changed the account: another says that it is paid again."))
        }
        return Parts.form(
            Link("money", "lines", id, "again"), request, seen: seq, submit: L("照原账户重发", "Pay there again")
        ) { Parts.reason(key: "\(id.suffix(8))-") }
    }

    private var takingIn: HTML {
        guard mayWork, !payFiles.isEmpty else { return .empty }
        return Parts.panel(L("登记银行退回", "Take in what the bank sent back"), id: "take-in") {
            MoneyReturnsPage.form(request, seen: seq)
        }
    }
}

/// What a return file came to.
struct MoneyReturnsPage: ConsolePage {
    let report: ReturnDesk.Report
    /// The header and the rejected rows, as they were sent: to be corrected; empty where there are none.
    let left: String
    let request: ConsoleRequest
    let seq: Seq

    init(report: ReturnDesk.Report, rows: String, request: ConsoleRequest, seq: Seq) throws {
        (self.report, self.request, self.seq) = (report, request, seq)
        left = report.rejected.isEmpty ? "" : try ImportPage.rows(of: rows, at: Set(report.rejected.map(\.line)))
    }

    /// - Parameter rows: of a file that was sent before, to be corrected.
    static func form(_ request: ConsoleRequest, seen: Seq, rows: String = "") -> HTML {
        Parts.form(Link("money", "returns"), request, seen: seen, submit: L("读入", "Take in")) {
            Parts.upload(into: "f-rows", L("银行退回文件（CSV）", "The bank's file (CSV)"), accept: ".csv,text/csv")
            Parts.textarea(
                "rows", L("退回文件的内容（含表头）", "What is in it, with its header"), value: rows, isRequired: true,
                help: L(
                    "列名同发放文件：批次号、发放账号、补贴金额，最好还有所属月份、项目编码、身份证号；另加退回原因。有错的行写明行号，不影响其他行。",
                    "Columns as in the pay file: 批次号, 发放账号, 补贴金额, better also 所属月份, 项目编码, 身份证号, and 退回原因. A bad row is reported with its line and stops nothing."
                ), rows: 6, limit: FormFields.Limit.bodyBytes)
        }
    }

    /// What stands in the rejected rows, numbers masked, by line: for one of several lines its first.
    private var contents: [Int: String] {
        let lines = left.split(separator: "\n").dropFirst()
        let rejected = Set(report.rejected.map(\.line)).sorted()
        guard lines.count == rejected.count else { return [:] }
        return Dictionary(
            zip(rejected, lines.map { Masking.numbers(in: String($0), alsoPhones: false) })
        ) { first, _ in first }
    }

    var title: String { L("银行退回文件", "The bank's return file") }
    var json: JSONValue { report.document }

    func body() -> HTML {
        let contents = contents
        return .group([
            Parts.note(
                L(
                    "\(report.rows) 行：退回 \(report.returned.count) 笔，\(MoneyPages.yuan(report.totalFen)) 元；\(report.rejected.count) 行有问题。",
                    "\(report.rows) rows: \(report.returned.count) lines returned, \(MoneyPages.yuan(report.totalFen)) yuan; \(report.rejected.count) rows rejected."
                ), report.rejected.isEmpty ? .fine : .soon),
            Parts.panel(L("有问题的行", "Rejected rows")) {
                Parts.table(
                    L("有问题的行", "Rejected rows"),
                    [L("行", "Line"), L("列", "Column"), L("原因", "Why"), L("内容", "What it says")],
                    rows: report.rejected.prefix(1_000).map {
                        [.text(String($0.line)), .text($0.field), .text($0.reason), .text(contents[$0.line] ?? "")]
                    }, numbers: [0])
                if !left.isEmpty {
                    Tag.p(text: L("这些行没有登记，留在下面，改好后再读入。", "These rows stand below: correct them and take them in."))
                    Self.form(request, seen: seq, rows: left)
                }
            },
            .group(
                Set(report.returned.compactMap { $0.line.text("month") }).sorted().map { month in
                    Tag.p {
                        Parts.link(L("\(month) 发放与退回", "Paid and returned, \(month)"), Link("money", "paid", month))
                    }
                }),
        ])
    }
}

extension Linked {
    /// Of a pay file: batch, when, by whom, rows, total, id.
    var payFileCells: [HTML] {
        [
            .text(number("batch").map { "\($0)" } ?? L("全部", "all")), time("written_at").map(Parts.time) ?? .empty,
            .text(text("written_by") ?? ""), .text(String(number("rows") ?? 0)),
            MoneyPages.cell(number("total_fen")), .text(record.id.description),
        ]
    }

    var payFileName: String {
        let batch = number("batch").map { L("第 \($0) 批", "batch \($0)") } ?? L("全部批次", "all batches")
        return "\(batch) \(time("written_at").map(PlainText.of) ?? "") \(MoneyPages.yuan(number("total_fen") ?? 0))"
    }

    var payFileDocument: JSONValue {
        .object([
            ("id", .string(record.id.description)), ("batch", JSONValue(value("batch"))),
            ("rows", JSONValue(value("rows"))), ("totalFen", JSONValue(value("total_fen"))),
            ("writtenBy", JSONValue(value("written_by"))), ("writtenAt", JSONValue(value("written_at"))),
        ])
    }
}
