package import SyncEngine

/// The protocol's resources.
package enum Route: Sendable {
    case enrol, hello, push, pull
    /// The hashes of the device's own chain.
    case chain
    /// A copy of the device asks for an identity of its own.
    case fork
    /// A device that a restored township does not know.
    case readmit
    /// Tree heads that this server signed and does not extend.
    case heads
    /// The desk's sets, brought back after a restore.
    case escrow
    case blob(Hash256, BlobAccess)

    /// `*` stands for one part of a path.
    private static let all: [(method: String, path: String, route: Route)] = [
        ("POST", "/v1/devices", .enrol), ("GET", "/v1/hello", .hello), ("POST", "/v1/push", .push),
        ("GET", "/v1/pull", .pull), ("GET", "/v1/devices/*/chain", .chain), ("POST", "/v1/devices/*/fork", .fork),
        ("POST", "/v1/devices/*/readmission", .readmit), ("POST", "/v1/escrow", .escrow),
        ("POST", "/v1/heads", .heads),
    ]

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        let (wanted, given) = (pattern.split(separator: "/"), path.split(separator: "/"))
        return wanted.count == given.count && zip(wanted, given).allSatisfy { $0 == "*" || $0 == $1 }
    }

    /// - Throws: ``Problem`` ``Problem/Code/notFound`` and ``Problem/Code/methodNotAllowed``.
    package init(method: String, path: String) throws {
        if let blob = Self.blob(path) {
            self = .blob(blob, try Self.access(method))
            return
        }
        let exact = Self.all.filter { $0.path == path }
        let here = exact.isEmpty ? Self.all.filter { Self.matches($0.path, path) } : exact
        guard !here.isEmpty else { throw Problem(.notFound, String(path.prefix(100))) }
        guard let found = here.first(where: { $0.method == method }) else {
            throw Problem(.methodNotAllowed, "\(method.prefix(20)) \(path)")
        }
        self = found.route
    }

    /// `/v1/blobs/` and the SHA-256 in 64 lower-case hexadecimal digits.
    package static let blobs = "/v1/blobs/"

    private static func blob(_ path: String) -> Hash256? {
        guard path.hasPrefix(blobs) else { return nil }
        let name = String(path.dropFirst(blobs.count))
        guard let hash = Hex.decode(name).flatMap({ Hash256(bytes: $0) }), hash.description == name else { return nil }
        return hash
    }

    private static func access(_ method: String) throws -> BlobAccess {
        switch method {
        case "HEAD": .look
        case "GET": .fetch
        case "PUT": .bring
        default: throw Problem(.methodNotAllowed, "\(method.prefix(20)) \(blobs)")
        }
    }

    /// The path as a label of metrics: only those that exist, or a stranger could fill the memory with names.
    static func label(_ path: String) -> String {
        if blob(path) != nil { return blobs + "{sha256}" }
        return all.first { matches($0.path, path) }?.path ?? "other"
    }
}

extension Problem {
    /// The HTTP status of an answer that carries this problem.
    package var httpStatus: Int {
        switch code {
        case .unsigned, .badSignature, .staleNonce, .unknownDevice, .wrongPassword, .notSignedIn: 401
        case .revoked, .outOfScope, .deskOnly, .invitationUsed, .invitationUnknown, .invitationExpired,
            .notPermitted, .forgedForm, .passwordChangeNeeded, .samePerson:
            403
        case .notFound, .unknownBlob, .unknownRecord, .unknownConflict, .unknownAccount: 404
        case .methodNotAllowed: 405
        case .gap, .chainForked, .epochChanged, .blobMismatch, .changedMeanwhile, .conflictClosed: 409
        case .cursorTooOld: 410
        case .bodyTooLarge, .setTooLarge, .blobTooLarge: 413
        case .unsupportedMedia: 415
        case .tooManyRequests, .accountLocked: 429
        case .busy: 503
        case _ where code.rawValue >= 5000: 500
        default: 400
        }
    }
}
