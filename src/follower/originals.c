#include "follower/originals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "journal/files.h"

#define HELD_MAX 3U  /* files: one that is worked on, some that are listened to */
#define HELD_MS 5000 /* since the last piece */

struct held {
    struct originals_file file;
    struct buf bytes; /* empty: the place is free */
    int64_t used_ms;
};
struct originals {
    struct held held[HELD_MAX];
};

static void let_go(struct held *h)
{
    buf_clear(&h->bytes);
    secret_wipe(&h->file, sizeof h->file);
}

struct originals *originals_new(void)
{
    struct originals *o = mem_new(sizeof *o);
    for (size_t i = 0; i < HELD_MAX; i++)
        o->held[i].bytes = (struct buf)BUF_INIT(VALUE_FILE_BYTES_MAX);
    return o;
}

void originals_free(struct originals *o)
{
    if (o == NULL)
        return;
    for (size_t i = 0; i < HELD_MAX; i++)
        let_go(&o->held[i]);
    free(o);
}

void originals_tidy(struct originals *o)
{
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < HELD_MAX; i++)
        if (o->held[i].bytes.len > 0 && now - o->held[i].used_ms > HELD_MS)
            let_go(&o->held[i]);
}

/* The journal's word that it is kept. */
static int ask_journal(const struct originals_place *p, const struct originals_file *f,
                       const char *path, struct diag *d)
{
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    struct journal_file_row row;
    int r = journal_open(p->journal, false, &j, d);
    if (r < 0)
        return r;
    r = journal_file(j, f->sha256, &row);
    if (r < 0)
        return diag_set(d, r, "%s: the journal %s", path,
                        r == ERR_NOT_FOUND ? "does not name it" : "cannot be read");
    if (row.removed_unix_ms != 0)
        return diag_set(d, ERR_NOT_FOUND, "%s: removed at the end of its retention", path);
    return 0;
}

static int read_all(const char *path, const struct originals_file *f, struct buf *ret,
                    struct diag *d)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return diag_set(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                        errno == ENOENT ? "an archived file is missing" : strerror(errno));
    int r = file_read_fd(fd, ret);
    if (r == 0 && ret->len == f->size)
        return 0;
    if (r == 0 || r == ERR_LIMIT)
        return diag_set(d, ERR_AUTH, "%s: its bytes are not those that were archived", path);
    return diag_set(d, r, "%s cannot be read", path);
}

static int check_bytes(const char *path, const struct originals_file *f, const struct buf *b,
                       struct diag *d)
{
    const uint8_t *data = b->data;
    const struct media_source s = media_source_memory(&data, b->len);
    uint8_t hash[HASH_BYTES];
    hash_sha256(b->data, b->len, hash);
    if (memcmp(hash, f->sha256, HASH_BYTES) != 0)
        return diag_set(d, ERR_AUTH, "%s: its bytes are not those that were archived", path);
    if (sealed_check(&s, f->key, f->iv) < 0)
        return diag_set(d, ERR_AUTH, "%s: the message's key does not open it", path);
    return 0;
}

static struct held *oldest(struct originals *o)
{
    struct held *h = &o->held[0];
    for (size_t i = 0; i < HELD_MAX; i++) {
        if (o->held[i].bytes.len == 0)
            return &o->held[i];
        if (o->held[i].used_ms < h->used_ms)
            h = &o->held[i];
    }
    return h;
}

static int hold(struct held *h, const struct originals_place *p, const struct originals_file *f,
                struct diag *d)
{
    CLEANUP_FREE char *path = journal_file_path(p->files, f->sha256);
    if (f->size < SEALED_TAG_BYTES || f->size > VALUE_FILE_BYTES_MAX)
        return diag_set(d, ERR_LIMIT, "%s: no file is of that size", path);
    let_go(h);
    int r = p->journal == NULL ? 0 : ask_journal(p, f, path, d);
    if (r == 0)
        r = read_all(path, f, &h->bytes, d);
    if (r == 0)
        r = check_bytes(path, f, &h->bytes, d);
    if (r < 0)
        let_go(h);
    else
        h->file = *f;
    return r;
}

static struct held *find(struct originals *o, const struct originals_file *f)
{
    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &o->held[i];
        if (h->bytes.len > 0 && h->file.size == f->size &&
            memcmp(h->file.sha256, f->sha256, HASH_BYTES) == 0 &&
            memcmp(h->file.key, f->key, SEALED_KEY_BYTES) == 0 &&
            memcmp(h->file.iv, f->iv, SEALED_IV_BYTES) == 0)
            return h;
    }
    return NULL;
}

int originals_read(struct originals *o, const struct originals_place *p,
                   const struct originals_file *f, uint64_t offset, size_t len, struct buf *ret,
                   struct diag *d)
{
    struct held *h = find(o, f);
    int r = 0;
    if (len > ORIGINALS_PIECE_MAX)
        return diag_set(d, ERR_LIMIT, "a piece of %zu bytes is too long", len);
    if (h == NULL) {
        h = oldest(o);
        r = hold(h, p, f, d);
    }
    if (r < 0)
        return r;
    h->used_ms = clock_monotonic_ms();
    const uint8_t *data = h->bytes.data;
    const struct media_source s = media_source_memory(&data, h->bytes.len);
    uint8_t *at = buf_extend(ret, len);
    if (at == NULL)
        return diag_set(d, ERR_LIMIT, "there is no room for a piece of a file");
    r = sealed_piece(&s, f->key, f->iv, offset, at, len);
    return r < 0 ? diag_set(d, r, "a file has no %zu bytes there", len) : 0;
}
