import Assistance
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// What was recorded before the township looked at each act is found by night.
@Suite struct NightDuplicateTests {
    @Test func theNightFindsWhatWasNotLookedAt() throws {
        let world = try TestTownship()
        let township = world.township
        func household(_ number: String) throws {
            let home = Township.newID(at: TestTownship.now)
            let drafts = [
                Draft(
                    kind: householdKind, record: home, operation: .create,
                    writes: [.set("village", .text("370404101201")), .set("number", .text(number))]),
                Draft(
                    kind: memberKind, record: Township.newID(at: TestTownship.now), operation: .create,
                    writes: [
                        .set("household", .text(home.description)), .set("name", .text("张三")),
                        .set("id_number", .text("11010519491231002X")),
                    ]),
            ]
            try township.database.write { _ = try township.desk.act(drafts, world.act, in: $0) }
        }
        func found() throws -> [DuplicateReader.Item] {
            try township.database.read { database in
                try DuplicateReader(tables: township.database.tables, database: database).list()
            }
        }
        try household("1")
        try household("2")
        #expect(try found().isEmpty)
        try township.database.write {
            try township.duplicates.lookAtAll(exclusions: [:], in: $0, now: TestTownship.now)
        }
        #expect(try found().count == 1)
    }
}
