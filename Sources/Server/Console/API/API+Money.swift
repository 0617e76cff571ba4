import Assistance
import SyncEngine

/// The month's money: roll, plan, payment, returns, reconciliation, arrears, recovery, budget (R5, R8, R10, R11, R14).
extension API {
    static let money: Table = [
        "GET /money": .page(
            "一个月的资金", "A month's money", query: [.optional("month", .month), compute],
            [
                ("seq", .integer), ("month", .month),
                ("standing", .object([("cases", .integer), ("fen", .integer)])), ("batches", .list(.anything)),
                ("lines", .integer), ("plannedFen", .integer), ("issuedFen", .nullable(.integer)),
                ("allocatedFen", .nullable(.integer)), ("late", .flag), ("paidFen", .integer),
                ("waitingFen", .integer), ("returnedFen", .integer), ("reversedFen", .integer),
                ("budgets", .list(.anything)),
            ]),
        "GET /money/arrears": .page(
            "以前月份应发未发", "What is due for months of before", query: [.optional("month", .month), compute],
            [("seq", .integer), ("month", .month), ("asOfSeq", .nullable(.integer)), ("fen", .nullable(.integer))]),
        "GET /money/roll/{month}": .page(
            "发放名册", "The roll of a month", query: [compute],
            ofMonth + [
                ("batches", .list(.anything)), ("payFiles", .list(.anything)), ("preview", .nullable(.anything)),
                ("changes", .nullable(.anything)),
            ]),
        "POST /money/roll/{month}/freeze": .act(
            "冻结名册", "Freeze the roll", [.seen, .needed("computed"), .optional("without_stations")], []),
        "POST /money/roll/{month}/payfile": .file(
            "导出发放文件（明文）", "The file for the bank, in clear", form: [.seen, .reason, batch],
            ["text/csv"]),
        "GET /money/plan/{month}": .page(
            "用款计划", "The plan of a month", ofMonth + [("batches", .list(.anything)), ("plans", .list(.anything))]),
        "GET /money/plan/{month}/file": .file(
            "下载计划表", "The plan as a file", query: [format, .optional("batch", .integer)],
            TableFormat.allCases.map(mediaType)),
        "POST /money/plan/{month}/issue": .act(
            "下达计划", "Issue the plan", [.seen, .optional("due", .day), batch, .remark], [("id", .record)]),
        "POST /money/plans/{id}/allocate": .act(
            "登记拨付", "Record an allocation",
            [.seen, .needed("on", .day), .needed("amount"), .optional("programme"), .optional("document"), .remark],
            [("id", .record), ("seq", .integer)]),
        "GET /money/paid/{month}": .page(
            "发放与退回", "Paid and returned", query: [.after],
            ofMonth + [
                ("payFiles", .list(.anything)), ("paidFen", .integer), ("waitingFen", .integer),
                ("returnedFen", .integer), ("returnedCount", .integer), ("next", .nullable(.record)),
            ]),
        "POST /money/paid/{month}": .act(
            "登记发放", "Record that a month is paid", [.seen, .needed("on", .day), batch, .optional("file")],
            [("month", .month), ("file", .record), ("lines", .integer), ("totalFen", .integer)]),
        "POST /money/returns": .act("读入银行退回", "Read the bank's returns", [.seen, .needed("rows")], []),
        "POST /money/lines/{id}/return": .act(
            "登记一笔退回", "Record a return", [.seen, .needed("code"), .remark], [("seq", .integer)]),
        "POST /money/lines/{id}/again": .act(
            "退回的重新发放", "Pay a returned line anew", [.seen, .reason], [("id", .record), ("seq", .integer)]),
        "GET /money/reconcile/{month}": .page(
            "三方核对", "Planned, allocated and paid, compared", query: [compute],
            ofMonth + [("asOfSeq", .nullable(.integer))]),
        "GET /money/recoveries": .page(
            "追回", "What is to be given back", query: [.after, compute],
            [("seq", .integer), ("recoveries", .list(.anything)), ("next", .nullable(.record))]),
        "POST /money/recoveries/propose": .act(
            "提出追回", "Propose a recovery",
            [
                .seen, .reason, .needed("application", .record), .needed("cause"), .needed("lines"),
                .optional("instalment"),
            ], []),
        "POST /money/recoveries/{id}/decide": .act(
            "批准或不批准追回", "Decide a recovery", [.seen, .reason, .needed("decision")], []),
        "POST /money/recoveries/{id}/offset": .act(
            "从发放中抵扣", "Withhold from a line", [.seen, .reason, .needed("line", .record), .optional("amount")], []),
        "POST /money/recoveries/{id}/receive": .act(
            "登记收回", "Record what was given back",
            [.seen, .needed("means"), .needed("amount"), .needed("on", .day), .optional("receipt")], []),
        "GET /money/budget/{year}": .page(
            "预算", "The budget of a year",
            [("seq", .integer), ("year", .integer), ("budgets", .list(.anything)), ("use", .list(.anything))]),
        "POST /money/budget/{year}/propose": .act(
            "提出预算", "Propose a budget",
            [.seen, .optional("amount"), .optional("programme"), .optional("township"), .remark], []),
        "POST /money/budgets/{id}/approve": .act(
            "批准预算", "Approve a budget", [.seen, .reason], []),
    ]

    private static let compute = Operation.Field.optional("compute")
    private static let batch = Operation.Field.optional("batch", .integer)
    private static let ofMonth: [(String, Shape)] = [("seq", .integer), ("month", .month)]
}
