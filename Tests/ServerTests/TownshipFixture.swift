import Foundation
import SyncEngine
import Synchronization

@testable import Server

/// A township in a folder of its own, with a clock that goes when it is told to.
final class TownshipFixture: Sendable {
    final class Clock: Sendable {
        private let time: Mutex<Int64>

        init(_ time: Int64) { self.time = Mutex(time) }

        func now() -> Instant { Instant(milliseconds: time.withLock(\.self)) }
        func advance(minutes: Int64) { time.withLock { $0 += minutes * 60_000 } }
    }

    let clock = Clock(1_790_000_000_000)
    let path: String
    let township: Township

    init() throws {
        let clock = clock
        path = FileManager.default.temporaryDirectory.appending(path: "ruhu-\(UUID().uuidString)").path
        township = try Township.initialise(
            TownshipFolder(path: path), name: "榴园镇", region: Scope("370404001"), clock: { clock.now() })
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
