import Assistance
import CommandSupport
import Markup
import SyncEngine

/// One table of the catalogue, a screen at a time, with its files.
struct TablePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/tables/{name}") { console, request in
            try checkMayRead(request, isClear: false)
            let asked = try TableCatalogue.Request(request)
            let table = try TableCatalogue.table(request.part("name"), asked, of: console.township)
            let after = request.query["after"].map { Table.Place(key: String($0.prefix(Self.placeLimit))) }
            return try console.page { database, seq in
                TablePage(
                    request: request, seq: seq, table: table, page: try table.page(after, Self.rows, database),
                    edition: try KeptTables.edition(of: table.name, in: database))
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

    /// Rows of a screen.
    static let rows = 50
    private static let placeLimit = 200

    let request: ConsoleRequest
    let seq: Seq
    let table: Table
    let page: Table.Page
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
            Self.filters(of: table.name, request),
            edition.map { edition in
                Parts.note(L("夜间任务算出，截至 ", "Computed by the night job, as of ") + PlainText.of(edition.asOf))
            } ?? .empty,
            Parts.table(table, rows: page.rows),
            Self.pages(of: table.name, request, next: page.next),
            Self.files(of: table.name, request),
        ])
    }

    // MARK: - Parts that other pages of tables have too

    static func query(
        _ request: ConsoleRequest, after: Table.Place? = nil, format: TableFormat? = nil
    ) -> [(String, String?)] {
        TableCatalogue.Parameter.allCases.map {
            ($0.rawValue, request.query[$0.rawValue].flatMap { $0.isEmpty ? nil : $0 })
        }
            + [("after", after?.key), ("format", format?.rawValue)]
    }

    /// A form that asks for what the table takes.
    static func filters(of name: String, _ request: ConsoleRequest, action: Link? = nil) -> HTML {
        guard let entry = TableCatalogue.entries.first(where: { $0.name == name }), !entry.parameters.isEmpty else {
            return .empty
        }
        return Tag.form(.class(.filters), .action(action ?? Link("tables", name)), .method(.get)) {
            for parameter in TableCatalogue.Parameter.allCases where entry.parameters.contains(parameter) {
                field(parameter, value: request.query[parameter.rawValue] ?? "")
            }
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("筛选", "Filter")) }
        }
    }

    private static func field(_ parameter: TableCatalogue.Parameter, value: String) -> HTML {
        let name = parameter.rawValue
        switch parameter {
        case .month: return Parts.field(name, L("月份", "Month"), type: .month, value: value)
        case .year: return Parts.field(name, L("年份", "Year"), value: value, limit: 4)
        case .village:
            return Parts.field(name, L("村居代码（可只写前几位）", "Village code, or its beginning"), value: value, limit: 12)
        case .programme:
            let all = [(value: "", text: L("全部", "All"))]
            return Parts.select(
                name, L("救助项目", "Programme"),
                options: all + Programme.allCases.map { ($0.rawValue, $0.label.text()) }, value: value)
        }
    }

    static func pages(of name: String, _ request: ConsoleRequest, next: Table.Place?, path: [String]? = nil) -> HTML {
        let path = path ?? ["tables", name]
        return Tag.ul(.class(.pages)) {
            if request.query["after"] != nil {
                Tag.li { Parts.link(L("回到开头", "From the beginning"), Link(path, query: query(request))) }
            }
            if let next {
                Tag.li { Parts.link(L("下一页", "Next page"), Link(path, query: query(request, after: next))) }
            }
        }
    }

    static func files(of name: String, _ request: ConsoleRequest) -> HTML {
        Parts.panel(L("下载", "Download")) {
            Tag.ul(.class(.pages)) {
                for format in TableFormat.allCases {
                    Tag.li {
                        Parts.link(
                            format.rawValue.uppercased(),
                            Link(["tables", name, "file"], query: query(request, format: format)))
                    }
                }
            }
            Parts.note(L("文件中证件号、账号和敏感内容已隐去。", "Numbers of people and sensitive values are masked in the files."))
            Tag.details {
                Tag.summary(text: L("含完整信息的文件", "The file with full information"))
                Parts.form(
                    Link(["tables", name, "file"], query: query(request, format: .xlsx)), request, seen: 0,
                    submit: L("下载含完整信息的 XLSX", "Download XLSX with full information"), style: .danger
                ) {
                    Parts.reason(help: L("理由会写进日志，不能修改", "The reason goes into the log and stays"))
                }
            }
        }
    }

    /// Who looked at what is for those who answer for it; a township's numbers in clear are too, and the bank's file has a
    /// way of its own, with a second person.
    /// - Throws: ``Problem`` ``Problem/Code/notPermitted``.
    private static func checkMayRead(_ request: ConsoleRequest, isClear: Bool) throws {
        let name = request.part("name")
        let isFree = !isClear && !["disclosures", "page-views"].contains(name)
        guard isFree || [.leader, .auditor].contains(request.person.role), !isClear || name != PayFileTable.entry.name
        else { throw Problem(.notPermitted, request.person.role.label.text()) }
    }

    private static func export(
        _ console: Console, _ request: ConsoleRequest, isClear: Bool
    ) throws -> TableExport {
        try checkMayRead(request, isClear: isClear)
        let name = request.query["format"] ?? "xlsx"
        guard let format = TableFormat(rawValue: name) else { throw Problem(.badValue, String(name.prefix(20))) }
        let act = Desk.Act(
            author: request.person.author, reason: isClear ? try request.required("reason") : "", now: request.now)
        return try TableExport(
            of: request.part("name"), try TableCatalogue.Request(request, isClear: isClear), as: format,
            from: console.township, act: act)
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

/// Every table that can be taken away, and the way in for rosters.
struct ExportsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/exports") { console, request in
            try console.page { _, seq in ExportsPage(seq: seq) }
        }
    ]

    let seq: Seq

    var title: String { L("导入导出", "Files") }

    var json: JSONValue {
        .object([
            (
                "tables",
                .array(
                    TableCatalogue.entries.map { entry in
                        .object([
                            ("table", .string(entry.name)), ("title", .string(entry.title.text())),
                            ("takes", .array(entry.parameters.map(\.rawValue).sorted().map(JSONValue.string))),
                        ])
                    })
            )
        ])
    }

    func body() -> HTML {
        let reports = Set(ReportTables.entries.map(\.name))
        return .group([
            Parts.panel(L("导入名册", "Rosters in")) {
                Tag.p {
                    L("从表格（CSV）导入，先试后写：", "From a spreadsheet (CSV), a dry run first: ")
                    Parts.link(L("导入名册", "Import a roster"), Link("imports"))
                }
            },
            list(
                L("台账、统计和清单", "Ledger, statistics and lists"),
                TableCatalogue.entries.filter { reports.contains($0.name) }),
            list(L("各类记录", "Records by kind"), TableCatalogue.entries.filter { !reports.contains($0.name) }),
        ])
    }

    private func list(_ title: String, _ entries: [TableCatalogue.Entry]) -> HTML {
        Parts.panel(title) {
            Parts.table(
                title, [L("表", "Table"), L("下载", "Download")],
                rows: entries.map { entry in
                    [
                        Parts.link(entry.title.text(), Link("tables", entry.name)),
                        entry.needs.isEmpty ? files(entry) : .text(L("打开后选择", "Open it and choose")),
                    ]
                })
        }
    }

    private func files(_ entry: TableCatalogue.Entry) -> HTML {
        .group(
            TableFormat.allCases.map { format in
                .group([
                    Tag.a(
                        .href(Link(["tables", entry.name, "file"], query: [("format", format.rawValue)])),
                        .ariaLabel("\(entry.title.text()) \(format.rawValue.uppercased())"),
                        text: format.rawValue.uppercased()), " ",
                ])
            })
    }
}
