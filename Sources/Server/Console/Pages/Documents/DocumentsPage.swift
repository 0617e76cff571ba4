import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The documents of a case: which may be issued, what the others are missing, what was issued (R41).
struct DocumentsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/cases/{id}/documents") { console, request in
            let id = try request.record()
            let desk = DocumentDesk(township: console.township)
            let page = try console.read { database, seq in
                DocumentsPage(
                    seq: seq, request: request,
                    list: DocumentList(
                        subject: try desk.subject(
                            id.description, in: CaseReader(console.township, in: database), at: request.now)))
            }
            try console.keepView(of: id, page: "documents", by: request)
            return .page(page)
        },
        .post("/cases/{id}/documents", .work) { console, request in
            let id = try request.record()
            let template = DocumentTemplate.of(try DocumentCode(parsing: try request.required("code")))
            let act = try console.act(request, reason: "") {
                try console.newer(inCase: id, than: $1, withFacts: true, in: $0)
            }
            let made = try DocumentDesk(township: console.township).issue(
                id.description, template, act: act, isWelcome: { _ in })
            let record = made.record.map(\.id.description) ?? ""
            return .done(
                Link(
                    "cases", id.description, "documents",
                    query: [("done", made.seq.map { String($0) }), ("issued", record)]),
                made.json(file: "/documents/\(record)"))
        },
    ]

    let seq: Seq
    let request: ConsoleRequest
    let list: DocumentList

    private var id: String { list.subject.file?.application.record.id.description ?? "" }
    private var isWorker: Bool { Permission.work.isGiven(to: request.person.role) }

    var title: String { L("文书", "Documents") }
    /// What `document list --json` says, and `seq`.
    var json: JSONValue { list.json.adding([("seq", .int(Int64(seq)))]) }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("回到这件申请", "Back to the case"), Link("cases", id)) },
            isWorker
                ? .empty
                : Parts.note(
                    L(
                        "文书含完整证件号，由镇（街）出具和打印；这里可查编号和校验值。",
                        "Documents hold full numbers: the township prints them. Numbers and hashes are here."), .soon),
            issued,
            .group(list.rows.map(row)),
        ])
    }

    /// What was just issued, to be printed.
    private var issued: HTML {
        guard let record = request.query["issued"].flatMap({ RecordID($0) }) else { return .empty }
        return Tag.p(.class(.hint, .fine)) {
            L("已出具。", "Issued. ")
            Parts.link(L("打开并打印", "Open and print"), Link("documents", record.description))
        }
    }

    private func row(_ row: DocumentList.Row) -> HTML {
        Parts.panel(row.title, id: row.template.code.rawValue) {
            if !row.missing.isEmpty {
                Tag.p(text: L("现在不能出具：", "Not now:"))
                CaseParts.reasons(row.missing.map { .init($0.rule, $0.needs) })
            }
            if !row.issued.isEmpty { table(of: row) }
            if isWorker { acts(row) }
        }
    }

    private func table(of row: DocumentList.Row) -> HTML {
        Parts.table(
            row.title,
            [
                L("编号", "Serial"), L("出具日期", "Issued on"), L("出具人", "Issued by"), L("打印次数", "Printed"),
                L("校验", "SHA-256"), "",
            ], rows: row.issued.map { cells($0, isCurrent: row.current == $0.record.id) }, numbers: [3])
    }

    private func cells(_ document: Linked, isCurrent: Bool) -> [HTML] {
        let serial = document.text("serial") ?? ""
        return [
            isWorker ? Parts.link(serial, Link("documents", document.record.id.description)) : .text(serial),
            Shown.value("issued_on", of: document), Shown.value("issued_by", of: document),
            .text(String(document.number("printed") ?? 0)),
            Tag.code(text: String((document.text("sha256") ?? "").prefix(12))),
            isCurrent
                ? Parts.badge(L("与现在一致", "as things stand"), .fine) : Parts.badge(L("已有变化", "superseded"), .mild),
        ]
    }

    private func acts(_ row: DocumentList.Row) -> HTML {
        let code = row.template.code.rawValue
        let isReprint = row.current != nil
        return Tag.div(.class(.buttons)) {
            if row.missing.isEmpty || row.template.isForm {
                Parts.link(L("看样稿", "Look at a draft"), Link("cases", id, "documents", code, "draft"))
            }
            if row.missing.isEmpty {
                Parts.form(
                    Link("cases", id, "documents"), request, seen: seq,
                    submit: isReprint ? L("补打（登记次数）", "Print again, counted") : L("出具并编号", "Issue with a number"),
                    style: isReprint ? .button : .primary
                ) { Tag.input(.type(.hidden), .name("code"), .value(code)) }
            }
        }
    }
}
