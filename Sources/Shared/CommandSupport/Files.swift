import Glibc
package import SyncEngine

/// The few things done to files, with the modes that personal data needs.
package enum Files {
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badDocument`` beyond `limit` bytes.
    package static func read(_ path: String, limit: Int = 64 * 1024 * 1024) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(.unreadableFile, path) }
        defer { close(descriptor) }
        return try readAll(descriptor, name: path, limit: limit)
    }

    static func readAll(_ descriptor: Int32, name: String, limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(.unreadableFile, name)
            }
            result.append(contentsOf: chunk[0..<count])
            guard result.count <= limit else { throw Problem(.badDocument, "\(name): > \(limit)") }
        }
    }
}

/// A program's data folder.
package enum DataFolder {
    /// `--data`, else `RUHU_HOME`, else the XDG default.
    package static func path(option: String?, name: String) throws -> String {
        if let option, !option.isEmpty { return option }
        if let home = Environment.value("RUHU_HOME") { return home }
        if let data = Environment.value("XDG_DATA_HOME") { return data + "/" + name }
        guard let home = Environment.value("HOME") else { throw Problem(.cannotCreate, "HOME") }
        return home + "/.local/share/" + name
    }

    /// Makes the folder and what is above it; the folder itself may be entered by its owner only.
    package static func create(_ path: String) throws {
        umask(0o077)
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if mkdir(partial, 0o700) != 0 && errno != EEXIST { throw Problem(.cannotCreate, partial) }
        }
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
            throw Problem(.cannotCreate, path)
        }
    }
}

/// A file that only its owner may read: written beside and renamed, so that it is whole or not there.
package enum SecretFile {
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(.cannotCreate, path) }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else { throw Problem(.cannotCreate, path) }
    }

    package static func read(_ path: String) throws -> [UInt8] { try Files.read(path, limit: 65_536) }
}

/// An advisory lock on a file, held by one process until ``release()`` or its end.
package final class FileLock {
    private var descriptor: Int32

    /// - Throws: ``Problem`` ``Problem/Code/syncRunning`` when another process holds it.
    package init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(.cannotCreate, path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            release()
            throw Problem(.syncRunning)
        }
    }

    deinit { release() }

    package func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

package enum StandardInput {
    package static func all(limit: Int = 256 * 1024 * 1024) throws -> [UInt8] {
        try Files.readAll(STDIN_FILENO, name: "-", limit: limit)
    }

    package static func line() -> String { readLine() ?? "" }
    package static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}

/// What is no bundle is told so.
package enum BundleFile {
    package static let magic = Array("RUHUBNDL".utf8)

    /// Why a file cannot be read as a bundle.
    package static func problem(of path: String) -> Problem {
        guard Files.exists(path) else { return Problem(.unreadableFile, path) }
        return Problem(.notABundle, path)
    }
}
