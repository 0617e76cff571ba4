import EdgeClient
import RecordStore
import Server
import SyncEngine
import TestSupport
import Testing

/// USB and HTTP in any mix and order, repeated, late or half-copied: the same state.
@Suite struct MixedPathsTests {
    private static let places = ["370404101201", "370404101201", "370404101202"]

    /// One random act of one station, on what it sees.
    private func act(_ world: World, _ station: Int, _ random: inout SeededRandom) throws {
        let replica = world.stations[station].replica
        let roots = try replica.read { try $0.tables.list(Sample.root, RecordSelection(), in: $0.database) }
        func word() -> Value { .text("v\(Int.random(in: 0..<1_000_000, using: &random))") }
        do {
            guard let root = roots.randomElement(using: &random), random.chance(75) else {
                try world.new(station, Sample.root, .set("latest", word()), .set("review", word()))
                return
            }
            switch Int.random(in: 0..<8, using: &random) {
            case 0: try world.delete(station, Sample.root, root.id)
            case 1:
                try world.edit(
                    station, Sample.root, root.id,
                    .set("place", .text(Self.places[Int.random(in: 0..<3, using: &random)])))
            case 2:
                try world.new(
                    station, Sample.item, .set("root", .text(root.id.description)),
                    .set("key", .text("k\(Int.random(in: 0..<2, using: &random))")), .set("note", word()))
            case 3:
                try world.edit(station, Sample.root, root.id, .add("tags", "t\(Int.random(in: 0..<3, using: &random))"))
            default:
                let field = ["latest", "town", "review"].randomElement(using: &random) ?? "latest"
                try world.edit(station, Sample.root, root.id, .set(field, word()))
            }
        } catch let problem as Problem where problem.code.rawValue < 3000 {
            // Refused at capture: nothing was kept.
        }
    }

    /// Sticks that lie about: none is thrown away.
    private struct Drawer {
        var requests: [[UInt8]] = []
        var answers: [(station: Int, file: [UInt8])] = []
    }

    private func step(_ sticks: Sticks, _ drawer: inout Drawer, _ random: inout SeededRandom) throws {
        let station = Int.random(in: 0..<3, using: &random)
        let world = sticks.world
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<6: try act(world, station, &random)
        case 6, 7: drawer.requests.append(try sticks.export(station).file)
        case 8, 9:
            guard let request = drawer.requests.randomElement(using: &random) else { return }
            let answer = try sticks.answer(request)
            let index = world.stations.firstIndex { $0.device == answer.told.device.state.id }
            drawer.answers.append((try #require(index), answer.file))
            #expect(answer.told.reply.problem == nil)
        case 10, 11:
            guard let answer = drawer.answers.randomElement(using: &random) else { return }
            let result = try sticks.apply(answer.station, answer.file)
            #expect(result.problem == nil, "\(String(describing: result.problem))")
        case 12:
            guard let answer = drawer.answers.randomElement(using: &random) else { return }
            let cut = Array(answer.file.prefix(Int.random(in: 0..<answer.file.count, using: &random)))
            #expect(throws: Problem.self) { try sticks.apply(answer.station, cut) }
        case 13: try world.push(station, chunk: Int.random(in: 1..<4, using: &random), losesReply: random.chance(30))
        case 14: try world.pull(station, limit: Int.random(in: 1..<5, using: &random))
        default: try world.sync(station, limit: Int.random(in: 1..<6, using: &random))
        }
    }

    @Test(arguments: 0..<40) func anyOrderOfPathsComesToRestWithEveryReplicaEqual(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let sticks = try Sticks(seed: UInt64(seed), places: Self.places)
        var drawer = Drawer()
        for _ in 0..<60 { try step(sticks, &drawer, &random) }
        // To rest over one path alone: by USB for even seeds.
        if seed.isMultiple(of: 2) {
            for _ in 0..<2 { for station in 0..<3 { #expect(try sticks.carry(station).skippedPages == 0) } }
        } else {
            try sticks.world.settle()
        }
        let found = try sticks.world.differences()
        #expect(found.isEmpty, "\(found)")
        for station in sticks.world.stations {
            #expect(try station.replica.read { try $0.outboxSets(OutboxFilter(.unsettled)).isEmpty })
        }
        // What still lies in the drawer changes nothing any more.
        let seq = try sticks.seq()
        let before = try (0..<3).map { try sticks.position($0) }
        for request in drawer.requests { _ = try sticks.answer(request) }
        for answer in drawer.answers { _ = try sticks.apply(answer.station, answer.file) }
        #expect(try sticks.seq() == seq)
        #expect(try (0..<3).map { try sticks.position($0) } == before)
        #expect(try sticks.world.differences() == [])
    }

    @Test(arguments: 0..<10) func theSameActsOverUSBAndOverHTTPComeToTheSameRecords(seed: Int) throws {
        func digests(byStick: Bool) throws -> [ScopeDigest] {
            var random = SeededRandom(UInt64(seed) + 1000)
            let sticks = try Sticks(seed: UInt64(seed), places: Self.places)
            for _ in 0..<40 {
                let station = Int.random(in: 0..<3, using: &random)
                try act(sticks.world, station, &random)
                guard random.chance(30) else { continue }
                if byStick { try sticks.carry(station) } else { try sticks.world.sync(station) }
            }
            for station in 0..<3 { if byStick { try sticks.carry(station) } else { try sticks.world.sync(station) } }
            return try sticks.world.authority.read { try ScopeDigests.read($0) }
        }
        #expect(try digests(byStick: true) == digests(byStick: false))
    }
}
