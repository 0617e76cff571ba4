package import Foundation

/// A township server in a folder of its own, started and stopped as a real process.
/// Confined to its test; the program it runs may be used from anywhere.
package final class TownshipServer {
    package let folder: URL
    /// A change of its environment holds from the next start or command on.
    package var program: Program
    package let isPlain: Bool
    private var process: RunningProcess?
    /// Kept open: `serve` must not lose its standard output.
    private var output: FileHandle?
    package private(set) var port: Int
    package private(set) var url = ""

    /// Makes the township's data folder; serves nothing yet.
    package init(
        in parent: URL, name: String = "阴平镇", region: String = "370404101", isPlain: Bool = true,
        environment: [String: String] = [:]
    ) throws {
        folder = parent.appending(path: "township")
        program = Program(
            "ruhu-server", environment: ["RUHU_HOME": folder.path].merging(environment) { $1 })
        self.isPlain = isPlain
        port = 0
        let made = try program.run(["init", "--name", name, "--region", region, "--json"])
        guard made.code == 0 else { throw ProgramFailure("init: \(made.code) \(made.errors)") }
    }

    /// A township that is there already.
    package init(serving folder: URL, isPlain: Bool = true, environment: [String: String] = [:]) {
        self.folder = folder
        program = Program(
            "ruhu-server", environment: ["RUHU_HOME": folder.path].merging(environment) { $1 })
        self.isPlain = isPlain
        port = 0
    }

    deinit { stop() }

    /// Starts serving, on the port it had before when it had one.
    package func start() throws {
        let log = folder.appending(path: "serve.log")
        let errors = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let pipe = Pipe()
        defer {
            close(errors)
            close(input)
        }
        process = try program.start(
            ["serve", "--listen", "127.0.0.1:\(port)"] + (isPlain ? ["--plain-http"] : []),
            descriptors: (input, pipe.fileHandleForWriting.fileDescriptor, errors))
        try pipe.fileHandleForWriting.close()
        output = pipe.fileHandleForReading
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty {
                stop()
                throw ProgramFailure("serve ended: \(try String(contentsOf: log, encoding: .utf8))")
            }
            line.append(more)
        }
        guard let listening = JSON(line)["listening"].string, let bound = URL(string: listening)?.port else {
            throw ProgramFailure("serve said \(String(decoding: line, as: UTF8.self))")
        }
        url = listening
        port = bound
    }

    /// SIGTERM, and waits for the end.
    /// - Returns: the exit code.
    @discardableResult package func stop() -> Int32 { end(SIGTERM) }

    /// SIGKILL: no chance to finish anything.
    package func kill() { _ = end(SIGKILL) }

    /// Waits until it has ended of itself.
    /// - Returns: the exit code.
    package func wait() -> Int32 { end(0) }

    private func end(_ signal: Int32) -> Int32 {
        guard let process else { return 0 }
        process.signal(signal)
        self.process = nil
        return process.wait()
    }

    /// The server's resident memory at its highest, in bytes; 0 when it does not run.
    package var peakMemory: Int { process?.memory("VmHWM:") ?? 0 }

    /// The same now.
    package var memory: Int { process?.memory("VmRSS:") ?? 0 }

    /// User and system CPU time so far, in seconds; 0 when it does not run.
    package var processorSeconds: Double { process?.processorSeconds ?? 0 }

    /// Runs a command of `ruhu-server` with `--json`.
    package func command(_ arguments: String...) throws -> Program.Outcome { try program.run(arguments + ["--json"]) }

    package func invite(village: String, staff: String) throws -> String {
        let made = try command("invite", "--village", village, "--staff", staff)
        guard let code = made.json["code"].string else { throw ProgramFailure("invite: \(made.code) \(made.errors)") }
        return code
    }

    /// A station that has joined.
    package func station(_ name: String, village: String, staff: String) throws -> VillageStation {
        let station = VillageStation(in: folder.deletingLastPathComponent(), name: name)
        let joined = try station.run("join", url, try invite(village: village, staff: staff))
        guard joined.code == 0 else { throw ProgramFailure("join: \(joined.code) \(joined.errors)") }
        return station
    }
}

/// A village assistant's laptop.
package struct VillageStation: Sendable {
    package let name: String
    package let folder: URL
    /// A change of its environment holds from the next command on.
    package var program: Program

    package init(in parent: URL, name: String) {
        self.name = name
        folder = parent.appending(path: name)
        program = Program("ruhu", environment: ["RUHU_HOME": folder.path, "USER": name])
    }

    /// Runs a command with `--json`.
    package func run(_ arguments: String..., input: String? = nil) throws -> Program.Outcome {
        try program.run(arguments + ["--json"], input: input)
    }

    package func run(_ arguments: [String], input: String? = nil) throws -> Program.Outcome {
        try program.run(arguments + ["--json"], input: input)
    }

    /// Creates a record that must succeed, and gives its id.
    package func new(_ kind: String, _ fields: String...) throws -> String { try new(kind, fields) }

    package func new(_ kind: String, _ fields: [String]) throws -> String {
        let made = try run(["new", kind] + fields)
        guard made.code == 0, let id = made.json["id"].string else {
            throw ProgramFailure("new \(kind): \(made.code) \(made.errors)")
        }
        return id
    }

    /// Syncs, which must be complete.
    @discardableResult package func sync() throws -> JSON {
        let synced = try run("sync")
        guard synced.code == 0 else {
            throw ProgramFailure("\(name) sync: \(synced.code) \(synced.text) \(synced.errors)")
        }
        return synced.json
    }

    package func show(_ id: String) throws -> JSON { try run("show", id).json }
}

package struct ProgramFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A folder that goes away with its owner.
package final class TemporaryFolder {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "ruhu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
