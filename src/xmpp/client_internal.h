/* What the client's own files share. */
#ifndef IRONSIDE_XMPP_CLIENT_INTERNAL_H
#define IRONSIDE_XMPP_CLIENT_INTERNAL_H

#include <strophe.h>
#include <sys/socket.h>

#include "xmpp/client.h"

#define CLIENT_NS "jabber:client"

/* client_guard.c: a thread that cuts a socket off when a step of libstrophe takes too long. */
struct client_guard;
struct client_guard *client_guard_new(void);
void client_guard_free(struct client_guard *g);
/* From now until client_guard_end: shuts the socket down after `timeout_ms`. */
void client_guard_begin(struct client_guard *g, int fd, int timeout_ms);
void client_guard_end(struct client_guard *g);

/* client_session.c: one connection, from the first packet to the last. */
struct client_session;
/* Begins to connect. NULL and a line in `d`: it failed at once. */
struct client_session *client_session_open(struct client *c, struct diag *d);
void client_session_free(struct client_session *s);
/* Lets libstrophe work until nothing more happens. False: the session is over; `*ret_end` and `d`
 * say why. */
bool client_session_pump(struct client_session *s, short revents, enum client_end *ret_end,
                         struct diag *d);
bool client_session_send(struct client_session *s, const void *data, size_t len);
/* Says goodbye without waiting for an answer. */
void client_session_close(struct client_session *s);
void client_session_break(struct client_session *s);
int client_session_fd(const struct client_session *s);
short client_session_poll_events(const struct client_session *s);
/* There is more to do at once. */
bool client_session_busy(const struct client_session *s);

/* client_stanza.c. NULL: over the arena's maximum. */
struct xml_element *client_stanza_copy(struct arena *a, xmpp_stanza_t *from);
/* Without what is inside; NULL: over the maximum all the same. */
struct xml_element *client_stanza_start(struct arena *a, xmpp_stanza_t *from);

/* client_query.c */
struct client_pending; /* a query without an answer */
void client_queries_receive(struct client *c, const struct xml_element *iq);
/* Calls back with NULL those that are due; all of them when `now_ms` is INT64_MAX. */
void client_queries_expire(struct client *c, int64_t now_ms);
/* When the next one is due; INT64_MAX: none. */
int64_t client_queries_next(const struct client *c);

enum client_state {
    CLIENT_WAITING, /* until next_try_ms */
    CLIENT_STOPPED, /* until client_retry */
    CLIENT_OPENING, /* until deadline_ms */
    CLIENT_ONLINE
};

struct client {
    struct client_hub *hub;
    char *account;
    char *password; /* in secret memory */
    char *host;
    uint16_t port;
    char *authority;
    struct sockaddr_storage source;
    socklen_t source_len; /* 0: none */
    const struct client_events *events;
    void *context;

    enum client_state state;
    struct client_session *session; /* OPENING, ONLINE */
    int64_t next_try_ms;
    int64_t deadline_ms;
    int64_t online_since_ms;
    int64_t ask_again_ms;   /* ONLINE: when to ask for stored stanzas once more; INT64_MAX: done */
    bool through;           /* the answer to that came behind them */
    int64_t last_stanza_ms; /* 0: none came in this session */
    int64_t next_tick_ms;   /* when libstrophe wants to run, whatever happens */
    int pause_ms;
    bool inside; /* an event or callback may be under way */
    bool doomed; /* freed from within one */

    struct client_pending *pending;
    size_t pending_count;
    char id_prefix[17];
    uint64_t id_count;
};

struct client_guard *client_guard_of(const struct client *c);

/* What a session reports while it is pumped. */
void client_on_connected(struct client *c);
void client_on_stanza(struct client *c, xmpp_stanza_t *stanza);

#endif
