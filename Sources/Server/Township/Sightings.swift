import RecordStore
import ServiceLifecycle
import SyncEngine
import Synchronization

/// When each station was heard of, and the cursor it stated: gathered in memory and written now and then, so that a
/// sync with nothing to do costs the server no durable write.
final class Sightings: Service, Sendable {
    private struct Sighting {
        var cursor: Seq?
        var at: Instant
    }

    private let database: AuthorityDatabase
    private let pending = Mutex<[DeviceID: Sighting]>([:])

    static let interval = Duration.milliseconds(500)

    init(database: AuthorityDatabase) { self.database = database }

    func saw(_ device: DeviceID, cursor: Seq?, at now: Instant) {
        pending.withLock { pending in
            let known = pending[device]
            pending[device] = Sighting(cursor: [known?.cursor, cursor].compactMap(\.self).max(), at: now)
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await self.flush()
            }
        }
        await flush()
    }

    private func flush() async {
        let sightings = pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
        guard !sightings.isEmpty else { return }
        do {
            try await database.writeAsync { transaction in
                let register = DeviceRegister(transaction.database)
                for (device, sighting) in sightings {
                    try register.saw(device, cursor: sighting.cursor, at: sighting.at)
                }
            }
        } catch {
            // Not heard of again before the next try: put back what no newer sighting has replaced.
            pending.withLock { pending in pending.merge(sightings) { newer, _ in newer } }
        }
    }
}
