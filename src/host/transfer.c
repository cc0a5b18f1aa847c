#include "host/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"

enum {
    HTTP_OK = 200,
    HTTP_CREATED = 201,
    HTTP_PARTIAL = 206,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_GONE = 410
};

#define TURN_MS 200
#define CONNECT_MS 10000L
#define SLOW_SECONDS 20L /* without a byte: broken off */
#define PIECE 65536L

struct target { /* what curl keeps pointers to */
    char *url;
    struct curl_slist *connect_to;
};

static void target_clear(struct target *p)
{
    free(TAKE(p->url));
    curl_slist_free_all(TAKE(p->connect_to));
}

/* The certificate is the upload host's; the connection goes where the device was told. */
static void set_place(CURL *c, const struct transfer_options *o, const struct file_uri *u,
                      struct target *p)
{
    CLEANUP_BUF struct buf url = BUF_INIT(FILE_URI_MAX);
    bool six = strchr(o->host, ':') != NULL;
    CLEANUP_FREE char *to = mem_format("%s:%u:%s%s%s:%u", u->host, u->port, six ? "[" : "", o->host,
                                       six ? "]" : "", u->port);
    file_uri_put_https(&url, u);
    p->url = buf_take_text(&url);
    p->connect_to = curl_slist_append(NULL, to);
    curl_easy_setopt(c, CURLOPT_URL, p->url);
    curl_easy_setopt(c, CURLOPT_CONNECT_TO, p->connect_to);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_CAINFO, o->authority);
    curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, PIECE);
    curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, PIECE);
    if (o->source != NULL)
        curl_easy_setopt(c, CURLOPT_INTERFACE, o->source);
}

struct transfers {
    char *authority, *host, *source;
    CURLM *multi;
    CURL *easy; /* under way; NULL: none */
    struct target target;
    struct device_put put;
    int fd;
    uint64_t at;
};

struct transfers *transfers_new(const struct transfer_options *o)
{
    struct transfers *t = mem_new(sizeof *t);
    t->authority = mem_string(o->authority);
    t->host = mem_string(o->host);
    t->source = o->source == NULL ? NULL : mem_string(o->source);
    t->fd = -1;
    return t;
}

void transfers_move(struct transfers *t, const char *source)
{
    free(t->source);
    t->source = source == NULL ? NULL : mem_string(source);
}

static void end(struct transfers *t)
{
    if (t->easy != NULL) {
        curl_multi_remove_handle(t->multi, t->easy);
        curl_easy_cleanup(TAKE(t->easy));
    }
    target_clear(&t->target);
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}

void transfers_free(struct transfers *t)
{
    if (t == NULL)
        return;
    end(t);
    curl_multi_cleanup(t->multi);
    free(t->authority);
    free(t->host);
    free(t->source);
    free(t);
}

static size_t read_upload(char *to, size_t size, size_t count, void *context)
{
    struct transfers *t = context;
    ssize_t n = pread(t->fd, to, size * count, (off_t)t->at);
    if (n < 0)
        return CURL_READFUNC_ABORT;
    t->at += (uint64_t)n;
    if (t->put.progress != NULL)
        t->put.progress(t->put.context, t->at, t->put.size);
    return (size_t)n;
}

/* For when the server wants the beginning again. */
static int seek_upload(void *context, curl_off_t offset, int origin)
{
    struct transfers *t = context;
    if (origin != SEEK_SET || offset < 0)
        return CURL_SEEKFUNC_CANTSEEK;
    t->at = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t drop_answer(char *data, size_t size, size_t count, void *context)
{
    (void)data, (void)context;
    return size * count;
}

int transfers_put(struct transfers *t, const struct device_put *put)
{
    if (t->easy != NULL)
        return ERR_INVALID_STATE;
    t->fd = open(put->path, O_RDONLY | O_CLOEXEC);
    if (t->fd < 0)
        return ERR_IO;
    if (t->multi == NULL) /* a device that sends no files does without */
        t->multi = curl_multi_init();
    t->put = *put;
    t->at = 0;
    t->easy = curl_easy_init();
    if (t->multi == NULL || t->easy == NULL)
        abort();
    const struct transfer_options o = {t->authority, t->host, t->source};
    set_place(t->easy, &o, put->place, &t->target);
    curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)put->size);
    curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, seek_upload);
    curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, drop_answer);
    curl_multi_add_handle(t->multi, t->easy);
    return 0;
}

size_t transfers_pollfds(struct transfers *t, struct pollfd *fds, size_t max)
{
    fd_set in, out, error;
    int last = -1;
    size_t count = 0;
    if (t->easy == NULL)
        return 0;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&error);
    curl_multi_fdset(t->multi, &in, &out, &error, &last);
    for (int fd = 0; fd <= last && count < max; fd++) {
        int events = (FD_ISSET(fd, &in) ? POLLIN : 0) | (FD_ISSET(fd, &out) ? POLLOUT : 0);
        if (events != 0)
            fds[count++] = (struct pollfd){fd, (short)events, 0};
    }
    return count;
}

int transfers_timeout_ms(struct transfers *t)
{
    long left = -1;
    if (t->easy == NULL)
        return -1;
    curl_multi_timeout(t->multi, &left);
    return left < 0 || left > TURN_MS ? TURN_MS : (int)left;
}

/* What the answer means; 0 or an error and the words. */
static int judge_put(CURL *c, CURLcode code, char *why, size_t size)
{
    long status = 0;
    if (code != CURLE_OK) {
        snprintf(why, size, "%s", curl_easy_strerror(code));
        return ERR_CLOSED;
    }
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (status == HTTP_OK || status == HTTP_CREATED)
        return 0;
    snprintf(why, size, "the upload host answers with status %ld", status);
    return ERR_IO;
}

void transfers_run(struct transfers *t)
{
    int running = 0, left = 0;
    const CURLMsg *m;
    if (t->easy == NULL)
        return;
    curl_multi_perform(t->multi, &running);
    while (t->easy != NULL && (m = curl_multi_info_read(t->multi, &left)) != NULL) {
        char why[256] = "";
        if (m->msg != CURLMSG_DONE)
            continue;
        int r = judge_put(m->easy_handle, m->data.result, why, sizeof why);
        struct device_put put = t->put;
        end(t);
        put.done(put.context, r, why);
        return; /* it may have begun the next one */
    }
}

/* A download. */
struct getting {
    const struct transfer_get *g;
    CURL *easy;
    uint64_t at; /* where the next byte goes */
    bool begun, too_long, unwritten;
};

/* A server that goes on where we were answers 206; one that does not begins anew. */
static size_t take_data(char *data, size_t size, size_t count, void *context)
{
    struct getting *x = context;
    size_t len = size * count;
    long status = 0;
    if (!x->begun) {
        curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
        x->at = status == HTTP_PARTIAL ? x->g->have : 0;
        x->unwritten = ftruncate(x->g->fd, (off_t)x->at) != 0;
        x->begun = true;
    }
    x->too_long = len > x->g->size - x->at;
    if (x->too_long || x->unwritten)
        return 0;
    x->unwritten =
        lseek(x->g->fd, (off_t)x->at, SEEK_SET) < 0 || file_write_fd(x->g->fd, data, len) < 0;
    if (x->unwritten)
        return 0;
    x->at += len;
    if (x->g->progress != NULL)
        x->g->progress(x->g->context, x->at, x->g->size);
    return len;
}

static int judge_get(const struct getting *x, CURLcode code, struct diag *d)
{
    long status = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    if (x->too_long)
        return diag_set(d, ERR_LIMIT, "the upload host gives more bytes than the message names");
    if (x->unwritten)
        return diag_set(d, ERR_IO, "what is downloaded can't be written: %s", strerror(errno));
    if (code == CURLE_HTTP_RETURNED_ERROR &&
        (status == HTTP_NOT_FOUND || status == HTTP_FORBIDDEN || status == HTTP_GONE))
        return diag_set(d, ERR_NOT_FOUND, "the upload host does not have the file (any more)");
    if (code == CURLE_HTTP_RETURNED_ERROR)
        return diag_set(d, ERR_IO, "the upload host answers with status %ld", status);
    if (code != CURLE_OK && x->begun)
        return diag_set(d, ERR_CLOSED, "the download broke off: %s", curl_easy_strerror(code));
    if (code != CURLE_OK)
        return diag_set(d, ERR_IO, "the upload host can't be reached: %s",
                        curl_easy_strerror(code));
    if ((x->begun ? x->at : 0) != x->g->size)
        return diag_set(d, ERR_LIMIT, "the upload host gives fewer bytes than the message names");
    return 0;
}

int transfer_get(const struct transfer_options *o, const struct transfer_get *g, struct diag *d)
{
    CLEANUP(target_clear) struct target target = {NULL, NULL};
    struct getting x = {.g = g, .easy = curl_easy_init()};
    char range[48];
    if (x.easy == NULL)
        abort();
    set_place(x.easy, o, g->place, &target);
    curl_easy_setopt(x.easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(x.easy, CURLOPT_WRITEFUNCTION, take_data);
    curl_easy_setopt(x.easy, CURLOPT_WRITEDATA, &x);
    if (g->have > 0 && g->have < g->size) {
        snprintf(range, sizeof range, "%" PRIu64 "-", g->have);
        curl_easy_setopt(x.easy, CURLOPT_RANGE, range);
    }
    CURLcode code = curl_easy_perform(x.easy);
    int r = judge_get(&x, code, d);
    curl_easy_cleanup(x.easy);
    return r;
}
