import Crypto
import Foundation
import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// The protocol's resources over the authority: who may, what is decided, what is answered.
struct Resources: Sendable {
    let township: Township
    let writer: PushWriter
    let nonces: NonceIssuer
    let codec: WireCodec

    private var database: AuthorityDatabase { township.database }

    func checkReadiness() async throws {
        _ = try await database.readAsync { try AuthorityIdentity.read($0) }
    }

    /// What every answer carries besides its body.
    func hello(for device: DeviceID?) async throws -> Hello {
        let tables = database.tables
        let (head, acknowledged) = try await database.readAsync { database in
            (
                try LogReader(database, tables: tables).head(),
                try device.flatMap { try DeviceRegister(database).device($0)?.state.acknowledged }
            )
        }
        return Hello(
            minimumProtocol: ProtocolVersion.minimum, maximumProtocol: ProtocolVersion.maximum,
            schemaVersion: tables.schema.version, epoch: head.epoch, latestSeq: head.seq, acknowledged: acknowledged,
            nonce: nonces.issue(at: township.clock()))
    }

    /// - Returns: the answer's body, and the device that was authenticated.
    /// - Throws: ``Problem``; nothing was changed then.
    func answer(_ route: Route, _ request: ReceivedRequest) async throws -> (Answer.Body, DeviceID?) {
        if case .enrol = route { return try await enrol(request) }
        let device = try await authenticate(request)
        switch route {
        case .enrol, .hello: return (.hello, device.state.id)
        case .push: return (.push(try await push(request, device)), device.state.id)
        case .pull: return (.pull(try await pull(request, device)), device.state.id)
        }
    }

    // MARK: - Authentication

    /// - Throws: ``Problem``: ``Problem/Code/unsigned``, ``Problem/Code/staleNonce``, ``Problem/Code/unknownDevice``,
    ///   ``Problem/Code/badSignature``, ``Problem/Code/revoked``.
    private func authenticate(_ request: ReceivedRequest) async throws -> RegisteredDevice {
        let signature = try fresh(request)
        guard let id = DeviceID(signature.keyID) else { throw Problem(.unknownDevice) }
        let device = try await database.readAsync { try DeviceRegister($0).device(id) }
        guard let device, !device.state.isDesk else { throw Problem(.unknownDevice) }
        try verify(signature, of: request, key: device.signingKey)
        if device.state.isRevoked { throw Problem(.revoked) }
        return device
    }

    /// Freshness comes from the nonce alone; `created` is informational, for village clocks are off by years.
    private func fresh(_ request: ReceivedRequest) throws -> ParsedSignature {
        let signature = request.signature
        guard nonces.isValid(signature.nonce, at: township.clock()) else { throw Problem(.staleNonce) }
        return signature
    }

    private func verify(_ signature: ParsedSignature, of request: ReceivedRequest, key: [UInt8]) throws {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key),
            MessageSignature.verify(signature, components: request.signedComponents, with: key)
        else { throw Problem(.badSignature) }
    }

    // MARK: - Enrolment

    private func enrol(_ request: ReceivedRequest) async throws -> (Answer.Body, DeviceID?) {
        let signature = try fresh(request)
        let wish = try EnrolmentRequest(decoding: request.body, as: request.media)
        try verify(signature, of: request, key: wish.signingKey)
        guard let code = InvitationCode(wish.code) else { throw Problem(.invitationUnknown) }
        let township = township
        let reply = try await database.writeAsync { transaction in
            try Enrolment(township: township, transaction: transaction).enrol(wish, code: code)
        }
        return (.enrolment(reply), reply.device)
    }

    // MARK: - Push and pull

    private func push(_ request: ReceivedRequest, _ device: RegisteredDevice) async throws -> PushReply {
        let frame = try PushFrame(decoding: request.body, as: request.media)
        let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: codec)
        guard let last = sets.last else { throw Problem(.badRequest, "sets") }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: device.signingKey),
            key.isValidSignature(frame.signature, for: PushFrame.signedBytes(lastHash: last.hash))
        else { throw Problem(.badSignature, "frame") }
        let job = PushWriter.Job(
            device: device.state.id, epoch: frame.epoch, sets: sets, previousHash: frame.previousHash,
            signature: frame.signature)
        return try await writer.push(job)
    }

    private func pull(_ request: ReceivedRequest, _ device: RegisteredDevice) async throws -> PullPage {
        let cursor = try number("cursor", in: request) ?? 0
        let limit = try number("limit", in: request).map { Int(clamping: $0) } ?? Limits.recordsPerPage
        let token = try request.parameters["token"].map { text -> [UInt8] in
            guard let bytes = Hex.decode(text) else { throw Problem(.badRequest, "token") }
            return bytes
        }
        if let epoch = request.parameters["epoch"] {
            guard EpochID(epoch) == township.identity.epoch else { throw Problem(.epochChanged) }
        }
        let tables = database.tables
        let page = try await database.readAsync { database in
            let reader = PullReader(database, tables: tables, device: device.state)
            if let token { return try reader.bootstrapPage(token: token, limit: limit) }
            return try reader.page(after: cursor, limit: limit)
        }
        saw(device, cursor: token == nil ? cursor : nil)
        return page
    }

    private func number(_ name: String, in request: ReceivedRequest) throws -> UInt64? {
        guard let text = request.parameters[name] else { return nil }
        guard let number = UInt64(text) else { throw Problem(.badRequest, name) }
        return number
    }

    private func saw(_ device: RegisteredDevice, cursor: Seq?) {
        township.sightings.saw(device.state.id, cursor: cursor, at: township.clock())
    }
}
