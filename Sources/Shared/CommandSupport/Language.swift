import Glibc
package import SyncEngine

/// The reader's language.
package enum Language: Sendable {
    case zh, en

    /// From RUHU_LANG, LC_ALL, LC_MESSAGES, LANG: the first that is set.
    package static let current: Language = {
        for name in ["RUHU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
            if let value = Environment.value(name) { return value.lowercased().hasPrefix("zh") ? .zh : .en }
        }
        return .en
    }()
}

extension Label {
    package func text(in language: Language = .current) -> String { language == .zh ? zh : en }
}

/// A text in the reader's language. One letter, because every help text is written with it.
// swift-format-ignore: AlwaysUseLowerCamelCase
package func L(_ zh: String, _ en: String) -> String { Language.current == .zh ? zh : en }

package enum Environment {
    /// `nil` when it is not set or empty.
    package static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

package enum SystemUser {
    package static var name: String { Environment.value("USER") ?? Environment.value("LOGNAME") ?? "desk" }

    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "station" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
