import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// What of a ``Roll`` that is not frozen a page shows: who is due how much, and who is held and why. It is worked out of
/// every case that is due money, and kept as of the log that it was read from.
struct RollPreview: Sendable {
    struct Line: Sendable {
        let application: RecordID
        let programme: Programme?
        let month: Month
        let fen: Int64
        /// Masked.
        let account: String
    }

    struct Held: Sendable {
        let application: RecordID
        let programme: Programme?
        let fen: Int64
        let reasons: [Refusal.Reason]
        /// Where one of several accounts is to be chosen, or one is missing.
        let household: RecordID?
    }

    let month: Month
    let seq: Seq
    let at: Instant
    let lines: [Line]
    let held: [Held]
    let accounts: AccountReview
    /// What a freeze is compared with.
    let look: RollLook

    var totalFen: Int64 { lines.reduce(0) { $0 + $1.fen } }
    var heldFen: Int64 { held.reduce(0) { $0 + $1.fen } }
    /// Lines for earlier months.
    var arrears: [Line] { lines.filter { $0.month < month } }

    init(_ roll: Roll, accounts: AccountReview, seq: Seq, at: Instant) {
        month = roll.month
        self.accounts = accounts
        look = RollLook(roll)
        self.seq = seq
        self.at = at
        lines = roll.lines.map {
            Line(
                application: $0.file.application.record.id, programme: $0.file.programme, month: $0.month, fen: $0.fen,
                account: Masking.account($0.account.text("number") ?? ""))
        }
        held = roll.held.map {
            Held(
                application: $0.file.application.record.id, programme: $0.file.programme, fen: $0.fen,
                reasons: $0.reasons, household: $0.file.accounts.count == 1 ? nil : $0.file.home?.record.id)
        }
    }
}

/// Who came, who left and whose amount changed from one month to the next, by the lines of that month alone. Relief is
/// due once and is no change.
struct RollChanges: Equatable, Sendable {
    struct Change: Equatable, Sendable {
        let application: RecordID
        let beforeFen: Int64?
        let afterFen: Int64?
    }

    let additions: [Change]
    let exits: [Change]
    let changes: [Change]

    /// - Parameter waiting: cases that are due money and held: they did not leave.
    init(before: [RecordID: Int64], after: [RecordID: Int64], waiting: Set<RecordID> = []) {
        func change(_ id: RecordID) -> Change {
            Change(application: id, beforeFen: before[id], afterFen: after[id])
        }
        additions = after.keys.filter { before[$0] == nil }.sorted().map(change)
        exits = before.keys.filter { after[$0] == nil && !waiting.contains($0) }.sorted().map(change)
        changes = after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.sorted().map(change)
    }

    /// What each case is paid for a month by the rolls of that month.
    static func amounts(of month: Month, rolls: [RecordID], in database: Database) throws -> [RecordID: Int64] {
        var amounts: [RecordID: Int64] = [:]
        for roll in rolls {
            var query = try Query(
                database,
                """
                SELECT p.application, p.amount_fen FROM payment p JOIN application a ON a.id = p.application
                WHERE p.roll = ? AND p.month = ? AND p.deleted = 0 AND a.programme NOT IN ('relief_expense', 'relief_urgent')
                """)
            query.bind(roll)
            query.bind(month.description)
            for (id, fen) in try query.all({ ($0.id(0), $0.int64(1).bounded) }) { amounts[id] = fen }
        }
        return amounts
    }
}
