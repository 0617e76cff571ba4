package import SyncEngine

/// What a pull is answered while nothing happens at the township: the end of the last page that a station was sent,
/// without what differs from answer to answer. Both sides make it, each for itself, and its tag names it: a sync with
/// nothing to do then says in a few bytes that nothing has changed.
package struct StandingAnswer: Hashable, Sendable {
    private let hello: Hello
    private let page: PullPage
    /// The answer without nonces, in protobuf.
    package let bytes: [UInt8]

    /// - Parameter hello: of the answer that brought the page.
    /// - Returns: `nil` when there is more to pull.
    package init?(_ hello: Hello, _ page: PullPage) {
        guard !page.hasMore else { return nil }
        var hello = hello
        hello.nonce = []
        hello.consistency = []
        let end = Self.end(of: page)
        let answer = Answer(status: 200, requestNonce: [], hello: hello, body: .pull(end))
        self.init(hello: hello, page: end, bytes: Protobuf.bytes(WireAnswer(answer)))
    }

    private init(hello: Hello, page: PullPage, bytes: [UInt8]) {
        self.hello = hello
        self.page = page
        self.bytes = bytes
    }

    /// A page from the end of this one, while nothing happens.
    private static func end(of page: PullPage) -> PullPage {
        var end = PullPage(epoch: page.epoch, from: page.to, to: page.to)
        end.digests = page.digests
        end.backupWatermark = page.backupWatermark
        return end
    }

    /// The cursor of the request that may name it.
    package var cursor: Seq { page.to }
    package var epoch: EpochID { page.epoch }

    /// The first 8 bytes of the SHA-256 of its bytes, in base64url.
    package var tag: String { Base64.encode(Array(Hash256(of: bytes).bytes.prefix(8)), .url) }

    /// Whether a page says nothing but what stands.
    package static func isAll(of page: PullPage) -> Bool { page == end(of: page) }

    /// The answer, as if it had been sent once more.
    /// - Parameter nonce: the next one.
    package func answer(requestNonce: [UInt8], nonce: [UInt8]) -> Answer {
        var hello = hello
        hello.nonce = nonce
        return Answer(status: 200, requestNonce: requestNonce, hello: hello, body: .pull(page))
    }

    /// Reads ``bytes``; `nil` for anything else.
    package init?(bytes: [UInt8]) {
        guard let answer = try? Protobuf.message(WireAnswer.self, bytes, as: .protobuf).engineValue(),
            let hello = answer.hello, case .pull(let page) = answer.body, Self.isAll(of: page)
        else { return nil }
        self.init(hello: hello, page: page, bytes: bytes)
    }
}
