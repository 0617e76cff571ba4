import CCurl
package import SyncEngine
import SyncWire

/// HTTP/1.1 to one township, over one kept connection.
///
/// ```swift
/// let transport = try HTTPTransport(.pinned(spkiSHA256: key), proxy: .ofProcess())
/// let answer = try transport.send(HTTPRequest(.get, "https://township:8470/v1/hello"), shouldAbort: { clock.isUp })
/// ```
///
/// No redirects are followed, no cookies kept, no passwords read from files, nothing decompressed.
///
/// **Isolation**: synchronous and confined to its caller; not `Sendable`. Each call blocks the calling thread until
/// the exchange has ended. The closures run on that thread, at least about once a second, also while nothing
/// arrives; they must not use the transport.
package final class HTTPTransport: Transport {
    /// Bytes of all exchanges so far, those that failed included.
    package private(set) var traffic = Traffic.none

    private let policy: TLSPolicy
    private let limits: TransportLimits
    private let proxy: ProxySettings
    private let handle: EasyHandle
    private var isSending = false

    /// - Throws: ``TransportError`` of kind `internalError` when libcurl does not start.
    package init(
        _ policy: TLSPolicy, limits: TransportLimits = TransportLimits(), proxy: ProxySettings = ProxySettings()
    ) throws(TransportError) {
        self.policy = policy
        self.limits = limits
        self.proxy = proxy
        handle = try EasyHandle()
    }

    /// One request and its answer, whatever its status.
    ///
    /// When the kept connection turns out to be closed before a byte of the answer came, the request is sent once
    /// more on a new one: requests must bear repetition, as all of the protocol do.
    ///
    /// - Parameters:
    ///   - onProgress: Bytes of the bodies so far, whenever they changed. That bytes arrive proves nothing: what
    ///     counts as progress of a sync is decided by its caller.
    ///   - shouldAbort: Asked again and again; `true` ends the exchange with kind `aborted`.
    /// - Throws: ``TransportError`` of any kind.
    package func send(
        _ request: HTTPRequest, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)? = nil,
        shouldAbort: (() -> Bool)? = nil
    ) throws(TransportError) -> HTTPResponse {
        if case .discover = policy {
            throw TransportError.internalError("nothing is sent to a server whose key is not confirmed")
        }
        let lines = try Self.headerLines(of: request)
        let transfer = Transfer(body: request.body, limits: limits, onProgress: onProgress, shouldAbort: shouldAbort)
        let traffic = try perform(transfer, to: request.url) { () throws(TransportError) in
            try setMethod(of: request)
            try handle.setHeaders(lines)
        }
        return HTTPResponse(
            status: handle.long(CURLINFO_RESPONSE_CODE), headers: transfer.headers, body: transfer.answer,
            traffic: traffic)
    }

    /// The SHA-256 of the server's public key, for the invitation code to confirm: a TLS handshake and nothing more.
    ///
    /// Whether anybody may be trusted with it is not judged, unless the policy pins a key.
    ///
    /// - Throws: ``TransportError``; `untrusted` when no TLS is spoken there, `badURL` for `http`.
    package func serverKey(of url: String, shouldAbort: (() -> Bool)? = nil) throws(TransportError) -> Hash256 {
        let transfer = Transfer(body: [], limits: limits, onProgress: nil, shouldAbort: shouldAbort)
        _ = try perform(transfer, to: url) { () throws(TransportError) in
            guard policy != .plain else { throw TransportError.badURL(detail: "plain HTTP has no key") }
            // Such a connection is always a new one, with a handshake of its own; it is closed at once.
            try handle.set(CURLOPT_CONNECT_ONLY, isOn: true)
            try handle.set(CURLOPT_FORBID_REUSE, isOn: true)
            try handle.set(CURLOPT_CERTINFO, isOn: true)
        }
        guard let key = handle.serverCertificate.flatMap({ ServerKey.sha256(ofCertificate: $0) }) else {
            throw TransportError.internalError("the TLS library gave no readable certificate")
        }
        return key
    }

    /// Sets the options, runs the exchange and counts its bytes.
    private func perform(
        _ transfer: Transfer, to url: String, options: () throws(TransportError) -> Void
    ) throws(TransportError) -> Traffic {
        precondition(!isSending, "a closure of an exchange must not start another one")
        isSending = true
        defer { isSending = false }
        let address = try WebAddress(url)
        try address.check(for: policy)
        try handle.reset()
        try setConnection(to: address)
        try setTrust()
        try handle.setCallbacks(transfer)
        try options()
        let result = withExtendedLifetime(transfer) { handle.perform() }
        let traffic = Traffic(
            sent: Int64(handle.long(CURLINFO_REQUEST_SIZE)) + handle.offset(CURLINFO_SIZE_UPLOAD_T),
            received: Int64(handle.long(CURLINFO_HEADER_SIZE)) + handle.offset(CURLINFO_SIZE_DOWNLOAD_T))
        self.traffic = self.traffic + traffic
        switch (result, transfer.stop) {
        case (CURLE_OK, _):
            return traffic
        case (_, .bodyTooLarge):
            throw TransportError.tooLarge(
                "more than \(limits.answerBodyBytes) bytes of body", curlCode: Int(result.rawValue))
        case (_, .headersTooLarge):
            throw TransportError.tooLarge(
                "more than \(limits.answerHeaderBytes) bytes of headers", curlCode: Int(result.rawValue))
        default:
            throw TransportError(result, detail: handle.failure)
        }
    }
}

@available(*, unavailable)
extension HTTPTransport: Sendable {}

// MARK: - Options

extension HTTPTransport {
    private func setConnection(to address: WebAddress) throws(TransportError) {
        try handle.set(CURLOPT_URL, address.url)
        try handle.set(CURLOPT_PROTOCOLS_STR, address.scheme.rawValue)
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_FOLLOWLOCATION, isOn: false)
        // libcurl must not touch the process's signal handlers. It need not: since 7.88 all its writes, those of its
        // TLS library too, are told to raise no SIGPIPE.
        try handle.set(CURLOPT_NOSIGNAL, isOn: true)
        // A name that is still being looked up must not hold up the end of an exchange.
        try handle.set(CURLOPT_QUICK_EXIT, isOn: true)
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: max(1, limits.connectTime.wholeMilliseconds)))
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, limits.lowSpeedBytesPerSecond)
        try handle.set(CURLOPT_LOW_SPEED_TIME, Int(clamping: max(1, limits.lowSpeedTime.components.seconds)))
        // A proxy's answer to CONNECT is not the server's.
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, isOn: true)
        if let exceptions = proxy.exceptions { try handle.set(CURLOPT_NOPROXY, exceptions) }
        if let file = proxy.authorityFile { try handle.set(CURLOPT_PROXY_CAINFO, file) }
        if let folder = proxy.authorityFolder { try handle.set(CURLOPT_PROXY_CAPATH, folder) }
    }

    private func setTrust() throws(TransportError) {
        guard policy != .plain else { return }
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // Names, issuers and dates are not judged; the pin below is checked all the same.
        try handle.set(CURLOPT_SSL_VERIFYPEER, isOn: false)
        try handle.set(CURLOPT_SSL_VERIFYHOST, isOn: false)
        if case .pinned(let key) = policy {
            try handle.set(CURLOPT_PINNEDPUBLICKEY, "sha256//" + Base64.encode(key.bytes))
        }
    }

    private func setMethod(of request: HTTPRequest) throws(TransportError) {
        let size = Int64(request.body.count)
        switch request.method {
        case .get: try handle.set(CURLOPT_HTTPGET, isOn: true)
        case .head: try handle.set(CURLOPT_NOBODY, isOn: true)
        case .post:
            try handle.set(CURLOPT_POST, isOn: true)
            try handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: size)
        case .put:
            try handle.set(CURLOPT_UPLOAD, isOn: true)
            try handle.set(CURLOPT_INFILESIZE_LARGE, size: size)
        }
        // An answer that announces too much is not begun. HEAD announces a body that does not come.
        if request.method != .head { try handle.set(CURLOPT_MAXFILESIZE_LARGE, size: Int64(limits.answerBodyBytes)) }
    }

    /// Header lines in libcurl's form, checked: a line break in a value would be a second field, or a second request.
    private static func headerLines(of request: HTTPRequest) throws(TransportError) -> [String] {
        guard request.body.isEmpty || request.method == .post || request.method == .put else {
            throw TransportError.internalError("\(request.method.rawValue) with a body")
        }
        // Without a value libcurl leaves its own field out: no wait for "100 Continue", no form's media type.
        var lines = ["Expect:"] + ["Accept", "Content-Type"].filter { request.headers[$0] == nil }.map { $0 + ":" }
        for field in request.headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenCharacter),
                field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
            else { throw TransportError.internalError("header field \(field.name.debugDescription) is malformed") }
            lines.append(field.value.isEmpty ? field.name + ";" : field.name + ": " + field.value)
        }
        return lines
    }

    /// RFC 9110 section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
