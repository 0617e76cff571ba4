import GRDB
import RecordStore
import ServiceLifecycle
import SyncEngine
import Synchronization

/// The one writer of a serving process: pushes that wait are decided together, in one durable commit, and each is
/// answered after it (group commit).
final class PushWriter: Service, Sendable {
    /// A verified push: its signature and chain are in order, its sets are decoded.
    struct Job: Sendable {
        var device: DeviceID
        var epoch: EpochID
        var sets: [SealedSet]
        var previousHash: Hash256
        var signature: [UInt8]
    }

    private struct Waiting: Sendable {
        var job: Job
        var continuation: CheckedContinuation<PushReply, any Error>
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let database: AuthorityDatabase
    private let codec: any ChangeCodec
    private let region: Scope
    private let clock: @Sendable () -> Instant
    private let queue = Mutex(Queue())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(database: AuthorityDatabase, codec: any ChangeCodec, region: Scope, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.codec = codec
        self.region = region
        self.clock = clock
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Waits for its turn, decides, and returns after the commit.
    /// - Throws: ``Problem`` ``Problem/Code/busy`` when ``Limits/queuedPushes`` wait already or the server is going
    ///   down; the frame's own refusal; the store's errors.
    func push(_ job: Job) async throws -> PushReply {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = queue.withLock { queue in
                guard !queue.isClosed, queue.waiting.count < Limits.queuedPushes else { return false }
                queue.waiting.append(Waiting(job: job, continuation: continuation))
                return true
            }
            if isAccepted { signal.yield() } else { continuation.resume(throwing: Problem(.busy)) }
        }
    }

    /// Serves until the graceful shutdown, then finishes what waits.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in signals { await drain() }
            await drain()
        } onCancelOrGracefulShutdown: {
            self.queue.withLock { $0.isClosed = true }
            self.signal.finish()
        }
    }

    private func drain() async {
        while true {
            let batch = takeBatch()
            if batch.isEmpty { return }
            await commit(batch)
        }
    }

    private func takeBatch() -> [Waiting] {
        queue.withLock { queue in
            var sets = 0
            var count = 0
            while count < queue.waiting.count,
                count == 0 || sets + queue.waiting[count].job.sets.count <= Limits.setsPerCommit
            {
                sets += queue.waiting[count].job.sets.count
                count += 1
            }
            let batch = Array(queue.waiting.prefix(count))
            queue.waiting.removeFirst(count)
            return batch
        }
    }

    private func commit(_ batch: [Waiting]) async {
        let database = database
        let now = clock()
        let jobs = batch.map(\.job)
        let results: [Result<PushReply, any Error>]
        do {
            results = try await database.writeAsync { [codec, region] transaction in
                jobs.map { job in
                    Result {
                        try transaction.savepoint {
                            try Self.decide(job, in: transaction, codec: codec, region: region, now: now)
                        }
                    }
                }
            }
        } catch {
            for waiting in batch { waiting.continuation.resume(throwing: error) }
            return
        }
        for (waiting, result) in zip(batch, results) { waiting.continuation.resume(with: result) }
    }

    private static func decide(
        _ job: Job, in transaction: AuthorityTransaction, codec: any ChangeCodec, region: Scope, now: Instant
    ) throws -> PushReply {
        let register = DeviceRegister(transaction.database)
        guard let device = try register.device(job.device) else { throw Problem(.unknownDevice) }
        guard try transaction.head().epoch == job.epoch else { throw Problem(.epochChanged) }
        let decision = PushDecision(store: transaction, codec: codec, region: region, now: now)
        try register.saw(job.device, cursor: nil, at: now)
        let reply = try decision.decide(job.sets, previousHash: job.previousHash, from: device.state)
        if let last = job.sets.last, last.set.number > device.state.acknowledged.number {
            try register.keepSignature(job.signature, device: job.device, through: last.set.number)
        }
        return reply
    }
}
