/* A network's documents: all that are new are checked together with those that are here, against
 * the network note, before one is written. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "mirror/internal.h"
#include "network/layout.h"
#include "serve/listing.h"
#include "wire/value.h"

#define FETCHED_MAX (64U * 1024 * 1024) /* bytes of new documents in a turn */

/* In the order in which they are written: what a policy names is there before it. */
static const enum document_kind kinds[] = {DOCUMENT_EPOCHS, DOCUMENT_WARRANT, DOCUMENT_POLICY};
#define KINDS (sizeof kinds / sizeof *kinds)

struct shelf {
    struct mirror *m;
    char *folder;
    struct library_note *notes; /* by path: those that are here, and over them the new ones */
    bool *fresh;                /* of each note */
    size_t count, fetched;      /* bytes */
};

static void clear(struct shelf *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->notes[i].name);
        free(s->notes[i].text);
    }
    free(s->notes);
    free(s->fresh);
    free(s->folder);
}

static void add(struct shelf *s, char *path, char *text, bool fresh)
{
    s->notes = mem_resize(s->notes, s->count + 1, sizeof *s->notes);
    s->fresh = mem_resize(s->fresh, s->count + 1, sizeof *s->fresh);
    s->notes[s->count] = (struct library_note){path, text};
    s->fresh[s->count++] = fresh;
}

static bool is_wanted(const char *text)
{
    bool wanted = false;
    for (size_t i = 0; i < KINDS; i++)
        wanted |= document_is(text, strlen(text), document_kind_text(kinds[i]));
    return wanted;
}

static int fetch_one(struct shelf *s, const struct serve_listed *x, char *path, struct diag *d)
{
    struct serve_path p = {.what = SERVE_DOCUMENT};
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_FREE char *own = path;
    uint8_t sha256[HASH_BYTES];
    snprintf(p.name, sizeof p.name, "%s", x->name);
    int r = mirror_get(s->m, &p, &b, d);
    if (r < 0)
        return r;
    hash_sha256(b.data, b.len, sha256);
    if (memcmp(sha256, x->sha256, HASH_BYTES) != 0)
        return diag_set(d, ERR_AUTH, "%s is not what the server's own list says", x->name);
    s->fetched += b.len;
    if (memchr(b.data, '\0', b.len) == NULL && is_wanted(buf_text(&b)))
        add(s, TAKE(own), buf_take_text(&b), true);
    return 0;
}

/* It is here already as it is listed, or is fetched. */
static int take_listed(struct shelf *s, const struct serve_listed *x, struct diag *d)
{
    char *path = file_join(s->folder, x->name);
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_EPOCHS_MAX);
    uint8_t sha256[HASH_BYTES];
    if (file_exists(path) && file_read(path, &b, NULL) == 0) {
        hash_sha256(b.data, b.len, sha256);
        if (memcmp(sha256, x->sha256, HASH_BYTES) == 0) {
            add(s, path, buf_take_text(&b), false);
            return 0;
        }
    }
    if (s->fetched < FETCHED_MAX)
        return fetch_one(s, x, path, d);
    free(path);
    return 0; /* the next turn's */
}

static int write_new(struct shelf *s, struct diag *d)
{
    int r = 0;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; r == 0 && i < s->count; i++) {
            const char *text = s->notes[i].text;
            if (s->fresh[i] && document_is(text, strlen(text), document_kind_text(kinds[k])))
                r = file_write(s->notes[i].name, text, strlen(text), 0644, d);
        }
    return r;
}

static int check(struct shelf *s, struct diag *d)
{
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    return library_new(s->m->net, s->notes, s->count, &l, d);
}

static int take_list(struct shelf *s, const struct buf *list, struct diag *d)
{
    CLEANUP_FREE struct serve_listed *listed = NULL;
    size_t count = 0;
    int r = serve_listing_parse((const char *)list->data, list->len, &listed, &count);
    if (r < 0)
        return diag_set(d, r, "the server's list of documents is malformed");
    for (size_t i = 0; r == 0 && i < count; i++)
        r = take_listed(s, &listed[i], d);
    return r;
}

int mirror_documents(struct mirror *m, struct diag *d)
{
    CLEANUP(clear) struct shelf s = {.m = m};
    CLEANUP_BUF struct buf list = BUF_INIT(SERVE_LISTING_BYTES_MAX);
    const struct serve_path p = {.what = SERVE_DOCUMENTS};
    s.folder = layout_path(m->o.folder->dir, LAYOUT_DOCUMENTS);
    int r = mirror_get(m, &p, &list, d);
    if (r == 0)
        r = take_list(&s, &list, d);
    size_t fresh = 0;
    for (size_t i = 0; i < s.count; i++)
        fresh += s.fresh[i];
    if (r < 0 || fresh == 0)
        return r;
    r = check(&s, d);
    if (r == 0)
        r = write_new(&s, d);
    if (r == 0)
        r = mirror_shelve(m, d);
    return r < 0 ? r : 1;
}
