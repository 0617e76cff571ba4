import Assistance
import CommandSupport
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import NIOPosix
import SyncEngine

/// One request to the console, from head to answer.
struct ConsoleHandler: Sendable {
    let console: Console
    let gate: PasswordGate
    let isPlain: Bool
    let long = Lane.longWork()
    private let streams = Places(Limit.streams)

    private enum Limit {
        /// Tables that are read while they are sent: each holds a snapshot of the database.
        static let streams = 8
    }

    init(console: Console, gate: PasswordGate, isPlain: Bool) {
        self.console = console
        self.gate = gate
        self.isPlain = isPlain
    }

    func input(_ request: Request) -> ConsoleInput { ConsoleInput(request, isPlain: isPlain) }

    func respond(_ route: ConsoleRoute, _ request: Request, _ context: ConnectionContext) async -> Response {
        let input = input(request)
        let parts = context.parts(of: route)
        var form = FormFields()
        var person: Person?
        var asked: ConsoleRequest?
        do {
            if route.method == .post { try input.checkOrigin() }
            let (who, session) = try await run { try signedIn(input) }
            person = who
            guard !who.mustChangePassword || route.path == "/password" else { throw Problem(.passwordChangeNeeded) }
            try Language.$preferred.withValue(input.language) { try who.check(route.permission) }
            // Nobody's body is read before it is known who he is, and that he may.
            if route.method == .post {
                form = try await Self.form(of: request)
                try checkToken(of: form, input)
            }
            let formToken = People.formToken(of: input.token ?? "")
            let request = ConsoleRequest(
                person: who, session: session, formToken: formToken, path: parts,
                query: try input.query(), form: form, now: console.township.clock(),
                ids: OneTimeID(secret: console.township.keys.nonceSecret, formToken: formToken, path: input.path),
                address: route.method == .get ? input.address : PageAddress(form["page"] ?? "")?.link.text ?? "")
            asked = request
            let work: @Sendable () throws -> MadeAnswer = {
                try Language.$preferred.withValue(input.language) {
                    try VillageNames.$current.withValue(try console.villageNames()) {
                        try console.answer(route, request).made(
                            for: request, input: input, office: console.township.identity.name)
                    }
                }
            }
            var place: Places.Place?
            let made: MadeAnswer
            switch route.work(request) {
            case .page: made = try await run(work)
            case .stream:
                place = try streams.take()
                made = try await run(work)
            case .long: made = try await long.run(for: who.name, work)
            case .password: made = try await gate.check(from: context.address, work)
            }
            return Self.response(made, context: context, in: place)
        } catch {
            let refused = Refused(error, logger: context.logger)
            if route.method == .post, !input.wantsJSON, let asked,
                let page = await returned(refused, to: asked, after: route.work(asked), input: input)
            {
                return page
            }
            return failed(refused, input: input, form: form, person: person)
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/notSignedIn``.
    private func signedIn(_ input: ConsoleInput) throws -> (Person, session: Hash256) {
        guard let token = input.token, let found = try console.people.person(token: token) else {
            throw Problem(.notSignedIn)
        }
        return found
    }

    /// - Throws: ``Problem`` ``Problem/Code/forgedForm``.
    private func checkToken(of form: FormFields, _ input: ConsoleInput) throws {
        guard input.isCookie else { return }
        let sent = form["form_token"] ?? HTTPField.Name("X-Form-Token").flatMap { input.headers[$0] } ?? ""
        guard ConstantTime.equal(Array(sent.utf8), Array(People.formToken(of: input.token ?? "").utf8)) else {
            throw Problem(.forgedForm)
        }
    }

    /// On a thread that may wait.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    // MARK: - Forms

    static func form(of request: Request, limit: Int = FormFields.Limit.bodyBytes) async throws -> FormFields {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge, "\(limit)")
        }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        let bytes = Array(buffer.readableBytesView)
        switch type {
        case "application/x-www-form-urlencoded":
            return try FormFields(urlEncoded: bytes)
        case "application/json":
            let documents = try JSONParser.documents(bytes)
            guard documents.count == 1 else { throw Problem(.badRequest, "form") }
            return try FormFields(json: documents[0])
        case "" where bytes.isEmpty: return FormFields()
        default: throw Problem(.unsupportedMedia, String(type.prefix(60)))
        }
    }

    // MARK: - Failures

    private func failed(
        _ refused: Refused, input: ConsoleInput, form: FormFields, person: Person?
    ) -> Response {
        let isPage = input.method == "GET" && !input.wantsJSON
        switch refused.problem.code {
        case .notSignedIn where isPage:
            return Self.redirect(to: Link("login", query: [("next", input.address)]).text)
        case .passwordChangeNeeded where isPage: return Self.redirect(to: "/password")
        default: return Self.failure(refused, request: input, person: person, form: form, console: console)
        }
    }

    static func failure(
        _ refused: Refused, request input: ConsoleInput, person: Person?, form: FormFields = FormFields(),
        console: Console? = nil
    ) -> Response {
        let status = refused.problem.httpStatus
        return Language.$preferred.withValue(input.language) {
            if input.wantsJSON {
                var answer = json(refused.json, status: status)
                if answer.status == .unauthorized { answer.headers[.wwwAuthenticate] = "Bearer" }
                return answer
            }
            let layout = PageLayout(
                title: L("没有办成", "Not done"), person: person, office: console?.township.identity.name ?? "",
                token: input.token, input: input)
            var told = refused
            told.isOpening = input.method == "GET"
            let back = told.isOpening ? PageAddress(input.path)?.above : PageAddress(form["page"] ?? "")?.link
            return html(layout.page(FailureParts.body(told, form: form, back: back)), status: status)
        }
    }

    /// Where there is no page: who is signed in finds the way from here.
    func failure(_ problem: Problem, _ input: ConsoleInput) async -> Response {
        let person = try? await run { try input.token.flatMap { try console.people.person(token: $0) }?.0 }
        return Self.failure(Refused(problem), request: input, person: person, console: console)
    }

    static func failure(_ problem: Problem, request input: ConsoleInput, person: Person?) -> Response {
        failure(Refused(problem), request: input, person: person)
    }

    // MARK: - Answers

    private static func response(_ made: MadeAnswer, context: ConnectionContext, in place: Places.Place?) -> Response {
        switch made {
        case .html(let text, let status): html(text, status: status)
        case .json(let document): json(document, status: 200)
        case .redirect(let link): redirect(to: link.text)
        case .file(let file):
            Response(status: .ok, headers: file.headers, body: file.content.body(context.channel, in: place))
        }
    }

    static func html(_ text: String, status: Int) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(_ document: JSONValue, status: Int) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: document.compact + "\n")))
    }

    static func redirect(to address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address])
    }
}

/// An answer in the form that was asked for.
enum MadeAnswer: Sendable {
    case html(String, status: Int = 200)
    case json(JSONValue)
    case redirect(Link)
    case file(ConsoleFile)
}

extension ConsoleAnswer {
    func made(for request: ConsoleRequest, input: ConsoleInput, office: String) throws -> MadeAnswer {
        switch self {
        case .page(let page):
            if input.wantsJSON { return .json(try page.json) }
            return .html(try html(of: page, for: request, input: input, office: office))
        case .asks(let problem, let page):
            if input.wantsJSON { throw problem }
            return .html(
                try html(of: page, for: request, input: input, office: office), status: problem.httpStatus)
        case .done(let link, let document): return input.wantsJSON ? .json(document) : .redirect(link)
        case .file(let file): return .file(file)
        }
    }

    private func html(
        of page: any ConsolePage, for request: ConsoleRequest, input: ConsoleInput, office: String
    ) throws -> String {
        let layout = PageLayout(
            title: page.title, person: request.person, office: office, token: input.token, input: input,
            seq: page.seq, isLive: page.isLive, done: request.query["done"].flatMap(Seq.init))
        return layout.page(try page.body())
    }
}

extension ConsoleFile {
    var headers: HTTPFields {
        var headers: HTTPFields = [
            .contentType: mediaType, .cacheControl: "no-store", .contentDisposition: disposition,
        ]
        if let policy { headers[.contentSecurityPolicy] = policy }
        return headers
    }

    /// RFC 6266: the name in ASCII for old programs, and as it is.
    var disposition: String {
        let plain =
            name.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && !"\"\\%".unicodeScalars.contains($0) }
            ? name : "ruhu"
        return (isInline ? "inline" : "attachment") + "; filename=\"\(plain)\"; filename*=UTF-8''\(Link.encoded(name))"
    }
}

extension ConsoleFile.Content {
    func body(_ channel: any Channel, in place: Places.Place?) -> ResponseBody {
        switch self {
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .table(let body):
            ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                try await Delivery.file.send(body, on: channel, to: &writer)
            }
        case .parts(let parts):
            ResponseBody {
                try await Delivery.file.send(parts.map { ByteBuffer(bytes: $0) }, on: channel, to: &$0)
            }
        }
    }
}

extension Delivery {
    /// Part by part, to somebody who has to take it in time.
    func send<Parts: AsyncSequence & Sendable>(
        _ parts: Parts, on channel: any Channel, to writer: inout any ResponseBodyWriter
    ) async throws where Parts.Element == ByteBuffer {
        try await send(parts, close: { channel.close(promise: nil) }) { try await writer.write($0) }
        try await writer.finish(nil)
    }
}
