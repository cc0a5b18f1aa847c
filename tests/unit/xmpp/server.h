/* A scripted XMPP server with TLS on a port of 127.0.0.1, in a thread of its own. */
#ifndef IRONSIDE_TESTS_XMPP_SERVER_H
#define IRONSIDE_TESTS_XMPP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct server;
/* What happens on a connection, the first being 1; afterwards it is closed. In the server's
 * thread, so without cmocka's assertions: server_check. */
typedef void (*server_script)(struct server *s, int connection);

/* Its certificate, which is its own authority, names `name`. */
struct server *server_start(const char *name, server_script script);
/* Ends it; a failed check fails the test. */
void server_stop(struct server *s);
uint16_t server_port(const struct server *s);
const char *server_authority(const struct server *s); /* path */
int server_connections(const struct server *s);       /* so far */

/* For scripts. */
void server_say(struct server *s, const char *text);
void server_say_bytes(struct server *s, const void *data, size_t len);
/* Reads up to and with `text`; false: it does not come within 10 s. */
bool server_hear(struct server *s, const char *text);
/* Did not `text` come, until the client hung up? */
bool server_never_hears(struct server *s, const char *text);
/* What was read up to the text that was heard last. */
const char *server_heard(struct server *s);
void server_check(struct server *s, bool condition, const char *what);
/* Waits until the test calls server_go_on, at most 10 s. */
void server_wait(struct server *s);
void server_go_on(struct server *s);
const char *server_peer(struct server *s); /* the client's address */

/* The steps of a login. */
void server_open_stream(struct server *s, const char *features);
void server_tls(struct server *s);
bool server_challenge(struct server *s); /* up to the client's proof */
void server_bind(struct server *s);
bool server_login(struct server *s); /* all of them, with stream management */

#define SERVER_STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
#define SERVER_SCRAM                                                                               \
    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism>"    \
    "</mechanisms>"
#define SERVER_SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define SERVER_BIND "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>"

#endif
