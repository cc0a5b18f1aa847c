#include "archive/stored.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_new.h"
#include "base/memory.h"
#include "base/secret.h"
#include "journal/files.h"
#include "media/sealed.h"

#define ENDING_MAX 16U /* bytes of ".tar" and the like */
#define CUT "…"        /* stands for what a long name lost */

/* Are these the bytes of that hash and size? */
static int check_bytes(const char *path, const struct media_source *s,
                       const uint8_t sha256[static HASH_BYTES], uint64_t size, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    if (sealed_hash(s, hash) < 0)
        return diag_set(d, ERR_IO, "%s cannot be read", path);
    return s->size == size && memcmp(hash, sha256, HASH_BYTES) == 0
               ? 0
               : diag_set(d, ERR_AUTH, "%s: its bytes are not those that were archived", path);
}

static int open_source(const char *path, int *fd, struct media_source *ret, struct diag *d)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return diag_set(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                        errno == ENOENT ? "an archived file is missing" : strerror(errno));
    return media_source_fd(fd, ret) < 0 ? diag_set(d, ERR_IO, "%s is not a file", path) : 0;
}

struct checking {
    struct journal *j;
    const char *folder;
    struct stored_counts *counts;
    struct diag *d;
};

/* By the journal of now: a bot that runs on may have removed a file, or fetched it again, since the
 * moment that is verified. */
static int removed_now(const struct checking *x, const struct journal_file_row *row, bool *ret)
{
    struct journal_file_row now;
    int r = journal_file_now(x->j, row->file.sha256, &now, x->d);
    if (r == 0)
        *ret = now.removed_unix_ms != 0;
    return r;
}

static int check_removed(const struct checking *x, const struct journal_file_row *row,
                         const char *path)
{
    bool removed = true;
    x->counts->removed++;
    if (!file_exists(path))
        return 0;
    int r = removed_now(x, row, &removed);
    if (r < 0 || !removed || !file_exists(path))
        return r;
    return diag_set(x->d, ERR_AUTH,
                    "%s: the journal says that it was removed, and it is there; start the bot if"
                    " it was killed",
                    path);
}

static int check_kept(const struct checking *x, const struct journal_file_row *row,
                      const char *path)
{
    CLEANUP_CLOSE int fd = -1;
    struct media_source s;
    struct diag line;
    bool removed = false;
    int r = open_source(path, &fd, &s, &line);
    if (r == ERR_NOT_FOUND) {
        int now = removed_now(x, row, &removed);
        if (now == 0 && removed)
            x->counts->removed++;
        return now < 0 || removed ? now : diag_set(x->d, r, "%s", line.text);
    }
    if (r < 0)
        return diag_set(x->d, r, "%s", line.text);
    x->counts->files++;
    x->counts->bytes += row->file.size;
    return check_bytes(path, &s, row->file.sha256, row->file.size, x->d);
}

static int check_row(void *context, const struct journal_file_row *row)
{
    const struct checking *x = context;
    CLEANUP_FREE char *path = journal_file_path(x->folder, row->file.sha256);
    return row->removed_unix_ms != 0 ? check_removed(x, row, path) : check_kept(x, row, path);
}

int stored_check(struct journal *j, const char *folder, struct stored_counts *ret, struct diag *d)
{
    struct checking x = {.j = j, .folder = folder, .counts = ret, .d = d};
    *ret = (struct stored_counts){0};
    return journal_files(j, 0, check_row, &x, d);
}

/* Bytes that are not authentic never stand under the name, and what is there stays. */
static int write_opened(const struct media_source *s, const struct file_content *f,
                        const char *path, struct diag *d)
{
    CLEANUP_FILE_NEW struct file_new out = FILE_NEW_NONE;
    if (file_exists(path))
        return diag_set(d, ERR_EXISTS, "%s is there already: choose an empty folder", path);
    int r = file_new_open(path, 0600, &out, d);
    if (r < 0)
        return r;
    r = sealed_open(s, f->uri.key, f->uri.iv, out.fd);
    if (r == ERR_AUTH)
        return diag_set(d, r, "%s: the message's key does not open it", path);
    if (r < 0)
        return diag_set(d, r, "cannot write %s: %s", path, strerror(errno));
    return file_new_keep(&out, false, d);
}

/* Where a name's ending begins, ".tar" or the like; its end when it has none that is worth keeping.
 */
static size_t find_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t len = strlen(name);
    return dot == NULL || dot == name || strlen(dot) > ENDING_MAX ? len : (size_t)(dot - name);
}

/* The leaf alone makes it unique. No character is cut in two. */
static char *name_of(uint64_t leaf, const char *name)
{
    CLEANUP_FREE char *start = mem_format("%" PRIu64 "-", leaf);
    size_t ending = find_ending(name), room = STORED_NAME_MAX - strlen(start);
    const char *end = name + ending;
    size_t keep = ending;
    if (strlen(name) > room) {
        keep = room - strlen(end) - strlen(CUT);
        while (keep > 0 && (name[keep] & 0xc0) == 0x80)
            keep--;
    }
    return mem_format("%s%.*s%s%s", start, (int)keep, name, keep < ending ? CUT : "", end);
}

int stored_open(struct journal *j, const char *folder, const struct reader_message *m,
                const char *to, char **ret_name, struct diag *d)
{
    const struct envelope *e = &m->record->envelope;
    struct file_content f;
    struct journal_file_row row;
    struct media_source s;
    d->text[0] = '\0';
    if (e->file_count != 1 || file_content_parse(m->body, m->body_len, &f) < 0)
        return ERR_NOT_FOUND;
    CLEANUP_FREE char *path = journal_file_path(folder, e->files[0].sha256);
    CLEANUP_FREE char *name = name_of(m->leaf, f.name);
    CLEANUP_FREE char *out = file_join(to, name);
    CLEANUP_CLOSE int fd = -1;
    int r = journal_file(j, e->files[0].sha256, &row);
    if (r < 0)
        r = diag_set(d, r, "%s: the journal %s", path,
                     r == ERR_NOT_FOUND ? "does not name it" : "cannot be read");
    else if (row.removed_unix_ms != 0)
        r = diag_set(d, ERR_NOT_FOUND, "%s: removed at the end of its retention", path);
    if (r == 0)
        r = open_source(path, &fd, &s, d);
    if (r == 0)
        r = check_bytes(path, &s, e->files[0].sha256, e->files[0].size, d);
    if (r == 0)
        r = write_opened(&s, &f, out, d);
    secret_wipe(&f, sizeof f);
    if (r == 0)
        *ret_name = TAKE(name);
    return r;
}
