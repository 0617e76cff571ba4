/// 128 bits that identify a record, a device or an epoch. Records use UUIDv7, so that new ids sort by
/// creation time and inserts stay local in the index; nothing depends on that order for correctness.
package struct RecordID: Hashable, Sendable, Comparable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id from exactly 16 big-endian bytes; `nil` for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self = bytes.withUnsafeBytes { RecordID(at: $0.baseAddress!) }  // there are 16
    }

    /// The id from the 16 big-endian bytes at `start`, which needs no alignment.
    package init(at start: UnsafeRawPointer) {
        let high = start.loadUnaligned(as: UInt64.self)
        let low = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }

    /// The id from its text form of 36 characters (upper or lower case); `nil` when it is not one.
    package init?(_ text: String) {
        var text = text
        guard let id = text.withUTF8({ RecordID(utf8: $0) }) else { return nil }
        self = id
    }

    private init?(utf8: UnsafeBufferPointer<UInt8>) {
        guard utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for position in 0..<36 {
            let byte = utf8[position]
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let nibble = Hex.nibble(byte) else { return nil }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(nibble))
        }
        self.init(high: words.0, low: words.1)
    }

    /// A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.
    package static func v7(milliseconds: Int64, using random: inout some RandomNumberGenerator) -> RecordID {
        let time = UInt64(max(0, milliseconds)) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | UInt64.random(in: 0...0xFFF, using: &random)
        let low = 0x8000_0000_0000_0000 | (UInt64.random(in: .min ... .max, using: &random) >> 2)
        return RecordID(high: high, low: low)
    }

    /// When the id was given out, by the clock of its device; `nil` for one that is no UUIDv7.
    package var madeAt: Instant? {
        high & 0xF000 == 0x7000 ? Instant(milliseconds: Int64(high >> 16)) : nil
    }

    /// A name-based id (UUIDv8, RFC 9562) from the first 16 bytes of a hash.
    package static func named(_ hash: Hash256) -> RecordID {
        var id = hash.bytes.withUnsafeBytes { RecordID(at: $0.baseAddress!) }  // 16 of the hash's 32 bytes
        id.high = id.high & ~0xF000 | 0x8000
        id.low = id.low & ~(0b11 << 62) | (0b10 << 62)
        return id
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    package static func < (a: RecordID, b: RecordID) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension RecordID: CustomStringConvertible {
    /// The text form of RFC 9562, lower case.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var words = (high, low)
            for position in 0..<36 {
                if position == 8 || position == 13 || position == 18 || position == 23 {
                    buffer[position] = UInt8(ascii: "-")
                    continue
                }
                buffer[position] = Hex.digit(UInt8(words.0 >> 60))
                words = (words.0 << 4 | words.1 >> 60, words.1 << 4)
            }
            return 36
        }
    }
}

/// A station's or the desk's identity; its sets are numbered without gaps.
package typealias DeviceID = RecordID

/// One history of a server; a restore from backup starts a new one.
package typealias EpochID = RecordID

/// The server's dense number of a decided change set; 0 is before the first.
package typealias Seq = UInt64

/// An administrative code: 6 digits for a district, 9 for a township, 12 for a village. A prefix covers what lies below.
package struct Scope: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let code: String

    package init(_ code: String) { self.code = code }

    /// Codes with spaces between them; mostly it is one.
    package static func list(_ text: String) -> [Scope] {
        if text.utf8.contains(UInt8(ascii: " ")) { return text.split(separator: " ").map { Scope(String($0)) } }
        return text.isEmpty ? [] : [Scope(text)]
    }

    package func covers(_ other: Scope) -> Bool { other.code.hasPrefix(code) }

    package var description: String { code }

    package static func < (a: Scope, b: Scope) -> Bool { a.code < b.code }
}

extension Collection where Element == Scope {
    package func cover(_ scope: Scope) -> Bool { contains { $0.covers(scope) } }
}

package enum Hex {
    /// The lower-case digit of 0…15.
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Lower-case hexadecimal, two digits a byte.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[2 * index] = digit(byte >> 4)
                buffer[2 * index + 1] = digit(byte & 15)
            }
            return 2 * bytes.count
        }
    }

    /// `nil` for an odd count or another character.
    package static func decode(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard utf8.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count / 2)
        for index in stride(from: 0, to: utf8.count, by: 2) {
            guard let high = nibble(utf8[index]), let low = nibble(utf8[index + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }
}
