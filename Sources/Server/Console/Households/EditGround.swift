import Assistance
import CommandSupport
import GRDB
import Markup
import RecordStore
import SyncEngine

/// What a form of a record stands on: where it leads, whom its references may name, what is likely.
struct EditGround: Sendable {
    typealias Choice = (value: String, text: String)

    /// Records that can be chosen from, at most.
    private static let limit = 500

    /// Where one goes without keeping anything.
    let back: (text: String, link: Link)
    /// The household that a new record belongs to.
    let household: RecordID?
    /// By the names of the fields that refer to others.
    private(set) var choices: [String: [Choice]] = [:]
    private(set) var proposals: [String: String] = [:]
    private(set) var notes: [String] = []
    /// The page that it leads to when it is kept; `nil`: the record's own.
    private let leads: [String]?

    func after(_ record: RecordID, done seq: Seq) -> Link {
        Link(leads ?? ["records", record.description], query: [("done", String(seq))])
    }

    /// Of an entry of a register.
    init(
        entry editable: EditableFields, _ request: ConsoleRequest, tables: RecordTables, in database: Database
    ) throws {
        household = nil
        let record = editable.record
        let check = record?.text(SamplePage.register)
        leads = check.map { ["samples", $0] }
        back = (
            L("返回（不保存）", "Back (keeps nothing)"),
            Link(leads ?? record.map { ["records", $0.record.id.description] } ?? ["registers", editable.kind.name])
        )
        let today = request.now.day.description
        if record == nil {
            propose(for: editable, by: request.person, on: today)
            let application = try Self.application(request.query["application"], tables, database)
            try offer(for: editable, about: application, tables, database)
            proposals["application"] = application?.record.id.description
        } else if let application = try Self.application(record?.text("application"), tables, database) {
            try offer(for: editable, about: application, tables, database)
        }
        if check != nil {
            proposals["checked_on"] = today
            proposals["checked_by"] = request.person.fullName.isEmpty ? request.person.name : request.person.fullName
            let home = record?.value("household").recordID
            let names = try RecordNames(
                [householdKind.name: Set([home].compactMap(\.self))], tables: tables, in: database)
            notes.append(L("住户：", "Household: ") + names[home].shown)
        } else {
            notes.append(
                L("内容不全也可以先保存，以后补填。", "It may be kept with something missing, and completed later."))
        }
        if record == nil, editable.fields.contains(where: { $0.name == "application" }), choices["application"] == nil {
            notes.append(L("与某件申请有关的，请从该申请的页面登记。", "What is about a case is entered from the case's page."))
        }
    }

    /// Who enters it, and today, where the first such field of the kind asks for them.
    private mutating func propose(for editable: EditableFields, by person: Person, on today: String) {
        let people: Set<String> = ["found_by", "visited_by", "raised_by", "sent_by", "trainer"]
        let days: Set<String> = [
            "found_on", "held_on", "raised_on", "sent_on", "received_on", "asked_on", "on",
        ]
        for field in editable.fields {
            if people.contains(field.name), field.type == .text { proposals[field.name] = person.signature }
            if days.contains(field.name), field.type == .date { proposals[field.name] = today }
        }
    }

    /// Of what belongs to a household.
    init(
        of editable: EditableFields, household root: RecordID?, tables: RecordTables, in database: Database
    ) throws {
        guard let root else { throw Problem(.unknownRecord, editable.kind.name) }
        let file = try HouseholdRecords(root, tables: tables, in: database)
        let page = ["households", file.root.record.id.description]
        back = (L("回到住户（不保存）", "Back to the household (keeps nothing)"), Link(page))
        leads = page
        household = editable.kind.field("household") == nil ? nil : file.root.record.id
        let people: [Choice] = file.all("member").map { ($0.record.id.description, $0.text("name") ?? "") }
        for field in editable.fields where field.type == .reference {
            let value = editable.typed(field)
            let isKnown = value.isEmpty || people.contains { $0.value == value }
            choices[field.name] = people + (isKnown ? [] : [(value, file.name(RecordID(value)))])
        }
    }

    private static func application(
        _ text: String?, _ tables: RecordTables, _ database: Database
    ) throws -> Linked? {
        guard let text, !text.isEmpty else { return nil }
        guard let id = RecordID(text), let kind = tables.schema.kind("application"),
            let record = try tables.record(id, kind: kind, in: database), !record.isDeleted
        else { throw Problem(.unknownRecord, String(text.prefix(40))) }
        return Linked(record)
    }

    /// The case that an entry is about, its household's people and what was promised in it; those who are employed.
    private mutating func offer(
        for editable: EditableFields, about application: Linked?, _ tables: RecordTables, _ database: Database
    ) throws {
        func below(_ kind: String, of field: String, _ id: RecordID?, said: String) throws -> [Choice] {
            guard let id, let kind = tables.schema.kind(kind) else { return [] }
            return try tables.records(of: kind, whose: field, isOneOf: [id], in: database)
                .filter { !$0.isDeleted && $0.mergedInto(in: kind) == nil }.compactMap(Linked.init)
                .map { ($0.record.id.description, $0.text(said) ?? $0.kind.label.text()) }
        }
        for field in editable.fields where field.type == .reference {
            let offered: [Choice]
            switch field.name {
            case "application":
                guard let id = application?.record.id else { continue }
                let names = try RecordNames(["application": [id]], tables: tables, in: database)
                offered = [(id.description, names[id].shown)]
            case "member":
                offered = try below("member", of: "household", application?.value("household").recordID, said: "name")
            case "commitment":
                offered = try below("commitment", of: "application", application?.record.id, said: "signer")
            default:
                guard let parent = editable.kind.parents.first(where: { $0.field == field.name })?.kind,
                    let kind = tables.schema.kind(parent)
                else { continue }
                offered = try tables.list(kind, RecordSelection(limit: Self.limit), in: database)
                    .compactMap(Linked.init)
                    .map { ($0.record.id.description, $0.text("name") ?? $0.kind.label.text()) }
                choices[field.name] = offered
                continue
            }
            if !offered.isEmpty { choices[field.name] = offered }
        }
    }
}
