import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Who looked at a household, and who asked to see what is masked (R47): for those who answer for it.
struct ViewsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households/{id}/views") { console, request in
            guard [Role.leader, .auditor, .district].contains(request.person.role) else {
                throw Problem(.notPermitted, request.person.role.label.text())
            }
            let id = try request.record()
            let tables = console.township.database.tables
            return try console.page { database, seq in
                let file = try HouseholdRecords(id, tables: tables, in: database)
                let kept = Disclosures(tables: tables, database: database)
                return ViewsPage(
                    seq: seq, household: file.root.record.id, name: file.title,
                    views: try AccountRegister(database).views(of: file.root.record.id, limit: limit),
                    disclosures: try kept.all(of: file.root.record.id), exports: try kept.tables(of: file.scope))
            }
        }
    ]

    private static let limit = 200

    let seq: Seq
    let household: RecordID
    let name: String
    let views: [PageView]
    let disclosures: [Linked]
    /// Tables in clear of its village, or of all.
    let exports: [(taken: Disclosure.TakenTable, disclosure: Linked)]

    var title: String { L("谁看过：", "Who looked: ") + name }

    /// `seq`, `household`, `disclosures` [`at`, `account`, `person`, `role`, `reason`, `subject`], `exports` [`at`,
    /// `account`, `person`, `role`, `reason`, `table`, `village`], `views` [`at`, `account`, `page`, `seq`].
    var json: JSONValue {
        func text(_ name: String, _ of: Linked) -> JSONValue { of.text(name).map(JSONValue.string) ?? .null }
        return .object([
            ("seq", .int(Int64(seq))), ("household", .string(household.description)),
            (
                "disclosures",
                .array(
                    disclosures.map { one in
                        .object([
                            ("at", JSONValue(one.value("at"))), ("account", text("account", one)),
                            ("person", text("person", one)), ("role", text("role", one)),
                            ("reason", text("reason", one)), ("subject", text("subject", one)),
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
                            ("reason", text("reason", one)), ("table", .string(taken.table)),
                            ("village", taken.village.map { .string($0.code) } ?? .null),
                        ])
                    })
            ),
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
                            .text(Shown.meaning("role", of: one)), .text(one.text("reason") ?? ""),
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
                            .text(Disclosures.table(of: one).shown), .text(one.text("reason") ?? ""),
                            Parts.link(String(one.record.seq), Link("records", one.record.id.description)),
                        ]
                    })
            },
            Parts.panel(L("打开过页面（最近 \(Self.limit) 次）", "Opened a page (the last \(Self.limit))")) {
                Parts.table(
                    L("打开过页面", "Opened a page"), [L("时间", "When"), L("账号", "Account"), L("页面", "Page")],
                    rows: views.map { [Parts.time($0.at), .text($0.account), .text(Self.page($0.page))] })
            },
        ])
    }

    private static func who(_ one: Linked) -> String {
        [one.text("person"), one.text("account")].compactMap(\.self).joined(separator: " ")
    }

    private static func page(_ name: String) -> String {
        switch name {
        case "household": L("住户", "Household")
        case "record": L("记录", "Record")
        case "field": L("一个值的来历", "Where a value comes from")
        case "payment": L("发放追溯", "Trace of a payment")
        case "edit": L("修改", "Edit")
        case "history": L("历史", "History")
        case "attachment": L("照片或文件", "Photo or file")
        default: name
        }
    }
}
