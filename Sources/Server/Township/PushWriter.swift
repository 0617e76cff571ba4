import GRDB
import RecordStore
import ServiceLifecycle
import SyncEngine
import Synchronization

/// The one writer of a serving process: pushes that wait are decided together, in one durable commit, and each is
/// answered after it (group commit).
final class PushWriter: Service, Sendable {
    private struct Waiting: Sendable {
        var job: PushJob
        /// Of the tree head that the station holds.
        var heldSize: UInt64?
        var continuation: CheckedContinuation<(PushReply, Hello), any Error>
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let database: AuthorityDatabase
    private let exchange: Exchange
    private let queue = Mutex(Queue())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(database: AuthorityDatabase, exchange: Exchange) {
        self.database = database
        self.exchange = exchange
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Waits for its turn, decides, and returns after the commit, with what is to be said of the log then.
    /// - Throws: ``Problem`` ``Problem/Code/busy`` when ``Limits/queuedPushes`` wait already or the server is going
    ///   down; the frame's own refusal; the store's errors.
    func push(_ job: PushJob, heldSize: UInt64?) async throws -> (PushReply, Hello) {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = queue.withLock { queue in
                guard !queue.isClosed, queue.waiting.count < Limits.queuedPushes else { return false }
                queue.waiting.append(Waiting(job: job, heldSize: heldSize, continuation: continuation))
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
        let jobs = batch.map { ($0.job, $0.heldSize) }
        let results: [Result<(PushReply, Hello), any Error>]
        do {
            results = try await database.writeAsync { [exchange] transaction in
                jobs.map { job, _ in
                    Result { try transaction.savepoint { try exchange.decide(job, in: transaction) } }
                }
            } told: { [exchange] replies, database in
                let greeting = try exchange.greeting(in: database)
                return zip(replies, jobs).map { reply, job in
                    Result {
                        let reply = try reply.get()
                        // The reply's acknowledgement may be of an ancestor's chain; the hello's is of who asks.
                        let sender = try DeviceRegister(database).device(job.0.device)?.state
                        return (reply, try greeting.hello(acknowledged: sender?.acknowledged, heldSize: job.1))
                    }
                }
            }
        } catch {
            for waiting in batch { waiting.continuation.resume(throwing: error) }
            return
        }
        for (waiting, result) in zip(batch, results) { waiting.continuation.resume(with: result) }
    }
}
