import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Who looked at a household, and who asked to see what is masked (R47): for those who answer for it.
struct ViewsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households/{id}/views") { console, request in
            guard mayLook(request.person) else {
                throw Problem(.notPermitted, request.person.role.label.text())
            }
            let id = try request.record()
            let before = try request.query["before"].map { text in
                guard let id = RecordID(text) else { throw Problem(.badValue, String(text.prefix(60))) }
                return id
            }
            let tables = console.township.database.tables
            return try console.page { database, seq in
                let file = try HouseholdRecords(id, tables: tables, in: database)
                let views = PageViews(database, attester: console.township.attester)
                let accounts = try console.township.accounts(in: database).accounts()
                let kept = Disclosures(tables: tables, database: database)
                let exports = try kept.tables(of: file.scope, before: before, limit: exportsPerPage)
                return ViewsPage(
                    seq: seq, household: file.root.record.id, name: file.title,
                    views: try views.all(of: file.root.record.id, limit: limit),
                    people: Dictionary(accounts.map { ($0.name, $0.fullName) }) { first, _ in first },
                    disclosures: try kept.all(of: file.root.record.id), exports: exports.found, next: exports.next)
            }
        }
    ]

    private static let limit = 200
    private static let exportsPerPage = 50

    /// Who answers for it in the township, and who audits (docs/console.md, Roles).
    static func mayLook(_ person: Person) -> Bool { [Role.leader, .auditor].contains(person.role) }

    let seq: Seq
    let household: RecordID
    let name: String
    let views: [PageView]
    /// Names of persons by account.
    let people: [String: String]
    let disclosures: [Linked]
    /// Tables in clear of its village, or of all.
    let exports: [(taken: Disclosure.TakenTable, disclosure: Linked)]
    /// The export before which the earlier ones are.
    let next: RecordID?

    var title: String { L("谁看过：", "Who looked: ") + name }

    /// `seq`, `household`, `disclosures` [`at`, `account`, `person`, `role`, `reason`, `subject`], `exports` [`at`,
    /// `account`, `person`, `role`, `reason`, `table`, `village`], `next`, `views` [`at`, `account`, `page`, `seq`].
    var json: JSONValue {
        func text(_ name: String, _ of: Linked) -> JSONValue { of.text(name).map(JSONValue.string) ?? .null }
        func reason(_ of: Linked) -> JSONValue { of.text("reason").map { .string(Shown.masked(reason: $0)) } ?? .null }
        return .object([
            ("seq", .int(Int64(seq))), ("household", .string(household.description)),
            (
                "disclosures",
                .array(
                    disclosures.map { one in
                        .object([
                            ("at", JSONValue(one.value("at"))), ("account", text("account", one)),
                            ("person", text("person", one)), ("role", text("role", one)),
                            ("reason", reason(one)), ("subject", text("subject", one)),
                        ])
                    })
            ),
            (
                "exports",
                .array(
                    exports.map { taken, one in
                        .object([
                            ("at", JSONValue(one.value("at"))), ("account", text("account", one)),
                            ("person", text("person", one)), ("role", text("role", one)),
                            ("reason", reason(one)), ("table", .string(taken.table)),
                            ("village", taken.village.map { .string($0.code) } ?? .null),
                        ])
                    })
            ),
            ("next", next.map { .string($0.description) } ?? .null),
            (
                "views",
                .array(
                    views.map { view in
                        .object([
                            ("at", .string(view.at.description)), ("account", .string(view.account)),
                            ("page", .string(view.page)), ("seq", .int(Int64(view.seq))),
                        ])
                    })
            ),
        ])
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("回到住户", "Back to the household"), Link("households", household.description)) },
            Parts.panel(L("查看过敏感信息", "Saw what is masked")) {
                Parts.table(
                    L("查看过敏感信息", "Saw what is masked"),
                    [L("时间", "When"), L("谁", "Who"), L("岗位", "Role"), L("理由", "Reason"), L("序号", "Seq")],
                    rows: disclosures.map { one in
                        [
                            one.time("at").map(Parts.time) ?? .empty, .text(Self.who(one)),
                            .text(Shown.meaning("role", of: one)), .text(Shown.reason(one.text("reason") ?? "")),
                            Parts.link(String(one.record.seq), Link("records", one.record.id.description)),
                        ]
                    })
            },
            Parts.panel(L("含本村的明文导出", "Taken away in clear, with this village in it")) {
                Parts.table(
                    L("含本村的明文导出", "Taken away in clear, with this village in it"),
                    [L("时间", "When"), L("谁", "Who"), L("表", "Table"), L("理由", "Reason"), L("序号", "Seq")],
                    rows: exports.map { _, one in
                        [
                            one.time("at").map(Parts.time) ?? .empty, .text(Self.who(one)),
                            .text(Disclosures.table(of: one).shown), .text(Shown.reason(one.text("reason") ?? "")),
                            Parts.link(String(one.record.seq), Link("records", one.record.id.description)),
                        ]
                    })
                if let next {
                    Tag.p {
                        Parts.link(
                            L("更早的", "Earlier"),
                            Link("households", household.description, "views", query: [("before", next.description)]))
                    }
                }
            },
            Parts.panel(L("打开过页面（最近 \(Self.limit) 次）", "Opened a page (the last \(Self.limit))")) {
                Parts.table(
                    L("打开过页面", "Opened a page"), [L("时间", "When"), L("谁", "Who"), L("页面", "Page")],
                    rows: views.map { [Parts.time($0.at), .text(who($0.account)), .text(Self.page($0.page))] })
            },
        ])
    }

    private func who(_ account: String) -> String {
        people[account].flatMap { $0.isEmpty ? nil : "\($0) \(account)" } ?? account
    }

    private static func who(_ one: Linked) -> String {
        [one.text("person"), one.text("account")].compactMap(\.self).joined(separator: " ")
    }

    /// What the page is called that was opened, as ``Console/keepView(of:page:by:)`` keeps its name.
    private static func page(_ name: String) -> String {
        let clear = "conflict, clear: "
        if name.hasPrefix(clear) {
            return L("冲突，显示完整号码：", "A conflict, in clear: ") + name.dropFirst(clear.count)
        }
        return pages[name]?.text() ?? name
    }

    private static let pages: [String: Label] = [
        "household": Label(zh: "住户", en: "Household"), "record": Label(zh: "记录", en: "Record"),
        "field": Label(zh: "一个值的来历", en: "Where a value comes from"),
        "payment": Label(zh: "发放追溯", en: "Trace of a payment"), "edit": Label(zh: "修改", en: "Edit"),
        "history": Label(zh: "历史", en: "History"), "attachment": Label(zh: "照片或文件", en: "Photo or file"),
        "blob": Label(zh: "照片或文件", en: "Photo or file"), "proof": Label(zh: "下载证明", en: "Proof"),
        "conflict": Label(zh: "冲突", en: "Conflict"), "duplicate": Label(zh: "疑似重复", en: "Duplicate"),
        "case": Label(zh: "办件", en: "Case"), "new_case": Label(zh: "登记申请", en: "New application"),
        "check_request": Label(zh: "核对请求文件", en: "File of a check request"),
        "documents": Label(zh: "文书列表", en: "List of documents"), "document": Label(zh: "文书", en: "Document"),
        "document_draft": Label(zh: "文书草稿", en: "Draft of a document"),
        "roll": Label(zh: "发放名册", en: "Payment roll"), "returns": Label(zh: "发放与退回", en: "Paid and returned"),
        "recoveries": Label(zh: "追回", en: "Claimed back"),
    ]
}
