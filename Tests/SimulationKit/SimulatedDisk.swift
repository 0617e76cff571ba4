import CSimulatedDisk

/// The disk of one simulated machine, in memory, under SQLite. Confined to the simulation's thread.
package final class SimulatedDisk {
    package enum Fault { case kill, full, sync }

    /// What is left of unsynced writes when the machine starts again.
    package enum Restart: CaseIterable {
        /// Only the process was killed.
        case keepsAll
        case keepsNone, keepsPrefix, keepsAnySectors
    }

    package struct Counts {
        package var writes = 0
        package var syncs = 0
        package var kills = 0
        package var fullWrites = 0
        package var failedSyncs = 0
        package var lostSectors = 0
        package var tornWrites = 0

        package static func += (a: inout Counts, b: Counts) {
            a.writes += b.writes
            a.syncs += b.syncs
            a.kills += b.kills
            a.fullWrites += b.fullWrites
            a.failedSyncs += b.failedSyncs
            a.lostSectors += b.lostSectors
            a.tornWrites += b.tornWrites
        }
    }

    private let disk: OpaquePointer
    /// The next death is a power cut: what was not synced is lost.
    package var losesUnsynced = false

    package init(seed: UInt64) {
        precondition(simulated_disk_register() == 0, "sqlite3_vfs_register")
        disk = simulated_disk_create(seed)
    }

    deinit { simulated_disk_destroy(disk) }

    /// What SQLite opens: a URI that names the simulated file system.
    package func path(_ name: String) -> String {
        "file:/\(simulated_disk_number(disk))/\(name)?vfs=\(SIMULATED_DISK_VFS)"
    }

    package var isDead: Bool { simulated_disk_is_dead(disk) }

    /// Lets a fault happen at the `countdown`th file operation of its sort from now on; 0 takes it back.
    package func arm(_ fault: Fault, countdown: Int) {
        simulated_disk_arm(disk, Self.raw(fault), UInt64(countdown))
    }

    package func disarm() {
        for fault in [Fault.kill, .full, .sync] { arm(fault, countdown: 0) }
    }

    package func kill() { simulated_disk_kill(disk) }

    package func restart(_ mode: Restart) {
        let raw: simulated_restart =
            switch mode {
            case .keepsAll: simulated_restart_keeps_all
            case .keepsNone: simulated_restart_keeps_none
            case .keepsPrefix: simulated_restart_keeps_prefix
            case .keepsAnySectors: simulated_restart_keeps_any_sectors
            }
        simulated_disk_restart(disk, raw)
    }

    /// Copies a database with its write-ahead log, durable at once.
    package func copy(_ name: String, to other: SimulatedDisk, as target: String) -> Bool {
        simulated_disk_copy(disk, name, other.disk, target)
    }

    /// Turns one bit of a file over; false when there is no such byte.
    package func flip(_ name: String, byte: Int, bit: Int) -> Bool {
        simulated_disk_flip(disk, name, UInt64(byte), Int32(bit))
    }

    package var operations: Int { Int(simulated_disk_operations(disk)) }

    package var counts: Counts {
        let raw = simulated_disk_count(disk)
        return Counts(
            writes: Int(raw.writes), syncs: Int(raw.syncs), kills: Int(raw.happened.0), fullWrites: Int(raw.happened.1),
            failedSyncs: Int(raw.happened.2), lostSectors: Int(raw.lost_sectors), tornWrites: Int(raw.torn_writes))
    }

    private static func raw(_ fault: Fault) -> simulated_fault {
        switch fault {
        case .kill: simulated_fault_kill
        case .full: simulated_fault_full
        case .sync: simulated_fault_sync
        }
    }
}
