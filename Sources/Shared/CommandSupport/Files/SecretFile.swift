import Glibc
package import SyncEngine

/// A file that only its owner may read (mode 0600): written beside and renamed, so that it is whole or not there.
package enum SecretFile {
    /// A secret, at most.
    package static let byteLimit = 65_536

    /// Durable when it returns: the bytes and the folder's entry are synced.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate`` when there is no place for it; ``Problem/Code/storage`` when
    ///   writing fails, and then what was there before is still there.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { try Descriptor.write(bytes, to: $0, path: path) }
    }

    /// The same of a file whose bytes `body` writes to the descriptor. When it throws, nothing has changed.
    package static func write<Result>(to path: String, _ body: (Int32) throws -> Result) throws -> Result {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Problem.ofSystem(.cannotCreate, path) }
        defer { close(descriptor) }
        do {
            let result = try body(descriptor)
            guard fsync(descriptor) == 0 else { throw Problem.ofSystem(.storage, path) }
            guard rename(temporary, path) == 0 else {
                // A folder stands there, or the name is none: nothing is wrong with the storage.
                let isName = [EISDIR, ENOTDIR, ENOENT, EINVAL].contains(errno)
                throw Problem.ofSystem(isName ? .cannotCreate : .storage, path)
            }
            syncFolder(of: path)
            return result
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badDocument`` beyond ``byteLimit``.
    package static func read(_ path: String) throws -> [UInt8] { try Files.read(path, limit: byteLimit) }

    /// What is told of a secret that was read, but is not what it should be.
    package static func damaged(_ path: String) -> Problem {
        Problem(.unreadableFile, path, explanation: Label(zh: "密钥文件已损坏", en: "The key file is damaged"))
    }

    /// The secret that is there, else a new one, kept before it is used.
    package static func readOrMake(_ path: String, make: () -> [UInt8]) throws -> [UInt8] {
        if Files.exists(path) { return try read(path) }
        let secret = make()
        try write(secret, to: path)
        return secret
    }

    /// Some file systems cannot; the rename is atomic all the same.
    package static func syncFolder(of path: String) {
        let folder = Files.parent(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// An advisory lock on a file, held by one process until ``release()`` or its end.
package final class FileLock {
    private var descriptor: Int32

    /// - Throws: ``Problem`` ``Problem/Code/syncRunning`` when another process holds it;
    ///   ``Problem/Code/cannotCreate``, ``Problem/Code/storage``.
    ///
    /// - Parameters:
    ///   - isShared: any number may hold it so, but none beside one that does not.
    ///   - taken: the problem when it is held.
    package init(path: String, isShared: Bool = false, taken: Problem.Code = .syncRunning) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // On a disk that is read-only, who only reads may still hold it with others.
        if descriptor < 0, isShared { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Problem.ofSystem(.cannotCreate, path) }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let problem = errno == EWOULDBLOCK ? Problem(taken) : Problem.ofSystem(.storage, path)
            release()
            throw problem
        }
    }

    deinit { release() }

    /// May be called again.
    package func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}
