import Glibc
package import SyncEngine

/// The process's environment.
package enum Environment {
    /// `nil` when it is not set or empty.
    package static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// Who runs this process, and where.
package enum SystemUser {
    /// The login name; `desk` when the environment does not say.
    package static var name: String { Environment.value("USER") ?? Environment.value("LOGNAME") ?? "desk" }

    /// The machine's name; `station` when it has none.
    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "station" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "station" : String(decoding: bytes, as: UTF8.self)
    }
}

/// The machine's wall clock, read here and injected everywhere else.
package enum SystemClock {
    package static let now: @Sendable () -> Instant = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
