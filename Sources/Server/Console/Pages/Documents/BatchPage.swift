import Assistance
import CommandSupport
import Markup
import SyncEngine

/// One document for many cases: each with a number of its own, printed together.
struct BatchPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/documents/batch", .work) { console, request in .page(try BatchPage(console, request)) },
        .post("/documents/batch", .work, work: { _ in .long }, issue),
    ]

    /// Documents of a batch, at most.
    static let limit = 50

    struct Row: Sendable {
        let file: CaseFile
        let missing: [Refusal.Reason]
        /// Issued already, and nothing has changed since.
        let serial: String?
    }

    let seq: Seq
    let request: ConsoleRequest
    let template: DocumentTemplate
    let status: CaseState?
    let village: String?
    let rows: [Row]
    let isCut: Bool
    let issued: [DocumentDesk.Sheet]
    /// Those that were asked for and not issued, with the reason as it is now.
    let failed: [Row]

    /// Letters and forms that an office makes by the dozen, and the state in which they are due.
    private static let usual: [(code: DocumentCode, status: CaseState)] = [
        (.publicNotice, .approved), (.rejection, .rejected), (.acceptance, .accepted), (.approval, .approved),
        (.adjustment, .adjusted), (.application, .intent), (.authorisation, .intent), (.commitment, .intent),
        (.survey, .preparing), (.democraticReview, .democraticReview), (.reliefReceipt, .relieved),
        (.leaflet, .intent),
    ]

    init(_ console: Console, _ request: ConsoleRequest) throws {
        self.request = request
        let code = try request.query["code"].map { try DocumentCode(parsing: $0) } ?? .publicNotice
        let template = DocumentTemplate.of(code)
        self.template = template
        status = try BatchPage.status(request.query["status"], of: code)
        village = request.query["village"].map { $0.trimmingWhitespace() }.flatMap { $0.isEmpty ? nil : $0 }
        var filter = LedgerReader.CaseFilter()
        (filter.status, filter.village) = (status, village)
        let found = try console.township.ledger.read { try $0.cases(filter, limit: Self.limit + 1) }
        isCut = found.count > Self.limit
        let desk = DocumentDesk(township: console.township)
        let asked = request.query.all("failed").compactMap { RecordID($0) }.prefix(Self.limit)
        (seq, rows, failed) = try console.read { database, seq in
            let records = try CaseReader(console.township, in: database)
            func row(_ id: RecordID) throws -> Row {
                try BatchPage.row(id, template, desk: desk, in: records, at: request.now)
            }
            return (seq, try found.prefix(Self.limit).map { try row($0.application) }, try asked.map(row))
        }
        issued = try request.query.all("issued").prefix(Self.limit).compactMap { RecordID($0) }.map(desk.sheet)
    }

    private static func status(_ text: String?, of code: DocumentCode) throws -> CaseState? {
        guard let text, !text.isEmpty else { return usual.first { $0.code == code }?.status }
        guard let status = CaseState(rawValue: text) else { throw Problem(.badValue, text) }
        return status
    }

    private static func row(
        _ id: RecordID, _ template: DocumentTemplate, desk: DocumentDesk, in records: CaseReader, at now: Instant
    ) throws -> Row {
        let subject = try desk.subject(id.description, in: records, at: now)
        let list = DocumentList(subject: subject)
        let file = try records.file(id.description, at: now)
        guard let row = list.rows.first(where: { $0.template.code == template.code }) else {
            let none = Refusal.Reason(CaseRule(41), Label(zh: "这个项目没有这种文书", en: "its programme has no such document"))
            return Row(file: file, missing: [none], serial: nil)
        }
        let current = row.issued.first { $0.record.id == row.current }
        return Row(
            file: file, missing: row.missing.map { .init($0.rule, $0.needs) }, serial: current?.text("serial"))
    }

    /// Each on its own: one that is refused stops no other, and a number is given only with its record.
    @Sendable private static func issue(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let template = DocumentTemplate.of(try DocumentCode(parsing: try request.required("code")))
        let ids = request.form.all("id")
        guard !ids.isEmpty, ids.count <= limit else {
            throw Problem(
                .badValue, "id",
                explanation: Label(zh: "一次选 1 到 \(limit) 件", en: "Choose from 1 to \(limit) at a time"))
        }
        _ = try request.seen()
        let desk = DocumentDesk(township: console.township)
        var made: [DocumentDesk.Made] = []
        var refused: [CaseDesk.Refused] = []
        for id in ids {
            do {
                guard let application = RecordID(id) else { throw Problem(.unknownRecord, String(id.prefix(40))) }
                let act = try console.act(request, reason: "") {
                    try console.newer(inCase: application, than: $1, withFacts: true, in: $0)
                }
                made.append(try desk.issue(id, template, act: act, isWelcome: { _ in }))
            } catch let problem as Problem {
                refused.append(CaseDesk.Refused(subject: id, problem: problem))
            } catch is ChangedMeanwhile {
                refused.append(CaseDesk.Refused(subject: id, problem: Problem(.changedMeanwhile)))
            }
        }
        let records = made.compactMap { $0.record?.id.description }
        return .done(
            Link(
                "documents", "batch",
                query: [
                    ("code", template.code.rawValue), ("status", request.optional("status")),
                    ("village", request.optional("village")),
                ] + records.map { ("issued", $0) } + refused.map { ("failed", $0.subject) }),
            .object([
                ("documents", .array(zip(made, records).map { $0.json(file: "/documents/\($1)") })),
                ("refused", .array(refused.map(\.document))),
            ]))
    }

    var title: String { L("成批出文书", "Documents in a batch") }

    /// `seq`, `code`, `status`, `cases` [`application`, `possible`, `serial`, `missing` [{`rule`, `text`}]].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("code", .string(template.code.rawValue)),
            ("status", status.map { .string($0.rawValue) } ?? .null),
            (
                "cases",
                .array(
                    rows.map { row in
                        .object([
                            ("application", .string(row.file.application.record.id.description)),
                            ("possible", .bool(row.missing.isEmpty)),
                            ("serial", row.serial.map(JSONValue.string) ?? .null),
                            (
                                "missing",
                                .array(
                                    row.missing.map {
                                        .object([("rule", .string($0.rule.code)), ("text", .string($0.text.text()))])
                                    })
                            ),
                        ])
                    })
            ),
        ])
    }

    // MARK: - For people

    func body() -> HTML {
        .group([
            filters, result,
            Parts.panel(L("选择", "Choose")) {
                if isCut {
                    Parts.note(
                        L("超过 \(Self.limit) 件，只列前面的；按村筛选。", "More than \(Self.limit): filter by village."), .soon)
                }
                if rows.isEmpty {
                    Tag.p(
                        .class(.empty),
                        text: L("没有这样的申请；换一种文书或状态再看", "No such cases; look at another document or status"))
                } else {
                    Parts.form(
                        Link("documents", "batch"), request, seen: seq, submit: L("出具所选（各自编号）", "Issue those chosen")
                    ) { choices }
                }
            },
        ])
    }

    private var choices: HTML {
        .group([
            Tag.input(.type(.hidden), .name("code"), .value(template.code.rawValue)),
            Tag.input(.type(.hidden), .name("status"), .value(status?.rawValue ?? "")),
            Tag.input(.type(.hidden), .name("village"), .value(village ?? "")),
            Parts.table(
                title, ["", L("申请", "Case"), L("户编号", "Household"), L("状态", "Status"), L("现状", "State")],
                rows: rows.map { row in
                    let id = row.file.application.record.id.description
                    return [
                        row.missing.isEmpty
                            ? Tag.input(
                                .type(.checkbox), .name("id"), .value(id), row.serial == nil ? .checked : nil,
                                .ariaLabel(name(row.file))) : .empty,
                        Parts.link(name(row.file), Link("cases", id)), .text(row.file.home?.text("number") ?? "-"),
                        CaseParts.status(row.file.status), state(row),
                    ]
                }),
        ])
    }

    private func name(_ file: CaseFile) -> String {
        (file.applicant ?? file.head)?.text("name") ?? file.programme?.label.text() ?? "-"
    }

    private func state(_ row: Row) -> HTML {
        if !row.missing.isEmpty { return CaseParts.reasons(row.missing) }
        guard let serial = row.serial else { return Parts.badge(L("可出具", "possible"), .fine) }
        return .group([Parts.badge(L("已出具，再选是补打", "issued: again is a reprint"), .mild), " ", .text(serial)])
    }

    /// What came of the last batch.
    private var result: HTML {
        guard !issued.isEmpty || !failed.isEmpty else { return .empty }
        return Parts.panel(L("办理结果", "What came of it"), id: "result") {
            if !issued.isEmpty {
                Tag.p(.class(.hint, .fine)) {
                    L("已出具 \(issued.count) 件。", "\(issued.count) issued. ")
                    Parts.link(
                        L("打开全部并打印", "Open all and print"),
                        Link("documents", "print", query: issued.map { ("id", $0.record.description) }))
                }
                Tag.ul {
                    for sheet in issued {
                        Tag.li {
                            Parts.link(sheet.serial, Link("documents", sheet.record.description))
                            " 《\(sheet.title)》"
                        }
                    }
                }
            }
            for row in failed {
                Tag.div(.class(.hint, .grave)) {
                    Tag.p(text: L("没有出具：", "Not issued: ") + name(row.file))
                    if row.missing.isEmpty {
                        Tag.p(text: L("其间有变化，请看过再选一次。", "It changed meanwhile: look, and choose it again."))
                    } else {
                        CaseParts.reasons(row.missing)
                    }
                }
            }
        }
    }

    private var filters: HTML {
        Tag.form(.class(.filters), .action(Link("documents", "batch")), .method(.get)) {
            Parts.select(
                "code", L("文书", "Document"), options: Self.usual.map { ($0.code.rawValue, $0.code.title) },
                value: template.code.rawValue)
            Parts.select(
                "status", L("状态", "Status"),
                options: [("", L("按文书", "by the document"))]
                    + CaseState.allCases.map { ($0.rawValue, $0.label.text()) },
                value: request.query["status"] ?? "")
            Shown.villageChoice(village ?? "")
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), .class(.primary), text: L("查看", "Show")) }
        }
    }
}
