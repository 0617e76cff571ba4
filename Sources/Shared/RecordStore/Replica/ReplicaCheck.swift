import GRDB
package import SyncEngine

/// What must always hold in a replica.
package struct ReplicaCheck {
    private let transaction: ReplicaTransaction

    package enum Check: String, Sendable { case pages, chain, digest, server, history }

    package struct Finding: Sendable {
        package var check: Check
        package var isSound: Bool
        /// Fetching the shadow anew mends it.
        package var isRepairable: Bool
        package var detail: String
    }

    package init(_ transaction: ReplicaTransaction) { self.transaction = transaction }

    package func run() throws -> [Finding] {
        let pages = try String.fetchAll(transaction.database, sql: "PRAGMA quick_check(20)")
        let broken = try brokenNumbers()
        let wrong = try wrongDigests()
        let differs = try Meta.number("digest_differs", in: transaction.database) == 1
        let rewritten = try transaction.evidence().filter { !$0.isExplained }.map(\.summary)
        return [
            Finding(
                check: .pages, isSound: pages == ["ok"], isRepairable: false,
                detail: pages == ["ok"] ? "" : pages.joined(separator: "; ")),
            Finding(
                check: .chain, isSound: broken.isEmpty, isRepairable: false,
                detail: broken.map(String.init).joined(separator: ", ")),
            Finding(check: .digest, isSound: wrong.isEmpty, isRepairable: true, detail: wrong.joined(separator: ", ")),
            Finding(check: .server, isSound: !differs, isRepairable: true, detail: ""),
            Finding(
                check: .history, isSound: rewritten.isEmpty, isRepairable: false,
                detail: rewritten.joined(separator: "; ")),
        ]
    }

    private func brokenNumbers() throws -> [UInt64] {
        var previous = Hash256.zero
        var expected: UInt64 = 1
        var broken: [UInt64] = []
        try Query(transaction.database, "SELECT number, hash, bytes FROM outbox ORDER BY number").forEach { row in
            let hash = HashChain.next(after: previous, set: row.bytes(2))
            if row.uint64(0) != expected || hash.bytes != row.bytes(1) { broken.append(row.uint64(0)) }
            expected = row.uint64(0) + 1
            previous = Hash256(bytes: row.bytes(1)) ?? hash
            return broken.count < 100
        }
        return broken
    }

    /// Scopes whose stored digest is not the sum over the shadow.
    private func wrongDigests() throws -> [String] {
        var sums: [Scope: RecordDigest] = [:]
        for kind in transaction.schema.kinds {
            try transaction.forEachShadow(of: kind) { record in
                sums[record.scope, default: RecordDigest()] =
                    sums[record.scope, default: RecordDigest()] + record.digest(in: kind)
            }
        }
        for record in try transaction.heldRecords() {
            let kind = ReplicaTransaction.unknownKind(record.kind)
            sums[record.scope] = (sums[record.scope] ?? RecordDigest()) + record.digest(in: kind)
        }
        let stored = try transaction.storedDigests()
        return Set(stored.map(\.scope)).union(sums.keys).filter { scope in
            (stored.first { $0.scope == scope }?.digest ?? RecordDigest()) != (sums[scope] ?? RecordDigest())
        }.map(\.code).sorted()
    }
}

extension ReplicaTransaction {
    /// Every record the server has stated, as it stated it.
    package func forEachShadow(of kind: KindSchema, _ body: (Record) throws -> Void) throws {
        let rows = try Query(database, tables.sql(kind).selectAll).all { try tables.read($0, kind: kind) }
        for record in rows {
            if let shadow = try shadow(record.id, kind: kind).record { try body(shadow) }
        }
    }

    /// The digests as they are stored.
    package func storedDigests() throws -> [ScopeDigest] { try ScopeDigests.read(database) }
}
