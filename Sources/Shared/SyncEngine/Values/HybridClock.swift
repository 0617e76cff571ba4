/// A hybrid logical timestamp: 48 bits of Unix milliseconds and a 16-bit counter. For display, audit and the `lv`
/// policy only; the order of the log never depends on it (DESIGN section 4, Clock).
package struct HybridTime: Hashable, Sendable, Comparable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package init(milliseconds: Int64, counter: UInt16) {
        rawValue = UInt64(min(max(0, milliseconds), 0xFFFF_FFFF_FFFF)) << 16 | UInt64(counter)
    }

    package var instant: Instant { Instant(milliseconds: Int64(rawValue >> 16)) }
    package var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    package static func < (a: HybridTime, b: HybridTime) -> Bool { a.rawValue < b.rawValue }
}

/// A hybrid logical clock: never repeats and never runs backwards on one device, whatever the wall clock does.
package struct HybridClock: Sendable {
    /// A timestamp further ahead of the receiver's clock than this is *flagged*: shown, and not trusted by `lv`.
    package static let futureToleranceMilliseconds: Int64 = 24 * 3_600_000

    package private(set) var latest: HybridTime

    package init(latest: HybridTime = HybridTime(rawValue: 0)) { self.latest = latest }

    /// A timestamp later than every earlier one of this clock.
    package mutating func tick(now: Instant) -> HybridTime {
        let wall = HybridTime(milliseconds: now.milliseconds, counter: 0)
        latest = wall > latest ? wall : HybridTime(rawValue: latest.rawValue + 1)
        return latest
    }

    /// Takes notice of another device's timestamp; a flagged one is left alone, or one bad clock would drag all along.
    package mutating func observe(_ other: HybridTime, now: Instant) {
        guard !Self.isFlagged(other, now: now) else { return }
        latest = max(latest, other)
    }

    package static func isFlagged(_ time: HybridTime, now: Instant) -> Bool {
        time.instant.milliseconds > now.milliseconds + futureToleranceMilliseconds
    }
}
