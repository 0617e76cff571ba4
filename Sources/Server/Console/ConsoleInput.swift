import CommandSupport
import HTTPTypes
import Hummingbird
import Markup
import SyncEngine

/// What of a request's head the console looks at.
struct ConsoleInput: Sendable {
    private(set) var path: String
    private(set) var method: String
    let headers: HTTPFields
    private(set) var queryText: String
    /// Of the cookie, or of a program's `Authorization: Bearer`.
    let token: String?
    /// A browser sends its cookie by itself, also when another site tells it to; a program's header is its own.
    let isCookie: Bool
    let language: Language

    static let languageCookie = "ruhu_lang"
    /// Over TLS a browser takes it, by its name, from this host and over TLS alone (RFC 6265bis, 4.1.3.2): another name
    /// is not read there.
    static func sessionCookie(isPlain: Bool) -> String { isPlain ? "ruhu_session" : "__Host-ruhu_session" }
    /// Characters of a token, at most.
    private static let tokenLimit = 128

    init(_ request: Request, isPlain: Bool) {
        path = request.uri.path
        method = request.method.rawValue
        headers = request.headers
        queryText = request.uri.query.map { String($0) } ?? ""
        let bearer = request.headers[.authorization].flatMap { header in
            header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : nil
        }
        let cookie = request.cookies[Self.sessionCookie(isPlain: isPlain)]?.value
        isCookie = bearer == nil
        token = (bearer ?? cookie).flatMap { $0.count <= Self.tokenLimit && !$0.isEmpty ? $0 : nil }
        language =
            request.cookies[Self.languageCookie].flatMap { Language(rawValue: $0.value) }
            ?? Self.preferred(request.headers[.acceptLanguage] ?? "")
    }

    /// Chinese, unless the browser asks for English before it.
    private static func preferred(_ header: String) -> Language {
        for part in header.lowercased().split(separator: ",") {
            let tag = part.drop { $0 == " " }
            if tag.hasPrefix("zh") { return .zh }
            if tag.hasPrefix("en") { return .en }
        }
        return .zh
    }

    /// A browser asks for HTML; whoever does not is a program.
    var wantsJSON: Bool { !(headers[.accept] ?? "").contains("text/html") }

    /// The path with its query, as it was asked for.
    var address: String { path + (queryText.isEmpty ? "" : "?" + queryText) }

    /// The same browser, on a page of this server.
    func showing(_ page: Link) -> ConsoleInput {
        let halves = page.text.split(separator: "?", maxSplits: 1).map(String.init)
        var input = self
        (input.method, input.path, input.queryText) = ("GET", halves[0], halves.count > 1 ? halves[1] : "")
        return input
    }

    func query() throws -> FormFields { try FormFields(urlEncoded: queryText.utf8) }

    /// A form that another site made the browser send.
    /// - Throws: ``Problem`` ``Problem/Code/forgedForm``.
    func checkOrigin() throws {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ headers[$0] }),
            !["same-origin", "none"].contains(site)
        {
            throw Problem(.forgedForm)
        }
    }
}

/// What of a path a route gives names to.
extension ConnectionContext {
    func parts(of route: ConsoleRoute) -> [String: String] {
        var parts: [String: String] = [:]
        for part in route.path.split(separator: "/") where part.hasPrefix("{") {
            let name = String(part.dropFirst().dropLast())
            parts[name] = coreContext.parameters.get(name)?.removingPercentEncoding
        }
        return parts
    }
}
