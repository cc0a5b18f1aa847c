/* Connections of a confined process, which can make none itself: a process of its own connects, to
 * a few UNIX sockets that were named when it was started, and hands the descriptors over. Whoever
 * takes the confined process over reaches these sockets, by their number, and no others.
 *
 *     question    number (1)
 *     answer      0 with a descriptor (SCM_RIGHTS), or 1: nobody listens there
 *
 * The other process is this same program again, whose main hands "--connector PATH…" to
 * connector_main. It is confined, too, and ends when its socket is closed.
 */
#ifndef IRONSIDE_BASE_CONNECTOR_H
#define IRONSIDE_BASE_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

#define CONNECTOR_SOCKETS_MAX 4U

struct connector;

/* Connects in this process: for programs that are not confined. At most CONNECTOR_SOCKETS_MAX
 * paths, which are copied; one that is NULL is a socket that is not there. */
struct connector *connector_new(const char *const *paths, size_t count);
/* The same by another process; to be called before confine_daemon. ERR_IO. */
int connector_start(const char *const *paths, size_t count, struct connector **ret,
                    struct diag *d) MUST_USE;
void connector_free(struct connector *c);
DEFINE_CLEANUP(struct connector, connector_free)

/* A new connection to the socket with this number; not blocking, closed on exec, the caller's.
 * ERR_IO: nobody listens there; ERR_CLOSED: the other process has ended or does not answer. */
int connector_get(struct connector *c, size_t number, int *ret) MUST_USE;
/* To poll: what comes there between two questions is the other process's end, and this one has to
 * end with it. -1: there is none. */
int connector_fd(const struct connector *c);

/* Do main's arguments ask for the other process? */
bool connector_is_asked_for(int argc, char **argv);
/* Is it; returns the program's exit status. */
int connector_main(int argc, char **argv);

#endif
