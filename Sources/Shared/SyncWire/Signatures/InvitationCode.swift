package import SyncEngine

/// What a township gives a village assistant on paper or by message: a one-time secret and the beginning of the
/// fingerprint of the server's TLS key, as 8 groups of 5 characters (`K7QXM-…`).
///
/// 120 bits of the fingerprint bind the first contact: the station accepts only a key whose SHA-256 begins so, and
/// pins the whole of it from then on.
package struct InvitationCode: Hashable, Sendable {
    package static let secretBytes = 10
    package static let fingerprintBytes = 15

    package let secret: [UInt8]
    package let fingerprintPrefix: [UInt8]

    /// - Precondition: `secret` has ``secretBytes`` bytes.
    package init(secret: [UInt8], fingerprint: Hash256) {
        precondition(secret.count == Self.secretBytes)
        self.secret = secret
        fingerprintPrefix = Array(fingerprint.bytes.prefix(Self.fingerprintBytes))
    }

    /// From the text, whatever its case, spaces and hyphens; letters that are easily misread are understood.
    /// - Returns: `nil` when it is no code.
    package init?(_ text: String) {
        var bits: UInt64 = 0
        var bitCount = 0
        var bytes: [UInt8] = []
        for character in text.utf8 {
            if character == UInt8(ascii: "-") || character == UInt8(ascii: " ") { continue }
            guard let digit = Self.digit(character) else { return nil }
            bits = bits << 5 | UInt64(digit)
            bitCount += 5
            while bitCount >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(bitCount - 8)))
                bitCount -= 8
            }
            guard bytes.count <= Self.secretBytes + Self.fingerprintBytes else { return nil }
        }
        guard bitCount == 0, bytes.count == Self.secretBytes + Self.fingerprintBytes else { return nil }
        secret = Array(bytes.prefix(Self.secretBytes))
        fingerprintPrefix = Array(bytes.suffix(Self.fingerprintBytes))
    }

    /// What the server keeps in place of the secret.
    package var secretHash: Hash256 { Hash256(of: Array("ruhu invitation v1".utf8) + [0] + secret) }

    /// Whether a server's key hash is the one the code was made for; compared in constant time.
    package func confirms(_ fingerprint: Hash256) -> Bool {
        zip(fingerprintPrefix, fingerprint.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    // Crockford's base 32: no I, L, O, U.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func digit(_ character: UInt8) -> UInt8? {
        let isLower = character >= UInt8(ascii: "a") && character <= UInt8(ascii: "z")
        let upper = isLower ? character - 32 : character
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return alphabet.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}

extension InvitationCode: CustomStringConvertible {
    /// 8 groups of 5 characters.
    package var description: String {
        var bits: UInt64 = 0
        var bitCount = 0
        var text: [UInt8] = []
        for byte in secret + fingerprintPrefix {
            bits = bits << 8 | UInt64(byte)
            bitCount += 8
            while bitCount >= 5 {
                if text.count % 6 == 5 { text.append(UInt8(ascii: "-")) }
                text.append(Self.alphabet[Int(bits >> UInt64(bitCount - 5) & 31)])
                bitCount -= 5
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
