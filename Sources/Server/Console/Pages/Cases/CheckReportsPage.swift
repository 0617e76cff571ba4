import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The checking platform's reports, taken in from its file (R65, R66). The same file twice changes nothing more.
struct CheckReportsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/checks", .work) { console, request in
            try console.page { _, seq in CheckReportsPage(request: request, seq: seq, taken: nil) }
        },
        .post("/checks", .work, work: { _ in .long }) { console, request in
            let reports = try reports(in: try request.required("reports"))
            guard reports.count <= limit else {
                throw Problem(
                    .badValue, "reports",
                    explanation: Label(
                        zh: "一次最多 \(limit) 份；更多的请技术人员在服务器上读入", en: "At most \(limit) at a time"))
            }
            let (imported, refused) = try CaseDesk(township: console.township).importReports(
                reports, act: try request.act(reason: "").further)
            let taken = Taken(applications: imported.compactMap(\.text), refused: refused)
            return try console.page { _, seq in CheckReportsPage(request: request, seq: seq, taken: taken) }
        },
    ]

    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for any other file.
    private static func reports(in text: String) throws -> [JSONValue] {
        do {
            return try CheckFiles.items("reports", of: Array(text.utf8))
        } catch let problem as Problem {
            throw Problem(
                .badDocument, problem.subject,
                explanation: Label(
                    zh: "这不是核对平台发回的文件", en: "This is not the file that the checking platform sent"),
                hint: Label(
                    zh: "请重新选择平台发回的报告文件（JSON）。", en: "Choose the platform's file of reports (JSON)."))
        }
    }

    /// Reports that are taken in at once, at most.
    private static let limit = 500

    struct Taken: Sendable {
        let applications: [String]
        let refused: [CaseDesk.Refused]
    }

    let request: ConsoleRequest
    let seq: Seq
    let taken: Taken?

    var title: String { L("读入核对报告", "Take in check reports") }

    var json: JSONValue {
        guard let taken else { return .object([("seq", .int(Int64(seq)))]) }
        return .object([
            ("seq", .int(Int64(seq))), ("applications", .array(taken.applications.map(JSONValue.string))),
            ("refused", .array(taken.refused.map(\.document))),
        ])
    }

    func body() -> HTML { .group([result, form]) }

    private var result: HTML {
        guard let taken else { return .empty }
        return Parts.panel(L("读入结果", "What was taken in")) {
            Parts.note(
                L(
                    "读入 \(taken.applications.count) 份，不予采用 \(taken.refused.count) 份。",
                    "\(taken.applications.count) taken in, \(taken.refused.count) set aside."),
                taken.refused.isEmpty ? .fine : .soon)
            Tag.ul {
                for id in taken.applications {
                    Tag.li { Parts.link(L("打开办件", "Open the case"), Link("cases", id)) }
                }
                for refused in taken.refused { Tag.li(text: Failure(refused.problem).message) }
            }
        }
    }

    private var form: HTML {
        Parts.panel(L("平台发回的文件", "The file that the platform sent")) {
            Parts.form(Link("checks"), request, seen: seq, submit: L("读入", "Take in")) {
                Parts.upload(
                    into: "f-reports", L("报告文件（JSON）", "The file (JSON)"), accept: ".json,application/json")
                Parts.textarea(
                    "reports", L("文件内容", "Content"), isRequired: true, rows: 6, limit: FormFields.Limit.bodyBytes)
            }
        }
    }
}
