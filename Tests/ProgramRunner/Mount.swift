package import Foundation

/// A mount that goes away with its owner: a small disk of its own, or a folder made read-only. Needs root.
package final class Mount {
    package let url: URL

    /// Why this machine gives no mounts; `nil` when it does. Tried once.
    package static let refusal: String? = {
        do {
            let folder = try TemporaryFolder()
            let mount = try Mount(disk: folder.url, bytes: 1 << 20)
            _ = consume mount
            return nil
        } catch {
            return "\(error)"
        }
    }()

    /// An empty tmpfs of `bytes` at `url`, which must be a folder.
    /// - Throws: ``ProgramFailure`` with what `mount` says.
    package init(disk url: URL, bytes: Int) throws {
        self.url = url
        try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(bytes),mode=700", "tmpfs", url.path])
    }

    /// The folder as it is, but read-only, for root too.
    /// - Throws: ``ProgramFailure`` with what `mount` says.
    package init(readOnly url: URL) throws {
        self.url = url
        try Self.run("mount", ["--bind", url.path, url.path])
        do {
            try Self.run("mount", ["-o", "remount,ro,bind", url.path])
        } catch {
            try Self.run("umount", ["-l", url.path])
            throw error
        }
    }

    deinit { try? Self.run("umount", ["-l", url.path]) }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailure("\(program): \(said)") }
    }
}

/// A file that takes what is left of a disk.
package struct Ballast {
    private let path: String

    /// Leaves about `bytes` of the disk free.
    package init(on disk: URL, leaving bytes: Int) throws {
        path = disk.appending(path: "ballast").path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw ProgramFailure("ballast: \(errno)") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
        var information = stat()
        fstat(descriptor, &information)
        ftruncate(descriptor, max(0, information.st_size - off_t(bytes)))
    }

    package func remove() { unlink(path) }
}
