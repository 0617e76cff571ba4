import Assistance
import RecordStore
import SyncEngine
import Synchronization

import class GRDB.Database

/// What the pages about money add up, kept in memory as long as it is right. A roll's sums change only when a line or
/// something withheld from one does: the log says when. What takes long (a preview, a reconciliation) is worked out when
/// somebody asks for it, and says of which seq it is.
final class MoneyFigures: Sendable {
    private struct State {
        var epoch: EpochID?
        var seq: Seq = 0
        var sums: [RecordID: RollSums] = [:]
        var changes: [Month: RollChanges] = [:]
        var accounts: [RecordID: AccountReview] = [:]
        var previews: [Month: RollPreview] = [:]
        var reconciliations: [Month: Kept<ReconciliationReader.Reconciliation>] = [:]
        var likely: Kept<[RecoveryDesk.Likely]>?
    }

    /// Of which seq, and when it was worked out.
    struct Kept<Value: Sendable>: Sendable {
        let value: Value
        let seq: Seq
        let at: Instant
    }

    /// Months whose preview and reconciliation are kept.
    private static let keptMonths = 3
    /// Rolls whose accounts are kept.
    private static let keptRolls = 24
    private let township: Township
    private let state = Mutex(State())

    init(township: Township) { self.township = township }

    // MARK: - Frozen

    /// The rolls of a month, the earlier batch first.
    func rolls(of month: Month, in database: Database) throws -> [Linked] {
        try township.database.tables.all(of: rollKind, where: [("month", .text(month.description))], in: database)
            .compactMap(Linked.init)
            .sorted { ($0.number("batch") ?? 0, $0.record.id) < ($1.number("batch") ?? 0, $1.record.id) }
    }

    func sums(of roll: Linked, in database: Database) throws -> RollSums {
        let month = try Month(parsing: roll.text("month") ?? "")
        return try kept(\.sums, roll.record.id, in: database) {
            try RollSums(of: roll.record.id, month: month, in: database)
        }
    }

    /// What all rolls of a month came to.
    func sums(of month: Month, in database: Database) throws -> RollSums {
        try rolls(of: month, in: database).reduce(RollSums()) { $0 + (try sums(of: $1, in: database)) }
    }

    /// What is spent of a year's budgets, as ``PaymentSums/year(_:through:in:)`` adds it up.
    func spent(_ year: Int, in database: Database) throws -> [PaymentSums.Key: Int64] {
        var spent = try PaymentSums.urgent(year, through: nil, in: database)
        for month in Month.all(of: year) {
            spent.merge(try sums(of: month, in: database).sums.mapValues(\.standingFen), uniquingKeysWith: +)
        }
        return spent
    }

    /// Adds up what the pages of this month begin with, so that they find it done.
    func prepare() throws {
        let month = Month(of: township.clock().day)
        try township.database.read { database in
            _ = try spent(month.year, in: database)
            for roll in try rolls(of: month, in: database) + rolls(of: month.next, in: database) {
                _ = try accounts(of: roll, in: database)
            }
        }
    }

    /// Where a frozen roll pays to. It is worked out once: what it rests on was written before the roll and stays.
    func accounts(of roll: Linked, in database: Database) throws -> AccountReview {
        if let known = state.withLock({ $0.accounts[roll.record.id] }) { return known }
        let made = try AccountReview(frozen: roll, in: CaseReader(township, in: database))
        keep(made, of: roll.record.id)
        return made
    }

    /// What the freeze itself has worked out.
    func keep(_ accounts: AccountReview, of roll: RecordID) {
        state.withLock { state in
            if state.accounts.count >= Self.keptRolls { state.accounts = [:] }
            state.accounts[roll] = accounts
        }
    }

    /// Against the month before, by the frozen rolls of both.
    func changes(of month: Month, in database: Database) throws -> RollChanges {
        try kept(\.changes, month, in: database) {
            RollChanges(
                before: try amounts(of: month.previous, in: database), after: try amounts(of: month, in: database))
        }
    }

    /// Against the month before, by a preview of this one.
    func changes(of preview: RollPreview, in database: Database) throws -> RollChanges {
        let due = preview.lines.filter {
            $0.month == preview.month && $0.programme != .reliefExpense && $0.programme != .reliefUrgent
        }
        return RollChanges(
            before: try amounts(of: preview.month.previous, in: database),
            after: Dictionary(due.map { ($0.application, $0.fen) }) { $1 },
            waiting: Set(preview.held.map(\.application)))
    }

    private func amounts(of month: Month, in database: Database) throws -> [RecordID: Int64] {
        try RollChanges.amounts(of: month, rolls: rolls(of: month, in: database).map(\.record.id), in: database)
    }

    private func kept<Key: Hashable & Sendable, Value: Sendable>(
        _ path: WritableKeyPath<State, [Key: Value]>, _ key: Key, in database: Database, _ make: () throws -> Value
    ) throws -> Value {
        let log = LogReader(database, tables: township.database.tables)
        let head = try log.head()
        return try state.withLock { state in
            // A snapshot that is older than what is kept is read for itself.
            if state.epoch == head.epoch, head.seq < state.seq { return try make() }
            let touched =
                state.epoch == head.epoch ? try rolls(touchedIn: log, after: state.seq, through: head.seq) : nil
            if touched != [] { state.changes = [:] }
            state.sums = touched.map { touched in state.sums.filter { !touched.contains($0.key) } } ?? [:]
            (state.epoch, state.seq) = (head.epoch, head.seq)
            if let known = state[keyPath: path][key] { return known }
            let value = try make()
            state[keyPath: path][key] = value
            return value
        }
    }

    /// The rolls of which a line, what takes one back or what is withheld from one was touched. Lines stay in their roll,
    /// and what takes back or withholds stays with its line: each of these fields is written once.
    /// - Returns: `nil` when nobody can say, for a record is gone.
    private func rolls(touchedIn log: LogReader, after from: Seq, through: Seq) throws -> Set<RecordID>? {
        guard from < through else { return [] }
        var rolls: Set<RecordID> = []
        for (record, change) in try log.touched(after: from, through: through) {
            if change.kind == rollKind.name { rolls.insert(record) }
            guard let sql = Self.rollSQL[change.kind] else { continue }
            var query = try Query(log.database, sql)
            query.bind(record)
            let found = try query.first { row in [row.optionalID(0), row.optionalID(1)].compactMap(\.self) }
            guard let found else { return nil }
            rolls.formUnion(found)
        }
        return rolls
    }

    private static let rollSQL = [
        "payment": "SELECT p.roll, r.roll FROM payment p LEFT JOIN payment r ON r.id = p.reverses WHERE p.id = ?",
        MoneyKinds.recoveryItem.name: """
        SELECT p.roll, NULL FROM recovery_item i LEFT JOIN payment p ON p.id = i.payment WHERE i.id = ?
        """,
    ]

    // MARK: - Worked out when asked for

    /// What was worked out last; `nil` when a roll was frozen since, for what it took up is due no more.
    func preview(_ month: Month, in database: Database) throws -> RollPreview? {
        guard let made = state.withLock({ $0.previews[month] }) else { return nil }
        let rolls = try township.database.tables.all(of: rollKind, where: [], in: database)
        return rolls.contains { $0.seq > made.seq } ? nil : made
    }

    /// What was worked out last, also where it is of before.
    func look(_ month: Month) -> RollLook? { state.withLock { $0.previews[month]?.look } }

    /// Works a month's roll out anew: this reads every case that is due money.
    /// - Throws: what ``RollDesk/preview(_:)`` throws.
    @discardableResult func makePreview(_ month: Month) throws -> RollPreview {
        let made = try township.database.read { database in
            let due = try RollDesk(township: township).preview(month, in: database)
            return RollPreview(
                due.roll, accounts: due.accounts, seq: try seq(in: database), at: township.clock())
        }
        state.withLock { state in
            if state.previews.count >= Self.keptMonths { state.previews = [:] }
            state.previews[month] = made
        }
        return made
    }

    func reconciliation(_ month: Month) -> Kept<ReconciliationReader.Reconciliation>? {
        state.withLock { $0.reconciliations[month] }
    }

    /// - Throws: what ``ReconciliationReader/read(_:)`` throws.
    func makeReconciliation(_ month: Month) throws {
        let seq = try township.database.read { try self.seq(in: $0) }
        let made = Kept(
            value: try ReconciliationReader(township: township).read(month), seq: seq, at: township.clock())
        state.withLock { state in
            if state.reconciliations.count >= Self.keptMonths { state.reconciliations = [:] }
            state.reconciliations[month] = made
        }
    }

    func likely() -> Kept<[RecoveryDesk.Likely]>? { state.withLock { $0.likely } }

    /// - Throws: what ``RecoveryDesk/likely()`` throws.
    func makeLikely() throws {
        let seq = try township.database.read { try self.seq(in: $0) }
        let found = try RecoveryDesk(township: township).likely().map { file, over in
            RecoveryDesk.Likely(
                application: file.application.record.id, programme: file.programme, payment: over.line.record.id,
                month: over.line.text("month") ?? "", cause: over.cause, fen: over.fen, isClaimed: over.isClaimed)
        }
        let made = Kept(value: found, seq: seq, at: township.clock())
        state.withLock { $0.likely = made }
    }

    private func seq(in database: Database) throws -> Seq {
        try LogReader(database, tables: township.database.tables).head().seq
    }
}

extension RecoveryDesk {
    /// A line that was likely paid too much, as a page shows it.
    struct Likely: Sendable {
        let application: RecordID
        let programme: Programme?
        let payment: RecordID
        let month: String
        let cause: MoneyKinds.Cause
        let fen: Int64
        let isClaimed: Bool
    }
}
