import RecordStore
import SyncEngine
import TestSupport
import Testing

/// Random people in random worlds. The seed is in the failure; a seed that failed becomes a test of its own.
@Suite struct PropertyTests {
    private static let places = ["370404101201", "370404101201", "370404101202"]

    /// One random act of one station, on what it sees.
    private func act(_ world: World, _ station: Int, _ random: inout SeededRandom) throws {
        let replica = world.stations[station].replica
        let roots = try replica.read { try $0.tables.list(Sample.root, RecordSelection(), in: $0.database) }
        let items = try replica.read { try $0.tables.list(Sample.item, RecordSelection(), in: $0.database) }
        let skew = random.chance(5) ? Int64.random(in: -400_000_000_000...400_000_000_000, using: &random) : 0
        func word() -> Value { .text("v\(Int.random(in: 0..<1_000_000, using: &random))") }
        do {
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1:
                let writes: [FieldWrite] = [.set("latest", word()), .set("review", word()), .set("left", .int64(1))]
                try world.capture(
                    station, [Draft(kind: Sample.root, record: world.newID(), operation: .create, writes: writes)],
                    skewMilliseconds: skew)
            case 2, 3:
                guard let root = roots.randomElement(using: &random) else { return }
                let key = Value.text("k\(Int.random(in: 0..<3, using: &random))")
                let writes: [FieldWrite] = [
                    .set("root", .text(root.id.description)), .set("key", key),
                    .set("amount", .int64(Int64.random(in: 1..<1000, using: &random))),
                ]
                try world.capture(
                    station, [Draft(kind: Sample.item, record: world.newID(), operation: .create, writes: writes)])
            case 4:
                guard let root = roots.randomElement(using: &random) else { return }
                try world.delete(station, Sample.root, root.id)
            case 5:
                guard let item = items.randomElement(using: &random) else { return }
                let choice = Int.random(in: 0..<10, using: &random)
                if choice == 0 { return try world.delete(station, Sample.item, item.id) }
                if choice == 1, let other = roots.randomElement(using: &random) {
                    return try world.edit(station, Sample.item, item.id, .set("root", .text(other.id.description)))
                }
                try world.edit(
                    station, Sample.item, item.id, .set("amount", .int64(Int64.random(in: 1..<1000, using: &random))),
                    .set("note", word()))
            case 6:
                guard let root = roots.randomElement(using: &random), random.chance(30) else { return }
                let place = Self.places[Int.random(in: 0..<3, using: &random)]
                try world.edit(station, Sample.root, root.id, .set("place", .text(place)))
            case 7:
                guard let root = roots.randomElement(using: &random) else { return }
                let tag = "t\(Int.random(in: 0..<3, using: &random))"
                try world.edit(
                    station, Sample.root, root.id, random.chance(50) ? .add("tags", tag) : .remove("tags", tag))
            default:
                guard let root = roots.randomElement(using: &random) else { return }
                let field = ["latest", "town", "review"].randomElement(using: &random) ?? "latest"
                let writes: [FieldWrite] =
                    random.chance(20) ? [.set("left", .int64(7)), .set(field, word())] : [.set(field, word())]
                try world.capture(
                    station, [Draft(kind: Sample.root, record: root.id, operation: .edit, writes: writes)],
                    skewMilliseconds: skew)
            }
        } catch let problem as Problem where problem.code.rawValue < 3000 {
            // Refused at capture: what the person sees at once, and nothing was kept.
        }
    }

    private func deskAct(_ world: World, _ random: inout SeededRandom) throws {
        let roots = try world.authority.read { try world.authority.tables.list(Sample.root, RecordSelection(), in: $0) }
        guard let root = roots.randomElement(using: &random) else { return }
        let head = try world.authority.read { try LogReader($0, tables: world.authority.tables).head().seq }
        let seen = random.chance(50) ? head : UInt64.random(in: 0...head, using: &random)
        let old = root.value("town", in: Sample.root)
        let new = Value.text("desk\(Int.random(in: 0..<1_000_000, using: &random))")
        _ = try world.decide(
            [Change(kind: "root", record: root.id, operation: .edit, edits: [Edit("town", old: old, new: new)])],
            seen: seen)
    }

    @Test(arguments: 0..<60) func atRestEveryReplicaEqualsTheAuthority(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let world = try World(seed: UInt64(seed), places: Self.places)
        for _ in 0..<60 {
            let station = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: try act(world, station, &random)
            case 6: try deskAct(world, &random)
            case 7: try world.push(station, chunk: Int.random(in: 1..<4, using: &random), losesReply: random.chance(30))
            case 8: try world.pull(station, limit: Int.random(in: 1..<5, using: &random))
            default:
                try world.sync(
                    station, chunk: Int.random(in: 1..<4, using: &random), limit: Int.random(in: 1..<6, using: &random))
            }
        }
        try world.settle()
        let differences = try world.differences()
        #expect(differences == [], "seed \(seed)\n\(differences.joined(separator: "\n"))")
        for station in world.stations {
            let pending = try station.replica.read { try $0.outboxSets(OutboxFilter(.unsettled)) }
            #expect(pending.isEmpty, "seed \(seed): the queue is empty at rest")
        }
        #expect(try Self.lostValues(in: world) == [], "seed \(seed)")
    }

    /// Written from the log alone, apart from the decider: an edit that did not stand must be in a conflict record or
    /// in quarantine, and every set that a station committed must be in the log.
    private static func lostValues(in world: World) throws -> [String] {
        var lost: [String] = []
        let conflicts = try world.conflicts(includeClosed: true)
        for (index, station) in world.stations.enumerated() {
            let sets = try station.replica.read { try $0.outboxSets(OutboxFilter(.all)) }
            for sent in sets {
                let known = try world.authority.write {
                    try $0.decided(device: station.device, number: sent.sealed.set.number)
                }
                guard let known else {
                    lost.append("station \(index) number \(sent.sealed.set.number) is nowhere")
                    continue
                }
                guard known.outcome.result != .quarantined else { continue }
                for change in sent.sealed.set.changes where change.operation == .edit {
                    let log = try world.authority.read {
                        try LogReader($0, tables: world.authority.tables).changes(of: change.record, after: 0)
                    }
                    guard
                        let mine = log.first(where: {
                            $0.device == station.device && $0.number == sent.sealed.set.number
                        })
                    else {
                        lost.append("\(change.record): an applied set left no trace")
                        continue
                    }
                    for effect in mine.effects where effect.result == .lost && effect.old != effect.new {
                        let about = conflicts.contains { conflict in
                            let kind = ConflictRecord.kind
                            return conflict.value("record", in: kind).recordID == change.record
                                && conflict.value("seqs", in: kind).elements.contains(String(mine.seq))
                        }
                        if !about { lost.append("\(change.record).\(effect.field) lost without a conflict") }
                    }
                }
            }
        }
        return lost
    }

    @Test(arguments: 100..<115) func theOutcomeDoesNotDependOnChunksOrRetries(seed: Int) throws {
        func run(chunk: Int, losesReply: Bool) throws -> String {
            var random = SeededRandom(UInt64(seed))
            let world = try World(seed: UInt64(seed), places: Array(Self.places.prefix(2)))
            for _ in 0..<3 {
                for station in 0..<2 { for _ in 0..<8 { try act(world, station, &random) } }
                for station in 0..<2 {
                    while try world.pull(station) {}
                    try world.push(station, chunk: chunk, losesReply: losesReply)
                    while try world.pull(station) {}
                }
            }
            try world.settle()
            return try world.authority.read { try ScopeDigests.read($0) }.map {
                "\($0.scope) \($0.records) \($0.digest)"
            }
            .joined(separator: "\n")
        }
        let whole = try run(chunk: 1000, losesReply: false)
        #expect(try run(chunk: 1, losesReply: false) == whole, "seed \(seed): one set a frame")
        #expect(try run(chunk: 3, losesReply: true) == whole, "seed \(seed): lost replies")
    }

    @Test(arguments: 200..<215) func aBootstrapAtAnyMomentPlusTheTailIsTheWholeLog(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let world = try World(seed: UInt64(seed), places: ["370404101201", "370404101201"])
        for _ in 0..<15 { try act(world, 0, &random) }
        try world.sync(0)
        // The second station begins its bootstrap in the middle of the first one's work.
        for _ in 0..<4 {
            try world.pull(1, limit: 2)
            for _ in 0..<3 { try act(world, 0, &random) }
            try world.sync(0)
        }
        try world.settle()
        let differences = try world.differences()
        #expect(differences == [], "seed \(seed)\n\(differences.joined(separator: "\n"))")
    }

    /// Pages walk a village by its index: what moves into it, out of it, or within a station's villages meanwhile is
    /// neither left out nor told of somebody else's.
    @Test(arguments: 300..<330) func aBootstrapWhileHouseholdsMoveBetweenVillagesIsTheWholeVillage(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let villages = ["370404101201", "370404101202", "370404101203"]
        // One station has all the villages, one has one of them; both begin anew while the first one works on.
        let world = try World(seed: UInt64(seed), places: ["3704041012", villages[0], "3704041012"])
        var roots: [RecordID] = []
        var items = 0
        func work(_ count: Int) throws {
            for _ in 0..<count {
                let place = Value.text(villages.randomElement(using: &random) ?? villages[0])
                let root = roots.randomElement(using: &random)
                if let root, roots.count > 3, random.chance(60) {
                    if try world.working(0, Sample.root, root)?.value("place", in: Sample.root) != place {
                        try world.edit(0, Sample.root, root, .set("place", place))
                    }
                    items += 1
                    try world.new(
                        0, Sample.item, .set("root", .text(root.description)), .set("key", .text("k\(items)")))
                } else {
                    roots.append(try world.new(0, Sample.root, .set("place", place)))
                }
                world.tick()
            }
            try world.sync(0)
        }
        try work(12)
        for _ in 0..<6 {
            try world.pull(1, limit: 1)
            try world.pull(2, limit: 2)
            try work(3)
        }
        try world.settle()
        let differences = try world.differences()
        #expect(differences == [], "seed \(seed)\n\(differences.joined(separator: "\n"))")
    }
}
