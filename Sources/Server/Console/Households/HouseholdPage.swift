import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// A household and everything that is known of it, now or at the end of an earlier day.
struct HouseholdPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households/{id}") { console, request in
            let id = try request.record()
            _ = try console.look(at: id, page: "household", by: request)
            let tables = console.township.database.tables
            return try console.page { database, seq in
                let asOf = try AsOf(request.query, LogReader(database, tables: tables), head: seq)
                let file = try HouseholdRecords(id, asOf: asOf?.seq, tables: tables, in: database)
                return HouseholdPage(
                    seq: seq, file: file, asOf: asOf,
                    clearance: try Clearance(of: file.root.record.id, for: request, tables: tables, in: database),
                    history: asOf == nil
                        ? try HouseholdHistory(of: file.everything, limit: shownSets, tables: tables, in: database)
                        : nil, request: request)
            }
        },
        .post("/households/{id}/disclosure", .disclose) { console, request in
            try Clearance.ask(console, request, backTo: "households")
        },
    ]

    /// Sets of the history that the page itself shows.
    private static let shownSets = 8

    let seq: Seq
    let file: HouseholdRecords
    let asOf: AsOf?
    let clearance: Clearance
    let history: HouseholdHistory?
    let request: ConsoleRequest

    var title: String { file.title.isEmpty ? L("住户", "Household") : file.title }
    var root: Linked { file.root }
    var id: String { root.record.id.description }
    var sourced: Sourced { Sourced(isClear: clearance.isClear, asOf: asOf?.seq) }
    /// An earlier day is looked at, not changed.
    var canWork: Bool { asOf == nil && Permission.work.isGiven(to: request.person.role) }

    /// `seq`, `asOf`, `clearUntil`, `household`, `members` … as records, `payments` with `next`.
    var json: JSONValue {
        func list(_ kind: String) -> JSONValue {
            .array(file.all(kind).map { $0.document(isClear: clearance.isClear) })
        }
        let payments = HouseholdPayments(file, before: request.query["payments"])
        return .object([
            ("seq", .int(Int64(seq))), ("asOf", asOf?.json ?? .null), ("clearUntil", clearance.json),
            ("household", root.document(isClear: clearance.isClear)), ("members", list("member")),
            ("incomes", list("income_item")), ("expenses", list("expense_item")), ("property", list("property_item")),
            ("supporters", list("supporter")), ("accounts", list("bank_account")), ("visits", list("visit")),
            ("reports", list("change_report")),
            ("cases", list("application")),
            (
                "payments",
                .object([
                    ("count", .int(Int64(payments.count))),
                    ("lines", .array(payments.shown.map { $0.document(isClear: clearance.isClear) })),
                    ("next", payments.next.map(JSONValue.string) ?? .null),
                ])
            ), ("attachments", list(Attachment.kindName)), ("notes", list("note")),
            ("conflicts", .array(file.conflicts.map { .string($0.description) })),
            ("duplicates", .array(file.duplicates.map { .string($0.description) })),
        ])
    }

    func body() -> HTML {
        .group([
            banner, notices, links,
            asOf == nil
                ? clearance.parts(Link("households", id, "disclosure"), request, seen: seq)
                : clearance.isClear
                    ? clearance.parts(Link("households", id, "disclosure"), request, seen: seq) : .empty,
            Parts.panel(L("基本情况", "The household")) {
                sourced.facts(
                    root.kind.storedFields.map(\.name).filter { $0 != KindSchema.aliasField }, of: root,
                    people: { file.name($0) })
                if canWork { Tag.p { Parts.link(L("修改", "Edit"), Link("records", id, "edit")) } }
            },
            members, items, visits, reports, cases, payments, attachments, notes, timeline,
        ])
    }

    // MARK: - The head of the page

    private var banner: HTML {
        guard let asOf else { return .empty }
        return Tag.div(.class(.problem), .role("status")) {
            Tag.p {
                Tag.strong(
                    text: L(
                        "这是 \(asOf.words) 的情况，不是现在的。",
                        "This is how it was at \(asOf.words), not how it is now."))
            }
            Tag.p { Parts.link(L("看现在的", "See it as it is now"), Link("households", id)) }
        }
    }

    private var notices: HTML {
        guard asOf == nil, !file.conflicts.isEmpty || !file.duplicates.isEmpty else { return .empty }
        return Tag.p(.class(.hint, .grave)) {
            if !file.conflicts.isEmpty {
                L(
                    "有 \(file.conflicts.count) 个冲突待决定，决定前不发放：",
                    "Conflicts wait, and hold its payments: \(file.conflicts.count) ")
                for conflict in file.conflicts.prefix(10) {
                    Parts.link(
                        file.record(conflict).map(ConflictParts.label(of:)) ?? L("冲突", "conflict"),
                        Link("conflicts", conflict.description))
                    " "
                }
            }
            if !file.duplicates.isEmpty {
                L("疑似重复登记：", "May be on record twice: ")
                for (index, duplicate) in file.duplicates.prefix(10).enumerated() {
                    Parts.link(L("疑点 \(index + 1)", "finding \(index + 1)"), Link("duplicates", duplicate.description))
                    " "
                }
            }
        }
    }

    private var links: HTML {
        Tag.div(.class(.filters)) {
            Tag.form(.class(.filters), .action(Link("households", id)), .method(.get)) {
                Parts.field(
                    "as_of", L("查看某日终了时的情况", "As it was at the end of"), type: .date,
                    value: asOf?.day?.description ?? "", limit: 10)
                Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("查看", "Show")) }
            }
            Parts.link(L("全部历史", "Whole history"), Link("households", id, "history"))
            if ViewsPage.mayLook(request.person) {
                Parts.link(L("谁看过", "Who looked"), Link("households", id, "views"))
            }
        }
    }

    private var timeline: HTML {
        guard let history else { return .empty }
        return Parts.panel(L("历史（共 \(history.count) 次变更）", "History (\(history.count) change sets)"), id: "history") {
            TimelineParts.list(history, file: file, isClear: clearance.isClear)
            if history.next != nil {
                Tag.p { Parts.link(L("全部历史", "Whole history"), Link("households", id, "history")) }
            }
        }
    }
}

/// The end of a day, or a seq, that a page is asked to show.
struct AsOf: Sendable {
    let seq: Seq
    /// `nil` when it was asked for by seq.
    let day: CalendarDay?

    /// `as_of=2025-03-01` or `as_of=1234`, a seq; nothing for now.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    init?(_ query: FormFields, _ reader: LogReader, head: Seq) throws {
        guard let text = query["as_of"], !text.isEmpty else { return nil }
        if let seq = Seq(text), seq <= head {
            self.seq = seq
            day = nil
        } else if let day = CalendarDay(text) {
            self.day = day
            seq = try reader.seq(asOf: day.description)
        } else {
            throw Problem(.badValue, "as_of")
        }
    }

    var words: String {
        day.map { L("\($0) 终了时（日志序号 \(seq)）", "\($0), at its end (log seq \(seq))") }
            ?? L("日志序号 \(seq) 时", "log seq \(seq)")
    }
    var json: JSONValue {
        .object([("seq", .int(Int64(seq))), ("day", day.map { .string($0.description) } ?? .null)])
    }
}

/// Lines of money of a household, the newest first, some at a time.
struct HouseholdPayments: Sendable {
    static let page = 12

    let count: Int
    let shown: [Linked]
    /// The id of the last line shown; `nil` at the end.
    let next: String?

    init(_ file: HouseholdRecords, before place: String?) {
        let all = file.all("payment").sorted {
            ($0.text("month") ?? "", $0.record.id) > ($1.text("month") ?? "", $1.record.id)
        }
        count = all.count
        let start = place.flatMap { place in all.firstIndex { $0.record.id.description == place } }.map { $0 + 1 } ?? 0
        shown = Array(all[start...].prefix(Self.page))
        next = start + shown.count < all.count ? shown.last?.record.id.description : nil
    }
}
