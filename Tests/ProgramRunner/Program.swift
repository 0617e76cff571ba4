package import Foundation

/// Runs the built programs as a person or another program would: real processes, real files, real HTTP.
package struct Program: Sendable {
    package let executable: URL
    /// Added to a clean environment.
    package var environment: [String: String]

    /// What a finished process left.
    package struct Outcome: Sendable {
        package let code: Int32
        package let output: Data
        package let errors: String
        package let seconds: Double

        package var text: String { String(decoding: output, as: UTF8.self) }
        /// Whether SIGKILL ended it.
        package var wasKilled: Bool { code == 128 + SIGKILL }
        /// The one JSON document on standard output; an empty object when there is none.
        package var json: JSON { JSON(output) }
    }

    package init(_ name: String, environment: [String: String] = [:]) {
        executable = Self.folder.appending(path: name)
        self.environment = environment
    }

    /// A program of the system.
    package init(path: String, environment: [String: String] = [:]) {
        executable = URL(filePath: path)
        self.environment = environment
    }

    /// The build folder that holds this very program or test bundle, and so the programs beside it.
    package static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["RUHU_BIN"] { return URL(filePath: named) }
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        if let own { folder = URL(filePath: own).deletingLastPathComponent() }
        if FileManager.default.fileExists(atPath: folder.appending(path: "ruhu").path) { return folder }
        // Under `swift test` the runner itself is the toolchain's: the bundle is among the arguments.
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            return URL(filePath: argument).deletingLastPathComponent()
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug")
    }()

    /// Runs to the end.
    /// - Parameter seconds: when given, it is ended by SIGKILL after so long, wherever it is then.
    package func run(_ arguments: [String], input: String? = nil, killAfter seconds: Double? = nil) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, not pipes: a full pipe would stop the program.
        let output = folder.appending(path: "out")
        let errors = folder.appending(path: "err")
        let file = folder.appending(path: "in")
        if let input { try Data(input.utf8).write(to: file) }
        let descriptors = [
            open(input == nil ? "/dev/null" : file.path, O_RDONLY | O_CLOEXEC),
            open(output.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
            open(errors.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600),
        ]
        defer { for descriptor in descriptors { close(descriptor) } }
        let started = ContinuousClock.now
        let code = try start(arguments, descriptors: (descriptors[0], descriptors[1], descriptors[2]))
            .wait(killAfter: seconds)
        let elapsed = started.duration(to: .now)
        return Outcome(
            code: code, output: try Data(contentsOf: output),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
    }

    /// Starts it in a clean environment; the caller waits for its end.
    package func start(
        _ arguments: [String], descriptors: (input: Int32, output: Int32, errors: Int32)
    ) throws -> RunningProcess {
        try RunningProcess(
            executable.path, arguments, environment: cleanEnvironment, descriptors: descriptors)
    }

    private var cleanEnvironment: [String: String] {
        ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": NSTemporaryDirectory(), "TZ": "UTC"]
            .merging(environment) { $1 }
    }

    /// A process of this program, not yet started.
    package func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = cleanEnvironment
        return process
    }
}

/// A JSON value, read by key without ceremony.
package struct JSON {
    package let value: Any?

    package init(_ data: Data) { value = try? JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]) }
    init(value: Any?) { self.value = value is NSNull ? nil : value }

    package subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }
    package subscript(index: Int) -> JSON {
        let array = value as? [Any] ?? []
        return JSON(value: array.indices.contains(index) ? array[index] : nil)
    }
    package var array: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }
    package var keys: [String] { (value as? [String: Any] ?? [:]).keys.sorted() }
    package var string: String? { value as? String }
    package var int: Int? { (value as? NSNumber)?.intValue }
    package var bool: Bool? { (value as? NSNumber)?.boolValue }
    package var isNull: Bool { value == nil }
    package var strings: [String] { array.compactMap(\.string) }
}
