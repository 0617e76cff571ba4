import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// What a frozen roll came to and what became of it, in fen, by township and programme: added up where the lines are
/// stored, to the same fen as ``FrozenLines``.
struct RollSums: Equatable, Sendable {
    struct Sum: Equatable, Sendable {
        var lines = 0
        /// Of them what the bank sent back or the township took back.
        var takenBack = 0
        /// As it was decided.
        var grossFen: Int64 = 0
        /// Of it for earlier months.
        var arrearsFen: Int64 = 0
        var withheldFen: Int64 = 0
        var paidFen: Int64 = 0
        var returnedFen: Int64 = 0
        var reversedFen: Int64 = 0
        /// Not known to be paid, and not taken back.
        var waitingFen: Int64 = 0

        /// What the roll put down, less what is withheld.
        var plannedFen: Int64 { grossFen - withheldFen }
        /// What stands of it.
        var standingFen: Int64 { paidFen + waitingFen }

        static func + (one: Sum, other: Sum) -> Sum {
            Sum(
                lines: one.lines + other.lines, takenBack: one.takenBack + other.takenBack,
                grossFen: one.grossFen + other.grossFen,
                arrearsFen: one.arrearsFen + other.arrearsFen, withheldFen: one.withheldFen + other.withheldFen,
                paidFen: one.paidFen + other.paidFen, returnedFen: one.returnedFen + other.returnedFen,
                reversedFen: one.reversedFen + other.reversedFen, waitingFen: one.waitingFen + other.waitingFen)
        }
    }

    private(set) var sums: [PaymentSums.Key: Sum] = [:]
    /// The lines that the bank sent back, in order of their ids.
    private(set) var returned: [RecordID] = []

    var total: Sum { sums.values.reduce(Sum(), +) }

    var byProgramme: [(programme: Programme, sum: Sum)] {
        Programme.allCases.compactMap { programme in
            let found = sums.filter { $0.key.programme == programme }.values
            return found.isEmpty ? nil : (programme, found.reduce(Sum(), +))
        }
    }

    static func + (one: RollSums, other: RollSums) -> RollSums {
        var both = one
        both.sums.merge(other.sums, uniquingKeysWith: +)
        both.returned = (one.returned + other.returned).sorted()
        return both
    }

    // MARK: - Reading

    init() {}

    private static let line = """
        substr(p.scope, 1, 9), a.programme, CASE WHEN r.id IS NULL THEN p.paid_at IS NOT NULL
            WHEN r.state = 'returned' THEN 2 ELSE 3 END, p.month < ?2
        """
    private static let joined = """
        JOIN application a ON a.id = p.application LEFT JOIN payment r ON r.reverses = p.id AND r.deleted = 0
        WHERE p.roll = ?1 AND p.deleted = 0
        """

    init(of roll: RecordID, month: Month, in database: Database) throws {
        try add(
            "SELECT \(Self.line), COUNT(*), SUM(p.amount_fen) FROM payment p \(Self.joined) GROUP BY 1, 2, 3, 4",
            roll, month, in: database
        ) { sum, isArrears, count, fen in
            sum.lines += count
            sum.grossFen += fen
            if isArrears { sum.arrearsFen += fen }
        }
        // What is withheld are few items, of many lines: they come first.
        try add(
            """
            SELECT \(Self.line), COUNT(*), -SUM(i.amount_fen) FROM recovery_item i
            CROSS JOIN payment p ON p.id = i.payment AND i.deleted = 0 \(Self.joined) GROUP BY 1, 2, 3, 4
            """, roll, month, in: database
        ) { sum, _, _, fen in sum.withheldFen -= fen }
        var query = try Query(
            database,
            """
            SELECT p.id FROM payment p JOIN payment r ON r.reverses = p.id AND r.deleted = 0 AND r.state = 'returned'
            WHERE p.roll = ? AND p.deleted = 0 ORDER BY p.id
            """)
        query.bind(roll)
        returned = try query.all { $0.id(0) }
    }

    private mutating func add(
        _ sql: String, _ roll: RecordID, _ month: Month, in database: Database,
        _ change: (inout Sum, _ isArrears: Bool, _ count: Int, _ fen: Int64) -> Void
    ) throws {
        var query = try Query(database, sql)
        query.bind(roll)
        query.bind(month.description)
        let rows = try query.all { row in
            (row.text(0), Programme(rawValue: row.text(1)), row.int(2), row.bool(3), row.int(4), row.int64(5).bounded)
        }
        for (township, programme, state, isArrears, count, fen) in rows {
            guard let programme else { continue }
            let key = PaymentSums.Key(township: township, programme: programme)
            var sum = sums[key] ?? Sum()
            change(&sum, isArrears, count, fen)
            if state > 1, fen > 0 { sum.takenBack += count }
            switch state {
            case 0: sum.waitingFen += fen
            case 1: sum.paidFen += fen
            case 2: sum.returnedFen += fen
            default: sum.reversedFen += fen
            }
            sums[key] = sum
        }
    }
}
