/// A `Content-Range` of an upload (RFC 9110 section 14.4): where a part begins and how large the whole is.
package struct ContentRange: Hashable, Sendable {
    /// `nil` for `bytes */SIZE`, which sends nothing and asks what is there.
    package var offset: UInt64?
    package var count: Int
    package var size: UInt64

    /// A part.
    package init(offset: UInt64, count: Int, size: UInt64) {
        self.offset = count > 0 ? offset : nil
        self.count = count
        self.size = size
    }

    package var header: String {
        guard let offset else { return "bytes */\(size)" }
        return "bytes \(offset)-\(offset + UInt64(count) - 1)/\(size)"
    }

    /// - Returns: `nil` for anything but one range of bytes with a known size that lies inside it.
    package init?(_ header: String) {
        guard header.hasPrefix("bytes ") else { return nil }
        let parts = header.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Self.number(parts[1]) else { return nil }
        self.size = size
        guard parts[0] != "*" else {
            offset = nil
            count = 0
            return
        }
        guard let (first, last) = Self.range(parts[0]), last < size, last - first < UInt64(Int.max) else { return nil }
        offset = first
        count = Int(last - first) + 1
    }

    /// The first byte and the number of bytes that a `Range` header asks for; `nil` for anything but one closed range.
    package static func wanted(_ header: String) -> (offset: UInt64, count: Int)? {
        guard header.hasPrefix("bytes="), let (first, last) = range(header.dropFirst(6)),
            last - first < UInt64(Int.max)
        else { return nil }
        return (first, Int(last - first) + 1)
    }

    private static func range(_ text: Substring) -> (UInt64, UInt64)? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = number(ends[0]), let last = number(ends[1]), first <= last else {
            return nil
        }
        return (first, last)
    }

    /// Digits alone: no sign, no blank.
    private static func number(_ text: Substring) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt64(text)
    }
}
