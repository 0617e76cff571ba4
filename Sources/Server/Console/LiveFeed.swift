import RecordStore
import ServiceLifecycle
import SyncEngine

/// Tells open pages that the log has grown, whoever wrote it: one look at the head a second, however many pages.
actor LiveFeed: Service {
    enum Limit {
        static let subscribers = 200
        static let interval = Duration.seconds(1)
        /// Looks without news before a comment keeps the connection open.
        static let quietLooks = 15
    }

    private let township: Township
    private var streams: [Int: AsyncStream<String>.Continuation] = [:]
    private var next = 0
    private var isClosed = false

    init(township: Township) { self.township = township }

    /// - Throws: ``Problem`` ``Problem/Code/busy`` when too many listen.
    func subscribe() throws -> AsyncStream<String> {
        guard !isClosed, streams.count < Limit.subscribers else { throw Problem(.busy) }
        let number = next
        next += 1
        let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(4))
        continuation.onTermination = { _ in Task { [weak self] in await self?.forget(number) } }
        streams[number] = continuation
        continuation.yield("retry: 3000\n\n")
        return stream
    }

    private func forget(_ number: Int) { streams[number] = nil }

    private func tell(_ text: String) { for stream in streams.values { stream.yield(text) } }

    nonisolated func run() async throws {
        await cancelWhenGracefulShutdown { await self.look() }
        await close()
    }

    private func look() async {
        var last: Seq?
        var quiet = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: Limit.interval)
            guard !streams.isEmpty else { continue }
            let tables = township.database.tables
            let seq = try? await township.database.readAsync { try LogReader($0, tables: tables).head().seq }
            quiet += 1
            if let seq, seq != last {
                tell("event: changed\ndata: \(seq)\n\n")
                (last, quiet) = (seq, 0)
            } else if quiet >= Limit.quietLooks {
                tell(": quiet\n\n")
                quiet = 0
            }
        }
    }

    private func close() {
        isClosed = true
        for stream in streams.values { stream.finish() }
        streams = [:]
    }
}
