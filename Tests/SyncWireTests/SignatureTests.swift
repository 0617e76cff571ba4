import Crypto
import Foundation
import SyncEngine
import Testing

@testable import SyncWire

@Suite struct SignatureTests {
    private let key = Ed25519Signer(Curve25519.Signing.PrivateKey())
    private let components = MessageSignature.Components(
        method: "POST", authority: "Township:8470", path: "/v1/push", query: "?",
        contentDigest: ContentDigest.header(for: [1]))

    private func signed(_ components: MessageSignature.Components? = nil) throws -> ParsedSignature {
        let headers = try MessageSignature.sign(
            components ?? self.components, keyID: "me", nonce: [1, 2, 3], with: key)
        return try MessageSignature.parse(signatureInput: headers.signatureInput, signature: headers.signature)
    }

    private func isValid(
        _ signature: ParsedSignature, _ components: MessageSignature.Components, by key: Ed25519Signer? = nil
    ) -> Bool {
        MessageSignature.verify(
            signature, components: components, publicKey: (key ?? self.key).publicKey, scheme: Ed25519())
    }

    @Test func aSignatureVerifiesForExactlyItsRequest() throws {
        let signature = try signed()
        #expect(signature.keyID == "me")
        #expect(signature.nonce == [1, 2, 3])
        #expect(isValid(signature, components))
        #expect(!isValid(signature, components, by: Ed25519Signer(Curve25519.Signing.PrivateKey())))
        for change in 0..<5 {
            var other = components
            switch change {
            case 0: other.method = "GET"
            case 1: other.authority = "other:8470"
            case 2: other.path = "/v1/pull"
            case 3: other.query = "?cursor=1"
            default: other.contentDigest = ContentDigest.header(for: [2])
            }
            #expect(!isValid(signature, other))
        }
    }

    /// What has no body needs no digest of it; what covers one covers it.
    @Test func aRequestWithoutABodyIsSignedWithoutItsDigest() throws {
        var bare = components
        bare.contentDigest = nil
        let signature = try signed(bare)
        #expect(!signature.coversContent)
        #expect(try signed().coversContent)
        #expect(isValid(signature, bare))
        #expect(!isValid(signature, components))
        #expect(!isValid(try signed(), bare))
    }

    /// RFC 9421 appendix B.2.6: the algorithm's own key, base and signature.
    @Test func theStandardsEd25519ExampleVerifies() throws {
        let publicKey = try #require(Base64.decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs", .url))
        let base = """
            "date": Tue, 20 Apr 2021 02:07:55 GMT
            "@method": POST
            "@path": /foo
            "@authority": example.com
            "content-type": application/json
            "content-length": 18
            "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
            ;created=1618884473;keyid="test-key-ed25519"
            """
        let signature = try #require(
            Data(
                base64Encoded:
                    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="))
        #expect(Ed25519().isValid(Array(signature), for: Array(base.utf8), publicKey: publicKey))
    }

    @Test(arguments: [
        "", "sig=()", "other=(\"@method\");alg=\"ed25519\"",
        "sig=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\")",
        "sig=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");alg=\"rsa\";keyid=\"a\";nonce=\"AA\"",
        "sig=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");alg=\"ed25519\";keyid=\"a\"",
    ]) func aMalformedSignatureIsRefused(input: String) {
        let signature = "sig=:" + Data(repeating: 0, count: 64).base64EncodedString() + ":"
        #expect(throws: CodecError.self) { try MessageSignature.parse(signatureInput: input, signature: signature) }
    }

    @Test func aDigestIsOfExactlyTheBody() {
        #expect(ContentDigest.header(for: []) == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        #expect(ContentDigest.matches(ContentDigest.header(for: [1]), [1]))
        #expect(!ContentDigest.matches(ContentDigest.header(for: [1]), [2]))
        #expect(!ContentDigest.matches("", [1]))
    }
}

@Suite struct NonceTests {
    private let issuer = NonceIssuer(secret: Array(repeating: 7, count: 32))
    private let now = Instant(milliseconds: 1_790_000_000_000)

    @Test func aNonceIsGoodForThirtyDaysAtItsIssuer() {
        let nonce = issuer.issue(at: now)
        #expect(issuer.isValid(nonce, at: now))
        #expect(issuer.isValid(nonce, at: Instant(milliseconds: now.milliseconds + 29 * 86_400_000)))
        #expect(!issuer.isValid(nonce, at: Instant(milliseconds: now.milliseconds + 31 * 86_400_000)))
        #expect(!NonceIssuer(secret: [1]).isValid(nonce, at: now))
        for index in nonce.indices {
            var flipped = nonce
            flipped[index] ^= 1
            #expect(!issuer.isValid(flipped, at: now))
        }
        #expect(!issuer.isValid([], at: now))
    }
}

@Suite struct InvitationCodeTests {
    @Test func aCodeSurvivesPaper() throws {
        let fingerprint = Hash256(of: [1, 2, 3])
        let code = InvitationCode(secret: Array(0..<10), fingerprint: fingerprint)
        let text = code.description
        #expect(text.split(separator: "-").map(\.count) == Array(repeating: 5, count: 8))
        #expect(InvitationCode(text) == code)
        #expect(InvitationCode(text.lowercased().replacingOccurrences(of: "-", with: " ")) == code)
        #expect(
            InvitationCode(text.replacingOccurrences(of: "0", with: "O").replacingOccurrences(of: "1", with: "l"))
                == code)
        #expect(code.confirms(fingerprint))
        #expect(!code.confirms(Hash256(of: [1])))
        #expect(InvitationCode(String(text.dropLast())) == nil)
        #expect(InvitationCode(text + "0") == nil)
        #expect(InvitationCode("") == nil)
    }
}
