import RecordStore
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// Which state of the log a time means.
@Suite struct AsOfInstantTests {
    private let fixture: TownshipFixture

    init() throws { fixture = try TownshipFixture() }

    private func act() throws -> Seq {
        let draft = Draft(
            kind: householdKind, record: Township.newID(at: fixture.clock.now()), operation: .create,
            writes: [.set("village", .text("370404001201"))])
        return try CaseDesk(township: fixture.township).add(
            draft, act: Desk.Act(author: "王", reason: "", now: fixture.clock.now()))
    }

    private func seq(minutes: Int64, from start: Instant) throws -> Seq {
        try fixture.township.database.read {
            try LogReader($0, tables: fixture.township.database.tables).seq(asOf: start.adding(minutes: minutes))
        }
    }

    @Test func aTimeMeansTheLastSetDecidedByThen() throws {
        let start = fixture.clock.now()
        let first = try act()
        fixture.clock.advance(minutes: 10)
        let second = try act()
        #expect(try seq(minutes: -1, from: start) == 0)
        #expect(try seq(minutes: 0, from: start) == first)
        #expect(try seq(minutes: 9, from: start) == first)
        #expect(try seq(minutes: 10, from: start) == second)
        #expect(try seq(minutes: 10_000, from: start) == second)
    }

    /// Order is the log's: what was decided under a clock that had been set back came later all the same.
    @Test func aClockThatWasSetBackLosesNothing() throws {
        let start = fixture.clock.now()
        fixture.clock.advance(minutes: 100)
        let ahead = try act()
        fixture.clock.advance(minutes: -50)
        let corrected = try act()
        #expect(corrected > ahead)
        #expect(try seq(minutes: 60, from: start) == corrected)
        #expect(try seq(minutes: 100, from: start) == corrected)
    }
}
