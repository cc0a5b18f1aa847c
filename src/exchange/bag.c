#include "exchange/bag.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"

#define SEALED_MAX (1U << 20) /* bytes that wait to be written */
#define MEMBER_MODE 0644
#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@+"

struct bag {
    char *path, *partial, *name;
    int fd;
    struct age_writer *age;
    struct archive *tar;
    struct buf sealed;              /* ciphertext on its way to the file */
    struct buf payload, tags, info; /* the manifests' lines */
    struct hash512 hash;            /* of the member under way */
    char member[BAG_PATH_MAX + 1];
    int64_t at_unix_ms;
    uint64_t bytes, members; /* of the payload */
    bool dropped;            /* what libarchive still writes when it is let go goes nowhere */
};

bool bag_path_valid(const char *path)
{
    size_t len = strlen(path);
    if (len == 0 || len > BAG_PATH_MAX)
        return false;
    for (const char *at = path;; at++) {
        size_t part = strspn(at, NAME_CHARS);
        if (part == 0 || at[0] == '.')
            return false;
        at += part;
        if (*at == '\0')
            return true;
        if (*at != '/')
            return false;
    }
}

bool bag_is_payload(const char *path)
{
    return strncmp(path, BAG_PAYLOAD, strlen(BAG_PAYLOAD)) == 0;
}

/* ---- from the archive to the file ---- */

static int flush(struct bag *b)
{
    int r = file_write_fd(b->fd, b->sealed.data, b->sealed.len);
    buf_reset(&b->sealed);
    return r;
}

static la_ssize_t take_tar(struct archive *tar, void *context, const void *data, size_t len)
{
    struct bag *b = context;
    if (b->dropped)
        return (la_ssize_t)len;
    if (age_writer_add(b->age, data, len, &b->sealed) < 0 || flush(b) < 0) {
        archive_set_error(tar, errno == 0 ? EIO : errno, "%s", strerror(errno));
        return -1;
    }
    return (la_ssize_t)len;
}

static int failed(struct bag *b, struct diag *d)
{
    return diag_set(d, ERR_IO, "cannot write %s: %s", b->partial, archive_error_string(b->tar));
}

static int open_tar(struct bag *b, struct diag *d)
{
    b->tar = archive_write_new();
    if (b->tar == NULL || archive_write_set_format_pax_restricted(b->tar) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(b->tar, 1) != ARCHIVE_OK ||
        archive_write_open(b->tar, b, NULL, take_tar, NULL) != ARCHIVE_OK)
        return diag_set(d, ERR_IO, "cannot write a tar archive");
    return 0;
}

static int open_file(struct bag *b, struct diag *d)
{
    if (file_exists(b->path))
        return diag_set(d, ERR_EXISTS, "%s is there already: name another file", b->path);
    b->fd = open(b->partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return b->fd < 0 ? diag_set(d, ERR_IO, "cannot write %s: %s", b->partial, strerror(errno)) : 0;
}

static int put_declaration(struct bag *b, struct diag *d)
{
    static const char text[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    return bag_put(b, BAG_DECLARATION, text, strlen(text), d);
}

int bag_new(const struct bag_options *o, struct bag **ret, struct diag *d)
{
    CLEANUP(bag_free_cleanup) struct bag *b = mem_new(sizeof *b);
    b->fd = -1;
    b->path = mem_string(o->path);
    b->partial = mem_format("%s.partial", o->path);
    b->name = mem_string(o->name);
    b->at_unix_ms = o->at_unix_ms;
    b->sealed = (struct buf)BUF_INIT(SEALED_MAX);
    b->payload = (struct buf)BUF_INIT(BAG_MANIFEST_MAX);
    b->tags = (struct buf)BUF_INIT(BAG_MANIFEST_MAX);
    int r = open_file(b, d);
    if (r == 0 && age_writer_new(o->recipients, o->recipient_count, &b->sealed, &b->age) < 0)
        r = diag_set(d, ERR_KEY, "a package is sealed to 1 to %u recipients", AGE_RECIPIENTS_MAX);
    if (r == 0)
        r = open_tar(b, d);
    if (r == 0)
        r = put_declaration(b, d);
    if (r == 0)
        *ret = TAKE(b);
    return r;
}

void bag_free(struct bag *b)
{
    if (b == NULL)
        return;
    b->dropped = true;
    archive_write_free(b->tar);
    age_writer_free(b->age);
    if (b->fd >= 0) {
        close(b->fd);
        unlink(b->partial);
    }
    buf_clear(&b->sealed);
    buf_clear(&b->payload);
    buf_clear(&b->tags);
    free(b->path);
    free(b->partial);
    free(b->name);
    free(b);
}

/* ---- members ---- */

static int write_header(struct bag *b, const char *path, uint64_t size, struct diag *d)
{
    CLEANUP_FREE char *full = mem_format("%s/%s", b->name, path);
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, full);
    archive_entry_set_size(e, (la_int64_t)size);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, MEMBER_MODE);
    archive_entry_set_mtime(e, b->at_unix_ms / 1000, 0);
    int r = archive_write_header(b->tar, e);
    archive_entry_free(e);
    return r == ARCHIVE_OK ? 0 : failed(b, d);
}

int bag_begin(struct bag *b, const char *path, uint64_t size, struct diag *d)
{
    if (!bag_path_valid(path))
        return diag_set(d, ERR_FORMAT, "'%s' is not a name that a bag's member may have", path);
    memcpy(b->member, path, strlen(path) + 1);
    hash512_begin(&b->hash);
    if (bag_is_payload(path)) {
        b->bytes += size;
        b->members++;
    }
    return write_header(b, path, size, d);
}

int bag_add(struct bag *b, const void *data, size_t len, struct diag *d)
{
    hash512_add(&b->hash, data, len);
    return len == 0 || archive_write_data(b->tar, data, len) == (la_ssize_t)len ? 0 : failed(b, d);
}

int bag_end(struct bag *b, struct diag *d)
{
    uint8_t hash[HASH512_BYTES];
    char hex[2 * HASH512_BYTES + 1];
    struct buf *lines = bag_is_payload(b->member) ? &b->payload : &b->tags;
    hash512_end(&b->hash, hash);
    encode_hex(hash, sizeof hash, hex);
    buf_format(lines, "%s  %s\n", hex, b->member);
    if (buf_failed(lines))
        return diag_set(d, ERR_LIMIT, "a package has at most %u bytes of members' names",
                        BAG_MANIFEST_MAX);
    return archive_write_finish_entry(b->tar) == ARCHIVE_OK ? 0 : failed(b, d);
}

int bag_put(struct bag *b, const char *path, const void *data, size_t len, struct diag *d)
{
    int r = bag_begin(b, path, len, d);
    if (r == 0)
        r = bag_add(b, data, len, d);
    return r == 0 ? bag_end(b, d) : r;
}

/* ---- its end ---- */

static int put_info(struct bag *b, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(1024);
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(calendar_day_of(b->at_unix_ms), day);
    buf_format(&text,
               "Bagging-Date: %s\nExternal-Identifier: %s\nPayload-Oxum: %" PRIu64 ".%" PRIu64 "\n",
               day, b->name, b->bytes, b->members);
    return bag_put(b, BAG_INFO, text.data, text.len, d);
}

int bag_close_payload(struct bag *b, uint8_t ret_manifest[static HASH512_BYTES], struct diag *d)
{
    int r = put_info(b, d);
    if (r == 0)
        r = bag_put(b, BAG_MANIFEST, b->payload.data, b->payload.len, d);
    hash512(b->payload.data, b->payload.len, ret_manifest);
    return r;
}

static int close_file(struct bag *b, struct diag *d)
{
    int r = age_writer_end(b->age, &b->sealed);
    b->age = NULL;
    if (r == 0)
        r = flush(b);
    if (r < 0 || fsync(b->fd) < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", b->partial, strerror(errno));
    if (link(b->partial, b->path) < 0)
        return errno == EEXIST
                   ? diag_set(d, ERR_EXISTS, "%s is there already: name another file", b->path)
                   : diag_set(d, ERR_IO, "cannot make %s: %s", b->path, strerror(errno));
    return 0; /* bag_free lets go of the other name */
}

int bag_finish(struct bag *b, struct diag *d)
{
    CLEANUP_BUF struct buf lines = BUF_INIT(BAG_MANIFEST_MAX);
    buf_put(&lines, b->tags.data, b->tags.len); /* it does not list itself */
    int r = bag_put(b, BAG_TAG_MANIFEST, lines.data, lines.len, d);
    if (r == 0 && archive_write_close(b->tar) != ARCHIVE_OK)
        r = failed(b, d);
    if (r == 0) {
        archive_write_free(b->tar);
        b->tar = NULL;
        r = close_file(b, d);
    }
    return r;
}
