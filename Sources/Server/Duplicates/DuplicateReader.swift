import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// Duplicates as the township's clerks see them.
struct DuplicateReader {
    let tables: RecordTables
    let database: Database

    /// One of them, with what it is about.
    struct Item {
        let record: SyncEngine.Record
        let rule: DuplicateRecord.Rule
        let state: DuplicateRecord.State
        /// The two records, the smaller id first.
        let records: [RecordID]
        let subjects: [Subject]

        func value(_ field: String) -> Value { record.value(field, in: DuplicateRecord.kind) }
    }

    struct Subject {
        let record: SyncEngine.Record
        let kind: KindSchema
        /// A person's name, a household's number, a case's programme and status: enough to tell the two apart.
        let text: String
    }

    /// The open ones by id; with `all`, the decided ones and those that are gone too.
    func list(all: Bool = false) throws -> [Item] {
        let wanted = all ? [] : [("state", Value.text(DuplicateRecord.State.open.rawValue))]
        return try tables.all(of: DuplicateRecord.kind, where: wanted, in: database).compactMap(item)
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for an id that is no duplicate's.
    func item(_ text: String) throws -> Item {
        guard let id = RecordID(text), let record = try tables.record(id, kind: DuplicateRecord.kind, in: database),
            let item = try item(record)
        else {
            throw Problem(
                .unknownRecord, text,
                explanation: Label(
                    zh: "没有这条疑似重复",
                    en: "There is no such duplicate"))
        }
        return item
    }

    private func item(_ record: SyncEngine.Record) throws -> Item? {
        let kind = DuplicateRecord.kind
        guard let rule = record.value("rule", in: kind).text.flatMap(DuplicateRecord.Rule.init),
            let state = record.value("state", in: kind).text.flatMap(DuplicateRecord.State.init)
        else { return nil }
        let ids = ["first", "second"].compactMap { record.value($0, in: kind).recordID }
        return Item(
            record: record, rule: rule, state: state, records: ids,
            subjects: try ids.compactMap { try subject($0, rule) })
    }

    private func subject(_ id: RecordID, _ rule: DuplicateRecord.Rule) throws -> Subject? {
        let kind =
            switch rule {
            case .householdTwice: householdKind
            case .twoProgrammes: tables.schema.kind("application")
            case .onePersonTwice, .twoHouseholds, .twoVillages: memberKind
            }
        guard let kind, let record = try tables.record(id, kind: kind, in: database) else { return nil }
        let columns =
            kind.name == "application"
            ? ["programme", "status"] : kind.name == "member" ? ["name"] : ["number", "address"]
        let texts = columns.compactMap { name in
            kind.field(name).map { PlainText.of(record.value(name, in: kind), field: $0) }
        }
        return Subject(record: record, kind: kind, text: texts.joined(separator: " "))
    }
}

extension DuplicateReader.Item {
    /// `id`, `rule`, `state`, `records` [{`id`, `kind`, `scope`, `text`}], `kept`, `by`, `reason`, `seq`.
    var document: JSONValue {
        func text(_ field: String) -> JSONValue { value(field).text.map(JSONValue.string) ?? .null }
        return .object([
            ("id", .string(record.id.description)), ("rule", .string(rule.rawValue)),
            ("state", .string(state.rawValue)),
            (
                "records",
                .array(
                    subjects.map { subject in
                        .object([
                            ("id", .string(subject.record.id.description)), ("kind", .string(subject.kind.name)),
                            ("scope", .string(subject.record.scope.code)), ("text", .string(subject.text)),
                        ])
                    })
            ),
            ("kept", text("kept")), ("by", text("decided_by")), ("reason", text("reason")),
            ("seq", .int(Int64(record.seq))),
        ])
    }
}

extension Output {
    /// `duplicates` and `count`; for people a block each.
    func write(duplicates: [DuplicateReader.Item]) {
        let blocks = duplicates.map { item in
            let lines = item.subjects.map { "  \($0.record.id)  \($0.record.scope.code)  \($0.text)" }
            return (["\(item.record.id)  \(item.rule.label.text())  \(item.state.label.text())"] + lines)
                .joined(separator: "\n")
        }
        write(
            .object([
                ("duplicates", .array(duplicates.map(\.document))), ("count", .int(Int64(duplicates.count))),
            ]),
            text: blocks.isEmpty ? L("没有疑似重复", "No duplicates") : blocks.joined(separator: "\n"))
    }
}
