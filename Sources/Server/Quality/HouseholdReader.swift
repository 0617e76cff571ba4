import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// Reads households with everything below them, some hundred at a time: a statement for each kind, whatever the number
/// of households, and no payment but of those who died. Memory holds one chunk.
struct HouseholdReader {
    /// Households that are in memory at once.
    static let chunk = 200
    /// What no rule looks at: money is asked of by SQL, and what is only told is not read.
    private static let unread: Set<String> = [
        "payment", "note", DocumentRecord.kindName, "trip", "proof_request", "case_request", ConflictRecord.kindName,
        DuplicateRecord.kindName, "supervisor_note",
    ]

    /// What fills pages of a visit, of a decision.
    private static let unreadFields: Set<String> = ["answers", "calculation", "per_member"]

    let tables: RecordTables
    let database: Database
    let at: Instant
    let shelf: PolicyShelf
    private let shared: HouseholdFile.Context

    init(_ township: Township, in database: Database) throws {
        tables = township.database.tables
        self.database = database
        at = township.clock()
        shelf = try PolicyDesk(township: township).contents(in: database).shelf
        var shared = HouseholdFile.Context()
        for item in try DuplicateReader(tables: tables, database: database).list() {
            for record in item.records { shared.duplicates[record, default: []].append(item.rule) }
        }
        for conflict in try tables.conflicts(in: database, includeClosed: false) {
            if let record = conflict.value("record", in: ConflictRecord.kind).recordID {
                shared.inConflict.insert(record)
            }
        }
        self.shared = shared
    }

    /// Every household of a region, in order of id.
    /// - Parameter scope: a prefix of the villages' codes; empty for all.
    func forEach(in scope: String = "", _ body: (HouseholdFile) throws -> Void) throws {
        var next: RecordID?
        repeat {
            let (files, following) = try page(from: next, in: scope)
            for file in files { try body(file) }
            next = following
        } while next != nil
    }

    /// Some households from an id on, and where the next ones begin; `nil` at the end.
    func page(
        from first: RecordID?, in scope: String, limit: Int = chunk
    ) throws -> (files: [HouseholdFile], next: RecordID?) {
        // One more than is wanted says where to go on.
        let roots = try tables.page(of: householdKind, from: first, in: scope, limit: limit + 1, database: database)
        let files = try families(of: Array(roots.prefix(limit)))
        return (files, roots.count > limit ? roots[limit].id : nil)
    }

    private func families(of roots: [Record]) throws -> [HouseholdFile] {
        guard !roots.isEmpty else { return [] }
        var family = Family(roots)
        var merged = roots.map(\.id)
        // A household merged into one that was merged: level by level.
        while !merged.isEmpty {
            let aliases = try live(householdKind, whose: KindSchema.aliasField, isOneOf: merged)
            merged = aliases.filter { family.add($0, below: $0.mergedInto(in: householdKind)) }.map(\.id)
        }
        try add(below: householdKind.name, Array(family.root.keys), to: &family)
        let members = family.ids(of: memberKind.name)
        try add(below: memberKind.name, members, to: &family)
        try add(below: "application", family.ids(of: "application"), to: &family)
        try addFiles(to: &family)
        let others = try standIns(for: family)
        let paid = try lastPaid(in: family)
        return roots.compactMap { root in
            let records = family.records[root.id] ?? []
            var context = HouseholdFile.Context()
            for record in [root] + records {
                context.duplicates[record.id] = shared.duplicates[record.id]
                context.lastPaid[record.id] = paid[record.id]
                if shared.inConflict.contains(record.id) { context.inConflict.insert(record.id) }
            }
            return HouseholdFile(root, records: records, others: others, context: context, at: at, shelf: shelf)
        }
    }

    private func live(_ kind: KindSchema, whose field: String, isOneOf ids: [RecordID]) throws -> [Record] {
        try tables.records(of: kind, whose: field, isOneOf: ids, unread: Self.unreadFields, in: database)
            .filter { !$0.isDeleted }
    }

    /// The records of a chunk by the household that they belong to.
    private struct Family {
        private(set) var root: [RecordID: RecordID]
        private(set) var records: [RecordID: [Record]] = [:]
        private var byKind: [String: [RecordID]] = [:]

        init(_ roots: [Record]) { root = Dictionary(uniqueKeysWithValues: roots.map { ($0.id, $0.id) }) }

        /// - Returns: whether it is new, and of one of these households.
        mutating func add(_ record: Record, below parent: RecordID?) -> Bool {
            guard let parent, let home = root[parent], root[record.id] == nil else { return false }
            root[record.id] = home
            records[home, default: []].append(record)
            byKind[record.kind, default: []].append(record.id)
            return true
        }

        func ids(of kind: String) -> [RecordID] { byKind[kind] ?? [] }
    }

    private func add(below kind: String, _ parents: [RecordID], to family: inout Family) throws {
        guard !parents.isEmpty else { return }
        for (child, field) in tables.schema.dependents(of: kind)
        where !Self.unread.contains(child.name) && child.name != Attachment.kindName {
            for record in try live(child, whose: field, isOneOf: parents) {
                _ = family.add(record, below: record.value(field, in: child).recordID)
            }
        }
    }

    /// Files of whatever record.
    private func addFiles(to family: inout Family) throws {
        let kind = Attachment.kind
        for file in try live(kind, whose: "record", isOneOf: Array(family.root.keys)) {
            _ = family.add(file, below: file.value("record", in: kind).recordID)
        }
    }

    /// People of other households for whom people of these stand no more.
    private func standIns(for family: Family) throws -> [Record] {
        let elsewhere = family.records.values.joined().filter { $0.kind == memberKind.name }
            .compactMap { $0.mergedInto(in: memberKind) }.filter { family.root[$0] == nil }
        return try live(memberKind, whose: "id", isOneOf: Set(elsewhere).sorted())
    }

    /// The last month of a line that stands, of payees who died.
    private func lastPaid(in family: Family) throws -> [RecordID: Month] {
        let records = family.records.values.joined()
        let dead = Set(
            records.filter { $0.kind == memberKind.name && !$0.value("death_date", in: memberKind).isNull }.map(\.id))
        guard !dead.isEmpty, let kind = tables.schema.kind("payment") else { return [:] }
        let homes = Set(dead.compactMap { family.root[$0] })
        let cases = records.filter { $0.kind == "application" && family.root[$0.id].map(homes.contains) ?? false }
        let lines = try live(kind, whose: "application", isOneOf: cases.map(\.id).sorted())
        let reversed = Set(lines.compactMap { $0.value("reverses", in: kind).recordID })
        var last: [RecordID: Month] = [:]
        for line in lines where line.value("reverses", in: kind).isNull && !reversed.contains(line.id) {
            guard let payee = line.value("payee", in: kind).recordID, dead.contains(payee),
                line.value("state", in: kind).text != "returned",
                let month = line.value("month", in: kind).text.flatMap({ Month($0) })
            else { continue }
            last[payee] = max(last[payee] ?? month, month)
        }
        return last
    }
}
