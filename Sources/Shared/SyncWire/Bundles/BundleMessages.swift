package import SyncEngine

/// What a USB bundle carries to the township: where the replica stands, and in ``Piece``s what HTTP would send.
package struct BundleRequest: Hashable, Sendable {
    /// By the station's clock; informational.
    package var created: Instant
    package var epoch: EpochID
    package var cursor: Seq
    /// `false` asks for the whole picture in place of the log after the cursor.
    package var isBootstrapped: Bool
    /// The tree heads the station holds, in the order in which they came.
    package var heads: [TreeHead]
    /// For a township that does not know the device any more.
    package var readmission: Readmission?
    /// Of the outbox's last set: what the township knows above is another copy's.
    package var lastNumber: UInt64
    /// The station has found that it is a copy.
    package var fork: ForkRequest?
    /// Blobs that have arrived at the township and are not at the station.
    package var wanted: [Hash256]

    package init(
        created: Instant, epoch: EpochID, cursor: Seq, isBootstrapped: Bool, heads: [TreeHead] = [],
        readmission: Readmission? = nil, lastNumber: UInt64 = 0, fork: ForkRequest? = nil, wanted: [Hash256] = []
    ) {
        self.created = created
        self.epoch = epoch
        self.cursor = cursor
        self.isBootstrapped = isBootstrapped
        self.heads = heads
        self.readmission = readmission
        self.lastNumber = lastNumber
        self.fork = fork
        self.wanted = wanted
    }

    /// What is spread over a request's pieces.
    package struct Piece: Hashable, Sendable {
        /// The desk's sets of histories that are over; each says which.
        package var escrow: [EscrowItem]
        /// In the order of their numbers.
        package var frames: [PushFrame]
        /// Of one blob after the other, each from its beginning to its end.
        package var blobs: [BlobPart]

        package init(escrow: [EscrowItem] = [], frames: [PushFrame] = [], blobs: [BlobPart] = []) {
            self.escrow = escrow
            self.frames = frames
            self.blobs = blobs
        }
    }
}

/// What a USB bundle carries back: the township's word on itself, and in ``Piece``s what HTTP would answer.
package struct BundleReply: Hashable, Sendable {
    /// As an HTTP answer's, without a nonce.
    package var hello: Hello
    /// Why something of the request was refused, or why there are no pages.
    package var problem: Problem?
    /// What became of the request's blobs.
    package var blobs: [BlobStatus]
    /// The one of the request's heads from which the hello's consistency proof goes on.
    package var head: TreeHead?
    /// Up to where the escrow of each history was taken back.
    package var escrow: [Base]
    /// The new identity of a copy that asked for one.
    package var fork: EnrolmentReply?

    package init(
        hello: Hello, problem: Problem? = nil, blobs: [BlobStatus] = [], head: TreeHead? = nil, escrow: [Base] = [],
        fork: EnrolmentReply? = nil
    ) {
        self.hello = hello
        self.problem = problem
        self.blobs = blobs
        self.head = head
        self.escrow = escrow
        self.fork = fork
    }

    /// What is spread over an answer's pieces.
    package struct Piece: Hashable, Sendable {
        /// One a frame, of the frames before the refused one.
        package var pushes: [PushReply]
        /// In order: those of one whole bootstrap, or those of the log.
        package var pages: [PullPage]
        /// Of the device's chain, from its end downwards.
        package var chains: [ChainRun]
        /// Of the blobs that were wanted, as a request's.
        package var parts: [BlobPart]

        package init(
            pushes: [PushReply] = [], pages: [PullPage] = [], chains: [ChainRun] = [], parts: [BlobPart] = []
        ) {
            self.pushes = pushes
            self.pages = pages
            self.chains = chains
            self.parts = parts
        }
    }
}
