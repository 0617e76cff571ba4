import CommandSupport
import Foundation
import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// Backing a township up while it serves, and bringing it back as a new history (DESIGN section 4, Restore).
struct Backup {
    /// What was written.
    struct Written {
        var manifest: BackupFile.Manifest
        var bytes: Int
        /// Files of attachments that were damaged, were set aside, and are not in it.
        var damagedBlobs = 0
    }

    /// Writes everything the township is to one file: a snapshot of the database, its secrets, its blobs. Only when the
    /// file is durable and was read back, what it holds is no longer kept in escrow, and it is the last backup.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``; ``Problem/Code/authorityDamaged`` for a
    ///   township that could not be brought back from it; the store's errors.
    static func write(_ township: Township, to path: String, progress: (Int, Int) -> Void) throws -> Written {
        let folder = Files.parent(of: path)
        guard Files.exists(folder) else { throw Problem(.cannotCreate, path) }
        try checkPlace(path, in: folder, of: township)
        let snapshot = path + ".\(getpid()).snapshot"
        try removeDatabase(snapshot)
        defer { try? removeDatabase(snapshot) }
        let head = try copyDatabase(township, to: snapshot)
        try checkCopy(snapshot, tables: township.database.tables)
        var sources = ["authority.sqlite": snapshot]
        for secret in TownshipFolder.Secret.allCases {
            sources[secret.rawValue] = township.folder.path(of: secret)
        }
        // Whoever restores it need not take unsigned rows for older ones.
        if township.folder.isAttested { sources["township"] = township.folder.markPath }
        for blob in township.folder.blobNames() { sources[blob] = township.folder.path + "/" + blob }
        var entries = try sources.filter { Files.exists($0.value) }.sorted { $0.key < $1.key }.map {
            try BackupFile.entry($0.key, at: $0.value)
        }
        let damaged = entries.filter { entry in entry.blob.map { $0 != entry.sha256 } ?? false }
        if !damaged.isEmpty {
            for entry in damaged {
                sources[entry.name] = nil
                // It may have been brought again meanwhile.
                if let blob = entry.blob, try !township.blobs.isSound(blob, size: township.blobs.size(of: blob) ?? 0) {
                    try township.blobs.setAside(blob)
                }
            }
            entries.removeAll(where: damaged.contains)
            try township.sweepBlobs()
        }
        let identity = try township.database.read(AuthorityIdentity.read)
        let manifest = BackupFile.Manifest(
            name: identity.name, region: identity.region.code, epoch: head.epoch.description, seq: head.seq,
            createdAt: township.clock().description, entries: entries)
        try BackupFile.write(
            manifest, sources: sources, signer: Ed25519Signer(township.keys.signing), to: path, progress: progress)
        let bytes = entries.map(\.size).reduce(0, +)
        try township.database.write { transaction in
            try EscrowStore(transaction.database).setWatermark(head.seq)
            let last = Upkeep.LastBackup(
                at: township.clock(), file: URL(filePath: path).standardizedFileURL.path, bytes: bytes, seq: head.seq)
            try Upkeep.keep(last, in: transaction.database)
        }
        return Written(manifest: manifest, bytes: bytes, damagedBlobs: damaged.count)
    }

    /// Only an older backup is written over, and nothing in the township's own folder.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``.
    private static func checkPlace(_ path: String, in folder: String, of township: Township) throws {
        func resolved(_ path: String) -> String {
            URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
        }
        let (place, own) = (resolved(folder), resolved(township.folder.path))
        if place == own || place.hasPrefix(own + "/") {
            throw Problem(
                .cannotCreate, path,
                explanation: Label(
                    zh: "备份不能放在镇街的数据目录里", en: "A backup cannot be kept in the township's own data folder"))
        }
        guard Files.exists(path) else { return }
        let start = try Files.beginning(path, count: BackupFile.magic.count)
        guard start.isEmpty || start == BackupFile.magic else {
            throw Problem(
                .cannotCreate, path,
                explanation: Label(zh: "这里已有别的文件，没有覆盖", en: "There is another file here; it was left alone"))
        }
    }

    /// One snapshot, whatever is written meanwhile.
    private static func copyDatabase(_ township: Township, to path: String) throws -> Base {
        let queue = try DatabaseQueue(path: path)
        try township.database.pool.backup(to: queue)
        let tables = township.database.tables
        let head = try queue.read { try LogReader($0, tables: tables).head() }
        // One file, without a log beside it.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try queue.close()
        return head
    }

    /// What could not be restored is no backup, and takes nothing out of escrow.
    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged``.
    private static func checkCopy(_ path: String, tables: RecordTables) throws {
        try StoreFailure.explained(damaged: .authorityDamaged) {
            let queue = try DatabaseQueue(path: path)
            try queue.read { database in
                let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
                guard pages == ["ok"] else { throw Problem(.authorityDamaged, pages.first ?? "integrity_check") }
                let verification = LogVerification(database, tables: tables) {
                    Ed25519().isValid($0, for: $1, publicKey: $2)
                }
                if let finding = try verification.run().findings.first {
                    throw Problem(.authorityDamaged, "\(finding.check) \(finding.subject)")
                }
            }
            try queue.close()
        }
    }

    private static func removeDatabase(_ path: String) throws {
        for suffix in ["", "-wal", "-shm", "-journal"] { try Files.remove(path + suffix) }
    }

    /// Brings a township back into a folder that holds none, as a new history that goes on where the backup ends.
    /// - Throws: ``Problem`` ``Problem/Code/damagedBackup`` for a file that is not whole, or whose log or records do not
    ///   hold together: nothing is left behind then. ``Problem/Code/alreadyInitialised``.
    static func restore(
        _ path: String, to folder: TownshipFolder, clock: @escaping @Sendable () -> Instant,
        progress: (Int, Int) -> Void
    ) throws -> (township: Township, manifest: BackupFile.Manifest) {
        if folder.exists { throw Problem(.alreadyInitialised, folder.path) }
        if Files.isFolderInUse(folder.path) {
            throw Problem(
                .cannotCreate, folder.path,
                explanation: Label(zh: "目录里已有别的文件", en: "There are other files in the folder"),
                hint: Label(zh: "请用 --data 另选一个空目录。", en: "Choose an empty folder with --data."))
        }
        let staging = TownshipFolder(path: folder.path + ".restoring")
        try? FileManager.default.removeItem(atPath: staging.path)
        try DataFolder.create(staging.path)
        do {
            let manifest = try BackupFile.extract(path, to: staging.path, progress: progress)
            if !staging.exists { try staging.markComplete() }
            try check(staging, manifest, clock: clock)
            try DataFolder.create(folder.path)
            // An empty folder gives way; one with other files in it does not.
            try Files.rename(staging.path, to: folder.path)
            return (try Township.open(folder, clock: clock), manifest)
        } catch {
            try? FileManager.default.removeItem(atPath: staging.path)
            throw error
        }
    }

    /// The log, the digests and the pages of the database must be sound; then the new history begins.
    private static func check(
        _ folder: TownshipFolder, _ manifest: BackupFile.Manifest, clock: @escaping @Sendable () -> Instant
    ) throws {
        let township: Township
        do {
            township = try Township.open(folder, clock: clock)
            // Only looked at: what a photo without its mark is owed is written in the new history.
            let report = try township.database.read(township.verifyLog)
            let pages = try township.database.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(5)") }
            let head = try township.database.read { try LogReader($0, tables: township.database.tables).head() }
            guard report.isSound, pages == ["ok"], head.seq == manifest.seq else {
                throw Problem(.damagedBackup, "authority.sqlite")
            }
        } catch is DatabaseError {
            throw Problem(.damagedBackup, "authority.sqlite")
        }
        try township.database.write { transaction in
            let now = clock()
            try transaction.startEpoch(
                fork: manifest.seq, epoch: Township.newID(at: now), desk: Township.newID(at: now), reason: "restore",
                at: now)
            try EscrowStore(transaction.database).setWatermark(manifest.seq)
            // A backup holds no head file, and what the township was told then was told.
            try HeadNotice.forget(in: transaction)
        }
        try township.database.pool.close()
    }
}

extension TownshipFolder {
    /// The blobs that are whole, by their paths in the folder.
    func blobNames() -> [String] {
        let root = path + "/blobs"
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: root) else { return [] }
        return names.filter { name in
            let parts = name.split(separator: "/")
            return parts.count == 2 && parts[0].count == 2 && parts[1].count == 64 && BackupFile.isSafe("blobs/" + name)
        }.map { "blobs/" + $0 }
    }
}
