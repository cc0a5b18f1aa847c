/* One journal: is there anything new, and is it what the bot has signed? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/held.h"
#include "base/clock.h"
#include "base/memory.h"
#include "follower/follower_internal.h"

#define AGAIN_MS 1000
#define SETTLED_MS 1000 /* what is written later than that has another time */

/* ---- what has changed ---- */

static int64_t milliseconds(const struct timespec *t)
{
    return (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000;
}

struct follower_stamp follower_stamp(const char *path)
{
    CLEANUP_FREE char *log = mem_format("%s-wal", path);
    const char *paths[] = {path, log};
    struct follower_stamp s;
    struct stat st;
    memset(&s, 0, sizeof s); /* it is compared as bytes */
    s.settled = true;
    for (size_t i = 0; i < 2; i++) {
        if (stat(paths[i], &st) != 0)
            continue;
        s.files[i].inode = st.st_ino;
        s.files[i].size = st.st_size;
        s.files[i].written = st.st_mtim;
        s.settled = s.settled && clock_system_ms() - milliseconds(&st.st_mtim) > SETTLED_MS;
    }
    return s;
}

bool follower_stamp_changed(const struct follower_stamp *seen, const char *path)
{
    struct follower_stamp now = follower_stamp(path);
    return !seen->settled || memcmp(now.files, seen->files, sizeof now.files) != 0;
}

bool follower_journal_due(struct follower_journal *x)
{
    if (x->for_good)
        return false;
    if (x->state.stopped[0] != '\0')
        return clock_monotonic_ms() >= x->again_ms;
    return x->more || follower_stamp_changed(&x->seen, x->path);
}

/* ---- one look ---- */

static int check_whose(struct follower_look *l)
{
    if (strcmp(journal_bot(l->j), l->x->bot) != 0)
        return diag_set(l->d, ERR_AUTH, "the journal is of another bot, %s", journal_bot(l->j));
    l->key = library_bot_key(l->f->library, l->x->bot);
    if (l->key == NULL)
        return diag_set(l->d, ERR_NOT_FOUND, "no policy in the documents names the bot yet");
    return memcmp(l->key, journal_key(l->j), SIGN_PUBLIC_BYTES) == 0
               ? 0
               : diag_set(l->d, ERR_AUTH, "the journal is of another key than the bot's");
}

/* Does the tree go on from where it was, and does the newest checkpoint fit? */
static int check_tree(struct follower_look *l)
{
    struct follower_journal *x = l->x;
    static const uint8_t unknown[MERKLE_BYTES];
    struct checkpoint c;
    char *note = NULL;
    uint8_t root[MERKLE_BYTES];
    if (journal_size(l->j) < x->state.size)
        return diag_set(l->d, ERR_AUTH,
                        "its tree had %" PRIu64 " leaves and has %" PRIu64
                        ": an older copy, or cut",
                        x->state.size, journal_size(l->j));
    if (memcmp(x->root, unknown, MERKLE_BYTES) != 0 &&
        (journal_root(l->j, x->size, root) < 0 || memcmp(root, x->root, MERKLE_BYTES) != 0))
        return diag_set(l->d, ERR_AUTH, "its tree of %" PRIu64 " leaves is another than it was",
                        x->size);
    int r = journal_checkpoint(l->j, x->covered + 1, &c, &note);
    if (r == 0)
        r = held_check(l->j, l->key, "its checkpoint", note, l->d);
    else if (r == ERR_NOT_FOUND)
        return 0;
    else
        diag_set(l->d, r, "its newest checkpoint is malformed");
    free(note);
    x->covered = r == 0 ? c.size : x->covered;
    return r;
}

static int note_tree(struct follower_look *l)
{
    uint64_t size = journal_size(l->j);
    if (journal_root(l->j, size, l->x->root) < 0)
        return diag_set(l->d, ERR_AUTH, "its tree has no root");
    l->x->size = size;
    l->x->state.size = size;
    l->x->state.covered = l->x->covered;
    return journal_clock(l->j, &l->x->clock_ms, l->d);
}

static int read_new(struct follower_look *l)
{
    struct reader_options o = {.journal = l->j,
                               .net = l->f->o.net,
                               .library = l->f->library,
                               .identities = l->f->o.identities,
                               .identity_count = l->f->o.identity_count};
    int r = check_whose(l);
    l->mends = r == ERR_NOT_FOUND;
    if (r == 0)
        r = check_tree(l);
    if (r == 0)
        r = note_tree(l);
    if (r < 0)
        return r;
    CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&o);
    l->reader = reader;
    return journal_batches(l->j, l->x->state.next, follower_batch, l, l->d);
}

static void stop(const struct follower *f, struct follower_journal *x, bool mends,
                 const struct diag *d)
{
    snprintf(x->state.stopped, sizeof x->state.stopped, "%s: %s", x->bot, d->text);
    diag_clean(x->state.stopped);
    x->for_good = !mends;
    x->again_ms = clock_monotonic_ms() + (f->o.again_ms > 0 ? f->o.again_ms : AGAIN_MS);
}

int follower_journal_look(struct follower *f, struct follower_journal *x, unsigned max,
                          const struct follower_sink *sink, unsigned *ret_count)
{
    struct diag d = {""};
    struct follower_look l = {.f = f, .x = x, .sink = sink, .max = max, .d = &d, .mends = true};
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    x->seen = follower_stamp(x->path);
    x->more = false;
    x->state.stopped[0] = '\0';
    int r = follower_shelve(f, &d);
    if (r == 0)
        r = journal_open(x->path, false, &j, &d);
    l.j = j;
    if (r == 0)
        r = read_new(&l);
    *ret_count = l.count;
    if (l.told != 0)
        x->more = true;
    else if (r < 0)
        stop(f, x, l.mends || r == ERR_IO || (j != NULL && journal_woken(j)), &d);
    return l.told;
}
