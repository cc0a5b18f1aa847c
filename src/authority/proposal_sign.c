/* The signatures of a proposal, for proposal.h. */
#include <inttypes.h>
#include <string.h>

#include "authority/proposal.h"
#include "base/file.h"
#include "base/memory.h"

static void add_paper(struct paper *ret, size_t *count, const char *kind, const char *id,
                      const struct document *x)
{
    struct paper *p = &ret[(*count)++];
    *p = (struct paper){.kind = kind, .id = id, .document = (struct document *)(uintptr_t)x};
    if (strcmp(kind, "warrant") == 0)
        snprintf(p->file, sizeof p->file, "warrant-%s.note", id);
    else
        snprintf(p->file, sizeof p->file, "%s.note", kind);
}

size_t proposal_papers(const struct proposal *p, struct paper ret[static PROPOSAL_PAPERS_MAX])
{
    size_t count = 0;
    if (p->founding)
        add_paper(ret, &count, "network", p->net->domain, &p->net->document);
    for (size_t i = 0; i < p->warrant_count; i++)
        add_paper(ret, &count, "warrant", p->warrants[i]->id, &p->warrants[i]->document);
    if (p->policy != NULL) {
        struct paper *x = &ret[count];
        add_paper(ret, &count, "policy", NULL, &p->policy->document);
        snprintf(x->serial, sizeof x->serial, "%" PRIu32, p->policy->serial);
    }
    return count;
}

/* It was parsed when the proposal was opened. */
static void view_of(const struct paper *x, struct note *ret)
{
    if (note_parse_draft(x->document->note, x->document->note_len, VALUE_EPOCHS_MAX, ret) < 0)
        *ret = (struct note){.text = x->document->note, .text_len = x->document->text_len};
}

bool proposal_signed(const struct proposal *p, const struct paper *x, size_t i)
{
    struct note view;
    view_of(x, &view);
    return note_verify(&view, &p->net->custodians[i]) == 0;
}

static bool put_line_of(struct buf *b, const struct note *n, const struct note_key *k)
{
    uint8_t hash[NOTE_KEY_HASH_BYTES];
    note_key_hash(k, hash);
    if (note_verify(n, k) < 0)
        return false;
    for (size_t i = 0; i < n->signature_count; i++) {
        const struct note_signature *s = &n->signatures[i];
        if (s->name_len != strlen(k->name) || memcmp(s->name, k->name, s->name_len) != 0 ||
            memcmp(s->key_hash, hash, sizeof hash) != 0)
            continue;
        buf_format(b, "\u2014 %s %.*s\n", k->name, (int)s->blob_len, s->blob);
        return true;
    }
    return false;
}

/* The paper with the signatures of its custodians that it or `other` has, or that `key` makes: one
 * line for each, in the network note's order. Lines of others are left out. */
static int put_signatures(const struct proposal *p, struct paper *x, const struct note *other,
                          const struct signing_key *key, struct diag *d)
{
    struct note view;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_FREE char *path = file_join(p->path, x->file);
    view_of(x, &view);
    buf_put(&b, view.text, view.text_len);
    buf_put_u8(&b, '\n');
    for (size_t i = 0; i < p->net->custodian_count; i++) {
        const struct note_key *k = &p->net->custodians[i];
        if (put_line_of(&b, &view, k) || (other != NULL && put_line_of(&b, other, k)))
            continue;
        if (key != NULL && memcmp(key->public, k->key, sizeof k->key) == 0)
            note_sign_line(&b, view.text, view.text_len, k, key->secret);
    }
    if (buf_failed(&b))
        return diag_set(d, ERR_LIMIT, "%s would be too large", path);
    int r = file_write(path, b.data, b.len, 0644, d);
    if (r < 0)
        return r;
    free(x->document->note);
    x->document->note_len = b.len;
    x->document->note = buf_take_text(&b);
    return 0;
}

/* "anna, ben, carla" */
static void list_custodians(const struct network_note *net, char *ret, size_t size)
{
    ret[0] = '\0';
    for (size_t i = 0; i < net->custodian_count; i++) {
        size_t at = strlen(ret);
        snprintf(ret + at, size - at, "%s%s", i > 0 ? ", " : "", net->custodians[i].name);
    }
}

static int check_key(const struct network_note *net, const struct signing_key *key, struct diag *d)
{
    char names[256];
    for (size_t i = 0; i < net->custodian_count; i++) {
        const struct note_key *k = &net->custodians[i];
        bool same = memcmp(k->key, key->public, sizeof k->key) == 0;
        if (same && strcmp(k->name, key->name) == 0)
            return 0;
        if (same || strcmp(k->name, key->name) == 0)
            return diag_set(d, ERR_KEY,
                            "the key of '%s' is not the one that network %s has pinned for its "
                            "custodian %s",
                            key->name, net->domain, k->name);
    }
    list_custodians(net, names, sizeof names);
    return diag_set(d, ERR_KEY, "'%s' is no custodian of network %s, which has %s", key->name,
                    net->domain, names);
}

int proposal_sign(struct proposal *p, const struct signing_key *key, struct diag *d)
{
    struct paper papers[PROPOSAL_PAPERS_MAX];
    size_t count = proposal_papers(p, papers);
    int r = check_key(p->net, key, d);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = put_signatures(p, &papers[i], NULL, key, d);
    return r;
}

static struct paper *find_paper(struct paper *papers, size_t count, const char *file)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(papers[i].file, file) == 0)
            return &papers[i];
    return NULL;
}

int proposal_merge(struct proposal *p, const struct proposal *copy, struct diag *d)
{
    struct paper mine[PROPOSAL_PAPERS_MAX], theirs[PROPOSAL_PAPERS_MAX];
    size_t count = proposal_papers(p, mine), other_count = proposal_papers(copy, theirs);
    if (memcmp(p->net->document.hash, copy->net->document.hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE, "%s is a proposal for another network than %s",
                        copy->path, p->path);
    for (size_t i = 0; i < count; i++) {
        struct note view;
        const struct paper *x = find_paper(theirs, other_count, mine[i].file);
        struct paper network = {.document = &copy->net->document};
        if (x == NULL && strcmp(mine[i].kind, "network") == 0)
            x = &network; /* there it has its signatures already */
        if (x == NULL || memcmp(x->document->hash, mine[i].document->hash, HASH_BYTES) != 0)
            return diag_set(d, ERR_INVALID_STATE,
                            "%s/%s is not the text of %s/%s: not a copy of it", copy->path,
                            mine[i].file, p->path, mine[i].file);
        view_of(x, &view);
        int r = put_signatures(p, &mine[i], &view, NULL, d);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Who has signed and is none of the custodians, into the line that says who is missing. */
static void add_strangers(const struct proposal *p, const struct note *n, struct diag *d)
{
    for (size_t i = 0; d != NULL && i < n->signature_count; i++) {
        const struct note_signature *s = &n->signatures[i];
        bool known = false;
        for (size_t k = 0; k < p->net->custodian_count; k++) {
            uint8_t hash[NOTE_KEY_HASH_BYTES];
            note_key_hash(&p->net->custodians[k], hash);
            known |= memcmp(hash, s->key_hash, sizeof hash) == 0;
        }
        size_t at = strlen(d->text);
        if (!known)
            snprintf(d->text + at, sizeof d->text - at,
                     "; a signature of '%.*s' is by none of their keys", (int)s->name_len, s->name);
    }
}

int proposal_check(const struct proposal *p, struct diag *d)
{
    struct paper papers[PROPOSAL_PAPERS_MAX];
    size_t count = proposal_papers(p, papers);
    for (size_t i = 0; i < count; i++) {
        struct note view;
        view_of(&papers[i], &view);
        int r = network_verify_custodians(p->net, &view, papers[i].kind, d);
        if (r < 0) {
            add_strangers(p, &view, d);
            return diag_prefix(d, r, "%s/%s", p->path, papers[i].file);
        }
    }
    return 0;
}
