import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// Which families have to be worked out anew.
struct LedgerTouch {
    /// Of the authority's snapshot.
    let records: LedgerRecords
    let ledger: Database

    private var tables: RecordTables { records.tables }
    private var database: Database { records.database }

    /// The families that what is new in the log touched, and those of which something is due by another day.
    /// - Returns: `nil` when nobody can say: everything is worked out anew.
    func roots(from position: Ledger.Position, to next: Ledger.Position) throws -> Set<RecordID>? {
        let kinds = LedgerEntry.householdKinds + LedgerEntry.applicationKinds + [householdKind.name]
        let touched = try LogReader(database, tables: tables).touched(after: position.seq, through: next.seq)
            .filter { kinds.contains($1.kind) }
        var roots = Set(try changing(through: next.day))
        roots.formUnion(try dependents(on: Array(touched.keys)))
        var (new, changed): ([RecordID], [RecordID]) = ([], [])
        for (record, change) in touched {
            if change.kind == householdKind.name {
                if change.isNew { new.append(record) } else { changed.append(record) }
            } else if let kind = tables.schema.kind(change.kind), let root = try root(above: record, kind: kind) {
                roots.insert(root)
            } else {
                return nil
            }
        }
        guard let found = try self.roots(of: changed) else { return nil }
        return try withCases(roots.union(found)).union(named(of: new))
    }

    /// Of households that have just been made, those that something named already; the others, most of a first
    /// survey, have nothing to work out, and nothing was merged into them.
    private func named(of households: [RecordID]) throws -> [RecordID] {
        guard let application = tables.schema.kind("application") else { return households }
        return try tables.references(of: application, "household", isOneOf: households, in: database)
            + Query.all(ledger, "SELECT DISTINCT root FROM entry WHERE root IN (\(Query.idMarks))", of: households) {
                $0.id(0)
            }
    }

    /// The households that stand for these: themselves, unless they were merged.
    private func roots(of households: [RecordID]) throws -> Set<RecordID>? {
        let unmerged = try tables.ids(
            of: householdKind, whose: "id", isOneOf: households, and: "\(KindSchema.aliasField) IS NULL", in: database)
        var roots = Set(unmerged)
        for merged in households where !roots.contains(merged) {
            guard let root = try root(above: merged, kind: householdKind) else { return nil }
            roots.insert(root)
        }
        return roots
    }

    /// Those that have entries or an application, at themselves or at a household that was merged into them. The others,
    /// most of a village, have nothing to work out.
    private func withCases(_ roots: Set<RecordID>) throws -> Set<RecordID> {
        guard let application = tables.schema.kind("application") else { return roots }
        let all = Array(roots)
        let merged = Set(
            try tables.references(of: householdKind, KindSchema.aliasField, isOneOf: all, in: database))
        let applied = try tables.references(of: application, "household", isOneOf: all, in: database)
        // A root that is no household is an application whose household is not here.
        let households = Set(try tables.ids(of: householdKind, whose: "id", isOneOf: all, in: database))
        let known = merged.union(applied)
        return try roots.filter { try known.contains($0) || !households.contains($0) || hasEntries($0) }
    }

    private func hasEntries(_ root: RecordID) throws -> Bool {
        var query = try Query(ledger, "SELECT 1 FROM entry WHERE root = ? LIMIT 1")
        query.bind(root)
        return try query.first { _ in true } ?? false
    }

    private func changing(through day: CalendarDay) throws -> [RecordID] {
        var query = try Query(ledger, "SELECT DISTINCT root FROM entry WHERE changes_on <= ?")
        query.bind(day.description)
        return try query.all { $0.id(0) }
    }

    private func dependents(on records: [RecordID]) throws -> [RecordID] {
        try Query.all(ledger, "SELECT root FROM dependency WHERE record IN (\(Query.idMarks))", of: records) {
            $0.id(0)
        }
    }

    /// The household that stands for the one above a record, deleted records included.
    /// - Returns: `nil` for a record that is gone.
    private func root(above id: RecordID, kind: KindSchema) throws -> RecordID? {
        guard let record = try tables.record(id, kind: kind, in: database) else { return nil }
        if kind.name == householdKind.name { return try records.canonical(record, kind: kind).id }
        if LedgerEntry.applicationKinds.contains(kind.name) {
            guard let application = record.value("application", in: kind).recordID,
                let above = tables.schema.kind("application")
            else { return id }
            return try root(above: application, kind: above) ?? application
        }
        if kind.name == "application" { return try records.root(of: record, kind: kind) }
        guard let household = record.value("household", in: kind).recordID else { return id }
        return try records.record(household, kind: householdKind)
            .map { try records.canonical($0, kind: householdKind).id } ?? household
    }
}
