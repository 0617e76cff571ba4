import Foundation

/// Gives a program another wall clock than the machine's, through libfaketime (Debian package `faketime`). The clocks
/// that only count on are left as they are.
package enum WrongClock {
    /// The library to preload; `nil` where it is not installed.
    package static let library: String? = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// To be added to a program's environment.
    /// - Parameter clock: as faketime has it: `+30y`, or `@1970-01-02 00:00:00` to start at.
    package static func environment(_ clock: String) -> [String: String] {
        // Names of its own: the library takes them away when a program ends that made them, and another test's program
        // that is just starting would not find them.
        let name = "/ruhu-\(UUID().uuidString.prefix(13))"
        return [
            "LD_PRELOAD": library ?? "", "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            // Else the library sets this variable itself, before `main`: that moves the environment, next to which
            // Swift looks for the program's arguments.
            "FAKETIME_SHARED": "\(name)-semaphore \(name)-memory",
        ]
    }
}
