import RecordStore
import SimulationKit
import SyncEngine
import Testing

/// The simulated disk does what the plan says of it: a fault that does not happen proves nothing.
@Suite struct DiskTests {
    private func replica(on disk: SimulatedDisk) throws -> ReplicaDatabase {
        try ReplicaDatabase(path: disk.path("replica"), tables: SimulatedSchema.first.tables)
    }

    private func note(_ number: UInt64, in replica: ReplicaDatabase) throws {
        try replica.write { try Meta.set(number, for: "note", in: $0.database) }
    }

    private func noted(in replica: ReplicaDatabase) throws -> UInt64? {
        try replica.read { try Meta.number("note", in: $0.database) }
    }

    @Test(arguments: SimulatedDisk.Restart.allCases) func whatWasCommittedOutlivesEveryDeath(
        mode: SimulatedDisk.Restart
    ) throws {
        for countdown in 1...60 {
            let disk = SimulatedDisk(seed: UInt64(countdown))
            var replica = try replica(on: disk)
            disk.arm(.kill, countdown: countdown)
            var committed: UInt64 = 0
            for number in 1...30 as ClosedRange<UInt64> {
                do { try note(number, in: replica) } catch { break }
                committed = number
            }
            #expect(disk.isDead, "the machine dies in operation \(countdown)")
            try? replica.queue.close()
            disk.restart(mode)
            replica = try self.replica(on: disk)
            let found = try noted(in: replica) ?? 0
            #expect(
                found == committed || found == committed + 1, "\(countdown): committed \(committed), found \(found)")
            try replica.queue.close()
        }
    }

    @Test func aPowerCutTakesUnsyncedWritesBack() throws {
        let disk = SimulatedDisk(seed: 1)
        let replica = try replica(on: disk)
        try replica.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        for number in 1...20 as ClosedRange<UInt64> { try note(number, in: replica) }
        disk.kill()
        try? replica.queue.close()
        disk.restart(.keepsNone)
        let again = try self.replica(on: disk)
        #expect(try noted(in: again) != 20, "without syncs a commit does not last")
        #expect(disk.counts.lostSectors > 0)
        try again.queue.close()
    }

    @Test func aFullDiskFailsTheTransactionAndNothingElse() throws {
        let disk = SimulatedDisk(seed: 1)
        let replica = try replica(on: disk)
        try note(1, in: replica)
        disk.arm(.full, countdown: 1)
        #expect(throws: (any Error).self) { try note(2, in: replica) }
        #expect(try noted(in: replica) == 1)
        disk.disarm()
        try note(3, in: replica)
        #expect(try noted(in: replica) == 3)
        try replica.queue.close()
    }

    @Test func aFailedSyncFailsTheCommit() throws {
        let disk = SimulatedDisk(seed: 1)
        let replica = try replica(on: disk)
        try note(1, in: replica)
        disk.arm(.sync, countdown: 1)
        #expect(throws: (any Error).self) { try note(2, in: replica) }
        #expect(try noted(in: replica) == 1)
        #expect(disk.counts.failedSyncs == 1)
        try replica.queue.close()
    }
}
