import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// The files exchanged with the 核对平台 (R66): requests out, reports in. One JSON document each.
enum CheckFiles {
    /// Days that a report is good for when the platform does not say [P].
    static let validDays = 180

    /// A request as the platform gets it.
    static func request(_ id: RecordID, file: CaseFile) -> JSONValue {
        .object([
            ("request", .string(id.description)), ("application", .string(file.application.record.id.description)),
            ("programme", .string(file.programme?.rawValue ?? "")),
            (
                "members",
                .array(
                    file.checkedMembers.map { member in
                        .object([
                            ("id", .string(member.record.id.description)),
                            ("name", .string(member.text("name") ?? "")),
                            ("id_number", .string(member.text("id_number") ?? "")),
                        ])
                    })
            ),
        ])
    }

    /// A report as the platform gives it, as fields of a `check_report`.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` that names what is missing.
    static func report(_ document: JSONValue) throws -> (request: String, fields: [(String, Value)]) {
        func text(_ key: String) throws -> String {
            guard let text = document[key]?.text, !text.isEmpty else { throw Problem(.badDocument, key) }
            return text
        }
        func day(_ key: String) throws -> CalendarDay {
            guard let day = CalendarDay(try text(key)) else { throw Problem(.badDocument, key) }
            return day
        }
        guard case .array(let members)? = document["members"] else { throw Problem(.badDocument, "members") }
        let ids = try members.map { member in
            guard let id = member["id"]?.text else { throw Problem(.badDocument, "members.id") }
            return id
        }
        let request = try text("request")
        return (
            request,
            [
                ("no", .text(try text("no"))), ("request", .text(request)), ("members", .list(ids)),
                ("per_member", .text(JSONValue.array(members).compact)), ("verdict", .text(try text("verdict"))),
                ("reasons", document["reasons"]?.text.map(Value.text) ?? .null),
                ("issued_on", .date(try day("issued_on"))), ("valid_to", .date(try day("valid_to"))),
            ]
        )
    }

    /// What the simulator answers: everybody conforms but those named.
    static func simulated(_ request: JSONValue, failing: Set<String>, on day: CalendarDay) throws -> JSONValue {
        guard case .array(let members)? = request["members"], let no = request["request"]?.text else {
            throw Problem(.badDocument, "request")
        }
        let judged = members.map { member in
            let fails = failing.contains(member["id_number"]?.text ?? "") || failing.contains(member["id"]?.text ?? "")
            return member.adding([("verdict", .string(fails ? "not_conforming" : "conforming"))])
        }
        let failed = judged.filter { $0["verdict"]?.text == "not_conforming" }.compactMap { $0["name"]?.text }
        let reasons = failed.isEmpty ? JSONValue.null : .string("\(failed.joined(separator: "、"))：有未申报的财产或收入")
        return .object([
            ("no", .string("R-\(no)")), ("request", .string(no)),
            ("verdict", .string(failed.isEmpty ? "conforming" : "not_conforming")), ("reasons", reasons),
            ("issued_on", .string(day.description)),
            ("valid_to", .string(day.adding(days: validDays).description)), ("members", .array(judged)),
        ])
    }

    static func items(_ key: String, in path: String) throws -> [JSONValue] {
        try items(key, of: try Files.read(path))
    }

    /// The objects under `key` of the one document in `bytes`.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument``.
    static func items(_ key: String, of bytes: [UInt8]) throws -> [JSONValue] {
        let documents = try JSONParser.documents(bytes)
        guard documents.count == 1, case .array(let items)? = documents[0][key] else {
            throw Problem(.badDocument, key)
        }
        return items
    }
}

/// The desk's side of the exchange.
extension CaseDesk {
    /// One request, or one report, that the rules refused.
    struct Refused {
        let subject: String
        let problem: Problem

        var document: JSONValue {
            .object([("subject", .string(subject)), ("error", Failure(problem).document)])
        }
    }

    /// Requests the check of these applications; of all that are due one when none is named.
    /// - Parameter keep: writes the requests down; when it throws, none was made.
    /// - Returns: the file's requests, and those that the rules refused (R25).
    func requestChecks(
        _ ids: [String], act: Desk.Act, keep: ([JSONValue]) throws -> Void
    ) throws -> (requests: [JSONValue], refused: [Refused]) {
        let due =
            try ids.isEmpty ? township.ledger.read { try $0.tasks(LedgerReader.TaskFilter(kind: .requestCheck)) } : []
        return try township.write(act) { transaction, act in
            let records = try records(in: transaction)
            let named = try ids.map { try records.file($0, at: act.now) }
            let files = try ids.isEmpty ? records.awaitingCheckRequest(due, at: act.now) : named
            var next = act
            let made = try each(files, in: transaction, named: { $0.application.record.id.description }) { file in
                let id = file.application.record.id.description
                let draft = try new(
                    "check_request",
                    [
                        ("application", .text(id)), ("requested_at", .time(act.now)),
                        ("members", .list(file.checkedMembers.map(\.record.id.description))),
                    ], id: next.made)
                next.made = nil
                _ = try township.desk.act([draft], act, in: transaction)
                return CheckFiles.request(draft.record, file: file)
            }
            try keep(made.0)
            return made
        }
    }

    /// Takes reports in. One that is here already changes nothing.
    /// - Returns: the applications with a new report, and what the rules refused (R25, collision 10 of DOMAIN).
    func importReports(
        _ documents: [JSONValue], act: Desk.Act
    ) throws -> (imported: [JSONValue], refused: [Refused]) {
        let requestKind = try kind("check_request")
        return try township.write(act) { transaction, act in
            let records = try records(in: transaction)
            var refusedByRules: [Refused] = []
            let result = try each(documents, in: transaction, named: { $0["request"]?.text ?? "" }) {
                document -> JSONValue in
                let (request, fields) = try CheckFiles.report(document)
                let asked = try RecordID(request).flatMap { try records.record($0, kind: requestKind) }
                guard let application = asked?.value("application", in: requestKind).text else {
                    throw Problem(
                        .unknownRecord, request,
                        explanation: Label(zh: "没有发出过这个核对请求", en: "No such check was requested"))
                }
                let known = try records.file(application, at: act.now).all("check_report").contains {
                    $0.value("no") == fields[0].1
                }
                if known { return .null }
                let draft = try new("check_report", [("application", .text(application))] + fields)
                do {
                    _ = try transaction.savepoint { try township.desk.act([draft], act, in: transaction) }
                } catch let problem as Problem where problem.code == .refusedMove {
                    try setAside(
                        document, no: fields[0].1, of: application, because: problem, act: act, in: transaction)
                    refusedByRules.append(Refused(subject: request, problem: problem))
                    return .null
                }
                return .string(application)
            }
            return (result.0.filter { $0 != .null }, result.1 + refusedByRules)
        }
    }

    /// Keeps on record that a report came and counts for nothing; once for each.
    private func setAside(
        _ document: JSONValue, no: Value, of application: String, because problem: Problem, act: Desk.Act,
        in transaction: AuthorityTransaction
    ) throws {
        let file = try records(in: transaction).file(application, at: act.now)
        guard !file.all("refused_report").contains(where: { $0.value("no") == no }) else { return }
        let draft = try new(
            "refused_report",
            [
                ("application", .text(application)), ("no", no),
                ("request", document["request"]?.text.map(Value.text) ?? .null),
                ("sha256", .text(Hash256(of: Array(document.compact.utf8)).description)),
                ("reason", .text(Failure(problem).message)), ("at", .time(act.now)),
            ])
        _ = try township.desk.act([draft], act, in: transaction)
    }

    private func each<Item>(
        _ items: [Item], in transaction: AuthorityTransaction, named name: (Item) -> String,
        _ body: (Item) throws -> JSONValue
    ) throws -> ([JSONValue], [Refused]) {
        var done: [JSONValue] = []
        var refused: [Refused] = []
        for item in items {
            do {
                done.append(try transaction.savepoint { try body(item) })
            } catch let problem as Problem {
                refused.append(Refused(subject: name(item), problem: problem))
            }
        }
        return (done, refused)
    }
}
