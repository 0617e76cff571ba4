import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// The area of money: from the month's roll to money that was paid, sent back, claimed back and compared (docs/money.md).
/// The pages add nothing to what the desks decide; they show it, and hand in who acts.
enum MoneyPages {
    static let routes: [ConsoleRoute] =
        MoneyMonthPage.routes + MoneyRollPage.routes + MoneyPlanPage.routes + MoneyPaidPage.routes
        + MoneyReconcilePage.routes + MoneyBudgetPage.routes + MoneyRecoveryPage.routes + MoneyArrearsPage.routes

    /// Rows of a list on one page.
    static let rows = 50

    /// The pages of a month, and those beside it.
    /// - Parameter page: the one that is shown.
    static func tabs(_ month: Month, at page: any ConsolePage.Type) -> HTML {
        let text = month.description
        let pages: [(String, Link, any ConsolePage.Type)] = [
            (L("本月", "The month"), Link("money", query: [("month", text)]), MoneyMonthPage.self),
            (L("名册", "Roll"), Link("money", "roll", text), MoneyRollPage.self),
            (L("支出计划", "Plan"), Link("money", "plan", text), MoneyPlanPage.self),
            (L("发放与退回", "Paid, returned"), Link("money", "paid", text), MoneyPaidPage.self),
            (L("核对", "Compared"), Link("money", "reconcile", text), MoneyReconcilePage.self),
            (L("补发", "Arrears"), Link("money", "arrears", query: [("month", text)]), MoneyArrearsPage.self),
            (L("预算", "Budget"), Link("money", "budget", String(month.year)), MoneyBudgetPage.self),
            (L("追回", "Claimed back"), Link("money", "recoveries"), MoneyRecoveryPage.self),
        ]
        return Tag.ul(.class(.tabs)) {
            for (text, link, shown) in pages {
                Tag.li { Tag.a(.href(link), shown == page ? .ariaCurrent : nil, text: text) }
            }
        }
    }

    static func yuan(_ fen: Int64) -> String { Table.Cell.fen(fen).plain }
    static func cell(_ fen: Int64?) -> HTML { .text(fen.map(yuan) ?? "") }

    /// A kept figure says of when it is, and whether something was written since.
    static func edition(at: Instant, seq: Seq, head: Seq) -> HTML {
        Tag.p(.class(.hint)) {
            L("算于 ", "Worked out at ")
            Parts.time(at)
            seq == head
                ? L("，之后没有变化。", "; nothing was written since.")
                : L("（序号 \(seq)），之后又有变化，可以重算。", " (seq \(seq)); something was written since: work it out anew.")
        }
    }

    /// Asks for what takes long.
    static func compute(_ link: Link, _ label: String) -> HTML {
        Tag.form(.action(link), .method(.get)) {
            Tag.input(.type(.hidden), .name("compute"), .value("yes"))
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: label) }
            Tag.small(text: L("要逐件计算，户数多时需要一会儿。", "Every case is worked out: with many households this takes a while."))
        }
    }

    static func isAsked(_ request: ConsoleRequest) -> Bool { request.query["compute"] == "yes" }

    static func programme(_ programme: Programme?) -> HTML { .text(programme?.label.text() ?? "") }

    /// One snapshot of the records, and before it the ledger brought up to date.
    static func read<Result>(_ console: Console, _ body: (Database, Seq) throws -> Result) throws -> Result {
        try Ledger(township: console.township).refresh()
        return try console.read(body)
    }
}

extension ConsoleRequest {
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func month() throws -> Month { try Month(parsing: part("month")) }

    /// An amount in yuan that was typed, in fen.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` of the field.
    func fen(_ name: String) throws -> Int64 {
        guard let fen = Yuan.fen(try required(name)) else {
            throw Problem(.badValue, name, explanation: MoneyArgument.shape)
        }
        return fen
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func batch() throws -> Int64? {
        try optional("batch").map { text in
            guard let batch = Int64(text), batch > 0 else { throw Problem(.badValue, "batch") }
            return batch
        }
    }

    func requiredDay(_ name: String) throws -> CalendarDay {
        guard let day = try day(name) else { throw Problem(.badValue, name) }
        return day
    }

    /// The maker is not the checker (R12).
    /// - Throws: ``Problem`` ``Problem/Code/samePerson``.
    func isAnother(than author: String?) throws {
        guard !MoneyAdmission.isSame(author, person.author) else { throw Problem(.samePerson) }
    }
}

/// Whom a row is about, as the ledger knows the case: village, household, name. It is read while the records are; it is
/// up to date on a page that is made by ``MoneyPages/read(_:_:)``.
struct CaseNames {
    private let entries: [RecordID: LedgerCase]

    init(_ cases: some Sequence<RecordID>, in console: Console) throws {
        let ids = Set(cases)
        entries =
            ids.isEmpty
            ? [:]
            : try Ledger(township: console.township).snapshot { reader in
                Dictionary(
                    uniqueKeysWithValues: try ids.compactMap { id in try reader.entry(id).map { (id, $0) } })
            }
    }

    func name(_ id: RecordID) -> HTML {
        Parts.link(entries[id]?.person?.name ?? L("申请", "Case"), Link("cases", id.description))
    }
    func village(_ id: RecordID) -> HTML { entries[id].map { Shown.village($0.village.code) } ?? .empty }
    func number(_ id: RecordID) -> HTML { .text(entries[id]?.number ?? "") }
    func programme(_ id: RecordID) -> HTML { MoneyPages.programme(entries[id]?.programme) }

    static var headings: [String] {
        [L("村居", "Village"), L("户编号", "Household"), L("姓名", "Name"), L("项目", "Programme")]
    }
    func cells(_ id: RecordID) -> [HTML] { [village(id), number(id), name(id), programme(id)] }
}
