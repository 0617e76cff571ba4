import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SyncEngine
import SyncWire

/// What a request's connection tells: for rate limits and logs.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The peer's: behind a proxy, the proxy's.
    let address: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? ""
    }
}

/// Answers every request: `/v1` in the protocol's frames, the operators' three pages, and the console. Nothing that
/// comes from outside to the protocol leaves here as an unframed error.
struct APIResponder: HTTPResponder {
    let resources: Resources
    let console: ConsoleResponder
    let metrics: ServerMetrics
    let limiter: RateLimiter

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        // RFC 3986 and 9110. Texts of other characters are compared in a time that grows by the square of their marks.
        guard Self.isASCII(request) else {
            return Self.text("only ASCII in addresses and headers\n", status: .badRequest)
        }
        let path = request.uri.path
        let started = ContinuousClock.now
        let response: Response
        switch (request.method, path) {
        case (.get, "/healthz"), (.head, "/healthz"): response = Self.text("ok\n")
        case (.get, "/readyz"), (.head, "/readyz"): response = await ready()
        case (.get, "/metrics"), (.head, "/metrics"): response = Self.text(metrics.exposition())
        case (_, _) where ConsoleResponder.serves(path):
            response =
                await limiter.admits(context.address)
                ? try await console.respond(to: request, context: context) : console.tooMany(request)
        default: response = await exchange(request, path: path, context: context)
        }
        metrics.observe(path: Self.label(path), status: response.status.code, duration: started.duration(to: .now))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func isASCII(_ request: Request) -> Bool {
        let isPlain = { (bytes: UnsafeBufferPointer<UInt8>) in bytes.allSatisfy { $0 < 0x80 } }
        return request.uri.string.utf8.allSatisfy { $0 < 0x80 }
            && request.headers.allSatisfy { $0.withUnsafeBytesOfValue(isPlain) }
    }

    private func ready() async -> Response {
        do {
            try await resources.checkReadiness()
            return Self.text("ready\n")
        } catch {
            return Self.text("not ready\n", status: .serviceUnavailable)
        }
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func label(_ path: String) -> String {
        if ["/healthz", "/readyz", "/metrics"].contains(path) { return path }
        return ConsoleResponder.serves(path) ? ConsoleResponder.label(path) : Route.label(path)
    }

    // MARK: - The protocol

    /// One exchange: authenticate, act, answer in a frame.
    private func exchange(_ request: Request, path: String, context: ConnectionContext) async -> Response {
        let media = MediaType.negotiate(accept: request.headers[.accept])
        var nonce: [UInt8] = []
        var answer: Answer
        do {
            guard await limiter.admits(context.address) else { throw Problem(.tooManyRequests) }
            let route = try Route(method: request.method.rawValue, path: path)
            let buffer = try await request.body.collect(upTo: Limits.requestBodyBytes)
            let received = try ReceivedRequest(Self.head(of: request, path: path), raw: Array(buffer.readableBytesView))
            nonce = received.signature.nonce
            let (body, hello) = try await resources.answer(route, received)
            answer = Answer(status: 200, requestNonce: nonce, hello: hello, body: body)
        } catch {
            let problem = problem(from: error, context: context)
            answer = Answer(
                status: problem.httpStatus, requestNonce: nonce, hello: try? await resources.hello(for: nil),
                body: .problem(problem))
        }
        return request.method == .head ? Self.hint(answer) : respond(answer, as: media, to: request)
    }

    /// Without a body there is no frame: what HEAD says is for people and other programs, no station relies on it.
    private static func hint(_ answer: Answer) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        guard case .blobStatus(let status) = answer.body else {
            return Response(status: HTTPResponse.Status(code: answer.status), headers: headers)
        }
        headers[.contentLength] = "\(status.isComplete ? status.size : 0)"
        if let name = HTTPField.Name("Upload-Offset") { headers[name] = "\(status.received)" }
        return Response(status: status.isComplete ? .ok : .notFound, headers: headers)
    }

    private static func head(of request: Request, path: String) -> RequestHead {
        RequestHead(
            method: request.method.rawValue, authority: request.head.authority ?? "", path: path,
            query: request.uri.query.map { String($0) },
            headers: Dictionary(
                request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $0 + ", " + $1 }))
    }

    private func problem(from error: any Error, context: ConnectionContext) -> Problem {
        if let problem = error as? Problem {
            if problem.code.rawValue >= 5000 { context.logger.error("\(problem.code): \(problem.subject)") }
            return Exchange.problem(from: problem)
        }
        if error is NIOTooManyBytesError { return Problem(.bodyTooLarge, "\(Limits.requestBodyBytes)") }
        if !(error is CodecError) { context.logger.error("unexpected: \(error)") }
        return Exchange.problem(from: error)
    }

    private func respond(_ answer: Answer, as media: MediaType, to request: Request) -> Response {
        let plain = answer.body(as: media)
        let coding =
            plain.count < Self.smallestCompressedBytes
            ? ContentCoding.identity : ContentCoding.negotiate(acceptEncoding: request.headers[.acceptEncoding])
        let body = coding.compress(plain)
        var headers: HTTPFields = [.contentType: media.rawValue, .cacheControl: "no-store"]
        if coding != .identity { headers[.contentEncoding] = coding.rawValue }
        if media == .json, let name = HTTPField.Name("Content-Digest") {
            headers[name] = ContentDigest.header(for: body)
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Below this a compressed frame is rarely smaller.
    private static let smallestCompressedBytes = 256
}
