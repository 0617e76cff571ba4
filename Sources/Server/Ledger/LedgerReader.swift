import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// Asks the ledger, on one snapshot of it: every list of the desk is a statement here.
struct LedgerReader {
    let database: Database
    let now: Instant

    init(_ database: Database, now: Instant) {
        self.database = database
        self.now = now
    }

    /// Which tasks: all that is given must hold.
    struct TaskFilter {
        /// A village, or a prefix of its code.
        var village: String?
        var clerk: String?
        var kind: DueTask.Kind?
        /// The township's own alone.
        var isDeskOnly = false
        /// What is late alone.
        var isLateOnly = false
        /// Due by the end of this day at the latest.
        var dueThrough: CalendarDay?
    }

    /// What has to be done, in the order of ``DueTask/inOrder(_:)``.
    func tasks(
        _ filter: TaskFilter = TaskFilter(), after place: LedgerPlace? = nil, limit: Int = Limits.listRecords
    ) throws -> [DueTask] {
        let conditions = conditions(filter) + LedgerCondition.after(place, ["due_ms", "place"])
        var query = try Query(database, Self.taskSQL + conditions.whereSQL + " ORDER BY due_ms, place LIMIT ?")
        conditions.bind(to: &query)
        query.bind(limit)
        return try query.all(Self.task)
    }

    func taskCount(_ filter: TaskFilter = TaskFilter()) throws -> Int {
        let conditions = conditions(filter)
        var query = try Query(database, "SELECT count(*) FROM task" + conditions.whereSQL)
        conditions.bind(to: &query)
        return try query.first { $0.int(0) } ?? 0
    }

    private func conditions(_ filter: TaskFilter) -> [LedgerCondition] {
        [
            filter.village.map { .prefix("village", $0) }, filter.clerk.map { .equals("clerk", $0) },
            filter.kind.map { .equals("kind", $0.rawValue) },
            filter.isDeskOnly ? .is("is_village", false) : nil,
            filter.isLateOnly ? .below("due_ms", now.milliseconds) : nil,
            filter.dueThrough.map { .below("due_ms", Moment.day($0).end.milliseconds + 1) },
        ].compactMap(\.self)
    }

    private static let taskSQL = """
        SELECT kind, due, village, household, number, application, programme, subject, clerk FROM task
        """

    private static func task(_ row: Columns) throws -> DueTask {
        guard let kind = DueTask.Kind(rawValue: row.text(0)) else { throw Problem(.storage, "ledger.task") }
        return DueTask(
            kind, due: Moment(exactText: row.text(1)), village: Scope(row.text(2)), household: row.optionalID(3),
            number: row.optionalText(4), application: row.optionalID(5),
            programme: row.optionalText(6).flatMap(Programme.init), subject: row.optionalText(7),
            clerk: row.optionalText(8))
    }

    // MARK: - Cases

    /// Which cases: all that is given must hold.
    struct CaseFilter {
        /// A village, or a prefix of its code.
        var village: String?
        var programme: Programme?
        var status: CaseState?
        var clerk: String?
        /// Those in force, or those that are not.
        var isInForce: Bool?
        /// Those of which a step can still be taken, or those at their end.
        var isOpen: Bool?
        /// In a household's number, a name, an identity number, or in the pinyin initials of a name.
        var text: String?
        /// Those with a running clock that ran out, or that warns.
        var clock: CaseClock.State?
        /// Those that wait for a leader's signature alone.
        var awaitsSignature = false
    }

    /// Cases in the order of village, household number and id.
    func cases(
        _ filter: CaseFilter = CaseFilter(), after place: String? = nil, limit: Int
    ) throws -> [LedgerCase] {
        let conditions = conditions(filter) + (place.map { [.above("place", $0)] } ?? [])
        var query = try Query(database, LedgerCase.sql + conditions.whereSQL + " ORDER BY place LIMIT ?")
        conditions.bind(to: &query)
        query.bind(limit)
        return try query.all(LedgerCase.init)
    }

    func caseCount(_ filter: CaseFilter = CaseFilter()) throws -> Int {
        let conditions = conditions(filter)
        var query = try Query(database, "SELECT count(*) FROM entry" + conditions.whereSQL)
        conditions.bind(to: &query)
        return try query.first { $0.int(0) } ?? 0
    }

    /// What the cases come to in a month, in fen.
    func amountFen(_ filter: CaseFilter = CaseFilter()) throws -> Int64 {
        let conditions = conditions(filter)
        var query = try Query(database, "SELECT total(amount_fen) FROM entry" + conditions.whereSQL)
        conditions.bind(to: &query)
        return try query.first { $0.int64(0) } ?? 0
    }

    /// The case of an application; `nil` for what is none.
    func entry(_ application: RecordID) throws -> LedgerCase? {
        var query = try Query(database, LedgerCase.sql + " WHERE application = ?")
        query.bind(application)
        return try query.first(LedgerCase.init)
    }

    private func conditions(_ filter: CaseFilter) -> [LedgerCondition] {
        [
            filter.village.map { .prefix("village", $0) },
            filter.programme.map { .equals("programme", $0.rawValue) },
            filter.status.map { .equals("status", $0.rawValue) }, filter.clerk.map { .equals("clerk", $0) },
            filter.isInForce.map { .is("is_in_force", $0) }, filter.isOpen.map { .is("is_open", $0) },
            filter.text.map { .contains("search", $0.lowercased()) },
            filter.clock == .overdue ? .overdue(at: now) : filter.clock == .warning ? .warning(at: now) : nil,
            filter.awaitsSignature ? .isKnown("awaits") : nil,
        ].compactMap(\.self)
    }

    /// The clocks of a case, in the order of its pack.
    func clocks(of application: RecordID) throws -> [LedgerEntry.Clock] {
        var query = try Query(database, Self.clockSQL + " WHERE application = ? ORDER BY position")
        query.bind(application)
        return try query.all(Self.clock)
    }

    static let clockSQL = """
        SELECT clock, start, due, warns_ms, stopped_ms, withdrawn, working_days, village, programme FROM clock
        """

    /// Of a row of ``clockSQL``.
    static func clock(_ row: Columns) throws -> LedgerEntry.Clock {
        guard let name = ClockRule.Name(rawValue: row.text(0)) else { throw Problem(.storage, "ledger.clock") }
        func instant(_ column: Int32) -> Instant? {
            row.isNull(column) ? nil : Instant(milliseconds: row.int64(column))
        }
        return LedgerEntry.Clock(
            name: name, start: Moment(exactText: row.text(1)), due: Moment(exactText: row.text(2)),
            warnsAt: instant(3), stoppedAt: instant(4), isWithdrawn: row.bool(5),
            workingDays: row.isNull(6) ? nil : row.int(6))
    }

    // MARK: - Counts

    /// What the Today page shows in figures.
    struct Counts: Equatable {
        /// Of tasks, by kind: all, and those that are late.
        var tasks: [DueTask.Kind: Int] = [:]
        var late: [DueTask.Kind: Int] = [:]
        /// Running clocks that warn, and that ran out.
        var warning = 0
        var overdue = 0
        /// Of cases, by programme and status.
        var cases: [Programme: [CaseState: Int]] = [:]
    }

    func counts() throws -> Counts {
        var counts = Counts()
        var tasks = try Query(database, "SELECT kind, count(*), sum(due_ms < ?) FROM task GROUP BY kind")
        tasks.bind(now.milliseconds)
        try tasks.forEach { row in
            guard let kind = DueTask.Kind(rawValue: row.text(0)) else { return true }
            counts.tasks[kind] = row.int(1)
            if row.int(2) > 0 { counts.late[kind] = row.int(2) }
            return true
        }
        var clocks = try Query(
            database,
            """
            SELECT sum(due_ms >= ?1 AND warns_ms <= ?1), sum(due_ms < ?1) FROM clock WHERE stopped_ms IS NULL
            """)
        clocks.bind(now.milliseconds)
        try clocks.forEach { row in
            (counts.warning, counts.overdue) = (row.int(0), row.int(1))
            return true
        }
        try Query(database, "SELECT programme, status, count(*) FROM entry GROUP BY programme, status").forEach { row in
            guard let programme = Programme(rawValue: row.text(0)), let status = CaseState(rawValue: row.text(1))
            else { return true }
            counts.cases[programme, default: [:]][status] = row.int(2)
            return true
        }
        return counts
    }
}

extension Columns {
    func optionalID(_ index: Int32) -> RecordID? { isNull(index) ? nil : id(index) }
}
