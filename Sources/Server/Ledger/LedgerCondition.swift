import Assistance
import RecordStore
import SyncEngine

/// A condition of a statement on the ledger. Columns are named by code; values are bound.
enum LedgerCondition {
    case equals(String, String)
    case prefix(String, String)
    case contains(String, String)
    case `is`(String, Bool)
    case below(String, Int64)
    case above(String, String)
    /// After a place in an order of two columns.
    case afterPlace(LedgerPlace, String, String)
    case isKnown(String)
    /// Of a case: a running clock ran out, or warns.
    case overdue(at: Instant)
    case warning(at: Instant)

    static func after(_ place: LedgerPlace?, _ columns: [String]) -> [LedgerCondition] {
        place.map { [.afterPlace($0, columns[0], columns[1])] } ?? []
    }

    fileprivate var sql: String {
        switch self {
        case .equals(let column, _), .is(let column, _): "\(column) = ?"
        case .prefix(let column, _): "substr(\(column), 1, length(?)) = ?"
        case .contains(let column, _): "instr(\(column), ?) > 0"
        case .below(let column, _): "\(column) < ?"
        case .above(let column, _): "\(column) > ?"
        case .afterPlace(_, let first, let second): "(\(first), \(second)) > (?, ?)"
        case .isKnown(let column): "\(column) IS NOT NULL"
        case .overdue:
            "application IN (SELECT application FROM clock WHERE stopped_ms IS NULL AND due_ms < ?)"
        case .warning:
            "application IN (SELECT application FROM clock WHERE stopped_ms IS NULL AND due_ms >= ? AND warns_ms <= ?)"
        }
    }

    fileprivate func bind(to query: inout Query) {
        switch self {
        case .equals(_, let text), .contains(_, let text), .above(_, let text): query.bind(text)
        case .prefix(_, let text):
            query.bind(text)
            query.bind(text)
        case .is(_, let flag): query.bind(flag)
        case .below(_, let number): query.bind(number)
        case .afterPlace(let place, _, _):
            query.bind(place.milliseconds)
            query.bind(place.text)
        case .isKnown: break
        case .overdue(let now): query.bind(now.milliseconds)
        case .warning(let now):
            query.bind(now.milliseconds)
            query.bind(now.milliseconds)
        }
    }
}

/// Where a page of tasks ended.
struct LedgerPlace: Hashable {
    let milliseconds: Int64
    let text: String

    /// What is due at this instant or later comes after it.
    init(from instant: Instant) {
        milliseconds = instant.milliseconds
        text = ""
    }

    init(_ task: DueTask) {
        milliseconds = task.due.end.milliseconds
        text = task.place
    }

    /// From ``key``; `nil` for what is none.
    init?(_ key: String) {
        let parts = key.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]) else { return nil }
        self.milliseconds = milliseconds
        text = String(parts[1])
    }

    var key: String { "\(milliseconds) \(text)" }
}

extension [LedgerCondition] {
    var whereSQL: String { isEmpty ? "" : " WHERE " + map(\.sql).joined(separator: " AND ") }

    func bind(to query: inout Query) { for condition in self { condition.bind(to: &query) } }
}
