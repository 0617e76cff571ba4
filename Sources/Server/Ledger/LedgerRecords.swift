import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// The records that ledger entries are worked out from, those of many households read at once. What it was not told to
/// load it reads as it is asked.
struct LedgerRecords: LinkedRecords {
    let tables: RecordTables
    let database: Database
    /// When they are read as they were then.
    private let past: LedgerPast?
    /// Households of the chunk and whom they were merged from, live ones.
    private var households: [RecordID: Record] = [:]
    private var members: [RecordID: Record] = [:]
    /// What lies directly below, in the order of the schema's kinds; deleted ones included.
    private var below: [RecordID: [Record]] = [:]
    /// The households that were merged into one, deleted ones included.
    private var aliases: [RecordID: [Record]] = [:]
    private(set) var applications: [Record] = []

    init(tables: RecordTables, database: Database, past: LedgerPast? = nil) {
        self.tables = tables
        self.database = database
        self.past = past
    }

    private func records(
        of kind: KindSchema, whose field: String, isOneOf ids: [RecordID], unread: Set<String> = []
    ) throws -> [Record] {
        let found = try tables.records(of: kind, whose: field, isOneOf: ids, unread: unread, in: database)
        return try past.map { try $0.then(found, kind: kind, whose: field, isOneOf: ids) } ?? found
    }

    /// How these cases moved from village to village.
    func relocations(of application: RecordID) throws -> [Relocation] {
        try LogReader(database, tables: tables).leavings(of: [application])
            .filter { left in past.map { left.seq <= $0.seq } ?? true }
            .map { Relocation(seq: $0.seq, on: $0.decidedAt.day, from: $0.village) }
    }

    /// The families of all cases.
    func everyRoot() throws -> Set<RecordID> {
        guard let kind = tables.schema.kind("application") else { return [] }
        let merged = try Query(database, "SELECT id FROM household WHERE alias_of IS NOT NULL").all { $0.id(0) }
        let aliases = Set(merged).union(past?.mergedThen ?? [])
        var roots = Set<RecordID>()
        // Of the past, those count too that were deleted since.
        let condition = past == nil ? " WHERE deleted = 0" : ""
        try Query(database, "SELECT id, household FROM application" + condition).forEach { row in
            let household = row.isNull(1) ? row.id(0) : row.id(1)
            guard aliases.contains(household) else {
                roots.insert(household)
                return true
            }
            if let application = try tables.record(row.id(0), kind: kind, in: database) {
                roots.insert(try root(of: application, kind: kind))
            }
            return true
        }
        return roots
    }

    /// Reads the families of these roots.
    /// - Parameters:
    ///   - roots: households; applications whose household is not here.
    ///   - known: applications that an earlier ledger had below them.
    mutating func load(_ roots: [RecordID], known: [RecordID]) throws {
        (households, members, below, aliases, applications) = ([:], [:], [:], [:], [])
        var ids = roots
        var level = roots
        var seen = Set(roots)
        while !level.isEmpty {
            let merged = try records(of: householdKind, whose: KindSchema.aliasField, isOneOf: level)
            for alias in merged {
                if let into = alias.mergedInto(in: householdKind) { aliases[into, default: []].append(alias) }
            }
            level = merged.map(\.id).filter { seen.insert($0).inserted }
            ids += level
        }
        for key in aliases.keys { aliases[key]?.sort { $0.id < $1.id } }
        for record in try records(of: householdKind, whose: "id", isOneOf: ids)
        where !record.isDeleted {
            households[record.id] = record
        }
        try loadBelow(ids, of: householdKind.name, kinds: LedgerEntry.householdKinds)
        try loadApplications(roots, known: known)
        try loadBelow(applications.map(\.id), of: "application", kinds: LedgerEntry.applicationKinds)
    }

    private mutating func loadBelow(_ ids: [RecordID], of parent: String, kinds: [String]) throws {
        for (kind, field) in tables.schema.dependents(of: parent) where kinds.contains(kind.name) {
            let unread = LedgerEntry.unreadFields[kind.name] ?? []
            for record in try records(of: kind, whose: field, isOneOf: ids, unread: unread) {
                guard let above = record.value(field, in: kind).recordID else { continue }
                below[above, default: []].append(record)
                if kind.name == memberKind.name, !record.isDeleted { members[record.id] = record }
                if kind.name == "application", !record.isDeleted { applications.append(record) }
            }
        }
    }

    private mutating func loadApplications(_ roots: [RecordID], known: [RecordID]) throws {
        guard let kind = tables.schema.kind("application") else { return }
        let loaded = Set(applications.map(\.id))
        let others = Set(known + roots.filter { households[$0] == nil }).subtracting(loaded)
        applications += try records(of: kind, whose: "id", isOneOf: Array(others))
            .filter { !$0.isDeleted }
    }

    /// The ids of what a change of which changes the entries of a root.
    func dependencies(of root: RecordID) -> Set<RecordID> {
        var found: Set<RecordID> = [root]
        var waiting = [root]
        while let id = waiting.popLast() {
            found.formUnion((below[id] ?? []).filter { $0.kind == memberKind.name }.map(\.id))
            for alias in aliases[id] ?? [] where found.insert(alias.id).inserted { waiting.append(alias.id) }
        }
        return found
    }

    /// A person that is named, and those that he was merged into.
    func people(_ value: Value) throws -> [RecordID] {
        guard var id = value.recordID else { return [] }
        var found = [id]
        for _ in 0..<16 {
            guard let next = try record(id, kind: memberKind)?.mergedInto(in: memberKind) else { break }
            found.append(next)
            id = next
        }
        return found
    }

    /// Whose family a case belongs to.
    func root(of application: Record, kind: KindSchema) throws -> RecordID {
        guard let named = application.value("household", in: kind).recordID else { return application.id }
        return try record(named, kind: householdKind).map { try canonical($0, kind: householdKind).id } ?? named
    }

    // MARK: - LinkedRecords

    func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        if let loaded = kind.name == memberKind.name ? members[id] : households[id], loaded.kind == kind.name {
            return loaded
        }
        guard let present = try tables.record(id, kind: kind, in: database) else { return nil }
        return try (past.map { try $0.then(present, kind: kind) } ?? present).flatMap { $0.isDeleted ? nil : $0 }
    }

    /// As ``RecordTables/family(of:in:)`` gives them, of the kinds that entries are worked out from.
    func dependents(of record: Record) throws -> [Record] {
        var found = below[record.id] ?? []
        var known: Set<RecordID> = [record.id]
        var waiting = [record.id]
        while let id = waiting.popLast() {
            for alias in aliases[id] ?? [] where known.insert(alias.id).inserted {
                waiting.append(alias.id)
                found.append(alias)
                found += below[alias.id] ?? []
            }
        }
        return found.filter { !$0.isDeleted }
    }
}
