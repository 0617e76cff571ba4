import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SyncEngine
import SyncWire

/// What a request's connection tells: for rate limits and logs.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// Answers every request: `/v1` in the protocol's frames, and the operators' three pages. Nothing that comes from
/// outside leaves here as an unframed error.
struct APIResponder: HTTPResponder {
    let resources: Resources
    let metrics: ServerMetrics
    let limiter: RateLimiter

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let path = request.uri.path
        let started = ContinuousClock.now
        let response: Response
        switch (request.method, path) {
        case (.get, "/healthz"): response = Self.text("ok\n")
        case (.get, "/readyz"): response = await ready()
        case (.get, "/metrics"): response = Self.text(metrics.exposition())
        default: response = await exchange(request, path: path, context: context)
        }
        metrics.observe(path: Self.label(path), status: response.status.code, duration: started.duration(to: .now))
        return response
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

    /// Paths as metric labels: only those that exist, or a stranger could fill the memory with names.
    private static func label(_ path: String) -> String {
        ["/v1/devices", "/v1/hello", "/v1/push", "/v1/pull", "/healthz", "/readyz", "/metrics"].contains(path)
            ? path : "other"
    }

    // MARK: - The protocol

    /// One exchange: authenticate, act, answer in a frame.
    private func exchange(_ request: Request, path: String, context: ConnectionContext) async -> Response {
        let media = MediaType.negotiate(accept: request.headers[.accept])
        var nonce: [UInt8] = []
        var device: DeviceID?
        var answer: Answer
        do {
            guard await limiter.admits(context.remoteAddress?.ipAddress ?? "") else { throw Problem(.tooManyRequests) }
            let route = try Route(method: request.method, path: path)
            let received = try await ReceivedRequest(request, path: path)
            nonce = received.signature.nonce
            let (body, author) = try await resources.answer(route, received)
            device = author
            answer = Answer(status: 200, requestNonce: nonce, hello: nil, body: body)
        } catch {
            let problem = problem(from: error, context: context)
            answer = Answer(status: problem.httpStatus, requestNonce: nonce, hello: nil, body: .problem(problem))
        }
        answer.hello = try? await resources.hello(for: device)
        return respond(answer, as: media, to: request)
    }

    private func problem(from error: any Error, context: ConnectionContext) -> Problem {
        if let problem = error as? Problem {
            if problem.code.rawValue >= 5000 { context.logger.error("\(problem.code): \(problem.subject)") }
            return problem
        }
        if let codec = error as? CodecError { return Problem(.badRequest, codec.detail) }
        if error is NIOTooManyBytesError { return Problem(.bodyTooLarge, "\(Limits.requestBodyBytes)") }
        context.logger.error("unexpected: \(error)")
        return Problem(.internalError)
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

/// The protocol's resources.
enum Route {
    case enrol, hello, push, pull

    /// - Throws: ``Problem`` ``Problem/Code/notFound`` and ``Problem/Code/methodNotAllowed``.
    init(method: HTTPRequest.Method, path: String) throws {
        switch (path, method) {
        case ("/v1/devices", .post): self = .enrol
        case ("/v1/hello", .get): self = .hello
        case ("/v1/push", .post): self = .push
        case ("/v1/pull", .get): self = .pull
        case ("/v1/devices", _), ("/v1/hello", _), ("/v1/push", _), ("/v1/pull", _):
            throw Problem(.methodNotAllowed, "\(method.rawValue) \(path)")
        default: throw Problem(.notFound, String(path.prefix(100)))
        }
    }
}

extension Problem {
    /// The HTTP status of an answer that carries this problem.
    var httpStatus: Int {
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
