package import Foundation

/// A started process, by posix_spawn itself. Foundation's `Process` crashes now and then, in its `run`, when several
/// threads start programs at once, and tests do nothing else.
package struct RunningProcess: Sendable {
    package let identifier: pid_t

    /// - Parameters:
    ///   - descriptors: what becomes its standard input, output and error; it inherits no others.
    /// - Throws: ``ProgramFailure``.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String],
        descriptors: (input: Int32, output: Int32, errors: Int32)
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptors.input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, descriptors.output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, descriptors.errors, STDERR_FILENO)
        _ = Self.addCloseFrom?(&actions, STDERR_FILENO + 1)
        // The threads of libdispatch block signals; a program must not start with SIGTERM blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let argv = Self.strings([executable] + arguments)
        let envp = Self.strings(environment.map { "\($0)=\($1)" })
        defer { for string in argv + envp { free(string) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, executable, &actions, &attributes, argv, envp)
        guard code == 0 else { throw ProgramFailure("\(executable): \(String(cString: strerror(code)))") }
        self.identifier = identifier
    }

    private typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// A GNU extension that the module map of glibc hides. Everything opened here closes itself in a new program; this
    /// is for what libraries open.
    private static let addCloseFrom: AddCloseFrom? = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
        .map { unsafeBitCast($0, to: AddCloseFrom.self) }

    private static func strings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }

    /// How often a process that is to be killed is looked at.
    private static let glanceMicroseconds: UInt32 = 500

    /// Waits for the end, once.
    /// - Parameter seconds: when given, SIGKILL ends it after so long.
    /// - Returns: its exit code, or 128 and the signal's number.
    package func wait(killAfter seconds: Double? = nil) -> Int32 {
        var status: Int32 = 0
        if let seconds {
            let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
            while ContinuousClock.now < deadline {
                if waitpid(identifier, &status, WNOHANG) == identifier { return Self.code(status) }
                usleep(Self.glanceMicroseconds)
            }
            signal(SIGKILL)
        }
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return Self.code(status)
    }

    /// Waits for the end, once, and looks at its memory meanwhile. What getrusage(2) tells of a child is no less than what
    /// its parent had when it started it.
    /// - Returns: its exit code, and the most resident memory that was seen, in bytes.
    package func waitWatchingMemory() -> (code: Int32, peakMemory: Int) {
        var (status, peak): (Int32, Int) = (0, 0)
        while waitpid(identifier, &status, WNOHANG) != identifier {
            peak = max(peak, memory("VmHWM:"))
            usleep(Self.memoryGlanceMicroseconds)
        }
        return (Self.code(status), peak)
    }

    private static let memoryGlanceMicroseconds: UInt32 = 5_000

    /// - Parameter name: a line of `/proc/PID/status` (proc(5)).
    /// - Returns: bytes; 0 when the process is gone.
    func memory(_ name: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return 0 }
        return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// User and system CPU time so far, to the nanosecond, in seconds; 0 when it is gone.
    var processorSeconds: Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(identifier, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package func signal(_ number: Int32) { kill(identifier, number) }

    private static func code(_ status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}
