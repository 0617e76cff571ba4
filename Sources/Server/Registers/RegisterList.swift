import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The entries of a register a page at a time, the latest first, and how many wait: by index alone, however many there are.
struct RegisterList {
    /// Which entries.
    enum State: String, CaseIterable, Sendable {
        /// Not done, late or not.
        case open
        case overdue
    }

    /// How many wait for somebody, and how many of those are late.
    struct Counts: Hashable {
        let open: Int
        let overdue: Int
    }

    let register: Register
    let tables: RecordTables
    let database: Database

    /// Makes the indexes that are not there yet.
    static let indexes: [String] = Register.all.filter { !$0.isExport }.flatMap { register -> [String] in
        let name = register.kindName
        let byDay = """
            CREATE INDEX IF NOT EXISTS "\(name)_by_day" ON "\(name)" (\(day(of: register)), id) WHERE deleted = 0
            """
        guard let (due, done) = register.waiting else { return [byDay] }
        let waiting = """
            CREATE INDEX IF NOT EXISTS "\(name)_waiting" ON "\(name)" (\(due.map { "\"\($0)\"" } ?? "id")) \
            WHERE deleted = 0 AND "\(done)" IS NULL
            """
        return [byDay, waiting]
    }

    /// The SQL of the day by which entries stand: `YYYY-MM-DD`, or a month; empty while it is not filled in.
    private static func day(of register: Register) -> String {
        register.day.map { "coalesce(\"\($0)\", '')" } ?? "''"
    }

    /// `nil` for a register of what is.
    func counts(on today: CalendarDay) throws -> Counts? {
        guard let waiting = register.waiting else { return nil }
        let from = "SELECT count(*) FROM \"\(register.kindName)\" WHERE deleted = 0 AND "
        func count(_ state: State) throws -> Int {
            if state == .overdue, waiting.due == nil { return 0 }
            var query = try Query(database, from + condition(state))
            if state == .overdue { query.bind(today.description) }
            return try query.first { $0.int(0) } ?? 0
        }
        return Counts(open: try count(.open), overdue: try count(.overdue))
    }

    private func condition(_ state: State) -> String {
        guard let (due, done) = register.waiting else { return "FALSE" }
        let isNotDone = "\"\(done)\" IS NULL"
        guard let due else { return state == .open ? isNotDone : "FALSE" }
        switch state {
        case .open: return register.waitsOnlyWhenDue ? "\(isNotDone) AND \"\(due)\" IS NOT NULL" : isNotDone
        case .overdue: return "\(isNotDone) AND \"\(due)\" < ?"
        }
    }

    /// Records in order, the latest day first.
    func page(
        _ request: TableCatalogue.Request, after: Table.Place?, limit: Int, on today: CalendarDay
    ) throws -> (records: [SyncEngine.Record], next: Table.Place?) {
        guard let kind = tables.schema.kind(register.kindName) else { throw Problem(.unknownKind, register.kindName) }
        let day = Self.day(of: register)
        var conditions = ["deleted = 0"]
        var values: [String] = []
        if let from = request.from {
            conditions.append("\(day) >= ?")
            values.append(bound(from, of: kind))
        }
        if let to = request.to {
            conditions.append("\(day) <= ? AND \(day) <> ''")
            values.append(bound(to, of: kind))
        }
        if let village = request.village?.code {
            // A village's own record is of that village, whatever its field says.
            let about = kind.index(of: "village") == nil ? "''" : "coalesce(village, '')"
            conditions.append("substr(CASE WHEN length(scope) = 12 THEN scope ELSE \(about) END, 1, length(?)) = ?")
            values += [village, village]
        }
        if let state = request.state {
            conditions.append(condition(state))
            if state == .overdue, register.waiting?.due != nil { values.append(today.description) }
        }
        let place = after.flatMap(Place.init)
        if place != nil { conditions.append("(\(day), id) < (?, ?)") }
        var query = try Query(
            database,
            """
            SELECT id, \(day) FROM "\(kind.name)" WHERE \(conditions.joined(separator: " AND ")) \
            ORDER BY \(day) DESC, id DESC LIMIT ?
            """)
        for value in values { query.bind(value) }
        if let place {
            query.bind(place.day)
            query.bind(place.id)
        }
        query.bind(limit)
        let rows = try query.all { Place(id: $0.id(0), day: $0.text(1)) }
        let found = Dictionary(
            uniqueKeysWithValues: try tables.records(of: kind, whose: "id", isOneOf: rows.map(\.id), in: database).map {
                ($0.id, $0)
            })
        return (rows.compactMap { found[$0.id] }, rows.count < limit ? nil : rows.last.map { Table.Place(key: $0.key) })
    }

    /// An entry that waits for somebody, as a page of the day shows it.
    struct Line: Sendable {
        let register: Register
        let record: Linked
        /// The day by which it is to be done.
        let due: CalendarDay?
    }

    /// What waits, the latest first.
    func open(on today: CalendarDay, limit: Int) throws -> [Line] {
        var request = TableCatalogue.Request()
        request.state = .open
        return try page(request, after: nil, limit: limit, on: today).records.compactMap(Linked.init).map {
            Line(register: register, record: $0, due: register.waiting?.due.flatMap($0.day))
        }
    }

    /// A month counts as its first day.
    private func bound(_ day: CalendarDay, of kind: KindSchema) -> String {
        let isMonth = register.day == "month"
        guard isMonth else { return day.description }
        // `2026-11` stands before `2026-11-01`.
        return day == Month(of: day).first ? Month(of: day).description : day.description
    }

    private struct Place {
        let id: RecordID
        let day: String

        var key: String { day + "/" + id.description }

        init(id: RecordID, day: String) { (self.id, self.day) = (id, day) }

        init?(_ place: Table.Place) {
            let parts = place.key.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = RecordID(String(parts[1])) else { return nil }
            self.init(id: id, day: String(parts[0]))
        }
    }
}

extension RegisterReader {
    /// A book of some entries of a register, with all of what they are worked out from.
    func book(of register: Register, around entries: [SyncEngine.Record], today: CalendarDay) throws -> RegisterBook {
        guard let kind = tables.schema.kind(register.kindName) else { throw Problem(.unknownKind, register.kindName) }
        var records = entries
        for name in register.others {
            guard let other = tables.schema.kind(name) else { throw Problem(.unknownKind, name) }
            let below = other.parents.first { $0.kind == kind.name }
            let beside = kind.parents.first { $0.kind == name }
            if let below {
                records += try tables.records(
                    of: other, whose: below.field, isOneOf: entries.map(\.id), in: database)
            } else {
                records += try tables.all(of: other, where: [], in: database)
            }
            guard let beside else { continue }
            let above = Set(entries.compactMap { $0.value(beside.field, in: kind).recordID })
            records += try tables.records(of: kind, whose: beside.field, isOneOf: above.sorted(), in: database)
        }
        if register.readsFiles { records += try entries.flatMap { try tables.dependents(of: $0, in: database) } }
        let live = Dictionary(records.filter { !$0.isDeleted }.map { ($0.id, $0) }) { first, _ in first }
        return RegisterBook(Array(live.values), today: today, villages: [])
    }
}
