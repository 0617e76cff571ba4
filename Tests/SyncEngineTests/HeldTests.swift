import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What a newer program wrote is held, not refused, and decided after the upgrade.
@Suite struct HeldTests {
    private func set(_ world: World, number: UInt64, record: RecordID, field: String) -> ChangeSet {
        ChangeSet(
            device: world.stations[0].device, number: number,
            time: HybridTime(milliseconds: world.now.milliseconds, counter: 0),
            author: "a", schemaVersion: 2, base: Base(epoch: world.epoch, seq: 0),
            changes: [
                Change(
                    kind: "root", record: record, operation: .create,
                    edits: [Edit("place", new: .text("370404101201")), Edit(field, new: .text("新"))])
            ])
    }

    @Test func aSetOfANewerSchemaWaitsAndDoesNotBlockTheQueue() throws {
        let world = try World(seed: 1, places: ["370404101201"])
        let codec = WireCodec()
        let (newer, plain) = (world.newID(), world.newID())
        let first = codec.encode(set(world, number: 1, record: newer, field: "future"))
        let second = codec.encode(set(world, number: 2, record: plain, field: "latest"))
        let frame = PushFrame(epoch: world.epoch, previousHash: .zero, sets: [first, second], signature: [])
        let outcomes = try world.send(frame, from: 0).outcomes
        #expect(outcomes[0].problem?.code == .newerSchema)
        #expect(outcomes[1].result == .verbatim)

        let grown = KindSchema(
            "root", label: Sample.root.label, scopeField: "place", groups: Sample.root.groups,
            fields: Sample.root.fields + [
                FieldSchema("future", .text, .humanReview, .none, Label(zh: "将来", en: "Future"))
            ])
        let schema = Schema(version: 2, kinds: [grown, Sample.item, Sample.fact])
        let tables = RecordTables(schema: schema, codec: codec) { _, _ in nil }
        let upgraded = try AuthorityDatabase(path: world.folderPath + "/authority.sqlite", tables: tables)
        try upgraded.write { transaction in
            guard let device = try DeviceRegister(transaction.database).device(world.stations[0].device) else { return }
            let decision = PushDecision(store: transaction, codec: codec, region: World.region, now: world.now)
            try decision.release(device.state, codes: [.newerSchema])
        }
        let record = try upgraded.read { try tables.record(newer, kind: grown, in: $0) }
        #expect(record?.value("future", in: grown) == .text("新"))
        #expect(record?.seq == 3)
        #expect(try upgraded.read { try QuarantineReader($0, tables: tables).count() } == 0)
    }

    /// After a restore: each set waits for a record that another one creates, whichever station holds it.
    @Test func whatWaitsForAWaitingSetIsReleasedWithIt() throws {
        let world = try World(seed: 2, places: ["370404101201", "370404101201", "370404101201"])
        let (first, second) = (world.newID(), world.newID())
        let over = Base(epoch: world.newID(), seq: 9)
        func send(_ station: Int, _ changes: [Change]) throws -> SetOutcome {
            let set = ChangeSet(
                device: world.stations[station].device, number: 1,
                time: HybridTime(milliseconds: world.now.milliseconds, counter: 0), author: "a", schemaVersion: 1,
                base: over, changes: changes)
            let frame = PushFrame(
                epoch: world.epoch, previousHash: .zero, sets: [WireCodec().encode(set)], signature: [])
            return try world.send(frame, from: station).outcomes[0]
        }
        func change(_ record: RecordID, _ operation: Change.Operation) -> Change {
            let place = Edit("place", new: .text("370404101201"))
            let edits = operation == .create ? [place] : [Edit("review", new: .text("后"))]
            return Change(kind: "root", record: record, operation: operation, edits: edits)
        }
        #expect(try send(1, [change(second, .edit)]).problem?.code == .waitingForRecord)
        #expect(try send(0, [change(first, .edit), change(second, .create)]).problem?.code == .waitingForRecord)
        #expect(try send(2, [change(first, .create)]).problem == nil)
        for id in [first, second] {
            #expect(try world.record(Sample.root, id)?.value("review", in: Sample.root) == .text("后"))
        }
        let open = try world.authority.read { try QuarantineReader($0, tables: World.tables).count() }
        #expect(open == 0)
    }
}
