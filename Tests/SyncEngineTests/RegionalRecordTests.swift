import RecordStore
import SyncEngine
import TestSupport
import Testing

/// A record of a regional kind, such as a policy, goes to every station below its scope.
@Suite struct RegionalRecordTests {
    private func world() throws -> World {
        try World(seed: 7, places: ["370404101201", "370404101202"])
    }

    private func enact(_ world: World) throws -> RecordID {
        let id = world.newID()
        let text = Edit("text", old: .null, new: .text("一"))
        try world.decide([Change(kind: "law", record: id, operation: .create, edits: [text])])
        return id
    }

    private func value(_ world: World, _ station: Int, _ id: RecordID, _ field: String) throws -> Value? {
        try world.working(station, Sample.law, id)?.value(field, in: Sample.law)
    }

    @Test(arguments: [1, 1_000]) func itReachesStationsThatBootstrapAndStationsThatPull(limit: Int) throws {
        let world = try world()
        try world.sync(0)
        try world.new(0, Sample.root, .set("latest", .text("a")))
        let id = try enact(world)
        #expect(try world.record(Sample.law, id)?.scope == World.region)
        try world.sync(0, limit: limit)
        try world.sync(1, limit: limit)
        #expect(try value(world, 0, id, "text") == .text("一"))
        #expect(try value(world, 1, id, "text") == .text("一"))
        #expect(try world.differences().isEmpty)
    }

    @Test func aLaterEditReachesThemToo() throws {
        let world = try world()
        let id = try enact(world)
        try world.settle()
        let note = Edit("note", old: .null, new: .text("启用"))
        try world.decide([Change(kind: "law", record: id, operation: .edit, edits: [note])])
        try world.settle()
        #expect(try value(world, 0, id, "note") == .text("启用"))
        #expect(try value(world, 1, id, "text") == .text("一"))
        #expect(try world.differences().isEmpty)
    }

    @Test func whatIsRegionalInOneVillageStaysThere() throws {
        let world = try world()
        try world.settle()
        let id = try world.new(0, Sample.law, .set("text", .text("村规")))
        try world.settle()
        #expect(try value(world, 0, id, "text") == .text("村规"))
        #expect(try value(world, 1, id, "text") == nil)
        #expect(try world.differences().isEmpty)
    }
}
