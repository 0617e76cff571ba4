import SyncEngine
import Testing

@testable import Assistance

/// What a year's budget is come to by, and which of its records is in force (R5, R10).
@Suite struct BudgetTests {
    private func estimate(
        _ programme: Programme, frozen: Int, remaining: Int, _ spent: Int64, _ monthly: Int64
    ) -> Int64 {
        var estimate = BudgetEstimate(
            township: "370404101", programme: programme, frozenMonths: frozen, remainingMonths: remaining)
        estimate.frozenFen = spent
        estimate.monthlyFen = monthly
        estimate.remainingFen = monthly * Int64(remaining)
        return estimate.amountFen
    }

    @Test func whatIsFrozenAndForEachMonthThatRemainsWhatIsDueNow() {
        #expect(estimate(.dibao, frozen: 3, remaining: 9, 100_001, 32_000) == 388_001)
        #expect(estimate(.dibao, frozen: 0, remaining: 12, 0, 32_000) == 384_000)
        #expect(estimate(.tekun, frozen: 12, remaining: 0, 77, 32_000) == 77)
    }

    @Test func reliefIsTakenAtTheMeanOfTheFrozenMonthsRoundedUp() {
        #expect(estimate(.reliefExpense, frozen: 3, remaining: 9, 100_000, 0) == 400_000)
        #expect(estimate(.reliefExpense, frozen: 3, remaining: 2, 100, 0) == 167)
        #expect(estimate(.reliefUrgent, frozen: 0, remaining: 12, 0, 0) == 0)
    }

    private func record(_ low: UInt64, _ fields: [String: Value]) throws -> Linked {
        var record = Record(
            id: RecordID(high: 3, low: low), kind: MoneyKinds.budget, scope: Scope("370404101"), seq: low)
        let whole: [String: Value] = ["township": .text("370404101"), "programme": .text("dibao")]
        for (name, value) in whole.merging(fields, uniquingKeysWith: { $1 }) {
            record.assign(value, to: FieldKey(field: name), in: MoneyKinds.budget)
        }
        return try #require(Linked(record))
    }

    @Test func whatWasApprovedHoldsUntilWhatReplacesItIsApproved() throws {
        let approved: [String: Value] = ["approved_fen": .int64(100), "approved_on": .date(CalendarDay("2026-01-10")!)]
        let replacing: (UInt64) -> [String: Value] = {
            ["replaces": .text(RecordID(high: 3, low: $0).description)]
        }
        let first = try record(1, approved)
        let second = try record(2, replacing(1))
        let third = try record(3, replacing(2))
        func states(_ records: [Linked]) -> [BudgetState] {
            let book = BudgetBook(records)
            return records.map(book.state)
        }
        #expect(states([first]) == [.approved])
        #expect(states([first, second]) == [.approved, .proposed])
        #expect(states([first, second, third]) == [.approved, .replaced, .proposed])
        let last = try record(3, replacing(2).merging(approved.merging(["approved_fen": .int64(300)]) { $1 }) { $1 })
        #expect(states([first, second, last]) == [.adjusted, .replaced, .approved])
        #expect(BudgetBook([first, second]).approvedFen("370404101", .dibao) == 100)
        #expect(BudgetBook([first, second, last]).approvedFen("370404101", .dibao) == 300)
        #expect(BudgetBook([second]).approvedFen("370404101", .dibao) == nil)
        #expect(BudgetBook([first]).approvedFen("370404101", .tekun) == nil)
    }
}
