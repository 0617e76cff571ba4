/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Shown in China Standard Time, in which the work is done.
package struct Instant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// UTC+08:00, without daylight saving; days of the work are days there.
    package static let chinaOffsetMilliseconds: Int64 = 8 * 3_600_000
    private static let millisecondsPerDay: Int64 = 86_400_000
    /// What can be written and shown: the years 0001–9999 in China.
    package static let shownMilliseconds: ClosedRange<Int64> = -62_135_625_600_000...253_402_271_999_999

    /// From RFC 3339 with a zone (`2026-11-24T09:30:00+08:00`, `…Z`), or a bare `YYYY-MM-DD`, which is midnight in
    /// China; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let day = CalendarDay(String(decoding: bytes[0..<10], as: UTF8.self)) else {
            return nil
        }
        let midnight = Int64(day.daysSinceEpoch) * Self.millisecondsPerDay
        if bytes.count == 10 {
            self.init(milliseconds: midnight - Self.chinaOffsetMilliseconds)
            return
        }
        guard bytes.count >= 17, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == 32,
            let (time, zoneStart) = Self.timeOfDay(bytes, from: 11), let offset = Self.zone(bytes[zoneStart...])
        else { return nil }
        guard Self.shownMilliseconds.contains(midnight + time - offset) else { return nil }
        self.init(milliseconds: midnight + time - offset)
    }

    /// In China; of an instant that cannot be shown the nearest that can.
    private var local: Int64 {
        min(max(milliseconds, Self.shownMilliseconds.lowerBound), Self.shownMilliseconds.upperBound)
            + Self.chinaOffsetMilliseconds
    }

    /// The day in China on which this instant falls.
    package var day: CalendarDay {
        let days = local >= 0 ? local / Self.millisecondsPerDay : (local + 1) / Self.millisecondsPerDay - 1
        return CalendarDay(daysSinceEpoch: Int32(clamping: days))
    }

    package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

    private static func timeOfDay(_ bytes: [UInt8], from start: Int) -> (Int64, Int)? {
        guard let hour = Digits.parse(bytes[start..<start + 2]), bytes[start + 2] == UInt8(ascii: ":"), hour < 24,
            let minute = Digits.parse(bytes[start + 3..<start + 5]), minute < 60
        else { return nil }
        var total = Int64(hour * 3600 + minute * 60) * 1000
        var position = start + 5
        guard position + 2 < bytes.count, bytes[position] == UInt8(ascii: ":") else { return (total, position) }
        guard let second = Digits.parse(bytes[position + 1..<position + 3]), second <= 60 else { return nil }
        total += Int64(second) * 1000
        position += 3
        guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return (total, position) }
        position += 1
        var scale: Int64 = 100
        let first = position
        while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 {
            total += Int64(bytes[position] - 48) * scale
            scale /= 10
            position += 1
        }
        return position > first ? (total, position) : nil
    }

    private static func zone(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let text = Array(bytes)
        if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
        guard text.count == 6, text[3] == UInt8(ascii: ":"),
            text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            let hours = Digits.parse(text[1..<3]), hours < 24, let minutes = Digits.parse(text[4..<6]), minutes < 60
        else { return nil }
        let offset = Int64(hours * 3600 + minutes * 60) * 1000
        return text[0] == UInt8(ascii: "-") ? -offset : offset
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in China Standard Time; milliseconds are written only when there are any.
    package var description: String {
        let day = self.day
        let rest = Int(local - Int64(day.daysSinceEpoch) * Self.millisecondsPerDay)
        let fraction = rest % 1000 == 0 ? "" : "." + Digits.pad(rest % 1000, 3)
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Digits.pad($0, 2) }
        return day.description + "T" + time.joined(separator: ":") + fraction + "+08:00"
    }
}
