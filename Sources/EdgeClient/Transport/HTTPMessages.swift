/// The methods of the protocol.
package enum HTTPMethod: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
}

/// Header fields in their order. Names compare without regard to ASCII case, as HTTP says (RFC 9110 section 5.1).
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// A name may be given more than once.
    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The value of a field; several fields of one name are one value, joined by `", "` (RFC 9110 section 5.2).
    package subscript(name: String) -> String? {
        let values = fields.filter { Self.same($0.name, name) }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// A line that began with white space: the value before it goes on (RFC 9112 section 5.2).
    mutating func continueLast(_ text: String) {
        guard let last = fields.popLast() else { return }
        append(last.name, last.value + " " + text)
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

/// One request to the township.
package struct HTTPRequest: Hashable, Sendable {
    package var method: HTTPMethod
    /// `https://…`, or `http://…` on loopback; without user, password or fragment.
    package var url: String
    /// `Host` and `Content-Length` are added by the transport, and nothing else.
    package var headers: HTTPHeaders
    /// Sent with `post` and `put`; must be empty otherwise.
    package var body: [UInt8]

    package init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// A whole answer. Whether it came from the township is for the caller to verify: here it is only HTTP.
package struct HTTPResponse: Hashable, Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// As received, not decompressed.
    package let body: [UInt8]
    /// Bytes of this exchange above TLS: request line, headers and body; answers to a proxy's `CONNECT` too.
    package let traffic: Traffic

    package init(status: Int, headers: HTTPHeaders, body: [UInt8], traffic: Traffic) {
        self.status = status
        self.headers = headers
        self.body = body
        self.traffic = traffic
    }

    package var bytesSent: Int64 { traffic.sent }
    package var bytesReceived: Int64 { traffic.received }
}

/// What carries requests: libcurl (``HTTPTransport``), or a simulated network.
package protocol Transport: AnyObject {
    /// Bytes of all exchanges so far, those that failed included.
    var traffic: Traffic { get }

    /// One request and its answer, whatever its status.
    /// - Throws: ``TransportError``.
    func send(
        _ request: HTTPRequest, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?,
        shouldAbort: (() -> Bool)?
    ) throws(TransportError) -> HTTPResponse
}

/// Bytes of HTTP both ways, headers included.
package struct Traffic: Hashable, Sendable {
    package var sent: Int64
    package var received: Int64

    package init(sent: Int64, received: Int64) {
        self.sent = sent
        self.received = received
    }

    package static let none = Traffic(sent: 0, received: 0)

    package static func + (a: Traffic, b: Traffic) -> Traffic {
        Traffic(sent: a.sent + b.sent, received: a.received + b.received)
    }
}
