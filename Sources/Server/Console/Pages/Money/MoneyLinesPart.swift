import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// Who is on a roll, line by line with masked accounts: before it is frozen, for whoever freezes it, and after.
struct MoneyLinesPart: Sendable {
    struct Line: Sendable {
        let application: RecordID
        let month: String
        let fen: Int64
        /// Masked.
        let account: String
        let payment: RecordID?
    }

    /// Query fields: the batch whose lines are shown, where a page of them begins, and of what is not frozen the place.
    static let (batch, after, from) = ("lines", "after", "from")

    let lines: [Line]
    let count: Int
    /// Leads to the lines that follow; `nil` on the last page.
    let next: Link?

    /// Of what is due and not frozen.
    init(_ preview: RollPreview, _ request: ConsoleRequest) {
        let start = min(preview.lines.count, max(0, request.query[Self.from].flatMap { Int($0) } ?? 0))
        count = preview.lines.count
        lines = preview.lines[start...].prefix(MoneyPages.rows).map {
            Line(
                application: $0.application, month: $0.month.description, fen: $0.fen, account: $0.account,
                payment: nil)
        }
        let end = start + lines.count
        next =
            end < count
            ? Link("money", "roll", preview.month.description, query: [(Self.from, String(end))]) : nil
    }

    /// Of a frozen roll, a page by its index.
    init(of roll: Linked, _ request: ConsoleRequest, tables: RecordTables, in database: Database) throws {
        let number = String(roll.number("batch") ?? 0)
        let isAsked = request.query[Self.batch] == number
        let start = isAsked ? request.query[Self.after].flatMap { RecordID($0) } : nil
        var query = try Query(
            database, "SELECT id FROM payment WHERE roll = ? AND deleted = 0 AND id > ? ORDER BY id LIMIT ?")
        query.bind(roll.record.id)
        query.bind(start ?? RecordID(high: 0, low: 0))
        query.bind(Int64(MoneyPages.rows + 1))
        let ids = try query.all { $0.id(0) }
        count = Int(roll.number("lines") ?? 0)
        guard let kind = tables.schema.kind("payment") else {
            (lines, next) = ([], nil)
            return
        }
        lines = try ids.prefix(MoneyPages.rows).compactMap { id in
            guard let line = try tables.record(id, kind: kind, in: database).flatMap(Linked.init),
                let application = line.value("application").recordID
            else { return nil }
            return Line(
                application: application, month: line.text("month") ?? "", fen: line.number("amount_fen") ?? 0,
                account: Masking.account(line.text("account_number") ?? ""), payment: id)
        }
        next =
            ids.count > MoneyPages.rows
            ? ids.dropLast().last.map { last in
                Link(
                    "money", "roll", roll.text("month") ?? "",
                    query: [(Self.batch, number), (Self.after, last.description)])
            } : nil
    }

    func body(_ title: String, _ names: CaseNames) -> HTML {
        .group([
            Tag.h3(text: L("\(title)：名单，共 \(count) 笔", "\(title): \(count) lines")),
            Parts.table(
                L("名单", "Who is paid"),
                CaseNames.headings + [L("月份", "Month"), L("金额（元）", "Amount"), L("账号", "Account"), ""],
                rows: lines.map { line in
                    names.cells(line.application) + [
                        .text(line.month), MoneyPages.cell(line.fen), .text(line.account),
                        line.payment.map {
                            Parts.link(L("追溯", "Trace"), Link("payments", $0.description, "trace"))
                        } ?? .empty,
                    ]
                }, numbers: [5]),
            next.map { next in Tag.p(.class(.pages)) { Parts.link(L("下一页", "Next page"), next) } } ?? .empty,
        ])
    }
}
