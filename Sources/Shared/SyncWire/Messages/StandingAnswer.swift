package import SyncEngine

/// What a pull is answered while nothing happens at the township: the end of the last page that a station was sent,
/// without what differs from answer to answer. Both sides make it, each for itself, and its tag names it: a sync with
/// nothing to do then says in a few bytes that nothing has changed.
package struct StandingAnswer: Hashable, Sendable {
    private let hello: Hello
    private let page: PullPage

    /// - Parameter hello: of the answer that brought the page.
    /// - Returns: `nil` when there is more to pull.
    package init?(_ hello: Hello, _ page: PullPage) {
        guard !page.hasMore else { return nil }
        var hello = hello
        hello.nonce = []
        hello.consistency = []
        self.hello = hello
        var standing = PullPage(epoch: page.epoch, from: page.to, to: page.to)
        standing.digests = page.digests
        standing.backupWatermark = page.backupWatermark
        self.page = standing
    }

    /// The cursor of the request that may name it.
    package var cursor: Seq { page.to }
    package var epoch: EpochID { page.epoch }

    /// The first 8 bytes of the SHA-256 of its bytes, in base64url.
    package var tag: String { Base64.encode(Array(Hash256(of: bytes).bytes.prefix(8)), .url) }

    /// Whether a page says nothing else.
    package func isAll(of page: PullPage) -> Bool { page == self.page }

    /// The answer, as if it had been sent once more.
    /// - Parameter nonce: the next one.
    package func answer(requestNonce: [UInt8], nonce: [UInt8]) -> Answer {
        var hello = hello
        hello.nonce = nonce
        return Answer(status: 200, requestNonce: requestNonce, hello: hello, body: .pull(page))
    }

    /// The answer without nonces, in protobuf.
    package var bytes: [UInt8] {
        Protobuf.bytes(WireAnswer(Answer(status: 200, requestNonce: [], hello: hello, body: .pull(page))))
    }

    /// Reads ``bytes``; `nil` for anything else.
    package init?(bytes: [UInt8]) {
        guard let answer = try? Protobuf.message(WireAnswer.self, bytes, as: .protobuf).engineValue(),
            let hello = answer.hello, case .pull(let page) = answer.body
        else { return nil }
        self.init(hello, page)
    }
}
