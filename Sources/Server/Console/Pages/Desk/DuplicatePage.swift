import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Two records side by side, why they may be one, and what a clerk decides.
struct DuplicatePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/duplicates/{id}") { console, request in
            let page = try page(console, request)
            for subject in page.item.subjects {
                try console.keepView(of: subject.record.id, page: "duplicate", by: request)
            }
            return .page(page)
        },
        .post("/duplicates/{id}/accept") { console, request in
            let keep = request.form["keep"] ?? ""
            return try acting(console, request) { try $0.accept($1, keep: keep, act: $2) }
        },
        .post("/duplicates/{id}/dismiss") { console, request in
            try acting(console, request) { DuplicateDesk.Merge(seq: try $0.dismiss($1, act: $2)) }
        },
        .post("/duplicates/{id}/reopen") { console, request in
            try acting(console, request) { try $0.reopen($1, act: $2) }
        },
    ]

    let request: ConsoleRequest
    let seq: Seq
    let item: DuplicateReader.Item
    /// What hangs below each of the two, by kind.
    let below: [[(kind: KindSchema, count: Int)]]
    let households: [Linked?]
    /// Of a household, its people.
    let people: [[Linked]]

    private static func page(
        _ console: Console, _ request: ConsoleRequest
    ) throws -> DuplicatePage {
        try console.read { database, seq in
            let tables = console.township.database.tables
            let item = try DuplicateReader(tables: tables, database: database).item(request.part("id"))
            let conflicts = ConflictReader(tables: tables, database: database)
            let dependents = try item.subjects.map { subject in
                try tables.dependents(of: subject.record, in: database).filter { !$0.isDeleted }
            }
            let below = dependents.map { records in
                let counts = Dictionary(grouping: records, by: \.kind).mapValues(\.count)
                return tables.schema.kinds.compactMap { kind in
                    counts[kind.name].map { (kind: kind, count: $0) }
                }
            }
            return DuplicatePage(
                request: request, seq: seq, item: item, below: below,
                households: try item.subjects.map { subject in
                    subject.kind.name == householdKind.name
                        ? nil : try conflicts.household(of: subject.record, kind: subject.kind).flatMap(Linked.init)
                },
                people: dependents.map { records in
                    records.compactMap(Linked.init).filter { $0.kind.name == memberKind.name }
                })
        }
    }

    /// The last act on the two, or on the finding, must have been seen.
    private static func acting(
        _ console: Console, _ request: ConsoleRequest,
        _ body: (DuplicateDesk, String, Desk.Act) throws -> DuplicateDesk.Merge
    ) throws -> ConsoleAnswer {
        let id = try request.record()
        let act = try console.act(request, reason: try request.required("reason")) { database, _ in
            let reader = DuplicateReader(tables: console.township.database.tables, database: database)
            return [id] + (try reader.item(id.description)).records
        }
        let merge = try body(DuplicateDesk(township: console.township), id.description, act)
        return .done(
            Link("duplicates", id.description, query: [("done", String(merge.seq))]), merge.document(of: id))
    }

    var title: String { item.rule.label.text() }

    var json: JSONValue {
        guard case .members(let members) = item.document else { return .null }
        let masked = members.map { member in
            guard member.key == "reason", case .string(let reason) = member.value else { return member }
            return JSONValue.Member("reason", .string(Shown.masked(reason: reason)))
        }
        return JSONValue.members(masked).adding([("page", .int(Int64(seq)))])
    }

    // MARK: - Body

    func body() -> HTML {
        .group([
            Parts.panel(title) {
                Tag.p {
                    Parts.badge(item.state.label.text(), item.state == .open ? .soon : .fine)
                    " "
                    Self.why(item.rule)
                }
                sides
            },
            decided, acts,
        ])
    }

    private static func why(_ rule: DuplicateRecord.Rule) -> String {
        switch rule {
        case .householdTwice: L("两户的户主或全部成员身份证号相同。", "The heads, or all the people, have the same numbers.")
        case .twoProgrammes: L("同一个人在享受政策规定不能同时享受的两项救助。", "The policy lets nobody have both benefits.")
        case .onePersonTwice, .twoHouseholds, .twoVillages:
            L("两条记录的身份证号相同。", "The two have the same identity number.")
        }
    }

    /// Field by field; what differs stands out.
    private var sides: HTML {
        guard let kind = item.subjects.first?.kind else { return .empty }
        let fields = kind.fields.filter { field in
            // Where a record belongs stands in the heads, by name.
            field.type != .reference && item.subjects.contains { !Self.value(field, $0).isNull }
        }
        let rows = fields.map { field -> [HTML] in
            let differs = Set(item.subjects.map { Self.value(field, $0) }).count > 1
            return [.text(field.label.text())]
                + item.subjects.map { subject in
                    let shown = Shown.value(Self.value(field, subject), of: field, in: kind)
                    return differs ? Tag.strong { shown } : shown
                }
        }
        let heads = item.subjects.enumerated().map { index, subject -> HTML in
            .group([
                Parts.link(subject.text.isEmpty ? "-" : subject.text, Link("records", subject.record.id.description)),
                Tag.br(), Tag.small { Shown.village(subject.record.scope.code) }, Tag.br(), place(index),
            ])
        }
        let counts = below.map { HTML.text(DeskParts.joined($0.map { "\($0.kind.label.text()) \($0.count)" })) }
        return Parts.table(
            title, [L("字段", "Field"), L("记录一", "First"), L("记录二", "Second")],
            rows: [[.text(L("记录", "Record"))] + heads] + rows
                + (people.allSatisfy(\.isEmpty) ? [] : [[.text(L("家庭成员", "Members"))] + people.map(Self.names)])
                + [[.text(L("下面有", "Below it"))] + counts], stacks: true)
    }

    private static func names(_ people: [Linked]) -> HTML {
        Tag.ul {
            for person in people.prefix(DeskParts.pageRows) {
                Tag.li {
                    (DeskParts.personName(person) ?? "") + " "
                    Shown.value("id_number", of: person)
                }
            }
        }
    }

    private static func value(_ field: FieldSchema, _ subject: DuplicateReader.Subject) -> Value {
        let named = subject.record.named(in: subject.kind)
        return field.derivation.map { $0(named) } ?? subject.record.value(field.name, in: subject.kind)
    }

    private func place(_ index: Int) -> HTML {
        guard households.indices.contains(index), let home = households[index] else { return .empty }
        return Parts.link(DeskParts.name(of: home), Link("households", home.record.id.description))
    }

    private var decided: HTML {
        guard item.state == .merged || item.state == .notDuplicate else { return .empty }
        let kept = item.subjects.first { $0.record.id == item.value("kept").recordID }
        return Parts.panel(item.state.label.text()) {
            Parts.facts([
                (
                    L("保留的", "Kept"),
                    .text(kept.map { "\($0.text) \(VillageNames.current.name(of: $0.record.scope.code))" } ?? "")
                ),
                (L("处理人", "Decided by"), .text(item.value("decided_by").text ?? "")),
                (L("理由", "Why"), .text(Shown.masked(reason: item.value("reason").text ?? ""))),
            ])
        }
    }

    private var acts: HTML {
        guard Permission.work.isGiven(to: request.person.role) else { return DeskParts.onlyLooking(request.person) }
        switch item.state {
        case .open: return .group([item.rule == .twoProgrammes ? stopOne : merge, dismiss])
        case .merged, .notDuplicate:
            return Parts.panel(L("撤回处理", "Take the decision back")) {
                form("reopen", L("撤回，恢复待处理", "Take back"), .danger) { .empty }
            }
        case .gone: return Parts.note(L("疑点已经消除，不用处理。", "It no longer holds: there is nothing to do."))
        }
    }

    private var stopOne: HTML {
        Parts.note(
            L(
                "两项救助不能合并：到办件里停发其中一项，疑点随之消除；确实可以同时享受的，写明理由排除。",
                "Benefits are not merged: stop one of the cases, or say why both are right."),
            .soon)
    }

    private var merge: HTML {
        Parts.panel(L("是同一个：合并", "They are one: merge")) {
            form("accept", L("合并", "Merge"), .primary) {
                Tag.fieldset {
                    Tag.legend(
                        text: L(
                            "保留哪一条（另一条并入它，不会删除）", "Which one is kept; the other becomes its alias, nothing is deleted"))
                    for (index, subject) in item.subjects.enumerated() {
                        Tag.p {
                            Tag.label {
                                Tag.input(
                                    .type(.radio), .name("keep"), .value(subject.record.id.description),
                                    .id("keep-\(index)"), .required)
                                L("记录\(index == 0 ? "一" : "二")：", index == 0 ? "First: " : "Second: ")
                                subject.text + " " + VillageNames.current.name(of: subject.record.scope.code)
                            }
                        }
                    }
                }
            }
        }
    }

    private var dismiss: HTML {
        Parts.panel(L("不是重复", "They are not")) {
            form("dismiss", L("排除，以后不再提示", "Dismiss for good"), .plainButton) { .empty }
        }
    }

    private func form(
        _ act: String, _ submit: String, _ style: StyleClass, @HTMLBuilder content: () -> HTML
    ) -> HTML {
        let content = content()
        return Parts.form(
            Link("duplicates", item.record.id.description, act), request, seen: seq, submit: submit, style: style
        ) {
            content
            Parts.reason(key: "\(act)-")
        }
    }
}

extension DuplicateDesk.Merge {
    /// `id`, `records` that became or ceased to be aliases, `differing` [`kept`, `merged`, `fields`], `seq`.
    func document(of id: RecordID) -> JSONValue {
        .object([
            ("id", .string(id.description)),
            ("records", .array(merged.map { .string($0.description) })),
            (
                "differing",
                .array(
                    differing.map { pair in
                        .object([
                            ("kept", .string(pair.kept.description)), ("merged", .string(pair.merged.description)),
                            ("fields", .array(pair.fields.map(JSONValue.string))),
                        ])
                    })
            ),
            ("seq", .int(Int64(seq))),
        ])
    }
}
