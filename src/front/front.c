#include "front/front.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "front/internal.h"

#define PUMP_MS 200
#define BACKLOG 128
#define LAST_WORDS_MS 500 /* the longest that ending waits for requests */
/* Forward secrecy and authenticated ciphers alone. SECURE256 would leave out the signatures of the
 * certificates that most authorities give out (EC P-256). */
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-AES-256-CBC:-AES-128-CBC"

struct place { /* where it listens */
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a;
    socklen_t len;
    bool loopback;
};

static int read_place(const struct front_options *o, struct place *ret, struct diag *d)
{
    struct place p = {.len = sizeof p.a.v4};
    if (inet_pton(AF_INET, o->address, &p.a.v4.sin_addr) == 1) {
        p.a.v4.sin_family = AF_INET;
        p.a.v4.sin_port = htons((uint16_t)o->port);
        p.loopback = ntohl(p.a.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    } else if (inet_pton(AF_INET6, o->address, &p.a.v6.sin6_addr) == 1) {
        p.a.v6.sin6_family = AF_INET6;
        p.a.v6.sin6_port = htons((uint16_t)o->port);
        p.len = sizeof p.a.v6;
        p.loopback = IN6_IS_ADDR_LOOPBACK(&p.a.v6.sin6_addr);
    } else {
        return diag_set(d, ERR_FORMAT, "%s: not an IP address to listen on", o->address);
    }
    if (o->port > UINT16_MAX)
        return diag_set(d, ERR_FORMAT, "%u: not a port", o->port);
    if (!p.loopback && o->certificate == NULL)
        return diag_set(d, ERR_FORMAT,
                        "%s is not loopback: a desk listens there only with a certificate",
                        o->address);
    *ret = p;
    return 0;
}

static int listen_at(struct front *f, const struct front_options *o, struct diag *d)
{
    struct place p;
    int r = read_place(o, &p, d);
    if (r < 0)
        return r;
    f->listen_fd = socket(p.a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    if (f->listen_fd < 0 ||
        setsockopt(f->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(f->listen_fd, &p.a.any, p.len) < 0 || listen(f->listen_fd, BACKLOG) < 0 ||
        getsockname(f->listen_fd, &p.a.any, &p.len) < 0)
        return diag_set(d, ERR_IO, "%s, port %u cannot be listened on: %s", o->address, o->port,
                        strerror(errno));
    bool v6 = p.a.any.sa_family == AF_INET6;
    f->port = ntohs(v6 ? p.a.v6.sin6_port : p.a.v4.sin_port);
    f->authority = mem_format(v6 ? "[%s]:%u" : "%s:%u", o->address, f->port);
    return 0;
}

/* Around Ulfius' own: which requests are under way. */
static void *begin_request(void *context, const char *uri)
{
    struct front *f = context;
    f->requests++;
    return ulfius_uri_logger(NULL, uri);
}

static void end_request(void *context, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode how)
{
    struct front *f = context;
    mhd_request_completed(NULL, connection, request, how);
    f->requests--;
}

/* Who waits has just been told that it is over: that should still reach them. */
static void await_requests(const struct front *f)
{
    for (int ms = 0; ms < LAST_WORDS_MS && f->requests > 0; ms += 5)
        poll(NULL, 0, 5);
}

/* Ulfius' own set of options, with our socket and limits. */
static int start_daemon(struct front *f, const struct front_options *o, struct diag *d)
{
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_request, f},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin_request, f},
        {MHD_OPTION_LISTEN_SOCKET, f->listen_fd, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, FRONT_IDLE_S, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, FRONT_CONNECTIONS_MAX, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, FRONT_OF_ONE_MAX, NULL},
        {o->certificate == NULL ? MHD_OPTION_END : MHD_OPTION_HTTPS_MEM_CERT, 0,
         (void *)(uintptr_t)o->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | (f->tls ? MHD_USE_TLS : 0U);
    if (ulfius_start_framework_with_mhd_options(&f->instance, flags, options) != U_OK)
        return diag_set(d, ERR_IO, "%s: HTTP cannot be served%s", f->authority,
                        f->tls ? ": are certificate and key PEM texts that fit together?" : "");
    f->serving = true;
    f->listen_fd = -1; /* the daemon's */
    return 0;
}

static int prepare(struct front *f, const struct front_options *o, struct diag *d)
{
    int r = page_open(o->page, &f->page, d);
    if (r == 0)
        r = listen_at(f, o, d);
    if (r == 0 && (r = exchange_new(o->index_fd, &f->exchange)) < 0)
        diag_set(d, r, "the socket to the index cannot be used");
    if (r < 0)
        return r;
    if (ulfius_init_instance(&f->instance, f->port, NULL, NULL) != U_OK)
        return diag_set(d, ERR_IO, "HTTP cannot be set up");
    f->instance.max_post_body_size = QUESTION_BODY_MAX + 1; /* one more: seen to be too long */
    f->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    ulfius_set_default_endpoint(&f->instance, front_http, f);
    if (o->listens != NULL && (r = o->listens(o->context, d)) < 0)
        return r;
    return start_daemon(f, o, d);
}

int front_start(const struct front_options *o, struct front **ret, struct diag *d)
{
    CLEANUP(front_free_cleanup) struct front *f = mem_new(sizeof *f);
    f->listen_fd = -1;
    f->again_ms = FRONT_AGAIN_MS;
    pthread_mutex_init(&f->listening, NULL);
    f->tls = o->certificate != NULL;
    int r = prepare(f, o, d);
    if (r == 0)
        *ret = TAKE(f);
    return r;
}

unsigned front_port(const struct front *f)
{
    return f->port;
}

int front_run(struct front *f, const volatile int *told_to_end, struct diag *d)
{
    int r = 0;
    while (r == 0 && !*told_to_end)
        r = exchange_pump(f->exchange, PUMP_MS);
    if (r < 0 && r != ERR_CLOSED)
        return diag_set(d, r, "the index's side of the socket does not answer in its form");
    return 0;
}

void front_free(struct front *f)
{
    if (f == NULL)
        return;
    f->ending = true;
    if (f->exchange != NULL)
        exchange_end(f->exchange);
    if (f->serving)
        await_requests(f);
    if (f->serving)
        ulfius_stop_framework(&f->instance);
    if (f->exchange != NULL)
        ulfius_clean_instance(&f->instance);
    exchange_free(f->exchange);
    pthread_mutex_destroy(&f->listening);
    page_free(f->page);
    if (f->listen_fd >= 0)
        close(f->listen_fd);
    free(f->authority);
    free(f);
}
