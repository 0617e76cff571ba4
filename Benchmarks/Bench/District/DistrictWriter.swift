import Assistance
import Foundation
import GRDB
import ProgramRunner
import RecordStore
import Server
import SyncEngine
import SyncWire

/// Writes change sets of the desk and of the stations into a township's log, as `serve` and the commands do: encoded,
/// chained, signed, decided and appended by the product's own code, at a time that is given.
final class DistrictWriter {
    let township: Township
    /// The same database without the domain's rules over whole sets (``District`` says for what).
    private let unasked: AuthorityDatabase
    private let codec = WireCodec()
    private let keys: [any Signer]
    private var stations: [DeviceState] = []
    private var clocks: [HybridClock] = []
    private(set) var sets = 0

    /// - Throws: the file system's and the store's errors; a folder that is a township already is refused.
    init(path: String, villages: [DistrictPlan.Village], random: inout SplitMix, at began: Instant) throws {
        township = try Township.initialise(
            at: path, name: "峄城区", region: Scope(DistrictPlan.region), clock: { began })
        let current = AssistanceSchema.current
        let added = [ConflictRecord.kind, DeviceRevocation.kind].map(\.name)
        let tables = RecordTables(
            schema: Schema(version: current.version, kinds: current.kinds.filter { !added.contains($0.name) }),
            codec: codec
        ) { SearchText.line(kind: $0, record: $1) }
        var unasked = try AuthorityDatabase(path: path + "/authority.sqlite", tables: tables)
        unasked.afterCommit = township.database.afterCommit
        self.unasked = unasked
        keys = try villages.map { _ in
            let seed = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next().littleEndian, Array.init) }
            return try Ed25519().signer(privateKey: seed)
        }
        stations = villages.map { village in
            DeviceState(
                id: .v7(milliseconds: began.milliseconds, using: &random), isDesk: false,
                scopes: [Scope(village.code)])
        }
        clocks = villages.map { _ in HybridClock() }
        let devices = zip(stations, keys).enumerated().map { index, device in
            RegisteredDevice(
                state: device.0, station: "\(villages[index].code)-1", staff: villages[index].staff,
                signingKey: device.1.publicKey, sealingKey: SealingKey().publicKey, enrolledAt: began)
        }
        try township.database.write { transaction in
            for device in devices { try DeviceRegister(transaction.database).add(device) }
        }
    }

    /// Runs `body` in one transaction.
    /// - Parameter isAsked: whether the domain's rules over whole sets are asked.
    func transaction(isAsked: Bool = true, _ body: (AuthorityTransaction) throws -> Void) throws {
        try (isAsked ? township.database : unasked).write(body)
    }

    /// One set of the desk. Nothing happens when there is nothing to write.
    func desk(
        _ changes: [Change], author: String, reason: String = "", at now: Instant, in transaction: AuthorityTransaction
    ) throws {
        guard !changes.isEmpty else { return }
        sets += 1
        do {
            _ = try township.desk.decide(
                changes, Desk.Act(author: author, reason: reason, now: now), base: try transaction.head(),
                in: transaction)
        } catch let problem as Problem {
            throw ProgramFailure("\(now) \(changes[0].kind): \(problem) \(problem.explanation?.zh ?? "")")
        }
    }

    /// One set of a station.
    /// - Parameters:
    ///   - seen: the seq that its author had seen; `nil`: the head.
    ///   - expected: what becomes of it.
    func station(
        _ village: Int, _ changes: [Change], author: String, seen: Seq? = nil,
        expected: Set<SetOutcome.Result> = [.applied, .verbatim], at now: Instant, in transaction: AuthorityTransaction
    ) throws {
        guard !changes.isEmpty else { return }
        sets += 1
        let (state, head) = (stations[village], try transaction.head())
        let set = ChangeSet(
            device: state.id, number: state.acknowledged.number + 1, time: clocks[village].tick(now: now),
            author: author, schemaVersion: transaction.schema.version,
            base: Base(epoch: head.epoch, seq: seen ?? head.seq), changes: changes)
        let sealed = SealedSet(set: set, bytes: codec.encode(set), after: state.acknowledged.hash)
        let decision = PushDecision(
            store: transaction, codec: codec, region: township.identity.region, now: now)
        let reply = try decision.decide([sealed], previousHash: state.acknowledged.hash, from: state)
        stations[village].acknowledged = reply.acknowledged
        try DeviceRegister(transaction.database).keepSignature(
            try keys[village].signature(for: PushFrame.signedBytes(lastHash: sealed.hash)), device: state.id,
            through: set.number)
        guard let outcome = reply.outcomes.first, expected.contains(outcome.result) else {
            throw ProgramFailure("\(now) \(changes[0].kind): \(reply.outcomes)")
        }
    }

    /// Looks for who is recorded twice, as every night does.
    func findDuplicates(at now: Instant) throws {
        let exclusions = DuplicateFinder.exclusions(of: .yicheng2020, on: now.day)
        try transaction { transaction in
            try Duplicates(desk: township.desk).lookAtAll(exclusions: exclusions, in: transaction, now: now)
        }
    }

    /// Notes when a station was heard of last.
    func saw(_ village: Int, cursor: Seq, at now: Instant, in transaction: AuthorityTransaction) throws {
        try DeviceRegister(transaction.database).saw(stations[village].id, cursor: cursor, at: now)
    }
}

/// Changes, said shortly.
extension Change {
    static func new(_ kind: String, _ id: RecordID, _ fields: [(String, Value)]) -> Change {
        Change(kind: kind, record: id, operation: .create, edits: edits(kind, fields))
    }

    /// - Parameter old: the values that are replaced; none of a field that had none.
    static func edit(_ kind: String, _ id: RecordID, _ fields: [(String, Value)], old: [String: Value] = [:]) -> Change
    {
        Change(kind: kind, record: id, operation: .edit, edits: edits(kind, fields, old: old))
    }

    private static func edits(_ kind: String, _ fields: [(String, Value)], old: [String: Value] = [:]) -> [Edit] {
        fields.flatMap { name, value -> [Edit] in
            guard AssistanceSchema.current.kind(kind)?.field(name)?.isSet == true else {
                return value.isNull ? [] : [Edit(name, old: old[name] ?? .null, new: value)]
            }
            return value.elements.map { Edit(name, element: $0, new: .text($0)) }
        }
    }
}

extension Value {
    static func id(_ id: RecordID) -> Value { .text(id.description) }
}
