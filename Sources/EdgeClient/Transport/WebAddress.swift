import CCurl
import Glibc

/// A URL taken apart by libcurl's own parser, so that the host that is checked is the host that is connected to.
package struct WebAddress: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case http
        case https
    }

    package let scheme: Scheme
    /// A name or an address; an IPv6 address is in brackets.
    package let host: String
    package let port: Int
    /// Path and query, as they stand in the request line.
    package let target: String
    /// What the transport sends as `Host`: the port only where it is not the scheme's own.
    package let authority: String
    /// The whole URL in libcurl's spelling.
    package let url: String

    /// - Throws: ``TransportError`` of kind `badURL` for a URL that does not parse, has another scheme, or carries a
    ///   user, a password or control characters; of kind `internalError` when libcurl is missing.
    package init(_ text: String) throws(TransportError) {
        try CurlLibrary.load()
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }), let parser = ruhu_curl_url() else {
            throw TransportError.badURL(detail: "a space or control character in the URL")
        }
        defer { ruhu_curl_url_cleanup(parser) }
        let result = ruhu_curl_url_set(parser, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER))
        guard result == CURLUE_OK else {
            throw TransportError.badURL(detail: String(cString: ruhu_curl_url_strerror(result)))
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var pointer: UnsafeMutablePointer<CChar>?
            guard ruhu_curl_url_get(parser, part, &pointer, UInt32(flags)) == CURLUE_OK, let pointer else { return nil }
            defer { ruhu_curl_free(pointer) }
            return String(cString: pointer)
        }
        guard let scheme = part(CURLUPART_SCHEME).flatMap({ Scheme(rawValue: $0) }) else {
            throw TransportError.badURL(detail: "the scheme is neither http nor https")
        }
        guard let host = part(CURLUPART_HOST), !host.isEmpty, let url = part(CURLUPART_URL),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { throw TransportError.badURL(detail: "no host") }
        let isOwnPort = port == (scheme == .https ? 443 : 80)
        self.scheme = scheme
        self.host = host
        self.port = port
        self.url = url
        authority = isOwnPort ? host : "\(host):\(port)"
        target = (part(CURLUPART_PATH) ?? "/") + (part(CURLUPART_QUERY).map { "?" + $0 } ?? "")
    }

    /// `localhost`, 127.0.0.0/8 and `[::1]`. libcurl resolves `localhost` by itself, without asking a name server.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        guard host.hasPrefix("["), host.hasSuffix("]") else { return false }
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &six) == 1 else { return false }
        return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    /// What a policy may reach.
    /// - Throws: ``TransportError`` of kind `badURL`.
    func check(for policy: TLSPolicy) throws(TransportError) {
        switch (scheme, policy) {
        case (.http, .plain):
            guard isLoopback else { throw TransportError.plainBeyondLoopback(host: host) }
        case (.http, _):
            throw isLoopback
                ? TransportError.badURL(detail: "http to a server whose key is pinned")
                : TransportError.plainBeyondLoopback(host: host)
        case (.https, .plain):
            throw TransportError.badURL(detail: "https to a server that is known without a key")
        case (.https, _):
            break
        }
    }
}
