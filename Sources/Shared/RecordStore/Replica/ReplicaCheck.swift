import GRDB
package import SyncEngine

/// What must always hold in a replica.
package struct ReplicaCheck {
    private let transaction: ReplicaTransaction

    package enum Check: String, Sendable, CaseIterable {
        case pages, station, sets, chain, overlay, digest, server, history
        /// Of the files beside the replica.
        case keys, files
    }

    package struct Finding: Sendable {
        package var check: Check
        package var isSound: Bool
        package var detail: String

        package init(check: Check, isSound: Bool, detail: String = "") {
            self.check = check
            self.isSound = isSound
            self.detail = detail
        }

        /// Fetching the shadow anew mends it.
        package var isOfTheShadow: Bool { check == .digest || check == .server }
        /// A fresh file mends it. What the township did to its history, nothing here does.
        package var isOfTheFile: Bool { !isOfTheShadow && ![.history, .keys, .files].contains(check) }
    }

    /// What is found when the file cannot even be read.
    package static func unreadable(_ detail: String) -> [Finding] {
        [Finding(check: .pages, isSound: false, detail: detail)]
    }

    package init(_ transaction: ReplicaTransaction) { self.transaction = transaction }

    /// - Parameter remembered: what the station knew of itself when all was well.
    /// - Throws: ``Problem`` ``Problem/Code/replicaDamaged`` and `DatabaseError` where the file cannot be read.
    package func run(remembered: [String: [UInt8]] = [:]) throws -> [Finding] {
        let pages = try String.fetchAll(transaction.database, sql: "PRAGMA integrity_check(20)")
        let station = try wrongKeys(remembered)
        let sets = try wrongSets()
        // What the sets say is looked at only when they can be read.
        let areReadable = sets.isEmpty
        let broken = areReadable ? try brokenNumbers() : []
        let overlay = areReadable ? try wrongOverlay() : []
        let wrong = try wrongDigests()
        let differs = try Meta.number("digest_differs", in: transaction.database) == 1
        let awaits = try transaction.awaitsRecords()
        let evidence = try transaction.evidence().filter(\.isOpen)
        let unsettled = evidence.filter(\.isUnsettled)
        let isMoreOpen = unsettled.count < evidence.count
        return [
            Finding(
                check: .pages, isSound: pages == ["ok"], detail: pages == ["ok"] ? "" : pages.joined(separator: "; ")),
            Finding(check: .station, isSound: station.isEmpty, detail: station.joined(separator: ", ")),
            Finding(check: .sets, isSound: sets.isEmpty, detail: sets.map(String.init).joined(separator: ", ")),
            Finding(check: .chain, isSound: broken.isEmpty, detail: broken.map(String.init).joined(separator: ", ")),
            Finding(check: .overlay, isSound: overlay.isEmpty, detail: overlay.joined(separator: ", ")),
            Finding(check: .digest, isSound: wrong.isEmpty, detail: wrong.joined(separator: ", ")),
            Finding(check: .server, isSound: !differs && !awaits),
            Finding(
                check: .history, isSound: unsettled.isEmpty,
                detail: (unsettled.map(\.summary) + (isMoreOpen ? ["ruhu evidence"] : [])).joined(separator: "; ")),
        ]
    }

    private static let limit = 100

    /// What a station knows of itself never changes, but for its identity when it forks, and the township's address.
    private func wrongKeys(_ remembered: [String: [UInt8]]) throws -> [String] {
        try remembered.filter { !ReplicaSalvage.changingKeys.contains($0.key) }.filter { key, value in
            try Meta.bytes(key, in: transaction.database) != value
        }.map(\.key).sorted()
    }

    /// Sets that do not decode, are another's, or whose columns do not go together.
    private func wrongSets() throws -> [UInt64] {
        let position = try transaction.position()
        var wrong: [UInt64] = []
        var lastDecided: UInt64 = 0
        var firstPending: UInt64?
        var withoutOutcome: UInt64?
        let sql =
            "SELECT number, bytes, state, seq, result, problem, closed_by, length(hash) FROM outbox ORDER BY number"
        try Query(transaction.database, sql).forEach { row in
            let number = row.uint64(0)
            let columns = OutboxColumns(
                state: row.int64(2), seq: row.isNull(3) ? nil : row.int64(3),
                result: row.isNull(4) ? nil : row.int64(4),
                problem: row.isNull(5) ? nil : row.int64(5), closedBy: row.isNull(6) ? nil : row.int64(6))
            let set = try? transaction.tables.codec.decode(set: row.bytes(1))
            let isWell =
                set?.number == number && set?.device == position.author(of: number) && row.int64(7) == 32
                && columns.isPossible(number: number)
            if columns.state == 0 { firstPending = firstPending ?? number } else { lastDecided = number }
            // Carried out of a damaged replica; a decided one above it says that it is decided too.
            if columns.state != 0 { withoutOutcome = columns.seq == nil ? withoutOutcome ?? number : nil }
            if try !isWell || !ownChangesMatch(set, number: number) {
                wrong.append(number)
            }
            return wrong.count < Self.limit
        }
        // They are decided in order: one below a decided one is decided.
        if let firstPending, firstPending < lastDecided, wrong.isEmpty { wrong.append(firstPending) }
        if let withoutOutcome, wrong.isEmpty { wrong.append(withoutOutcome) }
        return wrong
    }

    private func ownChangesMatch(_ set: ChangeSet?, number: UInt64) throws -> Bool {
        guard let set else { return true }
        for record in Set(set.changes.map(\.record)) {
            var query = try Query(
                transaction.database, "SELECT count(*) FROM own_change WHERE record = ? AND number = ?")
            query.bind(record)
            query.bind(number)
            if try query.first({ $0.int(0) }) == 0 { return false }
        }
        return true
    }

    /// Records that do not show what their sets make of the shadow.
    private func wrongOverlay() throws -> [String] {
        var wrong: [String] = []
        var seen: Set<RecordID> = []
        for sent in try transaction.outboxSets(OutboxFilter(.unsettled)) {
            for change in sent.sealed.set.changes where seen.insert(change.record).inserted {
                guard let kind = transaction.schema.kind(change.kind) else { continue }
                let shadow = try transaction.shadow(change.record, kind: kind)
                guard shadow != .left else { continue }
                let sets = try transaction.overlay(of: change.record)
                    .compactMap { try transaction.outboxSet($0)?.sealed.set }
                let working = try transaction.working(change.record, kind: kind)
                let expected = Overlay.replay(
                    sets, onto: shadow.record, id: change.record, kind: kind, scope: working?.scope ?? Scope(""))
                if expected?.values != working?.values || expected?.isDeleted != working?.isDeleted {
                    wrong.append(change.record.description)
                }
            }
        }
        return wrong
    }

    private func brokenNumbers() throws -> [UInt64] {
        var previous = Hash256.zero
        var expected: UInt64 = 1
        var broken: [UInt64] = []
        let lost = try LostSets.read(transaction.database)
        try Query(transaction.database, "SELECT number, hash, bytes FROM outbox ORDER BY number").forEach { row in
            let number = row.uint64(0)
            let isAfterLost = number > expected && (expected..<number).allSatisfy { lost[$0] != nil }
            // Behind a set that is lost here the chain is the township's to check.
            if !isAfterLost {
                let hash = HashChain.next(after: previous, set: row.bytes(2))
                if number != expected || hash.bytes != row.bytes(1) { broken.append(number) }
            }
            expected = row.uint64(0) + 1
            previous = Hash256(bytes: row.bytes(1)) ?? .zero
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
