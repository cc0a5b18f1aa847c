/* A bag in one age file. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secret.h"
#include "exchange/bag_read_internal.h"

#define PIECE_BYTES 65536U

struct opening {
    struct bag_reading *r;
    const char *path;
    int fd;
    struct age_reader *age;
    struct buf sealed, open; /* a piece of the file, and what it holds */
    int failed;              /* what age or the file said; 0 */
    bool given;              /* `open` was handed on */
    bool ended;
    char name[BAG_PATH_MAX + 1]; /* of the bag's folder; "" not known yet */
};

/* ---- from the file to the archive ---- */

static int read_piece(struct opening *o, size_t len)
{
    uint8_t *to = buf_extend(&o->sealed, len);
    size_t got = 0;
    while (got < len) {
        ssize_t n = read(o->fd, to + got, len - got);
        if (n < 0)
            return diag_set(o->r->d, ERR_IO, "cannot read %s: %s", o->path, strerror(errno));
        if (n == 0)
            break;
        got += (size_t)n;
    }
    o->sealed.len -= len - got;
    return 0;
}

/* The next piece that is open; `open` stays empty at the file's end. */
static int open_piece(struct opening *o)
{
    int r = 0;
    buf_reset(&o->open);
    while (r == 0 && o->open.len == 0 && !o->ended) {
        buf_reset(&o->sealed);
        r = read_piece(o, PIECE_BYTES);
        if (r == 0 && o->sealed.len == 0) {
            o->ended = true;
            r = age_reader_end(o->age, &o->open);
            o->age = NULL;
        } else if (r == 0) {
            r = age_reader_add(o->age, o->sealed.data, o->sealed.len, &o->open);
        }
    }
    return r;
}

static la_ssize_t give_tar(struct archive *tar, void *context, const void **ret)
{
    struct opening *o = context;
    if (o->given || o->open.len == 0)
        o->failed = open_piece(o);
    o->given = true;
    if (o->failed < 0) {
        archive_set_error(tar, EIO, "the file was changed or cut");
        return -1;
    }
    *ret = o->open.data;
    return (la_ssize_t)o->open.len;
}

static int begin_age(struct opening *o, const struct age_identity *identities, size_t count)
{
    size_t used = 0;
    o->fd = open(o->path, O_RDONLY | O_CLOEXEC);
    if (o->fd < 0)
        return diag_set(o->r->d, ERR_IO, "cannot read %s: %s", o->path, strerror(errno));
    int r = read_piece(o, AGE_HEAD_BYTES);
    if (r < 0)
        return r;
    r = age_reader_new(identities, count, o->sealed.data, o->sealed.len, &used, &o->age);
    if (r == ERR_NOT_FOUND)
        return diag_set(o->r->d, r, "%s is not sealed to this identity", o->path);
    if (r == 0)
        r = age_reader_add(o->age, o->sealed.data + used, o->sealed.len - used, &o->open);
    return r < 0 ? diag_set(o->r->d, r, "%s is not an age file, or was changed", o->path) : 0;
}

/* ---- members ---- */

/* Within the one folder of the bag. */
static const char *path_of(struct opening *o, struct archive_entry *e)
{
    const char *full = archive_entry_pathname(e);
    const char *slash = full == NULL ? NULL : strchr(full, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - full);
    if (len == 0 || len >= sizeof o->name)
        return NULL;
    if (o->name[0] == '\0') {
        memcpy(o->name, full, len);
        o->name[len] = '\0';
    }
    return strncmp(full, o->name, len) == 0 && o->name[len] == '\0' ? slash + 1 : NULL;
}

static int failed(struct opening *o, struct archive *tar)
{
    return diag_set(o->r->d, o->failed < 0 ? o->failed : ERR_FORMAT, "%s: %s", o->path,
                    archive_error_string(tar));
}

static int read_data(struct opening *o, struct archive *tar)
{
    uint8_t piece[PIECE_BYTES];
    for (;;) {
        la_ssize_t n = archive_read_data(tar, piece, sizeof piece);
        if (n < 0)
            return failed(o, tar);
        if (n == 0)
            return bag_reading_end(o->r);
        int e = bag_reading_data(o->r, piece, (size_t)n);
        if (e < 0)
            return e;
    }
}

static int read_member(struct opening *o, struct archive *tar, struct archive_entry *e)
{
    const char *path = path_of(o, e);
    if (path == NULL || archive_entry_filetype(e) != AE_IFREG ||
        archive_entry_hardlink(e) != NULL || archive_entry_symlink(e) != NULL ||
        archive_entry_size(e) < 0 || archive_entry_sparse_count(e) > 0)
        return diag_set(o->r->d, ERR_FORMAT, "%s: '%s' is not a file of the bag", o->path,
                        archive_entry_pathname(e) == NULL ? "" : archive_entry_pathname(e));
    int r = bag_reading_begin(o->r, path, (uint64_t)archive_entry_size(e));
    return r == 0 ? read_data(o, tar) : r;
}

static int read_members(struct opening *o, struct archive *tar)
{
    struct archive_entry *e;
    for (;;) {
        int found = archive_read_next_header(tar, &e);
        if (found == ARCHIVE_EOF)
            break;
        if (found != ARCHIVE_OK)
            return failed(o, tar);
        int r = read_member(o, tar, e);
        if (r < 0)
            return r;
    }
    while (o->failed == 0 && !o->ended) /* what is behind the archive must be whole, too */
        o->failed = open_piece(o);
    return o->failed < 0 ? diag_set(o->r->d, o->failed, "%s was changed or cut", o->path) : 0;
}

static int read_tar(struct opening *o)
{
    struct archive *tar = archive_read_new();
    int r = ERR_IO;
    if (tar != NULL && archive_read_support_format_tar(tar) == ARCHIVE_OK &&
        archive_read_open(tar, o, NULL, give_tar, NULL) == ARCHIVE_OK)
        r = read_members(o, tar);
    else
        r = tar == NULL ? ERR_IO : failed(o, tar);
    archive_read_free(tar);
    return r;
}

int bag_read_file(struct bag_reading *r, const char *path, const struct age_identity *identities,
                  size_t count)
{
    struct opening o = {.r = r,
                        .path = path,
                        .fd = -1,
                        .sealed = BUF_INIT(AGE_HEAD_BYTES + PIECE_BYTES),
                        .open = BUF_INIT_SECRET(2 * AGE_HEAD_BYTES)};
    if (count == 0)
        return diag_set(r->d, ERR_KEY, "%s is sealed: name the --identity that opens it", path);
    int e = begin_age(&o, identities, count);
    if (e == 0)
        e = read_tar(&o);
    age_reader_free(o.age);
    cleanup_close(&o.fd);
    buf_clear(&o.sealed);
    buf_clear(&o.open);
    return e;
}
