import Assistance
import Crypto
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// The id of the record that a form will make: of what was given out when the form was drawn, and of what was typed. The
/// same form sent twice finds its record made; gone back to and filled in otherwise, it makes another. It is good for one
/// session's forms and under this township's secret, so that nobody names a record that is another's, or one of his own
/// choice.
struct OneTimeID: Sendable {
    static let field = "new_id"
    private static let idCharacters = 36
    private static let tagBytes = 16

    private let key: SymmetricKey
    /// Where the form is sent.
    private let path: String

    /// - Parameter formToken: of the session whose forms these are.
    init(secret: [UInt8], formToken: String, path: String) {
        self.path = path
        key = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(
                for: Array("ruhu form v1 \(formToken)".utf8), using: SymmetricKey(data: secret)))
    }

    func minted(at now: Instant) -> String {
        let id = Township.newID(at: now).description
        return id + tag(id)
    }

    /// - Throws: ``Problem`` ``Problem/Code/forgedForm`` for what was not given out.
    func record(_ text: String, of form: FormFields) throws -> RecordID {
        let (id, sent) = (String(text.prefix(Self.idCharacters)), text.dropFirst(Self.idCharacters))
        guard let record = RecordID(id), ConstantTime.equal(Array(sent.utf8), Array(tag(id).utf8)) else {
            throw Problem(.forgedForm)
        }
        // The time stays in front, so that records made later stand later.
        let typed = form.pairs.filter { !ReturnedForm.Own.names.contains($0.name) }
        let parts = ([path] + typed.flatMap { [$0.name, $0.value] }).map { "\($0.utf8.count) \($0)" }
        let content = RecordID.named(Hash256(of: Array((parts + [id]).joined(separator: "\0").utf8)))
        return RecordID(high: record.high, low: content.low)
    }

    private func tag(_ id: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Array(id.utf8), using: key).prefix(Self.tagBytes)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension ConsoleRequest {
    /// The record that this form makes; `nil` for what sends no form.
    /// - Throws: ``Problem`` ``Problem/Code/forgedForm``.
    func newRecord() throws -> RecordID? { try form[OneTimeID.field].map { try ids.record($0, of: form) } }

    /// In every form.
    var newIDField: HTML {
        Tag.input(.type(.hidden), .name(OneTimeID.field), .value(ids.minted(at: now)))
    }
}

extension Console {
    /// Answers a request once: a form that was sent before is answered by what it made then.
    func answer(_ route: ConsoleRoute, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        guard route.method == .post, let id = try request.newRecord() else { return try route.answer(self, request) }
        if let done = try made(id) { return done }
        do {
            return try route.answer(self, request)
        } catch let problem as Problem where problem.code == .recordExists && problem.subject == id.description {
            // The other of two that were sent at once.
            guard let done = try made(id) else { throw problem }
            return done
        }
    }

    /// Where the form that made a record led, with the seq of its making; `nil` while it is not made.
    private func made(_ id: RecordID) throws -> ConsoleAnswer? {
        try read { database, _ in
            let tables = township.database.tables
            guard let (record, kind) = try tables.record(id, in: database), let made = Linked(record) else {
                return nil
            }
            let first = try HistoryReader(database, tables: tables).entries(of: id).map(\.seq).min() ?? record.seq
            return .done(
                try place(of: made, done: first, in: database),
                .object([
                    ("id", .string(id.description)), ("kind", .string(kind.name)), ("seq", .int(Int64(first))),
                ]))
        }
    }

    private func place(of made: Linked, done: Seq, in database: Database) throws -> Link {
        let query: [(String, String?)] = [("done", String(done))]
        func text(_ field: String, of id: RecordID?) throws -> String {
            try id.flatMap { try township.database.tables.record($0, in: database) }
                .flatMap { Linked($0.0)?.text(field) } ?? ""
        }
        let month = made.text("month") ?? ""
        switch made.kind.name {
        case "application": return Link("cases", made.record.id.description, query: query)
        case "roll": return Link("money", "roll", month, query: query)
        case "budget": return Link("money", "budget", String(made.number("year") ?? 0), query: query)
        case "spending_plan": return Link("money", "plan", month, query: query)
        case "allocation":
            return Link("money", "plan", try text("month", of: made.value("plan").recordID), query: query)
        case "recovery", "recovery_item": return Link("money", "recoveries", query: query)
        case "pay_again":
            return Link("money", "paid", try text("month", of: made.value("payment").recordID), query: query)
        case "payment" where made.text("state") == "returned": return Link("money", "paid", month, query: query)
        case "question": return Link("conflicts", made.text("conflict") ?? "", query: query)
        case SamplePage.register: return Link("samples", made.record.id.description, query: query)
        case _ where EditableFields.entries.contains(made.kind.name):
            return Link("records", made.record.id.description, query: query)
        default: break
        }
        if let application = made.text("application") { return Link("cases", application, query: query) }
        let root = try Disclosures(tables: township.database.tables, database: database).root(
            of: made.record, kind: made.kind)
        return Link("households", root.description, query: query)
    }
}
