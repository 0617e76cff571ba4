import Assistance
import CommandSupport
import Foundation
import RecordStore
import SyncEngine
import SyncWire
import Synchronization

/// One whole sync as `ruhu sync` means it: connection, retries, the end that the exit code tells.
struct SyncRun {
    let station: Station
    var retries = RetryPolicy()
    var onProgress: (Syncer.Progress) -> Void = { _ in }
    /// Bytes of attachments done, and in all.
    var onBlobProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

    /// A sync ends this long after the last verified progress.
    static let patienceSeconds = 30.0

    enum Outcome: String, Sendable {
        case complete, partial, unreachable, refused
    }

    struct Result {
        var outcome: Outcome
        var counts: SyncSession.Counts
        var traffic: Traffic
        var seconds: Double
        /// What ended it, when it is not complete.
        var problem: Problem?
        /// For engineers.
        var detail = ""
        /// Attachments that arrived at the township in this sync, and those whose file still waits here.
        var arrivedBlobs = 0
        var waitingBlobs = 0
        /// Files that were attached here and are damaged or gone before they arrived.
        var lostBlobs = 0
    }

    /// - Throws: ``Problem`` ``Problem/Code/notJoined``, ``Problem/Code/syncRunning``; the store's errors.
    func run() throws -> Result {
        let lock = try FileLock(path: station.folder.syncLockPath)
        defer { lock.release() }
        let started = ContinuousClock.now
        let patience = Patience(seconds: Self.patienceSeconds)
        let courier = try station.courier()
        var session = SyncSession()
        let syncer = Syncer(
            replica: station.replica, courier: courier, keys: station.keys, onProgress: onProgress,
            shouldAbort: { patience.isOver }, onVerified: { patience.renew() })
        var carrier = BlobCarrier(replica: station.replica, courier: courier, blobs: station.blobs)
        carrier.onProgress = onBlobProgress
        carrier.shouldAbort = { patience.isOver }
        carrier.onVerified = { patience.renew() }
        var uploads = BlobCarrier.Result()
        let (failure, detail) = attempt(syncer, carrier, &session, &uploads, patience)
        let elapsed = started.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        var result = Result(
            outcome: outcome(of: failure, hasProgress: patience.wasRenewed), counts: session.counts,
            traffic: courier.traffic, seconds: seconds, problem: failure, detail: detail)
        if let failure, [.storage, .storageFull, .replicaDamaged].contains(failure.code) {
            throw failure.code == .storage ? Problem(.storage, detail) : failure
        }
        result.arrivedBlobs = uploads.arrived
        result.waitingBlobs = try BlobCarrier.waiting(
            in: station.replica, blobs: station.blobs, isOffered: false
        ).count
        result.lostBlobs = try BlobCarrier.lost(in: station.replica, blobs: station.blobs).count
        if result.outcome == .complete, result.waitingBlobs > 0 {
            result.outcome = .partial
            result.problem = uploads.problem ?? Problem(.blobsWaiting, "\(result.waitingBlobs)")
        }
        if result.outcome == .complete { try keepLastSync(session) }
        if result.outcome == .complete, try differs() {
            result.problem = Problem(.digestMismatch)
            result.outcome = .partial
        }
        return result
    }

    /// Runs until it is done, is refused, or does not get further.
    private func attempt(
        _ syncer: Syncer, _ carrier: BlobCarrier, _ session: inout SyncSession, _ uploads: inout BlobCarrier.Result,
        _ patience: Patience
    ) -> (problem: Problem?, detail: String) {
        var backoff = Backoff(retries)
        var random = SystemRandomNumberGenerator()
        var areRecordsDone = false
        while true {
            let before = patience.renewals
            do {
                if !areRecordsDone {
                    try syncer.run(&session)
                    try syncer.repairIfDifferent(&session)
                    areRecordsDone = true
                }
                // The records are safe: now their files, and then what the township says of them. A line that lets
                // only small requests through must not look like progress: the records are not synced again.
                let uploaded = try carrier.upload()
                uploads.arrived += uploaded.arrived
                uploads.problem = uploaded.problem
                if uploaded.arrived > 0 {
                    session.pullsAgain()
                    try syncer.run(&session)
                }
                return (nil, "")
            } catch {
                let (problem, isTransient, detail) = Self.classify(error)
                guard isTransient else { return (problem, detail) }
                if patience.renewals > before { backoff = Backoff(retries) }
                guard !patience.isOver, let wait = backoff.next(using: &random) else { return (problem, detail) }
                Thread.sleep(
                    forTimeInterval: Double(wait.components.attoseconds) / 1e18 + Double(wait.components.seconds))
            }
        }
    }

    private static func classify(_ error: any Error) -> (Problem, isTransient: Bool, detail: String) {
        switch error {
        case let error as TransportError where error.kind == .untrusted:
            (Problem(.wrongServerKey, explanation: error.message), false, error.description)
        case let error as TransportError:
            (Problem(.unreachable, explanation: error.message), error.kind == .unreachable, error.description)
        case let problem as Problem:
            (problem, [.unreachable, .busy, .tooManyRequests].contains(problem.code), problem.subject)
        default:
            (Problem(.storage, "\(error)"), false, "\(error)")
        }
    }

    private func outcome(of problem: Problem?, hasProgress: Bool) -> Outcome {
        switch problem?.code {
        case nil: .complete
        case .unreachable: hasProgress ? .partial : .unreachable
        case .busy, .tooManyRequests, .digestMismatch: .partial
        default: .refused
        }
    }

    private func keepLastSync(_ session: SyncSession) throws {
        try station.replica.write { transaction in
            try Meta.set(station.clock().description, for: "last_sync", in: transaction.database)
            if session.recoveries == 0 { try transaction.clearResets() }
            try transaction.forgetReturned()
        }
        try station.memory.keep(station.replica)
        try KeyCheck(station: station).keepCopies()
    }

    private func differs() throws -> Bool {
        try station.replica.read { try Meta.number("digest_differs", in: $0.database) == 1 }
    }
}

/// How long nothing verified may come before a sync gives up. Asked by the thread that waits for an answer too.
final class Patience: Sendable {
    private let limit: Duration
    private let state = Mutex((last: ContinuousClock.now, renewals: 0))

    init(seconds: Double) { limit = .seconds(seconds) }

    var isOver: Bool { state.withLock { $0.last.duration(to: .now) > limit } }
    var renewals: Int { state.withLock { $0.renewals } }
    var wasRenewed: Bool { renewals > 0 }

    func renew() { state.withLock { $0 = (.now, $0.renewals + 1) } }
}

extension SyncRun {
    /// Fetches the station's records anew, for `doctor`.
    /// - Throws: what a sync is ended by.
    func refetch() throws {
        let lock = try FileLock(path: station.folder.syncLockPath)
        defer { lock.release() }
        let patience = Patience(seconds: Self.patienceSeconds)
        let syncer = Syncer(
            replica: station.replica, courier: try station.courier(), keys: station.keys, onProgress: onProgress,
            shouldAbort: { patience.isOver }, onVerified: { patience.renew() })
        do {
            try syncer.rebuild(.digest)
        } catch let error as TransportError {
            throw Problem(.unreachable, explanation: error.message)
        }
    }
}

extension SyncRun {
    /// Fetches the files of attachments that have arrived at the township; one that was begun is gone on with.
    /// - Throws: ``Problem``: ``Problem/Code/unreachable``, ``Problem/Code/unknownBlob``, ``Problem/Code/storageFull``.
    func fetch(_ attachments: [Attachment], onProgress: @escaping (_ done: Int, _ total: Int) -> Void) throws {
        let patience = Patience(seconds: Self.patienceSeconds)
        var carrier = BlobCarrier(replica: station.replica, courier: try station.courier(), blobs: station.blobs)
        carrier.onProgress = onProgress
        carrier.shouldAbort = { patience.isOver }
        carrier.onVerified = { patience.renew() }
        do {
            for attachment in attachments { try carrier.fetch(attachment) }
        } catch let error as TransportError {
            throw Problem(.unreachable, explanation: error.message)
        }
    }
}
