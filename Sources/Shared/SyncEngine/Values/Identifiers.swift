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
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// The id from its text form of 36 characters (upper or lower case); `nil` when it is not one.
    package init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let nibble = Hex.nibble(byte), digits < 32 else { return nil }
            if digits < 16 { high = high << 4 | UInt64(nibble) } else { low = low << 4 | UInt64(nibble) }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: high, low: low)
    }

    /// A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.
    package static func v7(milliseconds: Int64, using random: inout some RandomNumberGenerator) -> RecordID {
        let time = UInt64(max(0, milliseconds)) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | UInt64.random(in: 0...0xFFF, using: &random)
        let low = 0x8000_0000_0000_0000 | (UInt64.random(in: .min ... .max, using: &random) >> 2)
        return RecordID(high: high, low: low)
    }

    /// A name-based id (UUIDv8, RFC 9562) from the first 16 bytes of a hash.
    package static func named(_ hash: Hash256) -> RecordID {
        let bytes = hash.bytes
        var id = RecordID(bytes: bytes.prefix(16))!  // 16 of the hash's 32 bytes
        id.high = id.high & ~0xF000 | 0x8000
        id.low = id.low & ~(0b11 << 62) | (0b10 << 62)
        return id
    }

    package var bytes: [UInt8] {
        var result = [UInt8](repeating: 0, count: 16)
        for index in 0..<8 {
            result[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index)))
            result[8 + index] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(index)))
        }
        return result
    }

    package static func < (a: RecordID, b: RecordID) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension RecordID: CustomStringConvertible {
    /// The text form of RFC 9562, lower case.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                buffer[position] = Hex.digits[Int(byte >> 4)]
                buffer[position + 1] = Hex.digits[Int(byte & 15)]
                position += 2
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

    package func covers(_ other: Scope) -> Bool { other.code.hasPrefix(code) }

    package var description: String { code }

    package static func < (a: Scope, b: Scope) -> Bool { a.code < b.code }
}

extension Collection where Element == Scope {
    package func cover(_ scope: Scope) -> Bool { contains { $0.covers(scope) } }
}

package enum Hex {
    static let digits: [UInt8] = Array("0123456789abcdef".utf8)

    static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Lower-case hexadecimal, two digits a byte.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `nil` for an odd count or another character.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
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
