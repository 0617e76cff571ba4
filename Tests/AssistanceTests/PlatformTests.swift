import SyncEngine
import Testing

@testable import Assistance

/// The rows for 社会救助综合管理平台 (R63), and what its simulator says of them.
@Suite struct PlatformTests {
    private func rows(_ world: QualityWorld) throws -> [JSONValue] { try PlatformRows.rows(of: world.file).get() }

    private func rejected(_ rows: [JSONValue]) -> [String] {
        var simulator = PlatformRows.Simulator(today: CalendarDay("2026-03-02")!)
        for row in rows { simulator.take(row) }
        #expect(simulator.accepted + simulator.rejected.count == rows.count)
        return simulator.rejected.map(\.reason)
    }

    @Test func aHouseholdInOrderIsTakenIn() throws {
        let world = QualityWorld()
        world.cases.set(world.cases.member, "disability_type", .text("4"))
        let rows = try rows(world)
        #expect(rows.map { $0["row"]?.text } == ["household", "member", "benefit"])
        #expect(rows[1]["id_card"]?.text == QualityWorld.oldNumber && rows[1]["disability_type"]?.text == "64")
        #expect(rows[2]["amount_fen"]?.int == 32_000 && rows[2]["programme"]?.text == "dibao")
        #expect(rejected(rows) == [])
    }

    @Test func aHouseholdThatBreaksARuleIsKeptOutWithItsRules() {
        let world = QualityWorld()
        world.cases.set(world.cases.member, "id_number", .null)
        world.cases.set(world.cases.household, "number", .null)
        guard case .failure(let refused) = PlatformRows.rows(of: world.file) else {
            Issue.record("it was sent")
            return
        }
        #expect(refused.rules.map(\.code) == ["Q11"])
    }

    @Test func theSimulatorRejectsWhatThePlatformWould() throws {
        let world = QualityWorld()
        let good = try rows(world)
        #expect(rejected(Array(good.dropFirst())) == ["household", "household"])
        #expect(rejected(good + [good[1]]) == ["id_card twice"])
        #expect(rejected([.object([("row", .string("pet"))])]) == ["unknown row"])
        func with(_ row: JSONValue, _ key: String, _ value: JSONValue) -> JSONValue {
            guard case .members(let members) = row else { return row }
            return .members(members.map { $0.key == key ? .init(key, value) : $0 })
        }
        #expect(rejected([with(good[0], "address", .null)]) == ["address missing"])
        #expect(rejected([with(good[0], "hukou_type", .string("99"))]) == ["hukou_type code"])
        #expect(rejected([good[0], with(good[1], "id_card", .string("11010519491231002Y"))]) == ["id_card GB 11643"])
        // 多重 has no code in the platform's list.
        #expect(rejected([good[0], with(good[1], "disability_type", .string("67"))]) == ["disability_type code"])
    }
}
