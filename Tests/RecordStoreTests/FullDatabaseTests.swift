import GRDB
import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// When SQLite has no room it takes back the whole transaction by itself, in the middle of a group commit. Then nothing
/// of the group may remain, and nobody may be told that anything does.
@Suite struct FullDatabaseTests {
    @Test func aGroupCommitThatRunsOutOfRoomLeavesNothingAndFailsForEverybody() throws {
        let world = try World(seed: 1, places: ["370404101201", "370404101202"])
        _ = try world.new(0, Sample.root, .set("latest", .text("x")))
        for _ in 0..<200 {
            _ = try world.new(1, Sample.root, .set("latest", .text(String(repeating: "y", count: 4_000))))
        }
        let frames = [try #require(try world.frame(of: 0, limit: 1)), try #require(try world.frame(of: 1, limit: 200))]
        try world.authority.pool.writeWithoutTransaction { database in
            let pages = try #require(try Int.fetchOne(database, sql: "PRAGMA page_count"))
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 40)")
        }
        var results: [Result<PushReply, any Error>] = []
        #expect(throws: (any Error).self) {
            try world.authority.write { transaction in
                for (station, frame) in frames.enumerated() {
                    results.append(
                        Result {
                            try transaction.savepoint {
                                let device = try #require(
                                    try DeviceRegister(transaction.database).device(world.stations[station].device))
                                let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: WireCodec())
                                let decision = PushDecision(
                                    store: transaction, codec: WireCodec(), region: World.region, now: world.now)
                                return try decision.decide(sets, previousHash: .zero, from: device.state)
                            }
                        })
                }
            }
        }
        #expect(results.count == 2 && (try? results[1].get()) == nil, "the room was not used up")
        #expect(try world.authority.read { try ScopeDigests.read($0) } == [])
        #expect(try world.authority.read { try LogReader($0, tables: world.authority.tables).head().seq } == 0)
        try world.authority.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try world.settle()
        #expect(try world.differences() == [])
        #expect(try world.authority.read { try LogAudit($0, tables: world.authority.tables).wrongDigests() } == [])
    }
}
