package import SyncEngine

/// The beginning of a bundle as it lies on the stick: who it is from and for, and its first piece, sealed to its reader
/// (HPKE in base mode, RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305) and signed by its writer (Ed25519). The
/// further pieces are sealed in the same context one after the other, so that the one signature holds for all of them.
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

    init(_ direction: Direction, township: [UInt8], device: DeviceID, encapsulatedKey: [UInt8], sealed: [UInt8]) {
        self.direction = direction
        self.township = township
        self.device = device
        self.encapsulatedKey = encapsulatedKey
        self.sealed = sealed
        signature = []
    }

    /// Names direction, township and device, so that what was sealed for one is nothing for another: nobody can sign
    /// another device's sealed bytes as his own.
    static func purpose(_ direction: Direction, township: [UInt8], device: DeviceID) -> String {
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

    // MARK: - The first frame

    package var frame: [UInt8] {
        var message = WireBundle()
        message.direction = direction == .toTownship ? .toTownship : .toStation
        message.township = township.data
        message.device = device.data
        message.encapsulatedKey = encapsulatedKey.data
        message.sealed = sealed.data
        message.signature = signature.data
        return Frame.seal(Protobuf.bytes(message), as: .bundle)
    }

    /// - Throws: ``CodecError`` for anything that is not exactly one whole frame of a bundle's beginning.
    package init(frame bytes: [UInt8]) throws(CodecError) {
        let payload = try Frame.open(bytes, as: .bundle, limit: Limits.bundlePieceBytes)
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

/// Writes a bundle piece by piece: compressed (zstd), sealed, framed.
package struct BundleWriter {
    /// Written so far.
    package private(set) var bytes: UInt64 = 0
    private var stream: SealingStream
    private let write: ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - recipient: the reader's X25519 public key.
    ///   - write: takes the file's bytes in order.
    /// - Throws: ``CodecError`` for a recipient that is no key; the signer's errors; what `write` throws.
    package init(
        _ direction: SealedBundle.Direction, township: [UInt8], device: DeviceID, to recipient: [UInt8],
        signedBy signer: any Signer, first: [UInt8], write: @escaping ([UInt8]) throws -> Void
    ) throws {
        self.write = write
        let purpose = SealedBundle.purpose(direction, township: township, device: device)
        do { stream = try SealingStream(to: recipient, info: purpose) } catch { throw CodecError("recipient's key") }
        var bundle = SealedBundle(
            direction, township: township, device: device, encapsulatedKey: stream.encapsulatedKey,
            sealed: try stream.seal(ContentCoding.zstd.compress(first)))
        bundle.signature = try signer.signature(for: bundle.signedBytes)
        try put(bundle.frame)
    }

    /// - Precondition: `piece` is not empty.
    package mutating func append(_ piece: [UInt8]) throws {
        try put(Frame.seal(try stream.seal(ContentCoding.zstd.compress(piece)), as: .piece))
    }

    /// A piece without content is the last.
    package mutating func finish() throws { try append([]) }

    private mutating func put(_ frame: [UInt8]) throws {
        guard frame.count <= Limits.bundlePieceBytes else { throw CodecError("piece of \(frame.count) bytes") }
        try write(frame)
        bytes += UInt64(frame.count)
    }
}

/// Reads a bundle piece by piece, as often as it takes.
package struct BundleReader {
    /// At most so many bytes of the file from an offset on; fewer at its end only.
    package typealias Read = (_ offset: UInt64, _ count: Int) throws -> [UInt8]

    package let bundle: SealedBundle
    private let begin: UInt64
    private let read: Read

    /// Reads the beginning.
    /// - Throws: ``CodecError`` for what is no bundle's; what `read` throws.
    package init(_ read: @escaping Read) throws {
        self.read = read
        let frame = try Self.frame(.bundle, at: 0, read)
        bundle = try SealedBundle(frame: frame)
        begin = UInt64(frame.count)
    }

    /// Opens every piece, the first included, in order.
    /// - Throws: ``CodecError`` when one was altered, is missing, or was not sealed to this key, for this township and
    ///   device; what `body` throws.
    package func pieces(with key: SealingKey, _ body: ([UInt8]) throws -> Void) throws {
        var stream = try OpeningStream(
            encapsulatedKey: bundle.encapsulatedKey, key: key,
            info: SealedBundle.purpose(bundle.direction, township: bundle.township, device: bundle.device))
        var piece = try Self.unpack(try stream.open(bundle.sealed))
        var offset = begin
        while !piece.isEmpty {
            try body(piece)
            let frame = try Self.frame(.piece, at: offset, read)
            offset += UInt64(frame.count)
            guard offset <= Limits.bundleFileBytes else { throw CodecError("file too large") }
            let sealed = try Frame.open(frame, as: .piece, limit: Limits.bundlePieceBytes)
            piece = try Self.unpack(try stream.open(sealed))
        }
        guard try read(offset, 1).isEmpty else { throw CodecError("bytes after the end") }
    }

    /// The first piece alone.
    /// - Throws: as ``pieces(with:_:)``.
    package func first(with key: SealingKey) throws -> [UInt8] {
        var stream = try OpeningStream(
            encapsulatedKey: bundle.encapsulatedKey, key: key,
            info: SealedBundle.purpose(bundle.direction, township: bundle.township, device: bundle.device))
        return try Self.unpack(try stream.open(bundle.sealed))
    }

    private static func unpack(_ packed: [UInt8]) throws(CodecError) -> [UInt8] {
        try ContentCoding.zstd.decompress(packed, limit: Limits.bundlePieceBytes)
    }

    private static func frame(_ content: Frame.Content, at offset: UInt64, _ read: Read) throws -> [UInt8] {
        let header = try read(offset, Frame.headerBytes(content))
        let length = try Frame.payloadBytes(header, as: content, limit: Limits.bundlePieceBytes)
        let payload = try read(offset + UInt64(header.count), length)
        guard payload.count == length else { throw CodecError("frame cut") }
        return header + payload
    }
}
