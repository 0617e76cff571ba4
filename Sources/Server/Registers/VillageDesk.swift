import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// What the township's villages are called. A name is a record: it is signed and logged, and the village's own station
/// has it for its papers.
struct VillageDesk {
    let township: Township

    /// A village that has households, a station or a name.
    struct Entry: Hashable {
        let code: String
        let name: String?
        let households: Int
    }

    /// Villages that are named at once, at most.
    static let limit = 1_000

    /// - Parameter township: what the township itself is called, by its code.
    static func names(in database: Database, township: [String: String] = [:]) throws -> VillageNames {
        let named = try Query(
            database, "SELECT village, name FROM \(Village.kindName) WHERE deleted = 0 AND name IS NOT NULL"
        ).all { ($0.text(0), $0.text(1)) }
        // Every record counts in the digest of its scope: one row a village.
        let scopes = try ScopeDigests.read(database).filter { $0.records > 0 }.map(\.scope.code)
        return VillageNames(
            Dictionary(named) { $1 }, codes: scopes.filter(VillageCode.isValid), township: township)
    }

    /// In order of their codes.
    func villages(in database: Database) throws -> [Entry] {
        let names = try Self.names(in: database)
        let households = try Query(
            database, "SELECT scope, count(*) FROM \(householdKind.name) WHERE deleted = 0 GROUP BY scope"
        ).all { ($0.text(0), $0.int(1)) }
        let counts = Dictionary(households) { $1 }
        let stations = try DeviceRegister(database).stations().flatMap { $0.state.scopes.map(\.code) }
        return Set(Array(counts.keys) + stations + names.codes).filter(VillageCode.isValid).sorted().map {
            Entry(code: $0, name: names[$0], households: counts[$0] ?? 0)
        }
    }

    /// Names villages, all in one set.
    /// - Returns: `nil` when each has its name already.
    /// - Throws: ``Problem`` ``Problem/Code/unknownScope`` for a village that is not the township's,
    ///   ``Problem/Code/badValue``.
    func name(_ names: [(code: String, name: String)], act: Desk.Act) throws -> Seq? {
        guard names.count <= Self.limit else { throw Problem(.badValue, "\(names.count) > \(Self.limit)") }
        for (code, name) in names {
            guard VillageCode.isValid(code), township.identity.region.covers(Scope(code)) else {
                throw Problem(.unknownScope, code)
            }
            guard !name.isEmpty else { throw Problem(.badValue, "\(code)=") }
        }
        let wanted = Dictionary(names) { $1 }
        return try township.write(act) { transaction, act in
            let drafts = try wanted.sorted { $0.key < $1.key }.map { code, name in
                try draft(Scope(code), name, in: transaction)
            }
            return try township.desk.act(drafts, act, in: transaction)?.seq
        }
    }

    private func draft(_ village: Scope, _ name: String, in transaction: AuthorityTransaction) throws -> Draft {
        let id = Village.id(of: village)
        let isThere = try transaction.record(id, kind: Village.kind) != nil
        return Draft(
            kind: Village.kind, record: id, operation: isThere ? .edit : .create,
            writes: (isThere ? [] : [.set("village", .text(village.code))]) + [.set("name", .text(name))])
    }
}
