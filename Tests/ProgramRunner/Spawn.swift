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

    package func signal(_ number: Int32) { kill(identifier, number) }

    private static func code(_ status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}
