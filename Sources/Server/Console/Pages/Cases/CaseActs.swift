import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// What people do on the page of a case. The rules decide at the desk (``CaseDesk``), not here.
enum CaseActs {
    static let routes: [ConsoleRoute] = [
        .post("/cases/{id}/move", .work, move), .post("/cases/{id}/checks", .work, requestCheck),
        .get("/cases/{id}/checks/{request}", .work, checkFile), .post("/cases/{id}/decision", .work, decide),
        .post("/cases/{id}/notices", .work, issueNotice), .post("/cases/{id}/notices/{notice}", .work, completeNotice),
        .post("/cases/{id}/objections", .work, recordObjection), .post("/cases/{id}/reviews", .work, recordReview),
        .post("/cases/{id}/trips", .work, recordTrip), .post("/cases/{id}/requests/{request}", .work, refuseRequest),
    ]

    /// An act on a case: on what the page showed, and nobody else has acted since.
    /// - Parameter withFacts: the household's facts count too: what is calculated of them.
    static func act(
        _ console: Console, _ request: ConsoleRequest, reason: String, withFacts: Bool = false,
        _ body: (CaseDesk, _ id: String, Desk.Act) throws -> (seq: Seq, more: [(String, JSONValue)])
    ) throws -> ConsoleAnswer {
        let id = try request.record()
        let act = try console.act(request, reason: reason) {
            try console.newer(inCase: id, than: $1, withFacts: withFacts, in: $0)
        }
        let (seq, more) = try body(CaseDesk(township: console.township), id.description, act)
        return .done(
            Link("cases", id.description, query: [("done", String(seq))]),
            .object([("application", .string(id.description)), ("seq", .int(Int64(seq)))] + more))
    }

    // MARK: - Steps

    @Sendable private static func move(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let name = try request.required("move")
        return try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
            let (file, seq) = try desk.move(id, name, role: request.person.role, isSecondPerson: true, act: act)
            return (seq, [("status", file.status.map { .string($0.rawValue) } ?? .null)])
        }
    }

    @Sendable private static func refuseRequest(
        _ console: Console, _ request: ConsoleRequest
    ) throws -> ConsoleAnswer {
        let (asked, reason) = (try request.record("request"), try request.required("reason"))
        return try act(console, request, reason: reason) { desk, id, act in
            (try desk.change(asked, "case_request", of: id, [.set("refusal", .text(reason))], act: act), [])
        }
    }

    // MARK: - Check

    @Sendable private static func requestCheck(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
            let (requests, refused) = try desk.requestChecks([id], act: act) { _ in }
            if let refused = refused.first { throw refused.problem }
            let head = try console.read { $1 }
            return (head, [("request", requests.first?["request"] ?? .null)])
        }
    }

    /// The request as a file for the platform: full numbers, which the platform needs.
    @Sendable private static func checkFile(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let (id, asked) = (try request.record(), try request.record("request"))
        let document = try CaseDesk(township: console.township).checkRequest(asked, of: id.description, at: request.now)
        try console.keepView(of: id, page: "check_request", by: request)
        return .file(
            ConsoleFile(
                name: "check-\(asked).json", mediaType: "application/json", bytes: Array(document.compact.utf8)))
    }

    // MARK: - Decision

    @Sendable private static func decide(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let signatories = lines(try request.required("signatories"))
        guard let result = CaseDecision.Result(rawValue: try request.required("result")) else {
            throw Problem(.badValue, "result")
        }
        let amount = try request.optional("amount").map { text in
            guard let fen = Yuan.fen(text) else {
                throw Problem(.badValue, "amount", explanation: MoneyArgument.shape)
            }
            return fen
        }
        let id = try request.record()
        let file = try console.read { database, _ in
            try CaseReader(console.township, in: database).file(id.description, at: request.now)
        }
        let basis = try DecisionGround.text(request.form.all("basis"), opinion: request.optional("opinion"), of: file)
        return try act(console, request, reason: basis, withFacts: true) { desk, id, act in
            let opinion = CaseDesk.Opinion(
                result: result, basis: basis, signatories: signatories, role: request.person.role,
                amountFen: result.grants ? amount : nil)
            switch try desk.decide(id, opinion, act: act) {
            case .incomplete(let findings):
                throw Problem(
                    .cannotCalculate, id,
                    explanation: Label(
                        zh: findings.map(\.message.zh).joined(separator: "；"),
                        en: findings.map(\.message.en).joined(separator: "; ")))
            case .decided(let decided):
                return (
                    decided.seq,
                    [
                        ("id", .string(decided.record.description)),
                        ("amountFen", decided.amountFen.map(JSONValue.int) ?? .null),
                    ]
                )
            }
        }
    }

    // MARK: - Notices

    @Sendable private static func issueNotice(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let kind = try request.required("kind")
        let place = kind == "publicity" ? try request.required("place") : nil
        let hotline = request.optional("hotline")
        if kind == "publicity" { try checkHotline(hotline, console, request) }
        return try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
            let issued = try desk.issue(
                kind, for: id, place: place, hotline: hotline, text: request.optional("text"),
                act: act)
            return (
                issued.seq,
                [
                    ("id", .string(issued.id.description)),
                    ("to", issued.end.map { .string($0.description) } ?? .null),
                ]
            )
        }
    }

    /// Who reads a public notice calls the number on it: a pack's made-up one is nobody's.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    private static func checkHotline(
        _ hotline: String?, _ console: Console, _ request: ConsoleRequest
    ) throws {
        let id = try request.record().description
        let pack = try console.read { database, _ in
            try CaseReader(console.township, in: database).file(id, at: request.now).pack?.hotline
        }
        guard let pack, pack.source == .demo, (hotline ?? pack.number) == pack.number else { return }
        throw Problem(
            .badValue, "hotline",
            explanation: Label(
                zh: hotline == nil ? "没有填监督电话" : "\(pack.number) 是演示号码，打不通，不能印在公示单上",
                en: hotline == nil
                    ? "The hotline is missing"
                    : "\(pack.number) is made up: nobody answers, it goes on no public notice"),
            hint: Label(
                zh: "请填本镇街的监督电话。请技术人员把它写进政策包的 hotline，以后就会自动填好。",
                en: "Write the township's own. Once it stands in the policy pack (hotline), it is filled in by itself.")
        )
    }

    @Sendable private static func completeNotice(
        _ console: Console, _ request: ConsoleRequest
    ) throws -> ConsoleAnswer {
        let notice = try request.record("notice")
        var writes = ["posted_evidence", "removed_evidence"].compactMap { field in
            request.optional(field).map { FieldWrite.add(field, $0) }
        }
        if let day = try request.day("delivered_on") { writes.append(.set("delivered_on", .date(day))) }
        guard !writes.isEmpty else { throw Problem(.nothingToChange) }
        return try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
            (try desk.change(notice, "notice", of: id, writes, act: act), [])
        }
    }

    // MARK: - Objections

    @Sendable private static func recordObjection(
        _ console: Console, _ request: ConsoleRequest
    ) throws -> ConsoleAnswer {
        let fields: [(String, Value)] = [
            ("by", request.optional("by").map(Value.text) ?? .null), ("text", .text(try request.required("text"))),
            ("at", .date(try request.day("at") ?? request.now.day)),
        ]
        return try write("objection", fields, console, request)
    }

    @Sendable private static func recordReview(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        func votes(_ name: String) throws -> Value {
            guard let count = Int64(try request.required(name)), count >= 0 else { throw Problem(.badValue, name) }
            return .int64(count)
        }
        let fields: [(String, Value)] = [
            ("objection", .text(try request.record(typed: "objection").description)),
            ("held_on", .date(try request.day("held_on") ?? request.now.day)),
            ("attendees", .list(lines(try request.required("attendees")))), ("votes_for", try votes("votes_for")),
            ("votes_against", try votes("votes_against")), ("record", .text(try request.required("record"))),
            ("result", .text(try request.required("result"))),
        ]
        return try write("democratic_review", fields, console, request)
    }

    @Sendable private static func recordTrip(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let fields: [(String, Value)] = [
            ("on", .date(try request.day("on") ?? request.now.day)), ("where", .text(try request.required("where"))),
            ("why", .text(try request.required("why"))),
        ]
        return try write("trip", fields, console, request)
    }

    /// One entry a line, or separated by `、`.
    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: { $0.isNewline || $0 == "、" || $0 == "，" || $0 == "," })
            .map { String($0).trimmingWhitespace() }.filter { !$0.isEmpty }
    }
}

extension String {
    func trimmingWhitespace() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension ConsoleRequest {
    /// A day that was typed; `nil` when nothing was.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func day(_ name: String) throws -> CalendarDay? {
        try optional(name).map { text in
            guard let day = CalendarDay(text) else {
                throw Problem(
                    .badValue, name,
                    explanation: Label(zh: "日期要写成 2026-12-31 这样", en: "Write the day like 2026-12-31"))
            }
            return day
        }
    }

    /// A record that was named in the form.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func record(typed name: String) throws -> RecordID {
        let text = try required(name)
        guard let id = RecordID(text) else { throw Problem(.unknownRecord, String(text.prefix(40))) }
        return id
    }
}

extension Console {
    /// What has changed of a case since a page was seen: its application, what lies below it, and of a decision the facts
    /// that it is calculated of. A document that was printed meanwhile changes nothing.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func newer(
        inCase id: RecordID, than seen: Seq, withFacts: Bool, in database: Database
    ) throws -> [RecordID] {
        let records = try CaseReader(township, in: database)
        let file = try records.file(id.description, at: township.clock())
        let facts = try withFacts ? file.householdID.map { try records.calculationReading(of: $0) } : nil
        let family = try records.dependents(of: file.application.record) + [file.application.record]
        return family.filter { $0.seq > seen && $0.kind != DocumentRecord.kindName }.map(\.id)
            + (facts?.records.filter { $0.seq > seen }.map(\.id) ?? [])
    }
}
