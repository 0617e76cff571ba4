package import Crypto

/// 32 bytes of SHA-256.
package struct Hash256: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// `nil` unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// The same without a copy; other collections go through code that knows nothing of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package init(_ digest: SHA256Digest) { bytes = digest.withUnsafeBytes { Array($0) } }

    package init(of bytes: [UInt8]) {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        self.init(hasher.finalize())
    }

    package static let zero = Hash256(bytes: [UInt8](repeating: 0, count: 32))!  // 32 bytes by construction

    package var description: String { Hex.encode(bytes) }
}

/// The hash chain of a device: each set's hash covers the hash before it, so that one signature over the last
/// hash of a frame signs every set in it.
package enum HashChain {
    /// hash(n) = SHA-256(hash(n-1) ‖ set bytes); the chain starts at ``Hash256/zero``.
    package static func next(after previous: Hash256, set bytes: [UInt8]) -> Hash256 {
        var hasher = SHA256()
        previous.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Hash256(hasher.finalize())
    }
}
