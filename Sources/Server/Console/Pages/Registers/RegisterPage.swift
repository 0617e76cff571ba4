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
            let isSummed = request.query["compute"] == "yes"
            return try console.page { database, seq in
                RegisterPage(
                    seq: seq, request: request, register: register, entry: entry, table: table,
                    page: try table.page(after, TablePage.rows, database),
                    counts: try RegisterList(register: register, tables: tables, database: database)
                        .counts(on: request.now.day),
                    summary: isSummed
                        ? try summary(
                            of: register, request, RegisterReader(tables: tables, database: database)) : nil,
                    known: TableParts.Known(console.township))
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
    /// What all its entries of the filter come to, when that was asked for.
    let summary: JSONValue?
    let known: TableParts.Known

    private static func summary(
        of register: Register, _ request: ConsoleRequest, _ reader: RegisterReader
    ) throws -> JSONValue {
        let asked = try TableCatalogue.Request(request)
        let selection = Register.Selection(village: asked.village?.code, from: asked.from, to: asked.to)
        return RegisterDocument(register, selection, of: try reader.book(of: register, today: request.now.day)).summary
    }

    var title: String { register.label.text() }

    /// `seq`, `register`, `open`, `overdue`, `rows`, `after`; `summary`, with `compute=yes`.
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("register", .string(register.name)),
            ("open", counts.map { .int(Int64($0.open)) } ?? .null),
            ("overdue", counts.map { .int(Int64($0.overdue)) } ?? .null),
            ("rows", .array(page.rows.map { Table.document($0, table.columns) })),
            ("after", page.next.map { .string($0.key) } ?? .null), ("summary", summary ?? .null),
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
            sums,
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

    /// By day and village alone: what it all comes to is in every state.
    private var sums: HTML {
        guard case .members(let members)? = summary else {
            guard register.isWritten else { return .empty }
            let query = TableParts.query(request).filter { $0.0 != "state" } + [("compute", "yes")]
            return Tag.p {
                Parts.link(
                    L("算出合计（按村居、日期）", "Add up (by village and days)"), Link(["registers", register.name], query: query))
            }
        }
        var facts: [(label: String, value: HTML)] = []
        var tables: [HTML] = []
        for member in members {
            let word = RegisterWords.word(member.key)
            switch member.value {
            case .int(let fen) where member.key == "amountFen":
                facts.append((L("合计（元）", "Sum (yuan)"), .text(Yuan.text(fen))))
            case .int(let number): facts.append((word, .text(String(number))))
            case .members(let inner):
                for case (let key, .int(let number)) in inner.map({ ($0.key, $0.value) }) {
                    facts.append((word + L("：", ": ") + RegisterWords.word(key), .text(String(number))))
                }
            case .array(let rows): tables.append(Self.table(word, rows))
            default: break
            }
        }
        return Parts.panel(L("合计", "Sums"), id: "sums") {
            facts.isEmpty && tables.isEmpty ? Tag.p(.class(.empty), text: L("没有", "None")) : Parts.facts(facts)
            for table in tables { table }
        }
    }

    private static func table(_ caption: String, _ rows: [JSONValue]) -> HTML {
        let lines = rows.compactMap { if case .members(let members) = $0 { members } else { nil } }
        return Parts.table(
            caption, (lines.first ?? []).map { RegisterWords.word($0.key) },
            rows: lines.map { line in
                line.map { member in
                    switch member.value {
                    case .string(let code): Shown.village(code)
                    case .int(let number): .text(String(number))
                    default: .empty
                    }
                }
            }, numbers: Set(1..<max(1, lines.first?.count ?? 1)))
    }
}
