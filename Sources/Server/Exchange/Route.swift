package import SyncEngine

/// The protocol's resources.
package enum Route: Sendable {
    case enrol, hello, push, pull

    private static let all: [(method: String, path: String, route: Route)] = [
        ("POST", "/v1/devices", .enrol), ("GET", "/v1/hello", .hello), ("POST", "/v1/push", .push),
        ("GET", "/v1/pull", .pull),
    ]

    /// - Throws: ``Problem`` ``Problem/Code/notFound`` and ``Problem/Code/methodNotAllowed``.
    package init(method: String, path: String) throws {
        let here = Self.all.filter { $0.path == path }
        guard !here.isEmpty else { throw Problem(.notFound, String(path.prefix(100))) }
        guard let found = here.first(where: { $0.method == method }) else {
            throw Problem(.methodNotAllowed, "\(method.prefix(20)) \(path)")
        }
        self = found.route
    }

    /// The path as a label of metrics: only those that exist, or a stranger could fill the memory with names.
    static func label(_ path: String) -> String { all.contains { $0.path == path } ? path : "other" }
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
