import RecordStore
import ServiceLifecycle
import SyncEngine

/// Writes the head file while `serve` runs, and a last time at its end. When the database is not at its place any more,
/// serving ends.
struct HeadService: Service {
    let keeper: HeadKeeper
    let database: AuthorityDatabase

    /// - Throws: ``Problem`` ``Problem/Code/storage`` for a database that was replaced by hand.
    func run() async throws {
        keeper.beginServing()
        defer { keeper.flush() }
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: HeadKeeper.interval)
                keeper.flush()
                try database.checkPlace()
            }
        }
    }
}
