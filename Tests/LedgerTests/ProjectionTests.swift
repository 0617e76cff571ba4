import ProgramRunner
import RecordStore
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// The ledger that was brought up to date act by act says what one says that is built from nothing, and what reading
/// every case says.
@Suite struct ProjectionTests {
    /// 776752: a task that came to be due today made the day of the next change, which may come early, another.
    @Test(arguments: [1, 2, 3, 4, 5, 776_752, 0])
    func aRefreshedLedgerEqualsOneBuiltFromNothing(seed: UInt64) throws {
        let seed = seed == 0 ? Dice.seedOfRun : seed
        let world = try LedgerWorld(seed: seed)
        for round in 0..<40 {
            for _ in 0..<(1 + world.dice.below(6)) { world.step() }
            let refreshed = try world.refreshed()
            let rebuilt = try world.rebuilt()
            #expect(refreshed == rebuilt, "seed \(seed), round \(round): \(LedgerWorld.difference(refreshed, rebuilt))")
            if refreshed != rebuilt { return }
        }
        try expectToSayWhatTheCasesSay(world, seed: seed)
    }

    private func expectToSayWhatTheCasesSay(_ world: LedgerWorld, seed: UInt64) throws {
        let files = try world.files()
        let inForce = files.filter { $0.status?.isInForce == true }.count
        try world.township.ledger.read { ledger in
            let tasks = try ledger.tasks()
            #expect(tasks == DueTask.inOrder(files.flatMap(\.tasks)), "seed \(seed)")
            #expect(try ledger.caseCount() == files.count)
            #expect(try ledger.caseCount(.init(isInForce: true)) == inForce)
            for file in files {
                let clocks = try ledger.clocks(of: file.application.record.id)
                #expect(clocks.map { $0.state(at: world.now) } == file.clocks.map(\.state), "seed \(seed)")
                let entry = try ledger.entry(file.application.record.id)
                #expect(entry?.status == file.status)
                #expect(entry?.village == file.application.record.scope)
            }
        }
    }

    @Test func theWalkReachesWhatItIsAbout() throws {
        let world = try LedgerWorld(seed: 2)
        for _ in 0..<150 { world.step() }
        let states = Set(try world.files().compactMap(\.status))
        let rows = try world.refreshed()
        for kind in Turn.Kind.allCases.prefix(2) {
            #expect(rows.contains { $0.hasPrefix("turn: ") && $0.contains("'\(kind.rawValue)'") }, "\(kind)")
        }
        #expect(states.count > 3, "\(states)")
        let tasks = try world.township.ledger.read { try $0.tasks() }
        #expect(!tasks.isEmpty)
    }

    /// A village's survey writes households by the hundred; most of them never apply.
    @Test func aHouseholdIsWorkedOutWhenItHasACase() throws {
        let world = try LedgerWorld(seed: 3)
        let ledger = world.township.ledger
        try ledger.refresh()
        let home = world.household()
        let member = world.member(of: home)
        let other = world.household(number: "002")
        #expect(try ledger.refresh() == .families(0))
        world.apply(.dibao, household: home, member: member)
        #expect(try ledger.refresh() == .families(1))
        world.edit(member, "member", .set("name", .text("李四")))
        world.edit(other, "household", .set("address", .text("二组")))
        #expect(try ledger.refresh() == .families(1))
        #expect(try world.refreshed() == world.rebuilt())
    }
}
