import Assistance
import SyncEngine
import Testing

@testable import Server

/// Staff, stations and assistants by township and village (R48, R51, R52).
@Suite struct CoverageTableTests {
    private func rows(_ fixture: TownshipFixture) throws -> [[Table.Cell]] {
        try fixture.township.database.read { try Table.coverage(fixture.township).page(nil, 1_000, $0).rows }
    }

    @Test func whatIsMissingIsNamedByItsRuleUntilItIsThere() throws {
        let fixture = try TownshipFixture()
        try fixture.household("001")
        let village = Value.text(TownshipFixture.village)
        #expect(
            try rows(fixture).map { $0.map(\.json) } == [
                [
                    .string("370404101"), .string("township"), .int(1), .int(0), .int(0), .int(0), .int(0),
                    .string("R48"),
                ],
                [
                    .string(TownshipFixture.village), .string("village"), .int(1), .int(0), .int(0), .int(0), .null,
                    .string("R51 R52"),
                ],
            ])
        #expect(try rows(fixture).map(\.last?.plain) == ["专职人员不足 5 人", "没有工作站；协理员应为 1～2 人"])
        let day = Value.date(CalendarDay("2026-01-01")!)
        for number in 1...5 {
            try fixture.add("staff", ["name": .text("人\(number)"), "post": .text("full_time"), "active_from": day])
        }
        try fixture.add(
            "staff",
            ["name": .text("王"), "post": .text("village_assistant"), "village": village, "active_from": day])
        try fixture.add("station", ["village": village, "address": .text("村委会"), "opened": day])
        let mended = try rows(fixture)
        #expect(mended.map(\.last) == [.empty, .empty])
        #expect(mended[0][6] == .number(5) && mended[1][4] == .number(1) && mended[1][5] == .number(1))
    }
}
