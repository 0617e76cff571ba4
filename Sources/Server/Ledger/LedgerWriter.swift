import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// Works entries out and writes them: whole families at a time.
struct LedgerWriter {
    let ledger: Database
    var records: LedgerRecords
    let shelf: PolicyShelf
    let now: Instant

    /// Families that are read together.
    private static let rootsAtOnce = 128

    /// Works the entries of these families out anew, and of those that they turn out to have moved to.
    /// - Returns: how many families that was.
    @discardableResult
    mutating func recompute(_ roots: some Sequence<RecordID>) throws -> Int {
        guard let kind = records.tables.schema.kind("application") else { return 0 }
        var waiting = Array(roots)
        var done = Set<RecordID>()
        while !waiting.isEmpty {
            let some = waiting.suffix(Self.rootsAtOnce).filter { done.insert($0).inserted }
            waiting.removeLast(min(Self.rootsAtOnce, waiting.count))
            let known = try some.flatMap { try applications(of: $0) }
            try records.load(some, known: known)
            for application in known { try remove(application) }
            for root in some { try keepDependencies(of: root) }
            let here = Set(some)
            for application in records.applications {
                let root = try records.root(of: application, kind: kind)
                if here.contains(root) {
                    try remove(application.id)
                    try write(application, kind: kind, root: root)
                } else if !done.contains(root) {
                    waiting.append(root)
                }
            }
        }
        return done.count
    }

    private func applications(of root: RecordID) throws -> [RecordID] {
        var query = try Query(ledger, "SELECT application FROM entry WHERE root = ?")
        query.bind(root)
        return try query.all { $0.id(0) }
    }

    private func remove(_ application: RecordID) throws {
        for table in ["entry", "clock", "task", "turn"] {
            var query = try Query(ledger, "DELETE FROM \(table) WHERE application = ?")
            query.bind(application)
            try query.run()
        }
    }

    private func keepDependencies(of root: RecordID) throws {
        for record in records.dependencies(of: root) { try depend(root, on: record) }
    }

    private func depend(_ root: RecordID, on record: RecordID) throws {
        var query = try Query(ledger, "INSERT OR IGNORE INTO dependency (record, root) VALUES (?, ?)")
        query.bind(record)
        query.bind(root)
        try query.run()
    }

    private func write(_ application: Record, kind: KindSchema, root: RecordID) throws {
        guard let file = try CaseFile(application, in: records, at: now, shelf: shelf) else { return }
        let entry = LedgerEntry(file, relocations: try records.relocations(of: application.id))
        try depend(root, on: application.id)
        let head = try entry.household.flatMap { try records.record($0, kind: householdKind) }
            .map { $0.value("head", in: householdKind) }
        for person in try records.people(application.value("member", in: kind)) + records.people(head ?? .null) {
            try depend(root, on: person)
        }
        try LedgerRows(ledger).insert(entry, root: root, isOpen: file.isOpen)
    }
}
