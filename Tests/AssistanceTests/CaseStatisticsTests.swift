import SyncEngine
import Testing

@testable import Assistance

/// On-time rate and mean working days (R70).
@Suite struct CaseStatisticsTests {
    private func statistics(
        _ files: [CaseFile], from: CalendarDay? = nil, through: CalendarDay? = nil
    ) throws -> CaseStatistics {
        let clocks = files.flatMap { file in
            LedgerEntry(file, relocations: []).clocks.map { (programme: file.programme!, clock: $0) }
        }
        return CaseStatistics(clocks, at: try #require(files.last).at, from: from, through: through)
    }

    private func decided(_ days: Int) throws -> CaseWorld {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        world.later(days: days)
        world.report()
        world.visit()
        try world.take("accept")
        try world.take("review")
        world.decide("approved")
        try world.take("approve")
        return world
    }

    @Test func ratesAreExactAndDaysAreWorkingDays() throws {
        // 2026-03-02 is a Monday: 4 and 11 working days later, and after the 12th.
        let files = try [4, 15, 17].map { try decided($0).file }
        let row = try #require(try statistics(files).rows.first)
        #expect(row.programme == .dibao && row.clock == .decision && row.done == 3 && row.onTime == 2)
        #expect(row.onTimeRate == Ratio(2) / Ratio(3) && row.workingDays == 4 + 11 + 13)
        #expect(row.meanWorkingDays == Ratio(28) / Ratio(3))
        let day = try #require(CalendarDay("2026-03-17"))
        #expect(try statistics(files, from: day, through: day).rows.map(\.done) == [1])
        #expect(try statistics(files, through: CalendarDay("2026-03-05")).rows.isEmpty)
    }

    @Test func anOpenCaseCountsOnceItIsLate() throws {
        let world = CaseWorld(.dibao, on: "2026-03-02")
        world.authorise()
        #expect(try statistics([world.file]).rows.isEmpty)
        world.later(days: 30)
        let row = try #require(try statistics([world.file]).rows.first)
        #expect(row.overdue == 1 && row.done == 0 && row.onTimeRate == nil && row.meanWorkingDays == nil)
    }

    @Test func aWithdrawalIsNoDecisionAndDoesNotUndoOne() throws {
        let open = CaseWorld(.dibao, on: "2026-03-02")
        open.authorise()
        try open.take("withdraw")
        #expect(try statistics([open.file]).rows.isEmpty)
        let granted = try decided(4)
        granted.later(days: 200)
        try granted.take("withdraw")
        let row = try #require(try statistics([granted.file]).rows.first)
        #expect(row.done == 1 && row.onTime == 1 && row.workingDays == 4)
    }
}
