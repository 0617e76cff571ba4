#include "simulated_memory.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Blocks of 32, 48, 64, 96 … bytes to 96 KiB, header included; larger ones go to the system each time.
enum { class_count = 24, header_bytes = 16, smallest_bytes = 32 };

typedef struct block {
    /// Of a free block.
    struct block *next;
} block;

typedef struct {
    /// What the caller may use, and the block's class; `class_count` for none.
    int64_t size, class;
} header;

/// Each thread has its own; a block goes to the thread that frees it.
static _Thread_local block *spare[class_count];

static int64_t class_bytes(int64_t class) {
    int64_t power = (int64_t)smallest_bytes << (class / 2);
    return class % 2 == 0 ? power : power + power / 2;
}

static int64_t class_of(int64_t bytes) {
    if (bytes <= smallest_bytes) return 0;
    int64_t high = 63 - __builtin_clzll((uint64_t)(bytes - 1));
    int64_t class = 2 * (high - 5);
    if (class >= class_count) return class_count;
    // Above 2^high: either the half step or the next power.
    class += bytes <= ((int64_t)1 << high) + ((int64_t)1 << (high - 1)) ? 1 : 2;
    return class < class_count ? class : class_count;
}

static header *header_of(void *memory) { return (void *)((char *)memory - header_bytes); }

static void *take(int count) {
    int64_t class = class_of((int64_t)count + header_bytes);
    int64_t bytes = class < class_count ? class_bytes(class) : (int64_t)count + header_bytes;
    header *made = NULL;
    if (class < class_count && spare[class] != NULL) {
        made = (void *)spare[class];
        spare[class] = spare[class]->next;
    } else {
        made = malloc((size_t)bytes);
        if (made == NULL) return NULL;
    }
    *made = (header){bytes - header_bytes, class};
    return (char *)made + header_bytes;
}

static void give(void *memory) {
    if (memory == NULL) return;
    header *known = header_of(memory);
    int64_t class = known->class;
    if (class >= class_count) {
        free(known);
        return;
    }
    block *freed = (void *)known;
    freed->next = spare[class];
    spare[class] = freed;
}

static int size_of(void *memory) { return memory == NULL ? 0 : (int)header_of(memory)->size; }

static void *resize(void *memory, int count) {
    int known = size_of(memory);
    if (count <= known) return memory;
    void *made = take(count);
    if (made == NULL) return NULL;
    memcpy(made, memory, (size_t)known);
    give(memory);
    return made;
}

static int round_up(int count) {
    int64_t class = class_of((int64_t)count + header_bytes);
    return class < class_count ? (int)(class_bytes(class) - header_bytes) : (count + 7) & ~7;
}

static int begin(void *unused) {
    (void)unused;
    return SQLITE_OK;
}

static void end(void *unused) { (void)unused; }

void simulated_memory_register(void) {
    static const sqlite3_mem_methods methods = {
        .xMalloc = take,
        .xFree = give,
        .xRealloc = resize,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = begin,
        .xShutdown = end,
    };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
