import Assistance
import SyncEngine

/// Cases, from intake to the decision and what comes after, and their documents.
extension API {
    static let cases: Table = [
        "GET /cases": .page(
            "办件列表", "Cases, a page at a time",
            query: [
                .optional("text"), .optional("programme", .code([""] + Programme.allCases.map(\.rawValue))),
                .optional("status", .code([""] + CaseState.allCases.map(\.rawValue))),
                .optional("clock", .code(["", "late", "soon"])), .village, .optional("clerk"), .after,
            ], list("cases", listed)),
        "GET /cases/new": .page(
            "登记前：住户、成员、在办的申请", "Before an intake: the household, its members, its open cases",
            query: [.needed("household", .record)],
            [
                ("seq", .integer), ("household", .record),
                ("members", .list(.object([("id", .record), ("name", .text)]))),
                (
                    "open",
                    .list(
                        .object([("id", .record), ("programme", .nullable(programme)), ("status", .nullable(status))]))
                ),
            ]),
        "POST /cases/new": .act(
            "登记申请", "Record an application",
            [
                .seen, .needed("household", .record), .needed("programme", programme), .optional("member", .record),
                .optional("channel", .code(["township", "online", "proxy", "station"])), .optional("proxy"), .remark,
                .optional("signer"), .optional("valid_to", .day),
            ],
            [("id", .record), ("seq", .integer), ("repeats", .nullable(.record)), ("findings", .list(.text))]),
        "GET /cases/{id}": .page(
            "一件申请的全部", "One case, whole",
            [
                ("id", .record), ("programme", .nullable(programme)), ("status", .nullable(status)),
                ("household", .nullable(.record)), ("member", .nullable(.record)), ("village", .text),
                ("clocks", .list(.anything)), ("next", .list(.anything)), ("moves", .list(.anything)),
                ("seq", .integer), ("steps", .list(step)),
                ("remaining", .list(.object([("clock", .text), ("late", .flag), ("text", .text)]))),
                ("preparation", .list(preparation)), ("report", .nullable(.anything)),
                ("calculation", .nullable(.anything)), ("decisions", .list(part)), ("notices", .list(part)),
                ("objections", .list(part)), ("reviews", .list(part)), ("complete", .nullable(.flag)),
            ]),
        "GET /cases/{id}/documents": .page(
            "可出和已出的文书", "Documents that may be issued, and that were",
            [
                ("seq", .integer), ("application", .record),
                (
                    "documents",
                    .list(
                        .object([
                            ("code", documentCode), ("title", .text), ("possible", .flag), ("form", .flag),
                            ("missing", .list(.named("Reason"))), ("issued", .list(.anything)),
                        ]))
                ),
            ]),
    ]

    static let caseActs: Table = [
        "POST /cases/{id}/move": .act(
            "办一步", "Take a step", [.seen, .needed("move"), .remark], done + [("status", .nullable(status))]),
        "POST /cases/{id}/checks": .act(
            "请求核对", "Request the check", [.seen, .remark], done + [("request", .nullable(.record))]),
        "GET /cases/{id}/checks/{request}": .file(
            "核对请求文件（完整号码）", "The request as a file for the platform, in clear", ["application/json"]),
        "POST /cases/{id}/decision": .act(
            "写审批决定", "Write the decision",
            [
                .seen, .needed("result", .code(CaseDecision.Result.allCases.map(\.rawValue))), .needed("signatories"),
                .optional("amount"), .optional("basis", .list(.text)), .optional("opinion"),
            ], done + [("id", .record), ("amountFen", .nullable(.integer))]),
        "POST /cases/{id}/notices": .act(
            "出公示或告知", "Issue a notice",
            [.seen, .needed("kind"), .optional("place"), .optional("hotline"), .optional("text"), .remark],
            done + [("id", .record), ("to", .nullable(.day))]),
        "POST /cases/{id}/notices/{notice}": .act(
            "登记张贴、揭下、送达", "Record that it was posted, taken down, delivered",
            [
                .seen, .optional("posted_evidence"), .optional("removed_evidence"), .optional("delivered_on", .day),
                .remark,
            ], done),
        "POST /cases/{id}/objections": .act(
            "登记异议", "Record an objection", [.seen, .needed("text"), .optional("by"), .optional("at", .day), .remark],
            done + [("id", .record)]),
        "POST /cases/{id}/reviews": .act(
            "登记民主评议", "Record a democratic review",
            [
                .seen, .needed("objection", .record), .optional("held_on", .day), .needed("attendees"),
                .needed("votes_for", .integer), .needed("votes_against", .integer), .needed("record"),
                .needed("result"), .remark,
            ], done + [("id", .record)]),
        "POST /cases/{id}/trips": .act(
            "登记申请人跑腿", "Record a trip of the applicant",
            [.seen, .optional("on", .day), .needed("where"), .needed("why"), .remark], done + [("id", .record)]),
        "POST /cases/{id}/proofs": .act(
            "要求提供材料（清单上、不能共享的）", "Ask for a proof that is on the list and not shared",
            [.seen, .needed("code"), .optional("why")], done + [("id", .record)]),
        "POST /cases/{id}/proofs/{proof}": .act(
            "登记已提供", "A proof was brought", [.seen, .optional("brought_on", .day)], done),
        "GET /checks": .page("读入核对报告", "The form for the platform's reports", [("seq", .integer)]),
        "POST /checks": .act(
            "读入核对报告文件", "Take in the platform's file of reports; the same twice changes nothing more",
            [.seen, .needed("reports")],
            [
                ("seq", .integer), ("applications", .list(.record)),
                ("refused", .list(.object([("subject", .text), ("error", .anything)]))),
            ]),
        "POST /cases/{id}/requests/{request}": .act(
            "不同意村里的请求", "Refuse what a village asked for", [.seen, .reason], done),
        "POST /cases/{id}/notes": .act(
            "超期说明", "Say why a clock was overrun", [.seen, .needed("clock"), .needed("text"), .remark],
            done + [("id", .record)]),
        "POST /cases/{id}/verifications": .act(
            "户籍地核实", "Record what the place of registration says",
            [.seen, .needed("member", .record), .needed("result"), .needed("how"), .remark], done + [("id", .record)]),
        "POST /cases/{id}/relief": .act(
            "急难救助先行发放", "Record relief paid at once",
            [.seen, .needed("amount"), .needed("means"), .needed("receipt"), .remark], done + [("id", .record)]),
        "POST /cases/{id}/rechecks/{review}": .act(
            "完成复核", "Complete a review", [.seen, .needed("result"), .optional("done", .day), .remark], done),
    ]

    static let documents: Table = [
        "POST /cases/{id}/documents": .named(
            "出具文书", "Issue a document", form: [.seen, .needed("code", documentCode)], "Document"),
        "GET /cases/{id}/documents/{code}/draft": .file("文书样稿", "A draft", ["text/html"]),
        "GET /documents/{id}": .file("已出具的文书", "A document as it was issued", ["text/html"]),
        "GET /documents/print": .file(
            "几份一起打印", "Several documents, to be printed", query: [.needed("id", .list(.record))], ["text/html"]),
        "GET /documents/batch": .page(
            "成批出文书", "Documents in a batch",
            query: [
                .optional("code", documentCode), .optional("status", .code([""] + CaseState.allCases.map(\.rawValue))),
                .village,
            ],
            [
                ("seq", .integer), ("code", documentCode), ("status", .nullable(status)),
                (
                    "cases",
                    .list(
                        .object([
                            ("application", .record), ("possible", .flag), ("serial", .nullable(.text)),
                            ("missing", .list(.named("Reason"))),
                        ]))
                ),
            ]),
        "POST /documents/batch": .act(
            "成批出具", "Issue a batch", [.seen, .needed("code", documentCode), .needed("id", .list(.text))],
            [("documents", .list(.named("Document"))), ("refused", .list(.named("Refused")))]),
        "GET /notices": .page(
            "公示和告知", "What hangs in the villages", query: [.village],
            [
                ("seq", .integer), ("tasks", .list(.named("Task"))),
                (
                    "posted",
                    .list(
                        .object([
                            ("notice", .record), ("application", .record), ("village", .text),
                            ("from", .nullable(.text)), ("to", .nullable(.day)), ("place", .nullable(.text)),
                            ("postedEvidence", .list(.text)), ("photos", .list(.hash)),
                        ]))
                ),
            ]),
        "GET /blobs/{sha256}": .file(
            "照片或文件", "A photo or file of a record",
            [
                "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf", "application/octet-stream",
            ]),
    ]

    private static let done: [(String, Shape)] = [("application", .record), ("seq", .integer)]

    private static let listed = Shape.object([
        ("id", .record), ("programme", .nullable(programme)), ("status", .nullable(status)),
        ("household", .nullable(.record)), ("number", .nullable(.text)), ("applicant", .nullable(.text)),
        ("village", .text), ("appliedOn", .nullable(.day)), ("clerk", .nullable(.text)),
        ("amountFen", .nullable(.integer)),
        ("clock", .nullable(.object([("clock", .text), ("due", .text), ("state", .text)]))),
    ])

    private static let step = Shape.object([
        ("move", .text), ("to", .text), ("possible", .flag), ("reasons", .list(.named("Reason"))),
    ])
    private static let preparation = Shape.object([
        ("task", .text), ("state", .text), ("missing", .list(.named("Reason"))),
    ])
    /// A record below the case, with some of its fields.
    private static let part = Shape.object([("id", .record), ("author", .text)])
}
