/* HTTPS by libmicrohttpd, in one thread of its own: who is slow holds up nobody, and what is open
 * at once is bounded. */
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "network/layout.h"
#include "serve/answer.h"
#include "serve/serve.h"
#include "serve/tls.h"

#define BACKLOG 64
#define CONNECTIONS_MAX 64U
#define OF_ONE_MAX 16U          /* connections of one address */
#define IDLE_S 20U              /* seconds without a byte */
#define HEADER_BYTES_MAX 16384U /* of a request, and what GnuTLS keeps of it */
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3"

struct server {
    struct server_options o;
    struct serve_settings settings;
    char *network, *note;
    struct MHD_Daemon *daemon;
    int listen_fd;
    unsigned port;
};

/* The key that the other side has shown to have, or NULL. */
static const struct serve_agency *agency_of(const struct server *s, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned count = 0;
    uint8_t hash[HASH_BYTES];
    const gnutls_datum_t *list =
        info == NULL ? NULL : gnutls_certificate_get_peers(info->tls_session, &count);
    if (list == NULL || count == 0 || serve_tls_hash_der(list[0].data, list[0].size, hash) < 0)
        return NULL;
    return serve_settings_agency(&s->settings, hash);
}

static enum MHD_Result respond(struct MHD_Connection *c, unsigned status, struct buf *b)
{
    bool ok = status == MHD_HTTP_OK;
    struct MHD_Response *r = MHD_create_response_from_buffer(
        b->len, b->len == 0 ? (void *)(uintptr_t) "" : b->data,
        b->len == 0 ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
    if (r == NULL)
        return MHD_NO;
    if (b->len > 0)
        b->data = NULL; /* the response's */
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
                            ok ? "application/octet-stream" : "text/plain; charset=utf-8");
    MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    enum MHD_Result done = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *text)
{
    struct buf b = BUF_INIT(256);
    buf_format(&b, "%s\n", text);
    return respond(c, status, &b);
}

/* From where on: "bytes=N-" is what mirrors ask; anything else is as nothing. */
static uint64_t range_of(struct MHD_Connection *c)
{
    static const char form[] = "bytes=";
    const char *text = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_RANGE);
    uint64_t from = 0;
    size_t len = text == NULL ? 0 : strlen(text);
    if (len <= sizeof form || strncmp(text, form, sizeof form - 1) != 0 || text[len - 1] != '-')
        return 0;
    CLEANUP_FREE char *number = mem_string_n(text + sizeof form - 1, len - sizeof form);
    return value_parse_u64(number, VALUE_FILE_BYTES_MAX, &from) < 0 ? 0 : from;
}

static enum MHD_Result give_file(struct MHD_Connection *c, int fd)
{
    struct stat st;
    uint64_t from = range_of(c), size = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    char range[80];
    if (from > size)
        from = 0;
    struct MHD_Response *r = MHD_create_response_from_fd_at_offset64(size - from, fd, from);
    if (r == NULL) {
        close(fd);
        return MHD_NO;
    }
    snprintf(range, sizeof range, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from, size - 1, size);
    if (from > 0)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
    enum MHD_Result done =
        MHD_queue_response(c, from > 0 ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return done;
}

/* What is wrong here is for who runs this, not for who asks. */
static enum MHD_Result answer(struct server *s, struct MHD_Connection *c, const char *url)
{
    struct serve_path p;
    struct diag d = {""};
    struct buf b = BUF_INIT(SERVE_ANSWER_MAX);
    if (serve_path_parse(url, &p) < 0)
        return refuse(c, MHD_HTTP_NOT_FOUND, "there is no such path");
    int r = p.what == SERVE_FILE ? serve_file(s->network, &p) : 0;
    if (p.what == SERVE_FILE && r >= 0)
        return give_file(c, r);
    if (p.what == SERVE_NETWORK_NOTE)
        buf_put_text(&b, s->note);
    else if (r == 0)
        r = serve_answer(s->network, &p, &b, &d);
    if (r == 0)
        return respond(c, MHD_HTTP_OK, &b);
    buf_clear(&b);
    if (r == ERR_NOT_FOUND)
        return refuse(c, MHD_HTTP_NOT_FOUND, "there is nothing of that name");
    log_line("%s cannot be given: %s", url, d.text);
    return refuse(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "it cannot be read here just now");
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *len, void **state)
{
    struct server *s = context;
    (void)version, (void)data;
    if (*state == NULL) { /* its head alone: a body is not waited for */
        *state = s;
        return MHD_YES;
    }
    if (*len > 0)
        return MHD_NO;
    if (agency_of(s, c) == NULL)
        return refuse(c, MHD_HTTP_FORBIDDEN, "no agency that is known here has this TLS key");
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "all is only read");
    return answer(s, c, url);
}

static int listen_at(struct server *s, struct diag *d)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = {.v4 = {.sin_family = AF_INET}};
    socklen_t len = sizeof a.v4;
    const int on = 1;
    if (inet_pton(AF_INET, s->settings.address, &a.v4.sin_addr) != 1) {
        a.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6};
        len = sizeof a.v6;
        if (inet_pton(AF_INET6, s->settings.address, &a.v6.sin6_addr) != 1)
            return diag_set(d, ERR_FORMAT, "%s: not an address to listen on", s->settings.address);
        a.v6.sin6_port = htons(s->settings.port);
    } else {
        a.v4.sin_port = htons(s->settings.port);
    }
    s->listen_fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listen_fd < 0 ||
        setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(s->listen_fd, &a.any, len) < 0 || listen(s->listen_fd, BACKLOG) < 0 ||
        getsockname(s->listen_fd, &a.any, &len) < 0)
        return diag_set(d, ERR_IO, "%s, port %u cannot be listened on: %s", s->settings.address,
                        s->settings.port, strerror(errno));
    s->port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
    return 0;
}

/* That a certificate is named as one to trust makes it ask for the other side's, whosever signed
 * it: its key alone counts. */
static int start_daemon(struct server *s, struct diag *d)
{
    s->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_TLS, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        OF_ONE_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX,
        MHD_OPTION_HTTPS_MEM_CERT, s->o.certificate, MHD_OPTION_HTTPS_MEM_KEY, s->o.key,
        MHD_OPTION_HTTPS_MEM_TRUST, s->o.certificate, MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
        MHD_OPTION_END);
    if (s->daemon == NULL)
        return diag_set(d, ERR_IO, "HTTPS cannot be served: do key and certificate fit together?");
    s->listen_fd = -1; /* the daemon's */
    return 0;
}

int server_start(const struct server_options *o, struct server **ret, struct diag *d)
{
    CLEANUP(server_free_cleanup) struct server *s = mem_new(sizeof *s);
    s->o = *o;
    s->settings = *o->settings;
    s->network = mem_string(o->network);
    s->listen_fd = -1;
    CLEANUP_FREE char *path = layout_path(o->network, LAYOUT_NETWORK_NOTE);
    int r = file_read_text(path, VALUE_NOTE_MAX, &s->note, d);
    if (r == 0)
        r = listen_at(s, d);
    if (r == 0 && o->listens != NULL)
        r = o->listens(o->context, d);
    if (r == 0)
        r = start_daemon(s, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

unsigned server_port(const struct server *s)
{
    return s->port;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    if (s->daemon != NULL)
        MHD_stop_daemon(s->daemon);
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    free(s->network);
    free(s->note);
    free(s);
}
