import Assistance
import CommandSupport
import Markup
import SyncEngine

/// One register: its table a screen at a time, its files, and the way to a new entry or draw.
struct RegisterPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/registers/{name}") { console, request in
            let register = try Register.named(String(request.part("name").prefix(40)))
            let entry = try TableCatalogue.entry(RegisterTable.name(of: register))
            let table = try TableCatalogue.table(
                entry.name, try TableCatalogue.Request(request), of: console.township)
            let after = request.query["after"].map { Table.Place(key: String($0.prefix(200))) }
            let tables = console.township.database.tables
            return try console.page { database, seq in
                RegisterPage(
                    seq: seq, request: request, register: register, entry: entry, table: table,
                    page: try table.page(after, TablePage.rows, database),
                    counts: try RegisterList(register: register, tables: tables, database: database)
                        .counts(on: request.now.day), known: TableParts.Known(console.township))
            }
        }
    ]

    let seq: Seq
    let request: ConsoleRequest
    let register: Register
    /// Its table, as it is taken away.
    let entry: TableCatalogue.Entry
    let table: Table
    let page: Table.Page
    let counts: RegisterList.Counts?
    let known: TableParts.Known

    var title: String { register.label.text() }

    /// `seq`, `register`, `open`, `overdue`, `rows`, `after`.
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("register", .string(register.name)),
            ("open", counts.map { .int(Int64($0.open)) } ?? .null),
            ("overdue", counts.map { .int(Int64($0.overdue)) } ?? .null),
            ("rows", .array(page.rows.map { Table.document($0, table.columns) })),
            ("after", page.next.map { .string($0.key) } ?? .null),
        ])
    }

    private var mayEnter: Bool { register.mayEnter(request.person) }

    func body() -> HTML {
        .group([
            Tag.ul(.class(.tabs)) {
                Tag.li { Parts.link(L("全部登记簿", "All registers"), Link("registers")) }
                if register.isWritten, mayEnter {
                    Tag.li { Parts.link(L("新增一条", "New entry"), Link("registers", register.name, "new")) }
                }
            },
            standing,
            TableParts.filters(of: entry, request, known, action: Link("registers", register.name)),
            Parts.table(table, rows: page.rows),
            TableParts.pages(["registers", register.name], request, next: page.next),
            register.name == SamplePage.register && mayEnter ? SamplePage.drawForm(request, seen: seq) : .empty,
            TableParts.files(of: entry, request),
        ])
    }

    private var standing: HTML {
        guard let counts else { return .empty }
        return Tag.p {
            L("未办结 \(counts.open) 条", "\(counts.open) open")
            if register.waiting?.due != nil { L("，其中逾期 \(counts.overdue) 条", ", \(counts.overdue) of them overdue") }
            L("。", ".")
        }
    }
}
