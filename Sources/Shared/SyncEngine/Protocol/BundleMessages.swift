/// What a USB bundle carries to the township: the frames that HTTP would push, and where the replica stands.
package struct BundleRequest: Hashable, Sendable {
    /// By the station's clock; informational.
    package var created: Instant
    package var epoch: EpochID
    package var cursor: Seq
    /// `false` asks for the whole picture in place of the log after the cursor.
    package var isBootstrapped: Bool
    /// In the order of their numbers.
    package var frames: [PushFrame]
    /// The tree head the station holds.
    package var head: TreeHead?

    package init(
        created: Instant, epoch: EpochID, cursor: Seq, isBootstrapped: Bool, frames: [PushFrame], head: TreeHead? = nil
    ) {
        self.created = created
        self.epoch = epoch
        self.cursor = cursor
        self.isBootstrapped = isBootstrapped
        self.frames = frames
        self.head = head
    }
}

/// What a USB bundle carries back: what became of the frames, and the pages after the station's cursor.
package struct BundleReply: Hashable, Sendable {
    /// As an HTTP answer's, without a nonce.
    package var hello: Hello
    /// Why frames were refused, or why there are no pages.
    package var problem: Problem?
    /// One a frame, of the frames before the refused one.
    package var pushes: [PushReply]
    /// In order: those of one whole bootstrap, then those of the log.
    package var pages: [PullPage]

    package init(hello: Hello, problem: Problem? = nil, pushes: [PushReply] = [], pages: [PullPage] = []) {
        self.hello = hello
        self.problem = problem
        self.pushes = pushes
        self.pages = pages
    }
}
