import Glibc
import SyncEngine

/// The few things done to files.
package enum Files {
    /// Files given on the command line, at most.
    package static let byteLimit = 64 * 1024 * 1024

    /// The folder that a path lies in, as it is written.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether both names are of one file that is there, by links too.
    package static func areOne(_ path: String, _ other: String) -> Bool {
        var (one, two) = (stat(), stat())
        return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino
    }

    /// Whether a folder is there that has something in it.
    package static func isFolderInUse(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { return true }
        }
        return false
    }

    /// What writes a file does not write to standard output: `-` is no name for one.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``.
    package static func checkName(_ path: String) throws {
        guard path == "-" else { return }
        throw Problem(
            .cannotCreate, path, explanation: Label(zh: "这里要写文件名，不能写 -", en: "It takes a file's name, not -"))
    }

    /// A file's bytes.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/badDocument`` beyond `limit` bytes.
    package static func read(_ path: String, limit: Int = byteLimit) throws -> [UInt8] {
        let descriptor = try openForReading(path)
        defer { close(descriptor) }
        return try readAll(descriptor, name: path, limit: limit)
    }

    /// Opens a file; a pipe would keep everybody waiting.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``.
    package static func openForReading(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT != S_IFIFO,
            information.st_mode & S_IFMT != S_IFDIR
        else {
            close(descriptor)
            throw Problem(.unreadableFile, path, explanation: Label(zh: "这不是文件", en: "This is not a file"))
        }
        return descriptor
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
    package static func beginning(_ path: String, count: Int) throws -> [UInt8] {
        let descriptor = try openForReading(path)
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: count)
        let read = Glibc.read(descriptor, &start, count)
        guard read >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        return Array(start.prefix(read))
    }

    /// In bytes; 0 for a file that is not there.
    package static func size(_ path: String) -> UInt64 {
        var information = stat()
        return stat(path, &information) == 0 ? UInt64(information.st_size) : 0
    }

    /// Copies a file for its owner alone, over what is there.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``, ``Problem/Code/storage``, ``Problem/Code/storageFull``.
    package static func copy(_ path: String, to target: String) throws {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Problem.ofSystem(.unreadableFile, path) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Problem.ofSystem(.storage, target) }
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem.ofSystem(.unreadableFile, path)
            }
            let error = Descriptor.write(Array(chunk[0..<count]), to: output)
            guard error == 0 else {
                errno = error
                throw Problem.ofSystem(.storage, target)
            }
        }
    }

    /// Writes over the beginning of a file.
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    package static func overwriteHead(_ path: String, with bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.ofSystem(.storage, path) }
        defer { close(descriptor) }
        let error = Descriptor.write(bytes, to: descriptor)
        guard error == 0 else {
            errno = error
            throw Problem.ofSystem(.storage, path)
        }
    }

    /// Makes a file's bytes durable.
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    package static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.ofSystem(.storage, path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Problem.ofSystem(.storage, path) }
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
        let number = errno
        if number == ENOSPC || number == EDQUOT { return Problem(.storageFull, path) }
        let said = String(cString: strerror(number))
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
