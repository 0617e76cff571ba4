import GRDB
import ProgramRunner
import RecordStore
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// What the pages about money keep in memory is what is added up anew, whatever is written in between; and it is added up
/// by index.
@Suite struct MoneyFiguresTests {
    @Test(arguments: [1, 2, 3, 0]) func whatIsKeptIsWhatIsAddedUpAnew(seed: UInt64) throws {
        let seed = seed == 0 ? Dice.seedOfRun : seed
        let world = try LedgerWorld(seed: seed)
        let kept = MoneyFigures(township: world.township)
        for round in 0..<30 {
            for _ in 0..<6 { world.step() }
            for _ in 0..<3 { world.moneyStep() }
            if world.dice.happens(20) { try kept.prepare() }
            try expectTheSame(kept, world, "seed \(seed), round \(round)")
        }
    }

    private func expectTheSame(_ kept: MoneyFigures, _ world: LedgerWorld, _ place: String) throws {
        let anew = MoneyFigures(township: world.township)
        let month = Month(of: world.today)
        try world.township.database.read { database in
            for month in [month, month.previous, month.previous.previous] {
                #expect(try kept.sums(of: month, in: database) == anew.sums(of: month, in: database), "\(place)")
                #expect(try kept.changes(of: month, in: database) == anew.changes(of: month, in: database), "\(place)")
            }
            let byLines = try PaymentSums.year(month.year, in: CaseReader(world.township, in: database)).fen
            let spent = try kept.spent(month.year, in: database)
            #expect(spent.filter { $0.value != 0 } == byLines.filter { $0.value != 0 }, "\(place)")
        }
    }

    @Test func theWalkReachesWhatItIsAbout() throws {
        let world = try LedgerWorld(seed: 2)
        for _ in 0..<120 {
            for _ in 0..<2 { world.step() }
            world.moneyStep()
        }
        try world.township.database.read { database in
            for (what, condition) in [
                "frozen": "roll IS NOT NULL", "paid": "roll IS NOT NULL AND paid_at IS NOT NULL",
                "taken back": "reverses IS NOT NULL", "sent back": "reverses IS NOT NULL AND state = 'returned'",
            ] {
                let found = try Int.fetchOne(database, sql: "SELECT count(*) FROM payment WHERE \(condition)") ?? 0
                #expect(found > 0, "\(what)")
            }
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM recovery_item") ?? 0 > 0, "withheld")
        }
    }

    @Test func aYearsReliefIsReadByTheFewCasesThatHaveSome() throws {
        let world = try LedgerWorld()
        let plan = try world.township.database.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + PaymentSums.urgentSQL).map {
                "\($0["detail"] ?? "")"
            }
        }
        #expect(plan.count == 2 && !plan.contains { $0.hasPrefix("SCAN p") }, "\(plan)")
    }
}

extension LedgerWorld {
    /// One act about money, unless the rules refuse it. The lines of the rolls are of urgent relief: it needs no decision.
    func moneyStep() {
        let line = someLine()
        switch dice.below(12) {
        case 0: someRoll(isNew: true)
        case 1, 2: newLine(in: someRoll())
        case 3: newLine(in: nil)
        case 4, 5: if let line { edit(line.record.id, "payment", .set("paid_at", .time(now))) }
        case 6: if let line { takeBack(line, state: "returned") }
        case 7: if let line { takeBack(line, state: "reversed") }
        case 8: payFile(of: someRoll())
        default: if let line { withhold(from: line) }
        }
    }

    @discardableResult private func someRoll(isNew: Bool = false) -> RecordID? {
        let known = ids("roll")
        if !isNew, !known.isEmpty { return known.randomElement(using: &dice) }
        let month = Month(of: today.adding(days: -dice.below(60)))
        return add("roll", ["month": .text(month.description), "batch": .int64(Int64(known.count))])
    }

    /// The bank has what the roll pays: from then on its lines come back from there.
    private func payFile(of roll: RecordID?) {
        let record = try? roll.flatMap { roll in
            try township.database.read { try township.database.tables.record(roll, kind: rollKind, in: $0) }
        }
        guard let frozen = record.flatMap(Linked.init) else { return }
        add("pay_file", ["month": frozen.value("month"), "batch": frozen.value("batch")])
    }

    private func newLine(in roll: RecordID?) {
        let home = someHousehold()
        let application = apply(.reliefUrgent, household: home, member: member(of: home))
        add(
            "payment",
            [
                "application": .text(application.description), "roll": roll.map { .text($0.description) } ?? .null,
                "month": .text(Month(of: today.adding(days: -dice.below(60))).description), "means": .text("cash"),
                "amount_fen": .int64(Int64(1 + dice.below(9)) * 1000),
            ])
    }

    private func takeBack(_ line: Linked, state: String) {
        add(
            "payment",
            [
                "application": line.value("application"), "month": line.value("month"), "payee": line.value("payee"),
                "amount_fen": .int64(-(line.number("amount_fen") ?? 0)), "means": line.value("means"),
                "state": .text(state), "reverses": .text(line.record.id.description), "return_code": .text("07"),
            ])
    }

    /// Claims something back of the line's case, and withholds it from the line.
    private func withhold(from line: Linked) {
        let desk = RecoveryDesk(township: township)
        let (case_, id) = (line.text("application") ?? "", line.record.id.description)
        let claim = RecoveryDesk.Claim(lines: [id], cause: .other, amountFen: 100)
        var other = act("查实")
        other.author = "王"
        guard let made = try? desk.propose(case_, claim, act: act("多发")) else { return }
        let recovery = made.recovery.record.id.description
        _ = try? desk.decide(recovery, isApproved: true, act: other)
        _ = try? desk.withhold(recovery, from: id, fen: 100, act: act("抵扣"))
    }

    private func someLine() -> Linked? {
        let kind = township.database.tables.schema.kind("payment")!
        return ids("payment").randomElement(using: &dice).flatMap { id in
            try? township.database.read { try township.database.tables.record(id, kind: kind, in: $0) }
                .flatMap(Linked.init)
        }
    }

    private func ids(_ kind: String) -> [RecordID] {
        let found = try? township.database.read { database in
            try Query(database, "SELECT id FROM \(kind) WHERE deleted = 0 ORDER BY id").all { $0.id(0) }
        }
        return found ?? []
    }
}
