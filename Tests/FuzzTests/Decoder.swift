import Assistance
import CommandSupport
import Foundation
import SyncEngine
import Testing

@testable import EdgeClient
@testable import SyncWire

/// One decoder under test: a run throws ``Broken`` for a promise not kept, anything else for bytes that it refuses.
struct Decoder: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable ([UInt8]) throws -> Void

    var testDescription: String { name }

    struct Broken: Error {
        let what: String
    }

    /// Whatever decodes must encode to something that decodes equal.
    private static func trip<V: Equatable & SendableMetatype>(
        _ name: String, decode: @escaping @Sendable ([UInt8]) throws -> V,
        encode: @escaping @Sendable (V) throws -> [UInt8]
    ) -> Decoder {
        Decoder(name: name) { bytes in
            let value = try decode(bytes)
            let again: V
            do { again = try decode(try encode(value)) } catch { throw Broken(what: "does not decode again: \(error)") }
            guard again == value else { throw Broken(what: "decodes to something else") }
        }
    }

    static let all: [Decoder] = sets + messages + envelopes + documents

    private static let sets: [Decoder] = [
        trip("set", decode: { try WireCodec().decode(set: $0) }, encode: { WireCodec().encode($0) }),
        trip("effects", decode: { try WireCodec().decode(effects: $0) }, encode: { WireCodec().encode($0) }),
        trip("value", decode: { try WireCodec().decode(value: $0) }, encode: { WireCodec().encode($0) }),
    ]

    private static let messages: [Decoder] = [
        trip(
            "answer", decode: { try bounded(Protobuf.message(WireAnswer.self, from: $0).engineValue()) },
            encode: { Protobuf.bytes(WireAnswer($0)) }),
        trip(
            "answer-json", decode: { try bounded(Answer(body: $0, as: .json, limit: Limits.answerBodyBytes)) },
            encode: { $0.body(as: .json) }),
        trip("push", decode: { try PushFrame(decoding: $0, as: .protobuf) }, encode: { $0.encoded(as: .protobuf) }),
        trip("push-json", decode: { try PushFrame(decoding: $0, as: .json) }, encode: { $0.encoded(as: .json) }),
        trip(
            "enrolment", decode: { try EnrolmentRequest(decoding: $0, as: .protobuf) },
            encode: { $0.encoded(as: .protobuf) }),
        trip("fork", decode: { try ForkRequest(decoding: $0, as: .protobuf) }, encode: { $0.encoded(as: .protobuf) }),
        trip(
            "readmission", decode: { try Readmission(decoding: $0, as: .protobuf) },
            encode: { $0.encoded(as: .protobuf) }),
        trip("escrow", decode: { try EscrowOffer(decoding: $0, as: .protobuf) }, encode: { $0.encoded(as: .protobuf) }),
        trip("escrowed-set", decode: { try EscrowedSet(decoding: $0) }, encode: { $0.encoded() }),
        trip("revoked-work", decode: { try RevokedWork(decoding: $0) }, encode: { $0.encoded() }),
        trip("bundle-request", decode: { try BundleRequest(decoding: $0) }, encode: { $0.encoded }),
        trip("bundle-request-piece", decode: { try BundleRequest.Piece(decoding: $0) }, encode: { $0.encoded }),
        trip("bundle-reply", decode: { try BundleReply(decoding: $0) }, encode: { $0.encoded }),
        trip("bundle-reply-piece", decode: { try BundleReply.Piece(decoding: $0) }, encode: { $0.encoded }),
    ]

    private static let envelopes: [Decoder] = [
        trip("frame", decode: { try Frame.open($0, limit: 1 << 20) }, encode: { Frame.seal($0) }),
        trip("bundle", decode: { try SealedBundle(frame: $0) }, encode: { $0.frame }),
        trip("zstd", decode: { try decompressed($0, .zstd) }, encode: { ContentCoding.zstd.compress($0) }),
        trip("gzip", decode: { try decompressed($0, .gzip) }, encode: { ContentCoding.gzip.compress($0) }),
        Decoder(name: "signature") { bytes in
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
            _ = try MessageSignature.parse(
                signatureInput: String(lines.first ?? ""), signature: lines.count == 2 ? String(lines[1]) : "")
        },
        trip(
            "invitation",
            decode: { bytes -> InvitationCode in
                guard let code = InvitationCode(String(decoding: bytes, as: UTF8.self)) else {
                    throw CodecError("code")
                }
                return code
            }, encode: { Array($0.description.utf8) }),
    ]

    private static let documents: [Decoder] = [
        trip(
            "json", decode: { try JSONParser.documents($0) },
            encode: { Array($0.map(\.compact).joined(separator: "\n").utf8) }),
        trip(
            "instant",
            decode: { bytes -> Instant in
                guard let instant = Instant(String(decoding: bytes, as: UTF8.self)) else { throw CodecError("time") }
                return instant
            }, encode: { Array($0.description.utf8) }),
        Decoder(name: "csv") { bytes in
            let table = try CSVTable(bytes)
            for row in table.rows {
                _ = table.fields(of: row)
                if row.fields.count > 501 { throw Broken(what: "a row of \(row.fields.count) fields") }
            }
        },
        Decoder(name: "pack") { bytes in
            let (pack, findings) = PolicyPack.read(String(decoding: bytes, as: UTF8.self))
            guard let pack else {
                if findings.isEmpty { throw Broken(what: "no pack, and nothing said why") }
                return
            }
            try calculate(Seeds.household, with: pack)
        },
        Decoder(name: "household") { bytes in
            let documents = try JSONParser.documents(bytes)
            guard let json = documents.first else { return }
            let (input, findings) = CalculationInput.read(json)
            guard findings.isEmpty else { return }
            let again = CalculationInput.read(input.document)
            guard again.findings.isEmpty, again.input.hash == input.hash else {
                throw Broken(what: "reads to other facts")
            }
            try calculate(input, with: .yicheng2020)
        },
        Decoder(name: "yaml") { bytes in
            let node = MappingNode(try YAMLDocument.value(bytes))
            _ = try RosterMapping(node, schema: AssistanceSchema.current)
        },
    ]

    /// Every programme comes to an end: an amount, or what is missing.
    private static func calculate(_ input: CalculationInput, with pack: PolicyPack) throws {
        for programme in Programme.allCases {
            guard
                let result = try? Calculation.calculate(programme, input, pack: pack, on: CalendarDay("2021-03-01")!)
            else { continue }
            if let amount = result.amountFen, amount < 0 { throw Broken(what: "\(programme) pays \(amount)") }
            if result.amountFen == nil, !result.hasErrors {
                throw Broken(what: "\(programme): nothing, without a word")
            }
        }
    }

    private static func decompressed(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
        let limit = 64 * 1024
        let result = try coding.decompress(bytes, limit: limit)
        guard result.count <= limit else { throw Broken(what: "\(result.count) bytes") }
        return result
    }

    /// A message may not state more than its limits say, however few bytes it takes for it. What it states can be shown.
    private static func bounded(_ answer: Answer) throws -> Answer {
        switch answer.body {
        case .push(let reply) where reply.outcomes.count > WireLimits.outcomesPerMessage:
            throw Broken(what: "\(reply.outcomes.count) outcomes")
        case .pull(let page):
            if page.outcomes.count > WireLimits.outcomesPerMessage { throw Broken(what: "outcomes of a page") }
            for field in page.records.flatMap(\.fields) { _ = JSONValue(field.value).compact }
        default: break
        }
        return answer
    }
}
