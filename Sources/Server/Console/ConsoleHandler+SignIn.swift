import CommandSupport
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import SyncEngine

/// Signing in and out, and the stream of changes: what needs no page of the desk.
extension ConsoleHandler {
    func signInPage(_ request: Request) -> Response {
        let input = input(request)
        return Self.signInPage(input, next: (try? input.query())?["next"], problem: nil, console: console)
    }

    private static func signInPage(
        _ input: ConsoleInput, next: String?, problem: Problem?, console: Console, name: String = ""
    ) -> Response {
        Language.$preferred.withValue(input.language) {
            let layout = PageLayout(
                title: L("登录", "Sign in"), person: nil, office: console.township.identity.name, token: nil, input: input
            )
            let body = SignInPages.form(
                office: console.township.identity.name, name: name, next: next, problem: problem)
            return html(layout.page(body), status: problem?.httpStatus ?? 200)
        }
    }

    func signIn(_ request: Request, _ context: ConnectionContext) async -> Response {
        let input = input(request)
        var form = FormFields()
        do {
            try input.checkOrigin()
            form = try await Self.form(of: request, limit: FormFields.Limit.strangersBytes)
            let (name, password, address) = (form["name"] ?? "", form["password"] ?? "", context.address)
            guard name.utf8.count <= FormFields.Limit.nameBytes else { throw Problem(.badRequest, "name") }
            let (token, person) = try await gate.check(from: address) { [people = console.people] in
                try people.signIn(name: name, password: password, from: address)
            }
            if input.wantsJSON {
                return Self.json(
                    .object([
                        ("token", .string(token)), ("name", .string(person.name)),
                        ("role", .string(person.role.rawValue)),
                        ("mustChangePassword", .bool(person.mustChangePassword)),
                    ]), status: 200)
            }
            var response = Self.redirect(to: person.mustChangePassword ? "/password" : Self.place(form["next"]))
            response.setCookie(sessionCookie(token))
            return response
        } catch {
            let problem = error as? Problem ?? Problem(.internalError)
            if input.wantsJSON { return Self.failure(problem, request: input, person: nil) }
            return Self.signInPage(
                input, next: form["next"], problem: problem, console: console, name: form["name"] ?? "")
        }
    }

    func signOut(_ request: Request, _ context: ConnectionContext) async -> Response {
        let input = input(request)
        do {
            try input.checkOrigin()
            let form = try await Self.form(of: request, limit: FormFields.Limit.strangersBytes)
            if let token = input.token {
                let sent = form["form_token"] ?? ""
                guard !input.isCookie || ConstantTime.equal(Array(sent.utf8), Array(People.formToken(of: token).utf8))
                else { throw Problem(.forgedForm) }
                try await run {
                    if let found = try console.people.person(token: token) { try console.people.signOut(found.session) }
                }
            }
            if input.wantsJSON { return Self.json(.object([("signedOut", .bool(true))]), status: 200) }
            var response = Self.redirect(to: "/login")
            response.setCookie(sessionCookie(nil))
            return response
        } catch {
            return Self.failure(error as? Problem ?? Problem(.internalError), request: input, person: nil)
        }
    }

    /// Only a place of this server: never an address that somebody put into a link.
    static func place(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.hasPrefix("/\\"),
            next.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0 != "\\" })
        else { return "/today" }
        return next
    }

    /// Only sent back here, never to scripts, never from another site; gone when the browser is closed.
    private func sessionCookie(_ token: String?) -> Cookie {
        Cookie(
            name: ConsoleInput.sessionCookie(isPlain: isPlain), value: token ?? "",
            maxAge: token == nil ? 0 : nil, path: "/", secure: !isPlain, httpOnly: true, sameSite: .strict)
    }

    /// Server-sent events: one as the log grows, so that a page can fetch itself anew.
    func events(_ request: Request, _ context: ConnectionContext, feed: LiveFeed) async -> Response {
        let input = input(request)
        do {
            guard let token = input.token, let found = try await run({ try console.people.person(token: token) }) else {
                throw Problem(.notSignedIn)
            }
            let (events, leave) = try await feed.subscribe(found.session, of: found.0.name)
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    // Whoever has gone is noticed at once: the next event may be long in coming.
                    try await request.body.consumeWithInboundCloseHandler(
                        { _ in
                            try await Delivery.events.send(
                                events.map { ByteBuffer(string: $0) }, on: context.channel, to: &writer)
                        }, onInboundClosed: leave)
                })
        } catch {
            return Self.failure(error as? Problem ?? Problem(.internalError), request: input, person: nil)
        }
    }
}
