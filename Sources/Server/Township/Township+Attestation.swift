import RecordStore
import SyncEngine
import SyncWire

import class GRDB.Database

extension Attester {
    /// Signs as the township does.
    init(_ signer: any Signer, _ signatures: any SignatureScheme) {
        self.init {
            try signer.signature(for: $0)
        } isOwn: {
            signatures.isValid($0, for: $1, publicKey: signer.publicKey)
        }
    }
}

/// The rows that do not follow from the log, which the township signs (docs/decisions/0101).
extension Township {
    var attester: Attester { Attester(Ed25519Signer(keys.signing), Ed25519()) }

    /// Signs what is here from before rows were signed, once.
    func signOlderRows() throws {
        guard !folder.isAttested else { return }
        try database.write { transaction in
            let database = transaction.database
            try accounts(in: database).adopt()
            try PageViews(database, attester: attester).adopt()
            try DeviceRegister(database).adoptInvitations(by: attester)
        }
        try folder.markAttested()
    }

    /// Rows that the township did not sign, and rows of its that are gone.
    func unsignedRows(_ database: Database) throws -> [AuditFinding] {
        guard folder.isAttested else { return [] }
        return try accounts(in: database).findings() + PageViews(database, attester: attester).findings()
            + DeviceRegister(database).foreignInvitations(by: attester)
    }
}
