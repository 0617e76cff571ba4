import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// The open conflicts, the grave ones first; several alike are decided here at once.
struct ConflictListPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/conflicts") { console, request in try page(console, request) },
        .post("/conflicts") { console, request in
            let ids = try request.form.all("conflict").map { text in
                guard let id = RecordID(text) else { throw Problem(.unknownConflict, String(text.prefix(40))) }
                return id
            }
            guard !ids.isEmpty else {
                throw Problem(
                    .badValue, "conflict",
                    explanation: Label(
                        zh: "请先勾选冲突，再选采用哪个值", en: "Tick conflicts first, then choose which value stands"))
            }
            guard let side = request.form["take"].flatMap(Resolution.Side.init) else {
                throw Problem(.badValue, "take")
            }
            guard Set(ids).count == ids.count else { throw Problem(.badValue, "conflict") }
            let act = try console.act(request, reason: try request.required("reason")) { database, _ in
                try console.recordsOf(conflicts: ids, in: database)
            }
            let decided = try ConflictDesk(township: console.township).decide(
                alike: ids, side, mayOverrule: request.person.role == .leader, act: act)
            let last = decided.last?.seq ?? 0
            return .done(
                Link("conflicts", query: [("done", String(last))]),
                .object([("decided", .array(decided.map(\.document)))]))
        },
    ]

    struct Row {
        let item: ConflictReader.Item
        let household: Linked?
        let person: Linked?
        let subject: Resolution.Subject?
    }

    /// What of the list is asked for.
    struct Filter {
        var matter: ConflictMatter?
        var kind: String?
        var village: String?

        /// - Throws: ``Problem`` ``Problem/Code/badValue`` for what no conflict is about.
        init(_ query: FormFields) throws {
            matter = try query["matter"].flatMap { $0.isEmpty ? nil : $0 }.map { text in
                guard let matter = ConflictMatter(rawValue: text) else { throw Problem(.badValue, "matter") }
                return matter
            }
            kind = query["kind"].flatMap { $0.isEmpty ? nil : $0 }
            village = query["village"].flatMap { $0.isEmpty ? nil : $0 }
        }

        func admits(_ item: ConflictReader.Item) -> Bool {
            (matter.map { item.matter == $0 } ?? true) && (kind.map { item.kind.name == $0 } ?? true)
                && (village.map { item.conflict.scope.code.hasPrefix($0) } ?? true)
        }
    }

    let request: ConsoleRequest
    let seq: Seq
    let filter: Filter
    let rows: [Row]
    let next: String?
    let total: Int
    let kinds: [KindSchema]

    private static func page(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let filter = try Filter(request.query)
        return try console.page { database, seq in
            let reader = ConflictReader(tables: console.township.database.tables, database: database)
            let all = try reader.open()
            let wanted = all.filter(filter.admits)
            let shown = ListPage(wanted, after: request.query["after"], key: \.place)
            let names = Set(all.map(\.kind.name))
            return ConflictListPage(
                request: request, seq: seq, filter: filter, rows: try shown.rows.map { try row($0, reader) },
                next: shown.next, total: wanted.count,
                kinds: reader.tables.schema.kinds.filter { names.contains($0.name) })
        }
    }

    private static func row(_ item: ConflictReader.Item, _ reader: ConflictReader) throws -> Row {
        guard let subject = try? reader.subject(of: item.conflict) else {
            return Row(item: item, household: nil, person: nil, subject: nil)
        }
        let household = try reader.household(of: subject.record, kind: subject.kind)
        let named =
            subject.kind.name == memberKind.name
            ? subject.record
            : try subject.record.value("member", in: subject.kind).recordID.flatMap {
                try reader.tables.record($0, kind: memberKind, in: reader.database)
            }
        return Row(
            item: item, household: household.flatMap(Linked.init), person: named.flatMap(Linked.init), subject: subject)
    }

    var title: String { L("冲突", "Conflicts") }
    var isLive: Bool { true }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("count", .int(Int64(total))), ("conflicts", .array(rows.map(\.document))),
            ("next", next.map(JSONValue.string) ?? .null),
        ])
    }

    // MARK: - Body

    func body() -> HTML {
        let mayDecide = Permission.work.isGiven(to: request.person.role)
        return .group([
            filters,
            Tag.p(.class(.hint), text: L("待决定 \(total) 项，要紧的在前。", "\(total) to decide, the grave ones first.")),
            mayDecide || rows.isEmpty ? .empty : DeskParts.onlyLooking(request.person),
            mayDecide && !rows.isEmpty ? batch : table(isChosen: false),
            DeskParts.next(next.map { place in link(after: place) }),
        ])
    }

    private func link(after place: String?) -> Link {
        Link(
            "conflicts",
            query: [
                ("matter", filter.matter?.rawValue), ("kind", filter.kind), ("village", filter.village),
                ("after", place),
            ])
    }

    private var filters: HTML {
        DeskParts.filters(Link("conflicts")) {
            Parts.select(
                "matter", L("类别", "Matter"),
                options: [("", L("全部", "All"))] + ConflictMatter.allCases.map { ($0.rawValue, $0.label.text()) },
                value: filter.matter?.rawValue ?? "")
            Parts.select(
                "kind", L("记录", "Record"),
                options: [("", L("全部", "All"))] + kinds.map { ($0.name, $0.label.text()) }, value: filter.kind ?? "")
            Shown.villageChoice(filter.village ?? "")
        }
    }

    private var batch: HTML {
        Parts.form(Link("conflicts"), request, seen: seq, submit: L("处理勾选的", "Decide those ticked")) {
            table(isChosen: true)
            Tag.fieldset {
                Tag.legend(text: L("勾选的几项（同一个字段）一起处理", "Those ticked, of one field, together"))
                Parts.select(
                    "take", L("采用", "Take"),
                    options: [
                        ("", L("（请选择）", "(choose)")),
                        (Resolution.Side.theirs.rawValue, L("已有的值", "the value already there")),
                        (Resolution.Side.mine.rawValue, L("后到的值", "the value decided later")),
                    ], isRequired: true)
                Parts.reason(help: L("每一项都会记下这个理由", "It is kept with each of them"))
            }
        }
    }

    private func table(isChosen: Bool) -> HTML {
        let headings = [
            L("类别", "Matter"), L("住户", "Household"), L("字段", "Field"), L("已有的值", "Already there"),
            L("后到的值", "Decided later"), L("填写人", "Authors"),
        ]
        return Parts.table(
            title, (isChosen ? [L("选", "Tick")] : []) + headings,
            rows: rows.map { (isChosen ? [box($0)] : []) + cells($0) })
    }

    private func box(_ row: Row) -> HTML {
        let id = row.item.conflict.id.description
        return Tag.label {
            Tag.input(.type(.checkbox), .name("conflict"), .value(id), .id("c-\(id)"))
            Tag.span(.class(.hidden), text: L("选中", "Tick"))
        }
    }

    private func cells(_ row: Row) -> [HTML] {
        let names = [row.household.map(DeskParts.name), DeskParts.personName(row.person)].compactMap(\.self)
        let place: HTML = .group([
            Tag.span(text: DeskParts.joined(names)), Tag.br(),
            Tag.small { Shown.village(row.item.conflict.scope.code) },
        ])
        let fields = row.subject.map(ConflictParts.label) ?? row.item.field
        return [
            Parts.badge(row.item.matter.label.text(), row.item.matter.isGrave ? .grave : .mild), place,
            .group([
                Parts.link(fields, Link("conflicts", row.item.conflict.id.description)), Tag.br(),
                Tag.small(text: row.item.kind.label.text()),
            ]),
            ConflictParts.brief("theirs", row.subject), ConflictParts.brief("mine", row.subject),
            .text(DeskParts.joined(row.subject?.elements("authors") ?? [])),
        ]
    }
}

extension Console {
    /// What these conflicts are about, to see whether it has changed.
    func recordsOf(conflicts: [RecordID], in database: Database) throws -> [RecordID] {
        let reader = ConflictReader(tables: township.database.tables, database: database)
        return try conflicts.flatMap { [$0, try reader.subject($0).record.id] }
    }
}

extension ConflictDesk.Decided {
    /// `id`, `field`, `seq`: the value is on the record.
    var document: JSONValue {
        .object([
            ("id", .string(id.description)), ("field", .string(field)), ("seq", .int(Int64(seq))),
        ])
    }
}

extension ConflictListPage.Row {
    /// A conflict as ``ConflictParts/document(_:matter:)`` states it, with `household` {`id`, `number`}.
    fileprivate var document: JSONValue {
        let home = household.map {
            JSONValue.object([
                ("id", .string($0.record.id.description)), ("number", $0.text("number").map(JSONValue.string) ?? .null),
            ])
        }
        guard let subject else {
            return .object([("id", .string(item.conflict.id.description)), ("household", .null)])
        }
        return ConflictParts.document(subject, matter: item.matter).adding([("household", home ?? .null)])
    }
}
