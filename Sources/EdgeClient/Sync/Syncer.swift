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
    /// Told after every verified step: how many sets are pushed, how many wait, and the positions.
    var onProgress: (Progress) -> Void = { _ in }
    let shouldAbort: () -> Bool
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
        shouldAbort: @escaping () -> Bool = { false }, onVerified: @escaping () -> Void = {}
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
                guard try recover(from: problem) else { throw problem }
                session.recovered()
                onVerified()
            }
        }
    }

    private func advance(_ session: inout SyncSession) throws {
        while true {
            let (position, token, pending, escrow) = try replica.read { transaction in
                let position = try transaction.position()
                return (
                    position,
                    position.isBootstrapped
                        ? [] : try Meta.bytes("bootstrap_token", in: transaction.database) ?? [],
                    try transaction.pendingCount(), try transaction.foreignEscrow(now: position.epoch)
                )
            }
            report(session, position: position, pending: pending)
            if let escrow {
                try offer(escrow)
                continue
            }
            switch try session.next(position: position, bootstrapToken: token, hasPending: pending > 0) {
            case .bootstrap(let token):
                try pull("token=" + Hex.encode(token), position: position, session: &session)
            case .push:
                session.pushed(try push(position))
            case .pull(let cursor):
                try pull("cursor=\(cursor)", position: position, session: &session)
            case .finish:
                return
            }
            onVerified()
        }
    }

    /// One exchange whose answer is used only when station and township go together.
    func exchange(
        _ method: HTTPMethod, _ path: String, query: String = "", body: [UInt8] = [], standing: StandingAnswer? = nil
    ) throws -> Answer.Body {
        do {
            return try verified(method, path, query: query, body: body, standing: standing, isObserved: true)
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

    /// Offers the oldest undecided sets, as many as fit a frame, and records what became of them.
    private func push(_ position: ReplicaPosition) throws -> PushReply {
        let frame = try replica.write { transaction -> PushFrame in
            guard let pending = try transaction.pendingFrame() else { throw Problem(.internalError, "push") }
            // The mark is durable before anything is offered: what was offered is never rewritten.
            try transaction.markOffered(through: pending.last)
            let signature = try keys.signer(of: pending.device).signature(
                for: PushFrame.signedBytes(lastHash: pending.lastHash))
            return PushFrame(
                epoch: position.epoch, previousHash: pending.previousHash, sets: pending.sets, signature: signature,
                earlier: pending.earlier)
        }
        let body = try exchange(.post, "/v1/push", body: frame.encoded(as: .protobuf))
        guard case .push(let reply) = body else { throw Problem(.unreachable, "push") }
        try replica.write { transaction in
            try PageApplication.acknowledge(reply.outcomes, in: transaction)
            try keepNonce(in: transaction)
        }
        return reply
    }

    // MARK: - Pull

    private func pull(_ query: String, position: ReplicaPosition, session: inout SyncSession) throws {
        let body = try exchange(
            .get, "/v1/pull", query: query + "&epoch=\(position.epoch)", standing: try standingAnswer(at: position))
        guard case .pull(let page) = body else { throw Problem(.unreachable, "pull") }
        let records = try replica.write { transaction in
            let records = try PageApplication.apply(page, to: transaction)
            if page.isBootstrap {
                try Meta.set(page.bootstrapToken, for: "bootstrap_token", in: transaction.database)
            }
            try keepNonce(in: transaction)
            if let standing = courier.hello.flatMap({ StandingAnswer($0, page) }) {
                try Meta.set(standing.bytes, for: Self.standingKey, in: transaction.database)
            }
            try transaction.compareDigests(page)
            return records
        }
        session.pulled(page, records: records)
    }

    /// What a pull from here is answered while nothing happens.
    private func standingAnswer(at position: ReplicaPosition) throws -> StandingAnswer? {
        let bytes = try replica.read { try Meta.bytes(Self.standingKey, in: $0.database) }
        return bytes.flatMap(StandingAnswer.init).flatMap { standing in
            standing.cursor == position.cursor && standing.epoch == position.epoch ? standing : nil
        }
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
