import Assistance
import SyncEngine

/// Households, their records and traces; tables, files and rosters.
extension API {
    static let households: Table = [
        "GET /households": .named(
            "住户列表", "Households, found by name, number, address or initials",
            query: [.optional("text"), .village, .after], "Households"),
        "GET /find": .named("查找", "Find a household or a person", query: [.optional("text"), .village], "Households"),
        "POST /find": .named(
            "按姓名或身份证号查找", "Find by name or by an identity number, which goes into no address",
            form: [.optional("text")], "Households"),
        "GET /households/new": .page(
            "登记新住户的表单", "The form of a new household", query: [.optional("number"), .optional("name")],
            [("seq", .integer), ("villages", .list(.text))]),
        "POST /households/new": .act(
            "登记新住户及户主", "Register a household with its head",
            [
                .seen, .reason, .needed("village"), .needed("number"), .optional("address"), .optional("phones"),
                .optional("hukou_type"), .optional("name"), .optional("id_number"),
            ], written),
        "GET /households/{id}": .page(
            "一户的全部", "A household, whole; as of a day or a seq",
            query: [asOf, .optional("payments")],
            [
                ("seq", .integer), ("asOf", .nullable(asOfAnswer)), ("clearUntil", .nullable(.time)),
                ("household", .named("Record")),
            ]
                + [
                    "members", "incomes", "expenses", "property", "supporters", "accounts", "visits", "reports",
                    "cases",
                    "attachments", "notes",
                ].map { ($0, .list(.named("Record"))) }
                + [
                    (
                        "payments",
                        .object([
                            ("count", .integer), ("lines", .list(.named("Record"))), ("next", .nullable(.record)),
                        ])
                    ), ("conflicts", .list(.record)), ("duplicates", .list(.record)),
                ]),
        "POST /households/{id}/disclosure": .act("申请显示敏感信息", "Ask to see what is masked", [.reason], disclosed),
        "GET /households/{id}/history": .page(
            "一户的历史", "All that was ever changed, the newest first", query: [.optional("before", .integer)],
            [
                ("seq", .integer), ("household", .record), ("count", .integer), ("next", .nullable(.integer)),
                ("entries", .list(entry)),
            ]),
        "GET /households/{id}/views": .page(
            "谁看过这一户", "Who looked at it, and who asked to see what is masked",
            query: [.optional("before", .record)],
            [
                ("seq", .integer), ("household", .record),
                ("disclosures", .list(.object([("at", .text), ("account", .nullable(.text))]))),
                (
                    "exports",
                    .list(
                        .object([
                            ("at", .text), ("account", .text), ("table", .text), ("village", .nullable(.text)),
                        ]))
                ), ("next", .nullable(.record)),
                (
                    "views",
                    .list(.object([("at", .time), ("account", .text), ("page", .text), ("seq", .integer)]))
                ),
            ]),
        "GET /households/{id}/new/{kind}": .named("新增记录的表单", "The form of a new record", "Form"),
        "POST /households/{id}/new/{kind}": .act(
            "新增记录：字段见 GET", "A new record: with the fields that the form lists", [.seen, .reason], written),
        "GET /records/{id}": .page(
            "一条记录", "One record of any kind", query: [asOf],
            [
                ("id", .record), ("kind", .text), ("scope", .text), ("seq", .integer), ("deleted", .flag),
                ("fields", .map(.anything)), ("conflicts", .list(.record)), ("household", .record),
                ("clearUntil", .nullable(.time)), ("asOf", .nullable(asOfAnswer)), ("head", .integer),
            ]),
        "POST /records/{id}/disclosure": .act("申请显示敏感信息", "Ask to see what is masked", [.reason], disclosed),
        "GET /records/{id}/edit": .named("修改表单", "The form of a record", "Form"),
        "POST /records/{id}/edit": .act(
            "修改记录：字段见 GET", "Correct a record: with the fields that the form lists", [.seen, .reason], written),
        "GET /records/{id}/fields/{field}": .page(
            "谁说的：一个字段的来历", "Who says so: where the value of a field comes from",
            [
                ("seq", .integer), ("record", .record), ("kind", .text), ("field", .text), ("value", .anything),
                ("steps", .list(.named("Step"))),
            ]),
        "GET /records/{id}/proof": .file(
            "记录的证明，可离线核对", "A proof that can be checked without this server",
            query: [.optional("head", .list(.integer))], ["application/json"]),
        "GET /payments/{id}/trace": .page(
            "一笔发放的依据", "A payment back to the decision, the facts and the visits",
            [
                ("seq", .integer), ("household", .record), ("payment", .nullable(.named("Record"))),
                ("application", .nullable(.named("Record"))), ("decision", .nullable(.named("Record"))),
                ("calculation", .nullable(.anything)), ("facts", .list(.nullable(.named("Record")))),
                ("visits", .list(.nullable(.named("Record")))),
            ]),
    ]

    static let files: Table = [
        "GET /tables/{name}": .page(
            "一张表", "A table, a screen at a time", query: tableQuery + [.after],
            [
                ("seq", .integer), ("table", .text), ("rows", .list(.map(.anything))), ("after", .nullable(.text)),
                ("asOf", .nullable(.time)),
            ]),
        "GET /tables/{name}/file": .file(
            "下载一张表", "A table as a file, masked", query: tableQuery + [format], TableFormat.allCases.map(mediaType)),
        "POST /tables/{name}/file": .file(
            "下载含完整信息的表（理由进日志）", "A table as a file, in clear: the reason goes into the log",
            query: tableQuery + [format], form: [.reason], TableFormat.allCases.map(mediaType)),
        "GET /exports": .page(
            "所有的表", "Every table that can be taken away",
            [
                (
                    "tables",
                    .list(.object([("table", .text), ("title", .text), ("takes", .list(.text))]))
                )
            ]),
        "GET /ledger": .page(
            "救助台账，可截至某日", "Who receives what since when, now or as of a day",
            query: [
                .optional("as_of", .day), .village,
                .optional("programme", .code([""] + Programme.allCases.map(\.rawValue))), .after,
            ],
            [
                ("seq", .integer), ("asOf", .nullable(.day)), ("count", .integer), ("amountFen", .integer),
                ("rows", .list(.map(.anything))), ("after", .nullable(.text)),
            ]),
        "GET /imports": .page("导入名册", "The form of an import", [("seq", .integer)]),
        "POST /imports/plan": .act(
            "试算，不写入", "What a roster would do; writes nothing",
            [.needed("roster"), .optional("mapping"), .village],
            planned + [("columns", .nullable(.list(.anything))), ("unused", .nullable(.list(.text)))]),
        "POST /imports": .act(
            "照此导入", "Import it", [.seen, .reason, .needed("roster"), .optional("mapping"), .village],
            planned + [("seq", .nullable(.integer))]),
    ]

    private static let planned: [(String, Shape)] = [
        ("rows", .integer), ("created", .integer), ("kinds", .list(.anything)), ("updated", .integer),
        ("unchanged", .integer), ("changes", .list(.anything)), ("rejected", .list(.anything)),
        ("warnings", .list(.anything)), ("encoding", .text), ("seen", .integer),
    ]

    private static let asOf = Operation.Field.optional("as_of")
    private static let asOfAnswer = Shape.object([("seq", .integer), ("day", .nullable(.day))])
    private static let disclosed: [(String, Shape)] = [("seq", .integer), ("household", .record), ("until", .time)]
    private static let written: [(String, Shape)] = [("id", .record), ("kind", .text), ("seq", .integer)]

    private static let tableQuery: [Operation.Field] =
        [
            .optional("month", .month), .optional("year", .year), .village,
            .optional("programme", .code([""] + Programme.allCases.map(\.rawValue))),
        ] + registerQuery
    static let format = Operation.Field.optional("format", .code(TableFormat.allCases.map(\.rawValue)))

    /// Without its parameters.
    static func mediaType(_ format: TableFormat) -> String {
        String(format.mediaType.prefix { $0 != ";" })
    }

    private static let entry = Shape.object([
        ("seq", .integer), ("author", .text), ("at", .nullable(.time)), ("reason", .text), ("outcome", .text),
        ("desk", .flag), ("station", .nullable(.text)), ("staff", .nullable(.text)),
        (
            "records",
            .list(
                .object([("record", .record), ("kind", .nullable(.text)), ("changes", .list(.text))]))
        ),
    ])
}
