import Crypto
import Foundation
package import SyncEngine

/// Sealing to one reader: HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305. A sealed message is
/// the encapsulated key (32 bytes) and the ciphertext.
package enum Sealing {
    fileprivate static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    private static let encapsulatedKeyBytes = 32

    /// - Parameters:
    ///   - publicKey: X25519, 32 bytes.
    ///   - info: what the message is for; both sides must say the same.
    /// - Throws: when the bytes are no public key.
    package static func seal(_ plain: [UInt8], to publicKey: [UInt8], info: String) throws -> [UInt8] {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: Data(info.utf8))
        let sealed = try sender.seal(Data(plain))
        return Array(sender.encapsulatedKey) + Array(sealed)
    }

    /// - Throws: ``CodecError`` for a message that was altered, or is sealed to another key or for another purpose.
    package static func open(_ sealed: [UInt8], privateKey: [UInt8], info: String) throws(CodecError) -> [UInt8] {
        guard sealed.count > encapsulatedKeyBytes else { throw CodecError("sealed message cut") }
        do {
            let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey)
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: suite, info: Data(info.utf8),
                encapsulatedKey: Data(sealed.prefix(encapsulatedKeyBytes)))
            return Array(try recipient.open(Data(sealed.dropFirst(encapsulatedKeyBytes))))
        } catch {
            throw CodecError("not sealed to this key")
        }
    }
}

/// Seals several messages to one reader, one after the other: none can be left out, repeated or moved.
package struct SealingStream {
    private var sender: HPKE.Sender

    /// - Throws: when the bytes are no public key.
    package init(to publicKey: [UInt8], info: String) throws {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
        sender = try HPKE.Sender(recipientKey: key, ciphersuite: Sealing.suite, info: Data(info.utf8))
    }

    package var encapsulatedKey: [UInt8] { Array(sender.encapsulatedKey) }

    package mutating func seal(_ plain: [UInt8]) throws -> [UInt8] { Array(try sender.seal(Data(plain))) }
}

/// Opens what a ``SealingStream`` sealed, in the same order.
package struct OpeningStream {
    private var recipient: HPKE.Recipient

    /// - Throws: ``CodecError`` when the encapsulated key is none.
    package init(encapsulatedKey: [UInt8], key: SealingKey, info: String) throws(CodecError) {
        do {
            let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: key.privateKey)
            recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: Sealing.suite, info: Data(info.utf8),
                encapsulatedKey: Data(encapsulatedKey))
        } catch {
            throw CodecError("encapsulated key")
        }
    }

    /// - Throws: ``CodecError`` for a message that was altered, is not the next one, or is sealed to another key or for
    ///   another purpose.
    package mutating func open(_ sealed: [UInt8]) throws(CodecError) -> [UInt8] {
        do { return Array(try recipient.open(Data(sealed))) } catch { throw CodecError("not sealed to this key") }
    }
}

/// How the desk's sets are kept for it at the stations, which cannot read them: a restored township opens them with the
/// key that its backup holds.
package struct Escrow: Sendable {
    package let seal: @Sendable ([UInt8]) throws -> [UInt8]
    package let open: @Sendable ([UInt8]) throws -> [UInt8]

    package init(
        seal: @escaping @Sendable ([UInt8]) throws -> [UInt8], open: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) {
        self.seal = seal
        self.open = open
    }

    private static let info = "ruhu escrow v1"

    /// - Parameters: the township's backup key, X25519.
    package static func hpke(publicKey: [UInt8], privateKey: [UInt8]) -> Escrow {
        Escrow(
            seal: { try Sealing.seal($0, to: publicKey, info: info) },
            open: { try Sealing.open($0, privateKey: privateKey, info: info) })
    }
}

/// A set of the desk's as it is held in escrow, with all that proves it.
package struct EscrowedSet: Hashable, Sendable {
    package var device: DeviceID
    package var previousHash: Hash256
    package var bytes: [UInt8]
    /// Over ``PushFrame/signedBytes(lastHash:)`` of the set's hash.
    package var signature: [UInt8]
    /// Of the device that the set revokes.
    package var work: RevokedWork?

    package init(
        device: DeviceID, previousHash: Hash256, bytes: [UInt8], signature: [UInt8], work: RevokedWork? = nil
    ) {
        self.device = device
        self.previousHash = previousHash
        self.bytes = bytes
        self.signature = signature
        self.work = work
    }

    package func encoded() -> [UInt8] {
        var message = WireEscrowedSet()
        message.device = device.data
        message.previousHash = previousHash.bytes.data
        message.set = bytes.data
        message.signature = signature.data
        if let work { message.work = ContentCoding.zstd.compress(work.encoded()).data }
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireEscrowedSet.self, from: bytes)
        self.init(
            device: try message.device.id("device"), previousHash: try message.previousHash.hash("previous_hash"),
            bytes: message.set.array, signature: message.signature.array)
        guard !message.work.isEmpty else { return }
        let plain = try ContentCoding.zstd.decompress(message.work.array, limit: Limits.decompressedBytes)
        work = try RevokedWork(decoding: plain)
    }
}
