// A disk in memory under SQLite, with the faults of real ones. One disk is one machine's: it dies and restarts as a
// whole. Not for several threads at once: the simulation runs each machine from one thread at a time.
#ifndef RUHU_SIMULATED_DISK_H
#define RUHU_SIMULATED_DISK_H

#include <stdbool.h>
#include <stdint.h>

/// The name of the VFS; a database is opened as file:/DISK/NAME?vfs=ruhu-simulated.
#define SIMULATED_DISK_VFS "ruhu-simulated"

typedef struct simulated_disk simulated_disk;

/// What is left of unsynced writes when the machine starts again.
typedef enum {
    /// All of them: only the process was killed, the kernel went on.
    simulated_restart_keeps_all = 0,
    /// None.
    simulated_restart_keeps_none = 1,
    /// The first ones, and of the next one the first sectors.
    simulated_restart_keeps_prefix = 2,
    /// Every sector for itself: kept or not.
    simulated_restart_keeps_any_sectors = 3,
} simulated_restart;

typedef enum {
    /// The operation fails half done, and so does everything after it until the restart.
    simulated_fault_kill = 0,
    /// A write that makes a file longer fails with SQLITE_FULL; so do those after it until the fault is cleared.
    simulated_fault_full = 1,
    /// A sync fails, and the kernel believes the pages clean: what was not synced is lost at the next power cut.
    simulated_fault_sync = 2,
} simulated_fault;

typedef struct {
    uint64_t writes, syncs, bytes_written;
    /// Faults that have happened, by simulated_fault.
    uint64_t happened[3];
    /// Sectors that a restart took back, and writes that it tore.
    uint64_t lost_sectors, torn_writes;
} simulated_disk_counts;

/// Registers the VFS; any number of times, from any thread.
int simulated_disk_register(void);

/// The number under which the VFS knows the disk is in simulated_disk_number.
simulated_disk *simulated_disk_create(uint64_t seed);
uint64_t simulated_disk_number(const simulated_disk *disk);
/// All connections must be closed.
void simulated_disk_destroy(simulated_disk *disk);

/// Lets a fault happen at the `countdown`th file operation of its sort from now on; 0 takes it back.
void simulated_disk_arm(simulated_disk *disk, simulated_fault fault, uint64_t countdown);
bool simulated_disk_is_dead(const simulated_disk *disk);
/// Dies now, as under simulated_fault_kill.
void simulated_disk_kill(simulated_disk *disk);
/// Starts again: every older connection stays broken; files are as the restart leaves them; no fault is armed.
void simulated_disk_restart(simulated_disk *disk, simulated_restart mode);
/// File operations that change something, so far.
uint64_t simulated_disk_operations(const simulated_disk *disk);
simulated_disk_counts simulated_disk_count(const simulated_disk *disk);

/// Copies a file and what belongs to it (its WAL), durable at once. False when there is none.
bool simulated_disk_copy(simulated_disk *from, const char *name, simulated_disk *to, const char *as);
/// Turns one bit of a file over. False when it has no such byte.
bool simulated_disk_flip(simulated_disk *disk, const char *name, uint64_t byte, int bit);

#endif
