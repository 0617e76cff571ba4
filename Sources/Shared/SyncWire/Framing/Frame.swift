package import SyncEngine

/// The envelope of an answer: `RUHU`, a version byte, the payload's length (UInt32, big-endian), its SHA-256, the
/// payload. A portal's page, a cut body and a flipped byte all fail to open.
package enum Frame {
    package static let magic = Array("RUHU".utf8)
    package static let version: UInt8 = 1
    package static let headerBytes = 4 + 1 + 4 + 32

    /// - Precondition: the payload is below 4 GiB.
    package static func seal(_ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(headerBytes + payload.count)
        frame += magic
        frame.append(version)
        withUnsafeBytes(of: UInt32(payload.count).bigEndian) { frame.append(contentsOf: $0) }
        frame += Hash256(of: payload).bytes
        frame += payload
        return frame
    }

    /// - Parameter limit: bytes of the payload.
    /// - Returns: the payload.
    /// - Throws: ``CodecError`` for anything but one whole frame of this version.
    package static func open(_ frame: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        guard frame.count >= headerBytes, frame.starts(with: magic) else { throw CodecError("not a frame") }
        guard frame[4] == version else { throw CodecError("frame of version \(frame[4])") }
        let length = frame[5..<9].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw CodecError("frame of \(length) bytes, over \(limit)") }
        guard length == frame.count - headerBytes else {
            throw CodecError("frame of \(length) bytes, received \(frame.count - headerBytes)")
        }
        let payload = Array(frame[headerBytes...])
        guard Hash256(of: payload).bytes.elementsEqual(frame[9..<headerBytes]) else {
            throw CodecError("frame with another hash")
        }
        return payload
    }
}
