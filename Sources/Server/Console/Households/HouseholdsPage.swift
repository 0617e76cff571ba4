import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// The households, found by what people know of them.
struct HouseholdsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households") { console, request in
            try HouseholdSearch.refuseNumbers(request.query["text"])
            return .page(try page(console, request, text: request.query["text"] ?? ""))
        },
        .get("/find") { console, request in
            try HouseholdSearch.refuseNumbers(request.query["text"])
            return try found(console, request, text: request.query["text"] ?? "")
        },
        .post("/find", .look) { console, request in
            try found(console, request, text: request.form["text"] ?? "")
        },
    ]

    let seq: Seq
    let found: HouseholdSearch.Found
    let text: String
    let village: String?
    let request: ConsoleRequest

    private static func page(_ console: Console, _ request: ConsoleRequest, text: String) throws -> HouseholdsPage {
        let village = request.query["village"].flatMap { $0.isEmpty ? nil : $0 }
        return try console.read { database, seq in
            let search = HouseholdSearch(tables: console.township.database.tables, database: database)
            return HouseholdsPage(
                seq: seq, found: try search.find(text, village: village, after: request.query["after"]),
                text: text, village: village, request: request)
        }
    }

    /// The one household, or the list.
    private static func found(_ console: Console, _ request: ConsoleRequest, text: String) throws -> ConsoleAnswer {
        let page = try Self.page(console, request, text: text)
        if page.found.hits.count == 1, page.found.next == nil, let only = page.found.hits.first {
            return .done(Link("households", only.household.record.id.description), page.json)
        }
        if HouseholdSearch.isIdentityNumber(text) { return .page(page) }
        return .done(Link("households", query: [("text", text.trimmingSpace)]), page.json)
    }

    var title: String { L("住户", "Households") }

    /// `seq`, `households` [`id`, `number`, `head`, `address`, `village`, `people`, `member`], `next`.
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))),
            (
                "households",
                .array(
                    found.hits.map { hit in
                        .object([
                            ("id", .string(hit.household.record.id.description)),
                            ("number", hit.household.text("number").map(JSONValue.string) ?? .null),
                            ("head", hit.head.map(JSONValue.string) ?? .null),
                            ("address", hit.household.text("address").map(JSONValue.string) ?? .null),
                            ("village", .string(hit.household.record.scope.code)), ("people", .int(Int64(hit.people))),
                            ("member", hit.member?.text("name").map(JSONValue.string) ?? .null),
                        ])
                    })
            ), ("next", found.next.map(JSONValue.string) ?? .null),
        ])
    }

    func body() -> HTML {
        let isNumber = HouseholdSearch.isIdentityNumber(text)
        return .group([
            Tag.form(.class(.filters), .action(Link("households")), .method(.get)) {
                Parts.field(
                    "text", L("姓名、户编号、住址、拼音首字母", "Name, number, address, initials"), type: .search,
                    value: isNumber ? "" : text, limit: HouseholdSearch.textCharacters)
                Shown.villageChoice(village ?? "")
                Tag.div(.class(.buttons)) {
                    Tag.button(.type(.submit), .class(.primary), text: L("查找", "Search"))
                }
            },
            Parts.note(
                L(
                    "身份证号只按整号查，请在页面上方的查找框里输入：不会留在网址里。",
                    "Identity numbers are found as a whole, in the box above: they stay out of addresses.")),
            registering,
            Parts.table(
                title,
                [
                    L("户编号", "Number"), L("户主", "Head"), L("住址", "Address"), L("村居", "Village"),
                    L("共同生活", "Persons"), L("找到的成员或内容", "Found by"),
                ], rows: found.hits.map(row), numbers: [4]),
            pages,
        ])
    }

    private var registering: HTML {
        guard Permission.work.isGiven(to: request.person.role) else { return .empty }
        return Tag.p {
            found.hits.isEmpty && !text.isEmpty ? .text(L("没有找到。", "Not found. ")) : .empty
            Parts.link(
                L("登记新住户", "Register a household"),
                NewHouseholdPage.link(searched: found.hits.isEmpty ? text : ""))
        }
    }

    private func row(_ hit: HouseholdSearch.Hit) -> [HTML] {
        let id = hit.household.record.id
        return [
            Parts.link(hit.household.text("number") ?? L("（没有编号）", "(no number)"), Link("households", "\(id)")),
            .text(hit.head ?? ""), .text(hit.household.text("address") ?? ""),
            Shown.village(hit.household.record.scope.code),
            .text(String(hit.people)), .text(matched(hit)),
        ]
    }

    /// Why it is on the list: the member, or what of the household has the text.
    private func matched(_ hit: HouseholdSearch.Hit) -> String {
        if let member = hit.member { return member.text("name") ?? "" }
        let wanted = text.trimmingSpace.lowercased()
        guard !wanted.isEmpty else { return "" }
        return hit.household.kind.storedFields.filter { field in
            let value = hit.household.value(field.name)
            return ([value.text].compactMap(\.self) + value.elements).contains { $0.lowercased().contains(wanted) }
        }.map(Shown.label).joined(separator: L("、", ", "))
    }

    private var pages: HTML {
        guard let next = found.next else { return .empty }
        let isNumber = HouseholdSearch.isIdentityNumber(text)
        return Tag.p(.class(.pages)) {
            Parts.link(
                L("下一页", "Next page"),
                Link(
                    "households",
                    query: [("text", isNumber || text.isEmpty ? nil : text), ("village", village), ("after", next)]))
        }
    }
}
