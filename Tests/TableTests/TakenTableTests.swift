import Assistance
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// The tables that were taken away in clear are read page by page, however many there are.
@Suite struct TakenTableTests {
    private static let village = Scope("370404101201")

    private func page(
        _ world: TestTownship, before place: RecordID?, limit: Int
    ) throws -> (tables: [String], next: RecordID?) {
        try world.township.database.read { database in
            let page = try Disclosures(tables: world.township.database.tables, database: database)
                .tables(of: Self.village, before: place, limit: limit)
            return (page.found.map(\.taken.table), page.next)
        }
    }

    @Test func pagesFollowOneAnotherFromTheNewestOnAndEnd() throws {
        let world = try TestTownship()
        let villages: [Scope?] = [Self.village, Scope("370404101202"), nil, Scope("370404101"), Self.village]
        for (number, village) in villages.enumerated() {
            let taken = Disclosure.TakenTable(table: "t\(number)", format: "csv", village: village)
            let fields = try Disclosure.fields(
                of: taken.text, reason: "区审计抽查核对", account: "chen", at: TestTownship.now)
            try Disclosures.keep(fields, world.act, world.township)
        }
        let whole = try page(world, before: nil, limit: 50)
        // The clock stands still: which of them is the newest is their ids' affair.
        #expect(Set(whole.tables) == ["t0", "t2", "t3", "t4"] && whole.tables.count == 4 && whole.next == nil)
        var seen: [String] = []
        var next: RecordID?
        repeat {
            let some = try page(world, before: next, limit: 2)
            seen += some.tables
            next = some.next
            #expect(some.tables.count <= 2 && seen.count <= 4)
        } while next != nil && seen.count < 10
        #expect(seen == whole.tables)
    }
}
