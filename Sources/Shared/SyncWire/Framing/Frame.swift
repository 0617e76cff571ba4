import Crypto
package import SyncEngine

/// The envelope of every binary answer body and of every bundle: magic, version, length, SHA-256, payload. A portal's
/// page, a cut body and a flipped byte are all "not a frame".
package enum Frame {
    /// What a frame holds, by its first bytes.
    package enum Content: String, Sendable {
        case answer = "RUHU"
        case bundle = "RUHUBNDL"
        /// A further piece of a bundle.
        case piece = "RUHUPIEC"

        package var magic: [UInt8] { Array(rawValue.utf8) }
    }

    static let version: UInt8 = 1
    private static let bytesAfterMagic = 1 + 4 + 32

    /// How many bytes come before the payload.
    package static func headerBytes(_ content: Content) -> Int { content.magic.count + bytesAfterMagic }

    /// The payload's length, by a frame's first bytes.
    /// - Throws: ``CodecError`` for what is no frame's beginning, and for more than `limit` bytes.
    package static func payloadBytes(
        _ header: [UInt8], as content: Content, limit: Int
    ) throws(CodecError) -> Int {
        let start = content.magic.count
        guard header.starts(with: content.magic) else { throw CodecError("not a frame") }
        guard header.count >= start + bytesAfterMagic else { throw CodecError("frame cut") }
        guard header[start] == version else { throw CodecError("frame version \(header[start])") }
        let length = header[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw CodecError("frame of \(length) bytes") }
        return length
    }

    /// - Precondition: `payload` has fewer than 2³² bytes.
    package static func seal(_ payload: [UInt8], as content: Content = .answer) -> [UInt8] {
        var frame = content.magic
        frame.reserveCapacity(frame.count + bytesAfterMagic + payload.count)
        frame.append(version)
        withUnsafeBytes(of: UInt32(payload.count).bigEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: Hash256(of: payload).bytes)
        frame.append(contentsOf: payload)
        return frame
    }

    /// - Throws: ``CodecError`` for anything that is not exactly one whole frame.
    package static func open(
        _ bytes: [UInt8], as content: Content = .answer, limit: Int
    ) throws(CodecError) -> [UInt8] {
        let start = content.magic.count
        let headerBytes = headerBytes(content)
        let length = try payloadBytes(bytes, as: content, limit: limit)
        guard bytes.count == headerBytes + length else { throw CodecError("frame cut") }
        let payload = Array(bytes[headerBytes...])
        guard Hash256(of: payload).bytes == Array(bytes[start + 5..<headerBytes]) else {
            throw CodecError("frame hash")
        }
        return payload
    }
}
