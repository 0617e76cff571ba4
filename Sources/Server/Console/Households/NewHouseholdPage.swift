import Assistance
import CommandSupport
import Markup
import SyncEngine

/// A household that is not on record yet, registered at the desk with its head.
struct NewHouseholdPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households/new", .work) { console, request in
            try console.page { database, seq in
                NewHouseholdPage(
                    seq: seq, request: request,
                    villages: try VillageDesk(township: console.township).villages(in: database).map(\.code))
            }
        },
        .post("/households/new", .work, take),
    ]

    let seq: Seq
    let request: ConsoleRequest
    /// To choose from.
    let villages: [String]

    private static let household = ["number", "address", "phones", "hukou_type"]
    private static let head = ["name", "id_number"]

    /// To the form, filled in with what was searched for and not found. An identity number goes into no address.
    static func link(searched text: String) -> Link {
        let text = text.trimmingSpace
        guard !text.isEmpty, !HouseholdSearch.isIdentityNumber(text) else { return Link("households", "new") }
        let name = text.contains(where: \.isNumber) ? "number" : "name"
        return Link("households", "new", query: [(name, text)])
    }

    @Sendable private static func take(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let context = RuleContext(today: request.now.day)
        let home = try EditableFields(householdKind, record: nil)
            .read(request.form, only: household, context: context)
        let person = try EditableFields(memberKind, record: nil).read(request.form, only: head, context: context)
        var wrong = home.wrong.merging(person.wrong) { first, _ in first }
        if request.optional("village") == nil { wrong["village"] = L("请选择村居", "Choose the village") }
        if request.optional("number") == nil, wrong["number"] == nil {
            wrong["number"] = L("请填户编号", "Write the number")
        }
        if request.optional("id_number") != nil, request.optional("name") == nil, wrong["name"] == nil {
            wrong["name"] = L("写了身份证号，也要写姓名", "With an identity number goes a name")
        }
        let reason = request.optional("reason")
        guard wrong.isEmpty else { throw WrongFields(wrong) }
        let new = HouseholdDesk.New(
            village: Scope(try request.required("village")), number: try request.required("number"),
            household: home.writes, head: person.writes)
        do {
            let made = try HouseholdDesk(township: console.township).add(
                new, act: try request.act(reason: reason ?? ""))
            return .done(
                Link("households", made.id.description, query: [("done", String(made.seq))]),
                .object([
                    ("id", .string(made.id.description)), ("kind", .string(householdKind.name)),
                    ("seq", .int(Int64(made.seq))),
                ]))
        } catch let problem as Problem where problem.code == .badValue {
            let field = problem.subject.split(separator: ".").last.map(String.init) ?? ""
            guard (household + head + ["village"]).contains(field) else { throw problem }
            throw WrongFields(problem: problem, wrong: [field: EditableFields.words(problem)])
        }
    }

    var title: String { L("登记新住户", "Register a household") }

    /// `seq`, `villages`.
    var json: JSONValue {
        .object([("seq", .int(Int64(seq))), ("villages", .array(villages.map(JSONValue.string)))])
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("回到住户", "Back to the households"), Link("households")) },
            Parts.note(
                L("先在上方查找：同一户不要登记两次。", "Search for it above first: no household is registered twice.")),
            Tag.section(.class(.panel)) {
                Parts.form(Link("households", "new"), request, seen: seq, submit: L("登记", "Register")) {
                    Shown.villageToChoose(among: villages, first: L("请选择", "Choose"))
                    Parts.field(
                        "number", L("户编号", "Number"), value: request.query["number"] ?? "", isRequired: true, limit: 40)
                    Parts.field("address", L("住址", "Address"), limit: 200)
                    Parts.field("phones", L("电话", "Phones"), help: L("几个号码用逗号隔开", "Several with commas between"))
                    Parts.select(
                        "hukou_type", L("户口性质", "Registration type"), options: [("", "—")] + Self.registrations)
                    Parts.field("name", L("户主姓名", "The head's name"), value: request.query["name"] ?? "", limit: 64)
                    Parts.field("id_number", L("户主身份证号", "The head's identity number"), limit: 18)
                    Parts.reason(help: L("如：本人来所登记", "Such as: came to the office"))
                }
            },
        ])
    }

    private static var registrations: [(value: String, text: String)] {
        (householdKind.field("hukou_type")?.rule?.offered ?? [:]).sorted { $0.key < $1.key }
            .map { (value: $0.key, text: $0.value.text()) }
    }
}
