import CommandSupport
import SyncEngine

/// Where a township keeps its files.
struct TownshipFolder: Sendable {
    let path: String

    /// The secrets, by file name.
    enum Secret: String, Sendable, CaseIterable {
        case signingKey = "signing.key"
        case deskKey = "desk.key"
        case sealingKey = "sealing.key"
        case nonceSecret = "nonce.secret"
        case backupKey = "backup.key"
        case tlsKey = "tls-key.pem"
        case tlsCertificate = "tls-certificate.pem"
        case tlsFingerprint = "tls-key.sha256"
    }

    var databasePath: String { path + "/authority.sqlite" }
    /// What was committed and is not in the database file yet.
    var journalPath: String { databasePath + "-wal" }
    /// Derived; no backup holds it.
    var ledgerPath: String { path + "/ledger.sqlite" }
    /// Held by the one `serve` of the folder.
    var servePath: String { path + "/serve.lock" }
    var headPath: String { path + "/head" }
    /// Photos, signatures, documents, by their SHA-256.
    var blobsPath: String { path + "/blobs" }
    func path(of secret: Secret) -> String { path + "/" + secret.rawValue }
}

extension TownshipFolder {
    /// Whether `init` has been run here to its end.
    var exists: Bool { Files.exists(markPath) }

    /// Whether every row that the township signs was signed: from then on one without a signature is somebody else's.
    var isAttested: Bool { (try? SecretFile.read(markPath)) != Self.olderMark }

    /// Says that `init` has been run to its end, and by which program.
    var markPath: String { path + "/township" }
    private static let olderMark = Array("ruhu township\n".utf8)

    func markAttested() throws { try SecretFile.write(Array("ruhu township 2\n".utf8), to: markPath) }

    func create() throws { try DataFolder.create(path) }
    func markComplete() throws { try SecretFile.write(Self.olderMark, to: markPath) }
    func writeSecret(_ bytes: [UInt8], to secret: Secret) throws { try SecretFile.write(bytes, to: path(of: secret)) }
    func readSecret(_ secret: Secret) throws -> [UInt8] { try SecretFile.read(path(of: secret)) }
}
