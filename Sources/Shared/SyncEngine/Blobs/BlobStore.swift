/// Where whole blobs and unfinished copies of them are kept, by the SHA-256 of their content. Both programs keep
/// theirs in a folder beside the database; a simulation keeps them in memory.
package protocol BlobStore: Sendable {
    /// The size of a blob that is here whole and whose hash was checked; `nil` when it is not.
    func size(of blob: Hash256) throws -> UInt64?

    /// Whether the bytes are those that the name says, and so many: reads all of them.
    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    func isSound(_ blob: Hash256, size: UInt64) throws -> Bool

    /// Bytes of `owner`'s unfinished copy, from the beginning on without a gap; 0 when there is none.
    func received(_ blob: Hash256, by owner: String) throws -> UInt64

    /// Blobs of which `owner` has an unfinished copy.
    func unfinished(by owner: String) throws -> [Hash256]

    /// Throws away the unfinished copy of `owner`'s that was added to least lately.
    func discardOldestUnfinished(by owner: String) throws

    /// Adds a part to `owner`'s unfinished copy; bytes that are there already are passed over, a part beyond a gap is
    /// not taken. With its last byte the copy is verified and becomes the blob, durably and at once. A part without
    /// bytes only asks.
    /// - Returns: what the copy has come to.
    /// - Throws: ``Problem`` ``Problem/Code/blobMismatch`` when the whole has another hash: the copy is discarded;
    ///   ``Problem/Code/busy`` while another process adds to it; ``Problem/Code/storageFull``,
    ///   ``Problem/Code/storage``.
    func add(_ part: BlobPart, by owner: String) throws -> BlobStatus

    /// At most `count` bytes of a whole blob.
    /// - Throws: ``Problem`` ``Problem/Code/unknownBlob``, ``Problem/Code/storage``.
    func read(_ blob: Hash256, at offset: UInt64, count: Int) throws -> [UInt8]
}

extension BlobPart {
    /// A whole blob's parts, in order.
    /// - Throws: ``Problem`` ``Problem/Code/unknownBlob``, ``Problem/Code/storage``; what `body` throws.
    package static func forEach(
        of blob: Hash256, size: UInt64, in store: any BlobStore, _ body: (BlobPart) throws -> Void
    ) throws {
        for offset in stride(from: 0, to: size, by: Limits.blobPartBytes) {
            let data = try store.read(blob, at: offset, count: Limits.blobPartBytes)
            guard !data.isEmpty else { throw Problem(.storage, "\(blob)") }
            try body(BlobPart(sha256: blob, offset: offset, size: size, data: data))
        }
    }
}
