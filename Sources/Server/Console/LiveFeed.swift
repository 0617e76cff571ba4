import GRDB
import RecordStore
import ServiceLifecycle
import SyncEngine

/// Tells open pages that the log has grown, whoever wrote it: one look at the head a second, however many pages. A stream
/// ends with its session.
actor LiveFeed: Service {
    enum Limit {
        static let streams = 200
        /// As many connections as a browser opens to one place.
        static let streamsOfSession = 6
        /// In all the places where one person is signed in.
        static let streamsOfPerson = 12
        static let interval = Duration.seconds(1)
        /// Looks without news before a comment keeps the connection open.
        static let quietLooks = 15
    }

    private struct Stream {
        let session: Hash256
        let account: String
        let continuation: AsyncStream<String>.Continuation
    }

    private let township: Township
    private var streams: [Int: Stream] = [:]
    private var next = 0
    private var isClosed = false
    /// The head that was told last.
    private var told: Seq?

    init(township: Township) { self.township = township }

    /// - Returns: what is told, until `leave` is called or the session ends.
    /// - Throws: ``Problem`` ``Problem/Code/busy`` when too many listen, ``Problem/Code/tooManyRequests`` when too many of
    ///   this session or person do.
    func subscribe(
        _ session: Hash256, of account: String
    ) throws -> (events: AsyncStream<String>, leave: @Sendable () -> Void) {
        guard !isClosed, streams.count < Limit.streams else { throw Problem(.busy) }
        guard streams.values.count(where: { $0.session == session }) < Limit.streamsOfSession,
            streams.values.count(where: { $0.account == account }) < Limit.streamsOfPerson
        else { throw Problem(.tooManyRequests) }
        let number = next
        next += 1
        let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(4))
        continuation.onTermination = { _ in Task { [weak self] in await self?.forget(number) } }
        streams[number] = Stream(session: session, account: account, continuation: continuation)
        // A page that was made or last listened before this head fetches itself anew.
        continuation.yield("retry: 3000\n\n" + (told.map(Self.news) ?? ""))
        return (stream, { continuation.finish() })
    }

    private static func news(_ seq: Seq) -> String { "event: changed\ndata: \(seq)\n\n" }

    private func forget(_ number: Int) { streams[number] = nil }

    private func tell(_ text: String) { for stream in streams.values { stream.continuation.yield(text) } }

    nonisolated func run() async throws {
        await cancelWhenGracefulShutdown { await self.look() }
        await close()
    }

    private func look() async {
        var quiet = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: Limit.interval)
            if streams.isEmpty { told = nil }
            guard !streams.isEmpty, let (seq, ended) = try? await state() else { continue }
            for (number, stream) in streams where ended.contains(stream.session) {
                stream.continuation.finish()
                streams[number] = nil
            }
            quiet += 1
            if seq != told {
                tell(Self.news(seq))
                (told, quiet) = (seq, 0)
            } else if quiet >= Limit.quietLooks {
                tell(": quiet\n\n")
                quiet = 0
            }
        }
    }

    /// The head of the log, and which of the sessions that listen have ended: all of them when the accounts are not the
    /// township's.
    private func state() async throws -> (Seq, ended: Set<Hash256>) {
        let (township, now) = (township, township.clock())
        let sessions = Set(streams.values.map(\.session))
        return try await township.database.readAsync { database in
            let seq = try LogReader(database, tables: township.database.tables).head().seq
            let register = township.accounts(in: database)
            do {
                return (seq, try sessions.filter { try township.person(of: $0, at: now, by: register) == nil })
            } catch let problem as Problem where problem.code == .authorityDamaged {
                return (seq, sessions)
            }
        }
    }

    private func close() {
        isClosed = true
        for stream in streams.values { stream.continuation.finish() }
        streams = [:]
    }
}
