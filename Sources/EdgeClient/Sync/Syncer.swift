package import RecordStore
package import SyncEngine
package import SyncWire

/// Runs one sync: what the session's state machine asks for, over the courier, into the replica.
package struct Syncer {
    let replica: ReplicaDatabase
    let courier: Courier
    let keys: any StationKeys
    let signatures: any SignatureScheme
    let heads = HeadBox()
    private let nextFrame = FrameBox()
    /// Told after every verified step: how many sets are pushed, how many wait, and the positions.
    var onProgress: (Progress) -> Void = { _ in }
    let shouldAbort: @Sendable () -> Bool
    let onVerified: () -> Void

    package struct Progress {
        package var pushed: Int
        package var pending: Int
        package var records: Int
        package var cursor: Seq
        package var latest: Seq
    }

    package init(
        replica: ReplicaDatabase, courier: Courier, keys: any StationKeys,
        signatures: any SignatureScheme = Ed25519(),
        onProgress: @escaping (Progress) -> Void = { _ in },
        shouldAbort: @escaping @Sendable () -> Bool = { false }, onVerified: @escaping () -> Void = {}
    ) {
        self.replica = replica
        self.courier = courier
        self.keys = keys
        self.signatures = signatures
        self.onProgress = onProgress
        self.shouldAbort = shouldAbort
        self.onVerified = onVerified
    }

    /// - Returns: what was done, when everything was done.
    /// - Throws: what ended it; ``session`` keeps the counts of what was done until then.
    package func run(_ session: inout SyncSession) throws {
        while true {
            do {
                return try advance(&session)
            } catch let problem as Problem {
                nextFrame.frame = nil
                guard try recover(from: problem) else { throw problem }
                session.recovered()
                onVerified()
            }
        }
    }

    private func advance(_ session: inout SyncSession) throws {
        while true {
            let found = try replica.read { try standing(in: $0) }
            let (position, waiting) = (found.position, found.waiting)
            report(session, position: position, pending: waiting?.count ?? 0)
            if let escrow = found.escrow {
                try offer(escrow)
                continue
            }
            switch try session.next(position: position, bootstrapToken: found.token, hasPending: waiting != nil) {
            case .bootstrap(let token):
                try pull(Self.request(token: token, position.epoch), session: &session)
            case .push:
                session.pushed(try push(position, first: waiting?.first))
            case .pull(let cursor):
                try pull(
                    Self.request(cursor: cursor, position.epoch), standing: found.answer(at: position),
                    session: &session)
            case .finish:
                return
            }
            onVerified()
        }
    }

    /// What the replica says before each step.
    private struct Standing {
        var position: ReplicaPosition
        /// Of a bootstrap that is under way.
        var token: [UInt8]
        /// The numbers that are not decided.
        var waiting: ClosedRange<UInt64>?
        var escrow: (epoch: EpochID, items: [EscrowItem])?
        /// ``StandingAnswer/bytes``.
        var answer: [UInt8]?

        /// What a pull from here is answered while nothing happens.
        func answer(at position: ReplicaPosition) -> StandingAnswer? {
            answer.flatMap(StandingAnswer.init).flatMap { standing in
                standing.cursor == position.cursor && standing.epoch == position.epoch ? standing : nil
            }
        }
    }

    private func standing(in transaction: ReplicaTransaction) throws -> Standing {
        let position = try transaction.position()
        let database = transaction.database
        if heads.held == nil { heads.held = try transaction.treeHeads().last }
        return Standing(
            position: position,
            token: position.isBootstrapped ? [] : try Meta.bytes("bootstrap_token", in: database) ?? [],
            waiting: try undecided(in: transaction), escrow: try transaction.foreignEscrow(now: position.epoch),
            answer: try Meta.bytes(Self.standingKey, in: database))
    }

    /// The numbers that are not decided: they end with the outbox's last, so that nothing needs to be counted.
    private func undecided(in transaction: ReplicaTransaction) throws -> ClosedRange<UInt64>? {
        guard let first = try transaction.firstPending() else { return nil }
        return first...max(first, try transaction.lastOutboxSet().number)
    }

    /// One exchange whose answer is used only when station and township go together.
    func exchange(
        _ method: HTTPMethod, _ path: String, query: String = "", parcel: Parcel = Parcel([]),
        standing: StandingAnswer? = nil
    ) throws -> Answer.Body {
        do {
            return try verified(method, path, query: query, parcel: parcel, standing: standing, isObserved: true)
        } catch let problem as Problem where [.chainForked, .gap, .badRequest].contains(problem.code) {
            // A restored township may know less than is said here: that it is restored comes first.
            if let hello = courier.hello { try observe(hello) }
            throw problem
        }
    }

    /// Before the first answer there is nothing to tell.
    private func report(_ session: SyncSession, position: ReplicaPosition, pending: Int) {
        guard let hello = courier.hello else { return }
        onProgress(
            Progress(
                pushed: session.counts.sets, pending: pending, records: session.counts.records,
                cursor: position.cursor, latest: hello.latestSeq))
    }

    // MARK: - Push

    /// Offers the oldest undecided sets, as many as fit a frame, and records what became of them. While the township
    /// decides, the next frame is made ready; it is sent when the answer to this one is recorded, before the page that
    /// tells of it is written.
    /// - Parameter first: the number of the oldest set that waits.
    private func push(_ position: ReplicaPosition, first: UInt64?) throws -> PushReply {
        let frame = try nextFrame.take(first, at: position) ?? readyFrame(position, after: 0)
        guard let frame else { throw Problem(.internalError, "push") }
        try begin(frame)
        // What goes wrong here goes wrong once more when the frame is due.
        if courier.worksAhead { nextFrame.frame = try? readyFrame(position, after: frame.last) }
        let body = try exchange(.post, Self.pushPath, parcel: frame.parcel)
        guard case .push(let reply) = body else { throw Problem(.unreachable, "push") }
        onVerified()
        try replica.write { transaction in
            try PageApplication.acknowledge(reply.outcomes, in: transaction)
            try keepNonce(in: transaction)
        }
        return reply
    }

    private static let pushPath = "/v1/push"

    private func begin(_ frame: ReadyFrame) throws {
        try courier.begin(.post, Self.pushPath, query: "", parcel: frame.parcel, shouldAbort: shouldAbort)
    }

    /// The next frame, packed; `nil` when nothing waits above `number`.
    private func readyFrame(_ position: ReplicaPosition, after number: UInt64) throws -> ReadyFrame? {
        let pending = try replica.write { transaction in
            let pending = try transaction.pendingFrame(after: number)
            // The mark is durable before anything is offered: what was offered is never rewritten.
            if let pending { try transaction.markOffered(through: pending.last) }
            return pending
        }
        guard let pending else { return nil }
        let signature = try keys.signer(of: pending.device).signature(
            for: PushFrame.signedBytes(lastHash: pending.lastHash))
        let frame = PushFrame(
            epoch: position.epoch, previousHash: pending.previousHash, sets: pending.sets, signature: signature,
            earlier: pending.earlier)
        return ReadyFrame(
            position: position, first: pending.first, last: pending.last,
            parcel: Parcel(frame.encoded(as: .protobuf)))
    }

    // MARK: - Pull

    /// - Parameter standing: what a pull from here is answered while nothing happens.
    private func pull(_ query: String, standing: StandingAnswer? = nil, session: inout SyncSession) throws {
        let body = try exchange(.get, Self.pullPath, query: query, standing: standing)
        guard case .pull(let page) = body else { throw Problem(.unreachable, "pull") }
        // Before anything is begun, which must not run out of a patience that is renewed when the page is written.
        onVerified()
        // The next frame is decided, or the next page comes, while this one is written.
        if let frame = nextFrame.frame {
            try begin(frame)
        } else if let next = Self.request(after: page) {
            try begin(Self.pullPath, query: next)
        }
        let records = try replica.write { transaction in
            let records = try PageApplication.apply(page, to: transaction)
            if page.isBootstrap {
                try Meta.set(page.bootstrapToken, for: "bootstrap_token", in: transaction.database)
            }
            try keepNonce(in: transaction)
            if !courier.isUnchanged, let standing = courier.hello.flatMap({ StandingAnswer($0, page) }) {
                try Meta.set(standing.bytes, for: Self.standingKey, in: transaction.database)
            }
            try transaction.compareDigests(page)
            return records
        }
        session.pulled(page, records: records)
    }

    private static let pullPath = "/v1/pull"

    private static func request(token: [UInt8], _ epoch: EpochID) -> String {
        "token=\(Hex.encode(token))&epoch=\(epoch)"
    }

    private static func request(cursor: Seq, _ epoch: EpochID) -> String { "cursor=\(cursor)&epoch=\(epoch)" }

    /// What will be asked for when a page is kept; `nil` when nothing follows it.
    private static func request(after page: PullPage) -> String? {
        if page.isBootstrap, !page.bootstrapToken.isEmpty { return request(token: page.bootstrapToken, page.epoch) }
        return page.hasMore ? request(cursor: page.to, page.epoch) : nil
    }

    private static let standingKey = "standing_answer"

    // MARK: - Repair

    /// Fetches the station's records anew when the digests differ at the end of a sync.
    package func repairIfDifferent(_ session: inout SyncSession) throws {
        let differs = try replica.read { try Meta.number("digest_differs", in: $0.database) == 1 }
        guard differs else { return }
        try rebuild(.digest)
        session.recovered()
        try run(&session)
    }

    private func keepNonce(in transaction: ReplicaTransaction) throws {
        try Meta.set(courier.nonce, for: "nonce", in: transaction.database)
        try keepHead(in: transaction)
        if let hello = courier.hello { try Meta.set(hello.latestSeq, for: "latest_seen", in: transaction.database) }
    }
}

/// A frame that can be sent as soon as its turn comes.
struct ReadyFrame {
    /// Of the station when it was made ready.
    let position: ReplicaPosition
    let first: UInt64
    let last: UInt64
    let parcel: Parcel
}

/// The frame that was made ready while the one before it was decided. Confined to the sync's thread.
private final class FrameBox {
    var frame: ReadyFrame?

    /// The frame, once, if it is the next: nothing else may have happened in the meantime than that the cursor moved.
    /// - Parameter first: the number of the oldest set that waits.
    func take(_ first: UInt64?, at position: ReplicaPosition) -> ReadyFrame? {
        defer { frame = nil }
        guard let frame, frame.first == first else { return nil }
        var then = frame.position
        then.cursor = position.cursor
        return then == position ? frame : nil
    }
}
