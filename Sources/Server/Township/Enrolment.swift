import RecordStore
import SyncEngine
import SyncWire

/// Turns an invitation into a station, once; the same code with the same key gets the same answer again.
struct Enrolment {
    let region: Scope
    let signer: any Signer
    let attester: Attester
    /// The township's X25519 public key.
    let sealingKey: [UInt8]
    let now: Instant
    /// For the new device.
    let id: DeviceID
    let transaction: AuthorityTransaction

    /// - Throws: ``Problem``: ``Problem/Code/invitationUnknown``, ``Problem/Code/invitationExpired``,
    ///   ``Problem/Code/invitationUsed`` by another key, ``Problem/Code/revoked``.
    func enrol(_ wish: EnrolmentRequest, code: InvitationCode) throws -> EnrolmentReply {
        let register = DeviceRegister(transaction.database)
        guard let invitation = try register.invitation(secretHash: code.secretHash, by: attester) else {
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
        if let known = try register.device(signingKey: wish.signingKey) {
            // The answer to an earlier code never arrived, and the township gave out another: still the same station.
            guard known.state.scopes == [invitation.scope], known.staff == invitation.staff, !known.state.isRevoked
            else { throw Problem(.invitationUsed) }
            try register.use(invitation, by: known.state.id, signingKey: wish.signingKey, attester: attester)
            return try reply(to: known)
        }
        var device = RegisteredDevice(
            state: DeviceState(id: id, isDesk: false, scopes: [invitation.scope]), station: wish.station,
            staff: invitation.staff, signingKey: wish.signingKey, sealingKey: wish.sealingKey, enrolledAt: now)
        device.certificate = try signer.signature(for: device.readmission.statement)
        try register.add(device)
        try register.use(invitation, by: id, signingKey: wish.signingKey, attester: attester)
        return try reply(to: device)
    }

    /// Gives a copy of a device an identity of its own, for all that lies above the last common set; the same keys get the
    /// same answer again.
    /// - Throws: ``Problem`` ``Problem/Code/chainForked`` when the chain does not hold what is said to be common.
    func fork(_ parent: RegisteredDevice, _ wish: ForkRequest) throws -> EnrolmentReply {
        let register = DeviceRegister(transaction.database)
        if let known = try register.device(signingKey: wish.signingKey) {
            guard known.state.lineage.first?.device == parent.state.id else { throw Problem(.invitationUsed) }
            return try reply(to: known)
        }
        let lineage = [Lineage(device: parent.state.id, number: UInt64(Int64.max))] + parent.state.lineage
        guard wish.common.number <= parent.state.acknowledged.number,
            try register.chainHash(of: lineage, at: wish.common.number) == wish.common.hash
        else { throw Problem(.chainForked, "\(wish.common.number)") }
        var device = parent
        device.state = DeviceState(
            id: id, isDesk: false, scopes: parent.state.scopes, acknowledged: wish.common,
            lineage: [Lineage(device: parent.state.id, number: wish.common.number)])
        device.signingKey = wish.signingKey
        device.sealingKey = wish.sealingKey
        device.enrolledAt = now
        device.certificate = try signer.signature(for: device.readmission.statement)
        try register.add(device)
        return try reply(to: device)
    }

    /// Takes a device in that this township, restored from before its enrolment, does not know. One whose revocation came
    /// back before it did is put down as revoked: the caller keeps the transaction, and the device out.
    /// - Returns: the device, as the register has it.
    /// - Throws: ``Problem``: ``Problem/Code/unknownDevice`` when the certificate is not this township's;
    ///   ``Problem/Code/badSignature`` when the register has another key for it.
    func readmit(_ wish: Readmission, signatures: any SignatureScheme) throws -> RegisteredDevice {
        let register = DeviceRegister(transaction.database)
        if let known = try register.device(wish.device) {
            guard known.signingKey == wish.signingKey else { throw Problem(.badSignature) }
            return known
        }
        // What it was before is its own past, with keys of its own: the oldest first.
        for former in wish.former.reversed() where try register.device(former.device) == nil {
            try admit(former, signatures: signatures)
        }
        try admit(wish, signatures: signatures)
        guard let taken = try register.device(wish.device) else { throw Problem(.unknownDevice, "\(wish.device)") }
        return taken
    }

    private func admit(_ wish: Readmission, signatures: any SignatureScheme) throws {
        guard signatures.isValid(wish.certificate, for: wish.statement, publicKey: signer.publicKey) else {
            throw Problem(.unknownDevice, "\(wish.device)")
        }
        let register = DeviceRegister(transaction.database)
        let state = DeviceState(
            id: wish.device, isDesk: false, scopes: wish.scopes,
            acknowledged: Acknowledgement(number: wish.lineage?.number ?? 0), lineage: wish.lineage.map { [$0] } ?? [])
        var device = RegisteredDevice(
            state: state, station: wish.station, staff: wish.staff, signingKey: wish.signingKey,
            sealingKey: wish.sealingKey, enrolledAt: now)
        device.certificate = wish.certificate
        try register.add(device)
        if let revocation = try transaction.revocation(of: wish.device) {
            try register.revoke(wish.device, reason: revocation, at: now)
        }
    }

    func reply(to device: RegisteredDevice) throws -> EnrolmentReply {
        EnrolmentReply(
            device: device.state.id, scopes: device.state.scopes, station: device.station, staff: device.staff,
            region: region.code, epoch: try transaction.head().epoch,
            serverKey: signer.publicKey, certificate: device.certificate, serverSealingKey: sealingKey)
    }
}

extension RegisteredDevice {
    /// What a certificate says of it.
    var readmission: Readmission {
        Readmission(
            device: state.id, signingKey: signingKey, sealingKey: sealingKey, scopes: state.scopes, station: station,
            staff: staff, lineage: state.lineage.first, certificate: certificate)
    }
}
