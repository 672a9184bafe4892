// curl_easy_setopt and its relatives are variadic, which Swift cannot call. Each function here is one of them with the type of its
// last argument fixed.

#ifndef HULEEDU_CCURLSHIMS_H
#define HULEEDU_CCURLSHIMS_H

#include <curl/curl.h>

/// The shape that the write, header and read callbacks share.
typedef size_t (*huleedu_curl_transfer_callback)(char *buffer, size_t size, size_t count, void *context);

/// The shape of the callback that rewinds an upload.
typedef int (*huleedu_curl_seek_callback)(void *context, curl_off_t offset, int origin);

/// The shape of the callback that is told that a request is about to be written to a connection.
typedef int (*huleedu_curl_request_begins_callback)(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);

CURLcode huleedu_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode huleedu_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode huleedu_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode huleedu_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode huleedu_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode huleedu_curl_set_transfer_callback(CURL *handle, CURLoption option, huleedu_curl_transfer_callback value);
CURLcode huleedu_curl_set_seek_callback(CURL *handle, huleedu_curl_seek_callback value);
CURLcode huleedu_curl_set_request_begins_callback(CURL *handle, huleedu_curl_request_begins_callback value);

/// Makes libcurl open its sockets so that programs started by this process don't inherit them. A connection that lives on in a child
/// stays open to its peer when we close it.
CURLcode huleedu_curl_keep_sockets_private(CURL *handle);

CURLcode huleedu_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode huleedu_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);

CURLMcode huleedu_curl_multi_set_long(CURLM *handle, CURLMoption option, long value);

#endif
