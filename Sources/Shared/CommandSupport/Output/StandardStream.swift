import Glibc
import SyncEngine
import Synchronization

/// Standard output and standard error, written whole and unbuffered.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case errors = 2

    /// The first failure of standard output (an `errno`), 0 while there is none.
    private static let outputFailure = Atomic<Int32>(0)

    /// Whether a person looks at it.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes all of it. A reader that has gone away is no error of ours; any other failure of standard output is
    /// kept for ``outputIsLost``.
    package func write(_ text: String) {
        let error = Descriptor.write(Array(text.utf8), to: rawValue)
        if self == .output, error != 0, error != EPIPE {
            _ = Self.outputFailure.compareExchange(expected: 0, desired: error, ordering: .relaxed)
        }
    }

    /// Something written to standard output did not arrive, for another reason than a reader that has gone away:
    /// a full disk, say.
    static var outputIsLost: Bool { outputFailure.load(ordering: .relaxed) != 0 }

    /// Columns of the terminal; of anything else what `COLUMNS` says, or 80.
    package var columns: Int {
        var size = winsize()
        if isTerminal, ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return Environment.value("COLUMNS").flatMap { Int($0) }.flatMap { $0 >= 20 ? $0 : nil } ?? 80
    }
}

/// Whole writes to a file descriptor.
package enum Descriptor {
    /// - Parameter path: what the problem is about.
    /// - Throws: ``Problem`` ``Problem/Code/storage``, ``Problem/Code/storageFull``.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        let error = write(bytes, to: descriptor)
        guard error == 0 else {
            errno = error
            throw Problem.ofSystem(.storage, path)
        }
    }

    /// - Returns: 0, or the `errno` of the write that failed.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += count
        }
        return 0
    }
}
