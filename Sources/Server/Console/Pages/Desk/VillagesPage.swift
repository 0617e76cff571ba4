import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The villages, what they are called, and the form that says so.
struct VillagesPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/villages") { console, request in
            try console.page { database, seq in
                VillagesPage(
                    request: request, seq: seq,
                    villages: try VillageDesk(township: console.township).villages(in: database))
            }
        },
        .post("/villages/{code}", .work) { console, request in
            let code = request.part("code")
            let act = try console.act(request, reason: "") { _, _ in [Village.id(of: Scope(code))] }
            let seq = try VillageDesk(township: console.township).name(
                [(code, try request.required("name"))], act: act)
            return .done(
                Link(["villages"], query: [("done", seq.map { String($0) })]),
                .object([("seq", seq.map { .int(Int64($0)) } ?? .null)]))
        },
    ]

    let request: ConsoleRequest
    let seq: Seq
    let villages: [VillageDesk.Entry]

    var title: String { L("村居", "Villages") }

    var json: JSONValue {
        .object([("seq", .int(Int64(seq))), ("villages", .array(villages.map(\.document)))])
    }

    func body() -> HTML {
        let isWorker = Permission.work.isGiven(to: request.person.role)
        return .group([
            Parts.note(
                L(
                    "记录里的村居只写代码。在这里写下名称，网页、文书和表格就用名称。",
                    "Records hold villages by their codes. With a name written here, pages, papers and tables say the name."
                )),
            Parts.table(
                title,
                [L("村居代码", "Code"), L("名称", "Name"), L("住户", "Households")] + (isWorker ? [L("更名", "Name it")] : []),
                rows: villages.map { village in
                    [.text(village.code), .text(village.name ?? ""), households(village)]
                        + (isWorker ? [form(village)] : [])
                }, numbers: [2]),
        ])
    }

    private func households(_ village: VillageDesk.Entry) -> HTML {
        guard village.households > 0 else { return .text("0") }
        return Parts.link(String(village.households), Link("households", query: [("village", village.code)]))
    }

    private func form(_ village: VillageDesk.Entry) -> HTML {
        Parts.form(Link("villages", village.code), request, seen: seq, submit: L("保存", "Save")) {
            Parts.field(
                "name", L("名称", "Name"), value: village.name ?? "", key: village.code, isRequired: true,
                limit: Village.nameCharacters)
        }
    }
}
