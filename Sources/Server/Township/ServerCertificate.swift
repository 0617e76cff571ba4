import Crypto
import Foundation
import SwiftASN1
import SyncEngine
import X509

/// The certificate that `init` makes. Stations pin its public key; nobody judges its dates or names.
struct ServerCertificate {
    let certificatePEM: String
    let keyPEM: String
    /// SHA-256 of the SubjectPublicKeyInfo: what stations pin.
    let fingerprint: Hash256

    /// A self-signed P-256 certificate. Its dates span what X.509 can say, because village clocks are off by years.
    /// - Throws: what the certificate library says.
    static func make(name: String) throws -> ServerCertificate {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let start = Date(timeIntervalSince1970: 0)
        let end = Date(timeIntervalSince1970: 253_402_300_799)  // 9999-12-31T23:59:59Z, RFC 5280 section 4.1.2.5
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: start, notValidAfter: end, issuer: subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                SubjectAlternativeNames([.dnsName("localhost")])
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return ServerCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString, keyPEM: key.pemRepresentation,
            fingerprint: Hash256(of: Array(key.publicKey.derRepresentation)))
    }
}
