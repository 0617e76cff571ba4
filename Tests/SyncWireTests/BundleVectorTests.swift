import Foundation
import SyncEngine
import Testing

@testable import SyncWire

/// `docs/vectors/bundle.json`: a bundle from fixed keys that another program must open. Sealing draws a fresh key each
/// time, so the vector is kept, not made again; `make golden` makes a new one.
@Suite struct BundleVectorTests {
    private struct Vector: Codable {
        var townshipSigningPrivateKey: String
        var townshipSealingPrivateKey: String
        var device: String
        var deviceSigningPrivateKey: String
        var file: String
        var signed: String
        var content: String
    }

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/vectors/bundle.json")

    private static func key(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    private static func made() throws -> Vector {
        let device = RecordID("01900000-0000-7000-8000-000000000001")!
        let epoch = RecordID("01900000-0000-7000-8000-0000000000ee")!
        let set = ChangeSet(
            device: device, number: 1, time: HybridTime(milliseconds: 1_790_000_000_000, counter: 0), author: "王秀英",
            schemaVersion: 1, base: Base(epoch: epoch, seq: 0),
            changes: [
                Change(
                    kind: "household", record: RecordID("01900000-0000-7000-8000-0000000000aa")!, operation: .create,
                    edits: [Edit("village", new: .text("370404101201"))])
            ])
        let bytes = WireCodec().encode(set)
        let signer = try Ed25519().signer(privateKey: key(3))
        let hash = HashChain.next(after: .zero, set: bytes)
        let frame = PushFrame(
            epoch: epoch, previousHash: .zero, sets: [bytes],
            signature: try signer.signature(for: PushFrame.signedBytes(lastHash: hash)))
        let request = BundleRequest(
            created: Instant(milliseconds: 1_790_000_000_000), epoch: epoch, cursor: 0, isBootstrapped: true,
            frames: [frame])
        let bundle = try SealedBundle(
            sealing: request.encoded, .toTownship,
            township: try Ed25519().signer(privateKey: key(1)).publicKey, device: device,
            to: try SealingKey(privateKey: key(2)).publicKey, signedBy: signer)
        return Vector(
            townshipSigningPrivateKey: Hex.encode(key(1)), townshipSealingPrivateKey: Hex.encode(key(2)),
            device: device.description, deviceSigningPrivateKey: Hex.encode(key(3)), file: Hex.encode(bundle.file),
            signed: Hex.encode(bundle.signedBytes), content: Hex.encode(request.encoded))
    }

    @Test func theVectorOpens() throws {
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try (encoder.encode(try Self.made()) + Data("\n".utf8)).write(to: Self.file)
            Issue.record("recorded bundle.json")
            return
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let vector = try decoder.decode(Vector.self, from: try Data(contentsOf: Self.file))
        let bundle = try SealedBundle(file: try #require(Hex.decode(vector.file)))
        let device = try Ed25519().signer(privateKey: try #require(Hex.decode(vector.deviceSigningPrivateKey)))
        #expect(bundle.isSigned(by: device.publicKey, scheme: Ed25519()))
        #expect(Hex.encode(bundle.signedBytes) == vector.signed)
        #expect(bundle.device.description == vector.device)
        let key = try SealingKey(privateKey: try #require(Hex.decode(vector.townshipSealingPrivateKey)))
        let content = try bundle.open(with: key)
        #expect(Hex.encode(content) == vector.content)
        let request = try BundleRequest(decoding: content)
        #expect(request.encoded == content)
        #expect(request.frames.count == 1)
    }

    @Test func directionTownshipAndDeviceAreBoundToWhatIsSealed() throws {
        let vector = try Self.made()
        let bundle = try SealedBundle(file: try #require(Hex.decode(vector.file)))
        let key = try SealingKey(privateKey: Self.key(2))
        _ = try bundle.open(with: key)
        var other = bundle
        other.direction = .toStation
        #expect(throws: CodecError.self) { try other.open(with: key) }
        other = bundle
        other.device = RecordID(high: 1, low: 2)
        #expect(throws: CodecError.self) { try other.open(with: key) }
        other = bundle
        other.township[0] ^= 1
        #expect(throws: CodecError.self) { try other.open(with: key) }
    }
}
