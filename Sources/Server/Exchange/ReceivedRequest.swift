import SyncEngine
package import SyncWire

/// The protocol's, not the HTTP library's.
package typealias MediaType = SyncWire.MediaType

/// A request's first lines, from whatever carried it.
package struct RequestHead: Sendable {
    package var method: String
    /// The received `Host`, compared with nothing else: proxies change ports.
    package var authority: String
    package var path: String
    /// Without its question mark; `nil` when there is none.
    package var query: String?
    /// By lower-case name.
    package var headers: [String: String]

    package init(method: String, authority: String, path: String, query: String?, headers: [String: String]) {
        self.method = method
        self.authority = authority
        self.path = path
        self.query = query
        self.headers = headers
    }
}

/// A request as it was received: its body within the limits, its digest checked, its signature parsed but not yet
/// verified.
package struct ReceivedRequest: Sendable {
    package let head: RequestHead
    package let parameters: [String: String]
    /// Decompressed.
    package let body: [UInt8]
    package let media: MediaType
    package let signature: ParsedSignature
    /// `nil` when the signature does not cover it, because there is no body.
    private let contentDigest: String?

    /// - Parameter raw: the body as it was sent, compressed.
    /// - Throws: ``Problem``: ``Problem/Code/unsigned``, ``Problem/Code/bodyTooLarge``, ``Problem/Code/unsupportedMedia``,
    ///   ``Problem/Code/badRequest`` for a digest that is not the body's, ``Problem/Code/badSignature`` for a signature that
    ///   is malformed or leaves a body uncovered.
    package init(_ head: RequestHead, raw: [UInt8]) throws {
        self.head = head
        parameters = Self.parameters(head.query ?? "")
        guard let input = head.headers["signature-input"], let text = head.headers["signature"] else {
            throw Problem(.unsigned)
        }
        do {
            signature = try MessageSignature.parse(signatureInput: input, signature: text)
        } catch {
            throw Problem(.badSignature, error.detail)
        }
        contentDigest = try Self.contentDigest(head, of: raw, isSigned: signature.coversContent)
        guard let coding = ContentCoding(rawValue: head.headers["content-encoding"] ?? "identity") else {
            throw Problem(.unsupportedMedia, "Content-Encoding")
        }
        do {
            body = try coding.decompress(raw, limit: Limits.decompressedBytes)
        } catch {
            throw Problem(.bodyTooLarge, error.detail)
        }
        media = try Self.media(of: head)
    }

    private static func contentDigest(_ head: RequestHead, of raw: [UInt8], isSigned: Bool) throws -> String? {
        guard isSigned else {
            guard raw.isEmpty else { throw Problem(.badSignature, "content-digest") }
            return nil
        }
        let digest = head.headers["content-digest"] ?? ""
        guard ContentDigest.matches(digest, raw) else { throw Problem(.badRequest, "Content-Digest") }
        return digest
    }

    /// A blob's bytes are no message: they come as they are.
    private static func media(of head: RequestHead) throws -> MediaType {
        let type = head.headers["content-type"]
        if head.path.hasPrefix(Route.blobs), type == nil || type == "application/octet-stream" { return .protobuf }
        guard !head.path.hasPrefix(Route.blobs), let media = MediaType(contentType: type) else {
            throw Problem(.unsupportedMedia, "Content-Type")
        }
        return media
    }

    /// Names and values of the protocol are plain ASCII: nothing in them is percent-encoded.
    private static func parameters(_ query: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(Substring(pair[0]))
            if result[name] == nil { result[name] = pair.count == 2 ? String(Substring(pair[1])) : "" }
        }
        return result
    }

    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for a value that is no number.
    package func number(_ name: String) throws -> UInt64? {
        guard let text = parameters[name] else { return nil }
        guard let number = UInt64(text) else { throw Problem(.badRequest, name) }
        return number
    }

    /// The components a signature covers; the query with its question mark, as RFC 9421 section 2.2.7 has it.
    package var signedComponents: MessageSignature.Components {
        MessageSignature.Components(
            method: head.method, authority: head.authority, path: head.path, query: "?" + (head.query ?? ""),
            contentDigest: contentDigest)
    }
}
