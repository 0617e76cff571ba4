import HTTPTypes
import Hummingbird
import NIOCore
import SyncEngine
import SyncWire

/// The protocol's, not the HTTP library's.
typealias MediaType = SyncWire.MediaType

/// A request as it was received: its body within the limits, its digest checked, its signature parsed but not yet
/// verified.
struct ReceivedRequest: Sendable {
    let method: String
    /// The received `Host`, compared with nothing else: proxies change ports.
    let authority: String
    let path: String
    /// The raw query with its question mark, as RFC 9421 section 2.2.7 has it.
    let query: String
    let parameters: [String: String]
    /// Decompressed.
    let body: [UInt8]
    let media: MediaType
    let contentDigest: String
    let signature: ParsedSignature

    /// - Throws: ``Problem``: ``Problem/Code/unsigned``, ``Problem/Code/bodyTooLarge``, ``Problem/Code/unsupportedMedia``,
    ///   ``Problem/Code/badRequest`` for a digest that is not the body's, ``Problem/Code/badSignature`` for a malformed one.
    init(_ request: Request, path: String) async throws {
        let buffer = try await request.body.collect(upTo: Limits.requestBodyBytes)
        let raw = Array(buffer.readableBytesView)
        method = request.method.rawValue
        authority = request.head.authority ?? ""
        self.path = path
        query = request.uri.query.map { "?" + $0 } ?? "?"
        parameters = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
        guard let input = Self.header("Signature-Input", request), let text = Self.header("Signature", request) else {
            throw Problem(.unsigned)
        }
        do {
            signature = try MessageSignature.parse(signatureInput: input, signature: text)
        } catch {
            throw Problem(.badSignature, error.detail)
        }
        contentDigest = Self.header("Content-Digest", request) ?? ""
        guard ContentDigest.matches(contentDigest, raw) else { throw Problem(.badRequest, "Content-Digest") }
        guard let coding = ContentCoding(rawValue: request.headers[.contentEncoding] ?? "identity") else {
            throw Problem(.unsupportedMedia, "Content-Encoding")
        }
        do {
            body = try coding.decompress(raw, limit: Limits.decompressedBytes)
        } catch {
            throw Problem(.bodyTooLarge, error.detail)
        }
        guard let media = MediaType(contentType: request.headers[.contentType]) else {
            throw Problem(.unsupportedMedia, "Content-Type")
        }
        self.media = media
    }

    private static func header(_ name: String, _ request: Request) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0] }
    }

    /// The components a signature covers.
    var signedComponents: MessageSignature.Components {
        MessageSignature.Components(
            method: method, authority: authority, path: path, query: query, contentDigest: contentDigest)
    }
}
