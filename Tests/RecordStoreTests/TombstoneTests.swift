import RecordStore
import SyncEngine
import TestSupport
import Testing

/// Rows of deleted records go, what they were does not; who was away too long fetches anew and loses nothing.
@Suite struct TombstoneTests {
    private let world: World
    private let root: RecordID

    init() throws {
        world = try World(seed: 11, places: ["370404101201", "370404101201"])
        root = try world.new(0, Sample.root, .set("latest", .text("一")), .set("tags", .list(["甲"])))
        try world.settle()
    }

    private func collect(silentSince: Instant = Instant(milliseconds: 0)) throws -> Int {
        try world.authority.write {
            try Tombstones($0.database, tables: world.authority.tables).collect(silentSince: silentSince)
        }
    }

    private func hasRow() throws -> Bool {
        try world.authority.read { try world.authority.tables.record(root, kind: Sample.root, in: $0) } != nil
    }

    @Test func nothingIsCollectedThatAStationInUseHasNotSeen() throws {
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        try world.sees()
        #expect(try collect() == 0)
        #expect(try hasRow())
        try world.sync(1)
        try world.sees()
        #expect(try collect() == 1)
        #expect(try !hasRow())
        #expect(try world.differences() == [])
    }

    @Test func anEditAgainstADeletionThatWasCollectedStillBringsTheRecordBack() throws {
        try world.edit(1, Sample.root, root, .set("review", .text("未同步")))
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        // Station 1 counts no more: its laptop was in a drawer.
        #expect(try collect(silentSince: Instant(milliseconds: .max)) == 1)
        #expect(try !hasRow())
        try world.push(1)
        let back = try #require(try world.record(Sample.root, root))
        #expect(!back.isDeleted)
        #expect(back.value("review", in: Sample.root) == .text("未同步"))
        #expect(back.value("latest", in: Sample.root) == .text("一"))
        #expect(back.value("tags", in: Sample.root) == .list(["甲"]))
        #expect(try world.conflicts().count == 1)
        #expect(throws: Problem(.cursorTooOld, "2")) { try world.pull(1) }
    }

    @Test func anIdIsNeverUsedTwice() throws {
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        #expect(try collect(silentSince: Instant(milliseconds: .max)) == 1)
        let outcome = try world.decide([
            Change(
                kind: "root", record: root, operation: .create, edits: [Edit("place", new: .text("370404101201"))])
        ])
        #expect(outcome.problem?.code == .recordExists)
    }
}
