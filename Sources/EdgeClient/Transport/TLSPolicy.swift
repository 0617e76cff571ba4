package import SyncEngine

/// Whom a connection trusts.
package enum TLSPolicy: Hashable, Sendable {
    /// Only the server that holds this public key: the SHA-256 of its certificate's SubjectPublicKeyInfo (DER), as the
    /// station recorded it at `join`. Names, issuers and validity dates are not judged: village clocks are off by
    /// years, and a certificate that expires must not end the work. TLS 1.2 or newer.
    case pinned(spkiSHA256: Hash256)
    /// Nobody yet: the first contact at `join`. Nothing is sent under it; it only reads the server's key with
    /// ``HTTPTransport/serverKey(of:shouldAbort:)``, which the invitation code then confirms. TLS 1.2 or newer.
    case discover
    /// Plain HTTP, on this machine only.
    case plain
}
