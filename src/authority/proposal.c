#include "authority/proposal.h"

#include <dirent.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "wire/policy_change.h"

void proposal_free(struct proposal *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        warrant_free(p->warrants[i]);
        epochs_free(p->epochs[i]);
    }
    policy_free(p->policy);
    policy_free(p->before);
    network_note_free(p->net);
    free(p->path);
    free(p);
}

int proposal_put(const char *folder, const char *name, const struct buf *text, struct diag *d)
{
    CLEANUP_FREE char *path = mem_format("%s/%s.note", folder, name);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    buf_put(&note, text->data, text->len);
    buf_put_u8(&note, '\n');
    if (buf_failed(text) || buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "%s would be too large", path);
    return file_create(path, note.data, note.len, 0644, d);
}

static int read_note(const struct proposal *p, const char *name, char **ret, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(p->path, name);
    return file_read_text(path, VALUE_EPOCHS_MAX, ret, d);
}

/* A draft's signatures may be few, but each of a custodian must be one of its text. */
static int check_signatures(const struct proposal *p, const struct document *x, const char *name,
                            size_t *ret_count, struct diag *d)
{
    struct note view;
    size_t count = 0;
    int r = note_parse_draft(x->note, x->note_len, VALUE_EPOCHS_MAX, &view);
    if (r < 0)
        return diag_set(d, r, "%s/%s: not a note", p->path, name);
    for (size_t i = 0; i < p->net->custodian_count; i++) {
        r = note_verify(&view, &p->net->custodians[i]);
        if (r == ERR_AUTH)
            return diag_set(d, r, "%s/%s: the signature of %s does not match its text", p->path,
                            name, p->net->custodians[i].name);
        count += r == 0;
    }
    if (ret_count != NULL)
        *ret_count = count;
    return 0;
}

static int read_network(struct proposal *p, struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    size_t count = 0;
    int r = read_note(p, "network.note", &note, d);
    if (r < 0)
        return diag_prefix(d, r, "%s is not a proposal", p->path);
    r = network_note_open_unsigned(note, strlen(note), &p->net, d);
    if (r < 0)
        return diag_prefix(d, r, "%s/network.note", p->path);
    r = check_signatures(p, &p->net->document, "network.note", &count, d);
    p->founding = count < p->net->quorum;
    return r;
}

static int read_before(struct proposal *p, struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    int r = read_note(p, "before.note", &note, d);
    if (r == ERR_NOT_FOUND)
        return 0;
    /* A network that has had a policy was founded with k signatures. */
    if (r == 0 && p->founding)
        return diag_set(d, ERR_AUTH,
                        "%s/network.note: not signed by the %zu custodians that it needs", p->path,
                        p->net->quorum);
    if (r == 0)
        r = policy_open(p->net, note, strlen(note), &p->before, d);
    return r < 0 ? diag_prefix(d, r, "%s/before.note", p->path) : 0;
}

static int read_policy(struct proposal *p, struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    int r = read_note(p, "policy.note", &note, d);
    if (r == ERR_NOT_FOUND && p->founding)
        return 0;
    if (r == 0)
        r = policy_open_unsigned(p->net->domain, note, strlen(note), &p->policy, d);
    if (r < 0)
        return diag_prefix(d, r, "%s/policy.note", p->path);
    r = check_signatures(p, &p->policy->document, "policy.note", NULL, d);
    if (r < 0)
        return r;
    /* The signed text itself says what it follows: no other before.note can be put beside it. */
    r = policy_follows(p->before, p->policy, d);
    return r < 0 ? diag_prefix(d, r, "%s/%s", p->path,
                               p->before == NULL ? "policy.note, without a before.note"
                                                 : "before.note")
                 : 0;
}

static const struct policy_warrant *named(const struct policy *p, const char *id)
{
    for (size_t i = 0; p != NULL && i < p->warrant_count; i++)
        if (strcmp(p->warrants[i].id, id) == 0)
            return &p->warrants[i];
    return NULL;
}

static int read_epochs(struct proposal *p, const struct warrant *w, struct epochs **ret,
                       struct diag *d)
{
    CLEANUP_FREE char *name = mem_format("epochs-%s.note", w->id);
    CLEANUP_FREE char *note = NULL;
    const struct policy_bot *bot = policy_bot(p->policy, w->bot);
    if (bot == NULL)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s/warrant-%s.note: its bot %s is not one of policy.note", p->path, w->id,
                        w->bot);
    int r = read_note(p, name, &note, d);
    if (r == 0)
        r = epochs_open(w, bot->key, note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s/%s", p->path, name) : 0;
}

static int read_warrant(struct proposal *p, const char *file, struct diag *d)
{
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP_FREE char *note = NULL;
    int r = read_note(p, file, &note, d);
    if (r < 0)
        return r;
    if (p->policy == NULL || p->warrant_count == POLICY_WARRANTS_MAX)
        return diag_set(d, ERR_INVALID_STATE, "%s/%s: there is no policy.note that names it",
                        p->path, file);
    r = warrant_open_unsigned(p->net->domain, note, strlen(note), &w, d);
    if (r < 0)
        return diag_prefix(d, r, "%s/%s", p->path, file);
    CLEANUP_FREE char *name = mem_format("warrant-%s.note", w->id);
    const struct policy_warrant *x = named(p->policy, w->id);
    if (strcmp(name, file) != 0 || x == NULL || memcmp(x->hash, w->document.hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE, "%s/%s: policy.note does not name this text", p->path,
                        file);
    r = check_signatures(p, &w->document, file, NULL, d);
    if (r == 0)
        r = read_epochs(p, w, &p->epochs[p->warrant_count], d);
    if (r == 0)
        p->warrants[p->warrant_count++] = TAKE(w);
    return r;
}

static int is_warrant(const struct dirent *e)
{
    static const char begin[] = "warrant-";
    size_t len = sizeof begin - 1;
    return strncmp(e->d_name, begin, len) == 0 && file_name_ends(e->d_name + len, ".note");
}

static int read_warrants(struct proposal *p, struct diag *d)
{
    struct dirent **list = NULL;
    int count = scandir(p->path, &list, is_warrant, alphasort), r = 0;
    if (count < 0)
        return diag_set(d, ERR_IO, "cannot read %s", p->path);
    for (int i = 0; i < count; i++) {
        if (r == 0)
            r = read_warrant(p, list[i]->d_name, d);
        free(list[i]);
    }
    free(list);
    return r;
}

static bool in_folder(const struct proposal *p, const char *id)
{
    for (size_t i = 0; i < p->warrant_count; i++)
        if (strcmp(p->warrants[i]->id, id) == 0)
            return true;
    return false;
}

/* What the policy keeps in force must be in force now: nothing comes in that is not shown. */
static int check_policy(const struct proposal *p, struct diag *d)
{
    for (size_t i = 0; p->policy != NULL && i < p->policy->warrant_count; i++) {
        const struct policy_warrant *w = &p->policy->warrants[i];
        const struct policy_warrant *before = named(p->before, w->id);
        if (policy_warrant_revoked(p->policy, w->id) != NULL ||
            policy_warrant_revoked(p->before, w->id) != NULL)
            return diag_set(d, ERR_INVALID_STATE,
                            "%s/policy.note: it names warrant %s, which has been revoked", p->path,
                            w->id);
        if (!in_folder(p, w->id) &&
            (before == NULL || memcmp(before->hash, w->hash, HASH_BYTES) != 0))
            return diag_set(d, ERR_INVALID_STATE,
                            "%s/policy.note: it names warrant %s, which is neither in force nor in "
                            "this folder",
                            p->path, w->id);
    }
    return 0;
}

int proposal_open(const char *path, struct proposal **ret, struct diag *d)
{
    CLEANUP(proposal_free_cleanup) struct proposal *p = mem_new(sizeof *p);
    p->path = mem_string(path);
    int r = read_network(p, d);
    if (r == 0)
        r = read_before(p, d);
    if (r == 0)
        r = read_policy(p, d);
    if (r == 0)
        r = read_warrants(p, d);
    if (r == 0)
        r = check_policy(p, d);
    if (r == 0)
        *ret = TAKE(p);
    return r;
}
