import Foundation
package import RecordStore
package import SyncEngine
import SyncWire

/// One authority and several stations on the product's own stores and engine, without HTTP; time and randomness are
/// given.
package final class World {
    package static let region = Scope("370404101")
    package let authority: AuthorityDatabase
    package var stations: [Station] = []
    package let epoch: EpochID
    package let desk: DeviceID
    package var now: Instant
    private let folder: URL
    private let codec = WireCodec()
    private var random: SeededRandom

    package struct Station {
        package let device: DeviceID
        package let replica: ReplicaDatabase
        package let scope: Scope
    }

    package init(seed: UInt64, places: [String]) throws {
        random = SeededRandom(seed)
        folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-world-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        now = Instant(milliseconds: 1_790_000_000_000)
        epoch = .v7(milliseconds: now.milliseconds, using: &random)
        desk = .v7(milliseconds: now.milliseconds, using: &random)
        let tables = Self.tables
        authority = try AuthorityDatabase(path: folder.appending(path: "authority.sqlite").path, tables: tables)
        let identity = AuthorityIdentity(name: "镇", region: Self.region, epoch: epoch, desk: desk)
        try authority.write { transaction in try identity.write(to: transaction.database) }
        try register(desk, scope: Self.region, isDesk: true)
        for (index, place) in places.enumerated() {
            let device = DeviceID.v7(milliseconds: now.milliseconds + Int64(index), using: &random)
            let replica = try ReplicaDatabase(
                path: folder.appending(path: "replica-\(index).sqlite").path, tables: tables)
            try register(device, scope: Scope(place), isDesk: false)
            try replica.write { transaction in
                try transaction.setPosition(
                    ReplicaPosition(
                        device: device, epoch: epoch, scopes: [Scope(place)], cursor: 0, isBootstrapped: false))
            }
            stations.append(Station(device: device, replica: replica, scope: Scope(place)))
        }
    }

    /// Leaves the databases where they are, for a fixture.
    package var keepFolder = false
    package var folderPath: String { folder.path }

    deinit { if !keepFolder { try? FileManager.default.removeItem(at: folder) } }

    package static var tables: RecordTables {
        RecordTables(schema: Sample.schema, codec: WireCodec()) { kind, record in
            kind.searchFields.isEmpty
                ? nil : kind.searchFields.compactMap { record.value($0, in: kind).text }.joined(separator: "\n")
        }
    }

    private func register(_ device: DeviceID, scope: Scope, isDesk: Bool) throws {
        let registered = RegisteredDevice(
            state: DeviceState(id: device, isDesk: isDesk, scopes: [scope]), station: "s", staff: "\(device)",
            signingKey: device.bytes + device.bytes, sealingKey: [], enrolledAt: now)
        try authority.write { try DeviceRegister($0.database).add(registered) }
    }

    package func tick(milliseconds: Int64 = 1_000) { now = Instant(milliseconds: now.milliseconds + milliseconds) }
    package func newID() -> RecordID { .v7(milliseconds: now.milliseconds, using: &random) }

    // MARK: - A station's acts

    @discardableResult package func capture(
        _ station: Int, _ drafts: [Draft], reason: String = "", skewMilliseconds: Int64 = 0,
        observedOn: CalendarDay? = nil
    ) throws -> SealedSet? {
        tick()
        let at = Instant(milliseconds: now.milliseconds + skewMilliseconds)
        return try stations[station].replica.write { transaction in
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: at.day))
            let act = Capture<ReplicaTransaction>.Act(
                author: "author \(station)", reason: reason, observedOn: observedOn, now: at)
            return try capture.commit(drafts, act: act, codec: codec).sealed
        }
    }

    @discardableResult package func new(_ station: Int, _ kind: KindSchema, _ writes: FieldWrite...) throws -> RecordID
    {
        let id = newID()
        try capture(station, [Draft(kind: kind, record: id, operation: .create, writes: writes)])
        return id
    }

    package func edit(_ station: Int, _ kind: KindSchema, _ id: RecordID, _ writes: FieldWrite...) throws {
        try capture(station, [Draft(kind: kind, record: id, operation: .edit, writes: writes)])
    }

    package func delete(_ station: Int, _ kind: KindSchema, _ id: RecordID) throws {
        try capture(station, [Draft(kind: kind, record: id, operation: .delete)], reason: "gone")
    }

    package func working(_ station: Int, _ kind: KindSchema, _ id: RecordID) throws -> Record? {
        try stations[station].replica.read { try $0.working(id, kind: kind) }
    }

    // MARK: - Exchanges

    /// Pushes what is pending, `chunk` sets a frame. A lost reply is pushed again.
    package func push(_ station: Int, chunk: Int = Limits.setsPerFrame, losesReply: Bool = false) throws {
        while let frame = try frame(of: station, limit: chunk) {
            let reply = try send(frame, from: station)
            if losesReply { _ = try send(frame, from: station) }
            try stations[station].replica.write { transaction in
                try PageApplication.acknowledge(reply.outcomes, in: transaction)
            }
        }
    }

    package func frame(of station: Int, limit: Int) throws -> PushFrame? {
        try stations[station].replica.read { transaction in
            guard let pending = try transaction.pendingFrame() else { return nil }
            return PushFrame(
                epoch: epoch, previousHash: pending.previousHash, sets: Array(pending.sets.prefix(limit)), signature: []
            )
        }
    }

    @discardableResult package func send(_ frame: PushFrame, from station: Int) throws -> PushReply {
        let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: codec)
        return try authority.write { transaction in
            guard let device = try DeviceRegister(transaction.database).device(stations[station].device) else {
                throw Problem(.unknownDevice)
            }
            let decision = PushDecision(store: transaction, codec: codec, region: Self.region, now: now)
            return try decision.decide(sets, previousHash: frame.previousHash, from: device.state)
        }
    }

    /// One page; whether more follow.
    @discardableResult package func pull(_ station: Int, limit: Int = Limits.recordsPerPage) throws -> Bool {
        let target = stations[station]
        let (position, token) = try target.replica.read { transaction in
            (try transaction.position(), try Meta.bytes("bootstrap_token", in: transaction.database) ?? [])
        }
        let page = try authority.read { database in
            guard let device = try DeviceRegister(database).device(target.device) else { throw Problem(.unknownDevice) }
            let reader = try PullReader(database, tables: authority.tables, device: device.state)
            if position.isBootstrapped { return try reader.page(after: position.cursor, limit: limit) }
            return try reader.bootstrapPage(token: token, limit: limit)
        }
        try target.replica.write { transaction in
            _ = try PageApplication.apply(page, to: transaction)
            if page.isBootstrap { try Meta.set(page.bootstrapToken, for: "bootstrap_token", in: transaction.database) }
        }
        return page.hasMore
    }

    package func sync(_ station: Int, chunk: Int = Limits.setsPerFrame, limit: Int = Limits.recordsPerPage) throws {
        while try !stations[station].replica.read({ try $0.position().isBootstrapped }) {
            try pull(station, limit: limit)
        }
        try push(station, chunk: chunk)
        while try pull(station, limit: limit) {}
    }

    /// Everybody, until nothing moves: twice round is enough.
    package func settle() throws {
        for _ in 0..<2 { for index in stations.indices { try sync(index) } }
    }

    /// The authority takes notice of every station's cursor, as it does when it is asked for a page.
    package func sees() throws {
        for station in stations {
            let cursor = try station.replica.read { try $0.position().cursor }
            try authority.write { try DeviceRegister($0.database).saw(station.device, cursor: cursor, at: now) }
        }
    }

    // MARK: - The desk

    @discardableResult package func decide(
        _ changes: [Change], seen: Seq? = nil, intent: Intent = .record, reason: String = "desk",
        author: String = "desk"
    ) throws -> SetOutcome {
        tick()
        return try authority.write { transaction in
            guard let device = try DeviceRegister(transaction.database).device(desk) else {
                throw Problem(.unknownDevice)
            }
            let head = try transaction.head()
            let set = ChangeSet(
                device: desk, number: device.state.acknowledged.number + 1,
                time: HybridTime(milliseconds: now.milliseconds, counter: 0), author: author, reason: reason,
                schemaVersion: 1, base: Base(epoch: epoch, seq: seen ?? head.seq), intent: intent, changes: changes)
            let previous = device.state.acknowledged.hash
            let sealed = SealedSet(set: set, bytes: codec.encode(set), after: previous)
            let decision = PushDecision(store: transaction, codec: codec, region: Self.region, now: now)
            return try decision.decide([sealed], previousHash: previous, from: device.state).outcomes[0]
        }
    }

    package func record(_ kind: KindSchema, _ id: RecordID) throws -> Record? {
        try authority.read { try authority.tables.record(id, kind: kind, in: $0) }
    }

    package func conflicts(includeClosed: Bool = false) throws -> [Record] {
        try authority.read { try authority.tables.conflicts(in: $0, includeClosed: includeClosed) }
    }

    // MARK: - What must hold

    /// Every replica's shadow equals the authority in its scope: the stored digests, and the records one by one.
    package func differences() throws -> [String] {
        var found: [String] = []
        let theirs = try authority.read { try ScopeDigests.read($0) }
        found += try authority.read { try LogAudit($0, tables: authority.tables).wrongDigests() }.map {
            "authority digest \($0)"
        }
        for (index, station) in stations.enumerated() {
            let own = try station.replica.read { try $0.storedDigests() }
            let a = own.first { $0.scope == station.scope }?.digest ?? RecordDigest()
            let b = theirs.first { $0.scope == station.scope }?.digest ?? RecordDigest()
            if a != b { found += try recordDifferences(station, index) }
            let checks = try station.replica.read { try ReplicaCheck($0).run() }
            found += checks.filter { !$0.isSound }.map { "station \(index): \($0.check) \($0.detail)" }
        }
        let audit = try authority.read { try LogVerification($0, tables: authority.tables).run() }
        let aside =
            try authority.read { try QuarantineAudit($0, tables: authority.tables).findings() }
            + authority.read { try DerivationAudit($0, tables: authority.tables).findings() }
        let all = RecordSelection(limit: 100_000, isComplete: true)
        let records = try authority.read { database in
            try Sample.schema.kinds.flatMap { try authority.tables.list($0, all, in: database) }
        }
        found += Sample.schema.belowDeleted(records)
        return found + (audit.findings + aside).map { "audit: \($0.check) \($0.subject)" }
    }

    /// What exactly differs, record by record.
    private func recordDifferences(_ station: Station, _ index: Int) throws -> [String] {
        var found = ["station \(index) differs from the authority"]
        for kind in Sample.schema.kinds {
            let all = RecordSelection(limit: 100_000, isComplete: true)
            let theirs = try authority.read { try authority.tables.list(kind, all, in: $0) }
                .filter { station.scope.covers($0.scope) && !$0.isDeleted }
            let own = try station.replica.read { transaction in
                try transaction.tables.list(kind, all, in: transaction.database)
                    .compactMap { try transaction.shadow($0.id, kind: kind).record }
            }.filter { station.scope.covers($0.scope) && !$0.isDeleted }
            for record in theirs where !own.contains(record) {
                let mine = own.first { $0.id == record.id }
                found.append(
                    "\(kind.name) \(record.id) authority \(record.seq) \(record.named(in: kind)) station \(mine.map { "\($0.seq) \($0.named(in: kind))" } ?? "none")"
                )
            }
            for record in own where !theirs.contains(where: { $0.id == record.id }) {
                found.append("\(kind.name) \(record.id) at the station only: \(record.seq) \(record.named(in: kind))")
                let log = try authority.read {
                    try LogReader($0, tables: authority.tables).changes(of: record.id, after: 0)
                }
                found += log.map { change in
                    "  seq \(change.seq) station \(stations.firstIndex { $0.device == change.device } ?? -1) number \(change.number) "
                        + change.effects.map { "\($0.field) \($0.old)→\($0.new) \($0.result)" }.joined(separator: ", ")
                }
            }
        }
        return found
    }
}
