import Foundation

/// A browser at the township's console, without the drawing: keeps cookies, sends forms with what the page put into
/// them, follows nothing by itself, so that a test sees every answer.
package struct ConsoleBrowser {
    /// Changes when the township is stopped and started again only if its port does.
    package let port: Int
    package private(set) var cookies: [String: String] = [:]
    /// `zh` or `en`, as the browser's settings say.
    package var language = "zh"
    /// It sits at 127.0.0.`place`.
    package var place: UInt8 = 1

    package init(_ server: TownshipServer) { port = server.port }

    // MARK: - Signing in

    /// A password that the rules accept.
    package static let password = "麦田里的守望者2026"

    /// An account made by the command, and a browser in which it is signed in.
    /// - Parameter role: `clerk`, `reviewer`, `leader`, `district`, `auditor`.
    package static func signedIn(
        _ server: TownshipServer, _ name: String, role: String = "clerk", fullName: String = ""
    ) throws -> ConsoleBrowser {
        let made = try server.program.run(
            ["user", "add", name, "--role", role, "--password-stdin", "--json"]
                + (fullName.isEmpty ? [] : ["--full-name", fullName]), input: password + "\n")
        guard made.code == 0 else { throw ProgramFailure("user add: \(made.text) \(made.errors)") }
        var browser = ConsoleBrowser(server)
        let answer = try browser.signIn(name)
        guard answer.status == 303 else { throw ProgramFailure("sign in: \(answer.status) \(answer.words)") }
        return browser
    }

    package mutating func signIn(_ name: String, password: String = password) throws -> ConsoleReply {
        try post("/login", ["name": name, "password": password])
    }

    /// The token that the session's forms carry, for what is sent without a form.
    package mutating func formToken() throws -> String {
        guard let token = try get("/today").forms.first(where: { $0.action == "/logout" })?.fields.first?.1 else {
            throw ProgramFailure("no form of the session")
        }
        return token
    }

    // MARK: - Asking

    /// - Parameter path: percent-encoded, with its query.
    package mutating func get(_ path: String, headers: [String: String] = [:]) throws -> ConsoleReply {
        try send("GET", path, headers: headers)
    }

    /// The page as programs read it.
    package mutating func json(_ path: String) throws -> JSON {
        try send("GET", path, headers: ["Accept": "application/json"]).json
    }

    /// Sends exactly these fields: no token, no `seen`.
    package mutating func post(
        _ path: String, _ fields: KeyValuePairs<String, String>, headers: [String: String] = [:]
    ) throws -> ConsoleReply {
        try post(path, fields.map { ($0.key, $0.value) }, headers: headers)
    }

    package mutating func post(
        _ path: String, _ fields: [(String, String)], headers: [String: String] = [:]
    ) throws -> ConsoleReply {
        let body = fields.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        let type = ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"]
        return try send("POST", path, headers: type.merging(headers) { $1 }, body: Array(body.utf8))
    }

    /// Fills in a form of a page and sends it, as the person at the browser does: hidden fields and what the page has
    /// chosen go along. `fields` of a name that the form has replace all of that name.
    /// - Parameter action: of the form; the first on the page that has it, one that acts before one that asks.
    /// - Throws: ``ProgramFailure`` when the page has no such form.
    package mutating func submit(
        _ page: ConsoleReply, _ action: String, _ fields: KeyValuePairs<String, String> = [:],
        headers: [String: String] = [:]
    ) throws -> ConsoleReply {
        let forms = page.forms.filter { $0.action == action }
        guard let form = forms.first(where: { $0.method == "post" }) ?? forms.first else {
            throw ProgramFailure("no form to \(action): \(page.status) \(page.forms.map(\.action)) \(page.words)")
        }
        let typed = fields.map { ($0.key, $0.value) }
        let names = Set(typed.map(\.0))
        let all = form.fields.filter { !names.contains($0.0) } + typed
        guard form.method == "post" else {
            let query = all.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
            return try get(action + "?" + query, headers: headers)
        }
        return try post(action, all, headers: headers)
    }

    /// Goes where an answer sends the browser.
    package mutating func follow(_ reply: ConsoleReply) throws -> ConsoleReply {
        guard let location = reply.location else {
            throw ProgramFailure("not sent anywhere: \(reply.status) \(reply.words)")
        }
        return try get(location)
    }

    /// One request as a program or an attacker writes it.
    package mutating func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) throws -> ConsoleReply {
        var all = [
            "Host": "127.0.0.1:\(port)", "Connection": "close", "Accept": "text/html",
            "Accept-Language": language, "Content-Length": "\(body.count)",
        ]
        if !cookies.isEmpty {
            all["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        all.merge(headers) { $1 }
        let head = "\(method) \(path) HTTP/1.1\r\n" + all.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n"
        guard let socket = LoopbackSocket.connected(to: port, from: place) else {
            throw ProgramFailure("nobody at \(port)")
        }
        defer { socket.close() }
        socket.send(Array(head.utf8) + body)
        var bytes: [UInt8] = []
        while let more = socket.receive() { bytes += more }
        guard let reply = ConsoleReply(bytes) else { throw ProgramFailure("no answer to \(method) \(path)") }
        keep(reply)
        return reply
    }

    private mutating func keep(_ reply: ConsoleReply) {
        for cookie in reply.headers(named: "set-cookie") {
            let parts = cookie.split(separator: ";")
            guard let pair = parts.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
                pair.count == 2
            else { continue }
            let isGone = parts.contains { $0.lowercased().filter { $0 != " " } == "max-age=0" }
            cookies[String(pair[0])] = isGone ? nil : String(pair[1])
        }
    }

    /// Another person's cookies, or none.
    package mutating func setCookie(_ name: String, _ value: String?) { cookies[name] = value }

    package static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
