import NIOCore
import SyncEngine
import Synchronization

/// So many at a time, and no more: a place is free again when nobody holds it.
final class Places: Sendable {
    private let most: Int
    private let taken = Mutex(0)

    init(_ most: Int) { self.most = most }

    /// - Throws: ``Problem`` ``Problem/Code/busy`` when all are taken.
    func take() throws -> Place {
        try taken.withLock { taken in
            guard taken < most else { throw Problem(.busy) }
            taken += 1
        }
        return Place(self)
    }

    final class Place: Sendable {
        private let places: Places

        fileprivate init(_ places: Places) { self.places = places }

        deinit { places.taken.withLock { $0 -= 1 } }
    }
}

/// How long somebody may take to read a body: whoever reads it slowly, or never, must not hold a snapshot of the
/// database or an open file for ever.
struct Delivery: Sendable {
    /// All of it; `nil`: it has an end of its own.
    let whole: Duration?
    /// One part of it.
    let part: Duration

    /// A file, a table: at 64 KiB a second that is 38 MiB.
    static let file = Delivery(whole: .seconds(600), part: .seconds(60))
    /// Events, as long as the session lasts.
    static let events = Delivery(whole: nil, part: .seconds(60))

    /// Writes part by part.
    /// - Parameters:
    ///   - close: ends the connection, so that a write that hangs fails.
    ///   - write: returns when the part is on its way.
    /// - Throws: what reading or writing throws.
    func send<Parts: AsyncSequence & Sendable>(
        _ parts: Parts, close: @escaping @Sendable () -> Void, through write: (ByteBuffer) async throws -> Void
    ) async throws where Parts.Element == ByteBuffer {
        let watch = Watch(delivery: self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !watch.isOver { try await Task.sleep(for: watch.glance) }
                close()
            }
            for try await part in parts {
                watch.begin()
                try await write(part)
                watch.end()
            }
            group.cancelAll()
        }
    }

    private final class Watch: Sendable {
        private let delivery: Delivery
        private let start = ContinuousClock.now
        /// When the part that is under way was begun.
        private let begun = Mutex<ContinuousClock.Instant?>(nil)

        init(delivery: Delivery) { self.delivery = delivery }

        /// How often it is looked at.
        var glance: Duration { min(delivery.part / 4, .seconds(1)) }

        func begin() { begun.withLock { $0 = .now } }
        func end() { begun.withLock { $0 = nil } }

        var isOver: Bool {
            let now = ContinuousClock.now
            let isLate = begun.withLock { $0.map { $0.duration(to: now) > delivery.part } ?? false }
            return isLate || delivery.whole.map { start.duration(to: now) > $0 } ?? false
        }
    }
}
