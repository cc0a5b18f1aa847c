#include "xmpp/client.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/value.h"
#include "xmpp/client_internal.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS 5000
#define OPENING_MS 10000
#define TICK_ONLINE_MS 1000 /* libstrophe's own answers may wait for room in the socket */
#define TICK_OPENING_MS 100
#define ASK_AGAIN_MS 2000
#define THROUGH_MS 10000
#define LOGINS_MS 50 /* of one run; the next goes on with the others */

struct client_hub {
    struct client **clients;
    size_t count;
    struct client_guard *guard;
};

struct client_hub *client_hub_new(void)
{
    struct client_hub *h = mem_new(sizeof *h);
    struct sigaction pipe;
    /* libstrophe adds the authority to OpenSSL's default ones: there must be none. */
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    /* OpenSSL writes to sockets without MSG_NOSIGNAL. */
    if (sigaction(SIGPIPE, NULL, &pipe) == 0 && pipe.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
    xmpp_initialize();
    h->guard = client_guard_new();
    return h;
}

void client_hub_free(struct client_hub *h)
{
    if (h == NULL)
        return;
    client_guard_free(h->guard);
    free(h->clients);
    free(h);
}

struct client_guard *client_guard_of(const struct client *c)
{
    return c->hub->guard;
}

static bool read_address(const char *text, struct client *c)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(&c->source, &four, sizeof four);
        c->source_len = sizeof four;
    } else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        memcpy(&c->source, &six, sizeof six);
        c->source_len = sizeof six;
    }
    return c->source_len > 0;
}

int client_new(struct client_hub *h, const struct client_options *o,
               const struct client_events *events, void *context, struct client **ret,
               struct diag *d)
{
    CLEANUP_CLIENT struct client *c = mem_new(sizeof *c);
    uint8_t id[(sizeof c->id_prefix - 1) / 2];
    if (!value_bare_valid(o->account) || strchr(o->account, '@') == NULL)
        return diag_set(d, ERR_FORMAT, "%s: not an account's address", o->account);
    if (o->source != NULL && !read_address(o->source, c))
        return diag_set(d, ERR_FORMAT, "%s: not an address to connect from", o->source);
    c->account = mem_string(o->account);
    c->host = mem_string(o->host);
    c->port = o->port;
    c->authority = mem_string(o->authority);
    c->events = events;
    c->context = context;
    c->pause_ms = PAUSE_FIRST_MS;
    client_set_password(c, o->password);
    secret_random(id, sizeof id);
    encode_hex(id, sizeof id, c->id_prefix);
    c->hub = h;
    h->clients = mem_resize(h->clients, h->count + 1, sizeof(struct client *));
    h->clients[h->count++] = c;
    *ret = TAKE(c);
    return 0;
}

static void leave_hub(struct client *c)
{
    struct client_hub *h = c->hub;
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->count; i++) {
        if (h->clients[i] != c)
            continue;
        h->clients[i] = h->clients[--h->count];
        return;
    }
}

static void destroy(struct client *c)
{
    client_session_free(c->session);
    leave_hub(c);
    secret_free(c->password);
    free(c->account);
    free(c->host);
    free(c->authority);
    free(c);
}

void client_free(struct client *c)
{
    if (c == NULL || c->doomed)
        return;
    c->doomed = true;
    client_queries_expire(c, INT64_MAX);
    if (c->inside) {
        client_drop(c); /* client_hub_run does the rest */
        return;
    }
    if (c->state == CLIENT_ONLINE)
        client_session_close(c->session);
    destroy(c);
}

bool client_online(const struct client *c)
{
    return c->state == CLIENT_ONLINE;
}

bool client_through(const struct client *c)
{
    return c->state == CLIENT_ONLINE && c->through;
}

void client_retry(struct client *c)
{
    if (c->state != CLIENT_WAITING && c->state != CLIENT_STOPPED)
        return;
    c->state = CLIENT_WAITING;
    c->next_try_ms = 0;
    c->pause_ms = PAUSE_FIRST_MS;
}

void client_set_password(struct client *c, const char *password)
{
    size_t len = strlen(password) + 1;
    secret_free(c->password);
    c->password = secret_new(len);
    memcpy(c->password, password, len);
}

void client_drop(struct client *c)
{
    if (c->session != NULL)
        client_session_break(c->session);
}

int client_send(struct client *c, const void *stanza, size_t len)
{
    if (c->state != CLIENT_ONLINE || c->doomed)
        return ERR_INVALID_STATE;
    if (memchr(stanza, '\0', len) != NULL)
        return ERR_FORMAT;
    if (len >= CLIENT_STANZA_MAX || !client_session_send(c->session, stanza, len))
        return ERR_LIMIT;
    return 0;
}

/* Between three quarters and five quarters of the pause, so that many clients of a server that
 * comes back do not come at once. */
static int jittered(int pause_ms)
{
    uint32_t random;
    secret_random(&random, sizeof random);
    return pause_ms * 3 / 4 + (int)(random % (uint32_t)(pause_ms / 2 + 1));
}

static void end_session(struct client *c, enum client_end end, const struct diag *why)
{
    int64_t now = clock_monotonic_ms();
    if (c->state == CLIENT_ONLINE && now - c->online_since_ms > PAUSE_MAX_MS)
        c->pause_ms = PAUSE_FIRST_MS;
    client_session_free(TAKE(c->session));
    c->state = end == CLIENT_REFUSED || end == CLIENT_REPLACED ? CLIENT_STOPPED : CLIENT_WAITING;
    c->next_try_ms = now + jittered(c->pause_ms);
    c->pause_ms = clock_next_pause(c->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    client_queries_expire(c, INT64_MAX);
    if (!c->doomed && c->events->offline != NULL)
        c->events->offline(c->context, end, why->text);
}

static bool send_presence(struct client *c, const char *presence)
{
    return client_session_send(c->session, presence, strlen(presence));
}

void client_on_connected(struct client *c)
{
    if (c->doomed)
        return;
    c->state = CLIENT_ONLINE;
    c->online_since_ms = clock_monotonic_ms();
    c->ask_again_ms = c->online_since_ms + ASK_AGAIN_MS;
    c->through = false;
    c->last_stanza_ms = 0;
    (void)send_presence(c, "<presence/>");
    if (c->events->online != NULL)
        c->events->online(c->context);
}

static void show_too_large(struct client *c, xmpp_stanza_t *stanza, struct arena *a)
{
    arena_reset(a);
    struct xml_element *start = client_stanza_start(a, stanza);
    if (start != NULL && c->events->too_large != NULL)
        c->events->too_large(c->context, start);
}

void client_on_stanza(struct client *c, xmpp_stanza_t *stanza)
{
    const char *ns = xmpp_stanza_get_ns(stanza), *name = xmpp_stanza_get_name(stanza);
    if (c->doomed || c->state != CLIENT_ONLINE || ns == NULL || strcmp(ns, CLIENT_NS) != 0)
        return;
    CLEANUP_ARENA struct arena a = ARENA_INIT(CLIENT_STANZA_MAX);
    struct xml_element *e = client_stanza_copy(&a, stanza);
    c->last_stanza_ms = clock_monotonic_ms();
    if (strcmp(name, "iq") == 0) {
        if (e != NULL)
            client_queries_receive(c, e);
    } else if (e != NULL) {
        c->events->stanza(c->context, e);
    } else {
        show_too_large(c, stanza, &a);
    }
    c->last_stanza_ms = clock_monotonic_ms(); /* the event may have taken long */
}

static void pump(struct client *c, short revents)
{
    enum client_end end;
    struct diag why = {0};
    if (!client_session_pump(c->session, revents, &end, &why))
        end_session(c, end, &why);
    int tick_ms = c->state == CLIENT_ONLINE ? TICK_ONLINE_MS : TICK_OPENING_MS;
    c->next_tick_ms = clock_monotonic_ms() + tick_ms;
}

static void open_session(struct client *c)
{
    struct diag why = {0};
    c->state = CLIENT_OPENING;
    c->deadline_ms = clock_monotonic_ms() + OPENING_MS;
    c->session = client_session_open(c, &why);
    if (c->session == NULL)
        end_session(c, CLIENT_LOST, &why);
}

static void on_through(void *context, const struct xml_element *iq)
{
    struct client *c = context;
    c->through = iq != NULL;
    if (iq == NULL)
        c->ask_again_ms = clock_monotonic_ms() + ASK_AGAIN_MS;
}

/* What an older session had not acknowledged is stored when that one ends, which may be after this
 * one has fetched what is stored: when the priority rises from below zero, it is fetched again.
 * What answers the ping behind that comes behind all that was stored. */
static void ask_again(struct client *c)
{
    static const char below_and_back[] = "<presence><priority>-1</priority></presence><presence/>";
    bool sent = send_presence(c, below_and_back) &&
                client_query(c, strchr(c->account, '@') + 1, "get", "<ping xmlns='urn:xmpp:ping'/>",
                             THROUGH_MS, on_through, c) == 0;
    c->ask_again_ms = sent ? INT64_MAX : clock_monotonic_ms() + ASK_AGAIN_MS;
}

static void run_client(struct client *c, short revents)
{
    int64_t now = clock_monotonic_ms();
    client_queries_expire(c, now);
    if (c->state == CLIENT_ONLINE && now >= c->ask_again_ms)
        ask_again(c);
    if (c->state == CLIENT_WAITING && now >= c->next_try_ms) {
        open_session(c);
    } else if (c->state == CLIENT_OPENING && now > c->deadline_ms) {
        struct diag why;
        diag_set(&why, 0, "%s: the server does not finish the login", c->account);
        end_session(c, CLIENT_LOST, &why);
    } else if (c->session != NULL &&
               (revents != 0 || now >= c->next_tick_ms || client_session_busy(c->session))) {
        pump(c, revents);
    }
}

static int64_t next_call_ms(const struct client *c)
{
    int64_t next = client_queries_next(c);
    int64_t own = INT64_MAX;
    if (c->doomed || (c->session != NULL && client_session_busy(c->session)))
        return 0;
    if (c->state == CLIENT_WAITING)
        own = c->next_try_ms;
    else if (c->session != NULL)
        own = c->next_tick_ms;
    if (c->state == CLIENT_ONLINE && c->ask_again_ms < own)
        own = c->ask_again_ms;
    return own < next ? own : next;
}

size_t client_hub_pollfds(const struct client_hub *h, struct pollfd *fds, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < h->count && n < max; i++) {
        const struct client_session *s = h->clients[i]->session;
        if (s != NULL && client_session_fd(s) >= 0)
            fds[n++] = (struct pollfd){.fd = client_session_fd(s),
                                       .events = client_session_poll_events(s)};
    }
    return n;
}

int client_hub_timeout_ms(const struct client_hub *h)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < h->count; i++) {
        int64_t at = next_call_ms(h->clients[i]);
        next = at < next ? at : next;
    }
    if (next == INT64_MAX)
        return -1;
    int64_t left = next - clock_monotonic_ms();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Events may add and free clients, so the list is walked over a copy; those that are freed stay
 * until the end. */
void client_hub_run(struct client_hub *h)
{
    size_t count = h->count;
    CLEANUP_FREE struct client **clients = mem_array(count + 1, sizeof(struct client *));
    CLEANUP_FREE struct pollfd *fds = mem_array(count + 1, sizeof *fds);
    for (size_t i = 0; i < count; i++) {
        const struct client_session *s = h->clients[i]->session;
        clients[i] = h->clients[i];
        clients[i]->inside = true;
        fds[i].fd = s == NULL ? -1 : client_session_fd(s);
        fds[i].events = s == NULL ? 0 : client_session_poll_events(s);
    }
    if (poll(fds, count, 0) < 0)
        memset(fds, 0, count * sizeof *fds); /* EINTR: the next run */
    int64_t start_ms = clock_monotonic_ms();
    for (size_t i = 0; i < count; i++) {
        bool login = clients[i]->state == CLIENT_OPENING && fds[i].revents != 0;
        if (!clients[i]->doomed && !(login && clock_monotonic_ms() - start_ms > LOGINS_MS))
            run_client(clients[i], fds[i].revents);
    }
    for (size_t i = 0; i < count; i++) {
        clients[i]->inside = false;
        if (clients[i]->doomed)
            destroy(clients[i]);
    }
}
