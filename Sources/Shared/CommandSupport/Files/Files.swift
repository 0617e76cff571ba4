import Glibc
import SyncEngine

/// The few things done to files.
package enum Files {
    /// Files given on the command line, at most.
    package static let byteLimit = 64 * 1024 * 1024

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A file's bytes.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badDocument`` beyond `limit` bytes.
    package static func read(_ path: String, limit: Int = byteLimit) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        defer { close(descriptor) }
        return try readAll(descriptor, name: path, limit: limit)
    }

    /// Removes a file; one that is not there is fine.
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    package static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw Problem.ofSystem(.storage, path) }
    }

    /// Moves a file or folder in its file system, in one step, over what is there (of folders: an empty one).
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    package static func rename(_ path: String, to target: String) throws {
        guard Glibc.rename(path, target) == 0 else { throw Problem.ofSystem(.storage, target) }
    }

    /// The first bytes of a file, or all of a shorter one.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``.
    static func beginning(_ path: String, count: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: count)
        let read = Glibc.read(descriptor, &start, count)
        guard read >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        return Array(start.prefix(read))
    }

    static func readAll(_ descriptor: Int32, name: String, limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem.ofSystem(.unreadableFile, name)
            }
            result.append(contentsOf: chunk[0..<count])
            guard result.count <= limit else {
                throw Problem(
                    .badDocument, name,
                    explanation: Label(zh: "内容超过 \(limit) 字节，请分批", en: "There are more than \(limit) bytes; split it"))
            }
        }
    }
}

extension Problem {
    /// A failed system call: the code's title with what the system says (`errno`, read at once), about `path`.
    static func ofSystem(_ code: Code, _ path: String) -> Problem {
        let said = String(cString: strerror(errno))
        return Problem(
            code, path, explanation: Label(zh: "\(code.title.zh)：\(said)", en: "\(code.title.en): \(said)"))
    }
}

/// Standard input.
package enum StandardInput {
    /// Everything up to its end.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badDocument`` beyond `limit` bytes.
    package static func all(limit: Int = DocumentInput.byteLimit) throws -> [UInt8] {
        try Files.readAll(STDIN_FILENO, name: "-", limit: limit)
    }

    /// One line without its end; empty at the end of input.
    package static func line() -> String { readLine() ?? "" }

    /// Whether a person can be asked.
    package static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
