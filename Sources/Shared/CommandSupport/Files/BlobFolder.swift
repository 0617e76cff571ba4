import Glibc
package import SyncEngine

/// Blobs in a folder: `ab/abcdef…` holds the whole ones, `incoming/` the unfinished ones, of the server by device.
/// A file has its final name only when its hash is right and its bytes are durable; what a disk made of it since lies in
/// `damaged/` when it was found. Safe to use from several processes.
package struct BlobFolder: BlobStore {
    package let path: String

    /// The folder need not exist.
    package init(path: String) { self.path = path }

    /// Where a whole blob is, or would be.
    package func path(of blob: Hash256) -> String { "\(folder(of: blob))/\(blob)" }

    private func folder(of blob: Hash256) -> String { "\(path)/\(blob.description.prefix(2))" }

    private func incoming(_ owner: String) -> String { path + "/incoming" + (owner.isEmpty ? "" : "/\(owner)") }

    package func size(of blob: Hash256) throws -> UInt64? {
        var information = stat()
        guard stat(path(of: blob), &information) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw Problem.ofSystem(.storage, path(of: blob)) }
            return nil
        }
        return information.st_mode & S_IFMT == S_IFREG ? UInt64(information.st_size) : nil
    }

    package func received(_ blob: Hash256, by owner: String) throws -> UInt64 {
        var information = stat()
        return stat("\(incoming(owner))/\(blob)", &information) == 0 ? UInt64(information.st_size) : 0
    }

    package func unfinished(by owner: String) throws -> [Hash256] {
        Self.names(in: incoming(owner)).compactMap { Hex.decode($0).flatMap { Hash256(bytes: $0) } }
    }

    package func discardOldestUnfinished(by owner: String) throws {
        let files = try unfinished(by: owner).map { "\(incoming(owner))/\($0)" }
        func addedTo(_ file: String) -> Int {
            var information = stat()
            return stat(file, &information) == 0 ? information.st_mtim.tv_sec : 0
        }
        if let oldest = files.min(by: { addedTo($0) < addedTo($1) }) { unlink(oldest) }
    }

    /// Whether the bytes are those that the name says: reads all of them.
    package func isSound(_ blob: Hash256, size: UInt64) throws -> Bool {
        guard try self.size(of: blob) == size else { return false }
        let descriptor = open(path(of: blob), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.ofSystem(.storage, path(of: blob)) }
        defer { close(descriptor) }
        return try Self.hash(of: descriptor, name: path(of: blob)) == blob
    }

    /// Puts what lies in a blob's place and is not the blob out of the way; it is kept in `damaged/`.
    package func setAside(_ blob: Hash256) throws {
        guard Files.exists(path(of: blob)) else { return }
        try DataFolder.create(path + "/damaged")
        try Files.rename(path(of: blob), to: "\(path)/damaged/\(blob)")
    }

    package func read(_ blob: Hash256, at offset: UInt64, count: Int) throws -> [UInt8] {
        let descriptor = open(path(of: blob), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? Problem(.unknownBlob, "\(blob)") : Problem.ofSystem(.storage, path(of: blob))
        }
        defer { close(descriptor) }
        return try Self.read(descriptor, at: offset, count: count, name: path(of: blob))
    }

    private static func read(_ descriptor: Int32, at offset: UInt64, count: Int, name: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + filled, count - filled, Int(offset) + filled)  // count > 0
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw Problem.ofSystem(.storage, name)
            }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

// MARK: - Coming in

extension BlobFolder {
    package func add(_ part: BlobPart, by owner: String) throws -> BlobStatus {
        if let whole = try whole(part) { return whole }
        let file = "\(incoming(owner))/\(part.sha256)"
        if part.data.isEmpty, try received(part.sha256, by: owner) == 0 { return Self.status(of: part, received: 0) }
        try DataFolder.create(incoming(owner))
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Problem.ofSystem(.storage, file) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Problem(.busy, "\(part.sha256)") }
        // Another process may have finished it between the look and the lock.
        if let whole = try whole(part) { return whole }
        let held = try append(part, to: descriptor, name: file)
        guard held >= part.size else { return Self.status(of: part, received: held) }
        guard held == part.size, try Self.hash(of: descriptor, name: file) == part.sha256 else {
            unlink(file)
            throw Problem(.blobMismatch, "\(part.sha256)")
        }
        try finish(file, descriptor: descriptor, as: part.sha256)
        return BlobStatus(sha256: part.sha256, size: part.size, received: part.size, isComplete: true)
    }

    private func whole(_ part: BlobPart) throws -> BlobStatus? {
        guard try size(of: part.sha256) == part.size else { return nil }
        return BlobStatus(sha256: part.sha256, size: part.size, received: part.size, isComplete: true)
    }

    private static func status(of part: BlobPart, received: UInt64) -> BlobStatus {
        BlobStatus(sha256: part.sha256, size: part.size, received: received, isComplete: false)
    }

    /// Writes what is new of a part behind what is held.
    /// - Returns: the bytes held then.
    private func append(_ part: BlobPart, to descriptor: Int32, name: String) throws -> UInt64 {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw Problem.ofSystem(.storage, name) }
        let held = UInt64(end)
        guard part.offset <= held, part.offset + UInt64(part.data.count) > held else { return held }
        let new = Array(part.data.dropFirst(Int(held - part.offset)))
        let error = Descriptor.write(new, to: descriptor)
        guard error == 0 else {
            errno = error
            throw Problem.ofSystem(.storage, name)
        }
        return held + UInt64(new.count)
    }

    private static func hash(of descriptor: Int32, name: String) throws -> Hash256 {
        var stream = HashStream()
        var offset: UInt64 = 0
        while true {
            let bytes = try read(descriptor, at: offset, count: Limits.blobPartBytes, name: name)
            if bytes.isEmpty { return stream.hash }
            stream.update(bytes)
            offset += UInt64(bytes.count)
        }
    }

    /// Durable bytes first, then the name.
    private func finish(_ file: String, descriptor: Int32, as blob: Hash256) throws {
        try DataFolder.create(folder(of: blob))
        guard fsync(descriptor) == 0, rename(file, path(of: blob)) == 0 else { throw Problem.ofSystem(.storage, file) }
        SecretFile.syncFolder(of: path(of: blob))
    }

    /// Copies a file of the user's in, reading it once.
    /// - Parameter isWanted: asked with the size before anything is copied; throws to refuse it.
    /// - Returns: its hash, its size in bytes and its first bytes.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badValue`` for an empty file and for what
    ///   is no file; ``Problem/Code/blobTooLarge``; ``Problem/Code/storageFull``, ``Problem/Code/storage``.
    package func adopt(
        _ source: String, isWanted: (UInt64) throws -> Void = { _ in }
    ) throws -> (blob: Hash256, size: UInt64, first: [UInt8]) {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw Problem.ofSystem(.unreadableFile, source) }
        defer { close(input) }
        var information = stat()
        guard fstat(input, &information) == 0 else { throw Problem.ofSystem(.unreadableFile, source) }
        try Self.judge(information, source: source)
        try isWanted(UInt64(information.st_size))
        try DataFolder.create(incoming(""))
        let temporary = "\(incoming(""))/.\(getpid()).copy"
        unlink(temporary)
        let output = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Problem.ofSystem(.storage, temporary) }
        defer { close(output) }
        do {
            let (blob, size, first) = try Self.copy(input, to: output, source: source, target: temporary)
            if try isSound(blob, size: size) {
                unlink(temporary)
            } else {
                try setAside(blob)
                try finish(temporary, descriptor: output, as: blob)
            }
            return (blob, size, first)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func judge(_ information: stat, source: String) throws {
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw Problem(.badValue, source, explanation: Label(zh: "这不是文件", en: "This is not a file"))
        }
        guard information.st_size > 0 else {
            throw Problem(.badValue, source, explanation: Label(zh: "文件是空的", en: "The file is empty"))
        }
        guard information.st_size <= Limits.blobBytes else { throw Problem(.blobTooLarge, source) }
    }

    private static func copy(
        _ input: Int32, to output: Int32, source: String, target: String
    ) throws -> (Hash256, UInt64, [UInt8]) {
        var stream = HashStream()
        var size = 0
        var first: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Limits.blobPartBytes)
        while true {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem.ofSystem(.unreadableFile, source)
            }
            if count == 0 { break }
            size += count
            guard size <= Limits.blobBytes else { throw Problem(.blobTooLarge, source) }
            let bytes = Array(chunk[0..<count])
            if first.isEmpty { first = Array(bytes.prefix(32)) }
            stream.update(bytes)
            let error = Descriptor.write(bytes, to: output)
            guard error == 0 else {
                errno = error
                throw Problem.ofSystem(.storage, target)
            }
        }
        return (stream.hash, UInt64(size), first)
    }

    /// Discards unfinished copies that nobody has added to since `oldest`.
    /// - Returns: how many.
    package func discardUnfinished(before oldest: Instant) -> Int {
        var count = 0
        for owner in Self.names(in: path + "/incoming") {
            for name in Self.names(in: incoming(owner)) {
                let file = "\(incoming(owner))/\(name)"
                var information = stat()
                guard stat(file, &information) == 0, Int64(information.st_mtim.tv_sec) * 1000 < oldest.milliseconds
                else { continue }
                if unlink(file) == 0 { count += 1 }
            }
        }
        return count
    }
}
