import RecordStore
import SyncEngine
import TestSupport
import Testing

/// The log says all that a set did, also when it did several things to one record.
@Suite struct LoggedEffectsTests {
    /// The audit found it in the random worlds of seeds 4 and 24: the edit was in the record, and not in the log.
    @Test func anEditThatBringsADeletedRecordBackIsInTheLog() throws {
        let world = try World(seed: 4, places: ["370404101201", "370404101201"])
        let root = try world.new(0, Sample.root, .set("latest", .text("一")))
        try world.settle()
        try world.delete(0, Sample.root, root)
        try world.edit(1, Sample.root, root, .set("review", .text("后")))
        try world.sync(0)
        try world.sync(1)
        let changes = try world.authority.read {
            try LogReader($0, tables: World.tables).changes(of: root, after: 0)
        }
        let last = try #require(changes.last)
        #expect(last.effects.contains { $0.field == "deleted" && $0.new == .bool(false) })
        #expect(last.effects.contains { $0.field == "review" && $0.new == .text("后") && $0.result == .applied })
        try world.settle()
        #expect(try world.working(0, Sample.root, root)?.value("review", in: Sample.root) == .text("后"))
        #expect(try world.differences() == [])
    }
}
