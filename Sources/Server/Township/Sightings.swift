package import RecordStore
import ServiceLifecycle
import SyncEngine
import Synchronization

/// That a station was heard of, and the cursor it stated.
package struct Sighting: Sendable {
    var device: DeviceID
    var cursor: Seq?
    var at: Instant
}

/// When each station was heard of, and the cursor it stated: gathered in memory and written now and then, so that a
/// sync with nothing to do costs the server no durable write.
package final class Sightings: Sendable {
    private let pending = Mutex<[DeviceID: Sighting]>([:])

    package init() {}

    func add(_ sighting: Sighting) {
        pending.withLock { pending in
            let known = pending[sighting.device]?.cursor
            pending[sighting.device] = sighting
            pending[sighting.device]?.cursor = [known, sighting.cursor].compactMap(\.self).max()
        }
    }

    /// What was gathered, which is the caller's now.
    func take() -> [Sighting] {
        pending.withLock { pending in
            defer { pending = [:] }
            return Array(pending.values)
        }
    }

    /// Not heard of again since: put back what could not be written and no newer sighting has replaced.
    func putBack(_ sightings: [Sighting]) {
        pending.withLock { pending in
            for sighting in sightings where pending[sighting.device] == nil { pending[sighting.device] = sighting }
        }
    }

    package static func write(_ sightings: [Sighting], in transaction: AuthorityTransaction) throws {
        let register = DeviceRegister(transaction.database)
        for sighting in sightings { try register.saw(sighting.device, cursor: sighting.cursor, at: sighting.at) }
    }

    /// Writes what was gathered.
    package func flush(to database: AuthorityDatabase) throws {
        let sightings = take()
        guard !sightings.isEmpty else { return }
        do {
            try database.write { try Self.write(sightings, in: $0) }
        } catch {
            putBack(sightings)
            throw error
        }
    }
}

/// Writes the sightings of a running server, and the last ones when it ends.
final class SightingService: Service {
    let pending = Sightings()
    private let database: AuthorityDatabase

    static let interval = Duration.milliseconds(500)

    init(database: AuthorityDatabase) { self.database = database }

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
        let sightings = pending.take()
        guard !sightings.isEmpty else { return }
        do {
            try await database.writeAsync { try Sightings.write(sightings, in: $0) }
        } catch {
            pending.putBack(sightings)
        }
    }
}
