import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

/// Replaces a damaged replica: a fresh one is made beside it, what is sound is carried over, and the two change places.
/// The damaged file is kept. A power cut at any moment leaves the old one or the new one, never neither.
struct ReplicaRebuild {
    let folder: StationFolder
    let clock: () -> Instant

    struct Report {
        var plan: OutboxSalvage.Plan
        /// Where the damaged file is now; `nil` when it was gone.
        var damagedPath: String?
        /// The file that holds what could not be kept pending; `nil` when everything could.
        var rescuePath: String?

        var pending: Int { plan.kept.filter { !$0.isDecided }.count }
    }

    /// - Throws: ``Problem`` ``Problem/Code/stationInUse`` while another command runs;
    ///   ``Problem/Code/replicaDamaged`` when not even the station's own name can be told: the file stays as it is;
    ///   ``Problem/Code/storageFull``, ``Problem/Code/storage``.
    func run() throws -> Report {
        let lock = try FileLock(path: folder.useLockPath, taken: .stationInUse)
        defer { lock.release() }
        try Self.finish(folder, at: clock())
        try FreeSpace.check(folder.path, needed: 2 * Files.size(folder.databasePath))
        let plan = try salvage()
        let isThere = Files.exists(folder.databasePath)
        var report = Report(plan: plan, damagedPath: nil, rescuePath: nil)
        if !plan.isPendingWhole { report.rescuePath = try rescue(plan) }
        try Files.rename(folder.freshPath, to: folder.nextPath)
        SecretFile.syncFolder(of: folder.nextPath)
        let damaged = try Self.finish(folder, at: clock())
        if isThere { report.damagedPath = damaged }
        return report
    }

    private func salvage() throws -> OutboxSalvage.Plan {
        for path in [folder.freshPath, folder.copyPath] { try Self.remove(path) }
        defer { try? Self.remove(folder.copyPath) }
        // What is not there holds nothing, and nobody knows what it held.
        if Files.exists(folder.databasePath) { try Files.copy(folder.databasePath, to: folder.copyPath) }
        if Files.exists(folder.databasePath + "-wal") {
            try Files.copy(folder.databasePath + "-wal", to: folder.copyPath + "-wal")
        }
        try SQLiteHeader.mend(folder.copyPath)
        let plan: OutboxSalvage.Plan
        do {
            let target = try ReplicaDatabase(path: folder.freshPath, tables: .assistance(codec: WireCodec()))
            let memory = StationMemory(path: folder.memoryPath).read()
            plan = try ReplicaSalvage(copy: folder.copyPath, target: target, remembered: memory).run()
            try target.close()
        } catch {
            try? Self.remove(folder.freshPath)
            throw error
        }
        try Files.sync(folder.freshPath)
        return plan
    }

    private func rescue(_ plan: OutboxSalvage.Plan) throws -> String {
        let path = "\(folder.path)/rescue-\(Self.stamp(clock())).json"
        let document = JSONValue.object([
            ("at", .string(clock().description)), ("sets", .array(plan.rescued.map { RescuedDocument($0).json })),
            ("unreadable", .array(plan.unreadable.map { .int(Int64($0)) })), ("complete", .bool(plan.isEndKnown)),
        ])
        try SecretFile.write(Array((document.compact + "\n").utf8), to: path)
        return path
    }

    /// Ends a change of places that was begun: the finished fresh replica takes the damaged one's.
    /// - Returns: where the damaged file is now; `nil` when nothing was begun.
    /// - Precondition: the use lock is held alone.
    @discardableResult static func finish(_ folder: StationFolder, at now: Instant) throws -> String? {
        guard Files.exists(folder.nextPath) else { return nil }
        let damaged = "\(folder.path)/replica-damaged-\(stamp(now)).sqlite"
        // The journal goes first and with its file: beside the fresh one it would be taken for its own.
        for suffix in ["-wal", "-shm", ""] where Files.exists(folder.databasePath + suffix) {
            try Files.rename(folder.databasePath + suffix, to: damaged + suffix)
        }
        try Files.rename(folder.nextPath, to: folder.databasePath)
        SecretFile.syncFolder(of: folder.databasePath)
        return damaged
    }

    private static func remove(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] { try Files.remove(path + suffix) }
    }

    /// `20261125T093000Z`-like, in China Standard Time as everything people read.
    private static func stamp(_ now: Instant) -> String {
        String(now.description.filter { $0.isNumber || $0 == "T" }.prefix(15)) + "-\(now.milliseconds % 1000)"
    }
}

/// The first bytes of a database, which are always the same: a flipped bit in them hides everything else.
enum SQLiteHeader {
    /// Of the header: no database is smaller.
    static let bytes: UInt64 = 100
    private static let pageBytes = 4096

    /// Sets the constant part of the header of a copy right (SQLite file format, section 1.3).
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    static func mend(_ path: String) throws {
        let size = Files.size(path)
        guard size >= UInt64(pageBytes) else { return }
        var head = try Files.beginning(path, count: 100)
        guard head.count == 100 else { return }
        let magic = Array("SQLite format 3".utf8) + [0]
        // Page size 4096, write-ahead log, no reserved bytes, the fixed payload fractions.
        let fixed = magic + [0x10, 0x00, 2, 2, 0, 64, 32, 32]
        head.replaceSubrange(0..<fixed.count, with: fixed)
        let pages = UInt32(size / UInt64(pageBytes)).bigEndian
        withUnsafeBytes(of: pages) { head.replaceSubrange(28..<32, with: $0) }
        head.replaceSubrange(92..<96, with: head[24..<28])
        // Schema format 4, UTF-8; no incremental vacuum.
        head.replaceSubrange(44..<48, with: [0, 0, 0, 4])
        head.replaceSubrange(52..<56, with: [0, 0, 0, 0])
        head.replaceSubrange(56..<60, with: [0, 0, 0, 1])
        head.replaceSubrange(64..<68, with: [0, 0, 0, 0])
        head.replaceSubrange(72..<92, with: [UInt8](repeating: 0, count: 20))
        try Files.overwriteHead(path, with: head)
    }
}
