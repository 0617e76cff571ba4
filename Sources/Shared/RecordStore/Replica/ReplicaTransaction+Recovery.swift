import GRDB
package import SyncEngine

/// What a replica does when the township's history, or its own identity, is not what it was. Sets are never lost: they
/// are offered again.
extension ReplicaTransaction {
    /// Whether a set above `number` is settled: then, when it is offered again, the shadow holds what the township may
    /// not, and must be fetched anew.
    package func hasSettled(above number: UInt64) throws -> Bool {
        var settled = try Query(database, "SELECT 1 FROM outbox WHERE number > ? AND state = 2 LIMIT 1")
        settled.bind(number)
        return try settled.first { _ in true } ?? false
    }

    /// The number up to which the township has decided; 0 when it has decided nothing.
    /// - Parameter last: the number of the outbox's last set.
    package func decidedThrough(last: UInt64) throws -> UInt64 {
        if let first = try firstPending() { return first - 1 }
        return last
    }

    /// Makes every set above `number` undecided again, with what had become of it in the history that is over.
    package func reopen(above number: UInt64, decidedIn epoch: EpochID) throws {
        var outbox = try Query(
            database,
            """
            UPDATE outbox SET earlier_epoch = CASE WHEN seq IS NULL THEN earlier_epoch ELSE ?1 END,
            earlier_seq = coalesce(seq, earlier_seq), earlier_result = coalesce(result, earlier_result),
            state = 0, seq = NULL, result = NULL, problem = NULL, problem_subject = NULL, problem_zh = NULL,
            problem_en = NULL WHERE number > ?2
            """)
        outbox.bind(epoch)
        outbox.bind(number)
        try outbox.run()
        overlayHasChanged()
    }

    /// The chain's hash after a set of the outbox; `nil` when there is none of that number.
    package func chainHash(after number: UInt64) throws -> Hash256? {
        if number == 0 { return .zero }
        var query = try Query(database, "SELECT hash FROM outbox WHERE number = ?")
        query.bind(number)
        return try query.first { Hash256(bytes: $0.bytes(0)) } ?? LostSets.read(database)[number]
    }

    /// Gives the sets above `common` to a new identity: the same acts with its id, chained after the last common hash.
    /// Numbers stay, so that what refers to them still does.
    package func fork(to device: DeviceID, common: Acknowledgement) throws {
        var position = try position()
        try reopen(above: common.number, decidedIn: position.epoch)
        var previous = common.hash
        for sent in try outboxSets(OutboxFilter(.all, after: common.number)) {
            var set = sent.sealed.set
            set.device = device
            let sealed = SealedSet(set: set, bytes: tables.codec.encode(set), after: previous)
            previous = sealed.hash
            var query = try Query(database, "UPDATE outbox SET bytes = ?, hash = ? WHERE number = ?")
            query.bind(sealed.bytes)
            query.bind(sealed.hash.bytes)
            query.bind(set.number)
            try query.run()
        }
        position.lineage =
            [Lineage(device: position.device, number: common.number)]
            + position.lineage.map { Lineage(device: $0.device, number: min($0.number, common.number)) }
        position.device = device
        try setPosition(position)
    }

    /// Shows what was typed and waits, on what of its record was on the screen: until the server states the record anew,
    /// or for as long as it does not (it is deleted there, or gone to another village).
    func showOverlay(scope: Scope) throws {
        overlayHasChanged()
        var done: Set<RecordID> = []
        for sent in try outboxSets(OutboxFilter(.unsettled)) {
            for change in sent.sealed.set.changes where done.insert(change.record).inserted {
                guard let kind = schema.kind(change.kind) else { continue }
                let sets = try overlay(of: change.record).compactMap { try outboxSet($0)?.sealed.set }
                let before = try working(change.record, kind: kind)
                let after = Overlay.replay(
                    sets, onto: before, id: change.record, kind: kind, scope: before?.scope ?? scope)
                try save(
                    change.record, kind: kind, replacing: before, working: after, shadow: .absent, isOverlaid: true)
            }
        }
    }

    // MARK: - Counting

    /// Counts that this replica has fetched anew: in the transaction that ends it, so that a try which the line broke off
    /// is none.
    package func countReset(_ reason: SyncRecovery.Reason, in epoch: EpochID) throws {
        try Meta.set(try resets(reason, in: epoch) + 1, for: Self.resetsKey(reason, epoch), in: database)
    }

    /// - Throws: ``Problem`` ``Problem/Code/resetLoop`` when it was done ``Limits/resetsPerEpoch`` times.
    package func checkResets(_ reason: SyncRecovery.Reason, in epoch: EpochID) throws {
        guard try resets(reason, in: epoch) < Limits.resetsPerEpoch else {
            throw Problem(.resetLoop, reason.rawValue)
        }
    }

    private func resets(_ reason: SyncRecovery.Reason, in epoch: EpochID) throws -> UInt64 {
        try Meta.number(Self.resetsKey(reason, epoch), in: database) ?? 0
    }

    private static func resetsKey(_ reason: SyncRecovery.Reason, _ epoch: EpochID) -> String {
        "resets \(epoch) \(reason.rawValue)"
    }

    /// A sync that was complete without fetching anew: no loop.
    package func clearResets() throws {
        try Query(database, "DELETE FROM meta WHERE key > 'resets ' AND key < 'resets!'").run()
    }

    // MARK: - Staging

    /// Pages of a bootstrap that are kept aside until all are there: how many, and the last; none of another history.
    package func staged(of epoch: EpochID) throws -> (count: Int, last: [UInt8]?) {
        guard try Meta.bytes("staging", in: database) == epoch.bytes else { return (0, nil) }
        let count = try Query(database, "SELECT count(*) FROM staged_page").first { $0.int(0) } ?? 0
        let last = try Query(database, "SELECT bytes FROM staged_page ORDER BY position DESC LIMIT 1")
            .first { $0.bytes(0) }
        return (count, last)
    }

    /// In order, one in memory at a time.
    package func forEachStagedPage(of epoch: EpochID, _ body: ([UInt8]) throws -> Void) throws {
        guard try Meta.bytes("staging", in: database) == epoch.bytes else { return }
        var position: Int64 = -1
        while true {
            var query = try Query(
                database, "SELECT position, bytes FROM staged_page WHERE position > ? ORDER BY position LIMIT 1")
            query.bind(position)
            guard let (next, bytes) = try query.first({ ($0.int64(0), $0.bytes(1)) }) else { return }
            try body(bytes)
            position = next
        }
    }

    package func stage(_ page: [UInt8], of epoch: EpochID) throws {
        if try Meta.bytes("staging", in: database) != epoch.bytes { try clearStaging() }
        try Meta.set(epoch.bytes, for: "staging", in: database)
        var query = try Query(database, "INSERT INTO staged_page (bytes) VALUES (?)")
        query.bind(page)
        try query.run()
    }

    package func clearStaging() throws {
        try Query(database, "DELETE FROM staged_page").run()
        try Query(database, "DELETE FROM meta WHERE key = 'staging'").run()
    }

    // MARK: - Escrow

    package func keepEscrow(_ items: [EscrowItem], of epoch: EpochID, watermark: Seq) throws {
        for item in items {
            var query = try Query(database, "INSERT OR IGNORE INTO escrow (epoch, seq, sealed) VALUES (?, ?, ?)")
            query.bind(epoch)
            query.bind(item.seq)
            query.bind(item.sealed)
            try query.run()
        }
        var old = try Query(database, "DELETE FROM escrow WHERE epoch = ? AND seq <= ?")
        old.bind(epoch)
        old.bind(watermark)
        try old.run()
    }

    /// What is held of a history that is over, oldest first; `nil` when nothing is.
    /// - Parameter last: goes on after it.
    package func foreignEscrow(
        now epoch: EpochID, after last: Base? = nil
    ) throws -> (epoch: EpochID, items: [EscrowItem])? {
        var query = try Query(
            database,
            """
            SELECT epoch, seq, sealed FROM escrow WHERE epoch <> ? AND (epoch, seq) > (?, ?)
            ORDER BY epoch, seq LIMIT ?
            """)
        query.bind(epoch)
        query.bind(last?.epoch.bytes ?? [])
        query.bind(last?.seq ?? 0)
        query.bind(Limits.escrowItems)
        let rows = try query.all { ($0.id(0), EscrowItem(seq: $0.uint64(1), sealed: $0.bytes(2))) }
        guard let first = rows.first?.0 else { return nil }
        return (first, rows.filter { $0.0 == first }.map(\.1))
    }

    /// The township has taken them back, and escrows them anew.
    package func forgetEscrow(of epoch: EpochID, through seq: Seq) throws {
        try keepEscrow([], of: epoch, watermark: seq)
    }
}
