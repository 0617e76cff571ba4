import CZlib
import SyncEngine

/// RFC 1952 by zlib.
enum Gzip {
    /// 15 window bits, and 16 for gzip's header and check instead of zlib's.
    private static let windowBits: Int32 = 15 + 16

    static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        var stream = z_stream()
        let started = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib of the version it was built against")
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            bytes.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib within its own bound")
            }
            count = bound - Int(stream.avail_out)
        }
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CodecError("gzip: memory")
        }
        defer { inflateEnd(&stream) }
        var output = OutputBuffer(startingWith: bytes.count * 4, limit: limit)
        var consumed = 0
        while true {
            let state = output.fill { room -> (state: Int32, written: Int) in
                bytes.withUnsafeBufferPointer { source in
                    stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
                    stream.avail_in = UInt32(source.count - consumed)
                    stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.avail_out = UInt32(room.count)
                    let state = inflate(&stream, Z_NO_FLUSH)
                    consumed = source.count - Int(stream.avail_in)
                    return (state, room.count - Int(stream.avail_out))
                }
            }.state
            if output.isOverLimit { throw ContentCoding.tooLarge(limit) }
            switch state {
            case Z_STREAM_END:
                guard consumed < bytes.count else { return output.bytes }
                inflateReset(&stream)
            case Z_OK where output.wasFilled || consumed < bytes.count: continue
            case Z_OK, Z_BUF_ERROR: throw CodecError("gzip: cut")
            default: throw CodecError("gzip: \(String(cString: zError(state)))")
            }
        }
    }
}
