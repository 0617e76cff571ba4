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
            return try console.page { _, seq in
                ImportPage(request: request, seq: seq, plan: nil, columns: nil, sent: FormFields())
            }
        },
        // The dry run: it writes nothing.
        .post("/imports/plan", .work, work: { _ in .long }) { console, request in
            try dryRun(console, request, request.form)
        },
        .post("/imports", .work, work: { _ in .long }) { console, request in
            let act = try request.act(reason: try request.required("reason"))
            let seq = try RosterImportDesk(township: console.township).apply(
                try plan(console, request, request.form).0, act: act)
            return .done(
                Link(["households"], query: [("done", seq.map { String($0) })]),
                .object([("seq", seq.map { .int(Int64($0)) } ?? .null)]))
        },
    ]

    let request: ConsoleRequest
    let seq: Seq
    let plan: ImportPlan?
    /// What the sheet's columns were taken for, where nobody wrote a mapping.
    let columns: UsualColumns?
    /// The sheet and its mapping, of which the plan was made.
    let sent: FormFields

    /// A mapping to begin with.
    private static let example = #"records: [{kind: household, key: [number], fields: {number: "{户号}"}}]"#

    /// Changes that the screen lists.
    private static let shown = 200

    private static func dryRun(
        _ console: Console, _ request: ConsoleRequest, _ sent: FormFields
    ) throws -> ConsoleAnswer {
        let (plan, columns) = try plan(console, request, sent)
        try console.keepViews(of: plan.changed.map(\.record), page: "import", by: request)
        return try console.page { _, _ in
            ImportPage(request: request, seq: plan.seq, plan: plan, columns: columns, sent: sent)
        }
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
        let plan = try RosterImportDesk(township: console.township).plan(
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

    var title: String { plan == nil ? L("导入名册", "Import a roster") : L("导入试算", "What the roster would do") }

    var json: JSONValue {
        guard let plan else { return .object([("seq", .int(Int64(seq)))]) }
        let uses = columns?.uses.map { use in
            JSONValue.object([
                ("column", .string(use.column)), ("kind", .string(use.kind.name)), ("field", .string(use.field.name)),
            ])
        }
        return plan.document(isClear: false).adding([
            ("columns", uses.map(JSONValue.array) ?? .null),
            ("unused", columns.map { .array($0.unused.map(JSONValue.string)) } ?? .null),
        ])
    }

    func body() -> HTML {
        guard let plan else { return form }
        return .group([
            Parts.note(
                L(
                    "共 \(plan.count) 行：新建 \(created(plan))，改动 \(plan.changed.count) 条，不变 \(plan.unchanged) 行，退回 \(plan.rejected.count) 行。还没有写入。",
                    "\(plan.count) rows: \(created(plan)) new records, \(plan.changed.count) changed, \(plan.unchanged) as they stand, \(plan.rejected.count) rejected. Nothing is written yet."
                ), plan.rejected.isEmpty ? .mild : .soon),
            understood, rejected(plan), changes(plan),
            plan.rows.isEmpty
                ? .empty
                : Parts.panel(L("写入", "Write it")) {
                    Parts.form(Link("imports"), request, seen: seq, submit: L("照此导入", "Import this")) {
                        Tag.input(.type(.hidden), .name("roster"), .value(sent["roster"] ?? ""))
                        Tag.input(.type(.hidden), .name("mapping"), .value(sent["mapping"] ?? ""))
                        Tag.input(.type(.hidden), .name("village"), .value(sent["village"] ?? ""))
                        Parts.reason()
                    }
                },
        ])
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
        plan.created.map { "\($0.kind.label.text()) \($0.count)" }.joined(separator: L("、", ", "))
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
        else { return name }
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

    private var form: HTML {
        Parts.panel(L("名册", "The roster")) {
            Parts.form(Link("imports", "plan"), request, seen: seq, submit: L("先试算，不写入", "Dry run, writes nothing")) {
                Tag.div(.class(.field)) {
                    Tag.label(.for("file"), text: L("表格文件（CSV）", "The file (CSV)"))
                    Tag.input(.id("file"), .type(.file), .accept(".csv,text/csv"), .fills("f-roster"))
                    Tag.small(text: L("选文件后内容填入下框；也可直接粘贴。", "Its content goes into the box below; or paste it there."))
                }
                Parts.textarea(
                    "roster", L("表格内容", "Content"), isRequired: true, rows: 8, limit: FormFields.Limit.bodyBytes)
                Parts.field("village", L("村居代码（表里没有写时用）", "Village of rows that name none"), limit: 12)
                Tag.details {
                    Tag.summary(text: L("自己写映射", "A mapping of your own"))
                    Parts.textarea(
                        "mapping", L("哪一列是什么（映射）", "Which column is what (mapping)"),
                        help: L(
                            "列名特别、或一行要生成几条记录时才用：花括号里写表头的列名，例如 \(Self.example)",
                            "For unusual columns, or several records a row: in braces the column's heading, as \(Self.example)"
                        ), rows: 8, limit: 65_536)
                }
            }
            Parts.note(
                L(
                    "一行一户，第一行写列名。必须有“户编号”；认得的还有村居代码、住址、电话、村民小组、家庭人口等住户字段，以及户主姓名、身份证号。同一户再导入一次只更新，不会重复。",
                    "A row is a household; the first row names the columns. “Number” is needed; village, address, phones and the household's other fields are known by their names, and name and identity number of the head. A household that is imported again is updated, not doubled."
                ))
            Parts.note(
                L(
                    "名册超过 1 MB 的，请技术人员在服务器上导入。",
                    "A roster of more than 1 MB is taken in at the server: ask an engineer."))
        }
    }
}
