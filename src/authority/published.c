#include "authority/published.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"

#define FILES_MAX 4096
#define PROBLEMS_MAX 64

struct file {
    char *path;
    uint8_t hash[HASH_BYTES]; /* of its text */
    struct policy *policy;    /* with enough signatures; NULL: something else */
};

struct reading {
    struct published *x;
    struct file *files;
    size_t count;
};

void published_free(struct published *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < x->problem_count; i++)
        free(x->problems[i]);
    free(x->problems);
    policy_set_free(x->set);
    network_note_free(x->net);
    free(x);
}

const struct policy *published_policy(const struct published *x)
{
    return x->set == NULL ? NULL : x->set->policy;
}

static void leave_out(struct published *x, const char *path, const struct diag *why)
{
    if (x->problem_count == PROBLEMS_MAX)
        return;
    x->problems = mem_resize(x->problems, x->problem_count + 1, sizeof *x->problems);
    x->problems[x->problem_count++] = mem_format("%s: %s", path, why->text);
}

static int read_network(struct published *x, const char *dir, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *draft = mem_format("%s/" PUBLISHED_FOUNDING "/network.note", dir);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0) {
        r = network_note_open(note, strlen(note), &x->net, d);
        return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
    }
    if (r != ERR_NOT_FOUND || !file_exists(draft))
        return r == ERR_NOT_FOUND
                   ? diag_set(d, r, "%s is not a network: it has no network.note", dir)
                   : r;
    x->founding = true;
    r = file_read_text(draft, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open_unsigned(note, strlen(note), &x->net, d);
    return r < 0 ? diag_prefix(d, r, "%s", draft) : 0;
}

static void add_file(struct reading *g, const char *folder, const char *name)
{
    struct file f = {.path = file_join(folder, name)};
    struct diag why = {""};
    CLEANUP_FREE char *note = NULL;
    struct note view;
    int r = file_read_text(f.path, VALUE_EPOCHS_MAX, &note, &why);
    if (r == 0 && note_parse(note, strlen(note), VALUE_EPOCHS_MAX, &view) < 0)
        r = diag_set(&why, ERR_FORMAT, "not a signed note");
    if (r == 0) {
        hash_sha256(view.text, view.text_len, f.hash);
        if (document_is(note, strlen(note), "policy"))
            r = policy_open(g->x->net, note, strlen(note), &f.policy, &why);
    }
    if (r < 0) {
        leave_out(g->x, f.path, &why);
        free(f.path);
        return;
    }
    g->files[g->count++] = f;
}

static int is_note(const struct dirent *e)
{
    return e->d_name[0] != '.' && file_name_ends(e->d_name, ".note");
}

static int read_folder(struct reading *g, const char *dir, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(dir, LAYOUT_DOCUMENTS);
    struct dirent **list = NULL;
    int count = scandir(folder, &list, is_note, alphasort);
    if (count < 0)
        return diag_set(d, ERR_IO, "cannot read %s: %s", folder, strerror(errno));
    g->files = mem_array((size_t)count + 1, sizeof *g->files);
    for (int i = 0; i < count; i++) {
        if (count <= FILES_MAX)
            add_file(g, folder, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return count <= FILES_MAX
               ? 0
               : diag_set(d, ERR_LIMIT, "%s: more than %d documents", folder, FILES_MAX);
}

/* Of two with the same serial the first in the folder, as the registrar has it. */
static int by_serial(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    uint32_t p = x->policy == NULL ? 0 : x->policy->serial;
    uint32_t q = y->policy == NULL ? 0 : y->policy->serial;
    return p != q ? (p > q) - (p < q) : strcmp(x->path, y->path);
}

/* What does not follow the one before it was never in force: the registrar refuses it, too. The
 * first that is there is believed. */
static void keep_chain(struct reading *g)
{
    const struct policy *before = NULL;
    for (size_t i = 0; i < g->count; i++) {
        struct file *f = &g->files[i];
        struct diag why = {""};
        if (before != NULL && f->policy != NULL && policy_follows(before, f->policy, &why) < 0) {
            leave_out(g->x, f->path, &why);
            policy_free(TAKE(f->policy));
        }
        before = f->policy == NULL ? before : f->policy;
    }
}

static int add_wanted(const struct reading *g, struct policy_set *s, enum document_kind kind,
                      const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    int r = diag_set(d, ERR_NOT_FOUND, "its %s are not all there",
                     kind == DOCUMENT_WARRANT ? "warrants" : "epochs");
    for (size_t i = 0; r < 0 && i < g->count; i++) {
        CLEANUP_FREE char *note = NULL;
        if (memcmp(g->files[i].hash, hash, HASH_BYTES) != 0)
            continue;
        r = file_read_text(g->files[i].path, VALUE_EPOCHS_MAX, &note, d);
        if (r == 0)
            r = policy_set_add(s, g->x->net, kind, note, strlen(note), d);
    }
    return r;
}

static int take_policy(struct reading *g, struct file *f, struct diag *d)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    int r = 0;
    CLEANUP(policy_set_free_cleanup) struct policy_set *s = policy_set_new(TAKE(f->policy));
    while (r == 0 && policy_set_wants(s, &kind, hash))
        r = add_wanted(g, s, kind, hash, d);
    if (r == 0)
        g->x->set = TAKE(s);
    return r;
}

static void take_newest(struct reading *g)
{
    qsort(g->files, g->count, sizeof *g->files, by_serial);
    keep_chain(g);
    for (size_t i = g->count; g->x->set == NULL && i-- > 0;) {
        struct diag why = {""};
        if (g->files[i].policy != NULL && take_policy(g, &g->files[i], &why) < 0)
            leave_out(g->x, g->files[i].path, &why);
    }
}

int published_open(const char *dir, struct published **ret, struct diag *d)
{
    CLEANUP(published_free_cleanup) struct published *x = mem_new(sizeof *x);
    struct reading g = {.x = x};
    int r = read_network(x, dir, d);
    if (r == 0)
        r = read_folder(&g, dir, d);
    if (r == 0)
        take_newest(&g);
    for (size_t i = 0; i < g.count; i++) {
        free(g.files[i].path);
        policy_free(g.files[i].policy);
    }
    free(g.files);
    if (r == 0)
        *ret = TAKE(x);
    return r;
}

/* ---- publishing ---- */

/* A file that is there must have the same text; its signatures may be others. */
static int put_note(const char *path, const struct document *x, struct diag *d)
{
    CLEANUP_FREE char *there = NULL;
    struct note view;
    int r = file_read_text(path, VALUE_EPOCHS_MAX, &there, d);
    if (r == 0 && (note_parse_draft(there, strlen(there), VALUE_EPOCHS_MAX, &view) < 0 ||
                   view.text_len != x->text_len || memcmp(view.text, x->note, x->text_len) != 0))
        return diag_set(
            d, ERR_EXISTS,
            "%s is there already, with another text: move it away if that was never in force",
            path);
    return r < 0 && r != ERR_NOT_FOUND ? r : file_write(path, x->note, x->note_len, 0644, d);
}

/* A note of the network's documents as it is: an offer that its bot made. ERR_EXISTS, ERR_IO. */
static int published_put(const char *dir, const char *name, const struct document *x,
                         struct diag *d)
{
    CLEANUP_FREE char *path = NULL;
    int r = layout_document(dir, name, &path, d);
    return r < 0 ? r : put_note(path, x, d);
}

static int check_place(const struct published *x, const char *dir, const struct proposal *p,
                       struct diag *d)
{
    const struct policy *newest = published_policy(x);
    if (memcmp(x->net->document.hash, p->net->document.hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s is a proposal for another network: its network.note is not that of %s",
                        p->path, dir);
    if (p->policy == NULL)
        return x->founding
                   ? 0
                   : diag_set(d, ERR_INVALID_STATE, "%s: the network is founded already", p->path);
    if (newest == NULL ? p->before != NULL
                       : p->before == NULL || memcmp(newest->document.hash,
                                                     p->before->document.hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s: policy %" PRIu32 " comes too late: it was drafted when policy %" PRIu32
                        " was in force, and now policy %" PRIu32 " is: draft it again",
                        p->path, p->policy->serial, p->before == NULL ? 0 : p->before->serial,
                        newest == NULL ? 0 : newest->serial);
    return 0;
}

static int put_warrants(const char *dir, const struct proposal *p, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < p->warrant_count; i++) {
        CLEANUP_FREE char *warrant = mem_format("warrant-%s", p->warrants[i]->id);
        CLEANUP_FREE char *epochs = mem_format("epochs-%s", p->warrants[i]->id);
        r = published_put(dir, epochs, &p->epochs[i]->document, d);
        if (r == 0)
            r = published_put(dir, warrant, &p->warrants[i]->document, d);
    }
    return r;
}

int published_add(const char *dir, const struct proposal *p, struct diag *d)
{
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    CLEANUP_FREE char *network = layout_path(dir, LAYOUT_NETWORK_NOTE);
    int r = published_open(dir, &x, d);
    if (r == 0)
        r = proposal_check(p, d);
    if (r == 0)
        r = check_place(x, dir, p, d);
    if (r == 0 && x->founding)
        r = put_note(network, &p->net->document, d);
    if (r == 0)
        r = put_warrants(dir, p, d);
    if (r == 0 && p->policy != NULL) {
        CLEANUP_FREE char *name = mem_format("policy-%" PRIu32, p->policy->serial);
        r = published_put(dir, name, &p->policy->document, d);
    }
    return r;
}
