import RecordStore
import SyncEngine
import SyncWire

/// Turns an invitation into a station, once; the same code with the same key gets the same answer again.
struct Enrolment {
    let region: Scope
    let signer: any Signer
    let now: Instant
    let transaction: AuthorityTransaction

    /// - Throws: ``Problem``: ``Problem/Code/invitationUnknown``, ``Problem/Code/invitationExpired``,
    ///   ``Problem/Code/invitationUsed`` by another key, ``Problem/Code/revoked``.
    func enrol(_ wish: EnrolmentRequest, code: InvitationCode) throws -> EnrolmentReply {
        let register = DeviceRegister(transaction.database)
        guard let invitation = try register.invitation(secretHash: code.secretHash) else {
            throw Problem(.invitationUnknown)
        }
        if let used = invitation.device {
            guard invitation.signingKey == wish.signingKey, let device = try register.device(used) else {
                throw Problem(.invitationUsed)
            }
            if device.state.isRevoked { throw Problem(.revoked) }
            return try reply(to: device)
        }
        guard now < invitation.expiresAt else { throw Problem(.invitationExpired) }
        if try register.device(signingKey: wish.signingKey) != nil { throw Problem(.invitationUsed) }
        var random = SystemRandomNumberGenerator()
        let id = DeviceID.v7(milliseconds: now.milliseconds, using: &random)
        var device = RegisteredDevice(
            state: DeviceState(id: id, isDesk: false, scopes: [invitation.scope]), station: wish.station,
            staff: invitation.staff, signingKey: wish.signingKey, sealingKey: wish.sealingKey, enrolledAt: now)
        device.certificate = try certificate(of: device)
        try register.add(device)
        try register.use(invitation, by: id, signingKey: wish.signingKey)
        return try reply(to: device)
    }

    /// The server's signature over who this device is: accepted again after a restore that does not know it.
    private func certificate(of device: RegisteredDevice) throws -> [UInt8] {
        var statement = Array("ruhu device v1".utf8) + [0] + device.state.id.bytes + device.signingKey
        statement += Array(device.state.scopes.map(\.code).joined(separator: " ").utf8)
        return try signer.signature(for: statement)
    }

    private func reply(to device: RegisteredDevice) throws -> EnrolmentReply {
        EnrolmentReply(
            device: device.state.id, scopes: device.state.scopes, station: device.station, staff: device.staff,
            region: region.code, epoch: try transaction.head().epoch,
            serverKey: signer.publicKey, certificate: device.certificate)
    }
}
