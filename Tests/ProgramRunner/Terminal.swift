package import Foundation

/// A program that a person sits at: its standard input is a terminal, what it says is kept in a file.
package final class Terminal {
    private let process: RunningProcess
    /// The person's side.
    private let keyboard: Int32
    private let screen: URL
    private var seen = 0

    /// How long the program may take to say what is waited for; a loaded machine is slow.
    private static let patienceSeconds = 30.0

    /// TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which the module map of glibc hides.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    package init(_ program: Program, _ arguments: [String], in folder: URL) throws {
        keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard keyboard >= 0, ioctl(keyboard, Self.setLock, &lock) == 0, ioctl(keyboard, Self.getNumber, &number) == 0
        else { throw ProgramFailure("no pseudo-terminal: \(errno)") }
        let input = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        screen = folder.appending(path: "screen-\(UUID().uuidString)")
        let output = open(screen.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer {
            close(input)
            close(output)
        }
        process = try program.start(arguments, descriptors: (input, output, output))
    }

    deinit { close(keyboard) }

    /// Everything said so far.
    package var text: String { (try? String(contentsOf: screen, encoding: .utf8)) ?? "" }

    /// Waits until something is said after what was waited for last.
    package func wait(for text: String) throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(Self.patienceSeconds))
        while ContinuousClock.now < deadline {
            let said = self.text
            let rest = said[said.utf8.index(said.startIndex, offsetBy: min(seen, said.utf8.count))...]
            if let found = rest.range(of: text) {
                seen = said.utf8.distance(from: said.startIndex, to: found.upperBound)
                return
            }
            usleep(2_000)
        }
        throw ProgramFailure("waited for “\(text)” in:\n\(self.text)")
    }

    /// Types a line.
    package func type(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard write(keyboard, bytes, bytes.count) == bytes.count else { throw ProgramFailure("typing: \(errno)") }
    }

    /// Waits for a question and answers it.
    package func answer(_ question: String, _ line: String) throws {
        try wait(for: question)
        try wait(for: "> ")
        try type(line)
    }

    /// A power cut.
    package func kill() { _ = end(SIGKILL) }

    /// Waits for its end.
    /// - Returns: the exit code.
    package func end() -> Int32 { process.wait(killAfter: Self.patienceSeconds) }

    private func end(_ signal: Int32) -> Int32 {
        process.signal(signal)
        return process.wait()
    }
}
