/* The registrar's control socket: lines in, lines out, for the network's owner and root. Clients
 * are never waited for: what they send and take is bounded, and when there are too many, the one
 * that has been idle longest is put out.
 */
#ifndef IRONSIDE_REGISTRAR_CONTROL_SERVER_H
#define IRONSIDE_REGISTRAR_CONTROL_SERVER_H

#include <poll.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define CONTROL_SERVER_CLIENTS 16U
#define CONTROL_SERVER_FDS (CONTROL_SERVER_CLIENTS + 1)

struct control_server;

/* Appends the answer to a line (without its newline, ended by a NUL) to `out`, with its newline. */
typedef void (*control_server_answer)(void *context, const char *line, struct buf *out);

/* Listens on a UNIX socket of mode 0600 that it removes in the end; one that is there is replaced.
 * ERR_LIMIT: the path is too long; ERR_IO. */
int control_server_open(const char *path, control_server_answer answer, void *context,
                        struct control_server **ret, struct diag *d) MUST_USE;
void control_server_close(struct control_server *s);
DEFINE_CLEANUP(struct control_server, control_server_close)

/* Fills in CONTROL_SERVER_FDS entries; those of no client are negative. */
void control_server_pollfds(const struct control_server *s, struct pollfd *fds);
/* Reads, answers and writes as far as that goes now, for the entries that were filled in last. */
void control_server_process(struct control_server *s, const struct pollfd *fds);

#endif
