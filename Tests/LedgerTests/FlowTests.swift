import ProgramRunner
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// opening + new − exits ± transfers = closing (R70), for whatever history; and the ledger as of any day (R17).
@Suite struct FlowTests {
    private struct Place: Hashable {
        let programme: Programme
        let village: Scope
    }

    @Test(arguments: 11...14)
    func everyMonthClosesWithThoseWhoReceiveAndOpensTheNext(seed: UInt64) throws {
        let world = try LedgerWorld(seed: seed)
        for _ in 0..<220 { world.step() }
        let months = (Month("2026-01")!, Month(of: world.today))
        let (byVillage, all) = try world.township.ledger.read { ledger in
            (
                try ledger.flow(from: months.0, through: months.1, isByVillage: true).rows,
                try ledger.flow(from: months.0, through: months.1).rows
            )
        }
        for (place, rows) in Dictionary(
            grouping: byVillage, by: { Place(programme: $0.programme, village: $0.village!) })
        {
            for (before, after) in zip(rows, rows.dropFirst()) where before.month.next == after.month {
                #expect(before.closing == after.opening, "\(place) \(after.month), seed \(seed)")
            }
            #expect(rows.allSatisfy { $0.closing >= 0 })
        }
        let files = try world.files().filter { $0.status?.isInForce == true && $0.programme != nil }
        let present = Dictionary(grouping: files) {
            Place(programme: $0.programme!, village: $0.application.record.scope)
        }.mapValues(\.count)
        let closing = byVillage.filter { $0.month == months.1 && $0.closing > 0 }
        #expect(
            Dictionary(
                uniqueKeysWithValues: closing.map { (Place(programme: $0.programme, village: $0.village!), $0.closing) }
            )
                == present, "seed \(seed)")
        for row in all {
            let parts = byVillage.filter { $0.programme == row.programme && $0.month == row.month }
            #expect(parts.reduce(0) { $0 + $1.closing } == row.closing)
            #expect(row.movedIn == row.movedOut)
        }
    }

    @Test func aCaseThatMovesIsATransferAndNoExit() throws {
        let world = try LedgerWorld(seed: 1)
        let home = world.household(in: LedgerWorld.villages[0])
        let id = world.apply(.dibao, household: home, member: world.member(of: home))
        for _ in 0..<40 where try world.file(id)?.status?.isInForce != true { world.advance(id) }
        #expect(try world.file(id)?.status?.isInForce == true)
        world.later(days: 40)
        world.edit(home, "household", .set("village", .text(LedgerWorld.villages[1])))
        let month = Month(of: world.today)
        let rows = try world.township.ledger.read { try $0.flow(from: month, through: month, isByVillage: true).rows }
        #expect(rows.map(\.movedOut) == [1, 0] && rows.map(\.movedIn) == [0, 1])
        #expect(rows.map(\.opening) == [1, 0] && rows.map(\.closing) == [0, 1])
        #expect(rows.allSatisfy { $0.new == 0 && $0.exits == 0 })
    }

    @Test(arguments: 21...23)
    func theLedgerAsOfADayIsWhatItWasAtItsEnd(seed: UInt64) throws {
        let world = try LedgerWorld(seed: seed)
        world.keepsDays = true
        for _ in 0..<120 { world.step() }
        #expect(world.days.count > 5)
        for (day, rows) in world.days where day < world.today {
            let then = try world.township.ledger.asOf(day).snapshot { try LedgerWorld.rows(in: $0.database) }
            #expect(then == rows, "seed \(seed), \(day): \(LedgerWorld.difference(then, rows))")
            if then != rows { return }
        }
    }
}
