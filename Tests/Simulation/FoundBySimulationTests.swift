import RecordStore
import SimulationKit
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What the simulation found, each as the smallest world that shows it, under the seed that showed it first.
@Suite struct FoundBySimulationTests {
    private static let (home, away) = ("370404101201", "370404101202")

    /// Seed 32: a station wrote the same as another that it had not seen, then something else: the other's value was
    /// overruled in silence, for the station seemed to correct only itself.
    @Test func correctingAValueThatAnotherHadWrittenTooIsAConflict() throws {
        let world = try World(seed: 32, places: [Self.home, Self.home])
        let root = try world.new(0, Sample.root, .set("review", .text("old")))
        try world.settle()
        try world.edit(0, Sample.root, root, .set("review", .text("same")))
        try world.edit(1, Sample.root, root, .set("review", .text("same")))
        try world.edit(1, Sample.root, root, .set("review", .text("other")))
        try world.settle()
        #expect(try world.conflicts().count == 1)
        #expect(try world.record(Sample.root, root)?.value("review", in: Sample.root) == .text("same"))
        #expect(try world.differences() == [])
    }

    /// Seed 12: a record that left the village while a bootstrap was under way was not stated, and the log then spoke of
    /// its changes: the station refused the page, and every later one.
    @Test func aRecordThatMovesAwayDuringABootstrapIsStatedAsItWas() throws {
        let world = try World(seed: 12, places: [Self.home, Self.home])
        var roots: [RecordID] = []
        for index in 0..<6 {
            roots.append(try world.new(0, Sample.root, .set("latest", .text("\(index)"))))
        }
        try world.sync(0)
        try world.pull(1, limit: 2)
        try world.edit(0, Sample.root, roots[5], .set("review", .text("before")))
        try world.sync(0)
        try world.edit(0, Sample.root, roots[5], .set("place", .text(Self.away)))
        try world.sync(0)
        while try world.pull(1, limit: 1) {}
        try world.settle()
        #expect(try world.differences() == [])
        #expect(try world.working(1, Sample.root, roots[5]) == nil)
    }

    /// Seed 473: a record that left the village and came back within one page was stated without what had been written
    /// elsewhere meanwhile.
    @Test func aRecordThatComesBackWithinAPageIsStatedWhole() throws {
        let world = try World(seed: 473, places: [Self.home, Self.away])
        let root = try world.new(0, Sample.root, .set("latest", .text("a")))
        try world.settle()
        func move(from: String, to place: String) throws {
            let edit = Edit("place", old: .text(from), new: .text(place))
            try world.decide([Change(kind: "root", record: root, operation: .edit, edits: [edit])])
        }
        try move(from: Self.home, to: Self.away)
        try world.sync(1)
        try world.edit(1, Sample.root, root, .set("town", .text("elsewhere")))
        try world.sync(1)
        try move(from: Self.away, to: Self.home)
        while try world.pull(0) {}
        #expect(try world.working(0, Sample.root, root)?.value("town", in: Sample.root) == .text("elsewhere"))
        try world.settle()
        #expect(try world.differences() == [])
    }

    /// Seed 1: what was deleted before a bootstrap is not in it; a second deletion by someone who had not seen the first
    /// came with the log, and the station refused the page, and every later one.
    @Test func aSecondDeletionOfWhatABootstrapDidNotStateIsNothing() throws {
        let world = try World(seed: 1, places: [Self.home, Self.home, Self.home])
        let root = try world.new(0, Sample.root, .set("latest", .text("a")))
        for station in 0..<2 { try world.sync(station) }
        try world.delete(0, Sample.root, root)
        try world.delete(1, Sample.root, root)
        try world.sync(0)
        while try world.pull(2) {}
        try world.sync(1)
        while try world.pull(2) {}
        try world.settle()
        #expect(try world.differences() == [])
    }

    /// Seeds 86, 283, 302, 333 and 399: what was offered again, after a fork or a restored township, was not on the screen
    /// when the bootstrap did not state its record: there it was deleted meanwhile.
    @Test func whatIsOfferedAgainIsOnTheScreenThoughItsRecordIsNotStated() throws {
        let world = try World(seed: 283, places: [Self.home, Self.home])
        let root = try world.new(0, Sample.root, .set("latest", .text("a")))
        try world.settle()
        try world.edit(0, Sample.root, root, .set("town", .text("typed here")))
        try world.settle()
        try world.edit(1, Sample.root, root, .set("town", .text("typed there")))
        try world.settle()
        try world.delete(1, Sample.root, root)
        try world.sync(1)
        #expect(try world.working(0, Sample.root, root)?.value("town", in: Sample.root) == .text("typed there"))
        try world.stations[0].replica.write { transaction in
            try transaction.reopen(above: 1, decidedIn: try transaction.position().epoch)
            try transaction.forgetShadow()
        }
        while try world.pull(0) {}
        #expect(try world.working(0, Sample.root, root)?.value("town", in: Sample.root) == .text("typed here"))
        try world.settle()
        #expect(try world.working(0, Sample.root, root)?.isDeleted ?? true)
        #expect(try world.differences() == [])
    }

    /// Seed 5: values typed to amend a refused deletion were taken and shown nowhere.
    @Test func aRefusedDeletionIsNotAmendedWithValues() throws {
        let world = try World(seed: 5, places: [Self.home])
        let root = try world.new(0, Sample.root, .set("review", .text("old")))
        try world.sync(0)
        try world.delete(0, Sample.root, root)
        let replica = world.stations[0].replica
        try replica.write { transaction in
            let refused = SetOutcome(number: 2, seq: 2, result: .quarantined, problem: Problem(.outOfScope))
            try transaction.record([refused], state: .decided)
        }
        let problem = #expect(throws: Problem.self) {
            try replica.write { transaction in
                let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: world.now.day))
                let act = Capture<ReplicaTransaction>.Act(author: "a", now: world.now)
                let writes: [FieldWrite] = [.set("review", .text("typed"))]
                _ = try capture.amend(2, record: nil, writes: writes, act: act, codec: WireCodec())
            }
        }
        #expect(problem?.code == .recordDeleted)
    }

    /// Seed 59: records of a kind that came with a newer program were thrown away by an older one: its digest differed
    /// for ever, each sync fetched everything anew, and after the upgrade they were missing.
    @Test func recordsOfANewerKindAreHeldAndAppearWithTheUpgrade() throws {
        let disk = SimulatedDisk(seed: 59)
        let (older, newer) = (SimulatedSchema.first.tables, SimulatedSchema.second.tables)
        var random = SeededRandom(59)
        let (device, epoch, id) = (
            DeviceID.v7(milliseconds: 1, using: &random), EpochID.v7(milliseconds: 1, using: &random),
            RecordID.v7(milliseconds: 2, using: &random)
        )
        let kind = SimulatedSchema.leaflet
        var leaflet = Record(id: id, kind: kind, scope: Scope(Self.home), seq: 7)
        leaflet.assign(.text("text"), to: FieldKey(field: "text"), in: kind)
        var root = Record(id: .v7(milliseconds: 3, using: &random), kind: Sample.root, scope: Scope(Self.home), seq: 8)
        root.extra[SimulatedSchema.newField] = .text("kept")
        let page = PullPage(
            epoch: epoch, from: 0, to: 8,
            records: [
                RecordDelta(
                    id: id, kind: kind.name, scope: Scope(Self.home), seq: 7, form: .whole,
                    fields: [FieldDelta(key: FieldKey(field: "text"), value: .text("text"), writer: 0)]),
                RecordDelta(
                    id: root.id, kind: "root", scope: Scope(Self.home), seq: 8, form: .whole,
                    fields: [
                        FieldDelta(key: FieldKey(field: SimulatedSchema.newField), value: .text("kept"), writer: 0)
                    ]),
            ])
        var replica = try ReplicaDatabase(path: disk.path("replica"), tables: older)
        try replica.write { transaction in
            try transaction.setPosition(
                ReplicaPosition(
                    device: device, epoch: epoch, scopes: [Scope(Self.home)], cursor: 0, isBootstrapped: true))
            _ = try PageApplication.apply(page, to: transaction)
        }
        let expected = leaflet.digest(in: kind) + root.digest(in: Sample.root)
        #expect(try replica.read { try $0.storedDigests() }.first?.digest == expected)
        try replica.queue.close()

        replica = try ReplicaDatabase(path: disk.path("replica"), tables: newer)
        #expect(try replica.read { try $0.working(id, kind: kind) } == leaflet)
        let grown = SimulatedSchema.second.root
        let known = try replica.read { try $0.working(root.id, kind: grown) }
        #expect(known?.value(SimulatedSchema.newField, in: grown) == .text("kept"))
        #expect(known?.extra == [:])
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
        try replica.queue.close()
    }
}
