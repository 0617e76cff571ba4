import Crypto
import RecordStore
import SyncEngine
import SyncWire

/// Runs one sync: what the session's state machine asks for, over the courier, into the replica.
struct Syncer {
    let station: Station
    let courier: Courier
    let key: Curve25519.Signing.PrivateKey
    /// Told after every verified step: how many sets are pushed, how many wait, and the positions.
    var onProgress: (Progress) -> Void = { _ in }
    let shouldAbort: () -> Bool
    let onVerified: () -> Void

    struct Progress {
        var pushed: Int
        var pending: Int
        var records: Int
        var cursor: Seq
        var latest: Seq
    }

    /// - Returns: what was done, when everything was done.
    /// - Throws: what ended it; ``session`` keeps the counts of what was done until then.
    func run(_ session: inout SyncSession) throws {
        while true {
            let (position, token, hasPending) = try station.replica.read { transaction in
                (
                    try transaction.position(), try Meta.bytes("bootstrap_token", in: transaction.database) ?? [],
                    try transaction.pendingCount() > 0
                )
            }
            switch try session.next(position: position, bootstrapToken: token, hasPending: hasPending) {
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
            try report(session)
        }
    }

    private func report(_ session: SyncSession) throws {
        let (cursor, pending) = try station.replica.read { transaction in
            (try transaction.position().cursor, try transaction.pendingCount())
        }
        onProgress(
            Progress(
                pushed: session.counts.sets, pending: pending, records: session.counts.records, cursor: cursor,
                latest: courier.hello?.latestSeq ?? cursor))
    }

    // MARK: - Push

    /// Offers the oldest undecided sets, as many as fit a frame, and records what became of them.
    private func push(_ position: ReplicaPosition) throws -> PushReply {
        let frame = try station.replica.write { transaction -> PushFrame in
            guard let pending = try transaction.pendingFrame() else { throw Problem(.internalError, "push") }
            // The mark is durable before anything is offered: what was offered is never rewritten.
            try Meta.set(pending.last, for: "offered", in: transaction.database)
            let signature = try key.signature(for: PushFrame.signedBytes(lastHash: pending.lastHash))
            return PushFrame(
                epoch: position.epoch, previousHash: pending.previousHash, sets: pending.sets,
                signature: Array(signature))
        }
        let body = try courier.exchange(
            .post, "/v1/push", body: frame.encoded(as: .protobuf), shouldAbort: shouldAbort)
        guard case .push(let reply) = body else { throw Problem(.unreachable, "push") }
        try station.replica.write { transaction in
            for outcome in reply.outcomes { try transaction.record(outcome, state: .decided) }
            try keepNonce(in: transaction)
        }
        return reply
    }

    // MARK: - Pull

    private func pull(_ query: String, position: ReplicaPosition, session: inout SyncSession) throws {
        let body = try courier.exchange(
            .get, "/v1/pull", query: query + "&epoch=\(position.epoch)&limit=\(Limits.recordsPerPage)",
            shouldAbort: shouldAbort)
        guard case .pull(let page) = body else { throw Problem(.unreachable, "pull") }
        let records = try station.replica.write { transaction in
            let records = try PageApplication.apply(page, to: transaction)
            if page.isBootstrap {
                try Meta.set(page.bootstrapToken, for: "bootstrap_token", in: transaction.database)
            }
            try keepNonce(in: transaction)
            try compareDigests(page, in: transaction)
            return records
        }
        session.pulled(page, records: records)
    }

    // MARK: - Repair

    /// Fetches the station's records anew when the digests differ at the end of a sync.
    func repairIfDifferent(_ session: inout SyncSession) throws {
        let differs = try station.replica.read { try Meta.number("digest_differs", in: $0.database) == 1 }
        guard differs else { return }
        try refetch()
        try run(&session)
    }

    /// Takes the whole bootstrap first and swaps it in with one transaction; what is pending keeps its bases.
    func refetch() throws {
        var pages: [PullPage] = []
        var token: [UInt8] = []
        let position = try station.replica.read { try $0.position() }
        repeat {
            let body = try courier.exchange(
                .get, "/v1/pull", query: "token=\(Hex.encode(token))&epoch=\(position.epoch)", shouldAbort: shouldAbort)
            guard case .pull(let page) = body, pages.count < Limits.roundsPerSync else {
                throw Problem(.unreachable, "pull")
            }
            onVerified()
            pages.append(page)
            token = page.bootstrapToken
        } while !token.isEmpty
        try station.replica.write { transaction in
            try transaction.forgetShadow()
            for page in pages { _ = try PageApplication.apply(page, to: transaction) }
            try Meta.set([UInt8](), for: "bootstrap_token", in: transaction.database)
            try Meta.set(0 as UInt64, for: "digest_differs", in: transaction.database)
        }
    }

    private func keepNonce(in transaction: ReplicaTransaction) throws {
        try Meta.set(courier.nonce, for: "nonce", in: transaction.database)
        if let hello = courier.hello { try Meta.set(hello.latestSeq, for: "latest_seen", in: transaction.database) }
    }

    /// At the cursor of the last page, and there only, both sides must hold the same.
    private func compareDigests(_ page: PullPage, in transaction: ReplicaTransaction) throws {
        guard !page.hasMore, !page.digests.isEmpty else { return }
        let own = try transaction.digests()
        let differs = page.digests.contains { theirs in
            own.first { $0.scope == theirs.scope }?.digest ?? RecordDigest() != theirs.digest
        }
        try Meta.set(differs ? 1 as UInt64 : 0, for: "digest_differs", in: transaction.database)
    }
}
