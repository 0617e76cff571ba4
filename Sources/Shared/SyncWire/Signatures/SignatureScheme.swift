package import Crypto
import Foundation

/// How devices and the township sign: ``Ed25519`` everywhere, a cheap stand-in inside the simulation.
package protocol SignatureScheme: Sendable {
    /// - Throws: when the bytes are no private key.
    func signer(privateKey: [UInt8]) throws -> any Signer
    /// `false` for a wrong signature, and for bytes that are no public key.
    func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool
}

/// A private key that signs.
package protocol Signer: Sendable {
    var publicKey: [UInt8] { get }
    func signature(for message: [UInt8]) throws -> [UInt8]
}

/// RFC 8032.
package struct Ed25519: SignatureScheme {
    package init() {}

    package func signer(privateKey: [UInt8]) throws -> any Signer {
        Ed25519Signer(try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey))
    }

    package func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

package struct Ed25519Signer: Signer {
    private let key: Curve25519.Signing.PrivateKey

    package init(_ key: Curve25519.Signing.PrivateKey) { self.key = key }

    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }
    package func signature(for message: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: message)) }
}
