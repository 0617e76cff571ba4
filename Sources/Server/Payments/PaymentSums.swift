import Assistance
import GRDB
import RecordStore
import SyncEngine

/// What frozen lines come to, added up where they are stored: a district has 25,000 lines a month.
struct PaymentSums {
    struct Key: Hashable {
        let township: String
        let programme: Programme
    }

    private static let standing =
        "p.deleted = 0 AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses = p.id AND r.deleted = 0)"

    /// What the standing lines of a roll pay, less what is withheld from them, in fen.
    static func fen(ofRoll roll: RecordID, in database: Database) throws -> [Key: Int64] {
        try sums(
            """
            SELECT substr(p.scope, 1, 9), a.programme, SUM(p.amount_fen) FROM payment p
            JOIN application a ON a.id = p.application WHERE p.roll = ? AND \(standing) GROUP BY 1, 2
            """, of: roll, in: database
        ).merging(
            try sums(
                """
                SELECT substr(p.scope, 1, 9), a.programme, -SUM(i.amount_fen) FROM payment p
                JOIN recovery_item i ON i.payment = p.id AND i.deleted = 0
                JOIN application a ON a.id = p.application WHERE p.roll = ? AND \(standing) GROUP BY 1, 2
                """, of: roll, in: database), uniquingKeysWith: +)
    }

    private static func sums(_ sql: String, of roll: RecordID, in database: Database) throws -> [Key: Int64] {
        var query = try Query(database, sql)
        query.bind(roll)
        return Dictionary(
            try query.all { row in
                Programme(rawValue: row.text(1)).map {
                    (Key(township: row.text(0), programme: $0), row.int64(2).bounded)
                }
            }.compactMap(\.self), uniquingKeysWith: +)
    }

    /// What a year's rolls pay through a month, and in how many months there were any; 急难型 relief, which is in no roll,
    /// by the month of its line, else the day on which it was handed over.
    static func year(
        _ year: Int, through last: Month? = nil, in records: CaseReader
    ) throws -> (fen: [Key: Int64], frozenMonths: Int) {
        var fen: [Key: Int64] = [:]
        var frozenMonths = 0
        for month in Month.all(of: year) where last.map({ month <= $0 }) ?? true {
            let rolls = try FrozenLines.rolls(of: month, in: records)
            frozenMonths += rolls.isEmpty ? 0 : 1
            for roll in rolls {
                fen.merge(try self.fen(ofRoll: roll.record.id, in: records.database), uniquingKeysWith: +)
            }
        }
        fen.merge(try urgent(year, through: last, in: records.database), uniquingKeysWith: +)
        return (fen, frozenMonths)
    }

    // The few cases come first, then the lines of each: left alone, SQLite reads every line that there is.
    static let urgentSQL = """
        SELECT substr(p.scope, 1, 9), p.month, p.paid_at, p.amount_fen FROM application a
        CROSS JOIN payment p ON p.application = a.id AND p.roll IS NULL AND p.deleted = 0
        WHERE a.programme = '\(Programme.reliefUrgent.rawValue)' AND a.deleted = 0
        """

    /// 急难型 relief by its own lines, which are in no roll.
    static func urgent(_ year: Int, through last: Month?, in database: Database) throws -> [Key: Int64] {
        let query = try Query(database, urgentSQL)
        var fen: [Key: Int64] = [:]
        try query.forEach { row in
            let day = row.isNull(2) ? nil : Instant(milliseconds: row.int64(2)).day
            guard let month = row.optionalText(1).flatMap(Month.init) ?? day.map(Month.init(of:)),
                month.year == year, last.map({ month <= $0 }) ?? true
            else { return true }
            fen[Key(township: row.text(0), programme: .reliefUrgent), default: 0] += row.int64(3).bounded
            return true
        }
        return fen
    }
}
