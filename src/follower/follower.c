#include "follower/follower.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "follower/follower_internal.h"

/* A batch's lines come to 4 MiB at most (archive/reader.c); what is held of one is less. */
#define HELD_MAX (8U * 1024 * 1024)
#define ARENA_MAX (64U * 1024) /* the strings of a message */

int follower_shelve(struct follower *f, struct diag *d)
{
    struct library *l = NULL;
    struct stat st;
    if (stat(f->o.documents, &st) != 0)
        return diag_set(d, ERR_IO, "%s: %s", f->o.documents, strerror(errno));
    if (f->library != NULL && memcmp(&st.st_mtim, &f->shelved, sizeof f->shelved) == 0)
        return 0;
    int r = library_open(f->o.net, f->o.documents, &l, d);
    if (r < 0)
        return r;
    library_free(f->library);
    f->library = l;
    f->shelved = st.st_mtim;
    return 0;
}

int follower_documents(struct follower *f, const struct library **ret, struct diag *d)
{
    int r = follower_shelve(f, d);
    if (r == 0)
        *ret = f->library;
    return r;
}

int follower_new(const struct follower_options *o, struct follower **ret, struct diag *d)
{
    CLEANUP(follower_free_cleanup) struct follower *f = mem_new(sizeof *f);
    f->o = *o;
    f->o.documents = f->documents = mem_string(o->documents);
    f->o.log = f->log = o->log == NULL ? NULL : mem_string(o->log);
    f->held = (struct buf)BUF_INIT_SECRET(HELD_MAX);
    f->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    int r = follower_shelve(f, d);
    if (r == 0)
        *ret = TAKE(f);
    return r;
}

void follower_free(struct follower *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->count; i++) {
        free(f->journals[i].bot);
        free(f->journals[i].path);
    }
    free(f->documents);
    free(f->log);
    free(f->validity.now);
    library_free(f->library);
    buf_clear(&f->held);
    arena_clear(&f->arena);
    free(f);
}

int follower_add(struct follower *f, const char *bot, const char *path, int64_t next, uint64_t size,
                 struct diag *d)
{
    if (f->count == FOLLOWER_BOTS_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u journals", FOLLOWER_BOTS_MAX);
    struct follower_journal *x = &f->journals[f->count++];
    *x = (struct follower_journal){.bot = mem_string(bot),
                                   .path = mem_string(path),
                                   .state = {.next = next < 1 ? 1 : next, .size = size}};
    x->state.bot = x->bot;
    return 0;
}

int follower_poll(struct follower *f, unsigned max_batches, const struct follower_sink *sink)
{
    unsigned count = 0;
    size_t first = f->turn;
    f->turn = f->count == 0 ? 0 : (f->turn + 1) % f->count;
    for (size_t i = 0; i < f->count && count < max_batches; i++) {
        struct follower_journal *x = &f->journals[(first + i) % f->count];
        unsigned n = 0;
        int r = follower_journal_due(x) ? follower_journal_look(f, x, max_batches - count, sink, &n)
                                        : 0;
        if (r != 0)
            return r;
        count += n;
    }
    return (int)count;
}

size_t follower_states(const struct follower *f,
                       struct follower_state ret[static FOLLOWER_BOTS_MAX])
{
    for (size_t i = 0; i < f->count; i++)
        ret[i] = f->journals[i].state;
    return f->count;
}
