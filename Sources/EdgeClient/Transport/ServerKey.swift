import SyncEngine
import SyncWire

/// The public key of an X.509 certificate, found without a TLS library.
enum ServerKey {
    /// SHA-256 of the SubjectPublicKeyInfo (RFC 5280 section 4.1) of a certificate in PEM: what the pin is made of.
    /// `nil` for anything that is not one.
    static func sha256(ofCertificate pem: String) -> Hash256? {
        let begin = "-----BEGIN CERTIFICATE-----"
        let lines = pem.split(whereSeparator: \.isNewline).drop { !$0.hasSuffix(begin) }.dropFirst()
        let body = lines.prefix { !$0.hasPrefix("-----END") }
        guard body.count < lines.count, let der = Base64.decode(body.joined()), let key = publicKeyInfo(der[...])
        else { return nil }
        return Hash256(of: Array(key))
    }

    /// The SubjectPublicKeyInfo inside a certificate, tag and length included.
    private static func publicKeyInfo(_ certificate: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let outer = Element(certificate, tag: 0x30), var inside = Element(outer.content, tag: 0x30)?.content
        else { return nil }
        // The version is optional; then serial number, algorithm, issuer, validity, subject.
        if let version = Element(inside, tag: 0xa0) { inside = version.rest }
        for tag: UInt8 in [0x02, 0x30, 0x30, 0x30, 0x30] {
            guard let element = Element(inside, tag: tag) else { return nil }
            inside = element.rest
        }
        return Element(inside, tag: 0x30)?.whole
    }

    /// One DER element at the start of some bytes.
    private struct Element {
        let whole: ArraySlice<UInt8>
        let content: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>

        /// `nil` unless a complete element with this tag stands there.
        init?(_ bytes: ArraySlice<UInt8>, tag: UInt8) {
            guard bytes.count >= 2, bytes.first == tag else { return nil }
            var start = bytes.startIndex + 2
            var length = Int(bytes[bytes.startIndex + 1])
            if length >= 0x80 {
                let count = length - 0x80
                guard (1...3).contains(count), bytes.endIndex - start >= count else { return nil }
                length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
                start += count
            }
            guard bytes.endIndex - start >= length else { return nil }
            whole = bytes[bytes.startIndex..<start + length]
            content = bytes[start..<start + length]
            rest = bytes[(start + length)...]
        }
    }
}
