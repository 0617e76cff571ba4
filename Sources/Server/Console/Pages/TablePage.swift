import Assistance
import CommandSupport
import Markup
import SyncEngine

/// One table of the catalogue, a screen at a time, with its files.
struct TablePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/tables/{name}") { console, request in
            let entry = try entry(of: request)
            do {
                return try page(of: entry, request, console)
            } catch let problem as Problem where !entry.needs.isEmpty {
                // What it needs is asked for on the page, not on an error.
                return .asks(problem, try TableChoicePage(entry, request, problem, console))
            }
        },
        .get("/tables/{name}/file", work: Work.file) { console, request in
            .file(try ConsoleFile(try export(console, request, isClear: false)))
        },
        // What is masked goes into a file only with a reason, which is put on record.
        .post("/tables/{name}/file", .disclose, work: Work.file) { console, request in
            .file(try ConsoleFile(try export(console, request, isClear: true)))
        },
    ]

    private static func page(
        of entry: TableCatalogue.Entry, _ request: ConsoleRequest, _ console: Console
    ) throws -> ConsoleAnswer {
        let asked = try TableCatalogue.Request(request)
        let table = try TableCatalogue.table(entry.name, asked, of: console.township)
        let after = request.query["after"].map { Table.Place(key: String($0.prefix(Self.placeLimit))) }
        return try console.page { database, seq in
            TablePage(
                request: request, seq: seq, entry: entry, table: table,
                page: try table.page(after, Self.rows, database),
                known: TableParts.Known(console.township),
                edition: try KeptTables.edition(of: table.name, in: database))
        }
    }

    /// Rows of a screen.
    static let rows = 50
    private static let placeLimit = 200

    let request: ConsoleRequest
    let seq: Seq
    let entry: TableCatalogue.Entry
    let table: Table
    let page: Table.Page
    let known: TableParts.Known
    /// Of a table that is computed by night.
    let edition: KeptTables.Edition?

    var title: String { table.title.text() }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("table", .string(table.name)),
            ("rows", .array(page.rows.map { Table.document($0, table.columns) })),
            ("after", page.next.map { .string($0.key) } ?? .null),
            ("asOf", edition.map { .string($0.asOf.description) } ?? .null),
        ])
    }

    func body() -> HTML {
        .group([
            TableParts.filters(of: entry, request, known),
            edition.map { TableParts.nightNote($0) } ?? .empty,
            // No rows before the first night do not say that there is nothing to find.
            isComputed ? Parts.table(table, rows: page.rows) : TableParts.nightNote(nil),
            TableParts.pages(["tables", table.name], request, next: page.next),
            isComputed ? TableParts.files(of: entry, request) : .empty,
        ])
    }

    /// A table of the night is there once a night has computed it.
    private var isComputed: Bool { edition != nil || !KeptTables.names.contains(table.name) }

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for no table, ``Problem/Code/notPermitted``.
    private static func entry(of request: ConsoleRequest, isClear: Bool = false) throws -> TableCatalogue.Entry {
        let entry = try TableCatalogue.entry(String(request.part("name").prefix(placeLimit)))
        guard entry.admits(request.person, isClear: isClear) else {
            throw Problem(.notPermitted, request.person.role.label.text())
        }
        return entry
    }

    private static func export(
        _ console: Console, _ request: ConsoleRequest, isClear: Bool
    ) throws -> TableExport {
        let entry = try entry(of: request, isClear: isClear)
        let name = request.query["format"] ?? "xlsx"
        guard let format = TableFormat(rawValue: name) else { throw Problem(.badValue, String(name.prefix(20))) }
        guard try console.read({ database, _ in try KeptTables.isComputed(entry.name, in: database) }) else {
            // A file with a heading alone reads as if nothing were found.
            throw Problem(
                .badValue, entry.name,
                explanation: Label(
                    zh: "“\(entry.title.zh)”还没有算过，没有可下载的文件",
                    en: "\(entry.title.en): not computed yet, there is no file to take"),
                hint: Label(zh: "夜间任务运行后再来下载。", en: "Come back once the night job has run."))
        }
        let act = Desk.Act(
            author: request.person.author, reason: isClear ? try request.required("reason") : "", now: request.now)
        return try TableExport(
            of: entry.name, try TableCatalogue.Request(request, isClear: isClear), as: format,
            from: console.township, act: act, by: request.person)
    }
}

/// A table that there is none of before something is chosen, or of what was chosen.
struct TableChoicePage: ConsolePage {
    let seq: Seq
    private let entry: TableCatalogue.Entry
    private let request: ConsoleRequest
    private let known: TableParts.Known
    /// Nothing while nothing was chosen.
    private let problem: Problem?

    init(
        _ entry: TableCatalogue.Entry, _ request: ConsoleRequest, _ problem: Problem, _ console: Console
    ) throws {
        let isChosen = entry.needs.allSatisfy { !(request.query[$0.rawValue] ?? "").isEmpty }
        seq = try console.read { $1 }
        known = TableParts.Known(console.township)
        self.entry = entry
        self.request = request
        self.problem = isChosen ? problem : nil
    }

    var title: String { entry.title.text() }

    var json: JSONValue { .object([("seq", .int(Int64(seq))), ("table", .string(entry.name))]) }

    private var notice: HTML {
        guard let problem else { return .empty }
        var refused = Refused(problem)
        refused.isOpening = true
        return FailureParts.notice(refused, in: nil)
    }

    func body() -> HTML {
        .group([
            notice,
            TableParts.filters(of: entry, request, known),
        ])
    }
}

extension TableCatalogue.Request {
    /// What a page's query asks for.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``, ``Problem/Code/unknownScope``.
    init(_ request: ConsoleRequest, isClear: Bool = false) throws {
        try self.init(
            { parameter in request.query[parameter.rawValue].flatMap { $0.isEmpty ? nil : $0 } }, isClear: isClear)
    }
}
