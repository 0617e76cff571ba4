import Assistance
import SyncEngine

/// Today, conflicts, duplicates, what was set aside, stations, reports.
extension API {
    private static let upkeep = Shape.object([
        ("night", .nullable(.object([("at", .time), ("sound", .flag), ("sets", .integer)]))),
        ("backup", .nullable(.object([("at", .time), ("file", .text), ("bytes", .integer), ("seq", .integer)]))),
        ("missedNight", .list(.record)), ("findings", .list(.object([("message", .text), ("grave", .flag)]))),
    ])

    static let today: Table = [
        "GET /password": .page("修改密码", "The form for a new password", [("name", .text)]),
        "POST /password": .act(
            "修改密码", "Change one's own password", [.needed("old"), .needed("new"), .needed("again")],
            [("changed", .flag)]),
        "GET /today": .page(
            "今日：要办的、超期的、等人决定的", "What is due and late, and what waits for a person",
            [
                ("seq", .integer), ("day", .day), ("tasks", .map(.integer)), ("late", .map(.integer)),
                ("lateTasks", .list(.named("Task"))), ("nextTasks", .list(.named("Task"))),
                ("clocks", .object([("warning", .integer), ("overdue", .integer)])), ("conflicts", .map(.integer)),
                ("answered", .integer), ("quarantined", .integer), ("refusedReports", .integer),
                ("duplicates", .integer), ("entriesOverdue", .integer),
                ("toSign", .object([("count", .integer), ("lines", .list(.anything))])),
                ("supervision", .object([("open", .integer), ("lines", .list(.anything))])),
                ("stations", .list(.named("Station"))),
                ("waitingAttachments", .integer),
                ("policy", .list(.text)), ("upkeep", upkeep),
            ]),
        "GET /conflicts": .page(
            "待决定的冲突", "Open conflicts, the grave ones first",
            query: [
                .optional("matter", .code([""] + ConflictMatter.allCases.map(\.rawValue))), .optional("kind"), .village,
                .after,
            ], list("conflicts", .named("Conflict"))),
        "POST /conflicts": .act(
            "几项同样处理", "Decide several alike",
            [.seen, .reason, .needed("take", .code(["mine", "theirs"])), .needed("conflict", .list(.record))],
            [("decided", .list(.anything))]),
        "GET /conflicts/{id}": .page(
            "一项冲突", "One conflict: the values, who wrote them, the household around it",
            conflict + [
                ("seq", .integer), ("writers", .list(.anything)), ("household", .nullable(.anything)),
                ("decision", .nullable(.anything)), ("questions", .list(.anything)),
            ]),
        "POST /conflicts/{id}": .act(
            "决定冲突；take=value 时另写 value.字段名，金额写元；take=written.序号 采用那一次填的值",
            "Decide it; with `take` = `value`, `value.FIELD` for each field, money in yuan; `written.SEQ`: what that set says",
            [.seen, .reason, .needed("take")], [("seq", .integer)]),
        "POST /conflicts/{id}/undo": .act(
            "撤销自己的决定", "Take back a decision", [.seen, .reason], [("seq", .integer)]),
        "POST /conflicts/{id}/ask": .act(
            "问村里", "Ask the village's station", [.seen, .needed("question")], [("seq", .integer)]),
        "POST /conflicts/{id}/clear": .act(
            "显示完整号码（留记录）", "The conflict in clear; that it was asked for is kept", [.reason], conflict),
        "GET /duplicates": .page(
            "疑似重复", "Who or what may be on record twice",
            query: [.optional("state", .code(["", "open", "all"])), .after], list("duplicates", .named("Duplicate"))),
        "GET /duplicates/{id}": .page(
            "两条记录对照", "Two records side by side", duplicate + [("page", .integer)]),
        "POST /duplicates/{id}/accept": .act(
            "合并", "Merge them, keeping one", [.seen, .reason, .needed("keep", .record)], [("id", .record)]),
        "POST /duplicates/{id}/dismiss": .act("不是同一个", "They are two", [.seen, .reason], [("id", .record)]),
        "POST /duplicates/{id}/reopen": .act("重新处理", "Decide anew", [.seen, .reason], [("id", .record)]),
        "GET /quarantine": .page(
            "没有生效的变更", "What was not taken in, and why", query: [.after],
            [
                ("seq", .integer), ("count", .integer), ("sets", .list(quarantined)),
                (
                    "reports",
                    .list(
                        .object([
                            ("application", .nullable(.text)), ("no", .nullable(.text)), ("reason", .nullable(.text)),
                        ]))
                ), ("next", .nullable(.text)),
            ]),
        "GET /stations": .page(
            "工作站", "The villages' stations", [("seq", .integer), ("stations", .list(.named("Station")))]),
        "GET /villages": .page(
            "村居", "The villages, what they are called and how many households they have",
            [
                ("seq", .integer),
                (
                    "villages",
                    .list(.object([("code", .text), ("name", .nullable(.text)), ("households", .integer)]))
                ),
            ]),
        "POST /villages/{code}": .act(
            "村居名称", "What a village is called", [.seen, .needed("name")], [("seq", .nullable(.integer))]),
        "POST /stations/{id}/revoke": .act(
            "吊销工作站", "Revoke a station", [.seen, .reason],
            [("device", .record), ("revoked", .flag), ("seq", .nullable(.integer))]),
        "GET /reports": .page(
            "统计与质量", "Statistics and quality, by year", query: [.optional("year", .year), .village],
            [
                ("seq", .integer), ("from", .month), ("through", .month), ("flow", .list(.anything)),
                ("speed", .list(.anything)), ("quality", .list(.anything)), ("asOf", .nullable(.text)),
            ]),
    ]

    /// A list, a page at a time.
    static func list(_ name: String, _ item: Shape) -> [(String, Shape)] {
        [("seq", .integer), ("count", .integer), (name, .list(item)), ("next", .nullable(.text))]
    }

    private static let quarantined = Shape.object([
        ("device", .record), ("number", .integer), ("seq", .integer), ("author", .text), ("staff", .nullable(.text)),
        ("at", .time), ("code", .integer), ("reason", .text), ("hint", .text),
        (
            "changes",
            .list(
                .object([
                    ("kind", .text), ("record", .record), ("operation", .code(["create", "edit", "delete"])),
                    ("fields", .list(.text)),
                ]))
        ),
    ])
}
