import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What waits for a person although nobody wrote the same field (decision 0050), in a domain of its own: an account that is
/// always verified, and a person who leaves.
@Suite struct WaitsForAPersonTests {
    private static func field(_ name: String, _ type: ValueType, _ policy: MergePolicy) -> FieldSchema {
        FieldSchema(name, type, policy, .none, Label(zh: name, en: name))
    }

    private static let person = KindSchema(
        "person", label: Label(zh: "人", en: "Person"), scopeField: "place", isMergeable: true,
        departure: Departure("here", .bool(false)),
        fields: [
            field("place", .text, .townshipWins), field("here", .bool, .humanReview),
            field("account", .text, .verification), field("name", .text, .latestVisit()),
        ])
    private static let wage = KindSchema(
        "wage", label: Label(zh: "工资", en: "Wage"), parents: [ParentField("person", kind: "person")],
        fields: [field("person", .reference, .immutable), field("amount", .int64, .latestVisit())])
    private static let tables = RecordTables(
        schema: Schema(version: 1, kinds: [person, wage]), codec: WireCodec()
    ) { _, _ in nil }

    private let world: World
    private let authority: AuthorityDatabase
    private let id: RecordID
    private let wageID: RecordID

    init() throws {
        world = try World(seed: 11, places: ["370404101201", "370404101201"])
        authority = try AuthorityDatabase(path: world.folderPath + "/authority.sqlite", tables: Self.tables)
        id = world.newID()
        wageID = world.newID()
        _ = try send([
            Change(
                kind: "person", record: id, operation: .create,
                edits: [Edit("place", new: .text("370404101201")), Edit("account", new: .text("旧"))]),
            Change(
                kind: "wage", record: wageID, operation: .create,
                edits: [Edit("person", new: .text(id.description)), Edit("amount", new: .int64(100))]),
        ])
    }

    /// One set of a station, or of the desk, whose author had seen `seen`.
    private func send(
        _ changes: [Change], from station: Int = 0, seen: Seq = 0, isDesk: Bool = false
    ) throws -> SetOutcome {
        try authority.write { transaction in
            let register = DeviceRegister(transaction.database)
            let device = try register.device(world.stations[station].device)?.state
            guard var state = device else { throw Problem(.unknownDevice) }
            state.isDesk = isDesk
            let set = ChangeSet(
                device: state.id, number: state.acknowledged.number + 1,
                time: HybridTime(milliseconds: world.now.milliseconds, counter: 0), author: "\(station)",
                schemaVersion: 1, base: Base(epoch: world.epoch, seq: seen), changes: changes)
            let sealed = SealedSet(set: set, bytes: WireCodec().encode(set), after: state.acknowledged.hash)
            let decision = PushDecision(store: transaction, codec: WireCodec(), region: World.region, now: world.now)
            let reply = try decision.decide([sealed], previousHash: state.acknowledged.hash, from: state)
            guard let outcome = reply.outcomes.first else { throw Problem(.internalError) }
            return outcome
        }
    }

    private func edit(_ field: String, _ old: Value, _ new: Value) -> Change {
        Change(
            kind: field == "amount" ? "wage" : "person", record: field == "amount" ? wageID : id, operation: .edit,
            edits: [Edit(field, old: old, new: new)])
    }

    private func value(_ field: String) throws -> Value? {
        let kind = field == "amount" ? Self.wage : Self.person
        return try authority.read {
            try Self.tables.record(field == "amount" ? wageID : id, kind: kind, in: $0)?.value(field, in: kind)
        }
    }

    private func open() throws -> [Record] {
        try authority.read { try Self.tables.conflicts(in: $0, includeClosed: false) }
    }

    @Test func whatIsAlwaysVerifiedIsNotChangedByAStationThatHasSeenIt() throws {
        let outcome = try send([edit("account", .text("旧"), .text("新"))], from: 1, seen: 1)
        #expect(outcome.result == .conflicted)
        #expect(try value("account") == .text("旧") && open().count == 1)
        // Another try replaces the value that waits; there is one conflict still.
        _ = try send([edit("account", .text("旧"), .text("又"))], from: 1, seen: 1)
        let conflict = try #require(try open().first)
        #expect(try open().count == 1 && conflict.value("mine", in: ConflictRecord.kind) == .text(#""又""#))
        let decided = try send([edit("account", .text("旧"), .text("又"))], seen: 3, isDesk: true)
        #expect(decided.result == .applied)
        #expect(try value("account") == .text("又") && open().isEmpty)
    }

    @Test func whatWasNotSetIsSetWithoutAsking() throws {
        let other = world.newID()
        let made = try send(
            [
                Change(
                    kind: "person", record: other, operation: .create,
                    edits: [Edit("place", new: .text("370404101201"))])
            ], from: 1, seen: 1)
        #expect(made.problem == nil)
        let change = Change(
            kind: "person", record: other, operation: .edit, edits: [Edit("account", new: .text("新"))])
        #expect(try send([change], from: 1, seen: 2).result == .verbatim)
        #expect(try open().isEmpty)
    }

    @Test(arguments: [true, false]) func aDepartureAndWhatIsWrittenBelowAreForAPerson(departsFirst: Bool) throws {
        let leaving = edit("here", .null, .bool(false))
        let raise = edit("amount", .int64(100), .int64(110))
        let outcomes = [
            try send([departsFirst ? leaving : raise], from: departsFirst ? 0 : 1, seen: 1),
            try send([departsFirst ? raise : leaving], from: departsFirst ? 1 : 0, seen: 1),
        ]
        #expect(outcomes[0].result == .verbatim && outcomes[1].result == .conflicted)
        #expect(try value("amount") == .int64(110))
        #expect(try value("here") == (departsFirst ? .bool(false) : .null))
        let conflict = try #require(try open().first)
        #expect(conflict.value("record", in: ConflictRecord.kind).recordID == id)
        #expect(conflict.value("field", in: ConflictRecord.kind) == .text("here"))
    }

    @Test func whoWroteBothHasSeenBoth() throws {
        _ = try send([edit("amount", .int64(100), .int64(110))], seen: 1)
        #expect(try send([edit("here", .null, .bool(false))], seen: 1).result == .verbatim)
        #expect(try send([edit("amount", .int64(110), .int64(120))], seen: 1).result == .verbatim)
        #expect(try open().isEmpty && value("here") == .bool(false))
    }

    @Test func whoHadSeenTheWageLetsThePersonLeave() throws {
        _ = try send([edit("amount", .int64(100), .int64(110))], from: 1, seen: 1)
        #expect(try send([edit("here", .null, .bool(false))], seen: 2).result == .verbatim)
        #expect(try open().isEmpty)
    }
}
