import Assistance
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

/// An opened station: its replica, its keys, its township. Works without a server for as long as it must.
struct Station {
    let folder: StationFolder
    let replica: ReplicaDatabase
    let codec = WireCodec()
    let clock: () -> Instant
    /// As long as it is held, nobody replaces the replica.
    private let use: FileLock

    /// What `join` learnt, kept in the replica.
    struct Membership: Sendable {
        var url: String
        /// SHA-256 of the server's TLS key; `nil` for plain HTTP on loopback.
        var pin: Hash256?
        var device: DeviceID
        var station: String
        var staff: String
        var region: String
    }

    private init(folder: StationFolder, replica: ReplicaDatabase, clock: @escaping () -> Instant, use: FileLock) {
        self.folder = folder
        self.replica = replica
        self.clock = clock
        self.use = use
    }

    /// Opens the replica in `folder`, which `join` has made.
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``; as ``openOrCreate(_:clock:)``.
    static func open(_ folder: StationFolder, clock: @escaping () -> Instant) throws -> Station {
        let (file, next) = (Files.exists(folder.databasePath), Files.exists(folder.nextPath))
        guard file || next || hasMemory(folder) else { throw Problem(.notJoined) }
        return try openOrCreate(folder, clock: clock)
    }

    private static func hasMemory(_ folder: StationFolder) -> Bool {
        !StationMemory(path: folder.memoryPath).read().isEmpty
    }

    /// Opens the replica in `folder`, or makes an empty one where there is no station yet.
    /// - Throws: ``Problem`` ``Problem/Code/replicaDamaged``, also where a station was and its file is gone or empty: a new
    ///   one in its place would look as if nothing had been typed; the store's errors.
    static func openOrCreate(_ folder: StationFolder, clock: @escaping () -> Instant) throws -> Station {
        if Files.exists(folder.nextPath) {
            // A replica was being replaced when the power went.
            let lock = try FileLock(path: folder.useLockPath, taken: .stationInUse)
            defer { lock.release() }
            try ReplicaRebuild.finish(folder, at: clock())
        }
        let use = try FileLock(path: folder.useLockPath, isShared: true, taken: .stationInUse)
        if Files.size(folder.databasePath) < SQLiteHeader.bytes, hasMemory(folder) {
            throw Problem(.replicaDamaged, folder.databasePath)
        }
        let replica = try FreeSpace.explained(folder.path) {
            try ReplicaDatabase(path: folder.databasePath, tables: .assistance(codec: WireCodec()))
        }
        return Station(folder: folder, replica: replica, clock: clock, use: use)
    }

    var blobs: BlobFolder { BlobFolder(path: folder.blobsPath) }

    /// - Throws: ``Problem`` ``Problem/Code/storageFull``, before anything is begun.
    func checkFreeSpace(needed: UInt64 = 0) throws { try FreeSpace.check(folder.path, needed: needed) }

    /// - Throws: ``Problem`` ``Problem/Code/notJoined``.
    func membership() throws -> Membership {
        try replica.read { transaction in
            let database = transaction.database
            let position = try transaction.position()
            return Membership(
                url: try Meta.text("url", in: database) ?? "",
                pin: try Meta.bytes("pin", in: database).flatMap { Hash256(bytes: $0) }, device: position.device,
                station: try Meta.text("station", in: database) ?? "",
                staff: try Meta.text("staff", in: database) ?? "",
                region: try Meta.text("region", in: database) ?? "")
        }
    }

    /// To the township that the station belongs to, whose key is known.
    /// - Parameters:
    ///   - url: where the township is now, if not where it was.
    ///   - pin: of a station that has none.
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``; ``TransportError`` when libcurl cannot be used.
    func courier(at url: String? = nil, pin: Hash256? = nil) throws -> Courier {
        let membership = try membership()
        let policy: TLSPolicy = (membership.pin ?? pin).map { .pinned(spkiSHA256: $0) } ?? .plain
        let nonce = try replica.read { try Meta.bytes("nonce", in: $0.database) ?? [] }
        return Courier(
            transport: try HTTPTransport(policy, proxy: .ofProcess()), url: url ?? membership.url,
            keyID: membership.device.description, key: try keys.signer(of: membership.device), nonce: nonce,
            worksAhead: true)
    }

    var memory: StationMemory { StationMemory(path: folder.memoryPath) }
    var keys: StationKeyFiles { StationKeyFiles(folder: folder) }

    /// Commits one act of a person.
    /// - Returns: the set's number, `nil` when nothing changed; warnings of the rules.
    func capture(
        _ drafts: [Draft], author: String, reason: String = ""
    ) throws -> (number: UInt64?, warnings: [Finding]) {
        try checkFreeSpace()
        let now = clock()
        return try replica.write { transaction in
            let drafts = try transaction.withDeaths(drafts, at: now)
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(
                author: author, reason: reason, observedOn: Self.visitDay(of: drafts), now: now)
            try transaction.checkProofRequests(drafts, at: now)
            let (sealed, warnings) = try capture.commit(drafts, act: act, codec: codec)
            for blob in drafts.compactMap({ WaitingBlob($0) }) { try transaction.owe(blob.sha256, size: blob.size) }
            let found = try transaction.elsewhere(drafts) + transaction.caseFindings(of: drafts, at: now)
            return (sealed?.set.number, warnings + found)
        }
    }

    /// The date of the visit that the drafts record, when they record one: what the `lv` policy compares.
    static func visitDay(of drafts: [Draft]) -> CalendarDay? {
        for draft in drafts where draft.kind.name == "visit" {
            for case .set("when", .time(let instant)) in draft.writes { return instant.day }
        }
        return nil
    }
}
