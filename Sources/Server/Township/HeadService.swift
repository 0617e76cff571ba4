import ServiceLifecycle

/// Writes the head file while `serve` runs, and a last time at its end.
struct HeadService: Service {
    let keeper: HeadKeeper

    func run() async throws {
        keeper.beginServing()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: HeadKeeper.interval)
                keeper.flush()
            }
        }
        keeper.flush()
    }
}
