import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// A photo may belong to a record of any kind, another photo included, and is taken before that one has arrived: what a
/// hostile station writes can go round in a circle. Nobody may follow it for ever.
@Suite struct CycleTests {
    private static let photo = KindSchema(
        "photo", label: Label(zh: "照片", en: "Photo"), parents: [ParentField("record", kind: nil)],
        fields: [
            FieldSchema("record", .reference, .immutable, .none, Label(zh: "记录", en: "Record")),
            FieldSchema("text", .text, .townshipWins, .none, Label(zh: "说明", en: "Text")),
        ])
    private static let tables = RecordTables(
        schema: Schema(version: 1, kinds: [photo]), codec: WireCodec()
    ) { _, _ in nil }

    private let world: World
    private let authority: AuthorityDatabase

    init() throws {
        world = try World(seed: 31, places: ["370404101201", "370404101201"])
        authority = try AuthorityDatabase(path: world.folderPath + "/authority.sqlite", tables: Self.tables)
    }

    private func send(
        _ operation: Change.Operation, _ id: RecordID, _ edits: [Edit] = [], from station: Int = 0, seen: Seq = 0,
        isDesk: Bool = false
    ) throws -> SetOutcome {
        try authority.write { transaction in
            let device = try DeviceRegister(transaction.database).device(world.stations[station].device)?.state
            guard var state = device else { throw Problem(.unknownDevice) }
            state.isDesk = isDesk
            let set = ChangeSet(
                device: state.id, number: state.acknowledged.number + 1,
                time: HybridTime(milliseconds: world.now.milliseconds, counter: 0), author: "\(station)",
                reason: "r", schemaVersion: 1, base: Base(epoch: world.epoch, seq: seen),
                changes: [Change(kind: "photo", record: id, operation: operation, edits: edits)])
            let sealed = SealedSet(set: set, bytes: WireCodec().encode(set), after: state.acknowledged.hash)
            let decision = PushDecision(store: transaction, codec: WireCodec(), region: World.region, now: world.now)
            let reply = try decision.decide([sealed], previousHash: state.acknowledged.hash, from: state)
            guard let outcome = reply.outcomes.first else { throw Problem(.internalError) }
            return outcome
        }
    }

    private func isDeleted(_ id: RecordID) throws -> Bool? {
        try authority.read { try Self.tables.record(id, kind: Self.photo, in: $0)?.isDeleted }
    }

    /// Of one photo, which belongs to itself, and of three.
    @Test(arguments: [1, 3]) func aCircleIsDeletedKeptAndBroughtBack(length: Int) throws {
        let ids = (0..<length).map { _ in world.newID() }
        for (index, id) in ids.enumerated() {
            let above = ids[(index + 1) % length].description
            #expect(try send(.create, id, [Edit("record", new: .text(above))]).problem == nil)
        }
        let created = Seq(length)
        // One unseen by another: nothing is deleted. Then all of it, and an edit that had not seen that.
        #expect(try send(.edit, ids[0], [Edit("text", new: .text("看过"))], seen: created).problem == nil)
        #expect(try send(.delete, ids[length - 1], from: 1, seen: created).result == .conflicted)
        #expect(try send(.delete, ids[0], from: 0, seen: created + 2).problem == nil)
        #expect(try ids.map(isDeleted) == Array(repeating: true, count: length))
        #expect(try send(.edit, ids[0], [Edit("text", new: .text("又看"))], from: 1, seen: created + 2).problem == nil)
        #expect(try ids.map(isDeleted) == Array(repeating: false, count: length))
        #expect(try send(.delete, ids[0], from: 0, seen: created + 4).problem == nil)
        #expect(try send(.edit, ids[0], seen: created + 5, isDesk: true).problem == nil)
        #expect(try ids.map(isDeleted) == Array(repeating: false, count: length))
    }
}
