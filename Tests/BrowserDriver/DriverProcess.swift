import Foundation
import ProgramRunner

/// Debian's `chromedriver` on a free port, and one W3C WebDriver command after another over its plain HTTP.
final class DriverProcess {
    private let process: RunningProcess
    private let output: FileHandle
    private let port: Int

    static let path = "/usr/bin/chromedriver"
    /// A command that takes longer has failed, in seconds: a page's load is one.
    private static let patienceSeconds = 60

    /// - Parameter folder: where its own output goes.
    /// - Throws: ``ProgramFailure`` when it is not installed or does not start.
    init(in folder: URL) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.path) else {
            throw ProgramFailure("\(Self.path) is not there: make packages (Debian package chromium-driver)")
        }
        (process, output, port) = try Self.started(in: folder)
    }

    /// It takes one free port for two addresses, and ends when the other one is taken there: then it is started again.
    private static func started(in folder: URL) throws -> (RunningProcess, FileHandle, Int) {
        var failure: (any Error)?
        for attempt in 1...5 {
            let input = Foundation.open("/dev/null", O_RDONLY | O_CLOEXEC)
            let log = folder.appending(path: "chromedriver-\(attempt).log").path
            let errors = Foundation.open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer {
                close(input)
                close(errors)
            }
            let pipe = Pipe()
            let program = Program(path: Self.path, environment: ["HOME": folder.path, "TMPDIR": folder.path])
            let process = try program.start(
                ["--port=0"], descriptors: (input, pipe.fileHandleForWriting.fileDescriptor, errors))
            try pipe.fileHandleForWriting.close()
            do {
                return (process, pipe.fileHandleForReading, try port(saidIn: pipe.fileHandleForReading))
            } catch {
                _ = process.wait(killAfter: 5)
                failure = error
            }
        }
        throw failure ?? ProgramFailure("chromedriver did not start")
    }

    deinit {
        process.signal(SIGTERM)
        _ = process.wait(killAfter: 5)
    }

    /// It says `… was started successfully on port 40123.`
    private static func port(saidIn output: FileHandle) throws -> Int {
        var said = Data()
        while let more = try output.read(upToCount: 1), !more.isEmpty {
            said.append(more)
            guard more == Data("\n".utf8) else { continue }
            let line = String(decoding: said, as: UTF8.self)
            if let range = line.range(of: "successfully on port ") {
                return Int(line[range.upperBound...].prefix { $0.isNumber }) ?? 0
            }
            said = Data()
        }
        throw ProgramFailure("chromedriver ended: \(String(decoding: said, as: UTF8.self))")
    }

    /// One command.
    /// - Returns: the `value` of the answer.
    /// - Throws: ``DriverError`` with the driver's own error code, ``ProgramFailure`` when nothing sensible comes back.
    func command(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> JSON {
        guard let socket = LoopbackSocket.connected(to: port, patienceSeconds: Self.patienceSeconds) else {
            throw ProgramFailure("chromedriver is gone")
        }
        defer { socket.close() }
        let content = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(content.count)\r\n\r\n"
        guard socket.send(Array(head.utf8) + Array(content)), let bytes = socket.message(),
            let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        else { throw ProgramFailure("\(method) \(path): chromedriver did not answer") }
        let answer = JSON(Data(bytes[end...]))["value"]
        if let code = answer["error"].string, !bytes.starts(with: Array("HTTP/1.1 200".utf8)) {
            throw DriverError(code: code, message: answer["message"].string ?? "", command: "\(method) \(path)")
        }
        return answer
    }
}

/// What the driver refused (W3C WebDriver, section 6.6).
package struct DriverError: Error, CustomStringConvertible {
    /// Such as `no such element`.
    package let code: String
    let message: String
    let command: String

    package var description: String {
        "\(code): \(message.split(separator: "\n").first ?? "") (\(command))"
    }
}
