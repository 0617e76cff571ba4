#include <zstd.h>

// A context costs more to make than a short body to compress. Each thread keeps one of each.

static inline size_t ruhu_zstd_compress(void *target, size_t capacity, const void *source, size_t size, int level) {
    static _Thread_local ZSTD_CCtx *context;
    if (context == NULL) context = ZSTD_createCCtx();
    return ZSTD_compressCCtx(context, target, capacity, source, size, level);
}

/// A context for one body from its beginning; NULL when there is no memory.
static inline ZSTD_DStream *ruhu_zstd_decompression(void) {
    static _Thread_local ZSTD_DStream *context;
    if (context == NULL) context = ZSTD_createDStream();
    if (context != NULL) ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters);
    return context;
}
