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
        var pieces: [String]
    }

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/vectors/bundle.json")

    private static func key(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    private static func reader(_ file: [UInt8]) throws -> BundleReader {
        try BundleReader { offset, count in Array(file.dropFirst(Int(offset)).prefix(count)) }
    }

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
            created: Instant(milliseconds: 1_790_000_000_000), epoch: epoch, cursor: 0, isBootstrapped: true)
        let pieces = [request.encoded, BundleRequest.Piece(frames: [frame]).encoded]
        var file: [UInt8] = []
        var writer = try BundleWriter(
            .toTownship, township: try Ed25519().signer(privateKey: key(1)).publicKey, device: device,
            to: try SealingKey(privateKey: key(2)).publicKey, signedBy: signer, first: pieces[0], write: { file += $0 })
        try writer.append(pieces[1])
        try writer.finish()
        let bundle = try reader(file).bundle
        return Vector(
            townshipSigningPrivateKey: Hex.encode(key(1)), townshipSealingPrivateKey: Hex.encode(key(2)),
            device: device.description, deviceSigningPrivateKey: Hex.encode(key(3)), file: Hex.encode(file),
            signed: Hex.encode(bundle.signedBytes), pieces: pieces.map { Hex.encode($0) })
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
        let reader = try Self.reader(try #require(Hex.decode(vector.file)))
        let bundle = reader.bundle
        let device = try Ed25519().signer(privateKey: try #require(Hex.decode(vector.deviceSigningPrivateKey)))
        #expect(bundle.isSigned(by: device.publicKey, scheme: Ed25519()))
        #expect(Hex.encode(bundle.signedBytes) == vector.signed)
        #expect(bundle.device.description == vector.device)
        let key = try SealingKey(privateKey: try #require(Hex.decode(vector.townshipSealingPrivateKey)))
        var pieces: [[UInt8]] = []
        try reader.pieces(with: key) { pieces.append($0) }
        #expect(pieces.map { Hex.encode($0) } == vector.pieces)
        #expect(try BundleRequest(decoding: pieces[0]).encoded == pieces[0])
        #expect(try BundleRequest.Piece(decoding: pieces[1]).frames.count == 1)
    }

    @Test func directionTownshipAndDeviceAreBoundToWhatIsSealed() throws {
        let vector = try Self.made()
        let file = try #require(Hex.decode(vector.file))
        let bundle = try Self.reader(file).bundle
        let key = try SealingKey(privateKey: Self.key(2))
        try Self.reader(file).pieces(with: key) { _ in }
        func expectClosed(_ change: (inout SealedBundle) -> Void) {
            var other = bundle
            change(&other)
            let changed = other.frame + file.dropFirst(bundle.frame.count)
            #expect(throws: CodecError.self) { try Self.reader(changed).pieces(with: key) { _ in } }
        }
        expectClosed { $0.direction = .toStation }
        expectClosed { $0.device = RecordID(high: 1, low: 2) }
        expectClosed { $0.township[0] ^= 1 }
    }
}
