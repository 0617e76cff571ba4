import SyncEngine

/// Where a township keeps its files.
struct TownshipFolder: Sendable {
    let path: String

    /// The secrets, by file name.
    enum Secret: String, Sendable {
        case signingKey = "signing.key"
        case deskKey = "desk.key"
        case nonceSecret = "nonce.secret"
        case tlsKey = "tls-key.pem"
        case tlsCertificate = "tls-certificate.pem"
        case tlsFingerprint = "tls-key.sha256"
    }

    var databasePath: String { path + "/authority.sqlite" }
    func path(of secret: Secret) -> String { path + "/" + secret.rawValue }
}
