import Assistance
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// Reading households by the hundred, and the lists that come of it (R16, R63).
@Suite struct HouseholdReaderTests {
    private func files(_ fixture: TownshipFixture, in scope: String = "") throws -> [HouseholdFile] {
        try fixture.township.database.read { database in
            var files: [HouseholdFile] = []
            try HouseholdReader(fixture.township, in: database).forEach(in: scope) { files.append($0) }
            return files
        }
    }

    private func rows(_ table: Table, by limit: Int, _ fixture: TownshipFixture) throws -> [[Table.Cell]] {
        try fixture.township.database.read { database in
            var rows: [[Table.Cell]] = []
            var place: Table.Place?
            repeat {
                let page = try table.page(place, limit, database)
                #expect(page.rows.count <= limit)
                rows += page.rows
                place = page.next
            } while place != nil
            return rows
        }
    }

    @Test func whatIsReadByTheHundredIsWhatIsReadOneByOne() throws {
        let fixture = try TownshipFixture()
        let first = try fixture.household("001")
        let second = try fixture.household("002")
        let merged = try fixture.household("003", village: "370404101202")
        try fixture.add("property_item", ["household": .text(first.id.description), "type": .text("vehicle")])
        try fixture.add("bank_account", ["member": .text(second.member.description), "number": .text("62220202")])
        // One household with its person was merged into the second.
        try fixture.set("household", merged.id, "alias_of", .text(second.id.description))
        try fixture.set("member", merged.member, "alias_of", .text(second.member.description))
        let files = try files(fixture)
        #expect(Set(files.map(\.id)) == [first.id, second.id])
        try fixture.township.database.read { database in
            let one = try CaseReader(fixture.township, in: database)
            for file in files {
                let alone = try one.calculationReading(of: file.id)
                #expect(file.reading.input == alone.input)
                #expect(Set(file.reading.records) == Set(alone.records))
            }
        }
        let both = try #require(files.first { $0.id == second.id })
        #expect(both.members.map(\.record.id) == [second.member] && both.all("income_item").count == 2)
        #expect(both.all("bank_account").count == 1)
    }

    @Test func moreHouseholdsThanOneChunkAreAllRead() throws {
        let fixture = try TownshipFixture()
        let count = HouseholdReader.chunk + 3
        for number in 0..<count {
            try fixture.add("household", ["village": .text(TownshipFixture.village), "number": .text("\(number)")])
        }
        #expect(try files(fixture).count == count)
        #expect(try Set(files(fixture).map(\.id)).count == count)
        #expect(try files(fixture, in: "370404101202").isEmpty)
    }

    @Test func aTableIsTheSameInPagesOfAnySize() throws {
        let fixture = try TownshipFixture()
        for number in 1...5 { try fixture.household("00\(number)") }
        let table = HouseholdTable.quality().table(fixture.township)
        let whole = try rows(table, by: 1_000, fixture)
        #expect(whole.count > 20)
        #expect(whole.allSatisfy { $0.count == table.columns.count })
        for limit in [1, 3, 7] { #expect(try rows(table, by: limit, fixture) == whole) }
    }

    @Test func theNightKeepsWhatTheDayComputesAndReplacesIt() throws {
        let fixture = try TownshipFixture()
        let home = try fixture.household("001")
        try fixture.household("002", village: "370404101202")
        func edition() throws -> KeptTables.Edition? {
            try fixture.township.database.read { try KeptTables.edition(of: "quality", in: $0) }
        }
        #expect(try edition() == nil)
        #expect(try rows(KeptTables.table(HouseholdTable.quality()), by: 10, fixture).isEmpty)
        try KeptTables(township: fixture.township).rebuild()
        #expect(try edition()?.asOf == fixture.township.clock())
        for list in HouseholdTable.all {
            let live = try rows(list.table(fixture.township), by: 1_000, fixture)
            #expect(try rows(KeptTables.table(list), by: 3, fixture) == live, "\(list.name)")
        }
        let ofVillage = try rows(KeptTables.table(HouseholdTable.misses, in: "370404101202"), by: 10, fixture)
        #expect(ofVillage.count == 1 && ofVillage[0][0] == .text("370404101202"))
        let counts = try rows(KeptTables.qualityCounts(), by: 1_000, fixture)
        let all = counts.filter { $0[1] == .empty }
        #expect(all.map(\.last) == [.percent(tenths: 0), .percent(tenths: 0)])
        try fixture.set("household", home.id, "address", .text("某村 1 号"))
        let before = try rows(KeptTables.table(HouseholdTable.quality()), by: 1_000, fixture).count
        try KeptTables(township: fixture.township).rebuild()
        #expect(try rows(KeptTables.table(HouseholdTable.quality()), by: 1_000, fixture).count == before - 1)
    }

    @Test func aListNamesNobodyInFull() throws {
        let fixture = try TownshipFixture()
        try fixture.household("001")
        for list in HouseholdTable.all {
            let texts = try rows(list.table(fixture.township), by: 1_000, fixture).joined().map { "\($0)" }
            #expect(!texts.contains { $0.contains("人001") || $0.contains("11010519491231002X") }, "\(list.name)")
        }
    }
}
