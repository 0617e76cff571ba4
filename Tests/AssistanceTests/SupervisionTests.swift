import SyncEngine
import Testing

@testable import Assistance

/// R57: whoever draws again gets the same.
@Suite struct SpotSampleTests {
    private let households = (1...200).map { RecordID(high: 1, low: UInt64($0)) }

    @Test func theSameSeedAndHouseholdsGiveTheSameSampleInWhateverOrder() throws {
        let sample = try SpotSample(of: households, size: .count(10), seed: 7)
        var dice = Dice(seed: 3)
        for _ in 0..<5 {
            let shuffled = households.shuffled(using: &dice) + [households[0]]
            #expect(try SpotSample(of: shuffled, size: .count(10), seed: 7) == sample)
        }
        #expect(Set(sample.drawn).count == 10 && sample.population == 200)
        #expect(try SpotSample(of: households, size: .count(10), seed: 8).drawn != sample.drawn)
        #expect(
            try SpotSample(of: households.dropLast(), size: .count(10), seed: 7).populationHash != sample.populationHash
        )
    }

    /// `printf 'ruhu spot check 1\n7\n%s' ID | sha256sum`
    @Test func aDrawCanBeCheckedByHand() throws {
        let three = Array(households.prefix(3))
        let sample = try SpotSample(of: three, size: .count(3), seed: 7)
        #expect(sample.drawn.map(\.low) == [3, 1, 2])
        #expect(
            sample.populationHash.description == "8e7b7be27e16bc90179e663f52106fa147d72483f26ec76573dd2d6162755ef8")
    }

    @Test func aShareIsRoundedUp() throws {
        #expect(try SpotSample(of: households, size: .share(percent: 5), seed: 1).drawn.count == 10)
        #expect(try SpotSample(of: Array(households.prefix(21)), size: .share(percent: 5), seed: 1).drawn.count == 2)
        #expect(try SpotSample(of: Array(households.prefix(3)), size: .share(percent: 100), seed: 1).drawn.count == 3)
    }

    /// It ended the server.
    @Test(arguments: [Int.max, Int.min, 0, 101]) func aShareThatIsNoneIsRefused(percent: Int) {
        #expect(throws: Problem.self) { try SpotSample(of: households, size: .share(percent: percent), seed: 1) }
    }

    @Test func aLargerDrawBeginsWithTheSmaller() throws {
        let ten = try SpotSample(of: households, size: .count(10), seed: 7).drawn
        #expect(try SpotSample(of: households, size: .count(50), seed: 7).drawn.prefix(10).elementsEqual(ten))
    }

    /// Every household comes about as often: 500 draws of 10 in 200 give each 25 times, with a deviation of 5.
    @Test func everyHouseholdHasTheSameChance() throws {
        var counts: [RecordID: Int] = [:]
        for seed in 0..<500 {
            for id in try SpotSample(of: households, size: .count(10), seed: Int64(seed)).drawn {
                counts[id, default: 0] += 1
            }
        }
        #expect(counts.count == 200 && counts.values.allSatisfy { (5...50).contains($0) })
    }

    @Test(arguments: [
        SpotSample.Size.count(0), .count(-1), .count(201), .count(501), .share(percent: 0), .share(percent: 101),
    ])
    func aSizeThatIsNoneIsRefused(size: SpotSample.Size) {
        #expect(throws: Problem.self) { try SpotSample(of: households, size: size, seed: 1) }
    }

    @Test func aDrawHasALimitHoweverManyHouseholdsThereAre() throws {
        let many = (1...600).map { RecordID(high: 2, low: UInt64($0)) }
        #expect(try SpotSample(of: many, size: .count(SpotSample.limit), seed: 1).drawn.count == SpotSample.limit)
        #expect(throws: Problem.self) { try SpotSample(of: many, size: .count(SpotSample.limit + 1), seed: 1) }
        #expect(throws: Problem.self) { try SpotSample(of: many, size: .share(percent: 100), seed: 1) }
    }
}

/// R48, R51, R52: what `status` says of people and places.
@Suite struct StaffingTests {
    private func staffing(_ world: RegisterFixture, region: String = "370404101") -> Staffing {
        Staffing(world.book, region: Scope(region))
    }

    private func rules(_ staffing: Staffing) -> [String] {
        staffing.findings.compactMap { finding in
            ["R48", "R51", "R52"].first { finding.message.en.contains("(\($0),") }
        }
    }

    @Test func anEmptyTownshipLacksAllThree() {
        let found = staffing(RegisterFixture())
        #expect(rules(found) == ["R48", "R51", "R52"])
        #expect(found.fullTime == 0 && found.withoutStation == [RegisterFixture.village])
        #expect(found.withoutAssistant == [RegisterFixture.village])
    }

    @Test func onlyFullTimeStaffAtWorkCount() {
        var world = RegisterFixture()
        for name in ["甲", "乙", "丙", "丁"] { world.staff(name) }
        world.staff("戊", with: ["active_to": day("2026-11-24")])
        world.staff("己", "social_work")
        #expect(staffing(world).fullTime == 4 && rules(staffing(world)).contains("R48"))
        world.staff("庚")
        #expect(!rules(staffing(world)).contains("R48"))
    }

    @Test func aClosedStationIsNone() {
        var world = RegisterFixture()
        let village = RegisterFixture.village
        world.add(
            "station", in: Scope(village),
            ["village": .text(village), "opened": day("2026-01-01"), "closed": day("2026-11-24")])
        #expect(staffing(world).withoutStation == [village])
        world.add("station", in: Scope(village), ["village": .text(village), "opened": day("2026-01-01")])
        #expect(staffing(world).withoutStation.isEmpty)
    }

    @Test(arguments: [(0, true), (1, false), (2, false), (3, true)])
    func aVillageHasOneOrTwoAssistantsAtWork(active: Int, isFound: Bool) {
        var world = RegisterFixture()
        for number in 0..<active {
            world.staff("协\(number)", "village_assistant", village: RegisterFixture.village)
        }
        #expect(rules(staffing(world)).contains("R52") == isFound)
        #expect(staffing(world).tooManyAssistants.map(\.active) == (active > 2 ? [active] : []))
    }

    @Test func aVillageThatOnlyTheRegistersNameCountsAndOneOfAnotherTownshipDoesNot() {
        var world = RegisterFixture()
        world.villages = []
        world.staff("甲", "village_assistant", village: "370404101207")
        world.staff("乙", "village_assistant", village: "370404102201")
        #expect(staffing(world).villages == ["370404101207"])
    }

    @Test func theRuleOfFiveIsATownships() {
        let found = staffing(RegisterFixture(), region: "370404")
        #expect(found.fullTimeNeeded == nil && rules(found) == ["R51", "R52"])
    }
}
