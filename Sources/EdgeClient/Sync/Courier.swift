package import SyncEngine
package import SyncWire

/// Carries signed requests to the township and verified answers back. Only a verified frame is an answer: a portal's
/// page or a flipped byte counts as unreachable.
package final class Courier {
    private let transport: any Transport
    private let url: String
    /// What a request's signature covers as its authority.
    private lazy var authority = Result { try WebAddress(url).authority }
    private var keyID: String
    private var key: any Signer
    /// The server's last nonce; kept across runs, so that a usual sync needs no extra round trip.
    package private(set) var nonce: [UInt8]
    package private(set) var hello: Hello?
    /// Whether the last answer was that nothing has changed.
    private(set) var isUnchanged = false
    /// Whether a request may be under way on another thread while this one works. A simulation has one thread.
    let worksAhead: Bool
    /// Until it is waited for, its thread has the transport.
    private var begun: Begun?

    /// A request that was sent before its answer was asked for.
    private struct Begun {
        let asked: Asked
        let answer: Ahead<Answer>
    }

    /// What makes one request the same as another.
    private struct Asked: Equatable {
        let method: HTTPMethod
        let path: String
        let query: String
        let digest: String?
    }

    package init(
        transport: any Transport, url: String, keyID: String, key: any Signer, nonce: [UInt8], worksAhead: Bool = false
    ) {
        self.worksAhead = worksAhead
        self.transport = transport
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.keyID = keyID
        self.key = key
        self.nonce = nonce
    }

    deinit { begun?.answer.end() }

    package var traffic: Traffic {
        drop()
        return transport.traffic
    }

    /// Signs as another device from now on.
    package func assume(keyID: String, key: any Signer) {
        drop()
        self.keyID = keyID
        self.key = key
    }

    /// One request, once more when the server did not know the nonce or found the request damaged.
    ///
    /// - Parameters:
    ///   - standing: what the answer is when the township says that nothing has changed.
    ///   - keyID: who signs, where it is not the device's id: a key that the township is to know first.
    ///
    /// When ``begin(_:_:query:parcel:shouldAbort:)`` has sent this very request, its answer is the first.
    /// - Throws: ``TransportError``; the ``Problem`` the server answered, ``Problem/Code/busy`` for a fault of its
    ///   own; ``Problem`` ``Problem/Code/unreachable`` for anything that is no verified answer.
    package func exchange(
        _ method: HTTPMethod, _ path: String, query: String = "", headers: HTTPHeaders = [:], body: [UInt8] = [],
        contentType: String = MediaType.protobuf.rawValue, standing: StandingAnswer? = nil,
        keyID: String? = nil, onProgress: ((Int64, Int64) -> Void)? = nil, shouldAbort: (() -> Bool)? = nil
    ) throws -> Answer.Body {
        try exchange(
            method, path, query: query, headers: headers, parcel: Parcel(body, contentType: contentType),
            standing: standing, keyID: keyID, onProgress: onProgress, shouldAbort: shouldAbort)
    }

    /// The same with a body that is packed already.
    func exchange(
        _ method: HTTPMethod, _ path: String, query: String = "", headers: HTTPHeaders = [:], parcel: Parcel,
        standing: StandingAnswer? = nil, keyID: String? = nil, onProgress: ((Int64, Int64) -> Void)? = nil,
        shouldAbort: (() -> Bool)? = nil
    ) throws -> Answer.Body {
        var heard: Set<Problem.Code> = []
        let query = [query, standing.map { "known=\($0.tag)" } ?? ""].filter { !$0.isEmpty }.joined(separator: "&")
        var begun = taken(Asked(method: method, path: path, query: query, digest: parcel.digest))
        while true {
            var answer: Answer
            if let sent = begun {
                begun = nil
                answer = try sent.value()
            } else {
                var request = try request(method, path, query: query, parcel: parcel, keyID: keyID ?? self.keyID)
                for field in headers.fields { request.headers.append(field.name, field.value) }
                let response = try transport.send(request, onProgress: onProgress, shouldAbort: shouldAbort)
                answer = try Self.verified(response, nonce: nonce)
            }
            isUnchanged = false
            if case .unchanged(let next) = answer.body {
                guard let standing else { throw Problem(.unreachable, "an answer to something else") }
                answer = standing.answer(requestNonce: nonce, nonce: next)
                isUnchanged = true
            }
            if let hello = answer.hello {
                self.hello = hello
                nonce = hello.nonce
            }
            guard case .problem(let problem) = answer.body else { return answer.body }
            if problem.code.rawValue >= Self.firstMachineCode { throw Self.serverFault(problem) }
            guard Self.askedAgain.contains(problem.code), heard.insert(problem.code).inserted else { throw problem }
        }
    }

    /// A stale nonce; and what a server says of a request that something on the way has altered, which is worth
    /// believing only when it says so again.
    private static let askedAgain: Set<Problem.Code> = [
        .staleNonce, .badRequest, .unsigned, .badSignature, .unknownDevice, .notFound, .methodNotAllowed,
        .unsupportedMedia,
    ]

    /// 50xx speak of the machine that says them, and here that is the township's, not this one.
    private static let firstMachineCode = 5_000

    private static func serverFault(_ problem: Problem) -> Problem {
        Problem(
            .busy, "\(problem.code.rawValue)",
            explanation: Label(
                zh: "镇街服务器出了故障，请稍后再同步，并告知镇街",
                en: "The township's server has a fault; sync again later, and tell the township")
        )
    }

    private func request(
        _ method: HTTPMethod, _ path: String, query: String, parcel: Parcel, keyID: String
    ) throws -> HTTPRequest {
        let components = MessageSignature.Components(
            method: method.rawValue, authority: try authority.get(), path: path,
            query: query.isEmpty ? "?" : "?" + query, contentDigest: parcel.digest)
        let signed = try MessageSignature.sign(components, keyID: keyID, nonce: nonce, with: key)
        // Protobuf is what a township answers to whoever does not ask for JSON.
        var headers: HTTPHeaders = [
            "Accept-Encoding": ContentCoding.zstd.rawValue, "Signature-Input": signed.signatureInput,
            "Signature": signed.signature,
        ]
        if let digest = parcel.digest {
            headers.append("Content-Digest", digest)
            headers.append("Content-Type", parcel.contentType)
        }
        if parcel.coding != .identity { headers.append("Content-Encoding", parcel.coding.rawValue) }
        return HTTPRequest(
            method, url + path + (query.isEmpty ? "" : "?" + query), headers: headers, body: parcel.bytes)
    }

    private static func verified(_ response: HTTPResponse, nonce: [UInt8]) throws -> Answer {
        let answer: Answer
        do {
            guard let coding = ContentCoding(rawValue: response.headers["Content-Encoding"] ?? "identity") else {
                throw CodecError("Content-Encoding")
            }
            let body = try coding.decompress(response.body, limit: Limits.decompressedBytes)
            answer = try Answer(body: body, as: .protobuf, limit: Limits.decompressedBytes)
        } catch let error as CodecError {
            throw Problem(.unreachable, "HTTP \(response.status), \(error.detail)")
        }
        // The nonce ties the answer to this request; a request that could not be parsed is answered without one.
        guard answer.status == response.status, answer.requestNonce == nonce || answer.requestNonce.isEmpty else {
            throw Problem(.unreachable, "HTTP \(response.status), an answer to something else")
        }
        return answer
    }
}

/// What goes up with a request, as it is sent: compressed where that is worthwhile, and hashed for the signature.
struct Parcel: Sendable {
    let bytes: [UInt8]
    let coding: ContentCoding
    let contentType: String
    /// `Content-Digest`; `nil` without a body.
    let digest: String?

    init(_ body: [UInt8], contentType: String = MediaType.protobuf.rawValue) {
        // Photos are compressed already.
        let isWorthwhile = body.count >= Self.smallestCompressedBytes && contentType == MediaType.protobuf.rawValue
        coding = isWorthwhile ? ContentCoding.zstd : .identity
        bytes = coding.compress(body, body.count <= Self.largestSmallBytes ? .small : .fast)
        digest = body.isEmpty ? nil : ContentDigest.header(for: bytes)
        self.contentType = contentType
    }

    private static let smallestCompressedBytes = 128
    /// What a village types in a season; more is a roster at the office.
    private static let largestSmallBytes = 262_144
}

// MARK: - Ahead

extension Courier {
    /// Sends a request whose answer will be asked for by an `exchange` of the same, and goes on. When something else is
    /// asked for first, what was begun here is dropped. Does nothing unless ``worksAhead``, and when this very request
    /// is under way.
    /// - Throws: when the request cannot be signed; what comes of it, `exchange` throws.
    func begin(
        _ method: HTTPMethod, _ path: String, query: String, parcel: Parcel = Parcel([]),
        shouldAbort: @escaping @Sendable () -> Bool
    ) throws {
        guard worksAhead else { return }
        let asked = Asked(method: method, path: path, query: query, digest: parcel.digest)
        if begun?.asked == asked { return }
        drop()
        let request = try request(method, path, query: query, parcel: parcel, keyID: keyID)
        let nonce = nonce
        // Lent to the thread until its end is waited for: ``taken(_:)`` and ``drop()`` come before every other use.
        nonisolated(unsafe) let transport = transport
        let answer = Ahead { isUnwanted in
            let response = try transport.send(request, onProgress: nil) { isUnwanted() || shouldAbort() }
            return try Self.verified(response, nonce: nonce)
        }
        begun = Begun(asked: asked, answer: answer)
    }

    /// What was begun, if it is this; anything else is dropped.
    private func taken(_ asked: Asked) -> Ahead<Answer>? {
        guard let begun, begun.asked == asked else {
            drop()
            return nil
        }
        self.begun = nil
        return begun.answer
    }

    private func drop() {
        begun?.answer.end()
        begun = nil
    }
}
