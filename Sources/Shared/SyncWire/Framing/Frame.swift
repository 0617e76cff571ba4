import Crypto
package import SyncEngine

/// The envelope of every binary answer body: magic, version, length, SHA-256, payload. A portal's page, a cut body
/// and a flipped byte are all "not a frame".
package enum Frame {
    static let magic = Array("RUHU".utf8)
    static let version: UInt8 = 1
    static let headerBytes = 4 + 1 + 4 + 32

    package static func seal(_ payload: [UInt8]) -> [UInt8] {
        var frame = magic
        frame.reserveCapacity(headerBytes + payload.count)
        frame.append(version)
        withUnsafeBytes(of: UInt32(payload.count).bigEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: Hash256(of: payload).bytes)
        frame.append(contentsOf: payload)
        return frame
    }

    /// - Throws: ``CodecError`` for anything that is not exactly one whole frame.
    package static func open(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        guard bytes.count >= headerBytes, Array(bytes.prefix(4)) == magic else { throw CodecError("not a frame") }
        guard bytes[4] == version else { throw CodecError("frame version \(bytes[4])") }
        let length = bytes[5..<9].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw CodecError("frame of \(length) bytes") }
        guard bytes.count == headerBytes + length else { throw CodecError("frame cut") }
        let payload = Array(bytes[headerBytes...])
        guard Hash256(of: payload).bytes == Array(bytes[9..<headerBytes]) else { throw CodecError("frame hash") }
        return payload
    }
}
