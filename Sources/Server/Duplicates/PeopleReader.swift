import Assistance
import GRDB
import RecordStore
import SyncEngine

/// Who is on record with which identity number, straight from the tables.
struct PeopleReader {
    let tables: RecordTables
    let database: Database
    private var records: TableRecords { TableRecords(tables: tables, database: database) }

    init(tables: RecordTables, in database: Database) {
        self.tables = tables
        self.database = database
    }

    /// Live, standing for himself, living there.
    private static let isPresent = "deleted = 0 AND alias_of IS NULL AND in_household IS NOT 0"
    /// ``IdentityNumber/person(_:)`` in SQL.
    private static let person = """
        CASE length(id_number) WHEN 15 THEN substr(id_number, 1, 6) || '19' || substr(id_number, 7) \
        ELSE substr(id_number, 1, 17) END
        """

    /// Members whose number another one has as well: one statement over all of them.
    func sharing() throws -> [RecordID] {
        let numbered = "FROM member WHERE \(Self.isPresent) AND id_number IS NOT NULL"
        return try Query(
            database,
            """
            SELECT id \(numbered) AND \(Self.person) IN \
            (SELECT \(Self.person) \(numbered) GROUP BY 1 HAVING count(*) > 1)
            """
        ).all { $0.id(0) }
    }

    /// Members with a number, by index.
    /// - Parameter number: ``IdentityNumber/person(_:)``.
    func holders(of number: String) throws -> [RecordID] {
        var query = try Query(
            database,
            """
            SELECT id FROM member WHERE id_number >= ?1 AND id_number < ?2 AND \(Self.isPresent) \
            UNION SELECT id FROM member WHERE id_number = ?3 AND \(Self.isPresent)
            """)
        query.bind(number)
        query.bind(number + "~")
        // Of the twentieth century there may be one of 15 digits.
        let isOld = number.dropFirst(6).hasPrefix("19")
        query.bind(isOld ? "\(number.prefix(6))\(number.dropFirst(8))" : nil)
        return try query.all { $0.id(0) }
    }

    func member(_ id: RecordID) throws -> Linked? {
        try tables.record(id, kind: memberKind, in: database).flatMap(Linked.init)
    }

    /// The household of a member, or what it was merged into.
    func household(of member: Linked) throws -> Linked? {
        guard let id = member.value("household").recordID, let named = try records.record(id, kind: householdKind)
        else { return nil }
        return Linked(try records.canonical(named, kind: householdKind))
    }

    /// These members and everyone else of their households.
    func people(_ members: [RecordID]) throws -> [DuplicateFinder.Person] {
        var known: Set<RecordID> = []
        var people: [DuplicateFinder.Person] = []
        for id in members where !known.contains(id) {
            guard let member = try member(id) else { continue }
            let household = try household(of: member)
            let family = try household.map { try self.members(of: $0) } ?? [member]
            let head = try household.flatMap { try records.head(of: $0, among: family.filter(Self.standsForItself)) }
            for one in family where known.insert(one.record.id).inserted {
                if let person = Self.person(one, of: household, head: head) { people.append(person) }
            }
        }
        return people
    }

    /// Who stands for himself in a household, and its head among them.
    func family(of household: Linked) throws -> (members: [Linked], head: Linked?) {
        let family = try members(of: household).filter(Self.standsForItself)
        return (family, try records.head(of: household, among: family))
    }

    /// Whether a household has, or had, a case.
    func isCase(_ household: Linked) throws -> Bool {
        try records.dependents(of: household.record).contains { $0.kind == "application" }
    }

    private func members(of household: Linked) throws -> [Linked] {
        try records.dependents(of: household.record).compactMap(Linked.init).filter { $0.kind.name == memberKind.name }
    }

    private static func standsForItself(_ member: Linked) -> Bool { member.record.mergedInto(in: member.kind) == nil }

    private static func person(_ member: Linked, of household: Linked?, head: Linked?) -> DuplicateFinder.Person? {
        guard let number = member.text("id_number").flatMap({ IdentityNumber.person($0) }),
            standsForItself(member), member.value("in_household") != .bool(false)
        else { return nil }
        return DuplicateFinder.Person(
            member: member.record.id, number: number, household: household?.record.id, scope: member.record.scope,
            isHead: head?.record.id == member.record.id)
    }

    /// Whether a clerk has said of a duplicate that it is none.
    func isDismissed(_ id: RecordID) throws -> Bool {
        let kind = DuplicateRecord.kind
        let state = try tables.record(id, kind: kind, in: database)?.value("state", in: kind)
        return state == .text(DuplicateRecord.State.notDuplicate.rawValue)
    }

    /// The benefits in force and for whom, by two statements over all of them.
    func benefits() throws -> [DuplicateFinder.Benefit] {
        let personal = Programme.allCases.filter(\.isPersonal)
        let shared = Programme.allCases.filter { !$0.isPersonal }
        let rows =
            try benefits(of: personal, for: "m.id = a.member")
            + benefits(of: shared, for: "m.household = a.household AND m.in_household IS NOT 0")
        return Dictionary(grouping: rows) { $0.application }.values.compactMap { rows in
            guard let first = rows.first else { return nil }
            return DuplicateFinder.Benefit(
                application: first.application, programme: first.programme,
                numbers: rows.reduce(into: []) { $0.formUnion($1.numbers) })
        }
    }

    private func benefits(of programmes: [Programme], for persons: String) throws -> [DuplicateFinder.Benefit] {
        func list(_ texts: [String]) -> String { texts.map { "'\($0)'" }.joined(separator: ", ") }
        let states = CaseState.allCases.filter(\.isInForce).map(\.rawValue)
        return try Query(
            database,
            """
            SELECT a.id, a.programme, m.id_number FROM application a JOIN member m ON \(persons) \
            WHERE a.deleted = 0 AND a.status IN (\(list(states))) AND a.programme IN (\(list(programmes.map(\.rawValue)))) \
            AND m.deleted = 0 AND m.id_number IS NOT NULL
            """
        ).all { row in
            guard let programme = Programme(rawValue: row.text(1)), let number = IdentityNumber.person(row.text(2))
            else { return nil }
            return DuplicateFinder.Benefit(application: row.id(0), programme: programme, numbers: [number])
        }.compactMap { $0 }
    }
}
