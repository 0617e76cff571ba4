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
}
