import Dispatch
import Logging
import ServiceLifecycle
import SyncEngine

/// Keeps the ledger up to date while `serve` runs, so that a page finds it so: after what was decided, and right after
/// midnight in China, when what is due by the new day changes. What the pages about money add up goes with it.
struct LedgerService: Service {
    let ledger: Ledger
    let figures: MoneyFigures
    let logger: Logger

    /// How often it looks; when nothing is new that is one comparison.
    static let interval = Duration.seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isFirst = true
            while !Task.isCancelled {
                await refresh(isFirst: isFirst)
                isFirst = false
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// What goes wrong here is told; a page that needs the ledger tries again and says so to its reader.
    private func refresh(isFirst: Bool) async {
        do {
            try await onThread {
                if try ledger.refresh() != .nothing || isFirst { try figures.prepare() }
            }
        } catch {
            logger.warning("ledger: \(error)")
        }
    }

    /// Building the ledger takes a while: the few threads of the server stay free.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
