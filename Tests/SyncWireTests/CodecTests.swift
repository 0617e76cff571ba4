import Foundation
import SyncEngine
import Testing

@testable import SyncWire

@Suite struct CodecTests {
    private let codec = WireCodec()

    @Test(arguments: 0..<200) func setsComeBackAsTheyWere(seed: UInt64) throws {
        var samples = Samples(seed)
        let set = samples.set()
        let bytes = codec.encode(set)
        #expect(codec.encode(set) == bytes, "encoding is deterministic")
        #expect(try codec.decode(set: bytes) == set)
    }

    @Test(arguments: 0..<200) func setsAreWrittenAsTheGeneratedCodeWritesThem(seed: UInt64) throws {
        var samples = Samples(seed)
        let set = samples.set()
        #expect(codec.encode(set) == GeneratedWriter.bytes(set))
    }

    @Test(arguments: 0..<200) func pagesAreReadAsTheGeneratedCodeReadsThem(seed: UInt64) throws {
        var samples = Samples(seed)
        let answer = Answer(
            status: 200, requestNonce: samples.bytes(29), hello: nil,
            body: seed % 8 == 0
                ? .push(PushReply(outcomes: samples.outcomes(), acknowledged: Acknowledgement()))
                : .pull(samples.page()))
        let bytes = Protobuf.bytes(WireAnswer(answer))
        #expect(try AnswerReader.read(bytes) == answer)
        for _ in 0..<200 {
            let altered = samples.altered(bytes)
            let ours = Result { try AnswerReader.read(altered) }
            let theirs = Result { try Protobuf.message(WireAnswer.self, from: altered).engineValue() }
            switch (ours, theirs) {
            case (.success(let a), .success(let b)): #expect(a == b, "\(altered)")
            case (.failure, .failure): break
            default: Issue.record("\(ours) against \(theirs): \(altered)")
            }
        }
    }

    @Test(arguments: 0..<50) func oneChangeOfASetIsTheOneThatTheWholeSetHasThere(seed: UInt64) throws {
        var samples = Samples(seed)
        let set = samples.set()
        let bytes = codec.encode(set)
        var heading = set
        heading.changes = []
        #expect(try codec.decode(heading: bytes) == heading)
        for (index, change) in set.changes.enumerated() {
            let one = try codec.decode(set: bytes, change: index)
            #expect(one.changes == [change])
        }
        for nowhere in [-1, set.changes.count, .max] {
            #expect(try codec.decode(set: bytes, change: nowhere) == heading)
        }
    }

    @Test(arguments: 0..<150) func setsAreReadAsTheGeneratedCodeReadsThem(seed: UInt64) throws {
        var samples = Samples(seed)
        let bytes = codec.encode(samples.set())
        #expect(try codec.decode(set: bytes) == GeneratedReader.read(bytes))
        for _ in 0..<200 {
            let altered = samples.altered(bytes)
            let ours = Result { try codec.decode(set: altered) }
            let theirs = Result { try GeneratedReader.read(altered) }
            switch (ours, theirs) {
            case (.success(let a), .success(let b)): #expect(a == b, "\(altered)")
            case (.failure, .failure): break
            default: Issue.record("\(ours) against \(theirs): \(altered)")
            }
        }
    }

    @Test(arguments: 0..<100) func answersComeBackInBothForms(seed: UInt64) throws {
        var samples = Samples(seed)
        let hello = Hello(
            minimumProtocol: 1, maximumProtocol: 1, schemaVersion: 1, epoch: samples.id(), latestSeq: samples.below(99),
            acknowledged: Acknowledgement(number: 3, hash: Hash256(bytes: samples.bytes(32))!), nonce: samples.bytes(29)
        )
        let bodies: [Answer.Body] = [
            .pull(samples.page()), .push(PushReply(outcomes: samples.outcomes(), acknowledged: Acknowledgement())),
            .hello,
            .problem(Problem(.gap, "7")),
        ]
        for body in bodies {
            let answer = Answer(status: 200, requestNonce: samples.bytes(29), hello: hello, body: body)
            for media in [MediaType.protobuf, .json] {
                let bytes = answer.body(as: media)
                #expect(try Answer(body: bytes, as: media, limit: 1 << 20) == answer, "\(media)")
            }
        }
    }

    @Test(arguments: 0..<60) func hostileBytesAreRefusedAndCrashNothing(seed: UInt64) throws {
        var samples = Samples(seed)
        let bytes = codec.encode(samples.set())
        for count in 0..<bytes.count { _ = try? codec.decode(set: Array(bytes.prefix(count))) }
        for _ in 0..<200 {
            var flipped = bytes
            guard !flipped.isEmpty else { break }
            flipped[Int(samples.below(UInt64(flipped.count)))] ^= UInt8(1 << samples.below(8))
            _ = try? codec.decode(set: flipped)
        }
        let page = Answer(status: 200, requestNonce: [], hello: nil, body: .pull(samples.page())).body(as: .protobuf)
        for index in page.indices {
            var flipped = page
            flipped[index] ^= UInt8(1 << samples.below(8))
            #expect(throws: CodecError.self, "byte \(index)") {
                try Answer(body: flipped, as: .protobuf, limit: 1 << 20)
            }
        }
    }

    @Test func unknownFieldsOfANewerProgramAreStoredAndForwardedAsTheyCame() throws {
        var samples = Samples(7)
        let set = samples.set()
        // Field 99, length-delimited: what a newer station might add.
        let newer = codec.encode(set) + [0x9A, 0x06, 0x03, 0x01, 0x02, 0x03]
        #expect(try codec.decode(set: newer) == set)
        let frame = PushFrame(epoch: samples.id(), previousHash: .zero, sets: [newer], signature: [])
        for media in [MediaType.protobuf, .json] {
            #expect(try PushFrame(decoding: frame.encoded(as: media), as: media).sets == [newer])
        }
    }

    @Test func oversizedSetsAreRefused() {
        let edit = Edit("f", new: .text(String(repeating: "x", count: Limits.textBytes + 1)))
        let set = ChangeSet(
            device: RecordID(high: 1, low: 1), number: 1, time: HybridTime(rawValue: 0), author: "a", schemaVersion: 1,
            base: Base(epoch: RecordID(high: 1, low: 2), seq: 0),
            changes: [Change(kind: "k", record: RecordID(high: 1, low: 3), operation: .create, edits: [edit])])
        #expect(throws: CodecError.self) { try codec.decode(set: codec.encode(set)) }
    }

    /// A changed contract is a new protocol version, or an addition that older programs read past: look at
    /// `ProtocolVersion` and docs/protocol.md before you write the new hash here.
    @Test func theContractIsPinnedToTheProtocolVersion() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Sources/Shared/SyncWire/ruhu.proto")
        let hash = Hash256(of: Array(try Data(contentsOf: file)))
        #expect(ProtocolVersion.maximum == 1)
        #expect(hash.description == "344e37bdf19724fac9e017395f2eac9e654c3cf45ec90cd1d1e8fb20f32966ce")
    }
}

@Suite struct FramingTests {
    @Test func aFrameIsWholeOrNoFrame() throws {
        let payload = Array("内容".utf8)
        let frame = Frame.seal(payload)
        #expect(try Frame.open(frame, limit: 100) == payload)
        #expect(throws: CodecError.self) { try Frame.open(frame, limit: 3) }
        #expect(throws: CodecError.self) { try Frame.open(frame + [0], limit: 100) }
        #expect(throws: CodecError.self) { try Frame.open(Array("<html>log in</html>".utf8), limit: 100) }
        for index in frame.indices {
            var flipped = frame
            flipped[index] ^= 1
            #expect(throws: CodecError.self, "byte \(index)") { try Frame.open(flipped, limit: 100) }
        }
    }

    @Test(arguments: [ContentCoding.zstd, .gzip, .identity]) func codingsGiveBackWhatTheyGot(
        coding: ContentCoding
    ) throws {
        for count in [0, 1, 1000, 300_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 / 3) }
            let packed = coding.compress(bytes)
            #expect(try coding.decompress(packed, limit: count) == bytes)
            if coding != .identity, count > 0 {
                #expect(throws: CodecError.self) { try coding.decompress(packed, limit: count - 1) }
                #expect(throws: CodecError.self) { try coding.decompress(Array(packed.dropLast()), limit: count) }
                #expect(throws: CodecError.self) { try coding.decompress(packed + [0], limit: count) }
            }
        }
    }

    @Test(arguments: [
        ("zstd, gzip", ContentCoding.zstd), ("gzip", .gzip), ("", .identity), ("br", .identity),
        ("zstd;q=0, gzip", .gzip),
    ]) func theBestCodingIsChosen(header: String, coding: ContentCoding) {
        #expect(ContentCoding.negotiate(acceptEncoding: header) == coding)
    }
}
