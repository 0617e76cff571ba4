import CommandSupport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import SyncEngine

/// Serves the console: who asks, may they, is it their own form; then the route, in their language, on a thread that may
/// wait for the disk. Every answer carries the headers of ``ConsoleHeaders``.
struct ConsoleResponder: HTTPResponder {
    let isPlain: Bool
    private let handler: ConsoleHandler
    private let router: RouterResponder<ConnectionContext>

    init(console: Console, gate: PasswordGate, feed: LiveFeed, isPlain: Bool) {
        self.isPlain = isPlain
        let handler = ConsoleHandler(console: console, gate: gate, isPlain: isPlain)
        let router = Router(context: ConnectionContext.self, options: .autoGenerateHeadEndpoints)
        for route in Console.routes {
            router.on(RouterPath(route.path), method: route.method == .get ? .get : .post) { request, context in
                await handler.respond(route, request, context)
            }
        }
        ConsoleAssets.register(in: router, isPlain: isPlain)
        router.get("/") { _, _ in ConsoleHandler.redirect(to: "/today") }
        router.get("/login") { request, _ in handler.signInPage(request) }
        router.post("/login") { request, context in await handler.signIn(request, context) }
        router.post("/logout") { request, context in await handler.signOut(request, context) }
        router.get("/events") { request, context in await handler.events(request, context, feed: feed) }
        self.handler = handler
        self.router = router.buildResponder()
    }

    /// Whether the console answers here; the protocol answers the rest.
    static func serves(_ path: String) -> Bool { !path.hasPrefix("/v1/") && path != "/v1" }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        var response = try await router.respond(to: request, context: context)
        // What the router has no answer for, it refuses without a word.
        if response.status == .notFound, response.headers[.contentType] == nil {
            let allowed = Self.methods(of: request.uri.path)
            let problem = Problem(
                allowed.isEmpty ? .notFound : .methodNotAllowed, String(request.uri.path.prefix(100)))
            response = await handler.failure(problem, ConsoleInput(request, isPlain: isPlain))
            if !allowed.isEmpty { response.headers[.allow] = allowed.joined(separator: ", ") }
        }
        ConsoleHeaders.add(to: &response, isPlain: isPlain)
        return response
    }

    /// Who asks too often is told so as everybody is told everything.
    func tooMany(_ request: Request) -> Response {
        var response = ConsoleHandler.failure(
            Problem(.tooManyRequests), request: ConsoleInput(request, isPlain: isPlain), person: nil)
        ConsoleHeaders.add(to: &response, isPlain: isPlain)
        return response
    }

    /// What may be done at an address; nothing where there is none.
    static func methods(of path: String) -> [String] {
        let asked = path.split(separator: "/", omittingEmptySubsequences: true)
        let found = addresses.filter { address in
            let parts = address.path.split(separator: "/")
            return parts.count == asked.count && zip(parts, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        let methods = Set(found.map(\.method))
        return (methods.contains("GET") ? ["GET", "HEAD"] : []) + (methods.contains("POST") ? ["POST"] : [])
    }

    private static let addresses: [(method: String, path: String)] =
        Console.routes.map { ($0.method.rawValue, $0.path) }
        + API.own.map { key, _ in
            let words = key.split(separator: " ").map(String.init)
            return (words[0], words[1])
        }
        + ["/", "/login", "/events", "/metrics", "/language/{code}", ConsoleAssets.stylesheetPath]
        .map { ("GET", $0) } + [ConsoleAssets.scriptPath, ConsoleAssets.iconPath].map { ("GET", $0) }

    /// For metrics: the route, not the address, which has ids in it.
    static func label(_ path: String) -> String {
        let first = path.split(separator: "/").first.map(String.init) ?? ""
        let known = Set(Console.routes.compactMap { $0.path.split(separator: "/").first.map(String.init) })
        return known.contains(first) || ["login", "logout", "events", "assets"].contains(first) ? "/\(first)" : "other"
    }
}

/// What the browser is told to refuse, on every page.
enum ConsoleHeaders {
    private static let policy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static func add(to response: inout Response, isPlain: Bool) {
        func set(_ name: String, _ value: String) {
            guard let name = HTTPField.Name(name), response.headers[name] == nil else { return }
            response.headers[name] = value
        }
        set("Content-Security-Policy", policy)
        set("X-Content-Type-Options", "nosniff")
        set("Referrer-Policy", "no-referrer")
        set("X-Frame-Options", "DENY")
        set("Cross-Origin-Opener-Policy", "same-origin")
        set("Cross-Origin-Resource-Policy", "same-origin")
        set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        set("Cache-Control", "no-store")
        if !isPlain { set("Strict-Transport-Security", "max-age=31536000") }
    }
}
