import SyncEngine
import Synchronization

/// Wrong passwords in a row: of a name that was tried, from one place. A stranger who tries a colleague's name locks out
/// nobody who sits elsewhere; and names that do not exist are counted as others are, so that the answers do not tell
/// which do. In memory alone: strangers write nothing to the disk.
final class WrongPasswords: Sendable {
    enum Rule {
        /// Wrong passwords in a row before a name is locked for a place …
        static let most = 5
        /// … and how long after the last of them it is free again; fewer are forgotten after as long.
        static let minutes: Int64 = 15
        /// Names and places that are remembered.
        static let kept = 10_000
    }

    struct Key: Hashable {
        let name: String
        /// An address; for the present password of somebody signed in, the session.
        let place: String
        /// The hash that was compared: a password that was given out anew begins anew.
        let hash: String
    }

    private struct Count {
        var failures: Int
        var until: Instant
    }

    private let counts = Mutex<[Key: Count]>([:])

    func isLocked(_ key: Key, at now: Instant) -> Bool {
        counts.withLock { counts in
            guard let count = counts[key], now < count.until else { return false }
            return count.failures >= Rule.most
        }
    }

    /// - Returns: whether no more are allowed.
    @discardableResult func count(_ key: Key, at now: Instant) -> Bool {
        counts.withLock { counts in
            if counts.count >= Rule.kept { Self.makeRoom(in: &counts, at: now) }
            let before = counts[key].flatMap { now < $0.until ? $0.failures : nil } ?? 0
            counts[key] = Count(failures: before + 1, until: now.adding(minutes: Rule.minutes))
            return before + 1 >= Rule.most
        }
    }

    func forget(_ key: Key) { counts.withLock { $0[key] = nil } }

    private static func makeRoom(in counts: inout [Key: Count], at now: Instant) {
        counts = counts.filter { now < $0.value.until }
        guard counts.count >= Rule.kept, let first = counts.min(by: { $0.value.until < $1.value.until }) else { return }
        counts[first.key] = nil
    }
}
