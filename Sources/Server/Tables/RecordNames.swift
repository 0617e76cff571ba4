import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// What people call the records that a page of a table names, read in a few statements for all its rows: a household by
/// its number and its head, a person by name, a case by its programme and its household.
struct RecordNames {
    private var said: [RecordID: Label] = [:]

    private static let application = "application"

    /// Kinds that have such a name.
    static let kinds: [String: Table.Target] = [
        householdKind.name: .households, memberKind.name: .records, application: .cases,
    ]

    /// The kind that a field refers to; `nil` where it may be any, or one that nobody calls by a name.
    static func kind(of field: FieldSchema, in kind: KindSchema) -> String? {
        guard field.type == .reference, field.name != KindSchema.aliasField else { return nil }
        if let parent = kind.parents.first(where: { $0.field == field.name }) { return parent.kind.flatMap(known) }
        return others[field.name]
    }

    private static func known(_ kind: String) -> String? { kinds[kind] == nil ? nil : kind }

    private static let others: [String: String] = [
        "household": householdKind.name, "head": memberKind.name, "member": memberKind.name,
        "owner": memberKind.name, "payee": memberKind.name, "application": application,
        "repeats": application, "continues": application,
    ]

    /// - Parameter wanted: ids by kind.
    init(_ wanted: [String: Set<RecordID>], tables: RecordTables, in database: Database) throws {
        func read(_ name: String, _ more: Set<RecordID>, _ fields: Set<String>) throws -> [Linked] {
            guard let kind = tables.schema.kind(name) else { return [] }
            let ids = (wanted[name] ?? []).union(more)
            let unread = Set(kind.fields.map(\.name)).subtracting(fields)
            return try tables.records(of: kind, whose: "id", isOneOf: ids.sorted(), unread: unread, in: database)
                .compactMap(Linked.init)
        }
        func ids(_ name: String, of records: [Linked]) -> Set<RecordID> {
            Set(records.compactMap { $0.value(name).recordID })
        }
        let cases = try read(Self.application, [], ["household", "programme"])
        let homes = try read(householdKind.name, ids("household", of: cases), ["number", "head"])
        let people = try read(memberKind.name, ids("head", of: homes), ["name"])
        for person in people {
            said[person.record.id] = person.text("name").map { Label(zh: $0, en: $0) }
        }
        let headless = homes.filter { home in
            home.value("head").recordID.map { id in !people.contains { $0.record.id == id } } ?? true
        }
        let families = try Self.families(headless, tables: tables, in: database)
        for home in homes {
            let head = home.head(among: people + (families[home.record.id] ?? []))?.text("name")
            let name = [home.text("number"), head].compactMap(\.self).joined(separator: " ")
            if !name.isEmpty { said[home.record.id] = Label(zh: name, en: name) }
        }
        for one in cases {
            let home = one.value("household").recordID.flatMap { said[$0]?.zh }
            let programme = one.text("programme").flatMap(Programme.init)?.label
            said[one.record.id] = Label(
                zh: [programme?.zh, home].compactMap(\.self).joined(separator: " "),
                en: [programme?.en, home].compactMap(\.self).joined(separator: " "))
        }
    }

    /// The members of those households that name no head: who it is goes by the rule of DOMAIN section 4.
    private static func families(
        _ homes: [Linked], tables: RecordTables, in database: Database
    ) throws -> [RecordID: [Linked]] {
        let needed: Set<String> = [
            "household", "name", "relation", "in_household", "death_date", KindSchema.aliasField,
        ]
        let unread = Set(memberKind.fields.map(\.name)).subtracting(needed)
        let members = try tables.records(
            of: memberKind, whose: "household", isOneOf: homes.map(\.record.id).sorted(), unread: unread, in: database
        ).compactMap(Linked.init).filter { !$0.record.isDeleted && $0.record.mergedInto(in: memberKind) == nil }
        return Dictionary(grouping: members) { $0.value("household").recordID ?? $0.record.id }
    }

    subscript(_ id: RecordID?) -> Table.Cell { Table.Cell(id.flatMap { said[$0] }) }
}
