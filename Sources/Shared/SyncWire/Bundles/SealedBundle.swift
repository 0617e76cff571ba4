package import SyncEngine

/// A bundle as it lies on the stick: sealed to its reader (HPKE in base mode, RFC 9180: X25519, HKDF-SHA256,
/// ChaCha20-Poly1305), signed by its writer (Ed25519).
package struct SealedBundle: Hashable, Sendable {
    package enum Direction: UInt8, Sendable {
        /// From a station; sealed to the township, signed by the device.
        case toTownship = 1
        /// The answer; sealed to the device, signed by the township.
        case toStation
    }

    package var direction: Direction
    /// The township's Ed25519 key: which township it is about.
    package var township: [UInt8]
    package var device: DeviceID
    package var encapsulatedKey: [UInt8]
    package var sealed: [UInt8]
    package var signature: [UInt8]

    /// Compresses (zstd), seals and signs.
    /// - Parameter recipient: the reader's X25519 public key.
    /// - Throws: ``CodecError`` for a content over ``Limits/bundleContentBytes`` and a recipient that is no key; the
    ///   signer's errors.
    package init(
        sealing content: [UInt8], _ direction: Direction, township: [UInt8], device: DeviceID, to recipient: [UInt8],
        signedBy signer: any Signer
    ) throws {
        guard content.count <= Limits.bundleContentBytes else { throw CodecError("bundle of \(content.count) bytes") }
        self.direction = direction
        self.township = township
        self.device = device
        let purpose = Self.purpose(direction, township: township, device: device)
        let message: [UInt8]
        do {
            message = try Sealing.seal(ContentCoding.zstd.compress(content), to: recipient, info: purpose)
        } catch {
            throw CodecError("recipient's key")
        }
        encapsulatedKey = Array(message.prefix(Sealing.encapsulatedKeyBytes))
        sealed = Array(message.dropFirst(Sealing.encapsulatedKeyBytes))
        signature = []
        signature = try signer.signature(for: signedBytes)
    }

    /// Names direction, township and device, so that what was sealed for one is nothing for another: nobody can sign
    /// another device's sealed bytes as his own.
    private static func purpose(_ direction: Direction, township: [UInt8], device: DeviceID) -> String {
        let way = direction == .toTownship ? "to township" : "to station"
        return "ruhu bundle v1 \(way) \(Hex.encode(township)) \(device)"
    }

    /// What the signature is over: a context string and every field before it, the sealed bytes by their hash.
    package var signedBytes: [UInt8] {
        Array("ruhu bundle v1".utf8) + [0, direction.rawValue] + township + device.bytes + encapsulatedKey
            + Hash256(of: sealed).bytes
    }

    package func isSigned(by publicKey: [UInt8], scheme: any SignatureScheme) -> Bool {
        scheme.isValid(signature, for: signedBytes, publicKey: publicKey)
    }

    /// The content, decompressed.
    /// - Throws: ``CodecError`` when it was not sealed to this key, for this township and device, or is too large.
    package func open(with key: SealingKey) throws(CodecError) -> [UInt8] {
        let packed = try Sealing.open(
            encapsulatedKey + sealed, privateKey: key.privateKey,
            info: Self.purpose(direction, township: township, device: device))
        return try ContentCoding.zstd.decompress(packed, limit: Limits.bundleContentBytes)
    }

    // MARK: - The file

    /// The file's bytes: a frame of its own magic around the message.
    package var file: [UInt8] {
        var message = WireBundle()
        message.direction = direction == .toTownship ? .toTownship : .toStation
        message.township = township.data
        message.device = device.data
        message.encapsulatedKey = encapsulatedKey.data
        message.sealed = sealed.data
        message.signature = signature.data
        return Frame.seal(Protobuf.bytes(message), as: .bundle)
    }

    /// - Throws: ``CodecError`` for anything that is not exactly one whole bundle.
    package init(file bytes: [UInt8]) throws(CodecError) {
        let payload = try Frame.open(bytes, as: .bundle, limit: Limits.bundleFileBytes)
        let message = try Protobuf.message(WireBundle.self, from: payload)
        switch message.direction {
        case .toTownship: direction = .toTownship
        case .toStation: direction = .toStation
        case .unspecified, .UNRECOGNIZED: throw CodecError("direction")
        }
        township = try message.township.array(32, "township")
        device = try message.device.id("device")
        encapsulatedKey = try message.encapsulatedKey.array(32, "encapsulated_key")
        sealed = message.sealed.array
        signature = try message.signature.array(64, "signature")
    }
}
