/* An account's session with its server (RFC 6120, 6121), over libstrophe 0.12.
 *
 * A hub carries any number of clients (about 150: libstrophe uses select, which ends at descriptor
 * 1023) for one thread. The caller polls the hub's descriptors and calls client_hub_run; every
 * event and callback comes out of that call. A client connects by itself and, when its session
 * ends, again after a pause of 100 ms that grows to 5 s.
 *
 * TLS is mandatory, and only the network's own authority counts: its certificate must name the
 * account's domain. SCRAM; libstrophe does not check the server's proof, the certificate does.
 *
 * Acknowledgements (XEP-0198): the server keeps each stanza until libstrophe has counted it, which
 * it does when the `stanza` event has returned. What the event commits is acknowledged, and what
 * was under way when a process dies comes again, so everything may come twice. There is no
 * resumption, and what we send is not repeated: 0.12.2 counts sent stanzas from the wrong start
 * and sends old ones again in later sessions. Each session therefore gets a libstrophe of its own.
 *
 * Two steps of libstrophe wait: the look-up of a host given by name, and the TLS handshake, which
 * is cut off when the server has not done its part after 3 s.
 */
#ifndef IRONSIDE_XMPP_CLIENT_H
#define IRONSIDE_XMPP_CLIENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "wire/xml.h"

#define CLIENT_RESOURCE "device" /* always this: a new session replaces the older one */
#define CLIENT_STANZA_MAX                                                                          \
    (128U * 1024) /* bytes of a stanza sent, and of one received as a tree                         \
                   */
#define CLIENT_QUEUE_MAX                                                                           \
    (4U * 1024 * 1024)         /* bytes that may wait to be written or acknowledged                \
                                */
#define CLIENT_QUERIES_MAX 64U /* queries without an answer */

struct client_hub;
struct client;

/* Points OpenSSL's default authorities at nothing for the whole process (SSL_CERT_FILE,
 * SSL_CERT_DIR), since libstrophe would add them, and ignores SIGPIPE if it has its default
 * action. To be called before there are threads. */
struct client_hub *client_hub_new(void) __attribute__((returns_nonnull)) MUST_USE;
/* Its clients must have been freed. */
void client_hub_free(struct client_hub *h);
DEFINE_CLEANUP(struct client_hub, client_hub_free)
#define CLEANUP_CLIENT_HUB CLEANUP(client_hub_free_cleanup)

/* What to wait for: fills in at most `max` descriptors with their events (one a client at most)
 * and returns how many; and the time in ms until client_hub_run wants to be called at the latest
 * (-1: no limit). Both change with each run, and with anything that is sent. */
size_t client_hub_pollfds(const struct client_hub *h, struct pollfd *fds, size_t max);
int client_hub_timeout_ms(const struct client_hub *h);
/* Connects, reads, calls back, writes, as far as that goes now. Not from within an event. */
void client_hub_run(struct client_hub *h);

enum client_end {
    CLIENT_LOST,      /* the session ended, or the server can't be reached; tries again */
    CLIENT_UNTRUSTED, /* the server's certificate is not the network's; tries again */
    CLIENT_REFUSED,   /* the server refuses the password: waits for client_retry */
    CLIENT_REPLACED,  /* a newer session of this account took over: waits for client_retry */
};

/* All but `stanza` may be NULL. */
struct client_events {
    /* Authenticated, and presence has been sent. */
    void (*online)(void *context);
    /* A session ended, or an attempt to open one failed. `why` is a line for a person. */
    void (*offline)(void *context, enum client_end end, const char *why);
    /* A message or presence; it lives until the event returns. IQs are not shown: answers go to
     * whoever asked, the server's own ping and disco#info are answered. All other requests are
     * refused, in the words that a server has for somebody who is away. */
    void (*stanza)(void *context, const struct xml_element *stanza);
    /* A message or presence over the cap, dropped: without what is inside. */
    void (*too_large)(void *context, const struct xml_element *start);
};

struct client_options {
    const char *account;  /* bare JID */
    const char *password; /* copied into secret memory */
    const char *host;     /* address, or name (see above) */
    uint16_t port;
    const char *authority; /* path of the authority's certificate, PEM */
    const char *source;    /* address to connect from, or NULL */
};

/* A client that connects from the next run on. `events` and `context` are kept. ERR_FORMAT: the
 * account is not a bare JID, or the source not an address. */
int client_new(struct client_hub *h, const struct client_options *o,
               const struct client_events *events, void *context, struct client **ret,
               struct diag *d) MUST_USE;
/* Closes the session; pending queries are called back with NULL. May be called from within an
 * event: no event follows, and a stanza under way is not acknowledged. */
void client_free(struct client *c);
DEFINE_CLEANUP(struct client, client_free)
#define CLEANUP_CLIENT CLEANUP(client_free_cleanup)

bool client_online(const struct client *c);
/* In this session the server has handed over all that it had stored, and the events have returned:
 * some two seconds after it began, or later. */
bool client_through(const struct client *c);
/* Connects now: ends any pause, also that after CLIENT_REFUSED and CLIENT_REPLACED. */
void client_retry(struct client *c);
/* The password of the sessions to come. */
void client_set_password(struct client *c, const char *password);
/* Breaks the session off and connects again. From within a `stanza` event: that stanza is not
 * acknowledged and comes again. */
void client_drop(struct client *c);

/* Queues whole stanzas, as they are. ERR_INVALID_STATE: not online; ERR_LIMIT: over
 * CLIENT_STANZA_MAX or CLIENT_QUEUE_MAX; ERR_FORMAT: holds a NUL. */
int client_send(struct client *c, const void *stanza, size_t len) MUST_USE;

/* `iq` is of type "result" or "error"; NULL when the time passed or the session ended. */
typedef void (*client_answer)(void *context, const struct xml_element *iq);
/* Sends an IQ ("get" or "set") with `payload` in it; `to` NULL is one's own account. Only answers
 * from just this JID count. Stanzas that come without a pause may have the answer behind them: the
 * time is up only when none comes for a second, or ten times as late. `answer` is called once,
 * unless an error is returned: ERR_INVALID_STATE: not online; ERR_LIMIT: as client_send, or too
 * many pending. */
int client_query(struct client *c, const char *to, const char *type, const char *payload,
                 int timeout_ms, client_answer answer, void *context) MUST_USE;
/* An error that passes by itself: its type is "wait" (RFC 6120 section 8.3.2). */
bool client_is_passing(const struct xml_element *iq);

/* 0; ERR_AUTH: the server refused; ERR_LIMIT: it does not do that now; ERR_TIMEOUT: no answer, so
 * that either password may be the account's. */
typedef void (*client_done)(void *context, int code);
/* Changes the account's password (XEP-0077) and, when that is done, the client's own. Sessions
 * that are open stay open. Errors as client_query; ERR_FORMAT: not text that XML can carry. */
int client_change_password(struct client *c, const char *password, client_done done,
                           void *context) MUST_USE;

/* Publishes `payload` as the only item, "current", of a node of one's own (XEP-0163), readable
 * for everyone if `open`. */
int client_publish(struct client *c, const char *node, const char *payload, bool open,
                   client_answer answer, void *context) MUST_USE;
/* Asks for the newest item of a node of `account`; client_item finds it in the answer. */
int client_fetch(struct client *c, const char *account, const char *node, client_answer answer,
                 void *context) MUST_USE;
/* The payload of the first item of that node; NULL when the answer has none. */
const struct xml_element *client_item(const struct xml_element *iq, const char *node);

#endif
