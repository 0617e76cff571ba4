import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What comes before its parent does is moved to where the parent is, when it is still the parent.
@Suite struct OrphanTests {
    private static let (here, there) = ("370404101201", "370404101202")
    private let world: World

    init() throws { world = try World(seed: 5, places: [Self.here, Self.there]) }

    private func send(
        _ station: Int, _ operation: Change.Operation, _ kind: String, _ id: RecordID, _ edits: [Edit]
    ) throws -> SetOutcome {
        let device = world.stations[station].device
        let known = try world.authority.read { try DeviceRegister($0).device(device)?.state.acknowledged }
        let last = try #require(known)
        let set = ChangeSet(
            device: device, number: last.number + 1,
            time: HybridTime(milliseconds: world.now.milliseconds, counter: 0), author: "a", schemaVersion: 1,
            base: try world.authority.read { try LogReader($0, tables: World.tables).head() },
            changes: [Change(kind: kind, record: id, operation: operation, edits: edits)])
        let frame = PushFrame(
            epoch: world.epoch, previousHash: last.hash, sets: [WireCodec().encode(set)], signature: [])
        return try world.send(frame, from: station).outcomes[0]
    }

    private func scope(of item: RecordID) throws -> String? { try world.record(Sample.item, item)?.scope.code }

    private func expectSound() throws {
        let found = try world.authority.read { try PlacementAudit($0, tables: World.tables).findings() }
        #expect(found.isEmpty, "\(found)")
    }

    @Test func whatComesBeforeItsParentGoesToWhereItIs() throws {
        let (late, item) = (world.newID(), world.newID())
        _ = try send(0, .create, "item", item, [Edit("root", new: .text(late.description))])
        #expect(try scope(of: item) == Self.here)
        try expectSound()
        _ = try send(1, .create, "root", late, [Edit("place", new: .text(Self.there))])
        #expect(try scope(of: item) == Self.there)
        try expectSound()
    }

    @Test func whatWasGivenAnotherParentMeanwhileStays() throws {
        let (late, own, item) = (world.newID(), world.newID(), world.newID())
        _ = try send(0, .create, "item", item, [Edit("root", new: .text(late.description))])
        _ = try send(0, .create, "root", own, [Edit("place", new: .text(Self.here))])
        let moved = try send(
            0, .edit, "item", item, [Edit("root", old: .text(late.description), new: .text(own.description))])
        #expect(moved.problem == nil)
        _ = try send(1, .create, "root", late, [Edit("place", new: .text(Self.there))])
        #expect(try scope(of: item) == Self.here)
        try expectSound()
    }

    /// Its own id, and one of another kind, are no parent that may come yet.
    @Test func aParentThatIsNoneIsNoFinding() throws {
        let (item, fact) = (world.newID(), world.newID())
        _ = try send(0, .create, "item", item, [Edit("root", new: .text(item.description))])
        _ = try send(0, .create, "fact", fact, [Edit("root", new: .text(item.description))])
        try expectSound()
    }
}
