/* Archived files: the ciphertexts that a mirrored journal names, each under its hash. One that
 * broke off goes on where it was. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "journal/files.h"
#include "mirror/internal.h"

#define TURN_MAX 16U /* files of a turn: what else is new should not wait longer */

struct filing {
    struct mirror *m;
    struct mirror_bot *b;
    char *folder;
    struct journal_file_row missing[TURN_MAX];
    size_t count;
};

static void clear(struct filing *x)
{
    free(x->folder);
}

static int see(void *context, const struct journal_file_row *row)
{
    struct filing *x = context;
    CLEANUP_FREE char *path = journal_file_path(x->folder, row->file.sha256);
    if (row->removed_unix_ms == 0 && !file_exists(path))
        x->missing[x->count++] = *row;
    return x->count == TURN_MAX;
}

static int hash_of(int fd, uint8_t ret[static HASH_BYTES])
{
    uint8_t piece[16384];
    struct hash_stream *s = hash_stream_new();
    ssize_t n = lseek(fd, 0, SEEK_SET) < 0 ? -1 : 1;
    while (n > 0 && (n = read(fd, piece, sizeof piece)) > 0)
        hash_stream_add(s, piece, (size_t)n);
    hash_stream_end(s, ret);
    return n < 0 ? ERR_IO : 0;
}

/* It is all there: is it what the leaf names? Then it gets its name. */
static int keep(const struct filing *x, const struct journal_file *f, int fd, const char *part,
                struct diag *d)
{
    CLEANUP_FREE char *path = journal_file_path(x->folder, f->sha256);
    CLEANUP_FREE char *folder = mem_string_n(path, (size_t)(strrchr(path, '/') - path));
    uint8_t hash[HASH_BYTES];
    if (hash_of(fd, hash) < 0 || memcmp(hash, f->sha256, HASH_BYTES) != 0) {
        (void)!unlink(part);
        return diag_set(d, ERR_AUTH, "%s: its bytes are not those that were archived", path);
    }
    int r = file_make_folder(folder, 0755, d);
    if (r == 0 && (fsync(fd) != 0 || rename(part, path) != 0))
        r = diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
    return r;
}

static int fetch(const struct filing *x, const struct serve_path *p, const struct journal_file *f,
                 struct diag *d)
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(f->sha256, HASH_BYTES, hex);
    CLEANUP_FREE char *part = mem_format("%s/part-%s", x->folder, hex);
    CLEANUP_FREE char *path = serve_path_format(p);
    CLEANUP_CLOSE int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return diag_set(d, ERR_IO, "%s: %s", part, strerror(errno));
    int r = fetch_rest(x->m->fetch, path, fd, f->size, d);
    if (r == 0)
        return keep(x, f, fd, part, d);
    if (r == ERR_NOT_FOUND || r == ERR_LIMIT)
        (void)!unlink(part);
    return r;
}

/* Its server does not have it: because retention has removed it? */
static int note_removed(const struct filing *x, struct serve_path *p, const struct journal_file *f,
                        struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(8);
    p->what = SERVE_REMOVED;
    int r = mirror_get(x->m, p, &b, d);
    struct cursor c = cursor_over(b.data, b.len);
    uint64_t at = cursor_u64(&c);
    if (r == 0 && (cursor_end(&c) < 0 || at == 0 || at > INT64_MAX))
        r = diag_set(d, ERR_NOT_FOUND, "its server lacks a file that its bot has archived");
    return r < 0 ? r : journal_file_removed(x->b->journal, f->sha256, (int64_t)at, d);
}

int mirror_files(struct mirror *m, struct mirror_bot *b, struct diag *d)
{
    CLEANUP(clear) struct filing x = {.m = m, .b = b};
    if (b->journal == NULL || b->filed == journal_size(b->journal))
        return 0;
    x.folder = mem_format("%s/bots/%s/files", m->o.folder->dir, b->name);
    uint64_t size = journal_size(b->journal);
    int r = journal_files(b->journal, 0, see, &x, d);
    for (size_t i = 0; r >= 0 && i < x.count; i++) {
        const struct journal_file *f = &x.missing[i].file;
        struct serve_path p = {.what = SERVE_FILE};
        snprintf(p.bot, sizeof p.bot, "%s", b->name);
        memcpy(p.sha256, f->sha256, HASH_BYTES);
        r = fetch(&x, &p, f, d);
        if (r == ERR_NOT_FOUND)
            r = note_removed(&x, &p, f, d);
    }
    if (r < 0)
        return r;
    if (x.count == 0)
        b->filed = size;
    return x.count > 0;
}
