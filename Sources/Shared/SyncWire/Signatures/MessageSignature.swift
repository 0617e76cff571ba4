import Crypto
package import SyncEngine

/// `Content-Digest` (RFC 9530), SHA-256.
package enum ContentDigest {
    package static func header(for body: [UInt8]) -> String {
        "sha-256=:\(Base64.encode(Hash256(of: body).bytes)):"
    }

    /// Whether a header names this body's hash; compared in constant time.
    package static func matches(_ header: String, _ body: [UInt8]) -> Bool {
        ConstantTime.equal(header.utf8.filter { $0 != UInt8(ascii: " ") }, Array(self.header(for: body).utf8))
    }
}

enum ConstantTime {
    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}

/// A request's signature as its headers give it, not yet verified.
package struct ParsedSignature: Hashable, Sendable {
    package var keyID: String
    package var nonce: [UInt8]
    /// The inner list with its parameters, exactly as received: part of the signed bytes.
    package var parameters: String
    package var signature: [UInt8]
    /// Whether the digest of the body is among what is signed; without it there must be no body.
    package var coversContent: Bool
}

/// HTTP Message Signatures (RFC 9421) with `ed25519`, label `sig`, over method, authority, path, query and, of a request
/// with a body, content digest.
package enum MessageSignature {
    package struct Components: Hashable, Sendable {
        package var method: String
        package var authority: String
        package var path: String
        /// With its question mark; `?` alone when there is none.
        package var query: String
        /// `nil` where there is no body.
        package var contentDigest: String?

        package init(method: String, authority: String, path: String, query: String, contentDigest: String?) {
            self.method = method
            self.authority = authority
            self.path = path
            self.query = query
            self.contentDigest = contentDigest
        }
    }

    static let covered = #"("@method" "@authority" "@path" "@query" "content-digest")"#
    static let coveredWithoutBody = #"("@method" "@authority" "@path" "@query")"#

    /// RFC 9421 section 2.5.
    static func base(_ components: Components, parameters: String) -> [UInt8] {
        let lines =
            [
                #""@method": "# + components.method, #""@authority": "# + components.authority.lowercased(),
                #""@path": "# + components.path, #""@query": "# + components.query,
            ] + (components.contentDigest.map { [#""content-digest": "# + $0] } ?? [])
            + [#""@signature-params": "# + parameters]
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// Neither the algorithm, which the key tells, nor the time, which nobody may trust, is said: every byte counts on a
    /// village's line.
    /// - Returns: the values of the two headers.
    package static func sign(
        _ components: Components, keyID: String, nonce: [UInt8], with key: any Signer
    ) throws -> (signatureInput: String, signature: String) {
        let covered = components.contentDigest == nil ? coveredWithoutBody : covered
        let parameters = covered + ";keyid=\"\(keyID)\";nonce=\"\(Base64.encode(nonce, .url))\""
        let signature = try key.signature(for: base(components, parameters: parameters))
        return ("sig=" + parameters, "sig=:\(Base64.encode(signature)):")
    }

    /// The longest header that is read.
    private static let headerBytes = 2_048

    /// - Throws: ``CodecError`` unless exactly the covered components are named, with `keyid` and `nonce`, and no other
    ///   `alg` than `ed25519`.
    package static func parse(signatureInput: String, signature: String) throws(CodecError) -> ParsedSignature {
        guard signatureInput.utf8.count <= headerBytes, signature.utf8.count <= headerBytes else {
            throw CodecError("signature headers too long")
        }
        let coversContent = signatureInput.hasPrefix("sig=" + covered)
        guard coversContent || signatureInput.hasPrefix("sig=" + coveredWithoutBody) else {
            throw CodecError("covered components")
        }
        let covered = coversContent ? covered : coveredWithoutBody
        let parameters = String(Substring(signatureInput.utf8.dropFirst(4)))
        var values: [String: String] = [:]
        let quote = UInt8(ascii: "\"")
        for part in parameters.utf8.dropFirst(covered.utf8.count).split(separator: UInt8(ascii: ";")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { throw CodecError("parameter") }
            var value = part[part.index(after: equals)...]
            if value.count >= 2, value.first == quote, value.last == quote { value = value.dropFirst().dropLast() }
            values[String(Substring(part[..<equals]))] = String(Substring(value))
        }
        guard values["alg"] ?? "ed25519" == "ed25519", let keyID = values["keyid"],
            let nonce = values["nonce"].flatMap({ Base64.decode($0, .url) })
        else { throw CodecError("alg, keyid or nonce") }
        guard signature.hasPrefix("sig=:"), signature.hasSuffix(":"), signature.utf8.count > 5,
            let bytes = Base64.decode(String(Substring(signature.utf8.dropFirst(5).dropLast()))), bytes.count == 64
        else { throw CodecError("signature") }
        return ParsedSignature(
            keyID: keyID, nonce: nonce, parameters: parameters, signature: bytes, coversContent: coversContent)
    }

    package static func verify(
        _ parsed: ParsedSignature, components: Components, publicKey: [UInt8], scheme: any SignatureScheme
    ) -> Bool {
        scheme.isValid(
            parsed.signature, for: base(components, parameters: parsed.parameters), publicKey: publicKey)
    }
}

/// Nonces that need no memory at the server: time and randomness under a secret's HMAC.
package struct NonceIssuer: Sendable {
    /// With the secret and the purpose in it: each nonce goes on from here.
    private let keyed: HMAC<SHA256>
    private let random: @Sendable () -> UInt64

    private static let randomBytes = 8
    private static let tagBytes = 16

    package init(secret: [UInt8], random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }) {
        var keyed = HMAC<SHA256>(key: SymmetricKey(data: secret))
        keyed.update(data: Array("ruhu nonce v1".utf8))
        self.keyed = keyed
        self.random = random
    }

    package func issue(at now: Instant) -> [UInt8] {
        let seconds = UInt64(max(0, now.milliseconds / 1000))
        var body = (0..<5).map { UInt8(truncatingIfNeeded: seconds >> (32 - 8 * $0)) }
        withUnsafeBytes(of: random()) { body.append(contentsOf: $0.prefix(Self.randomBytes)) }
        return body + tag(body)
    }

    /// Whether this server issued the nonce, at most ``Limits/nonceDays`` ago.
    package func isValid(_ nonce: [UInt8], at now: Instant) -> Bool {
        guard nonce.count == 5 + Self.randomBytes + Self.tagBytes else { return false }
        let body = Array(nonce.prefix(5 + Self.randomBytes))
        guard ConstantTime.equal(Array(nonce.suffix(Self.tagBytes)), tag(body)) else { return false }
        let issued = body.prefix(5).reduce(0 as Int64) { $0 << 8 | Int64($1) }
        let age = now.milliseconds / 1000 - issued
        return age <= Int64(Limits.nonceDays) * 86_400
    }

    private func tag(_ body: [UInt8]) -> [UInt8] {
        var code = keyed
        code.update(data: body)
        return Array(code.finalize().prefix(Self.tagBytes))
    }
}

/// The versions of the protocol this program speaks.
package enum ProtocolVersion {
    package static let minimum: UInt32 = 1
    package static let maximum: UInt32 = 1
}
