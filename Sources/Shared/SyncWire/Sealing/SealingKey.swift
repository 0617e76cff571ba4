import Crypto
package import SyncEngine

/// An X25519 key pair: ``Sealing`` seals to its public half and opens with the private one.
package struct SealingKey: Sendable {
    private let key: Curve25519.KeyAgreement.PrivateKey

    /// A new one.
    package init() { key = Curve25519.KeyAgreement.PrivateKey() }

    /// - Throws: ``CodecError`` when the bytes are no private key.
    package init(privateKey: [UInt8]) throws(CodecError) {
        do { key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey) } catch {
            throw CodecError("sealing key")
        }
    }

    package var privateKey: [UInt8] { Array(key.rawRepresentation) }
    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }
}
