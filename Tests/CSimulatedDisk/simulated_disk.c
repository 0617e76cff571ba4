#include "simulated_disk.h"
#include "simulated_memory.h"

#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    sector_bytes = 512,
    smallest_bytes = 64 << 10,
    region_limit = 64,
    file_limit = 16,
    kept_bytes = 256 << 20,
    lock_slots = SQLITE_SHM_NLOCK
};

typedef struct {
    int64_t offset, length;
} range;

typedef struct {
    range *items;
    int count, capacity;
} ranges;

typedef struct {
    uint8_t *bytes;
    int64_t size, capacity;
} content;

/// Durable bytes that were overwritten since the last sync, in the order in which that happened.
typedef struct {
    ranges where;
    content bytes;
} overwritten;

typedef struct {
    char name[64];
    bool exists;
    /// What reads see.
    content current;
    /// What a power cut leaves at least: `current` with the overwritten put back, up to this size; or, once a sync has
    /// failed and until the machine starts again, a copy.
    int64_t durable_size;
    overwritten undo;
    bool is_copied;
    content durable;
    /// Written since the last sync; and those that a failed sync has made the kernel forget.
    ranges dirty, forgotten;
    /// Shared memory of the write-ahead log's index.
    void *regions[region_limit];
    int region_count;
    int shared[lock_slots];
    bool exclusive[lock_slots];
    /// SQLITE_LOCK_ levels held: how many shared, whether one is reserved, pending or exclusive.
    int readers;
    int writer_level;
} file;

struct simulated_disk {
    uint64_t number, random, generation, operations;
    bool dead, full;
    uint64_t countdown[3];
    simulated_disk_counts counts;
    file *files[file_limit];
    simulated_disk *next;
};

typedef struct {
    sqlite3_file base;
    simulated_disk *disk;
    file *file;
    uint64_t generation;
    int lock;
    uint16_t shm_shared, shm_exclusive;
} handle;

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static simulated_disk *disks;
static uint64_t last_number;

static uint64_t next_random(simulated_disk *disk) {
    disk->random += 0x9E3779B97F4A7C15u;
    uint64_t z = disk->random;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void reserve(content *content, int64_t size) {
    if (size <= content->capacity) return;
    int64_t capacity = content->capacity < smallest_bytes ? smallest_bytes : content->capacity;
    while (capacity < size) capacity *= 2;
    content->bytes = realloc(content->bytes, (size_t)capacity);
    if (content->bytes == NULL) abort();
    content->capacity = capacity;
}

static void resize(content *content, int64_t size) {
    reserve(content, size);
    if (size > content->size) memset(content->bytes + content->size, 0, (size_t)(size - content->size));
    content->size = size;
}

static void put(content *content, const void *bytes, int64_t length, int64_t offset) {
    if (offset > content->size) resize(content, offset);
    reserve(content, offset + length);
    if (offset + length > content->size) content->size = offset + length;
    memcpy(content->bytes + offset, bytes, (size_t)length);
}

static void append(ranges *ranges, int64_t offset, int64_t length) {
    if (length == 0) return;
    if (ranges->count == ranges->capacity) {
        ranges->capacity = ranges->capacity == 0 ? 16 : 2 * ranges->capacity;
        ranges->items = realloc(ranges->items, sizeof(range) * (size_t)ranges->capacity);
        if (ranges->items == NULL) abort();
    }
    ranges->items[ranges->count++] = (range){offset, length};
}

// MARK: - What is durable

/// All that is there.
static void make_durable(file *file) {
    file->durable_size = file->current.size;
    file->undo.where.count = 0;
    file->undo.bytes.size = 0;
    file->is_copied = false;
    file->dirty.count = file->forgotten.count = 0;
}

/// Keeps the durable bytes that a write is about to replace.
static void keep_overwritten(file *file, int64_t offset, int64_t length) {
    if (file->is_copied) return;
    if (offset + length > file->durable_size) length = file->durable_size - offset;
    if (length <= 0) return;
    append(&file->undo.where, offset, length);
    put(&file->undo.bytes, file->current.bytes + offset, length, file->undo.bytes.size);
}

/// Works out `durable` as a copy of its own.
static void copy_durable(file *file) {
    if (file->is_copied) return;
    file->durable.size = 0;
    put(&file->durable, file->current.bytes, file->durable_size, 0);
    // The latest first: what was written over twice ends as it was before the first time.
    int64_t end = file->undo.bytes.size;
    for (int i = file->undo.where.count - 1; i >= 0; i--) {
        range lost = file->undo.where.items[i];
        end -= lost.length;
        int64_t length = file->durable_size - lost.offset;
        if (length > lost.length) length = lost.length;
        if (length > 0) memcpy(file->durable.bytes + lost.offset, file->undo.bytes.bytes + end, (size_t)length);
    }
    file->undo.where.count = 0;
    file->undo.bytes.size = 0;
    file->is_copied = true;
}

// MARK: - The disk

static file *find(simulated_disk *disk, const char *name, bool create) {
    for (int i = 0; i < file_limit && disk->files[i] != NULL; i++) {
        if (strcmp(disk->files[i]->name, name) == 0) return disk->files[i];
    }
    if (!create || strlen(name) >= sizeof(((file *)0)->name)) return NULL;
    for (int i = 0; i < file_limit; i++) {
        if (disk->files[i] != NULL) continue;
        disk->files[i] = calloc(1, sizeof(file));
        if (disk->files[i] != NULL) strcpy(disk->files[i]->name, name);
        return disk->files[i];
    }
    return NULL;
}

static void forget_shared_memory(file *file) {
    for (int i = 0; i < file->region_count; i++) free(file->regions[i]);
    memset(file->regions, 0, sizeof file->regions);
    file->region_count = 0;
    memset(file->shared, 0, sizeof file->shared);
    memset(file->exclusive, 0, sizeof file->exclusive);
}

simulated_disk *simulated_disk_create(uint64_t seed) {
    simulated_disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL) abort();
    disk->random = seed;
    pthread_mutex_lock(&registry);
    disk->number = ++last_number;
    disk->next = disks;
    disks = disk;
    pthread_mutex_unlock(&registry);
    return disk;
}

uint64_t simulated_disk_number(const simulated_disk *disk) { return disk->number; }

void simulated_disk_destroy(simulated_disk *disk) {
    pthread_mutex_lock(&registry);
    for (simulated_disk **link = &disks; *link != NULL; link = &(*link)->next) {
        if (*link == disk) {
            *link = disk->next;
            break;
        }
    }
    pthread_mutex_unlock(&registry);
    for (int i = 0; i < file_limit && disk->files[i] != NULL; i++) {
        file *file = disk->files[i];
        forget_shared_memory(file);
        free(file->current.bytes);
        free(file->durable.bytes);
        free(file->undo.where.items);
        free(file->undo.bytes.bytes);
        free(file->dirty.items);
        free(file->forgotten.items);
        free(file);
    }
    free(disk);
}

void simulated_disk_arm(simulated_disk *disk, simulated_fault fault, uint64_t countdown) {
    disk->countdown[fault] = countdown;
    if (fault == simulated_fault_full && countdown == 0) disk->full = false;
}

bool simulated_disk_is_dead(const simulated_disk *disk) { return disk->dead; }
uint64_t simulated_disk_operations(const simulated_disk *disk) { return disk->operations; }
simulated_disk_counts simulated_disk_count(const simulated_disk *disk) { return disk->counts; }

void simulated_disk_kill(simulated_disk *disk) {
    if (!disk->dead) disk->counts.happened[simulated_fault_kill]++;
    disk->dead = true;
}

/// Counts an operation that changes something. True when the machine dies in it.
static bool dies(simulated_disk *disk) {
    disk->operations++;
    uint64_t *countdown = &disk->countdown[simulated_fault_kill];
    if (*countdown == 0 || --*countdown > 0) return false;
    simulated_disk_kill(disk);
    return true;
}

static bool strikes(simulated_disk *disk, simulated_fault fault) {
    uint64_t *countdown = &disk->countdown[fault];
    if (*countdown == 0 || --*countdown > 0) return false;
    disk->counts.happened[fault]++;
    return true;
}

static void revert(file *file, int64_t from, int64_t to) {
    if (to > file->current.size) to = file->current.size;
    for (int64_t i = from; i < to;) {
        int64_t known = file->durable.size - i;
        if (known <= 0) {
            memset(file->current.bytes + i, 0, (size_t)(to - i));
            return;
        }
        int64_t length = to - i < known ? to - i : known;
        memcpy(file->current.bytes + i, file->durable.bytes + i, (size_t)length);
        i += length;
    }
}

static bool keeps(simulated_disk *disk, simulated_restart mode, int index, int64_t sector, int whole, int64_t part) {
    switch (mode) {
    case simulated_restart_keeps_all: return true;
    case simulated_restart_keeps_none: return false;
    case simulated_restart_keeps_prefix: return index < whole || (index == whole && sector < part);
    case simulated_restart_keeps_any_sectors: return (next_random(disk) & 1) != 0;
    }
    return false;
}

/// What a power cut leaves of one file.
static void lose(simulated_disk *disk, file *file, simulated_restart mode) {
    int whole = file->dirty.count == 0 ? 0 : (int)(next_random(disk) % (uint64_t)(file->dirty.count + 1));
    int64_t part = (int64_t)(next_random(disk) % 9);
    if (mode == simulated_restart_keeps_all) return make_durable(file);
    copy_durable(file);
    int64_t end = file->durable.size;
    for (int i = 0; i < file->forgotten.count; i++) {
        range lost = file->forgotten.items[i];
        revert(file, lost.offset, lost.offset + lost.length);
    }
    for (int i = 0; i < file->dirty.count; i++) {
        range written = file->dirty.items[i];
        int64_t stop = written.offset + written.length;
        bool kept = false, lost = false;
        for (int64_t at = written.offset, sector = 0; at < stop; sector++) {
            int64_t next = (at / sector_bytes + 1) * sector_bytes;
            if (next > stop) next = stop;
            if (keeps(disk, mode, i, sector, whole, part)) {
                kept = true;
                if (next > end) end = next;
            } else {
                lost = true;
                disk->counts.lost_sectors++;
                revert(file, at, next);
            }
            at = next;
        }
        if (kept && lost) disk->counts.torn_writes++;
    }
    if (file->current.size > end) file->current.size = end;
    if (file->current.size < file->durable.size && mode == simulated_restart_keeps_none) {
        put(&file->current, file->durable.bytes, file->durable.size, 0);
    }
    make_durable(file);
}

void simulated_disk_restart(simulated_disk *disk, simulated_restart mode) {
    for (int i = 0; i < file_limit && disk->files[i] != NULL; i++) {
        file *file = disk->files[i];
        if (file->exists) lose(disk, file, mode);
        forget_shared_memory(file);
        file->readers = 0;
        file->writer_level = 0;
    }
    memset(disk->countdown, 0, sizeof disk->countdown);
    disk->generation++;
    disk->dead = disk->full = false;
}

static bool copy_file(simulated_disk *from, const char *name, simulated_disk *to, const char *as) {
    file *source = find(from, name, false);
    if (source == NULL || !source->exists) return false;
    file *target = find(to, as, true);
    if (target == NULL) return false;
    target->exists = true;
    target->current.size = 0;
    put(&target->current, source->current.bytes, source->current.size, 0);
    make_durable(target);
    return true;
}

bool simulated_disk_copy(simulated_disk *from, const char *name, simulated_disk *to, const char *as) {
    char log_name[80], log_as[80];
    snprintf(log_name, sizeof log_name, "%s-wal", name);
    snprintf(log_as, sizeof log_as, "%s-wal", as);
    if (!copy_file(from, name, to, as)) return false;
    if (!copy_file(from, log_name, to, log_as)) {
        file *stale = find(to, log_as, false);
        if (stale != NULL) stale->exists = false;
    }
    file *target = find(to, as, false);
    if (target != NULL) forget_shared_memory(target);
    return true;
}

bool simulated_disk_flip(simulated_disk *disk, const char *name, uint64_t byte, int bit) {
    file *file = find(disk, name, false);
    if (file == NULL || !file->exists || (int64_t)byte >= file->current.size) return false;
    copy_durable(file);
    file->current.bytes[byte] ^= (uint8_t)(1 << bit);
    if ((int64_t)byte < file->durable.size) file->durable.bytes[byte] = file->current.bytes[byte];
    return true;
}

// MARK: - Files

static bool is_broken(const handle *handle) {
    return handle->disk->dead || handle->generation != handle->disk->generation;
}

static int close_file(sqlite3_file *base) {
    (void)base;
    return SQLITE_OK;
}

static int read_file(sqlite3_file *base, void *buffer, int length, sqlite3_int64 offset) {
    handle *handle = (void *)base;
    if (is_broken(handle)) return SQLITE_IOERR_READ;
    content *content = &handle->file->current;
    int64_t known = content->size - offset;
    if (known >= length) {
        memcpy(buffer, content->bytes + offset, (size_t)length);
        return SQLITE_OK;
    }
    if (known < 0) known = 0;
    if (known > 0) memcpy(buffer, content->bytes + offset, (size_t)known);
    memset((uint8_t *)buffer + known, 0, (size_t)(length - known));
    return SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
    handle *handle = (void *)base;
    if (is_broken(handle)) return SQLITE_IOERR_WRITE;
    simulated_disk *disk = handle->disk;
    file *file = handle->file;
    if (dies(disk)) {
        int64_t part = (int64_t)(next_random(disk) % (uint64_t)(length + 1));
        keep_overwritten(file, offset, part);
        put(&file->current, bytes, part, offset);
        append(&file->dirty, offset, part);
        return SQLITE_IOERR_WRITE;
    }
    if (offset + length > file->current.size) {
        if (strikes(disk, simulated_fault_full)) disk->full = true;
        if (disk->full) return SQLITE_FULL;
    }
    disk->counts.writes++;
    disk->counts.bytes_written += (uint64_t)length;
    keep_overwritten(file, offset, length);
    put(&file->current, bytes, length, offset);
    append(&file->dirty, offset, length);
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
    handle *handle = (void *)base;
    if (is_broken(handle) || dies(handle->disk)) return SQLITE_IOERR_TRUNCATE;
    // A shorter length is durable at once: SQLite syncs what it needs before it cuts.
    file *file = handle->file;
    if (size < file->current.size) file->current.size = size;
    if (size < file->durable_size) file->durable_size = size;
    if (size < file->durable.size) file->durable.size = size;
    return SQLITE_OK;
}

static int sync_file(sqlite3_file *base, int flags) {
    (void)flags;
    handle *handle = (void *)base;
    if (is_broken(handle) || dies(handle->disk)) return SQLITE_IOERR_FSYNC;
    file *file = handle->file;
    if (strikes(handle->disk, simulated_fault_sync)) {
        copy_durable(file);
        for (int i = 0; i < file->dirty.count; i++) {
            append(&file->forgotten, file->dirty.items[i].offset, file->dirty.items[i].length);
        }
        file->dirty.count = 0;
        return SQLITE_IOERR_FSYNC;
    }
    handle->disk->counts.syncs++;
    if (!file->is_copied) {
        make_durable(file);
        return SQLITE_OK;
    }
    for (int i = 0; i < file->dirty.count; i++) {
        range written = file->dirty.items[i];
        int64_t length = file->current.size - written.offset;
        if (length > written.length) length = written.length;
        if (length > 0) put(&file->durable, file->current.bytes + written.offset, length, written.offset);
    }
    file->dirty.count = 0;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    handle *handle = (void *)base;
    if (is_broken(handle)) return SQLITE_IOERR_FSTAT;
    *size = handle->file->current.size;
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *base, int level) {
    handle *handle = (void *)base;
    file *file = handle->file;
    if (handle->lock >= level) return SQLITE_OK;
    if (is_broken(handle)) return SQLITE_IOERR_LOCK;
    bool others_write = file->writer_level > 0 && handle->lock < SQLITE_LOCK_RESERVED;
    if (level == SQLITE_LOCK_SHARED) {
        if (file->writer_level >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
        file->readers++;
    } else {
        if (others_write) return SQLITE_BUSY;
        if (level == SQLITE_LOCK_EXCLUSIVE && file->readers > 1) {
            file->writer_level = handle->lock = SQLITE_LOCK_PENDING;
            return SQLITE_BUSY;
        }
        file->writer_level = level;
    }
    handle->lock = level;
    return SQLITE_OK;
}

static int unlock_file(sqlite3_file *base, int level) {
    handle *handle = (void *)base;
    if (handle->generation != handle->disk->generation) return SQLITE_OK;
    if (handle->lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) handle->file->writer_level = 0;
    if (handle->lock >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) handle->file->readers--;
    if (level < handle->lock) handle->lock = level;
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *base, int *is_reserved) {
    *is_reserved = ((handle *)base)->file->writer_level >= SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
}

static int control_file(sqlite3_file *base, int operation, void *argument) {
    (void)base, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base) {
    (void)base;
    return sector_bytes;
}

static int characteristics(sqlite3_file *base) {
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// MARK: - Shared memory

static int map_memory(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    handle *handle = (void *)base;
    file *file = handle->file;
    *memory = NULL;
    if (is_broken(handle)) return SQLITE_IOERR_SHMMAP;
    if (region >= region_limit) return SQLITE_FULL;
    while (extend && file->region_count <= region) {
        file->regions[file->region_count] = calloc(1, (size_t)size);
        if (file->regions[file->region_count] == NULL) return SQLITE_NOMEM;
        file->region_count++;
    }
    if (region < file->region_count) *memory = file->regions[region];
    return SQLITE_OK;
}

static int lock_memory(sqlite3_file *base, int offset, int count, int flags) {
    handle *handle = (void *)base;
    file *file = handle->file;
    if (handle->generation != handle->disk->generation) return SQLITE_OK;
    uint16_t mask = (uint16_t)((1 << (offset + count)) - (1 << offset));
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int i = offset; i < offset + count; i++) {
            if (handle->shm_exclusive & (1 << i)) file->exclusive[i] = false;
            if (handle->shm_shared & (1 << i)) file->shared[i]--;
        }
        handle->shm_exclusive &= (uint16_t)~mask;
        handle->shm_shared &= (uint16_t)~mask;
        return SQLITE_OK;
    }
    if (is_broken(handle)) return SQLITE_IOERR_SHMLOCK;
    for (int i = offset; i < offset + count; i++) {
        bool is_own = (handle->shm_exclusive & (1 << i)) != 0;
        int others = file->shared[i] - ((handle->shm_shared & (1 << i)) ? 1 : 0);
        if (file->exclusive[i] && !is_own) return SQLITE_BUSY;
        if ((flags & SQLITE_SHM_EXCLUSIVE) && others > 0) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + count; i++) {
        if (flags & SQLITE_SHM_EXCLUSIVE) {
            file->exclusive[i] = true;
            handle->shm_exclusive |= (uint16_t)(1 << i);
        } else if (!(handle->shm_shared & (1 << i))) {
            file->shared[i]++;
            handle->shm_shared |= (uint16_t)(1 << i);
        }
    }
    return SQLITE_OK;
}

static void memory_barrier(sqlite3_file *base) {
    (void)base;
    __sync_synchronize();
}

static int unmap_memory(sqlite3_file *base, int delete) {
    handle *handle = (void *)base;
    if (delete && handle->generation == handle->disk->generation) forget_shared_memory(handle->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_memory,
    .xShmLock = lock_memory,
    .xShmBarrier = memory_barrier,
    .xShmUnmap = unmap_memory,
};

// MARK: - The file system

/// A path is /NUMBER/NAME.
static simulated_disk *disk_of(const char *path, const char **name) {
    if (path == NULL || path[0] != '/') return NULL;
    char *end;
    uint64_t number = strtoull(path + 1, &end, 10);
    if (*end != '/') return NULL;
    *name = end + 1;
    pthread_mutex_lock(&registry);
    simulated_disk *disk = disks;
    while (disk != NULL && disk->number != number) disk = disk->next;
    pthread_mutex_unlock(&registry);
    return disk;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    handle *handle = (void *)base;
    memset(handle, 0, sizeof *handle);
    const char *name;
    simulated_disk *disk = disk_of(path, &name);
    if (disk == NULL || disk->dead) return SQLITE_CANTOPEN;
    file *file = find(disk, name, (flags & SQLITE_OPEN_CREATE) != 0);
    if (file == NULL) return SQLITE_CANTOPEN;
    if (!file->exists) {
        if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
        file->exists = true;
        file->current.size = 0;
        make_durable(file);
    }
    handle->disk = disk;
    handle->file = file;
    handle->generation = disk->generation;
    handle->base.pMethods = &methods;
    if (out_flags != NULL) *out_flags = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    (void)vfs, (void)sync_folder;
    const char *name;
    simulated_disk *disk = disk_of(path, &name);
    if (disk == NULL || disk->dead || dies(disk)) return SQLITE_IOERR_DELETE;
    file *file = find(disk, name, false);
    if (file == NULL || !file->exists) return SQLITE_IOERR_DELETE_NOENT;
    file->exists = false;
    return SQLITE_OK;
}

static int access_file(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs, (void)flags;
    const char *name;
    simulated_disk *disk = disk_of(path, &name);
    if (disk == NULL || disk->dead) return SQLITE_IOERR_ACCESS;
    file *file = find(disk, name, false);
    *result = file != NULL && file->exists && (flags != SQLITE_ACCESS_EXISTS || file->current.size > 0);
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *path, int length, char *result) {
    (void)vfs;
    snprintf(result, (size_t)length, "%s", path);
    return SQLITE_OK;
}

static int randomness(sqlite3_vfs *vfs, int length, char *result) {
    (void)vfs;
    // SQLite seeds its own generator with this once a process: salts of write-ahead logs, nothing that is checked.
    for (int i = 0; i < length; i++) result[i] = (char)(i * 37 + 11);
    return length;
}

static int sleep_not_at_all(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int time_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *result) {
    (void)vfs;
    *result = 210866803200000; // 1970-01-01 in milliseconds of the Julian day; the product asks SQLite for no time
    return SQLITE_OK;
}

static int time_days(sqlite3_vfs *vfs, double *result) {
    (void)vfs;
    *result = 2440587.5;
    return SQLITE_OK;
}

static int last_error(sqlite3_vfs *vfs, int length, char *result) {
    (void)vfs;
    if (length > 0) result[0] = 0;
    return 0;
}

static sqlite3_vfs simulated = {
    .iVersion = 2,
    .szOsFile = sizeof(handle),
    .mxPathname = 128,
    .zName = SIMULATED_DISK_VFS,
    .xOpen = open_file,
    .xDelete = delete_file,
    .xAccess = access_file,
    .xFullPathname = full_path,
    .xRandomness = randomness,
    .xSleep = sleep_not_at_all,
    .xCurrentTime = time_days,
    .xGetLastError = last_error,
    .xCurrentTimeInt64 = time_milliseconds,
};

int simulated_disk_register(void) {
    // Before SQLite's first use; later it refuses, and only counts what nobody reads.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    simulated_memory_register();
    if (sqlite3_vfs_find(SIMULATED_DISK_VFS) != NULL) return SQLITE_OK;
    // Worlds come and go: their files' memory is kept for the next, not given back to the kernel page by page.
    mallopt(M_MMAP_THRESHOLD, kept_bytes);
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
    return sqlite3_vfs_register(&simulated, 0);
}
