package import SyncEngine

/// When a checker looks.
package enum Moment {
    /// A capture has returned: its author was told that it is saved.
    case captured(SimulatedStation, SealedSet)
    /// A machine has started again.
    case restarted(SimulatedStation)
    /// A sync of the station has ended, well or badly.
    case synced(SimulatedStation)
    /// The township has committed something, or nothing.
    case decided
    /// The township's database has become an older one.
    case replaced
    /// The faults are over and everybody has synced.
    case rest

    var station: SimulatedStation? {
        switch self {
        case .captured(let station, _), .restarted(let station), .synced(let station): station
        case .decided, .replaced, .rest: nil
        }
    }
}

/// Holds the world to one invariant of DESIGN section 6. Apart from the world: it reads the machines' stores and the
/// people's ledgers, and knows nothing of how they came to be so.
package protocol Checker: AnyObject {
    var invariant: Int { get }
    /// - Returns: what is wrong, one line a finding.
    func check(_ world: Simulation, at moment: Moment) throws -> [String]
}

extension Checker {
    package var name: String { "\(type(of: self))" }
}

package enum Checkers {
    /// One of each, with nothing seen yet.
    package static func all() -> [any Checker] {
        [
            NeverNowhere(), ShadowEqualsServer(), ExactlyOnce(), DenseSequence(), DurableCursor(), OwnWrites(),
            DeterministicMerge(), ConflictsAreKept(), NothingBelowDeleted(), SnapshotPlusTail(), QueuesEmpty(),
        ]
    }
}
