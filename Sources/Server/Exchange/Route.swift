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

    /// `*` stands for one part of a path.
    private static let all: [(method: String, path: String, route: Route)] = [
        ("POST", "/v1/devices", .enrol), ("GET", "/v1/hello", .hello), ("POST", "/v1/push", .push),
        ("GET", "/v1/pull", .pull), ("GET", "/v1/devices/*/chain", .chain), ("POST", "/v1/devices/*/fork", .fork),
        ("POST", "/v1/devices/*/readmission", .readmit), ("POST", "/v1/escrow", .escrow),
        ("POST", "/v1/heads", .heads),
    ]

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        if pattern == path { return true }
        let (wanted, given) = (pattern.split(separator: "/"), path.split(separator: "/"))
        return wanted.count == given.count && zip(wanted, given).allSatisfy { $0 == "*" || $0 == $1 }
    }

    /// - Throws: ``Problem`` ``Problem/Code/notFound`` and ``Problem/Code/methodNotAllowed``.
    package init(method: String, path: String) throws {
        let here = Self.all.filter { Self.matches($0.path, path) }
        guard !here.isEmpty else { throw Problem(.notFound, String(path.prefix(100))) }
        guard let found = here.first(where: { $0.method == method }) else {
            throw Problem(.methodNotAllowed, "\(method.prefix(20)) \(path)")
        }
        self = found.route
    }

    /// The path as a label of metrics: only those that exist, or a stranger could fill the memory with names.
    static func label(_ path: String) -> String { all.first { matches($0.path, path) }?.path ?? "other" }
}

extension Problem {
    /// The HTTP status of an answer that carries this problem.
    package var httpStatus: Int {
        switch code {
        case .unsigned, .badSignature, .staleNonce, .unknownDevice: 401
        case .revoked, .outOfScope, .deskOnly, .invitationUsed, .invitationUnknown, .invitationExpired: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .gap, .chainForked, .epochChanged: 409
        case .cursorTooOld: 410
        case .bodyTooLarge, .setTooLarge: 413
        case .unsupportedMedia: 415
        case .tooManyRequests: 429
        case .busy: 503
        case _ where code.rawValue >= 5000: 500
        default: 400
        }
    }
}
