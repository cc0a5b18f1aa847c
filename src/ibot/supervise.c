#include <unistd.h>

#include "base/generation.h"
#include "base/log.h"
#include "base/process.h"
#include "ibot/roles.h"

_Static_assert(2 + FOLDER_OPENERS_MAX <= GENERATION_CHILDREN_MAX, "all of a bot's processes");

/* The sockets between the roles: link and keeper, and for each opener one to either. Each end is
 * closed here once its role has it. */
struct sockets {
    int link_keeper[2];
    int link_opener[FOLDER_OPENERS_MAX][2];
    int opener_keeper[FOLDER_OPENERS_MAX][2];
};

static int make_sockets(struct sockets *s, size_t openers)
{
    int r = process_socketpair(s->link_keeper);
    for (size_t i = 0; r == 0 && i < openers; i++) {
        r = process_socketpair(s->link_opener[i]);
        if (r == 0)
            r = process_socketpair(s->opener_keeper[i]);
    }
    return r;
}

static void close_sockets(struct sockets *s, size_t openers)
{
    for (int end = 0; end < 2; end++) {
        close(s->link_keeper[end]);
        for (size_t i = 0; i < openers; i++) {
            close(s->link_opener[i][end]);
            close(s->opener_keeper[i][end]);
        }
    }
}

struct supervised {
    const struct bot_folder *folder;
    const char *name;
};

static int start_role(struct generation *g, const struct supervised *x, const char *role,
                      const int *fds, size_t fd_count, struct diag *d)
{
    const char *argv[] = {process_self(), "--role", role, x->folder->network, x->name, NULL};
    return generation_add(g, role, argv, fds, fd_count, d);
}

static int start(void *context, struct generation *g, struct diag *d)
{
    const struct supervised *x = context;
    const struct bot_folder *f = x->folder;
    struct sockets s;
    int link[1 + FOLDER_OPENERS_MAX], keeper[1 + FOLDER_OPENERS_MAX];
    if (make_sockets(&s, f->openers) < 0)
        return diag_set(d, ERR_IO, "no sockets can be made");
    link[0] = s.link_keeper[0];
    keeper[0] = s.link_keeper[1];
    for (size_t i = 0; i < f->openers; i++) {
        link[1 + i] = s.link_opener[i][0];
        keeper[1 + i] = s.opener_keeper[i][1];
    }
    int r = start_role(g, x, "keeper", keeper, 1 + f->openers, d);
    for (size_t i = 0; r == 0 && i < f->openers; i++)
        r = start_role(g, x, "opener", (int[]){s.link_opener[i][1], s.opener_keeper[i][0]}, 2, d);
    if (r == 0)
        r = start_role(g, x, "link", link, 1 + f->openers, d);
    close_sockets(&s, f->openers);
    return r;
}

int supervise(const struct bot_folder *f, const char *name)
{
    struct supervised x = {.folder = f, .name = name};
    log_line("%s: %zu opener%s", f->jid, f->openers, f->openers == 1 ? "" : "s");
    generation_run(&(struct generation_options){.start = start, .context = &x, .first = "link"});
    return 0;
}
