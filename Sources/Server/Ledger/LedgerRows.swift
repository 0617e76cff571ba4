import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// How an entry is written in the ledger's tables.
struct LedgerRows {
    let database: Database

    init(_ database: Database) { self.database = database }

    func insert(_ entry: LedgerEntry, root: RecordID, isOpen: Bool) throws {
        try insertEntry(entry, root: root, isOpen: isOpen)
        for (position, clock) in entry.clocks.enumerated() { try insert(clock, position, of: entry) }
        for (position, task) in entry.tasks.enumerated() { try insert(task, position, of: entry) }
        for (position, turn) in entry.turns.enumerated() { try insert(turn, position, of: entry) }
    }

    private func insertEntry(_ entry: LedgerEntry, root: RecordID, isOpen: Bool) throws {
        var query = try Query(database, Self.entrySQL)
        query.bind(entry.application)
        query.bind(root)
        query.bind(entry.household?.bytes)
        query.bind(entry.number)
        for person in [entry.head, entry.applicant] {
            query.bind(person?.id.bytes)
            query.bind(person?.name)
            query.bind(person?.idNumber)
        }
        query.bind(entry.village.code)
        query.bind(entry.programme?.rawValue)
        query.bind(entry.status?.rawValue)
        query.bind(entry.status?.isInForce == true)
        query.bind(isOpen)
        query.bind(entry.clerk)
        query.bind(entry.appliedOn?.description)
        query.bind(entry.members)
        query.bind(entry.incomeFen)
        query.bind(entry.amountFen)
        query.bind(entry.fromMonth?.description)
        query.bind(entry.lastMove)
        query.bind(entry.changedOn?.description)
        query.bind(entry.pack)
        query.bind(entry.changesOn?.description)
        query.bind(entry.seq)
        query.bind("\(entry.village.code) \(entry.number ?? "") \(entry.application)")
        query.bind(Self.searchText(entry))
        query.bind(entry.awaits)
        try query.run()
    }

    private static let entrySQL = """
        INSERT INTO entry (application, root, household, number, head, head_name, head_id_number, applicant,
            applicant_name, applicant_id_number, village, programme, status, is_in_force, is_open, clerk, applied_on,
            members, income_fen, amount_fen, from_month, last_move, changed_on, pack, changes_on, seq, place, search,
            awaits)
        VALUES (\([String](repeating: "?", count: 29).joined(separator: ", ")))
        """

    /// What the cases list searches: number, names and their pinyin initials. Identity numbers are asked for whole, by
    /// `find`: by its parts anybody could work one out that is masked.
    private static func searchText(_ entry: LedgerEntry) -> String {
        let texts = [entry.number, entry.head?.name, entry.applicant?.name]
        return texts.compactMap(\.self).flatMap(SearchText.lines).joined(separator: "\n")
    }

    private func insert(_ clock: LedgerEntry.Clock, _ position: Int, of entry: LedgerEntry) throws {
        var query = try Query(
            database,
            """
            INSERT INTO clock (application, position, clock, programme, village, start, due, due_ms, warns_ms,
                stopped_ms, stopped_on, withdrawn, working_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(entry.application)
        query.bind(position)
        query.bind(clock.name.rawValue)
        query.bind(entry.programme?.rawValue)
        query.bind(entry.village.code)
        query.bind(clock.start.exactText)
        query.bind(clock.due.exactText)
        query.bind(clock.due.end.milliseconds)
        query.bind(clock.warnsAt?.milliseconds)
        query.bind(clock.stoppedAt?.milliseconds)
        query.bind(clock.stoppedAt?.day.description)
        query.bind(clock.isWithdrawn)
        query.bind(clock.workingDays.map(Int64.init))
        try query.run()
    }

    private func insert(_ task: DueTask, _ position: Int, of entry: LedgerEntry) throws {
        var query = try Query(
            database,
            """
            INSERT INTO task (application, position, kind, is_village, due, due_ms, village, household, number, programme,
                subject, clerk, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(entry.application)
        query.bind(position)
        query.bind(task.kind.rawValue)
        query.bind(task.kind.isVillage)
        query.bind(task.due.exactText)
        query.bind(task.due.end.milliseconds)
        query.bind(task.village.code)
        query.bind(task.household?.bytes)
        query.bind(task.number)
        query.bind(task.programme?.rawValue)
        query.bind(task.subject)
        query.bind(task.clerk)
        query.bind(task.place)
        try query.run()
    }

    private func insert(_ turn: Turn, _ position: Int, of entry: LedgerEntry) throws {
        var query = try Query(
            database,
            "INSERT INTO turn (application, position, kind, on_day, village, programme) VALUES (?, ?, ?, ?, ?, ?)")
        query.bind(entry.application)
        query.bind(position)
        query.bind(turn.kind.rawValue)
        query.bind(turn.on.description)
        query.bind(turn.village.code)
        query.bind(entry.programme?.rawValue)
        try query.run()
    }
}

extension Moment {
    /// A day as `2026-01-24`, a time as its milliseconds: read again by ``init(exactText:)``.
    var exactText: String {
        switch self {
        case .day(let day): day.description
        case .time(let time): "\(time.milliseconds)"
        }
    }

    init(exactText text: String) {
        self = CalendarDay(text).map(Moment.day) ?? .time(Instant(milliseconds: Int64(text) ?? 0))
    }
}
