import Assistance
import SyncEngine

/// Registers and spot checks.
extension API {
    static let registers: Table = [
        "GET /registers": .page(
            "登记簿：用途、未办结、逾期", "The registers: what each is for, and how much of it waits",
            [
                ("seq", .integer),
                (
                    "registers",
                    .list(
                        .object([
                            ("register", .code(Register.all.map(\.name))), ("title", .text), ("purpose", .text),
                            ("rules", .list(.text)), ("open", .nullable(.integer)), ("overdue", .nullable(.integer)),
                            ("mayEnter", .flag),
                        ]))
                ),
            ]),
        "GET /registers/{name}": .page(
            "一本登记簿", "A register, the latest first, a screen at a time",
            query: [.village] + registerQuery + [.after, .optional("compute")],
            [
                ("seq", .integer), ("register", .text), ("open", .nullable(.integer)), ("overdue", .nullable(.integer)),
                ("rows", .list(.map(.anything))), ("after", .nullable(.text)),
                ("summary", .nullable(.anything)),
            ]),
        "GET /registers/{name}/new": .named(
            "登记一条的表单", "The form of a new entry; of what is about a case with its id",
            query: [.optional("application")], "Form"),
        "POST /registers/{name}/new": .act(
            "登记一条：字段见 GET", "A new entry: with the fields that the form lists", [.seen, .reason],
            [("id", .record), ("kind", .text), ("seq", .integer)]),
        "GET /samples/{id}": .page(
            "一次抽查：怎样抽的、每户结果", "A spot check: how it was drawn, and the results",
            query: [.optional("after", .integer)],
            [
                ("seq", .integer), ("id", .record), ("fields", .map(.anything)), ("checked", .integer),
                (
                    "households",
                    .list(
                        .object([
                            ("id", .record), ("place", .integer), ("household", .nullable(.record)),
                            ("name", .nullable(.text)), ("village", .nullable(.text)), ("result", .nullable(.text)),
                            ("checkedBy", .nullable(.text)), ("checkedOn", .nullable(.day)), ("note", .nullable(.text)),
                        ]))
                ), ("after", .nullable(.integer)),
            ]),
        "POST /samples": .act(
            "抽户；结果用 POST /records/{id}/edit 登记",
            "Draw households: a share or a count; results are kept by POST /records/{id}/edit",
            [
                .seen, .reason, .optional("share", .integer), .optional("count", .integer), .needed("seed", .integer),
                .optional("programme", .code([""] + Programme.allCases.map(\.rawValue))),
            ],
            [("id", .record), ("kind", .text), ("seq", .nullable(.integer)), ("known", .flag)]),
    ]

    static let registerQuery: [Operation.Field] = [
        .optional("from", .day), .optional("to", .day),
        .optional("state", .code([""] + RegisterList.State.allCases.map(\.rawValue))),
    ]
}
