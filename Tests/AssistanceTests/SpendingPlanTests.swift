import SyncEngine
import Testing

@testable import Assistance

/// The plan of a month is a fold over the lines that the pay file pays (R11): whatever they are, ledger, plan and pay file
/// come to the same fen.
@Suite struct SpendingPlanTests {
    private func line(
        _ world: CaseWorld, _ month: String, _ fen: Int64, roll: String = "2026-06", withheld: Int64 = 0
    ) throws -> PaidLine {
        let id = world.add("payment", ["month": .text(month), "amount_fen": .int64(fen), "state": .text("planned")])
        return PaidLine(
            file: try world.file, line: try #require(world.records.first { $0.id == id }.flatMap(Linked.init)),
            roll: try Month(parsing: roll), withheldFen: withheld)
    }

    @Test func arrearsAndRecoveryHaveColumnsOfTheirOwn() throws {
        let world = CaseWorld(.dibao)
        let lines = [try line(world, "2026-05", 30_000), try line(world, "2026-06", 32_000, withheld: 5_000)]
        let plan = SpendingPlan(try Month(parsing: "2026-06"), lines)
        let row = try #require(plan.rows.first)
        #expect(row.township == "370404101" && row.programme == .dibao)
        #expect(row.amountFen == 32_000 && row.arrearsFen == 30_000 && row.recoveryFen == 5_000)
        #expect(plan.totalFen == 57_000)
    }

    @Test func ofAHouseholdThePeopleInItCountAndOfAPersonalProgrammeOne() throws {
        let family = CaseWorld(.dibao)
        family.add("member", ["name": .text("李四")])
        family.add("member", ["name": .text("王五"), "death_date": family.day(0)])
        let lines = [try line(family, "2026-05", 100), try line(family, "2026-06", 100)]
        let row = try #require(SpendingPlan(try Month(parsing: "2026-06"), lines).rows.first)
        #expect(row.households == 1 && row.persons == 2 && row.lines == 2, "a case counts once, the dead not")
        let person = CaseWorld(.tekun)
        person.add("member", ["name": .text("李四")])
        let one = try #require(SpendingPlan(try Month(parsing: "2026-06"), [try line(person, "2026-06", 1)]).rows.first)
        #expect(one.persons == 1)
    }

    @Test(arguments: 0..<50)
    func ledgerPlanAndPayFileComeToTheSameFen(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var lines: [PaidLine] = []
        var (ledger, withheld): (Int64, Int64) = (0, 0)
        for _ in 0..<Int.random(in: 0...12, using: &dice) {
            let world = CaseWorld(Programme.allCases.randomElement(using: &dice) ?? .dibao)
            for month in ["2026-04", "2026-05", "2026-06"].shuffled(using: &dice).prefix(
                .random(in: 1...3, using: &dice))
            {
                let fen = Int64.random(in: 1...99_999, using: &dice)
                let part = Bool.random(using: &dice) ? Int64.random(in: 0..<fen, using: &dice) : 0
                ledger += fen
                withheld += part
                lines.append(try line(world, month, fen, withheld: part))
            }
        }
        let plan = SpendingPlan(try Month(parsing: "2026-06"), lines.shuffled(using: &dice))
        #expect(plan.totalFen == ledger - withheld, "seed \(seed)")
        #expect(plan.totalFen == lines.reduce(0) { $0 + $1.fen }, "seed \(seed)")
        #expect(plan.recoveryFen == withheld && plan.lines == lines.count, "seed \(seed)")
        #expect(plan.totalFen == plan.rows.reduce(0) { $0 + $1.totalFen }, "seed \(seed)")
    }

    @Test func thePolicySaysByWhichDayItIsAllocated() throws {
        func due(_ month: String, _ day: String) throws -> String? {
            let text = """
                {"id": "test", "version": 1, "region": "370404", "title": {"zh": "测试", "en": "Test"}, "issued": "2026-01-01",
                 "from": "2026-01-01", "until": "2027-01-01", "parameters": [
                 {"name": "payment.allocated_by", "value": \(day), "from": "2026-01-01", "demo": true}]}
                """
            let pack = try #require(PolicyPack.read(text).pack)
            let shelf = PolicyShelf(packs: [pack], findings: [])
            return SpendingPlan.due(try Month(parsing: month), by: shelf)?.description
        }
        #expect(try due("2026-06", "10") == "2026-06-10")
        #expect(try due("2026-02", "31") == "2026-02-28", "of a short month its last day")
        #expect(SpendingPlan.due(try Month(parsing: "2026-06"), by: .included) == nil, "a pack that does not say")
    }
}
