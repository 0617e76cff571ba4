import Foundation
import SyncEngine
import Testing

@testable import SyncWire

/// No bytes, whoever made them, crash a decoder or make it take more than its limits.
@Suite struct HostileBytesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    /// Of one decoder, by name: seeds from real encodings, and every input that once found something.
    static func corpus(_ name: String) throws -> [[UInt8]] {
        let place = folder.appending(path: name)
        return try FileManager.default.contentsOfDirectory(atPath: place.path).sorted().map {
            Array(try Data(contentsOf: place.appending(path: $0)))
        }
    }

    /// Of each decoder; `make fuzz` asks for more, from another seed. A finding goes into the corpus.
    private static let mutations = number("RUHU_FUZZ_MUTATIONS") ?? 1_500
    private static let seed = UInt64(number("RUHU_FUZZ_SEED") ?? 0)

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test(arguments: Decoder.all) func whateverDecodesComesBackAndNothingElseHappens(decoder: Decoder) throws {
        let corpus = try Self.corpus(decoder.name)
        #expect(!corpus.isEmpty)
        for bytes in corpus { try check(decoder, bytes) }
        var mutator = Mutator(decoder.name.utf8.reduce(Self.seed) { $0 &* 31 &+ UInt64($1) })
        for index in 0..<Self.mutations {
            let bytes = mutator.mutate(
                corpus[index % corpus.count], with: corpus[(index * 7 + 3) % corpus.count])
            try check(decoder, bytes)
        }
    }

    private func check(_ decoder: Decoder, _ bytes: [UInt8]) throws {
        do {
            try decoder.run(bytes)
        } catch let broken as Decoder.Broken {
            Issue.record("\(decoder.name): \(broken.what): \(Hex.encode(bytes))")
        } catch {
            // Refused.
        }
    }

    @Test func theSeedsAreRealEncodings() throws {
        let seeds = try Seeds.all()
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            for (name, inputs) in seeds {
                let place = Self.folder.appending(path: name)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                for (index, bytes) in inputs.enumerated() {
                    try Data(bytes).write(to: place.appending(path: "seed-\(index)"))
                }
            }
            Issue.record("recorded seeds")
            return
        }
        for decoder in Decoder.all {
            let inputs = try #require(seeds[decoder.name], "\(decoder.name)")
            for bytes in inputs { #expect(throws: Never.self, "\(decoder.name)") { try decoder.run(bytes) } }
        }
    }

    @Test func aFewBytesThatAskForAHugeWindowAreRefused() {
        // A zstd frame header whose window descriptor says 128 MiB, then an empty last block.
        let bomb: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x88, 0x01, 0x00, 0x00]
        #expect(throws: CodecError.self) { try ContentCoding.zstd.decompress(bomb, limit: 1 << 20) }
    }

    @Test func aMillionfoldDecompressionStopsAtItsLimit() throws {
        let zeros = [UInt8](repeating: 0, count: 20_000_000)
        for coding in [ContentCoding.zstd, .gzip] {
            let packed = coding.compress(zeros)
            #expect(packed.count < 100_000)
            #expect(throws: CodecError.self) { try coding.decompress(packed, limit: Limits.decompressedBytes) }
        }
    }

    @Test func anEarlierOutcomeSpeaksOfOneSetAlone() {
        var message = WirePushFrame()
        message.epoch = Data(repeating: 1, count: 16)
        message.previousHash = Data(repeating: 0, count: 32)
        var earlier = WireEarlierOutcome()
        earlier.epoch = Data(repeating: 2, count: 16)
        earlier.outcome.number = 1
        earlier.outcome.result = 1
        earlier.outcome.run = 900_000
        message.earlier = [earlier]
        #expect(throws: CodecError.self) { try PushFrame(decoding: Protobuf.bytes(message), as: .protobuf) }
    }

    @Test func aTimeWhoseZoneLeavesTheCalendarIsNoTime() {
        #expect(Instant("0001-01-01T00:00:00+23:59") == nil)
        #expect(Instant("9999-12-31T23:59:59-23:59") == nil)
        #expect(Instant("9999-12-31T23:59:59+08:00")?.description == "9999-12-31T23:59:59+08:00")
    }

    @Test func yamlThatUnfoldsWithoutEndIsRefused() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let bytes = Array(text.utf8)
        #expect(throws: Problem.self) { try Decoder.all.first { $0.name == "yaml" }?.run(bytes) }
    }
}
