import RecordStore
import SyncEngine
import SyncWire

import class GRDB.Database

/// What the register of devices says, against what was signed and what the log holds: whose a key is, for which villages,
/// and whether it is revoked. The register follows the log and the certificates, and a row that follows neither was put
/// there by hand.
struct RegisterAudit {
    private let database: Database
    private let keys: ServerKeys

    init(_ database: Database, keys: ServerKeys) {
        self.database = database
        self.keys = keys
    }

    /// Devices whose row is not what the township certified, or whose revocation and row do not go together.
    func findings() throws -> [AuditFinding] {
        let register = DeviceRegister(database)
        let revoked = try register.recordedRevocations()
        return try register.everyDevice().flatMap { device -> [AuditFinding] in
            var wrong: [String] = []
            if !isCertified(device) { wrong.append("certificate") }
            if isRevokedWrongly(device, revoked) { wrong.append("revocation") }
            return wrong.map { AuditFinding(.device, "\(device.state.id) \($0)") }
        }
    }

    /// The desk has no certificate: its key is the township's own.
    private func isCertified(_ device: RegisteredDevice) -> Bool {
        if device.state.isDesk { return device.signingKey == Array(keys.desk.publicKey.rawRepresentation) }
        return Ed25519().isValid(
            device.certificate, for: device.readmission.statement,
            publicKey: Array(keys.signing.publicKey.rawRepresentation))
    }

    /// A copy's identity, which the desk signed for, is closed without a record.
    private func isRevokedWrongly(_ device: RegisteredDevice, _ recorded: [DeviceID: Bool]) -> Bool {
        switch recorded[device.state.id] {
        case .some(let isLive): isLive && !device.state.isRevoked
        case nil:
            device.state.isRevoked && device.signingKey != Array(keys.desk.publicKey.rawRepresentation)
        }
    }
}
