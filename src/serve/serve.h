/* Serving what is sealed: a network's journals, documents and public log over HTTPS, to agencies
 * whose keys are known, and to nobody else. Reads only; it holds no key but that of its own TLS,
 * and opens nothing.
 *
 * All agencies are given all: batches are sealed, and whoever checks a tree needs all of its
 * leaves. What is asked for is a path (serve/path.h), how it is answered serve/answer.h.
 */
#ifndef IRONSIDE_SERVE_SERVE_H
#define IRONSIDE_SERVE_SERVE_H

#include "base/cleanup.h"
#include "serve/settings.h"

struct server;

struct server_options {
    const char *network; /* the network's folder, absolute */
    const struct serve_settings *settings;
    const char *certificate, *key; /* PEM texts of its TLS */
    /* Called once it listens, before its first thread: here the process confines itself. NULL:
     * nothing. What it returns below 0 is handed on. */
    int (*listens)(void *context, struct diag *d);
    void *context;
};
/* Listens, and serves from a thread of its own until it is let go. ERR_IO (address in use, no
 * network note there, …), ERR_FORMAT. */
int server_start(const struct server_options *o, struct server **ret, struct diag *d) MUST_USE;
unsigned server_port(const struct server *s);
void server_free(struct server *s);
DEFINE_CLEANUP(struct server, server_free)

#endif
