import GRDB
package import SyncEngine

/// The sets of this station, from their capture until they are settled.
extension ReplicaTransaction {
    private static let outboxColumns = """
        SELECT hash, bytes, state, number, seq, result, problem, problem_subject, problem_zh, problem_en FROM outbox
        """

    func readOutbox(_ row: Columns) throws -> OutboxSet {
        guard let hash = Hash256(bytes: row.bytes(0)) else { throw Problem(.storage, "outbox.hash") }
        let bytes = row.bytes(1)
        let sealed = SealedSet(set: try tables.codec.decode(set: bytes), bytes: bytes, hash: hash)
        return OutboxSet(
            sealed: sealed, state: OutboxSet.State(rawValue: UInt8(truncatingIfNeeded: row.int64(2))) ?? .pending,
            outcome: row.isNull(5) ? nil : LogReader.outcome(row, from: 3))
    }

    package func outboxSet(_ number: UInt64) throws -> OutboxSet? {
        var query = try Query(database, Self.outboxColumns + " WHERE number = ?")
        query.bind(number)
        return try query.first(readOutbox)
    }

    /// Sets in order of number: those `condition` selects.
    package func outboxSets(_ filter: OutboxFilter) throws -> [OutboxSet] {
        var query = try Query(
            database, Self.outboxColumns + " WHERE number > ? AND \(filter.condition) ORDER BY number LIMIT ?")
        query.bind(filter.after)
        query.bind(filter.limit)
        return try query.all(readOutbox)
    }

    /// The stored bytes of the oldest undecided sets above `number`, as many as fit a frame, with the hash before the
    /// first and after the last; `nil` when nothing waits. The bytes go out as they were committed. A frame is of one device: this one,
    /// or the one whose chain it goes on with.
    package func pendingFrame(after number: UInt64 = 0) throws -> PendingFrame? {
        let position = try position()
        var query = try Query(
            database,
            """
            SELECT number, bytes, hash, earlier_epoch, earlier_seq, earlier_result
            FROM outbox WHERE state = 0 AND number > ? ORDER BY number LIMIT ?
            """)
        query.bind(number)
        query.bind(Limits.setsPerFrame)
        var frame: PendingFrame?
        var size = 0
        try query.forEach { row in
            let number = row.uint64(0)
            let author = position.author(of: number)
            let bytes = row.bytes(1)
            size += bytes.count
            if let frame, size > Limits.frameBytes || author != frame.device || number != frame.last + 1 {
                return false
            }
            guard let hash = Hash256(bytes: row.bytes(2)) else { throw Problem(.storage, "outbox.hash") }
            if frame == nil { frame = PendingFrame(device: author, first: number, previousHash: .zero, lastHash: hash) }
            frame?.sets.append(bytes)
            frame?.lastHash = hash
            if !row.isNull(3) { frame?.earlier.append(Self.earlier(row, number: number)) }
            return true
        }
        guard let first = frame?.first, first > 1 else { return frame }
        var before = try Query(database, "SELECT hash FROM outbox WHERE number = ?")
        before.bind(first - 1)
        frame?.previousHash =
            try before.first { Hash256(bytes: $0.bytes(0)) ?? .zero } ?? LostSets.read(database)[first - 1] ?? .zero
        return frame
    }

    private static func earlier(_ row: Columns, number: UInt64) -> EarlierOutcome {
        let result = SetOutcome.Result(rawValue: UInt8(truncatingIfNeeded: row.int64(5))) ?? .applied
        return EarlierOutcome(
            epoch: row.id(3), outcome: SetOutcome(number: number, seq: row.uint64(4), result: result))
    }

    /// The number of the oldest undecided set; `nil` when nothing waits.
    package func firstPending() throws -> UInt64? {
        try Query(database, "SELECT min(number) FROM outbox WHERE state = 0").first { row in
            row.isNull(0) ? nil : row.uint64(0)
        } ?? nil
    }

    package func pendingCount() throws -> Int {
        try Query(database, "SELECT count(*) FROM outbox WHERE state = 0").first { $0.int(0) } ?? 0
    }

    package func unsettled(upTo seq: Seq) throws -> [OutboxSet] {
        var query = try Query(database, Self.outboxColumns + " WHERE state = 1 AND seq <= ? ORDER BY seq")
        query.bind(seq)
        return try query.all(readOutbox)
    }

    package func settled(_ outcomes: [SetOutcome]) throws -> [OutboxSet] {
        var again: [OutboxSet] = []
        try forEachRun(of: outcomes) { first, last in
            var query = try Query(
                database,
                Self.outboxColumns + """
                     WHERE number BETWEEN ?1 AND ?2 AND state = 2 AND (seq IS NULL OR seq < number + ?3) ORDER BY number
                    """)
            query.bind(first.number)
            query.bind(last)
            query.bind(Int64(bitPattern: first.seq &- first.number))
            again += try query.all(readOutbox)
        }
        return again
    }

    /// A set that is settled already stays so, unless it has a later outcome now.
    package func record(_ outcomes: [SetOutcome], state: OutboxSet.State) throws {
        overlayHasChanged()
        try forEachRun(of: outcomes) { first, last in try record(first, through: last, state: state) }
    }

    /// Runs of sets that have the same outcome at the next seqs: the first one's, and the last number.
    private func forEachRun(of outcomes: [SetOutcome], _ body: (SetOutcome, UInt64) throws -> Void) throws {
        var first = 0
        for index in outcomes.indices
        where index + 1 == outcomes.count || !outcomes[index].isFollowed(by: outcomes[index + 1]) {
            try body(outcomes[first], outcomes[index].number)
            first = index + 1
        }
    }

    /// - Parameter last: so far the sets have the same outcome with the next seqs.
    private func record(_ outcome: SetOutcome, through last: UInt64, state: OutboxSet.State) throws {
        var query = try Query(
            database,
            """
            UPDATE outbox SET state = ?1, seq = number + ?2, result = ?3, problem = ?4, problem_subject = ?5,
            problem_zh = ?6, problem_en = ?7
            WHERE number BETWEEN ?8 AND ?9 AND (seq IS NULL OR seq < number + ?2)
            """)
        query.bind(Int64(state.rawValue))
        query.bind(Int64(bitPattern: outcome.seq &- outcome.number))
        query.bind(Int64(outcome.result.rawValue))
        query.bind(outcome.problem.map { Int64($0.code.rawValue) })
        query.bind(outcome.problem?.subject)
        query.bind(outcome.problem?.explanation?.zh)
        query.bind(outcome.problem?.explanation?.en)
        query.bind(outcome.number)
        query.bind(last)
        try query.run()
    }

    package func settle(_ numbers: [UInt64]) throws {
        overlayHasChanged()
        let sorted = numbers.sorted()
        var first = 0
        for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1] != sorted[index] + 1 {
            var query = try Query(database, "UPDATE outbox SET state = 2 WHERE number BETWEEN ? AND ?")
            query.bind(sorted[first])
            query.bind(sorted[index])
            try query.run()
            first = index + 1
        }
    }

    package func append(_ sealed: SealedSet) throws {
        var query = try statements.query(
            Slot.outbox, "INSERT INTO outbox (number, hash, bytes, state) VALUES (?, ?, ?, 0)")
        query.bind(sealed.set.number)
        query.bind(sealed.hash.bytes)
        query.bind(sealed.bytes)
        try query.run()
        for change in sealed.set.changes { try addOwnChange(change.record, number: sealed.set.number) }
        overlayHasGrown()
        if case .amend(let number) = sealed.set.intent { try close(number, by: sealed.set.number) }
        if case .withdraw(let number) = sealed.set.intent { try close(number, by: sealed.set.number) }
        appended = (sealed.set.number, sealed.hash, sealed.set.time)
    }

    func addOwnChange(_ record: RecordID, number: UInt64) throws {
        // A set may change a record twice.
        var query = try statements.query(
            Slot.ownChange, "INSERT OR IGNORE INTO own_change (record, number) VALUES (?, ?)")
        query.bind(record)
        query.bind(number)
        try query.run()
    }

    private func close(_ number: UInt64, by closing: UInt64) throws {
        var query = try Query(database, "UPDATE outbox SET closed_by = ? WHERE number = ?")
        query.bind(closing)
        query.bind(number)
        try query.run()
    }

    package func lastOutboxSet() throws -> (number: UInt64, hash: Hash256, time: HybridTime) {
        if let appended { return appended }
        let last = try Query(database, "SELECT number, hash FROM outbox ORDER BY number DESC LIMIT 1").first { row in
            (row.uint64(0), Hash256(bytes: row.bytes(1)) ?? .zero)
        }
        let clock = HybridTime(rawValue: try Meta.number("clock", in: database) ?? 0)
        return (last?.0 ?? 0, last?.1 ?? .zero, clock)
    }
}

extension SetOutcome {
    /// Whether another outcome is the same of the next set, at the next seq.
    fileprivate func isFollowed(by next: SetOutcome) -> Bool {
        next.number == number + 1 && next.seq == seq + 1 && next.result == result && problem == nil
            && next.problem == nil
    }
}

/// A run of undecided sets, ready to be offered.
package struct PendingFrame: Sendable {
    /// Whose sets they are.
    package var device: DeviceID
    package var first: UInt64
    package var previousHash: Hash256
    package var lastHash: Hash256
    package var sets: [[UInt8]] = []
    package var earlier: [EarlierOutcome] = []

    package var last: UInt64 { first + UInt64(sets.count) - 1 }
}

/// Which sets of the outbox are wanted.
package struct OutboxFilter: Sendable {
    package enum Wanted: Sendable {
        /// Not yet decided.
        case pending
        /// Not yet settled: what the user still sees on top.
        case unsettled
        /// In quarantine, and neither amended nor withdrawn nor released.
        case refused
        /// Above an acknowledgement: to be pushed.
        case all
    }

    package var wanted: Wanted
    package var after: UInt64
    package var limit: Int

    package init(_ wanted: Wanted, after: UInt64 = 0, limit: Int = 1_000_000) {
        self.wanted = wanted
        self.after = after
        self.limit = limit
    }

    var condition: String {
        switch wanted {
        case .pending: "state = 0"
        case .unsettled: "number IN (\(ReplicaTransaction.unsettled))"
        case .refused: "problem IS NOT NULL AND closed_by IS NULL"
        case .all: "true"
        }
    }
}
