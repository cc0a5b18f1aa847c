/* Is it a bag, and whole? */
#include "exchange/bag_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "base/encode.h"
#include "base/memory.h"
#include "exchange/bag_read_internal.h"

#define DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

struct bag_seen {
    UT_hash_handle hh;
    uint8_t hash[HASH512_BYTES];
    bool listed;
    char path[];
};

/* ---- members ---- */

static struct buf *keeps(struct bag_reading *r, const char *path)
{
    if (strcmp(path, BAG_DECLARATION) == 0)
        return &r->declaration;
    if (strcmp(path, BAG_MANIFEST) == 0)
        return &r->manifest;
    return strcmp(path, BAG_TAG_MANIFEST) == 0 ? &r->tag_manifest : NULL;
}

int bag_reading_begin(struct bag_reading *r, const char *path, uint64_t size)
{
    struct bag_seen *before = NULL;
    if (!bag_path_valid(path))
        return diag_set(r->d, ERR_FORMAT, "'%s' is not a name that a bag's member may have", path);
    size_t len = strlen(path);
    HASH_FIND(hh, r->seen, path, len, before);
    if (before != NULL)
        return diag_set(r->d, ERR_FORMAT, "%s is in it twice", path);
    if (r->summary.members++ == BAG_MEMBERS_MAX)
        return diag_set(r->d, ERR_LIMIT, "it has more than %u members", BAG_MEMBERS_MAX);
    r->now = mem_new(sizeof *r->now + len + 1);
    memcpy(r->now->path, path, len + 1);
    HASH_ADD(hh, r->seen, path, len, r->now);
    r->kept = keeps(r, path);
    hash512_begin(&r->hash);
    return r->sink->begin(r->sink->context, path, size, r->d);
}

int bag_reading_data(struct bag_reading *r, const void *data, size_t len)
{
    hash512_add(&r->hash, data, len);
    r->summary.bytes += len;
    if (r->kept != NULL) {
        buf_put(r->kept, data, len);
        if (buf_failed(r->kept))
            return diag_set(r->d, ERR_LIMIT, "%s is too long", r->now->path);
    }
    return r->sink->data(r->sink->context, data, len, r->d);
}

int bag_reading_end(struct bag_reading *r)
{
    hash512_end(&r->hash, r->now->hash);
    return r->sink->end(r->sink->context, r->d);
}

static void clear(struct bag_reading *r)
{
    struct bag_seen *x, *next;
    HASH_ITER (hh, r->seen, x, next) {
        HASH_DEL(r->seen, x);
        free(x);
    }
    buf_clear(&r->declaration);
    buf_clear(&r->manifest);
    buf_clear(&r->tag_manifest);
}

/* ---- manifests ---- */

/* "HEX  PATH" */
static int take_line(struct bag_reading *r, const char *name, const char *line, size_t len)
{
    uint8_t hash[HASH512_BYTES];
    struct bag_seen *x = NULL;
    size_t digits = 2 * sizeof hash;
    if (len < digits + 3 || memcmp(line + digits, "  ", 2) != 0 ||
        decode_hex_exact(line, digits, hash, sizeof hash) < 0)
        return diag_set(r->d, ERR_FORMAT, "%s: a line is not a hash and a path", name);
    const char *path = line + digits + 2;
    size_t path_len = len - digits - 2;
    HASH_FIND(hh, r->seen, path, path_len, x);
    if (x == NULL)
        return diag_set(r->d, ERR_AUTH, "%.*s is missing", (int)path_len, path);
    if (memcmp(x->hash, hash, sizeof hash) != 0)
        return diag_set(r->d, ERR_AUTH, "%s has other bytes than %s says", x->path, name);
    if (x->listed || bag_is_payload(x->path) != (strcmp(name, BAG_MANIFEST) == 0))
        return diag_set(r->d, ERR_FORMAT, "%s: names %s twice, or is not to name it", name,
                        x->path);
    x->listed = true;
    return 0;
}

static int take_manifest(struct bag_reading *r, const char *name, struct buf *text)
{
    const char *at = buf_text(text), *end = at + text->len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            return diag_set(r->d, ERR_FORMAT, "%s does not end in a newline", name);
        int e = take_line(r, name, at, (size_t)(newline - at));
        if (e < 0)
            return e;
        at = newline + 1;
    }
    return 0;
}

/* All members have come: are they those of the manifests? */
static int finish(struct bag_reading *r)
{
    const struct bag_seen *x;
    if (strcmp(buf_text(&r->declaration), DECLARATION) != 0)
        return diag_set(r->d, ERR_FORMAT, "it is not a bag: %s is missing, or of another version",
                        BAG_DECLARATION);
    hash512(r->manifest.data, r->manifest.len, r->summary.manifest);
    int e = take_manifest(r, BAG_MANIFEST, &r->manifest);
    if (e == 0)
        e = take_manifest(r, BAG_TAG_MANIFEST, &r->tag_manifest);
    for (x = r->seen; e == 0 && x != NULL; x = x->hh.next)
        if (!x->listed && strcmp(x->path, BAG_TAG_MANIFEST) != 0)
            e = diag_set(r->d, ERR_AUTH, "%s is in no manifest", x->path);
    return e;
}

/* ---- reading ---- */

int bag_read(const char *path, const struct age_identity *identities, size_t identity_count,
             const struct bag_sink *sink, struct bag_summary *ret, struct diag *d)
{
    struct bag_reading r = {.sink = sink,
                            .declaration = BUF_INIT(1024),
                            .manifest = BUF_INIT(BAG_MANIFEST_MAX),
                            .tag_manifest = BUF_INIT(BAG_MANIFEST_MAX),
                            .d = d};
    struct stat st;
    int e;
    if (stat(path, &st) < 0)
        return diag_set(d, ERR_NOT_FOUND, "cannot read %s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        e = bag_read_folder(&r, path);
    else
        e = bag_read_file(&r, path, identities, identity_count);
    if (e == 0)
        e = finish(&r);
    *ret = r.summary;
    clear(&r);
    return e;
}
