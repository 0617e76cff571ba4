import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// A domain's rule over whole sets (decision 0030), in a domain of its own: a root may end only below a fact.
@Suite struct AdmissionTests {
    private static let reason = Label(zh: "缺事实", en: "no fact")

    private static let tables = RecordTables(
        schema: Schema(
            version: 1, kinds: [Sample.root, Sample.item, Sample.fact],
            admission: Admission(kinds: ["root"]) { proposal in
                for mutation in proposal.mutations where mutation.kind.name == "root" {
                    guard !mutation.after.value("ended", in: Sample.root).isNull else { continue }
                    let below = try proposal.dependents(of: mutation.after)
                    guard below.contains(where: { $0.kind == "fact" }) else {
                        throw Problem(.refusedMove, explanation: reason)
                    }
                    #expect(try proposal.record(mutation.after.id, kind: Sample.root) == mutation.after)
                }
            }), codec: WireCodec()
    ) { _, _ in nil }

    private let world: World
    private let authority: AuthorityDatabase
    private let root: RecordID

    init() throws {
        world = try World(seed: 7, places: ["370404101201"])
        authority = try AuthorityDatabase(path: world.folderPath + "/authority.sqlite", tables: Self.tables)
        root = world.newID()
    }

    private func send(_ sets: [[Change]], from number: UInt64 = 1) throws -> [SetOutcome] {
        let device = world.stations[0].device
        return try authority.write { transaction in
            guard let state = try DeviceRegister(transaction.database).device(device)?.state else {
                throw Problem(.unknownDevice)
            }
            var previous = state.acknowledged.hash
            let sealed = sets.enumerated().map { index, changes in
                let set = ChangeSet(
                    device: device, number: number + UInt64(index),
                    time: HybridTime(milliseconds: world.now.milliseconds, counter: 0), author: "a", schemaVersion: 1,
                    base: Base(epoch: world.epoch, seq: 0), changes: changes)
                let sealed = SealedSet(set: set, bytes: WireCodec().encode(set), after: previous)
                previous = sealed.hash
                return sealed
            }
            let decision = PushDecision(store: transaction, codec: WireCodec(), region: World.region, now: world.now)
            return try decision.decide(sealed, previousHash: state.acknowledged.hash, from: state).outcomes
        }
    }

    private var creation: Change {
        Change(kind: "root", record: root, operation: .create, edits: [Edit("place", new: .text("370404101201"))])
    }
    private var end: Change {
        Change(
            kind: "root", record: root, operation: .edit,
            edits: [Edit("ended", new: .date(CalendarDay("2026-01-01")!))])
    }
    private var fact: Change {
        Change(
            kind: "fact", record: world.newID(), operation: .create,
            edits: [Edit("root", new: .text(root.description))])
    }

    private func ended() throws -> Value? {
        try authority.read { try Self.tables.record(root, kind: Sample.root, in: $0)?.value("ended", in: Sample.root) }
    }

    @Test func whatItRefusesIsQuarantinedWholeWithItsWordsAndTheQueueGoesOn() throws {
        let other = Change(
            kind: "root", record: root, operation: .edit, edits: [Edit("review", new: .text("后"))])
        let outcomes = try send([[creation], [end, fact.renamed("item")], [other]])
        #expect(outcomes.map(\.result) == [.verbatim, .quarantined, .verbatim])
        #expect(outcomes[1].problem?.code == .refusedMove && outcomes[1].problem?.explanation == Self.reason)
        #expect(try ended() == .null)
        #expect(try authority.read { try Self.tables.list(Sample.item, RecordSelection(), in: $0) }.isEmpty)
    }

    @Test func itSeesWhatTheSameSetBringsAndWhatCameBefore() throws {
        #expect(try send([[creation], [end, fact]]).map(\.problem) == [nil, nil])
        #expect(try ended() != .null)
    }

    @Test func itSeesWhatAnEarlierSetBrought() throws {
        #expect(try send([[creation], [fact], [end]]).map(\.problem) == [nil, nil, nil])
    }
}

extension Change {
    fileprivate func renamed(_ kind: String) -> Change {
        Change(kind: kind, record: record, operation: operation, edits: edits)
    }
}
