#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/generation.h"
#include "base/log.h"
#include "base/process.h"
#include "desk/roles.h"

#define INDEX_SOCKETS 4U /* to the other roles */

struct supervised {
    const struct desk_folder *folder;
    const char *passphrase; /* NULL: none */
};

/* The sockets between the roles, and a pipe with the passphrase in it. Each end is closed here once
 * its role has it. */
struct sockets {
    int reader[2], front[2], workers[2], translators[2];
    int passphrase; /* -1: none */
};

static void close_sockets(const struct sockets *s)
{
    for (int end = 0; end < 2; end++) {
        if (s->reader[end] >= 0)
            close(s->reader[end]);
        if (s->front[end] >= 0)
            close(s->front[end]);
        if (s->workers[end] >= 0)
            close(s->workers[end]);
        if (s->translators[end] >= 0)
            close(s->translators[end]);
    }
    if (s->passphrase >= 0)
        close(s->passphrase);
}

/* It fits into the pipe: VAULT_PASSPHRASE_MAX is less than a page. */
static int put_passphrase(const char *passphrase, int *ret_fd)
{
    int ends[2];
    if (passphrase == NULL)
        return 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ERR_IO;
    int r = file_write_fd(ends[1], passphrase, strlen(passphrase));
    close(ends[1]);
    *ret_fd = ends[0];
    return r;
}

static int make_sockets(const struct supervised *x, struct sockets *s)
{
    int r = process_socketpair(s->reader);
    if (r == 0)
        r = process_socketpair(s->front);
    if (r == 0)
        r = process_socketpair(s->workers);
    if (r == 0)
        r = process_socketpair(s->translators);
    return r == 0 ? put_passphrase(x->passphrase, &s->passphrase) : r;
}

static int start_role(struct generation *g, const struct supervised *x, const char *role,
                      const int *fds, size_t count, struct diag *d)
{
    const char *argv[] = {process_self(), "--role", role, x->folder->dir, NULL};
    return generation_add(g, role, argv, fds, count, d);
}

static int start(void *context, struct generation *g, struct diag *d)
{
    const struct supervised *x = context;
    struct sockets s = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, -1};
    int r = make_sockets(x, &s);
    if (r < 0)
        diag_set(d, r, "no sockets can be made");
    int index[] = {s.reader[0], s.front[0], s.workers[0], s.translators[0], s.passphrase};
    if (r == 0)
        r = start_role(g, x, "index", index, s.passphrase < 0 ? INDEX_SOCKETS : INDEX_SOCKETS + 1,
                       d);
    if (r == 0)
        r = start_role(g, x, "reader", &s.reader[1], 1, d);
    if (r == 0)
        r = start_role(g, x, "front", &s.front[1], 1, d);
    if (r == 0)
        r = start_role(g, x, "workers", &s.workers[1], 1, d);
    if (r == 0)
        r = start_role(g, x, "translators", &s.translators[1], 1, d);
    close_sockets(&s);
    return r;
}

int supervise(const struct desk_folder *f, const char *passphrase)
{
    struct supervised x = {.folder = f, .passphrase = passphrase};
    /* Read by the library that tesseract takes threads of, at its start: a worker may have none. */
    setenv("OMP_THREAD_LIMIT", "1", 1);
    log_line("%s: %zu journal%s", f->name, f->bot_count, f->bot_count == 1 ? "" : "s");
    generation_run(&(struct generation_options){.start = start, .context = &x, .first = "front"});
    return 0;
}
