package import SyncEngine

/// An invariant of DESIGN section 6 that did not hold.
package struct Violation: Sendable {
    package var invariant: Int
    package var checker: String
    package var detail: String
    package var step: Int
}

/// What one world, or many, did and suffered.
package struct Report {
    package var seed: UInt64
    package var worlds = 1
    package var steps = 0
    package var sessions = 0
    package var completeSessions = 0
    package var exchanges = 0
    package var captures = 0
    package var deskActs = 0
    package var decided = 0
    package var conflicts = 0
    package var quarantined = 0
    package var restarts = 0
    /// Identities that copies took.
    package var forks = 0
    /// Sets of revoked stations that came back with the revocation, after the township had become an older one.
    package var revokedWork = 0
    package var storageErrors = 0
    package var faults: [Fault: Int] = [:]
    package var problems: [Problem.Code: Int] = [:]
    package var disk = SimulatedDisk.Counts()
    package var violations: [Violation] = []

    package init(seed: UInt64) { self.seed = seed }

    package mutating func count(_ fault: Fault) { faults[fault, default: 0] += 1 }

    package mutating func add(_ other: Report) {
        worlds += other.worlds
        steps += other.steps
        sessions += other.sessions
        completeSessions += other.completeSessions
        exchanges += other.exchanges
        captures += other.captures
        deskActs += other.deskActs
        decided += other.decided
        conflicts += other.conflicts
        quarantined += other.quarantined
        restarts += other.restarts
        forks += other.forks
        revokedWork += other.revokedWork
        storageErrors += other.storageErrors
        faults.merge(other.faults, uniquingKeysWith: +)
        problems.merge(other.problems, uniquingKeysWith: +)
        disk += other.disk
        violations += other.violations
    }

    package var description: String {
        var lines = [
            "worlds \(worlds), steps \(steps), sync sessions \(sessions), complete \(completeSessions)",
            "exchanges \(exchanges), sets captured \(captures), acts of the desk \(deskActs), restarts \(restarts)",
            "sets decided \(decided), conflicts \(conflicts), quarantined \(quarantined), new identities \(forks)",
            "disk: writes \(disk.writes), syncs \(disk.syncs), deaths in an operation \(disk.kills), "
                + "full \(disk.fullWrites), failed syncs \(disk.failedSyncs), "
                + "sectors lost \(disk.lostSectors), writes torn \(disk.tornWrites)",
            "errors of storage that a program met \(storageErrors), sets of revoked stations brought back \(revokedWork)",
        ]
        lines += Fault.allCases.map { "  \($0.rawValue): \(faults[$0] ?? 0)" }
        lines += problems.sorted { $0.key.rawValue < $1.key.rawValue }.map { "  problem \($0.key): \($0.value)" }
        lines.append("violations \(violations.count)")
        return lines.joined(separator: "\n")
    }
}
