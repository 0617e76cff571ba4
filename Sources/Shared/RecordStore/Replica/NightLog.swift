import GRDB
package import SyncEngine

/// One night's sync, as `status` tells it.
package struct Night: Hashable, Sendable {
    package var startedAt: Instant
    package var endedAt: Instant
    package var outcome: String
    package var detail: String

    package init(startedAt: Instant, endedAt: Instant, outcome: String, detail: String) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.detail = detail
    }
}

extension ReplicaTransaction {
    /// Nights kept; older ones are dropped.
    private static let nightLimit = 400

    package func keep(_ night: Night) throws {
        var query = try Query(
            database, "INSERT OR REPLACE INTO night (started_at, ended_at, outcome, detail) VALUES (?, ?, ?, ?)")
        query.bind(night.startedAt.milliseconds)
        query.bind(night.endedAt.milliseconds)
        query.bind(night.outcome)
        query.bind(night.detail)
        try query.run()
        var old = try Query(
            database,
            "DELETE FROM night WHERE started_at NOT IN (SELECT started_at FROM night ORDER BY started_at DESC LIMIT ?)")
        old.bind(Self.nightLimit)
        try old.run()
    }

    /// The latest nights, the last one first.
    package func nights(limit: Int) throws -> [Night] {
        var query = try Query(
            database, "SELECT started_at, ended_at, outcome, detail FROM night ORDER BY started_at DESC LIMIT ?")
        query.bind(limit)
        return try query.all { row in
            Night(
                startedAt: Instant(milliseconds: row.int64(0)), endedAt: Instant(milliseconds: row.int64(1)),
                outcome: row.text(2), detail: row.text(3))
        }
    }
}
