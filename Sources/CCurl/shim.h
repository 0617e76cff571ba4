// libcurl as Swift sees it. Swift imports no variadic C function, and curl_easy_setopt and curl_easy_getinfo are
// variadic: each shim below fixes the one argument to one C type, so that a wrong type is a compile error in Swift
// and not a wrong value on the stack. Which option takes which type is said by libcurl's manual page of the option.

#ifndef RUHU_CCURL_SHIM_H
#define RUHU_CCURL_SHIM_H

#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x075800
#error "libcurl 7.88 or newer is needed: its TLS writes raise no SIGPIPE"
#endif

// Options that take a C long: switches, counts, enumerations, times.
static inline CURLcode ruhu_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

// Options that take a curl_off_t: sizes that may pass 2 GiB (CURLOPT_..._LARGE).
static inline CURLcode ruhu_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// Options that take a zero-terminated text, which libcurl copies.
static inline CURLcode ruhu_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// Options that take a pointer libcurl only hands back (CURLOPT_...DATA) or writes to (CURLOPT_ERRORBUFFER).
static inline CURLcode ruhu_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// Options that take a list, which must live until the transfer has ended (CURLOPT_HTTPHEADER).
static inline CURLcode ruhu_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION: what comes in.
static inline CURLcode ruhu_curl_set_write_function(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}

// CURLOPT_READFUNCTION: what goes out.
static inline CURLcode ruhu_curl_set_read_function(CURL *handle, curl_read_callback value) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, value);
}

// CURLOPT_SEEKFUNCTION: what goes out, once more from the start, when a kept connection turns out to be dead.
static inline CURLcode ruhu_curl_set_seek_function(CURL *handle, curl_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

// CURLOPT_XFERINFOFUNCTION: progress, and the way to give up.
static inline CURLcode ruhu_curl_set_progress_function(CURL *handle, curl_xferinfo_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

// CURLINFO_..._T values that are a curl_off_t.
static inline CURLcode ruhu_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// CURLINFO values that are a long.
static inline CURLcode ruhu_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

// CURLINFO_CERTINFO: the server's certificates; the list belongs to the handle.
static inline CURLcode ruhu_curl_get_certificates(CURL *handle, struct curl_certinfo **value) {
    return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

#endif
