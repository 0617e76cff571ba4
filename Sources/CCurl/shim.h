// libcurl as Swift sees it.
//
// It is loaded when a program first needs it, not when the program starts: with the libraries behind it (TLS, LDAP,
// Kerberos, SSH) that takes longer than most commands do, and most commands never go to the network. The functions
// below are named as libcurl's own with ruhu_ before them, and are called only after ruhu_curl_problem() has said NULL.
//
// Swift imports no variadic C function, and curl_easy_setopt and curl_easy_getinfo are variadic: each shim fixes the
// one argument to one C type, so that a wrong type is a compile error in Swift and not a wrong value on the stack.
// Which option takes which type is said by libcurl's manual page of the option.

#ifndef RUHU_CCURL_SHIM_H
#define RUHU_CCURL_SHIM_H

#include <curl/curl.h>
#include <dlfcn.h>

#if LIBCURL_VERSION_NUM < 0x075800
#error "libcurl 7.88 or newer is needed: its TLS writes raise no SIGPIPE"
#endif

// The system's libcurl; NULL when it cannot be loaded. From any thread: the loader gives every caller the same one.
static inline void *ruhu_curl_library(void) {
    static void *library;
    void *known = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
    if (!known) {
        known = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
        __atomic_store_n(&library, known, __ATOMIC_RELEASE);
    }
    return known;
}

// A function of libcurl, with the type that its header gives it.
#define RUHU_CURL(name) ((__typeof__(name) *)dlsym(ruhu_curl_library(), #name))

// Loads libcurl. NULL when it can be used; else what is wrong, in the loader's words or these.
static inline const char *ruhu_curl_problem(void) {
    if (!ruhu_curl_library()) return dlerror();
    if (!RUHU_CURL(curl_version_info)) return "not libcurl";
    if (RUHU_CURL(curl_version_info)(CURLVERSION_NOW)->version_num < 0x075800) return "older than 7.88";
    return NULL;
}

static inline CURLcode ruhu_curl_global_init(long flags) { return RUHU_CURL(curl_global_init)(flags); }
static inline CURL *ruhu_curl_easy_init(void) { return RUHU_CURL(curl_easy_init)(); }
static inline void ruhu_curl_easy_reset(CURL *handle) { RUHU_CURL(curl_easy_reset)(handle); }
static inline CURLcode ruhu_curl_easy_perform(CURL *handle) { return RUHU_CURL(curl_easy_perform)(handle); }
static inline void ruhu_curl_easy_cleanup(CURL *handle) { RUHU_CURL(curl_easy_cleanup)(handle); }
static inline const char *ruhu_curl_easy_strerror(CURLcode code) { return RUHU_CURL(curl_easy_strerror)(code); }

static inline struct curl_slist *ruhu_curl_slist_append(struct curl_slist *list, const char *text) {
    return RUHU_CURL(curl_slist_append)(list, text);
}

static inline void ruhu_curl_slist_free_all(struct curl_slist *list) { RUHU_CURL(curl_slist_free_all)(list); }

static inline CURLU *ruhu_curl_url(void) { return RUHU_CURL(curl_url)(); }
static inline void ruhu_curl_url_cleanup(CURLU *url) { RUHU_CURL(curl_url_cleanup)(url); }
static inline const char *ruhu_curl_url_strerror(CURLUcode code) { return RUHU_CURL(curl_url_strerror)(code); }
static inline void ruhu_curl_free(void *text) { RUHU_CURL(curl_free)(text); }

static inline CURLUcode ruhu_curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
    return RUHU_CURL(curl_url_set)(url, part, text, flags);
}

static inline CURLUcode ruhu_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) {
    return RUHU_CURL(curl_url_get)(url, part, text, flags);
}

// Options that take a C long: switches, counts, enumerations, times.
static inline CURLcode ruhu_curl_set_long(CURL *handle, CURLoption option, long value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// Options that take a curl_off_t: sizes that may pass 2 GiB (CURLOPT_..._LARGE).
static inline CURLcode ruhu_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// Options that take a zero-terminated text, which libcurl copies.
static inline CURLcode ruhu_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// Options that take a pointer libcurl only hands back (CURLOPT_...DATA) or writes to (CURLOPT_ERRORBUFFER).
static inline CURLcode ruhu_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// Options that take a list, which must live until the transfer has ended (CURLOPT_HTTPHEADER).
static inline CURLcode ruhu_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION: what comes in.
static inline CURLcode ruhu_curl_set_write_function(CURL *handle, CURLoption option, curl_write_callback value) {
    return RUHU_CURL(curl_easy_setopt)(handle, option, value);
}

// CURLOPT_READFUNCTION: what goes out.
static inline CURLcode ruhu_curl_set_read_function(CURL *handle, curl_read_callback value) {
    return RUHU_CURL(curl_easy_setopt)(handle, CURLOPT_READFUNCTION, value);
}

// CURLOPT_SEEKFUNCTION: what goes out, once more from the start, when a kept connection turns out to be dead.
static inline CURLcode ruhu_curl_set_seek_function(CURL *handle, curl_seek_callback value) {
    return RUHU_CURL(curl_easy_setopt)(handle, CURLOPT_SEEKFUNCTION, value);
}

// CURLOPT_XFERINFOFUNCTION: progress, and the way to give up.
static inline CURLcode ruhu_curl_set_progress_function(CURL *handle, curl_xferinfo_callback value) {
    return RUHU_CURL(curl_easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, value);
}

// CURLINFO_..._T values that are a curl_off_t.
static inline CURLcode ruhu_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return RUHU_CURL(curl_easy_getinfo)(handle, info, value);
}

// CURLINFO values that are a long.
static inline CURLcode ruhu_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return RUHU_CURL(curl_easy_getinfo)(handle, info, value);
}

// CURLINFO_CERTINFO: the server's certificates; the list belongs to the handle.
static inline CURLcode ruhu_curl_get_certificates(CURL *handle, struct curl_certinfo **value) {
    return RUHU_CURL(curl_easy_getinfo)(handle, CURLINFO_CERTINFO, value);
}

#endif
