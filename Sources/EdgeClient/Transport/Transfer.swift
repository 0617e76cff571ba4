import CCurl

/// One exchange while libcurl runs it: what its callbacks read and fill. Confined to the thread that runs the exchange;
/// libcurl calls back on that thread only.
final class Transfer {
    enum Stop {
        case bodyTooLarge
        case headersTooLarge
    }

    private(set) var headers = HTTPHeaders()
    private(set) var answer: [UInt8] = []
    /// Why a callback refused to take more.
    private(set) var stop: Stop?

    private let body: [UInt8]
    private let limits: TransportLimits
    private let onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?
    private let shouldAbort: (() -> Bool)?
    private var position = 0
    private var headerBytes = 0
    /// An interim (1xx) answer is followed by another one; lines after the headers of a final one are trailers.
    private var section = Section.headers
    private var lastProgress = Traffic.none

    private enum Section {
        case interim
        case headers
        case body
    }

    init(
        body: [UInt8], limits: TransportLimits, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?,
        shouldAbort: (() -> Bool)?
    ) {
        self.body = body
        self.limits = limits
        self.onProgress = onProgress
        self.shouldAbort = shouldAbort
    }

    /// The next part of the body, into libcurl's buffer; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, body.count - position)
        body.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        position += count
        return count
    }

    /// False for a place outside the body.
    func seek(to offset: Int64) -> Bool {
        guard offset >= 0, offset <= body.count else { return false }
        position = Int(offset)
        return true
    }

    /// False beyond the limit.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= limits.answerBodyBytes - answer.count else {
            stop = .bodyTooLarge
            return false
        }
        answer.append(contentsOf: bytes)
        return true
    }

    /// A header line with its end of line, or the empty line after the last one. False beyond the limit.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= limits.answerHeaderBytes else {
            stop = .headersTooLarge
            return false
        }
        guard section != .body else { return true }
        let text = line.prefix { $0 != 0x0d && $0 != 0x0a }
        if text.isEmpty {
            section = section == .interim ? .interim : .body
        } else if text.starts(with: "HTTP/".utf8) {
            headers = HTTPHeaders()
            // "HTTP/1.1 103": the status class is the first character after the space.
            let status = text.drop { $0 != 0x20 }.dropFirst()
            section = status.first == UInt8(ascii: "1") ? .interim : .headers
        } else if text.first == 0x20 || text.first == 0x09 {
            headers.continueLast(Self.trimmed(text))
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(Self.trimmed(text[..<colon]), Self.trimmed(text[(colon + 1)...]))
        }
        return true
    }

    /// False to end the exchange.
    func progress(sent: Int64, received: Int64) -> Bool {
        let now = Traffic(sent: sent, received: received)
        if now != lastProgress {
            lastProgress = now
            onProgress?(sent, received)
        }
        return !(shouldAbort?() ?? false)
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// The C side of a ``Transfer``: each finds it behind the pointer that libcurl hands back.
enum TransferCallbacks {
    /// `curl_read_callback` and `curl_write_callback`: buffer, size, count, context.
    typealias Bytes = @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int
    /// `curl_seek_callback`: context, offset, origin.
    typealias Seek = @convention(c) (UnsafeMutableRawPointer?, curl_off_t, Int32) -> Int32
    /// `curl_xferinfo_callback`: context, then bytes down in all and so far, bytes up in all and so far.
    typealias Progress =
        @convention(c) (UnsafeMutableRawPointer?, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> Int32

    static let read: Bytes = { buffer, size, count, context in
        transfer(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }

    static let seek: Seek = { context, offset, origin in
        // libcurl counts from the start only (SEEK_SET).
        origin == 0 && transfer(context).seek(to: Int64(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    /// Another count than the one given tells libcurl to stop.
    static let write: Bytes = { bytes, size, count, context in
        let total = size * count
        return transfer(context).receive(UnsafeRawBufferPointer(start: bytes, count: total)) ? total : total + 1
    }

    static let header: Bytes = { bytes, size, count, context in
        let total = size * count
        return transfer(context).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: total)) ? total : total + 1
    }

    static let progress: Progress = { context, _, received, _, sent in
        transfer(context).progress(sent: Int64(sent), received: Int64(received)) ? 0 : 1
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer {
        // Set to the running exchange before libcurl starts, see HTTPTransport.
        Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    }
}
