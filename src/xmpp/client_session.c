/* One connection over libstrophe: a context, a connection and their memory, from the first packet
 * to the last. */
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/secret.h"
#include "xmpp/client_internal.h"

/* Bytes that libstrophe may hold for one session, and in one piece. A stanza as ejabberd lets
 * through, 128 KiB, takes up to 9 MiB as elements, and 0.8 MiB as the line that libstrophe logs. */
#define MEMORY_MAX (4U * CLIENT_QUEUE_MAX)
#define PIECE_MAX (2U * 1024 * 1024)
#define HANDSHAKE_MS 3000
/* libstrophe reads 4096 bytes a round, OpenSSL may hold back a record of 16 KiB, and neither says
 * so: this many rounds without any work mean that nothing is left. */
#define QUIET_ROUNDS 5
#define ROUNDS_MAX 256 /* then the other clients' turn */

struct client_session {
    struct client *client;
    xmpp_mem_t memory;
    xmpp_log_t log;
    xmpp_ctx_t *context;
    xmpp_conn_t *connection;
    int fd;           /* libstrophe's; -1: none */
    size_t held;      /* bytes that libstrophe has allocated */
    uint64_t work;    /* changes whenever it allocates: it did something */
    bool established; /* the socket is connected */
    bool closing;     /* ends because we said so: no more events */
    bool too_much;    /* libstrophe holds more than it may */
    bool over, busy;
    enum client_end end;
    struct diag why; /* "" until something is known */
};

/* Callbacks that libstrophe gives no pointer of ours: socket options and certificates. Both happen
 * inside connect and pump, so this is the session that is there at the time. */
static _Thread_local struct client_session *running;

/* libstrophe's memory: counted, which bounds what a server can make it hold, and wiped, since it
 * copies the password and every stanza. */

static void *allocate(size_t size, void *userdata)
{
    struct client_session *s = userdata;
    void *p = mem_new(size);
    s->held += malloc_usable_size(p);
    s->work++;
    s->too_much = s->too_much || size > PIECE_MAX || s->held > MEMORY_MAX;
    return p;
}

static void release(void *p, void *userdata)
{
    struct client_session *s = userdata;
    if (p == NULL)
        return;
    size_t size = malloc_usable_size(p);
    secret_wipe(p, size);
    s->held -= size;
    free(p);
}

static void *resize(void *p, size_t size, void *userdata)
{
    void *moved = allocate(size, userdata);
    if (p != NULL) {
        size_t old = malloc_usable_size(p);
        memcpy(moved, p, old < size ? old : size);
        release(p, userdata);
    }
    return moved;
}

/* The first reason that is known is the one that counts. */
static void set_reason(struct client_session *s, enum client_end end, const char *why)
{
    if (s->why.text[0] != '\0')
        return;
    s->end = end;
    diag_set(&s->why, 0, "%s: %s", s->client->account, why);
}

/* A refusal is told in the log only: user handlers see nothing before the session is open. Before
 * TLS anyone could have sent it. */
static void on_log(void *userdata, xmpp_log_level_t level, const char *area, const char *message)
{
    struct client_session *s = userdata;
    (void)area;
    if (s->client->state == CLIENT_ONLINE || s->connection == NULL)
        return;
    if (strncmp(message, "RECV: <failure", 14) == 0 && xmpp_conn_is_secured(s->connection)) {
        if (strstr(message, "<temporary-auth-failure") == NULL)
            set_reason(s, CLIENT_REFUSED, "the server refuses the password");
        else
            set_reason(s, CLIENT_LOST, "the server cannot check passwords now");
    } else if (level == XMPP_LEVEL_ERROR) {
        set_reason(s, CLIENT_LOST, message);
    }
}

static int on_bad_certificate(const xmpp_tlscert_t *certificate, const char *const error)
{
    struct client_session *s = running;
    const char *subject = xmpp_tlscert_get_string(certificate, XMPP_CERT_SUBJECT);
    char line[320];
    snprintf(line, sizeof line,
             "the server's certificate (%s) is not one of the network's for %s: %s",
             subject == NULL ? "no subject" : subject, strchr(s->client->account, '@') + 1, error);
    set_reason(s, CLIENT_UNTRUSTED, line);
    return 0;
}

/* Called for each socket before it connects. A server that is gone is noticed within a minute
 * (keepalive), what it does not acknowledge after half of one. */
static int on_socket(xmpp_conn_t *connection, void *sock)
{
    struct client_session *s = running;
    static const int one = 1, idle_s = 30, interval_s = 10, probes = 3, unacknowledged_ms = 30000;
    int fd = *(int *)sock;
    (void)connection;
    if (fd >= FD_SETSIZE) {
        set_reason(s, CLIENT_LOST, "too many open files in this process (libstrophe uses select)");
        return -1;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
    if (s->client->source_len > 0 &&
        bind(fd, (struct sockaddr *)&s->client->source, s->client->source_len) != 0) {
        set_reason(s, CLIENT_LOST, "cannot connect from the source address");
        return -1;
    }
    s->fd = fd;
    s->established = false;
    return 0;
}

static int on_stanza(xmpp_conn_t *connection, xmpp_stanza_t *stanza, void *userdata)
{
    struct client_session *s = userdata;
    (void)connection;
    if (!s->closing)
        client_on_stanza(s->client, stanza);
    ERR_clear_error(); /* what the caller left there would look like TLS's own error */
    return 1;
}

static void on_disconnected(struct client_session *s, const xmpp_stream_error_t *error)
{
    s->over = true;
    s->fd = -1;
    if (error != NULL && error->type == XMPP_SE_CONFLICT && s->client->state == CLIENT_ONLINE)
        set_reason(s, CLIENT_REPLACED, "a newer session of this account took over");
    else if (error != NULL && error->text != NULL)
        set_reason(s, CLIENT_LOST, error->text);
    else if (error != NULL)
        set_reason(s, CLIENT_LOST, "the server ended the stream with an error");
    else if (s->client->state == CLIENT_ONLINE)
        set_reason(s, CLIENT_LOST, "the connection ended");
    else
        set_reason(s, CLIENT_LOST,
                   s->established ? "the server ended the connection at login"
                                  : "cannot reach the server");
}

static void on_connection(xmpp_conn_t *connection, xmpp_conn_event_t event, int error,
                          xmpp_stream_error_t *stream_error, void *userdata)
{
    struct client_session *s = userdata;
    (void)error;
    if (event != XMPP_CONN_CONNECT) {
        on_disconnected(s, stream_error);
    } else if (!s->closing) {
        s->why.text[0] = '\0';
        xmpp_conn_set_pass(connection, ""); /* wipes it */
        client_on_connected(s->client);
    }
    ERR_clear_error();
}

static void configure(struct client_session *s, const char *jid)
{
    const struct client *c = s->client;
    s->memory = (xmpp_mem_t){.alloc = allocate, .free = release, .realloc = resize, .userdata = s};
    s->log = (xmpp_log_t){.handler = on_log, .userdata = s};
    s->context = xmpp_ctx_new(&s->memory, &s->log);
    s->connection = xmpp_conn_new(s->context);
    xmpp_conn_set_flags(s->connection, XMPP_CONN_FLAG_MANDATORY_TLS);
    xmpp_conn_set_jid(s->connection, jid);
    xmpp_conn_set_pass(s->connection, c->password);
    xmpp_conn_set_cafile(s->connection, c->authority);
    xmpp_conn_set_certfail_handler(s->connection, on_bad_certificate);
    xmpp_conn_set_sockopt_callback(s->connection, on_socket);
    xmpp_handler_add(s->connection, on_stanza, NULL, NULL, NULL, s);
}

struct client_session *client_session_open(struct client *c, struct diag *d)
{
    if (access(c->authority, R_OK) != 0) {
        diag_set(d, ERR_IO, "%s: cannot read the network's authority %s", c->account, c->authority);
        return NULL;
    }
    CLEANUP_FREE char *jid = mem_format("%s/" CLIENT_RESOURCE, c->account);
    struct client_session *s = mem_new(sizeof *s);
    s->client = c;
    s->fd = -1;
    configure(s, jid);
    running = s;
    int r = xmpp_connect_client(s->connection, c->host, c->port, on_connection, s);
    running = NULL;
    if (r == XMPP_EOK)
        return s;
    s->fd = -1;
    set_reason(s, CLIENT_LOST, "cannot reach the server");
    *d = s->why;
    client_session_free(s);
    return NULL;
}

void client_session_free(struct client_session *s)
{
    if (s == NULL)
        return;
    client_session_break(s); /* closing TLS in good order could wait a second for the server */
    ERR_clear_error();
    running = s;
    xmpp_conn_release(s->connection);
    running = NULL;
    s->connection = NULL;
    xmpp_ctx_free(s->context);
    free(s);
}

static void run_once(struct client_session *s)
{
    bool guarded = s->client->state == CLIENT_OPENING && s->fd >= 0;
    struct client_guard *guard = client_guard_of(s->client);
    if (guarded)
        client_guard_begin(guard, s->fd, HANDSHAKE_MS);
    ERR_clear_error();
    running = s;
    xmpp_run_once(s->context, 0);
    running = NULL;
    if (guarded)
        client_guard_end(guard);
}

static bool readable(const struct client_session *s)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    return s->established && s->fd >= 0 && poll(&p, 1, 0) > 0;
}

bool client_session_pump(struct client_session *s, short revents, enum client_end *ret_end,
                         struct diag *d)
{
    int quiet = 0;
    if ((revents & POLLOUT) != 0 && (revents & (POLLERR | POLLHUP)) == 0)
        s->established = true;
    s->busy = true;
    for (int round = 0; round < ROUNDS_MAX && !s->over && !s->client->doomed; round++) {
        uint64_t before = s->work;
        run_once(s);
        quiet = s->work != before || readable(s) ? 0 : quiet + 1;
        if (s->too_much) {
            set_reason(s, CLIENT_LOST, "the server sends more than a session may hold");
            s->over = true;
        }
        if (quiet == QUIET_ROUNDS) {
            s->busy = false;
            break;
        }
    }
    if (s->end == CLIENT_REFUSED || s->end == CLIENT_UNTRUSTED)
        s->over = true; /* libstrophe would wait for the server to close the stream */
    if (!s->over)
        return true;
    *ret_end = s->end;
    *d = s->why;
    return false;
}

bool client_session_send(struct client_session *s, const void *data, size_t len)
{
    if (s->held + len > CLIENT_QUEUE_MAX)
        return false;
    char *text = mem_string_n(data, len); /* xmpp_send_raw looks for a NUL */
    xmpp_send_raw(s->connection, text, len);
    secret_wipe(text, len);
    free(text);
    s->busy = true;
    return true;
}

void client_session_close(struct client_session *s)
{
    s->closing = true;
    xmpp_disconnect(s->connection);
    run_once(s);
}

void client_session_break(struct client_session *s)
{
    s->closing = true; /* what has been read already is not shown any more */
    if (s->fd >= 0)
        shutdown(s->fd, SHUT_RDWR);
    s->busy = true;
}

int client_session_fd(const struct client_session *s)
{
    return s->fd;
}

short client_session_poll_events(const struct client_session *s)
{
    if (!s->established)
        return POLLOUT;
    return (short)(POLLIN | (xmpp_conn_send_queue_len(s->connection) > 0 ? POLLOUT : 0));
}

bool client_session_busy(const struct client_session *s)
{
    return s->busy;
}
