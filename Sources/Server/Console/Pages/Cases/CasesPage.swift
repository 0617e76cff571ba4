import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// The township's cases, fifty a page, asked of the ledger.
struct CasesPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/cases") { console, request in
            let filter = try CasesFilter(request.query)
            let isWorker = Permission.work.isGiven(to: request.person.role)
            return .page(try CasesPage(filter, isWorker: isWorker, console: console))
        }
    ]

    /// Rows of a page.
    static let pageRows = 50

    struct Row: Sendable {
        let entry: LedgerCase
        let clock: LedgerEntry.Clock?
        /// What is paid; before that, what was decided.
        let amountFen: Int64?
    }

    let seq: Seq
    let filter: CasesFilter
    let rows: [Row]
    let count: Int
    /// Where the next page begins; `nil` at the end.
    let next: String?
    let now: Instant
    let isWorker: Bool

    init(_ filter: CasesFilter, isWorker: Bool, console: Console) throws {
        self.filter = filter
        self.isWorker = isWorker
        now = console.township.clock()
        seq = try console.read { $1 }
        let tables = console.township.database.tables
        func decidedFen(_ application: RecordID) throws -> Int64? {
            guard let kind = tables.schema.kind("decision") else { return nil }
            return try console.read { database, _ in
                try tables.all(of: kind, where: [("application", .text(application.description))], in: database)
                    .max { $0.seq < $1.seq }.flatMap(Linked.init)?.number("amount_fen")
            }
        }
        (rows, count, next) = try console.township.ledger.read { reader in
            let found = try reader.cases(filter.cases, after: filter.after, limit: Self.pageRows + 1)
            let shown = found.prefix(Self.pageRows)
            let rows = try shown.map { entry in
                Row(
                    entry: entry, clock: Self.pressing(try reader.clocks(of: entry.application)),
                    amountFen: try entry.amountFen ?? decidedFen(entry.application))
            }
            let next = found.count > Self.pageRows ? shown.last?.place : nil
            return (rows, try reader.caseCount(filter.cases), next)
        }
    }

    /// The clock that ends first of those that run; else the last one.
    private static func pressing(_ clocks: [LedgerEntry.Clock]) -> LedgerEntry.Clock? {
        clocks.filter { $0.stoppedAt == nil }.min { $0.due.end.milliseconds < $1.due.end.milliseconds } ?? clocks.last
    }

    var title: String { L("办件", "Cases") }

    /// `seq`, `count`, `cases` [`id`, `programme`, `status`, `household`, `number`, `applicant`, `village`, `appliedOn`,
    /// `clerk`, `amountFen`, `clock` {`clock`, `due`, `state`}], `next`.
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("count", .int(Int64(count))), ("cases", .array(rows.map(document))),
            ("next", next.map(JSONValue.string) ?? .null),
        ])
    }

    private func document(_ row: Row) -> JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        let entry = row.entry
        return .object([
            ("id", .string(entry.application.description)), ("programme", text(entry.programme?.rawValue)),
            ("status", text(entry.status?.rawValue)), ("household", text(entry.household?.description)),
            ("number", text(entry.number)), ("applicant", text((entry.applicant ?? entry.head)?.name)),
            ("village", .string(entry.village.code)), ("appliedOn", text(entry.appliedOn?.description)),
            ("clerk", text(entry.clerk)), ("amountFen", row.amountFen.map(JSONValue.int) ?? .null),
            (
                "clock",
                row.clock.map { clock in
                    .object([
                        ("clock", .string(clock.name.rawValue)), ("due", .string(clock.due.description)),
                        ("state", .string(clock.state(at: now).rawValue)),
                    ])
                } ?? .null
            ),
        ])
    }

    // MARK: - For people

    func body() -> HTML {
        .group([
            filters,
            Tag.p(.class(.hint), text: L("共 \(count) 件", "\(count) cases")),
            Parts.table(
                title,
                [
                    L("申请人", "Applicant"), L("户编号", "Household"), L("项目", "Programme"), L("状态", "Status"),
                    L("期限", "Clock"), L("村居", "Village"), L("申请日期", "Applied"), L("金额", "Yuan"), L("经办", "Clerk"),
                ], rows: rows.map(cells), numbers: [7]),
            Tag.div(.class(.pages)) {
                if filter.after != nil { Parts.link(L("第一页", "First page"), filter.link(after: nil)) }
                if let next { Parts.link(L("下一页", "Next page"), filter.link(after: next)) }
            },
        ])
    }

    private func cells(_ row: Row) -> [HTML] {
        let entry = row.entry
        let person = entry.applicant ?? entry.head
        return [
            .group([
                Parts.link(person?.name ?? Self.household(entry), Link("cases", entry.application.description)), " ",
                Tag.small(.class(.masked), text: Masking.identityNumber(person?.idNumber ?? "")),
            ]),
            .text(entry.number ?? "-"), .text(entry.programme?.label.text() ?? "-"), CaseParts.status(entry.status),
            clock(row.clock), Shown.village(entry.village.code), .text(entry.appliedOn?.description ?? "-"),
            row.amountFen.map { .text(Yuan.text($0)) } ?? .empty, .text(entry.clerk ?? "-"),
        ]
    }

    /// An application of nobody in particular is the household's.
    private static func household(_ entry: LedgerCase) -> String {
        entry.number.map { L("\($0) 户（整户）", "household \($0)") } ?? L("整户申请", "the household")
    }

    private func clock(_ clock: LedgerEntry.Clock?) -> HTML {
        guard let clock else { return .empty }
        let state = clock.state(at: now)
        return .group([
            Parts.badge(state.label.text(), CaseClocks.style(state)), " ",
            Tag.small(text: CaseClocks.text(clock.due)),
        ])
    }

    private var filters: HTML {
        let any = ("", L("全部", "all"))
        return Tag.form(.class(.filters), .action(Link("cases")), .method(.get)) {
            Parts.field("text", L("姓名、编号、首字母", "Name, number, initials"), value: filter.cases.text ?? "", limit: 60)
            Parts.select(
                "programme", L("项目", "Programme"),
                options: [any] + Programme.allCases.map { ($0.rawValue, $0.label.text()) },
                value: filter.cases.programme?.rawValue ?? "")
            Parts.select(
                "status", L("状态", "Status"), options: [any] + CaseState.allCases.map { ($0.rawValue, $0.label.text()) },
                value: filter.cases.status?.rawValue ?? "")
            Parts.select(
                "clock", L("期限", "Clock"),
                options: [any, ("late", L("已超期", "late")), ("soon", L("即将到期", "soon"))], value: filter.clockCode)
            Parts.select(
                "awaits", L("签批", "To sign"),
                options: [any, ("leader", L("等负责人签批", "waits for a leader"))],
                value: filter.cases.awaitsSignature ? "leader" : "")
            Shown.villageChoice(filter.cases.village ?? "")
            Parts.field("clerk", L("经办", "Clerk"), value: filter.cases.clerk ?? "", limit: 64)
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), .class(.primary), text: L("查看", "Show")) }
            Parts.link(L("全部", "All"), Link("cases"))
            if isWorker { Parts.link(L("成批出文书", "Documents in a batch"), Link("documents", "batch")) }
            Parts.link(L("公示", "Notices"), Link("notices"))
        }
    }
}

/// Which cases a page shows, and where it begins.
struct CasesFilter: Sendable {
    var cases = LedgerReader.CaseFilter()
    let after: String?

    var clockCode: String {
        switch cases.clock {
        case .overdue: "late"
        case .warning: "soon"
        default: ""
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for what is no programme, status or clock.
    init(_ query: FormFields) throws {
        func text(_ name: String) -> String? {
            query[name].map { $0.trimmingWhitespace() }.flatMap { $0.isEmpty ? nil : String($0.prefix(100)) }
        }
        func code<Code: RawRepresentable<String>>(_ name: String) throws -> Code? {
            try text(name).map { text in
                guard let code = Code(rawValue: text) else { throw Problem(.badValue, text) }
                return code
            }
        }
        cases.programme = try code("programme")
        cases.status = try code("status")
        cases.village = text("village")
        cases.clerk = text("clerk")
        cases.text = text("text")
        try HouseholdSearch.refuseNumbers(cases.text)
        switch text("clock") {
        case nil: break
        case "late": cases.clock = .overdue
        case "soon": cases.clock = .warning
        case let other?: throw Problem(.badValue, other)
        }
        cases.awaitsSignature = query["awaits"] == "leader"
        after = query["after"]
    }

    func link(after place: String?) -> Link {
        Link(
            "cases",
            query: [
                ("text", cases.text), ("programme", cases.programme?.rawValue), ("status", cases.status?.rawValue),
                ("clock", clockCode.isEmpty ? nil : clockCode), ("village", cases.village), ("clerk", cases.clerk),
                ("awaits", cases.awaitsSignature ? "leader" : nil), ("after", place),
            ])
    }
}
