import GRDB
import SyncEngine

/// A table that people look at, print or take away: the same columns on a page, as XLSX, CSV and JSON. Its rows are
/// read page by page, so that a district's worth of them never stands in memory.
struct Table: Sendable {
    struct Column: Sendable {
        /// The key in JSON, lower camel case.
        let name: String
        /// The heading: the column name of DOMAIN section 8 where it has one. Files say it in Chinese, whoever exports.
        let title: Label
        var display: Display = .plain
    }

    /// What a page makes of a column. Files and JSON have every column.
    enum Display: Hashable, Sendable {
        case plain
        /// A code or an id that only programs need.
        case hidden
        /// An id, as a link to its page.
        case open(Target)
        /// What stands there, as a link to the page of the id in another column.
        case link(Target, id: String)
    }

    /// The pages that rows lead to, by the first part of their addresses.
    enum Target: String, Sendable { case households, cases, records, conflicts, duplicates, samples }

    /// What one place of a row holds.
    enum Cell: Hashable, Sendable {
        case empty
        case text(String)
        /// Words of the program: a page says them in the reader's language, a file in Chinese.
        case label(Label)
        /// A code with what it means: people read the words, JSON has the code.
        case code(String, Label)
        case number(Int64)
        /// Money, in fen; shown in yuan.
        case fen(Int64)
        case day(CalendarDay)
        /// A part of a whole, as `12.5` of a hundred, shown with one decimal.
        case percent(tenths: Int64)
    }

    /// Some rows, and where the next ones begin; `nil` at the end.
    struct Page: Sendable {
        var rows: [[Cell]]
        var next: Place?
    }

    /// A place in the order of a table: opaque to everybody but the table itself.
    struct Place: Hashable, Sendable {
        let key: String
    }

    /// The name in commands, addresses and file names: lower case, words joined by `-`.
    let name: String
    let title: Label
    let columns: [Column]
    /// Whether its rows are computed all at once, whatever is asked for: a file takes them in one go.
    let isComputed: Bool
    /// Reads at most `limit` rows after a place (`nil`: from the beginning), on one snapshot.
    /// - Throws: what reading throws.
    let page: @Sendable (_ after: Place?, _ limit: Int, Database) throws -> Page

    init(
        _ name: String, _ title: Label, columns: [Column],
        isComputed: Bool = false, page: @escaping @Sendable (_ after: Place?, _ limit: Int, Database) throws -> Page
    ) {
        self.name = name
        self.title = title
        self.columns = columns
        self.isComputed = isComputed
        self.page = page
    }

    /// A small table: its rows are computed at once, and shown a screen at a time.
    init(
        _ name: String, _ title: Label, columns: [Column],
        rows: @escaping @Sendable (Database) throws -> [[Cell]]
    ) {
        self.init(name, title, columns: columns, isComputed: true) { after, limit, database in
            let all = try rows(database)
            let start = min(max(0, after.flatMap { Int($0.key) } ?? 0), all.count)
            let end = all.count - start > limit ? start + limit : all.count
            return Page(rows: Array(all[start..<end]), next: end < all.count ? Place(key: String(end)) : nil)
        }
    }
}

extension Table.Column {
    init(_ name: String, _ zh: String, _ en: String, _ display: Table.Display = .plain) {
        self.init(name: name, title: Label(zh: zh, en: en), display: display)
    }
}
