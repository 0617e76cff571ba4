import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The township's ledger (R17): one row a case, its tasks, clocks and turns, derived from the log so that lists of a
/// district's worth of cases are answered at once. Whoever reads it brings it up to date first.
struct Ledger: Sendable {
    let township: Township
    private let file: LedgerFile

    /// Of a ledger of the past, when that was; it is never brought up to date.
    private let past: Instant?

    /// - Parameter file: where it is kept; `nil`: where the township keeps it.
    init(township: Township, file: LedgerFile? = nil) {
        self.init(township: township, file: file ?? township.ledgerFile, past: nil)
    }

    private init(township: Township, file: LedgerFile, past: Instant?) {
        self.township = township
        self.file = file
        self.past = past
    }

    /// How far the ledger has read, and what it was worked out by.
    struct Position: Equatable {
        var version: String
        var shelf: String
        var epoch: EpochID
        var seq: Seq
        /// The day on which it was brought up to date.
        var day: CalendarDay
    }

    /// What a refresh did.
    enum Refreshed: Equatable {
        case nothing
        /// The families that were worked out anew.
        case families(Int)
        case everything
    }

    /// Brings the ledger up to date with the log and the day. When nothing is new this is one comparison.
    /// - Throws: the stores' errors. A ledger that is damaged is built anew.
    @discardableResult func refresh() throws -> Refreshed {
        if past != nil { return .nothing }
        return try undamaged { try refreshed() }
    }

    /// Brings the ledger up to date, and reads it on one snapshot.
    func read<T>(_ body: (LedgerReader) throws -> T) throws -> T {
        try undamaged {
            if past == nil { try refreshed() }
            return try snapshot(body)
        }
    }

    /// Runs `body`, and once more with a new file when the one that is there turns out to be damaged.
    private func undamaged<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError where LedgerFile.isDamage(error) {
            file.discard()
            return try StoreFailure.explained(damaged: .storage) { try body() }
        } catch {
            throw StoreFailure.explained(error, damaged: .storage)
        }
    }

    /// Reads the ledger as it is, on one snapshot: the authority may be read around it.
    func snapshot<T>(_ body: (LedgerReader) throws -> T) throws -> T {
        let now = past ?? township.clock()
        return try file.database().read { try body(LedgerReader($0, now: now)) }
    }

    /// The ledger brought up to date and held as it is then, for whoever reads it in several goes.
    func held() throws -> HeldLedger {
        try undamaged {
            if past == nil { try refreshed() }
            let database = try file.database()
            // In memory nobody else has it.
            let reader: any DatabaseReader = try (database as? DatabasePool)?.makeSnapshot() ?? database
            return HeldLedger(reader: reader, now: past ?? township.clock())
        }
    }

    var tables: LedgerTables { LedgerTables(ledger: self) }

    /// The ledger as it was at the end of a day, worked out from the log in memory: every record that changed since is
    /// read as it was. This takes as long as building the ledger, and longer the more has changed since. What policies
    /// say is what is known of them now.
    /// - Returns: of today or a day to come, the ledger itself.
    func asOf(_ day: CalendarDay) throws -> Ledger {
        let end = Moment.day(day).end
        if end >= township.clock() { return self }
        let memory = LedgerFile(path: nil)
        try memory.database().writeWithoutTransaction { ledger in
            try ledger.transaction(.immediate) {
                try LedgerSchema.renew(ledger)
                try township.database.read { database in
                    let past = try LedgerPast(at: end, tables: township.database.tables, database: database)
                    let records = LedgerRecords(tables: township.database.tables, database: database, past: past)
                    let shelf = try PolicyDesk(township: township).contents(in: database).shelf
                    var writer = LedgerWriter(ledger: ledger, records: records, shelf: shelf, now: end)
                    try writer.recompute(try records.everyRoot())
                }
            }
        }
        return Ledger(township: township, file: memory, past: end)
    }

    // MARK: - Refreshing

    @discardableResult private func refreshed() throws -> Refreshed {
        let database = try file.database()
        let now = township.clock()
        let head = try township.database.read { try self.head(in: $0) }
        let present = try database.read { try Self.position(in: $0) }
        if let present, isCurrent(present, head: head, day: now.day) { return .nothing }
        return try database.writeWithoutTransaction { ledger in
            // The log is read after the lock is held: no other process's ledger is ahead of it.
            try ledger.transaction(.immediate) { try township.database.read { try bring(ledger, to: now, from: $0) } }
        }
    }

    private func head(in database: Database) throws -> Base {
        try LogReader(database, tables: township.database.tables).head()
    }

    private func isCurrent(_ position: Position, head: Base, day: CalendarDay) -> Bool {
        position.version == LedgerSchema.version && position.epoch == head.epoch && position.seq == head.seq
            && position.day == day
    }

    private func bring(_ ledger: Database, to now: Instant, from database: Database) throws -> Refreshed {
        let head = try self.head(in: database)
        let present = try Self.position(in: ledger)
        // Another process may have done it meanwhile.
        if let present, isCurrent(present, head: head, day: now.day) { return .nothing }
        let shelf = try PolicyDesk(township: township).contents(in: database).shelf
        let next = Position(
            version: LedgerSchema.version, shelf: shelf.fingerprint, epoch: head.epoch, seq: head.seq, day: now.day)
        let records = LedgerRecords(tables: township.database.tables, database: database)
        let touch = LedgerTouch(records: records, ledger: ledger)
        let roots = try present.flatMap { try $0.leads(to: next) ? touch.roots(from: $0, to: next) : nil }
        if roots == nil { try LedgerSchema.renew(ledger) }
        var writer = LedgerWriter(ledger: ledger, records: records, shelf: shelf, now: now)
        let count = try writer.recompute(try roots ?? records.everyRoot())
        try next.write(to: ledger)
        return roots == nil ? .everything : .families(count)
    }

    private static func position(in database: Database) throws -> Position? {
        guard try LedgerSchema.exists(in: database), let version = try Meta.text("version", in: database),
            let shelf = try Meta.text("shelf", in: database),
            let epoch = try Meta.bytes("epoch", in: database).flatMap({ EpochID(bytes: $0) }),
            let seq = try Meta.number("seq", in: database),
            let day = try Meta.text("day", in: database).flatMap({ CalendarDay($0) })
        else { return nil }
        return Position(version: version, shelf: shelf, epoch: epoch, seq: seq, day: day)
    }
}

extension Ledger.Position {
    /// Whether what is new can be added to what is there: the same history, rules and policies, and no day that went
    /// back.
    fileprivate func leads(to next: Self) -> Bool {
        version == next.version && shelf == next.shelf && epoch == next.epoch && seq <= next.seq && day <= next.day
    }

    fileprivate func write(to database: Database) throws {
        try Meta.set(version, for: "version", in: database)
        try Meta.set(shelf, for: "shelf", in: database)
        try Meta.set(epoch.bytes, for: "epoch", in: database)
        try Meta.set(seq, for: "seq", in: database)
        try Meta.set(day.description, for: "day", in: database)
    }
}

extension PolicyShelf {
    /// Names the packs that cases are worked out by.
    fileprivate var fingerprint: String { packs.map { "\($0.name) \($0.hash)" }.sorted().joined(separator: "; ") }
}

/// The ledger of one moment.
struct HeldLedger: Sendable {
    fileprivate let reader: any DatabaseReader
    fileprivate let now: Instant

    func read<T>(_ body: (LedgerReader) throws -> T) throws -> T {
        try reader.read { try body(LedgerReader($0, now: now)) }
    }
}
