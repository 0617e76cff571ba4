import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// All that is on record of a household: now, or as the log says it was at an earlier seq.
struct HouseholdRecords: Sendable {
    /// Records of one household that are read, at most.
    static let limit = 20_000

    let root: Linked
    /// The seq that was asked for; `nil` for now.
    let asOf: Seq?
    /// The live records below the household, aliases left out, in the order of their ids.
    let records: [Linked]
    /// Every record that ever hung below it, deleted ones and aliases too, with the household itself.
    let everything: [RecordID: KindSchema]
    /// Ids of the open conflicts about any of its records.
    let conflicts: [RecordID]
    /// Ids of the open proposals that name it or one of its people.
    let duplicates: [RecordID]
    let scope: Scope

    /// - Parameter id: of a household, or of one that was merged into another: the other is read.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for what is no household, or was none yet.
    init(_ id: RecordID, asOf: Seq? = nil, tables: RecordTables, in database: Database) throws {
        let source = TableRecords(tables: tables, database: database)
        guard let named = try tables.record(id, kind: householdKind, in: database) else {
            throw Problem(.unknownRecord, id.description)
        }
        let present = try source.canonical(named, kind: householdKind)
        let reader = LogReader(database, tables: tables)
        func then(_ record: SyncEngine.Record) throws -> Linked? {
            guard let asOf else { return Linked(record) }
            return try Linked(record).flatMap { try reader.record(record.id, kind: $0.kind, asOf: asOf) }
                .flatMap(Linked.init)
        }
        guard let root = try then(present) else { throw Problem(.unknownRecord, id.description) }
        let family = try Self.family(of: present, tables: tables, in: database)
        self.root = root
        self.asOf = asOf
        scope = root.record.scope
        records = try family.compactMap(then)
            .filter { !$0.record.isDeleted && $0.record.mergedInto(in: $0.kind) == nil }
            .sorted { $0.record.id < $1.record.id }
        everything = Dictionary(
            (family + [present]).compactMap(Linked.init).map { ($0.record.id, $0.kind) },
            uniquingKeysWith: { one, _ in one })
        conflicts = records.filter { $0.kind.name == ConflictRecord.kindName && $0.text("state") == "open" }
            .map(\.record.id)
        let people = [root.record.id] + records.filter { $0.kind === memberKind }.map(\.record.id)
        var proposals: Set<RecordID> = []
        for person in people where asOf == nil {
            proposals.formUnion(
                try tables.open(
                    DuplicateRecord.kind, naming: person, in: DuplicateRecord.namingFields, database: database))
        }
        duplicates = proposals.sorted()
    }

    private static func family(
        of root: SyncEngine.Record, tables: RecordTables, in database: Database
    ) throws -> [SyncEngine.Record] {
        var known: Set<RecordID> = [root.id]
        var found: [SyncEngine.Record] = []
        var waiting = [root]
        while let record = waiting.popLast(), found.count < limit {
            for below in try tables.family(of: record, in: database) where known.insert(below.id).inserted {
                found.append(below)
                waiting.append(below)
            }
        }
        return found
    }

    func all(_ kind: String) -> [Linked] { records.filter { $0.kind.name == kind } }

    /// What became of a line of money, as these records tell.
    func state(of line: Linked) -> PaymentState {
        PaymentState(
            of: line,
            reversedBy: records.first {
                $0.kind.name == line.kind.name && $0.value("reverses").recordID == line.record.id
            })
    }

    func record(_ id: RecordID) -> Linked? { records.first { $0.record.id == id } }

    /// What a person of the household is called.
    func name(_ id: RecordID?) -> String {
        guard let id else { return "" }
        return record(id)?.text("name") ?? L("（另一条记录）", "(another record)")
    }

    /// The name of the head, or else of the first member.
    var headName: String? {
        let members = all("member")
        return (root.head(among: members) ?? members.first)?.text("name")
    }

    /// How the township calls it: number and head.
    var title: String {
        [root.text("number"), headName].compactMap(\.self).joined(separator: " · ")
    }
}

extension Linked {
    /// A value, those that follow from others computed.
    func said(_ name: String) -> Value {
        guard let field = kind.field(name) else { return .null }
        return field.derivation.map { $0(record.named(in: kind)) } ?? value(name)
    }

    /// Whole years on a day; `nil` when the date of birth is not known.
    func age(on day: CalendarDay) -> Int? {
        guard case .date(let born) = said("birth_date"), born <= day else { return nil }
        let (from, to) = (born.components, day.components)
        let isBefore = (to.month, to.day) < (from.month, from.day)
        return to.year - from.year - (isBefore ? 1 : 0)
    }

    /// `id`, `kind`, `scope`, `seq`, `fields` with what is derived; masked unless it `isClear`.
    func document(isClear: Bool) -> JSONValue {
        let fields = kind.fields.compactMap { field -> (String, JSONValue)? in
            let value = said(field.name)
            guard !value.isNull else { return nil }
            return (field.name, JSONValue(isClear ? value : Masking.masked(value, of: field.name, in: kind.name)))
        }
        return .object([
            ("id", .string(record.id.description)), ("kind", .string(kind.name)),
            ("scope", .string(record.scope.code)), ("seq", .int(Int64(record.seq))),
            ("deleted", .bool(record.isDeleted)), ("fields", .object(fields)),
        ])
    }
}
