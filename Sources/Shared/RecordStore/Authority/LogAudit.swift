package import GRDB
package import SyncEngine

/// Checks what the authority's log and digests must always hold.
package struct LogAudit {
    let database: Database
    let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Walks the log once: numbers dense, every device's hash chain unbroken.
    /// - Returns: how many sets, how many gaps in the sequence, and where chains break (`device/number`).
    package func verifyChains() throws -> (sets: Int, gaps: Int, broken: [String]) {
        var last: [RecordID: (number: UInt64, hash: Hash256)] = [:]
        var sets = 0
        var gaps = 0
        var broken: [String] = []
        var expected: UInt64 = 1
        try Query(database, "SELECT seq, device, number, hash, bytes, is_release FROM log ORDER BY seq").forEach {
            row in
            if row.uint64(0) != expected { gaps += 1 }
            expected = row.uint64(0) + 1
            sets += 1
            if row.bool(5) { return true }
            let device = row.id(1)
            let previous = try last[device] ?? beginning(of: device)
            let hash = HashChain.next(after: previous.hash, set: row.bytes(4))
            if row.uint64(2) != previous.number + 1 || hash.bytes != row.bytes(3) {
                broken.append("\(device)/\(row.uint64(2))")
            }
            last[device] = (row.uint64(2), Hash256(bytes: row.bytes(3)) ?? hash)
            return true
        }
        return (sets, gaps, broken + (try falseReleases()))
    }

    /// A set that was tried again has no bytes of its own, is one that was set aside before for what may come yet, and was
    /// tried again once.
    private func falseReleases() throws -> [String] {
        var query = try Query(
            database,
            """
            SELECT r.device, r.number FROM log r WHERE r.is_release = 1 AND (r.bytes IS NOT NULL OR NOT EXISTS
            (SELECT 1 FROM log o WHERE o.device = r.device AND o.number = r.number AND o.is_release = 0
            AND o.result = 4 AND o.problem IN (?, ?) AND o.hash = r.hash AND o.seq < r.seq) OR EXISTS
            (SELECT 1 FROM log e WHERE e.device = r.device AND e.number = r.number AND e.is_release = 1
            AND e.seq < r.seq)) ORDER BY r.seq
            """)
        query.bind(Problem.Code.waitingForRecord.rawValue)
        query.bind(Problem.Code.newerSchema.rawValue)
        return try query.all { "\($0.id(0))/\($0.uint64(1))" }
    }

    /// Where a device's own chain begins: at nothing, or after the part it shares with the one it was forked off.
    private func beginning(of device: DeviceID) throws -> (number: UInt64, hash: Hash256) {
        guard let state = try DeviceRegister(database).device(device)?.state, let link = state.lineage.first else {
            return (0, .zero)
        }
        return (link.number, try DeviceRegister(database).chainHash(of: state.lineage, at: link.number) ?? .zero)
    }

    /// Scopes whose stored digest is not the sum over their records.
    package func wrongDigests() throws -> [String] {
        let stored = try ScopeDigests.read(database)
        let computed = try tables.computedDigests(in: database)
        let scopes = Set(stored.map(\.scope)).union(computed.keys)
        return scopes.filter { scope in
            let known = stored.first { $0.scope == scope }
            let real = computed[scope] ?? (0, RecordDigest())
            return (known?.digest ?? RecordDigest()) != real.digest || (known?.records ?? 0) != real.records
        }.map(\.code).sorted()
    }
}

extension RecordTables {
    /// Every scope's digest, worked out from its records.
    package func computedDigests(in database: Database) throws -> [Scope: (records: UInt64, digest: RecordDigest)] {
        var result: [Scope: (records: UInt64, digest: RecordDigest)] = [:]
        for kind in schema.kinds {
            try Query(database, sql(kind).selectAll + " WHERE deleted = 0").forEach { row in
                let record = try read(row, kind: kind)
                let known = result[record.scope] ?? (0, RecordDigest())
                result[record.scope] = (known.records + 1, known.digest + record.digest(in: kind))
                return true
            }
        }
        return result
    }
}
