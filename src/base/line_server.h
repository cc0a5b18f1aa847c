/* Lines in, lines out, on a UNIX socket, for its owner and root. Clients are never waited for: what
 * they send and take is bounded, and when there are too many, the one that has been idle longest is
 * put out. A client that follows also gets lines that it did not ask for; it is not put out, and
 * when all follow, who comes next is told so ({"error"}) and let go.
 */
#ifndef IRONSIDE_BASE_LINE_SERVER_H
#define IRONSIDE_BASE_LINE_SERVER_H

#include <poll.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define LINE_SERVER_CLIENTS 16U
#define LINE_SERVER_FDS (LINE_SERVER_CLIENTS + 1)

struct line_server;

struct line_server_options {
    const char *path;
    size_t request_max, answer_max; /* bytes, newlines and events with them */
    /* Appends the answer to a line (without its newline, ended by a NUL; "" for one with a NUL in
     * it) to `out`, with its newline. True: from now on the client follows. */
    bool (*answer)(void *context, const char *line, struct buf *out);
    void *context;
};

/* Listens on a socket of mode 0600 that is nobody else's at any moment; what lies at its path is
 * replaced. It stays there when the server ends: whoever may not touch files closes, too.
 * ERR_LIMIT: the path is too long; ERR_IO. */
int line_server_open(const struct line_server_options *o, struct line_server **ret,
                     struct diag *d) MUST_USE;
void line_server_close(struct line_server *s);
DEFINE_CLEANUP(struct line_server, line_server_close)

/* Fills in LINE_SERVER_FDS entries; those of no client are negative. */
void line_server_pollfds(const struct line_server *s, struct pollfd *fds);
/* Reads, answers and writes as far as that goes now, for the entries that were filled in last. */
void line_server_process(struct line_server *s, const struct pollfd *fds);
/* The line, without its newline, to everyone who follows. One who has not taken `answer_max` bytes
 * before is put out. */
void line_server_tell(struct line_server *s, const char *line);

#endif
