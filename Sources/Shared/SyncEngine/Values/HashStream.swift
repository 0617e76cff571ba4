import Crypto

/// SHA-256 of bytes that come in parts: files are never whole in memory.
package struct HashStream {
    private var hasher = SHA256()

    package init() {}

    package mutating func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
            hasher.update(data: Array(bytes))
        }
    }

    /// The hash of everything so far.
    package var hash: Hash256 { Hash256(hasher.finalize()) }
}
