#include "public_log/audit.h"

#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "crypto/merkle_range.h"
#include "public_log/audit_internal.h"
#include "wire/registry.h"

static void known_free(struct public_log_audit *a)
{
    struct log_known *k, *next;
    HASH_ITER (hh, a->known, k, next) {
        HASH_DEL(a->known, k);
        free(k->note);
        free(k);
    }
}

static void desks_free(struct public_log_audit *a)
{
    struct log_desk *x, *next;
    HASH_ITER (hh, a->desks, x, next) {
        HASH_DEL(a->desks, x);
        use_free(x->last);
        free(x);
    }
}

static void audit_clear(struct public_log_audit *a)
{
    struct log_destroyed *x, *next;
    known_free(a);
    desks_free(a);
    HASH_ITER (hh, a->destroyed, x, next) {
        HASH_DEL(a->destroyed, x);
        free(x);
    }
    for (size_t i = 0; i < a->policy_count; i++)
        policy_free(a->policies[i].policy);
    free(a->policies);
    free(a->roots);
}

/* ---- the tree ---- */

static int tree_wrong(struct public_log_audit *a, uint64_t index)
{
    return diag_set(a->d, ERR_AUTH, "entry %" PRIu64 ": the tree's leaf is not its own", index);
}

static int check_row_form(struct public_log_audit *a, const struct log_row *row)
{
    static const uint8_t zeros[LOG_TAG_BYTES];
    const struct log_entry *e = &row->document.entry;
    bool certificate = log_kind_hidden(e->kind);
    bool tagged = memcmp(e->tag, zeros, sizeof zeros) != 0;
    if (row->number != (int64_t)a->range.size)
        return diag_set(a->d, ERR_FORMAT, "entry %" PRIu64 " is missing", a->range.size);
    if (row->malformed || !log_kind_logged(e->kind))
        return diag_set(a->d, ERR_FORMAT, "entry %" PRIu64 " is malformed", a->range.size);
    if (tagged != log_kind_tagged(e->kind))
        return diag_set(a->d, ERR_FORMAT, "entry %" PRIu64 ": %s", a->range.size,
                        tagged        ? "a tag where none belongs"
                        : certificate ? "a certificate without a tag"
                                      : "a statement of use without a tag");
    if ((row->document.note == NULL) != certificate)
        return diag_set(a->d, ERR_FORMAT, "entry %" PRIu64 ": %s", a->range.size,
                        certificate ? "a certificate with its text, which names its account"
                                    : "its document is missing");
    return 0;
}

static int remember(struct public_log_audit *a, const struct log_row *row)
{
    struct log_known *k, *twice;
    k = mem_new(sizeof *k);
    k->key[0] = (uint8_t)row->document.entry.kind;
    memcpy(k->key + 1, row->document.entry.hash, HASH_BYTES);
    HASH_FIND(hh, a->known, k->key, sizeof k->key, twice);
    if (twice != NULL) {
        free(k);
        return diag_set(a->d, ERR_AUTH, "entry %" PRIu64 ": the same as entry %" PRIu64,
                        a->range.size, twice->index);
    }
    k->index = a->range.size;
    if (row->document.entry.kind == DOCUMENT_WARRANT || row->document.entry.kind == DOCUMENT_EPOCHS)
        k->note = mem_string_n(row->document.note, row->document.note_len);
    HASH_ADD(hh, a->known, key, sizeof k->key, k);
    return 0;
}

/* First walk: the entries as leaves, and the policies, which tell the bots' keys. */
static int check_leaf(void *context, const struct log_row *row)
{
    struct public_log_audit *a = context;
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    int r = check_row_form(a, row);
    if (r < 0)
        return r;
    log_leaf(&row->document.entry, leaf);
    if (public_log_node(a->s, 0, a->range.size, stored) < 0 ||
        memcmp(leaf, stored, sizeof leaf) != 0)
        return tree_wrong(a, a->range.size);
    r = remember(a, row);
    if (r == 0 && row->document.entry.kind == DOCUMENT_POLICY)
        r = public_log_audit_policy(a, row);
    if (r < 0)
        return r;
    a->counts.entries++;
    a->counts.of_kind[row->document.entry.kind]++;
    merkle_range_add(&a->range, leaf);
    merkle_range_root(&a->range, a->roots[a->range.size]);
    return 0;
}

/* That the tiles above the leaves say what those below do, and that there are no others. */
static int check_tiles(struct public_log_audit *a)
{
    uint64_t want = 0, have = 0;
    int r = public_log_tiles(a->s, &have, a->d);
    for (unsigned level = 0; r == 0 && level < 64 && a->range.size >> level > 0; level += 8) {
        uint64_t nodes = a->range.size >> level;
        want += nodes / 256 + (nodes % 256 > 0);
        for (uint64_t i = 0; level > 0 && i < nodes; i++) {
            uint8_t left[MERKLE_BYTES], right[MERKLE_BYTES], above[MERKLE_BYTES];
            if (public_log_node(a->s, level - 1, 2 * i, left) < 0 ||
                public_log_node(a->s, level - 1, 2 * i + 1, right) < 0 ||
                public_log_node(a->s, level, i, above) < 0)
                return diag_set(a->d, ERR_FORMAT, "the tree: a tile of level %u is damaged",
                                level / 8);
            merkle_node(left, right, left);
            if (memcmp(left, above, sizeof left) != 0)
                return diag_set(a->d, ERR_AUTH,
                                "the tree: node %" PRIu64 " of tile level %u is not that of its "
                                "leaves",
                                i, level / 8);
        }
    }
    if (r == 0 && want != have)
        r = diag_set(a->d, ERR_FORMAT, "the tree: it has %" PRIu64 " tiles, not %" PRIu64, have,
                     want);
    return r;
}

static int check_checkpoint(void *context, int64_t size, const char *note, size_t len)
{
    struct public_log_audit *a = context;
    struct checkpoint c;
    if (size < 0 || (uint64_t)size > a->range.size)
        return diag_set(a->d, ERR_AUTH,
                        "checkpoint %" PRId64 ": the log has %" PRIu64 " entries only", size,
                        a->range.size);
    int r = log_checkpoint_open(a->net, note, len, &c, a->d);
    if (r < 0)
        return diag_prefix(a->d, r, "checkpoint %" PRId64, size);
    if (c.size != (uint64_t)size || memcmp(c.root, a->roots[size], sizeof c.root) != 0)
        return diag_set(a->d, ERR_AUTH, "checkpoint %" PRId64 ": it is of another tree", size);
    a->counts.checkpoints++;
    a->newest = c.size;
    return 0;
}

/* ---- the documents ---- */

static int check_document(void *context, const struct log_row *row)
{
    struct public_log_audit *a = context;
    struct note view;
    uint8_t hash[HASH_BYTES];
    const struct log_document *x = &row->document;
    if (x->note == NULL)
        return 0;
    int r = note_parse(x->note, x->note_len, VALUE_EPOCHS_MAX, &view);
    if (r < 0)
        return diag_set(a->d, ERR_FORMAT, "entry %" PRId64 ": not a signed note", row->number);
    hash_sha256(view.text, view.text_len, hash);
    if (memcmp(hash, x->entry.hash, sizeof hash) != 0)
        return diag_set(a->d, ERR_AUTH, "entry %" PRId64 ": another text than the one logged",
                        row->number);
    r = public_log_audit_document(a, row);
    return r < 0 ? diag_prefix(a->d, r, "entry %" PRId64, row->number) : 0;
}

int public_log_audit(struct public_log *s, const struct network_note *net,
                     struct public_log_audit_counts *ret, struct diag *d)
{
    CLEANUP(audit_clear) struct public_log_audit a = {.s = s, .net = net, .d = d};
    uint8_t root[MERKLE_BYTES];
    a.roots = mem_array(public_log_size(s) + 1, MERKLE_BYTES);
    merkle_empty_root(a.roots[0]);
    int r = public_log_walk(s, check_leaf, &a, d);
    if (r == 0 && a.range.size != public_log_size(s))
        r = diag_set(d, ERR_FORMAT, "entry %" PRIu64 " is missing", a.range.size);
    if (r == 0)
        r = check_tiles(&a);
    if (r == 0)
        r = public_log_root(s, a.range.size, root, d);
    if (r == 0 && memcmp(root, a.roots[a.range.size], sizeof root) != 0)
        r = diag_set(d, ERR_AUTH, "the tree: its root is not that of the entries");
    if (r == 0)
        r = public_log_walk_checkpoints(s, check_checkpoint, &a, d);
    if (r == 0 && a.newest != a.range.size)
        r = diag_set(d, ERR_AUTH, "no checkpoint covers the entries from %" PRIu64 " on", a.newest);
    if (r == 0)
        r = public_log_walk(s, check_document, &a, d);
    if (r == 0)
        *ret = a.counts;
    return r;
}
