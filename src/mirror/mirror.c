#include "mirror/mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "mirror/internal.h"
#include "network/layout.h"

#define LOCK_NAME "mirror.lock"
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 60000

int mirror_get(struct mirror *m, const struct serve_path *p, struct buf *ret, struct diag *d)
{
    CLEANUP_FREE char *path = serve_path_format(p);
    return fetch_get(m->fetch, path, ret, d);
}

int mirror_shelve(struct mirror *m, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(m->o.folder->dir, LAYOUT_DOCUMENTS);
    struct library *l = NULL;
    int r = library_open(m->net, folder, &l, d);
    if (r < 0)
        return r;
    library_free(m->library);
    m->library = l;
    return 0;
}

static int lock(struct mirror *m, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(m->o.folder->dir, LOCK_NAME);
    m->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m->lock_fd < 0)
        return diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
    if (flock(m->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return diag_set(d, ERR_EXISTS, "%s is kept by another process already", m->o.folder->dir);
    return 0;
}

int mirror_open(const struct mirror_options *o, struct mirror **ret, struct diag *d)
{
    CLEANUP(mirror_close_cleanup) struct mirror *m = mem_new(sizeof *m);
    m->o = *o;
    m->lock_fd = -1;
    int r = mirror_folder_note(o->folder, &m->net, d);
    if (r == 0)
        r = lock(m, d);
    if (r == 0)
        r = mirror_shelve(m, d);
    if (r == 0)
        r = fetch_new(o->folder, o->stop, &m->fetch, d);
    for (size_t i = 0; r == 0 && i < o->folder->bot_count; i++) {
        struct mirror_bot *b = &m->bots[m->bot_count++];
        b->name = o->folder->bots[i];
        snprintf(b->jid, sizeof b->jid, "%s.%s", b->name, m->net->domain);
    }
    if (r == 0)
        *ret = TAKE(m);
    return r;
}

void mirror_close(struct mirror *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->bot_count; i++)
        journal_close(m->bots[i].journal);
    fetch_free(m->fetch);
    library_free(m->library);
    network_note_free(m->net);
    if (m->lock_fd >= 0)
        close(m->lock_fd);
    free(m);
}

/* ---- turns ---- */

static bool is_due(const struct mirror_part *p)
{
    return p->line[0] == '\0' || clock_monotonic_ms() >= p->again_ms;
}

static int note(struct mirror *m, struct mirror_part *p, const char *what, int r,
                const struct diag *d)
{
    const char *line = r < 0 ? d->text : "";
    if (m->o.stop != NULL && *m->o.stop)
        return 0;
    p->pause_ms = r < 0 ? clock_next_pause(p->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS) : 0;
    p->again_ms = clock_monotonic_ms() + p->pause_ms;
    if (strcmp(p->line, line) != 0) {
        snprintf(p->line, sizeof p->line, "%s", line);
        diag_clean(p->line);
        m->o.say(m->o.context, what, p->line);
    }
    return r > 0;
}

int mirror_turn(struct mirror *m)
{
    struct diag d = {""};
    int news = 0;
    if (is_due(&m->documents))
        news = note(m, &m->documents, "documents", mirror_documents(m, &d), &d);
    for (size_t i = 0; i < m->bot_count; i++) {
        struct mirror_bot *b = &m->bots[i];
        if (is_due(&b->part) && (m->o.stop == NULL || !*m->o.stop))
            news |= note(m, &b->part, b->jid, mirror_journal(m, b, &d), &d);
        if (is_due(&b->files) && (m->o.stop == NULL || !*m->o.stop))
            news |= note(m, &b->files, b->jid, mirror_files(m, b, &d), &d);
    }
    return news;
}

bool mirror_stands(const struct mirror *m)
{
    bool stands = m->documents.line[0] != '\0';
    for (size_t i = 0; i < m->bot_count; i++)
        stands |= m->bots[i].part.line[0] != '\0' || m->bots[i].files.line[0] != '\0';
    return stands;
}
