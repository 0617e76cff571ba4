import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// What can be done about a conflict: the forms, and what they lead to.
struct ConflictActs {
    let page: ConflictPage

    static let routes: [ConsoleRoute] = [
        .get("/conflicts/{id}") { console, request in try show(console, request) },
        .post("/conflicts/{id}") { console, request in
            try acting(console, request) { id, desk, act in
                try desk.decide(
                    id, try choice(request, in: console), mayOverrule: request.person.role == .leader, act: act)
            }
        },
        .post("/conflicts/{id}/undo") { console, request in
            try acting(console, request) { id, desk, act in
                try desk.undo(id, mayOverrule: request.person.role == .leader, act: act)
            }
        },
        .post("/conflicts/{id}/ask") { console, request in
            let id = try request.record()
            let text = try request.required("question")
            let act = try request.act(reason: L("问村里", "ask the village"))
            let seq = try ConflictDesk(township: console.township).ask(id, text: text, act: act)
            return .done(
                Link("conflicts", id.description, query: [("done", String(seq))]), .object([("seq", .int(Int64(seq)))]))
        },
        .post("/conflicts/{id}/clear", .disclose) { console, request in
            let reason = try request.required("reason")
            let record = try console.read { database, _ in
                try ConflictReader(tables: console.township.database.tables, database: database)
                    .subject(try request.record()).record.id
            }
            _ = try Disclosures.ask(console.township, for: record, by: request.person, reason: reason)
            return try show(console, request, clearFor: String(reason.prefix(200)))
        },
    ]

    // MARK: - Acting

    /// Acts on a page that is fresh.
    private static func acting(
        _ console: Console, _ request: ConsoleRequest,
        _ body: (RecordID, ConflictDesk, Desk.Act) throws -> ConflictDesk.Decided
    ) throws -> ConsoleAnswer {
        let id = try request.record()
        let act = try console.act(request, reason: try request.required("reason")) { database, _ in
            try console.recordsOf(conflicts: [id], in: database)
        }
        let decided = try body(id, ConflictDesk(township: console.township), act)
        return .done(Link("conflicts", id.description, query: [("done", String(decided.seq))]), decided.document)
    }

    private static func choice(_ request: ConsoleRequest, in console: Console) throws -> Resolution.Choice {
        let take = try request.required("take")
        if take.hasPrefix(written), let seq = Seq(take.dropFirst(written.count)) {
            return .values(try values(written: seq, try request.record(), in: console))
        }
        if let side = Resolution.Side(rawValue: take) { return .side(side) }
        guard take == "value" else { throw Problem(.badValue, "take") }
        let typed = try request.form.pairs.filter { $0.name.hasPrefix("value.") }.map { pair in
            let text = pair.value.trimmingCharacters(in: .whitespaces)
            guard pair.name.hasSuffix("_fen"), !text.isEmpty else {
                return (String(pair.name.dropFirst("value.".count)), text)
            }
            guard let fen = Yuan.fen(text) else {
                throw Problem(
                    .badValue, pair.name, explanation: MoneyArgument.shape)
            }
            return (String(pair.name.dropFirst("value.".count)), String(fen))
        }
        return .fields(Dictionary(typed) { first, _ in first })
    }

    /// Before the seq of a set whose values are chosen.
    static let written = "written."

    /// What somebody wrote between the two that the conflict keeps.
    private static func values(written seq: Seq, _ id: RecordID, in console: Console) throws -> [Value] {
        try console.read { database, _ in
            let reader = ConflictReader(tables: console.township.database.tables, database: database)
            let subject = try reader.subject(id)
            let writer = try reader.writers(of: subject).first { $0.entry.seq == seq }
            guard let values = writer?.values(of: subject) else { throw Problem(.badValue, "take") }
            return values
        }
    }

    // MARK: - Showing

    private static func show(
        _ console: Console, _ request: ConsoleRequest, clearFor reason: String? = nil
    ) throws -> ConsoleAnswer {
        let page = try page(console, request, isClear: reason != nil)
        try console.keepView(
            of: page.subject.record.id, page: reason.map { "conflict, clear: \($0)" } ?? "conflict", by: request)
        return .page(page)
    }

    private static func page(
        _ console: Console, _ request: ConsoleRequest, isClear: Bool = false
    ) throws -> ConflictPage {
        let id = try request.record()
        return try console.read { database, seq in
            let reader = ConflictReader(tables: console.township.database.tables, database: database)
            let subject = try reader.subject(id)
            return ConflictPage(
                request: request, seq: seq, subject: subject,
                matter: ConflictMatter(
                    kind: subject.kind.name,
                    fields: subject.isDeletion ? [Effect.deleted] : subject.fields.map(\.name)),
                writers: try reader.writers(of: subject), around: try reader.around(subject),
                decision: try reader.decision(on: subject), questions: try reader.questions(on: id),
                next: subject.state == .open
                    ? nil : try reader.open().lazy.map(\.conflict.id).first { $0 != id },
                isClear: isClear)
        }
    }
}

// MARK: - Forms

extension ConflictActs {
    private var request: ConsoleRequest { page.request }
    private var person: Person { page.request.person }
    private var id: String { page.subject.conflict.id.description }

    func body() -> HTML {
        guard Permission.work.isGiven(to: person.role) else {
            return .group([onwards, decided, DeskParts.onlyLooking(person)])
        }
        return .group([onwards, decided, decide, ask])
    }

    /// Where to go on when nothing is left to decide here.
    private var onwards: HTML {
        guard page.subject.state != .open else { return .empty }
        return Tag.p(.class(.pages)) {
            if let next = page.next {
                Parts.link(L("下一项冲突", "The next conflict"), Link("conflicts", next.description))
                " "
            }
            Parts.link(L("返回冲突列表", "Back to the list"), Link("conflicts"))
        }
    }

    private var decided: HTML {
        guard let decision = page.decision else { return .empty }
        let isOwn = decision.author == person.author || person.role == .leader
        return Parts.panel(L("已经决定", "Decided")) {
            Tag.p {
                Tag.strong(text: Shown.author(decision.author))
                " "
                Parts.time(decision.at)
                " \(Shown.reason(decision.reason))"
            }
            if decision.former == nil {
                Parts.note(
                    L(
                        "这个决定没有改动当时的值，或此后又有人改过，没有可撤销的。",
                        "It changed nothing, or others have written since: nothing to take back."))
            } else if isOwn, Permission.work.isGiven(to: person.role) {
                Parts.form(
                    Link("conflicts", id, "undo"), request, seen: page.seq, submit: L("撤销这个决定", "Take it back"),
                    style: .danger
                ) { Parts.reason(key: "undo-") }
            } else {
                Parts.note(L("由作出决定的人或负责人撤销。", "Whoever decided it, or the leader, takes it back."))
            }
        }
    }

    private var mayDecide: Bool {
        switch page.subject.state {
        case .open: true
        case .resolved: person.role == .leader || page.decision?.author == person.author
        case .superseded, nil: false
        }
    }

    private var decide: HTML {
        guard mayDecide else { return .empty }
        let title = page.subject.state == .open ? L("决定", "Decide") : L("另作决定", "Decide otherwise")
        return Parts.panel(title) {
            Parts.form(Link("conflicts", id), request, seen: page.seq, submit: L("决定", "Decide")) {
                Tag.fieldset {
                    Tag.legend(text: L("采用哪个值", "Which value stands"))
                    side("theirs", L("已有的值：", "Already there: "))
                    for writer in page.between { between(writer) }
                    side("mine", L("后到的值：", "Decided later: "))
                    third
                }
                Parts.reason(
                    help: L("例如：核对户口簿、电话问过本人", "For example: seen in the register, asked by phone"))
            }
        }
    }

    private func side(_ name: String, _ label: String) -> HTML {
        Tag.p {
            Tag.label {
                Tag.input(.type(.radio), .name("take"), .value(name), .id("take-\(name)"), .required)
                label
                ConflictParts.brief(name, page.subject)
            }
        }
    }

    private func between(_ writer: ConflictReader.Writer) -> HTML {
        guard let values = writer.values(of: page.subject) else { return .empty }
        let name = Self.written + String(writer.entry.seq)
        return Tag.p {
            Tag.label {
                Tag.input(.type(.radio), .name("take"), .value(name), .id("take-\(name)"), .required)
                L("其间 \(Shown.author(writer.entry.author)) 填的：", "Between, by \(Shown.author(writer.entry.author)): ")
                ConflictParts.line(ConflictParts.shown(values, page.subject, isClear: page.isClear))
            }
        }
    }

    private var third: HTML {
        guard !page.subject.isDeletion, page.subject.key.element == nil else { return .empty }
        return .group([
            Tag.p {
                Tag.label {
                    Tag.input(.type(.radio), .name("take"), .value("value"), .id("take-value"), .required)
                    L("都不对，应为：", "Neither; it is:")
                }
            },
            .group(page.subject.fields.map(typed)),
        ])
    }

    private func typed(_ field: FieldSchema) -> HTML {
        let name = "value.\(field.name)"
        if let codes = field.rule?.offered, !field.isSet, field.type == .text {
            let options = codes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text()) }
            return Parts.select(name, EditableFields.label(field), options: [("", "-")] + options)
        }
        let keeps = page.subject.fields.count > 1 ? L("留空则用现行值", "Left empty, what stands stays") : nil
        let example: String? =
            switch field.type {
            case .date: L("如 2026-01-31", "like 2026-01-31")
            case .int64 where EditableFields.isMoney(field): L("单位：元，如 320 或 12.50", "In yuan, like 320 or 12.50")
            case .bool: L("是或否", "yes or no")
            default: nil
            }
        return Parts.field(
            name, EditableFields.label(field),
            help: [example, keeps].compactMap(\.self).joined(separator: L("；", "; ")),
            limit: 2_000)
    }

    private var ask: HTML {
        guard page.subject.state == .open, page.around != nil else { return .empty }
        return Parts.panel(L("问村里", "Ask the village")) {
            Parts.form(
                Link("conflicts", id, "ask"), request, seen: page.seq, submit: L("发给村工作站", "Send to the station"),
                style: .plainButton
            ) {
                Parts.textarea(
                    "question", L("问题", "Question"), isRequired: true,
                    help: L(
                        "村工作站下次同步后列为要办的事，答复显示在本页",
                        "The station has it as a task after its next sync; the answer shows here"))
            }
        }
    }

    /// Asks to see what is masked.
    var disclosure: HTML {
        Tag.details(.id("clear")) {
            Tag.summary(text: L("查看完整号码", "See the full numbers"))
            Parts.form(
                Link("conflicts", id, "clear"), request, seen: page.seq,
                submit: L("查看（会留下记录）", "Show (it is kept on record)"),
                style: .plainButton
            ) { Parts.reason(key: "clear-", help: Clearance.reasonHelp) }
        }
    }
}

extension StyleClass {
    /// A button like any other, neither the main one nor a dangerous one.
    static let plainButton = Self("button")
}
