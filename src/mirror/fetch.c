#include "mirror/fetch.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"

#define CONNECT_MS 10000L
#define SLOW_SECONDS 20L /* without a byte: broken off */
#define ADDRESS_MAX 64

enum { HTTP_OK = 200, HTTP_PARTIAL = 206, HTTP_FORBIDDEN = 403, HTTP_NOT_FOUND = 404 };

struct fetch {
    CURL *easy;
    char *url;                /* without a path */
    struct curl_slist *known; /* its address */
    const volatile int *stop;
    struct buf *to; /* NULL: to the file */
    struct {
        int fd;
        uint64_t at, size;
        bool begun;
    } file;
};

static void free_parts(char **host, char **port)
{
    curl_free(*host);
    curl_free(*port);
}

/* "HOST:PORT:ADDRESS", as curl wants it. */
static int look_up(const char *host, const char *port, char **ret, struct diag *d)
{
    const struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char address[ADDRESS_MAX];
    size_t len = strlen(host);
    bool six = host[0] == '[' && host[len - 1] == ']';
    CLEANUP_FREE char *name = six ? mem_string_n(host + 1, len - 2) : mem_string(host);
    int code = getaddrinfo(name, port, &want, &list);
    if (code == 0)
        code = getnameinfo(list->ai_addr, list->ai_addrlen, address, sizeof address, NULL, 0,
                           NI_NUMERICHOST);
    bool v6 = code == 0 && list->ai_family == AF_INET6;
    if (list != NULL)
        freeaddrinfo(list);
    if (code != 0)
        return diag_set(d, ERR_NOT_FOUND, "%s: %s", host, gai_strerror(code));
    *ret = mem_format("%s:%s:%s%s%s", name, port, v6 ? "[" : "", address, v6 ? "]" : "");
    return 0;
}

static int find_server(const char *url, struct curl_slist **ret, struct diag *d)
{
    char *host = NULL, *port = NULL;
    CLEANUP_FREE char *known = NULL;
    CURLU *u = curl_url();
    int r = 0;
    if (u == NULL || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        r = diag_set(d, ERR_FORMAT, "%s: not an address of a server", url);
    if (r == 0)
        r = look_up(host, port, &known, d);
    if (r == 0)
        *ret = curl_slist_append(NULL, known);
    free_parts(&host, &port);
    curl_url_cleanup(u);
    return r;
}

/* A server that does not go on where it was asked begins anew; an error's text is no file. */
static size_t take_rest(struct fetch *f, const char *data, size_t len)
{
    long status = 0;
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != HTTP_OK && status != HTTP_PARTIAL)
        return len;
    if (!f->file.begun && status == HTTP_OK)
        f->file.at = 0;
    f->file.begun = true;
    if (len > f->file.size - f->file.at || ftruncate(f->file.fd, (off_t)f->file.at) != 0 ||
        lseek(f->file.fd, (off_t)f->file.at, SEEK_SET) < 0 ||
        file_write_fd(f->file.fd, data, len) < 0)
        return 0;
    f->file.at += len;
    return len;
}

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct fetch *f = context;
    if (f->to == NULL)
        return take_rest(f, data, size * count);
    buf_put(f->to, data, size * count);
    return buf_failed(f->to) ? 0 : size * count;
}

static int look(void *context, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up_now)
{
    const struct fetch *f = context;
    (void)all, (void)now, (void)up_all, (void)up_now;
    return f->stop != NULL && *f->stop;
}

static void set_up(struct fetch *f, const struct mirror_folder *folder)
{
    CURL *c = f->easy;
    char hash[ENCODE_BASE64_LEN(HASH_BYTES) + 1];
    encode_base64(folder->server, HASH_BYTES, hash);
    CLEANUP_FREE char *pin = mem_format("sha256//%s", hash);
    CLEANUP_FREE char *pem = file_join(folder->dir, "tls.pem"),
                      *key = file_join(folder->dir, "tls.key");
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_RESOLVE, f->known);
    curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L); /* its key is what counts: */
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, pin);
    curl_easy_setopt(c, CURLOPT_SSLCERT, pem);
    curl_easy_setopt(c, CURLOPT_SSLKEY, key);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
}

int fetch_new(const struct mirror_folder *folder, const volatile int *stop, struct fetch **ret,
              struct diag *d)
{
    CLEANUP(fetch_free_cleanup) struct fetch *f = mem_new(sizeof *f);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    f->url = mem_string(folder->url);
    f->stop = stop;
    int r = find_server(f->url, &f->known, d);
    if (r < 0)
        return r;
    f->easy = curl_easy_init();
    if (f->easy == NULL)
        abort();
    set_up(f, folder);
    *ret = TAKE(f);
    return 0;
}

void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->known);
    free(f->url);
    free(f);
}

static int judge(const struct fetch *f, CURLcode code, const char *path, struct diag *d)
{
    long status = 0;
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return diag_set(d, ERR_AUTH, "%s has another TLS key than mirror.json names", f->url);
    if (code == CURLE_WRITE_ERROR)
        return diag_set(d, ERR_LIMIT, "%s gives more for %s than that may be", f->url, path);
    if (code != CURLE_OK)
        return diag_set(d, ERR_CLOSED, "%s: %s", f->url, curl_easy_strerror(code));
    if (status == HTTP_OK || (f->to == NULL && status == HTTP_PARTIAL))
        return 0;
    if (status == HTTP_FORBIDDEN)
        return diag_set(d, ERR_AUTH, "%s does not know this mirror's TLS key", f->url);
    if (status == HTTP_NOT_FOUND)
        return diag_set(d, ERR_NOT_FOUND, "%s does not have %s", f->url, path);
    return diag_set(d, ERR_IO, "%s answers with status %ld for %s", f->url, status, path);
}

int fetch_get(struct fetch *f, const char *path, struct buf *ret, struct diag *d)
{
    CLEANUP_FREE char *url = mem_format("%s%s", f->url, path);
    f->to = ret;
    curl_easy_setopt(f->easy, CURLOPT_URL, url);
    int r = judge(f, curl_easy_perform(f->easy), path, d);
    f->to = NULL;
    return r;
}

int fetch_rest(struct fetch *f, const char *path, int fd, uint64_t size, struct diag *d)
{
    CLEANUP_FREE char *url = mem_format("%s%s", f->url, path), *range = NULL;
    off_t have = lseek(fd, 0, SEEK_END);
    f->file.at = have < 0 || (uint64_t)have >= size ? 0 : (uint64_t)have;
    f->file.fd = fd;
    f->file.size = size;
    f->file.begun = false;
    if (f->file.at > 0)
        range = mem_format("%" PRIu64 "-", f->file.at);
    curl_easy_setopt(f->easy, CURLOPT_URL, url);
    curl_easy_setopt(f->easy, CURLOPT_RANGE, range);
    CURLcode code = curl_easy_perform(f->easy);
    curl_easy_setopt(f->easy, CURLOPT_RANGE, NULL);
    return judge(f, code, path, d);
}
