import Foundation
import SwiftProtobuf
package import SyncEngine

/// The forms in which messages travel.
package enum MediaType: String, Sendable {
    case protobuf = "application/x-protobuf"
    case json = "application/json"

    /// The form of an `Accept` header; protobuf unless JSON is asked for.
    package static func negotiate(accept: String?) -> MediaType {
        (accept ?? "").lowercased().contains("application/json") ? .json : .protobuf
    }

    /// The form of a `Content-Type` header; protobuf when there is none; `nil` for another.
    package init?(contentType: String?) {
        guard let contentType else {
            self = .protobuf
            return
        }
        let bare = contentType.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() } ?? ""
        self.init(rawValue: bare)
    }
}

/// What every request is answered with.
package struct Answer: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case problem(Problem)
        case hello
        case enrolment(EnrolmentReply)
        case push(PushReply)
        case pull(PullPage)
        case chain(ChainRun)
        case blobStatus(BlobStatus)
        case blobPart(BlobPart)
        /// It is what the request's ``StandingAnswer`` is; here is the next nonce.
        case unchanged(nonce: [UInt8])
    }

    package var status: Int
    package var requestNonce: [UInt8]
    package var hello: Hello?
    package var body: Body

    package init(status: Int, requestNonce: [UInt8], hello: Hello?, body: Body) {
        self.status = status
        self.requestNonce = requestNonce
        self.hello = hello
        self.body = body
    }

    /// The HTTP body: a frame in protobuf, a plain document in JSON.
    package func body(as media: MediaType) -> [UInt8] {
        media == .json ? Protobuf.json(WireAnswer(self)) : Frame.seal(encoded)
    }

    /// The bytes that the generated code writes; a pull's page, by far the largest body, is written by hand.
    var encoded: [UInt8] {
        guard case .pull(let page) = body else { return Protobuf.bytes(WireAnswer(self)) }
        let (head, body) = (Protobuf.bytes(WireAnswer(headOf: self)), PageWriter.bytes(page))
        var writer = ProtobufWriter(capacity: head.count + body.count + 8)
        writer.append(head)
        writer.present(WireAnswer.pullField, body)
        return writer.bytes
    }

    /// - Throws: ``CodecError`` for anything that is no answer.
    package init(body bytes: [UInt8], as media: MediaType, limit: Int) throws(CodecError) {
        switch media {
        case .protobuf: self = try AnswerReader.read(try Frame.open(bytes, limit: limit))
        case .json: self = try Protobuf.message(WireAnswer.self, bytes, as: media).engineValue()
        }
    }
}

/// What a station sends to enrol.
package struct EnrolmentRequest: Hashable, Sendable {
    package var code: String
    /// Ed25519, 32 bytes.
    package var signingKey: [UInt8]
    /// X25519, 32 bytes.
    package var sealingKey: [UInt8]
    package var station: String

    package init(code: String, signingKey: [UInt8], sealingKey: [UInt8], station: String) {
        self.code = code
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.station = station
    }

    package func encoded(as media: MediaType) -> [UInt8] {
        var message = WireEnrolmentRequest()
        message.code = code
        message.signingKey = Data(signingKey)
        message.sealingKey = Data(sealingKey)
        message.station = station
        return Protobuf.bytes(message, as: media)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) {
        let message = try Protobuf.message(WireEnrolmentRequest.self, bytes, as: media)
        guard message.signingKey.count == 32, message.sealingKey.count == 32 else { throw CodecError("key length") }
        guard message.station.utf8.count <= 200, message.code.utf8.count <= 200 else { throw CodecError("too long") }
        self.init(
            code: message.code, signingKey: Array(message.signingKey), sealingKey: Array(message.sealingKey),
            station: message.station)
    }
}

/// What an enrolled station is told.
package struct EnrolmentReply: Hashable, Sendable {
    package var device: DeviceID
    package var scopes: [Scope]
    package var station: String
    package var staff: String
    package var region: String
    package var epoch: EpochID
    /// Ed25519, 32 bytes.
    package var serverKey: [UInt8]
    /// The server's signature over who this device is.
    package var certificate: [UInt8]
    /// X25519, 32 bytes: bundles are sealed to it.
    package var serverSealingKey: [UInt8]

    package init(
        device: DeviceID, scopes: [Scope], station: String, staff: String, region: String, epoch: EpochID,
        serverKey: [UInt8], certificate: [UInt8], serverSealingKey: [UInt8]
    ) {
        self.device = device
        self.scopes = scopes
        self.station = station
        self.staff = staff
        self.region = region
        self.epoch = epoch
        self.serverKey = serverKey
        self.certificate = certificate
        self.serverSealingKey = serverSealingKey
    }
}

extension PushFrame {
    package func encoded(as media: MediaType) -> [UInt8] { Protobuf.bytes(WirePushFrame(self), as: media) }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) {
        self = try Protobuf.message(WirePushFrame.self, bytes, as: media).engineValue()
    }
}

extension WirePushFrame {
    init(_ frame: PushFrame) {
        self.init()
        epoch = Data(frame.epoch.bytes)
        previousHash = Data(frame.previousHash.bytes)
        sets = frame.sets.map { Data($0) }
        signature = Data(frame.signature)
        earlier = frame.earlier.map { item in
            var message = WireEarlierOutcome()
            message.epoch = item.epoch.data
            message.outcome = OutcomeRuns.messages([item.outcome])[0]
            return message
        }
    }

    func engineValue() throws(CodecError) -> PushFrame {
        guard earlier.count <= Limits.setsPerFrame else { throw CodecError("earlier") }
        var known: [EarlierOutcome] = []
        for item in earlier {
            guard item.outcome.run == 0 else { throw CodecError("run") }
            let outcomes = try OutcomeRuns.outcomes([item.outcome])
            known.append(EarlierOutcome(epoch: try Protobuf.id(item.epoch, "epoch"), outcome: outcomes[0]))
        }
        return PushFrame(
            epoch: try Protobuf.id(epoch, "epoch"), previousHash: try Protobuf.hash(previousHash, "previous_hash"),
            sets: sets.map { Array($0) }, signature: Array(signature), earlier: known)
    }
}

extension TreeHead {
    /// Several heads, as a station presents them and as a file keeps them.
    package static func encode(_ heads: [TreeHead], as media: MediaType) -> [UInt8] {
        var message = WireTreeHeads()
        message.heads = heads.map(WireTreeHead.init)
        return Protobuf.bytes(message, as: media)
    }

    /// - Throws: ``CodecError``, for more than ``Limits/heads`` too.
    package static func list(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) -> [TreeHead] {
        let message = try Protobuf.message(WireTreeHeads.self, bytes, as: media)
        guard message.heads.count <= Limits.heads else { throw CodecError("\(message.heads.count) heads") }
        var heads: [TreeHead] = []
        for head in message.heads { heads.append(try head.engineValue()) }
        return heads
    }
}

extension Protobuf {
    static func id(_ data: Data, _ name: StaticString) throws(CodecError) -> RecordID { try data.id(name) }
    static func hash(_ data: Data, _ name: StaticString) throws(CodecError) -> Hash256 { try data.hash(name) }

    static func bytes(_ message: some Message, as media: MediaType) -> [UInt8] {
        media == .json ? json(message) : bytes(message)
    }

    static func json(_ message: some Message) -> [UInt8] {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        return (try? message.jsonUTF8Bytes(options: options)) ?? []
    }

    static func message<M: Message>(_ type: M.Type, _ bytes: [UInt8], as media: MediaType) throws(CodecError) -> M {
        guard media == .json else { return try message(type, from: bytes) }
        var options = JSONDecodingOptions()
        options.messageDepthLimit = 32
        options.ignoreUnknownFields = true
        do { return try M(jsonUTF8Bytes: bytes, options: options) } catch { throw CodecError("JSON: \(error)") }
    }
}
