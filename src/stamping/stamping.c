#include "stamping/stamping.h"

#include <curl/curl.h>
#include <stdlib.h>

#define TIMEOUT_MS 30000L
#define HTTP_OK 200L

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct buf *b = context;
    buf_put(b, data, size * count);
    return buf_failed(b) ? 0 : size * count;
}

static struct curl_slist *headers_new(void)
{
    struct curl_slist *first = curl_slist_append(NULL, "Content-Type: application/timestamp-query");
    struct curl_slist *both = curl_slist_append(first, "Accept: application/timestamp-reply");
    if (first == NULL || both == NULL)
        abort();
    return both;
}

static void set_up(CURL *c, const char *url, const struct buf *request, struct buf *ret)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)request->len);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->data);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, ret);
}

static int judge(CURL *c, CURLcode code, const char *url, const struct buf *ret, struct diag *d)
{
    long status = 0;
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
        code == CURLE_LOGIN_DENIED)
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not the address of a time stamp authority: http:// or https://, "
                        "without a password",
                        url);
    if (buf_failed(ret))
        return diag_set(d, ERR_LIMIT, "the time stamp authority %s answers too much", url);
    if (code != CURLE_OK)
        return diag_set(d, ERR_IO, "the time stamp authority %s can't be asked: %s", url,
                        curl_easy_strerror(code));
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    return status == HTTP_OK
               ? 0
               : diag_set(d, ERR_IO, "the time stamp authority %s answers with status %ld", url,
                          status);
}

int stamping_ask(const char *url, const struct buf *request, struct buf *ret, struct diag *d)
{
    CURL *c = curl_easy_init();
    struct curl_slist *headers = headers_new();
    if (c == NULL)
        abort();
    set_up(c, url, request, ret);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    int r = judge(c, curl_easy_perform(c), url, ret, d);
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    return r;
}
