/* A component's session with its server (XEP-0114) over a socket of this machine.
 *
 * The caller polls the descriptor and calls component_process; what it wants to send it appends to
 * component_out. A component that is not connected connects again by itself with growing pauses.
 */
#ifndef IRONSIDE_XMPP_COMPONENT_H
#define IRONSIDE_XMPP_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/connector.h"
#include "wire/xml.h"

struct component;

struct component_events {
    void (*ready)(void *context);                   /* authenticated: stanzas may be sent */
    void (*closed)(void *context, const char *why); /* after ready: the session ended */
    void (*stanza)(void *context, const struct xml_element *stanza);
    void (*too_large)(void *context, const struct xml_element *start); /* over the stanza cap */
};

/* The server's UNIX socket is number `socket` of the connector, which outlives the component. The
 * secret is copied into secret memory. */
struct component *component_new(const char *jid, const char *secret, struct connector *connector,
                                size_t socket, size_t max_stanza,
                                const struct component_events *events, void *context);
/* A component without a socket, already authenticated: for tests and benchmarks that feed stanzas
 * from memory and read component_out. */
struct component *component_new_detached(const char *jid, size_t max_stanza,
                                         const struct component_events *events, void *context);
void component_free(struct component *c);

bool component_ready(const struct component *c);
/* Descriptor (-1: none now) and events to poll for, and the time in ms until component_process
 * wants to be called at the latest (-1: no limit). */
int component_fd(const struct component *c);
short component_poll_events(const struct component *c);
int component_timeout_ms(const struct component *c);
/* Connects, reads, calls back, writes, as far as that goes now. */
void component_process(struct component *c, short revents);
/* What the server sent. ERR_FORMAT: not a stream; the session is over. */
int component_feed(struct component *c, const void *data, size_t len) MUST_USE;

/* Append whole stanzas here, only while ready. When what waits to be written is over 64 MiB, the
 * session is ended: the server does not read. */
struct buf *component_out(struct component *c);
/* Writes what the socket takes now; errors are seen by the next component_process. */
void component_flush(struct component *c);

/* XMPP's small duties that every component has: answers disco#info and ping with the given
 * identity. True when the stanza was one of these. */
bool component_answer_service(struct component *c, const struct xml_element *stanza,
                              const char *category, const char *type, const char *name);
/* Begins `<iq type='result' from='us' to='…' id='…'>` as an answer; end it with "</iq>". */
void component_begin_result(struct component *c, const struct xml_element *iq);
/* Answers an IQ with an error: RFC 6120 condition such as "item-not-found", and beside it an
 * element of one's own, as XML; "": none. */
void component_send_error(struct component *c, const struct xml_element *iq, const char *condition,
                          const char *own);

#endif
