package import GRDB
package import SyncEngine

/// The digests of scopes, gathered over a transaction and written once at its end.
package struct ScopeDigests {
    private var changes: [Scope: (records: Int64, digest: RecordDigest)] = [:]
    private var canonical = CanonicalBytes()

    package init() {}

    package mutating func add(_ record: Record, kind: KindSchema) {
        guard !record.isDeleted else { return }
        let digest = record.digest(in: kind, by: &canonical)
        let now = changes[record.scope, default: (0, RecordDigest())]
        changes[record.scope] = (now.records + 1, now.digest + digest)
    }

    package mutating func subtract(_ record: Record, kind: KindSchema) {
        guard !record.isDeleted else { return }
        let digest = record.digest(in: kind, by: &canonical)
        let now = changes[record.scope, default: (0, RecordDigest())]
        changes[record.scope] = (now.records - 1, now.digest - digest)
    }

    package mutating func flush(to database: Database) throws {
        for (scope, change) in changes {
            var query = try Query(database, "SELECT records, digest FROM scope_digest WHERE scope = ?")
            query.bind(scope.code)
            let known = try query.first { ($0.int64(0), RecordDigest(bytes: $0.bytes(1)) ?? RecordDigest()) }
            var update = try Query(
                database,
                """
                INSERT INTO scope_digest (scope, records, digest) VALUES (?, ?, ?)
                ON CONFLICT (scope) DO UPDATE SET records = excluded.records, digest = excluded.digest
                """)
            update.bind(scope.code)
            update.bind((known?.0 ?? 0) + change.records)
            update.bind(((known?.1 ?? RecordDigest()) + change.digest).bytes)
            try update.run()
        }
        changes = [:]
    }

    /// The digests that are stored, by scope; those inside `scopes` when given.
    package static func read(_ database: Database, within scopes: [Scope]? = nil) throws -> [ScopeDigest] {
        let all = try Query(database, "SELECT scope, records, digest FROM scope_digest ORDER BY scope").all { row in
            ScopeDigest(
                scope: Scope(row.text(0)), records: row.uint64(1),
                digest: RecordDigest(bytes: row.bytes(2)) ?? RecordDigest())
        }
        return all.filter { scopes?.cover($0.scope) ?? true }
    }
}
