import CZlib
import CZstd
package import SyncEngine

/// How a body is compressed: zstd, gzip where zstd is not understood, or not at all.
package enum ContentCoding: String, Sendable {
    case zstd, gzip, identity

    /// The best of an `Accept-Encoding` header.
    package static func negotiate(acceptEncoding: String?) -> ContentCoding {
        let offered = (acceptEncoding ?? "").split(separator: ",").compactMap { item -> String? in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            return parts.contains("q=0") ? nil : parts.first
        }
        return offered.contains("zstd") ? .zstd : offered.contains("gzip") ? .gzip : .identity
    }

    /// How much time is spent on smallness; of zstd alone.
    package enum Effort: Int32, Sendable {
        /// For a server, and for much at once.
        case fast = 3
        /// A tenth smaller for four times the time: what goes over a village's line.
        case small = 9
    }

    /// 8 MiB; level 3 uses at most 2 MiB.
    private static let windowLogLimit: Int32 = 23

    package func compress(_ bytes: [UInt8], _ effort: Effort = .fast) -> [UInt8] {
        switch self {
        case .identity: bytes
        case .zstd: Self.zstd(bytes, effort)
        case .gzip: Self.gzip(bytes)
        }
    }

    /// - Throws: ``CodecError`` for bytes of another coding, cut bytes, and more than `limit` bytes of content.
    package func decompress(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        switch self {
        case .identity:
            guard bytes.count <= limit else { throw CodecError("more than \(limit) bytes") }
            return bytes
        case .zstd: return try Self.unzstd(bytes, limit: limit)
        case .gzip: return try Self.gunzip(bytes, limit: limit)
        }
    }

    private static func zstd(_ bytes: [UInt8], _ effort: Effort) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let size = ruhu_zstd_compress(buffer.baseAddress, bound, bytes, bytes.count, effort.rawValue)
            precondition(ZSTD_isError(size) == 0, "ZSTD_compress into its own bound")
            count = size
        }
    }

    private static func unzstd(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        guard let stream = ruhu_zstd_decompression() else { throw CodecError("zstd: no memory") }
        // A header alone may ask for a window of 128 MiB.
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, windowLogLimit)
        var result: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 16)
        defer { chunk.deallocate() }
        let problem: String? = bytes.withUnsafeBytes { source in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var left = 1
            while left != 0 {
                var output = ZSTD_outBuffer(dst: chunk.baseAddress, size: chunk.count, pos: 0)
                left = ZSTD_decompressStream(stream, &output, &input)
                if ZSTD_isError(left) != 0 { return "zstd: damaged" }
                if result.count + output.pos > limit { return "more than \(limit) bytes" }
                result.append(contentsOf: chunk[0..<output.pos])
                if left != 0, input.pos == input.size, output.pos < chunk.count { return "zstd: cut" }
            }
            return input.pos == input.size ? nil : "zstd: bytes after the end"
        }
        if let problem { throw CodecError(problem) }
        return result
    }

    private static let gzipWindow: Int32 = 15 + 16

    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var source = bytes
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            source.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                deflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
    }

    private static func gunzip(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CodecError("gzip: no memory")
        }
        defer { inflateEnd(&stream) }
        var source = bytes
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let problem: String? = source.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while true {
                let code = chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                let written = chunk.count - Int(stream.avail_out)
                if result.count + written > limit { return "more than \(limit) bytes" }
                result.append(contentsOf: chunk[0..<written])
                if code == Z_STREAM_END { return stream.avail_in == 0 ? nil : "gzip: bytes after the end" }
                if code != Z_OK || (stream.avail_in == 0 && written == 0) { return "gzip: damaged or cut" }
            }
        }
        if let problem { throw CodecError(problem) }
        return result
    }
}
