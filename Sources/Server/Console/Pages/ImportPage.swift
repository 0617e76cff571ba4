import Assistance
import CommandSupport
import Markup
import SyncEngine

/// A roster into the township's records: what it would do, then the doing of just that.
struct ImportPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/imports", .work) { console, request in
            // Refused at the last step: what the roster would do is shown once more.
            if let sent = request.returned, sent.action == Link("imports").text,
                let page = try? dryRun(console, request, sent.fields)
            {
                return page
            }
            return try page(console, request, plan: nil, columns: nil, sent: FormFields())
        },
        // The dry run: it writes nothing.
        .post("/imports/plan", .work, work: { _ in .long }) { console, request in
            try dryRun(console, request, request.form)
        },
        .post("/imports", .work, work: { _ in .long }) { console, request in
            let act = try request.act(reason: try request.required("reason"))
            let plan = try plan(console, request, request.form).0
            let seq = try RosterImportDesk(township: console.township).apply(plan, act: act)
            return try page(
                console, request, plan: plan, columns: nil, sent: try left(of: plan, request.form), done: .some(seq))
        },
    ]

    let request: ConsoleRequest
    let seq: Seq
    let plan: ImportPlan?
    /// What the sheet's columns were taken for, where nobody wrote a mapping.
    let columns: UsualColumns?
    /// The sheet and its mapping, of which the plan was made.
    let sent: FormFields
    /// To choose from: villages with records, a name or a station.
    let villages: [String]
    /// Of what was done: the last set's seq, `nil` where there was nothing to do; `nil` while nothing is done.
    let done: Seq??

    /// Changes that the screen lists.
    private static let shown = 200

    private static func dryRun(
        _ console: Console, _ request: ConsoleRequest, _ sent: FormFields
    ) throws -> ConsoleAnswer {
        let (plan, columns) = try plan(console, request, sent)
        return try page(console, request, plan: plan, columns: columns, sent: sent)
    }

    /// Kept as a view of each household of which it says something.
    private static func page(
        _ console: Console, _ request: ConsoleRequest, plan: ImportPlan?, columns: UsualColumns?, sent: FormFields,
        done: Seq?? = nil
    ) throws -> ConsoleAnswer {
        if let plan {
            try console.keepViews(
                of: plan.changed.map(\.record) + plan.warnings.compactMap(\.record), page: "import", by: request)
        }
        return try console.page { database, seq in
            ImportPage(
                request: request, seq: done == nil ? plan?.seq ?? seq : seq, plan: plan, columns: columns, sent: sent,
                villages: try VillageDesk(township: console.township).villages(in: database).map(\.code), done: done)
        }
    }

    /// What is still to be done of a sheet that was taken in: its header and the rejected rows, to be corrected.
    private static func left(of plan: ImportPlan, _ sent: FormFields) throws -> FormFields {
        guard let roster = sent["roster"], !plan.rejected.isEmpty else { return FormFields() }
        let text = try rows(of: roster, at: Set(plan.rejected.map(\.line)))
        return FormFields(sent.pairs.map { $0.name == "roster" ? (name: $0.name, value: text) : $0 })
    }

    /// A sheet's header and those of its rows that begin at these lines.
    static func rows(of roster: String, at wanted: Set<Int>) throws -> String {
        let starts = try CSVTable(Array(roster.utf8)).rows.map(\.line)
        let lines = roster.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
        var kept = Array(lines.prefix((starts.first ?? 2) - 1))
        for (start, end) in zip(starts, starts.dropFirst() + [lines.count + 1]) where wanted.contains(start) {
            kept += lines[(start - 1)..<(end - 1)]
        }
        return kept.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }

    private static func plan(
        _ console: Console, _ request: ConsoleRequest, _ sent: FormFields
    ) throws -> (ImportPlan, UsualColumns?) {
        func typed(_ name: String) -> String? {
            sent[name].flatMap { $0.trimmingWhitespace().isEmpty ? nil : $0 }
        }
        guard let roster = typed("roster") else { throw Problem(.badValue, "roster") }
        let columns = typed("mapping") == nil ? try usual(roster) : nil
        let mapping = try RosterMapping(
            try columns?.mapping ?? MappingNode(try YAMLDocument.value(Array((typed("mapping") ?? "").utf8))),
            schema: console.township.database.tables.schema)
        let act = Desk.Act(author: request.person.author, reason: sent["reason"] ?? "", now: request.now)
        let plan = try RosterImportDesk(
            township: console.township, villageNeeded: Label(zh: "请选择村居", en: "Choose the village")
        ).plan(
            Array(roster.utf8), mapping: mapping, village: typed("village").map { Scope($0) }, act: act)
        return (plan, columns)
    }

    /// - Throws: ``Problem`` ``Problem/Code/badMapping`` where no column is a household's number.
    private static func usual(_ roster: String) throws -> UsualColumns {
        guard let columns = UsualColumns(try CSVTable(Array(roster.utf8)).header) else {
            throw Problem(
                .badMapping, "roster",
                explanation: Label(
                    zh: "没有认出“户编号”这一列：请把列名改成“户编号”，或自己写映射",
                    en: "No column is the household's number: name it “Number”, or write a mapping"))
        }
        return columns
    }

    var title: String {
        done != nil
            ? L("导入结果", "What was imported")
            : plan == nil ? L("导入名册", "Import a roster") : L("导入试算", "What the roster would do")
    }

    var json: JSONValue {
        guard let plan else { return .object([("seq", .int(Int64(seq)))]) }
        let uses = columns?.uses.map { use in
            JSONValue.object([
                ("column", .string(use.column)), ("kind", .string(use.kind.name)), ("field", .string(use.field.name)),
            ])
        }
        let document = plan.document(isClear: false)
        if let done { return document.adding([("seq", done.map { .int(Int64($0)) } ?? .null)]) }
        return document.adding([
            ("columns", uses.map(JSONValue.array) ?? .null),
            ("unused", columns.map { .array($0.unused.map(JSONValue.string)) } ?? .null),
        ])
    }

    func body() -> HTML {
        guard let plan else { return form }
        return .group([
            done == nil ? .empty : Tag.p(.class(.done), .role("status"), text: L("已导入。", "Imported.")),
            Parts.note(counts(plan), plan.rejected.isEmpty && plan.warnings.isEmpty ? .mild : .soon),
            understood, rejected(plan), warnings(plan), done == nil ? changes(plan) : places,
            done != nil || plan.rows.isEmpty ? .empty : writing, form,
        ])
    }

    private func counts(_ plan: ImportPlan) -> String {
        let made = created(plan)
        let rows = L(
            "共 \(plan.count) 行：新建 \(made)，改动 \(plan.changed.count) 条，不变 \(plan.unchanged) 行，退回 \(plan.rejected.count) 行。",
            "\(plan.count) rows: \(made) new records, \(plan.changed.count) changed, \(plan.unchanged) as they stand, \(plan.rejected.count) rejected."
        )
        if done == nil { return rows + L("还没有写入。", " Nothing is written yet.") }
        return plan.rejected.isEmpty
            ? rows : rows + L("退回的行没有导入，留在下面，改好后再导入。", " The rejected rows stand below: correct them and import them.")
    }

    private var writing: HTML {
        Parts.panel(L("写入", "Write it")) {
            Parts.form(Link("imports"), request, seen: seq, submit: L("照此导入", "Import this")) {
                Tag.input(.type(.hidden), .name("roster"), .value(sent["roster"] ?? ""))
                Tag.input(.type(.hidden), .name("mapping"), .value(sent["mapping"] ?? ""))
                Tag.input(.type(.hidden), .name("village"), .value(sent["village"] ?? ""))
                Parts.reason()
            }
        }
    }

    /// Where to go on from what was done.
    private var places: HTML {
        Tag.ul(.class(.tabs)) {
            Tag.li { Parts.link(L("住户", "Households"), Link("households")) }
            if plan?.warnings.isEmpty == false {
                Tag.li { Parts.link(L("疑似重复", "Duplicates"), Link("duplicates")) }
            }
        }
    }

    private func warnings(_ plan: ImportPlan) -> HTML {
        guard !plan.warnings.isEmpty else { return .empty }
        return Parts.panel(L("请核对的行（照样导入，列入疑似重复）", "Rows to look at (taken in, and listed as duplicates)")) {
            Parts.table(
                L("请核对的行", "Rows to look at"), [L("行", "Line"), L("情况", "What"), ""],
                rows: plan.warnings.prefix(Self.shown).map { warning in
                    [
                        .text(String(warning.line)), .text(warning.reason.text()),
                        warning.record.map { Parts.link(L("打开", "Open"), Link("records", $0.description)) } ?? .empty,
                    ]
                })
        }
    }

    private var understood: HTML {
        guard let columns else { return .empty }
        return Parts.panel(L("认出的列", "Columns, and what they are taken for")) {
            Parts.table(
                L("认出的列", "Columns, and what they are taken for"),
                [L("表中的列", "Column"), L("记录", "Record"), L("认作", "Taken for")],
                rows: columns.uses.map {
                    [.text($0.column), .text($0.kind.label.text()), .text($0.field.label.text())]
                })
            if !columns.unused.isEmpty {
                Parts.note(
                    L("没有用到的列：", "Not used: ") + columns.unused.joined(separator: L("、", ", ")), .soon)
            }
        }
    }

    private func created(_ plan: ImportPlan) -> String {
        plan.created.isEmpty
            ? L("0 条", "0")
            : plan.created.map { "\($0.kind.label.text()) \($0.count)" }.joined(separator: L("、", ", "))
    }

    private func rejected(_ plan: ImportPlan) -> HTML {
        guard !plan.rejected.isEmpty else { return .empty }
        return Parts.panel(L("退回的行", "Rejected rows")) {
            Parts.table(
                L("退回的行", "Rejected rows"), [L("行", "Line"), L("字段", "Field"), L("原因", "Reason")],
                rows: plan.rejected.prefix(Self.shown).map { row in
                    [.text(String(row.line)), .text(Self.words(row.field)), .text(row.reason.text())]
                })
        }
    }

    /// `household.phones` as the page calls it; a column as the sheet does.
    private static func words(_ name: String) -> String {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, let kind = AssistanceSchema.current.kind(parts[0]), let field = kind.field(parts[1])
        else { return name.contains(".") ? name : TypedLabels.label(name) ?? name }
        return kind.label.text() + L(" ", ", ") + field.label.text()
    }

    private func changes(_ plan: ImportPlan) -> HTML {
        guard !plan.changed.isEmpty else { return .empty }
        let rows: [[HTML]] = plan.changed.prefix(Self.shown).flatMap { row in
            row.changes.map { change in
                [
                    .text(String(row.line)),
                    Parts.link(row.kind.label.text(), Link("records", row.record.description)),
                    .text(change.field.label.text()),
                    Tag.del { Shown.value(change.from, of: change.field, in: row.kind) },
                    Tag.ins { Shown.value(change.to, of: change.field, in: row.kind) },
                ]
            }
        }
        return Parts.panel(L("会改动的字段", "Fields that would change")) {
            Parts.table(
                L("会改动的字段", "Fields that would change"),
                [L("行", "Line"), L("记录", "Record"), L("字段", "Field"), L("现在", "Now"), L("名册", "Roster")], rows: rows)
        }
    }
}
