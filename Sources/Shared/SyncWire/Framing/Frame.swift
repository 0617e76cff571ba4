import Crypto
package import SyncEngine

/// The envelope of every binary answer body and of every bundle: magic, version, length, SHA-256, payload. A portal's
/// page, a cut body and a flipped byte are all "not a frame".
package enum Frame {
    /// What a frame holds, by its first bytes.
    package enum Content: String, Sendable {
        case answer = "RUHU"
        case bundle = "RUHUBNDL"

        package var magic: [UInt8] { Array(rawValue.utf8) }
    }

    static let version: UInt8 = 1
    private static let bytesAfterMagic = 1 + 4 + 32

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
        let headerBytes = start + bytesAfterMagic
        guard bytes.starts(with: content.magic) else { throw CodecError("not a frame") }
        guard bytes.count >= headerBytes else { throw CodecError("frame cut") }
        guard bytes[start] == version else { throw CodecError("frame version \(bytes[start])") }
        let length = bytes[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw CodecError("frame of \(length) bytes") }
        guard bytes.count == headerBytes + length else { throw CodecError("frame cut") }
        let payload = Array(bytes[headerBytes...])
        guard Hash256(of: payload).bytes == Array(bytes[start + 5..<headerBytes]) else {
            throw CodecError("frame hash")
        }
        return payload
    }
}
