import CZstd
import SyncEngine

/// RFC 8878 by libzstd.
enum Zstd {
    /// The window that a stream may ask for, as a power of two: 8 MiB, as RFC 8878 recommends.
    private static let largestWindowBits: Int32 = 23

    static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let written = bytes.withUnsafeBytes {
                ZSTD_compress(buffer.baseAddress, bound, $0.baseAddress, $0.count, level)
            }
            precondition(ZSTD_isError(written) == 0, "zstd within its own bound")
            count = written
        }
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        guard !bytes.isEmpty else { throw CodecError("zstd: cut") }
        guard let stream = ZSTD_createDCtx() else { throw CodecError("zstd: memory") }
        defer { ZSTD_freeDCtx(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, largestWindowBits)
        var output = OutputBuffer(startingWith: bytes.count * 4, limit: limit)
        var consumed = 0
        var pending = 1
        while true {
            let step = output.fill { room -> (state: Int, written: Int) in
                bytes.withUnsafeBytes { source in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: consumed)
                    var out = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                    let state = ZSTD_decompressStream(stream, &out, &input)
                    consumed = input.pos
                    return (state, out.pos)
                }
            }
            guard ZSTD_isError(step.state) == 0 else {
                throw CodecError("zstd: \(String(cString: ZSTD_getErrorName(step.state)))")
            }
            pending = step.state
            if output.isOverLimit { throw ContentCoding.tooLarge(limit) }
            if consumed == bytes.count && !output.wasFilled { break }
        }
        guard pending == 0 else { throw CodecError("zstd: cut") }
        return output.bytes
    }
}

/// Room that grows up to a limit and one byte more, by which going over it is seen.
struct OutputBuffer {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private var step: Int
    /// The last step used all its room: there may be more to come.
    private(set) var wasFilled = false

    private static let stepBytes = 16 * 1024...1024 * 1024

    init(startingWith expected: Int, limit: Int) {
        self.limit = limit
        step = min(max(expected, Self.stepBytes.lowerBound), Self.stepBytes.upperBound)
    }

    var isOverLimit: Bool { bytes.count > limit }

    /// Offers `body` room to write to.
    mutating func fill<State>(
        _ body: (UnsafeMutableRawBufferPointer) -> (state: State, written: Int)
    ) -> (
        state: State, written: Int
    ) {
        let used = bytes.count
        let room = min(step, limit + 1 - used)
        bytes.append(contentsOf: repeatElement(0, count: room))
        let result = bytes.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[used...])) }
        bytes.removeLast(room - result.written)
        wasFilled = result.written == room
        step = min(step * 2, Self.stepBytes.upperBound)
        return result
    }
}
