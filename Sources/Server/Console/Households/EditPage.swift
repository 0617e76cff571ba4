import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Correcting a fact by hand, or adding one: what is wrong is said beside each field, and nothing typed is lost.
struct EditPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/records/{id}/edit", .register) { console, request in
            let subject = try console.subject(try request.record())
            let page = try page(console, request, of: subject)
            // What came of a household that was drawn is shown with its name.
            for id in Set([subject.root] + [subject.linked?.value("household").recordID].compactMap(\.self)) {
                try console.keepView(of: id, page: "edit", by: request)
            }
            return .page(page)
        },
        .post("/records/{id}/edit", .register) { console, request in
            let subject = try console.subject(try request.record())
            let typed = try EditPage.page(console, request, of: subject)
            return try typed.keep(console, operation: .edit, record: subject.record.id)
        },
        .get("/households/{id}/new/{kind}", .work) { console, request in
            .page(try newPage(console, request, try console.look(at: try request.record(), page: "edit", by: request)))
        },
        .post("/households/{id}/new/{kind}", .work) { console, request in
            try make(console, request, try newPage(console, request, try console.subject(try request.record())))
        },
        .get("/registers/{name}/new", .register) { console, request in
            let page = try newEntry(console, request)
            // The people of a case stand in the form.
            if let id = request.query["application"].flatMap({ RecordID($0) }) {
                _ = try console.look(at: id, page: "edit", by: request)
            }
            return .page(page)
        },
        .post("/registers/{name}/new", .register) { console, request in
            try make(console, request, try newEntry(console, request))
        },
    ]

    let seq: Seq
    let editable: EditableFields
    let ground: EditGround
    let clearance: Clearance
    let request: ConsoleRequest
    /// Where the form goes.
    let action: Link

    private static func page(
        _ console: Console, _ request: ConsoleRequest, of subject: Subject
    ) throws -> EditPage {
        guard !subject.record.isDeleted else { throw Problem(.recordDeleted, subject.record.id.description) }
        return try page(
            console, request, subject.root, EditableFields(subject.kind, record: subject.linked, for: request.person),
            Link("records", subject.record.id.description, "edit"))
    }

    private static func newPage(
        _ console: Console, _ request: ConsoleRequest, _ household: Subject
    ) throws -> EditPage {
        let name = request.part("kind")
        guard EditableFields.below.contains(name), let kind = AssistanceSchema.current.kind(name) else {
            throw Problem(.unknownKind, String(name.prefix(40)))
        }
        return try page(
            console, request, household.root, EditableFields(kind, record: nil),
            Link("households", household.record.id.description, "new", name))
    }

    private static func newEntry(_ console: Console, _ request: ConsoleRequest) throws -> EditPage {
        let register = try Register.named(String(request.part("name").prefix(40)))
        guard register.isWritten, let kind = AssistanceSchema.current.kind(register.kindName) else {
            throw Problem(.systemKind, register.name)
        }
        return try page(
            console, request, nil, EditableFields(kind, record: nil, for: request.person),
            Link("registers", register.name, "new"))
    }

    /// - Parameter root: what the record belongs to; `nil` for one that belongs to nothing on record.
    private static func page(
        _ console: Console, _ request: ConsoleRequest, _ root: RecordID?, _ editable: EditableFields, _ action: Link
    ) throws -> EditPage {
        let tables = console.township.database.tables
        return try console.read { database, seq in
            EditPage(
                seq: seq, editable: editable,
                ground: editable.isEntry
                    ? try EditGround(entry: editable, request, tables: tables, in: database)
                    : try EditGround(of: editable, household: root, tables: tables, in: database),
                clearance: try Clearance(
                    of: root ?? RecordID(high: 0, low: 0), for: request, tables: tables, in: database),
                request: request, action: action)
        }
    }

    // MARK: - Keeping

    private static func make(
        _ console: Console, _ request: ConsoleRequest, _ typed: EditPage
    ) throws -> ConsoleAnswer {
        let record = try request.newRecord() ?? Township.newID(at: request.now)
        return try typed.keep(console, operation: .create, record: record)
    }

    private func keep(
        _ console: Console, operation: Change.Operation, record: RecordID
    ) throws -> ConsoleAnswer {
        let context = RuleContext(today: request.now.day)
        try editable.checkWithheld(request.form)
        let (writes, wrong) = editable.read(request.form, context: context)
        var all = wrong.merging(editable.missing(writes, context: context)) { first, _ in first }
        let reason = request.optional("reason")
        // Nothing is changed where something is made: it says what it is.
        if reason == nil, operation != .create {
            all["reason"] = EditableFields.words(Problem(.reasonNeeded, "reason"))
        }
        guard all.isEmpty else { throw WrongFields(all) }
        guard operation == .edit || !writes.isEmpty else { throw Problem(.nothingToChange) }
        var kept = editable.signed(writes, by: request.person.author)
        if operation == .create, let household = ground.household {
            kept.insert(.set("household", .text(household.description)), at: 0)
        }
        let draft = Draft(kind: editable.kind, record: record, operation: operation, writes: kept)
        do {
            if editable.isSigned(writes) { try checkSecondPerson(console, of: record, writes) }
            let act = try console.act(request, reason: reason ?? "") { _, _ in operation == .create ? [] : [record] }
            let seq = try CaseDesk(township: console.township).add(draft, act: act)
            return .done(
                ground.after(record, done: seq),
                .object([
                    ("id", .string(record.description)), ("kind", .string(editable.kind.name)),
                    ("seq", .int(Int64(seq))),
                ]))
        } catch let problem as Problem where problem.code.rawValue < 3000 && problem.code != .recordExists {
            throw beside(problem, writes)
        }
    }

    /// Who wrote any of what a person is blamed for, at first or since, does not decide it.
    private func checkSecondPerson(_ console: Console, of record: RecordID, _ writes: [FieldWrite]) throws {
        let makers = try console.read { database, _ in
            try CaseReader(console.township, in: database).authors(of: record) { editable.isGround($0) }
        }
        let isOwn = makers.contains { MoneyAdmission.isSame($0, request.person.author) }
        guard makers.isEmpty || isOwn || writes.contains(where: { editable.isGround($0.field) }) else { return }
        throw Problem(.samePerson, editable.kind.label.text())
    }

    /// The problem at the field that it is about.
    private func beside(_ problem: Problem, _ writes: [FieldWrite]) -> any Error {
        let field = problem.subject.split(separator: ".").last.map(String.init) ?? ""
        if editable.fields.contains(where: { $0.name == field }) {
            return WrongFields(problem: problem, wrong: [field: EditableFields.words(problem)])
        }
        guard problem.code == .refusedMove else { return problem }
        let missing = RegisterAdmission.missing(in: editable.kind) { name in
            for case .set(name, let value) in writes { return value.normalised }
            return editable.record?.value(name) ?? .null
        }
        let wrong = missing.map { ($0.field, "\($0.reason.text.text())（\($0.reason.rule.label.text())）") }
        return wrong.isEmpty ? problem : WrongFields(problem: problem, wrong: Dictionary(wrong) { $1 })
    }

    // MARK: - The form

    var title: String {
        if editable.isResult { return L("登记抽查结果", "Result of a spot check") }
        return (editable.record == nil ? L("新增", "New: ") : L("修改", "Edit: ")) + editable.kind.label.text()
    }

    /// What the form asks for: of what refers to another record only where there is one to choose.
    private var fields: [FieldSchema] {
        editable.fields.filter { !editable.isEntry || $0.type != .reference || ground.choices[$0.name] != nil }
    }

    /// `seq`, `kind`, `record`, `fields` [`name`, `type`, `value` masked, `codes`].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("kind", .string(editable.kind.name)),
            ("record", editable.record.map { .string($0.record.id.description) } ?? .null),
            (
                "fields",
                .array(
                    editable.fields.map { field in
                        .object([
                            ("name", .string(field.name)), ("type", .string(field.type.rawValue)),
                            ("masked", .bool(isMasked(field))),
                            ("value", isMasked(field) ? .null : .string(editable.typed(field))),
                            ("codes", .array((field.rule?.codes?.keys.sorted() ?? []).map(JSONValue.string))),
                        ])
                    })
            ),
        ])
    }

    private func isMasked(_ field: FieldSchema) -> Bool {
        guard let record = editable.record, !clearance.isClear else { return false }
        let value = record.value(field.name)
        if value.isNull { return false }
        return Masking.form(of: field.name, in: editable.kind.name) != nil || maskedText(field) != nil
    }

    /// A free text with numbers in it that are not shown, as it is shown; `nil` for every other value.
    private func maskedText(_ field: FieldSchema) -> String? {
        guard let record = editable.record, !clearance.isClear,
            Masking.form(of: field.name, in: editable.kind.name) == nil
        else { return nil }
        let value = record.value(field.name)
        let masked = Masking.masked(value, of: field.name, in: editable.kind.name)
        return masked == value ? nil : PlainText.of(masked, field: field)
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(ground.back.text, ground.back.link) },
            .group(ground.notes.map { Parts.note($0) }),
            Tag.section(.class(.panel)) {
                Parts.form(action, request, seen: seq, submit: L("保存", "Save")) {
                    for field in fields { self.field(field) }
                    editable.record == nil
                        ? Parts.reason(help: L("可以不填", "May be left empty"), isRequired: false)
                        : Parts.reason(help: L("为什么改、依据什么", "Why, and by what evidence"))
                }
            },
        ])
    }

    private func field(_ field: FieldSchema) -> HTML {
        let isMasked = isMasked(field)
        return .group([
            isMasked ? Tag.input(.type(.hidden), .name(EditableFields.masked), .value(field.name)) : .empty,
            input(field, value: isMasked ? "" : proposed(field), isMasked: isMasked),
            isMasked ? clear(field) : .empty,
        ])
    }

    /// What the form has for a field before anybody types: what is on record, or what is likely.
    private func proposed(_ field: FieldSchema) -> String {
        let typed = editable.typed(field)
        return typed.isEmpty ? ground.proposals[field.name] ?? "" : typed
    }

    private func clear(_ field: FieldSchema) -> HTML {
        Tag.p {
            Tag.label {
                Tag.input(.type(.checkbox), .name(EditableFields.clear + field.name), .value("1"))
                L("清空“\(field.label.text())”", "Clear \(field.label.text())")
            }
        }
    }

    private func input(_ field: FieldSchema, value: String, isMasked: Bool) -> HTML {
        let label = EditableFields.label(field)
        let help =
            isMasked
            ? L("已登记，被遮盖；不填就不改", "On record, masked; left empty it stays")
                + (maskedText(field).map { L("：\($0)", ": \($0)") } ?? "")
            : EditableFields.isMoney(field) ? L("单位：元，如 320 或 12.50", "In yuan, like 320 or 12.50") : nil
        let empty = isMasked ? L("（不改）", "(stays)") : "—"
        if let codes = field.rule?.offered, field.type == .text {
            var options = codes.map { (value: $0.key, text: $0.value.text()) }.sorted { $0.value < $1.value }
            options.insert((value: "", text: empty), at: 0)
            if !value.isEmpty, codes[value] == nil {
                // What is on record may be another word for one that is offered: it stands in that one's place.
                let text = field.rule?.codes?[value]?.text() ?? value
                options.removeAll { $0.text == text }
                options.append((value: value, text: text))
            }
            return Parts.select(field.name, label, options: options, value: value)
        }
        switch field.type {
        case .bool:
            return Parts.select(
                field.name, label, options: [("", empty), ("true", L("是", "yes")), ("false", L("否", "no"))],
                value: value)
        case .date: return Parts.field(field.name, label, type: .date, value: value, help: help, limit: 10)
        case .reference:
            let options = [(value: "", text: empty)] + (ground.choices[field.name] ?? [])
            return Parts.select(field.name, label, options: options, value: value)
        case .list where field.rule?.codes != nil: return boxes(field, label, chosen: value, help: help)
        case .list: return Parts.field(field.name, label, value: value, help: L("几项用逗号分开", "Several with commas"))
        case .text where field.name == "village":
            return Shown.villageToChoose(
                among: VillageNames.current.codes,
                first: editable.kind.scopeField == nil ? L("全镇", "The whole township") : L("请选择", "Choose"),
                value: value)
        case .text where Self.long.contains(field.name):
            return Parts.textarea(field.name, label, value: value, help: help, rows: 3, limit: 4_000)
        default: return Parts.field(field.name, label, value: value, help: help)
        }
    }

    /// What is told in sentences.
    private static let long: Set<String> = [
        "text", "remarks", "what", "advice", "question", "answer", "outcome", "facts", "hearing", "reply", "content",
        "follow_up", "rectified", "note", "about",
    ]

    private func boxes(_ field: FieldSchema, _ label: String, chosen: String, help: String?) -> HTML {
        let chosen = Set(chosen.split(separator: ",").map(String.init))
        let codes = (field.rule?.offered ?? [:]).sorted { $0.key < $1.key }
        return Tag.fieldset {
            Tag.legend(text: label)
            // That nothing is ticked is said too.
            Tag.input(.type(.hidden), .name(field.name), .value(""))
            for (code, meaning) in codes {
                Tag.label {
                    Tag.input(
                        .type(.checkbox), .name(field.name), .value(code), chosen.contains(code) ? .checked : nil)
                    meaning.text()
                }
                " "
            }
            if let help { Tag.small(text: help) }
        }
    }
}
