import RecordStore
import SyncEngine
import Synchronization

/// The ledgers of past days that were asked for last: each takes seconds to work out from the log, and a past day does
/// not change, for the log is only appended to.
final class PastLedgers: Sendable {
    private struct Kept {
        let day: CalendarDay
        let epoch: EpochID
        let ledger: Ledger
    }

    /// Each holds a district's cases in memory.
    private static let limit = 2

    private let kept = Mutex<[Kept]>([])

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a day that is not over; what reading the log throws.
    func ledger(of township: Township, on day: CalendarDay) throws -> Ledger {
        guard day < township.clock().day else {
            throw Problem(
                .badValue, day.description, explanation: Label(zh: "只能查看过去的日子", en: "Only a past day can be shown"))
        }
        let epoch = try township.database.read { try LogReader($0, tables: township.database.tables).head().epoch }
        if let known = kept.withLock({ $0.first { $0.day == day && $0.epoch == epoch } }) { return known.ledger }
        let ledger = try township.ledger.asOf(day)
        kept.withLock { kept in
            kept.insert(Kept(day: day, epoch: epoch, ledger: ledger), at: 0)
            kept.removeLast(max(0, kept.count - Self.limit))
        }
        return ledger
    }
}
