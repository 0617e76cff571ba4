import CommandSupport
import Crypto
import Foundation
import SyncEngine
import SyncWire

/// A township in one file: what it consists of, with sizes and hashes, then the files themselves, then the township's
/// signature over the list. Whole or refused.
enum BackupFile {
    static let magic = Array("RUHU-BACKUP-1\n".utf8)
    static let manifestByteLimit = 64 * 1024 * 1024
    /// Of one file in it; a sum of as many as there may be does not overflow.
    static let fileByteLimit: Int64 = 1 << 40
    static let entryLimit = 1 << 20
    private static let chunkBytes = 1024 * 1024
    private static let signatureBytes = 64

    /// One file of the township's folder, by its path in it.
    struct Entry: Hashable {
        var name: String
        var size: Int
        var sha256: Hash256

        /// The blob that its name says it is; `nil` of what is none.
        var blob: Hash256? {
            name.hasPrefix("blobs/") ? Hex.decode(String(name.suffix(64))).flatMap { Hash256(bytes: $0) } : nil
        }
    }

    /// What a backup says of itself.
    struct Manifest: Hashable {
        var name: String
        var region: String
        var epoch: String
        /// The backup holds everything up to here.
        var seq: Seq
        var createdAt: String
        var entries: [Entry]

        var document: JSONValue {
            .object([
                ("name", .string(name)), ("region", .string(region)), ("epoch", .string(epoch)),
                ("seq", .int(Int64(seq))), ("createdAt", .string(createdAt)),
                (
                    "entries",
                    .array(
                        entries.map {
                            .object([
                                ("name", .string($0.name)), ("size", .int(Int64($0.size))),
                                ("sha256", .string($0.sha256.description)),
                            ])
                        })
                ),
            ])
        }

        init(name: String, region: String, epoch: String, seq: Seq, createdAt: String, entries: [Entry]) {
            self.name = name
            self.region = region
            self.epoch = epoch
            self.seq = seq
            self.createdAt = createdAt
            self.entries = entries
        }

        /// `nil` for anything that is no manifest.
        init?(_ bytes: [UInt8]) {
            let document = JSONValue.parsed(String(decoding: bytes, as: UTF8.self))
            guard let name = document["name"]?.text, let region = document["region"]?.text,
                let epoch = document["epoch"]?.text, let createdAt = document["createdAt"]?.text,
                case .int(let seq) = document["seq"], seq >= 0, case .array(let list) = document["entries"]
            else { return nil }
            var entries: [Entry] = []
            for item in list {
                guard let name = item["name"]?.text, BackupFile.isSafe(name), case .int(let size) = item["size"],
                    size >= 0, size <= BackupFile.fileByteLimit, entries.count < BackupFile.entryLimit,
                    let hash = item["sha256"]?.text.flatMap(Hex.decode).flatMap({ Hash256(bytes: $0) })
                else { return nil }
                entries.append(Entry(name: name, size: Int(size), sha256: hash))
            }
            self.init(
                name: name, region: region, epoch: epoch, seq: Seq(seq), createdAt: createdAt, entries: entries)
        }
    }

    /// A path inside the folder, and nothing that leads out of it.
    static func isSafe(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...3).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && !part.hasPrefix(".")
                    && part.utf8.allSatisfy { byte in
                        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                    }
            }
    }

    static func signedBytes(_ manifest: [UInt8]) -> [UInt8] {
        Array("ruhu backup v1".utf8) + [0] + Hash256(of: manifest).bytes
    }

    /// The size and hash of a file.
    static func entry(_ name: String, at path: String) throws -> Entry {
        var hasher = SHA256()
        var size = 0
        try read(path) { chunk in
            hasher.update(data: chunk)
            size += chunk.count
        }
        return Entry(name: name, size: size, sha256: Hash256(hasher.finalize()))
    }

    // MARK: - Writing

    /// Writes the file beside its place, reads it back and renames it: whole, durable, and only its owner may read it.
    /// - Parameter sources: where each entry's bytes are.
    static func write(
        _ manifest: Manifest, sources: [String: String], signer: any Signer, to path: String,
        progress: (Int, Int) -> Void
    ) throws {
        let temporary = path + ".\(getpid()).new"
        try Files.remove(temporary)
        guard
            FileManager.default.createFile(
                atPath: temporary, contents: nil, attributes: [.posixPermissions: NSNumber(value: 0o600)])
        else { throw Problem(.cannotCreate, path) }
        do {
            let handle = try FileHandle(forWritingTo: URL(filePath: temporary))
            let list = Array(manifest.document.compact.utf8)
            try handle.write(contentsOf: magic)
            try handle.write(contentsOf: withUnsafeBytes(of: UInt64(list.count).bigEndian) { Array($0) })
            try handle.write(contentsOf: list)
            let total = manifest.entries.map(\.size).reduce(0, +)
            var done = 0
            for entry in manifest.entries {
                try read(sources[entry.name] ?? "") { chunk in
                    try handle.write(contentsOf: chunk)
                    done += chunk.count
                    progress(done, total)
                }
            }
            try handle.write(contentsOf: try signer.signature(for: signedBytes(list)))
            try handle.synchronize()
            try handle.close()
            try check(temporary, publicKey: signer.publicKey)
            try Files.rename(temporary, to: path)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }

    private static func read(_ path: String, _ body: (Data) throws -> Void) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Problem(.unreadableFile, path) }
        defer { try? handle.close() }
        while let chunk = try handle.read(upToCount: chunkBytes), !chunk.isEmpty { try body(chunk) }
    }

    // MARK: - Reading

    /// Reads a backup into a folder, checking every byte.
    /// - Throws: ``Problem`` ``Problem/Code/damagedBackup`` for anything that is not a whole backup;
    ///   ``Problem/Code/unreadableFile``.
    static func extract(_ path: String, to folder: String, progress: (Int, Int) -> Void) throws -> Manifest {
        try read(path, progress: progress) { entry, handle in
            try extract(entry, from: handle, to: folder)
        } key: {
            try? Ed25519().signer(
                privateKey: SecretFile.read(TownshipFolder(path: folder).path(of: .signingKey))
            ).publicKey
        }
    }

    /// Reads a backup, every byte of it, and leaves nothing behind.
    /// - Parameter publicKey: of the township whose backup it is.
    /// - Throws: as ``extract(_:to:progress:)``.
    static func check(_ path: String, publicKey: [UInt8]) throws {
        _ = try read(path, progress: { _, _ in }) { entry, handle in
            try copy(entry, from: handle) { _ in }
        } key: {
            publicKey
        }
    }

    /// - Parameters:
    ///   - take: takes an entry's bytes from the file.
    ///   - key: asked after the last entry; `nil` when there is none.
    private static func read(
        _ path: String, progress: (Int, Int) -> Void, _ take: (Entry, FileHandle) throws -> Void,
        key: () -> [UInt8]?
    ) throws -> Manifest {
        guard try Files.beginning(path, count: magic.count) == magic else { throw Problem(.damagedBackup, path) }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Problem(.unreadableFile, path) }
        defer { try? handle.close() }
        guard try bytes(magic.count, handle) == magic else { throw Problem(.damagedBackup, path) }
        let length = try bytes(8, handle).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard length <= manifestByteLimit else { throw Problem(.damagedBackup, "manifest") }
        let list = try bytes(Int(length), handle)
        guard let manifest = Manifest(list) else { throw Problem(.damagedBackup, "manifest") }
        let total = manifest.entries.map(\.size).reduce(0, +)
        var done = 0
        for entry in manifest.entries {
            try take(entry, handle)
            done += entry.size
            progress(done, total)
        }
        let signature = try bytes(signatureBytes, handle)
        guard try handle.read(upToCount: 1)?.isEmpty ?? true else { throw Problem(.damagedBackup, "end") }
        guard let key = key() else { throw Problem(.damagedBackup, "signing.key") }
        guard Ed25519().isValid(signature, for: signedBytes(list), publicKey: key) else {
            throw Problem(.damagedBackup, "signature")
        }
        return manifest
    }

    private static func extract(_ entry: Entry, from handle: FileHandle, to folder: String) throws {
        let path = folder + "/" + entry.name
        try DataFolder.create(Files.parent(of: path))
        guard
            FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: NSNumber(value: 0o600)])
        else { throw Problem(.cannotCreate, path) }
        let target = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? target.close() }
        try copy(entry, from: handle) { try target.write(contentsOf: $0) }
        try target.synchronize()
    }

    /// Hands an entry's bytes on, and refuses them when they are not what the list says.
    private static func copy(_ entry: Entry, from handle: FileHandle, _ body: ([UInt8]) throws -> Void) throws {
        var hasher = SHA256()
        var left = entry.size
        while left > 0 {
            let chunk = try bytes(min(left, chunkBytes), handle)
            hasher.update(data: chunk)
            try body(chunk)
            left -= chunk.count
        }
        guard Hash256(hasher.finalize()) == entry.sha256 else { throw Problem(.damagedBackup, entry.name) }
    }

    private static func bytes(_ count: Int, _ handle: FileHandle) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let chunk = try handle.read(upToCount: count - bytes.count), !chunk.isEmpty else {
                throw Problem(.damagedBackup, "cut")
            }
            bytes += chunk
        }
        return bytes
    }
}
