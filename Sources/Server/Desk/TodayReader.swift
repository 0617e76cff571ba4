import Assistance
import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// What of the township's day waits for somebody: figures and the first lines of each list.
struct TodayReader {
    let township: Township

    enum Limit {
        /// Lines of a list on the Today page; the whole list is a page of its own.
        static let lines = 12
    }

    struct Today {
        var seq: Seq = 0
        /// Tasks of cases by kind: all, and those that are late.
        var tasks: [DueTask.Kind: Int] = [:]
        var late: [DueTask.Kind: Int] = [:]
        var lateTasks: [DueTask] = []
        /// What is due next, and not late yet.
        var nextTasks: [DueTask] = []
        /// Running clocks that warn, and that ran out.
        var warning = 0
        var overdue = 0
        var conflicts: [ConflictMatter: Int] = [:]
        var answered = 0
        var quarantined = 0
        var refusedReports = 0
        var duplicates = 0
        /// Entries of registers past their day.
        var entriesOverdue = 0
        var stations: [StationReader.Station] = []
        var waiting = 0
        var policy: [Finding] = []
        var upkeep = Upkeep()
        /// What waits for a leader's signature; the first lines of it, and how many there are.
        var toSign: [ToSign] = []
        var toSignCount = 0
        /// Findings and guidance of those who supervise that nobody has answered (R4, R7); the first lines, and how many.
        var supervision: [RegisterList.Line] = []
        var supervisionCount = 0
        /// Stations in use that did not come in the last night.
        var missedNight: [StationReader.Station] = []

        var taskCount: Int { tasks.values.reduce(0, +) }
        var lateCount: Int { late.values.reduce(0, +) }
        var conflictCount: Int { conflicts.values.reduce(0, +) }
        var graveCount: Int { conflicts.reduce(0) { $0 + ($1.key.isGrave ? $1.value : 0) } }
        var silent: [StationReader.Station] { stations.filter(\.isSilent) }
        var flagged: Int { stations.reduce(0) { $0 + $1.flagged } }
    }

    func today() throws -> Today {
        let now = township.clock()
        var today = try township.database.read { database in
            let tables = township.database.tables
            let conflicts = ConflictReader(tables: tables, database: database)
            let stations = StationReader(tables: tables, database: database, now: now)
            var today = Today()
            today.seq = try LogReader(database, tables: tables).head().seq
            today.conflicts = Dictionary(grouping: try conflicts.open(), by: \.matter).mapValues(\.count)
            today.answered = try conflicts.answered()
            today.quarantined = try QuarantineReader(database, tables: tables).count()
            today.refusedReports = try count("SELECT count(*) FROM refused_report WHERE deleted = 0", database)
            today.duplicates = try count(
                "SELECT count(*) FROM duplicate WHERE state = 'open' AND deleted = 0", database)
            today.entriesOverdue = try Register.all.reduce(0) { sum, register in
                let list = RegisterList(register: register, tables: tables, database: database)
                return sum + (try list.counts(on: now.day)?.overdue ?? 0)
            }
            try supervision(into: &today, on: now.day, in: database)
            today.stations = try stations.stations()
            today.upkeep = try Upkeep.read(in: database)
            let night = StationReader.lastNight(before: now)
            today.missedNight = today.stations.filter { $0.isInUse && $0.heard < night }
            today.waiting = try stations.waitingByScope().values.reduce(0, +)
            let shelf = try PolicyDesk(township: township).contents(in: database).shelf
            today.policy = shelf.findings + shelf.expiryAlerts(on: now.day)
            return today
        }
        try read(into: &today, at: now)
        let others = try township.database.read { try ToSign.others(township, in: $0, on: now.day) }
        today.toSignCount += others.count
        today.toSign += others.lines.prefix(Limit.lines)
        return today
    }

    private func supervision(into today: inout Today, on day: CalendarDay, in database: Database) throws {
        for name in ["finding", "guidance"] {
            let list = RegisterList(
                register: try Register.named(name), tables: township.database.tables, database: database)
            today.supervisionCount += try list.counts(on: day)?.open ?? 0
            today.supervision += try list.open(on: day, limit: Limit.lines)
        }
        today.supervision = Array(today.supervision.prefix(Limit.lines))
    }

    private func count(_ sql: String, _ database: Database) throws -> Int {
        try Query(database, sql).first { $0.int(0) } ?? 0
    }

    private func read(into today: inout Today, at now: Instant) throws {
        try Ledger(township: township).read { ledger in
            let counts = try ledger.counts()
            (today.tasks, today.late) = (counts.tasks, counts.late)
            (today.warning, today.overdue) = (counts.warning, counts.overdue)
            today.lateTasks = try ledger.tasks(LedgerReader.TaskFilter(isLateOnly: true), limit: Limit.lines)
            var filter = LedgerReader.CaseFilter()
            filter.awaitsSignature = true
            today.toSign = try ledger.cases(filter, limit: Limit.lines).map(ToSign.init)
            today.toSignCount = try ledger.caseCount(filter)
            today.nextTasks = try ledger.tasks(after: LedgerPlace(from: now), limit: Limit.lines)
        }
    }
}
