package import GRDB
package import SyncEngine

/// Rows of deleted records, which may go once every station that counts has passed them. The log keeps what they were:
/// row presence never decides (DESIGN section 4, Stale).
package struct Tombstones {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Below it rows of deleted records are gone, and a pull cannot begin.
    package func horizon() throws -> Seq { try Meta.number("horizon", in: database) ?? 0 }

    /// Removes the rows of records deleted at or below the lowest cursor that stations in use have stated.
    ///
    /// - Parameter silentSince: a station not heard of since then does not count; it fetches anew when it comes back.
    /// - Returns: how many rows went.
    package func collect(silentSince: Instant) throws -> Int {
        let register = DeviceRegister(database)
        let inUse = try register.stations().filter { station in
            !station.state.isRevoked && (station.lastSeen ?? station.enrolledAt) >= silentSince
        }
        let head = try LogReader(database, tables: tables).head().seq
        let lowest = inUse.map(\.cursor).min() ?? head
        guard try lowest > horizon() else { return 0 }
        var count = 0
        for kind in tables.schema.kinds {
            var query = try Query(
                database, "SELECT id FROM \"\(kind.name)\" WHERE deleted = 1 AND seq <= ?")
            query.bind(lowest)
            for id in try query.all({ $0.id(0) }) {
                try tables.delete(id, kind: kind, in: database)
                count += 1
            }
        }
        try Meta.set(lowest, for: "horizon", in: database)
        return count
    }

    /// A record whose row was collected, as its log says; `nil` when nobody ever wrote it.
    func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        guard try horizon() > 0 else { return nil }
        let log = try LogReader(database, tables: tables).headedChanges(of: id).filter { $0.header.kind == kind.name }
        guard let first = log.first?.header else { return nil }
        var fold = RecordFold(first, kind: kind)
        for (header, change) in log { fold.apply(header, change) }
        return fold.record
    }
}
