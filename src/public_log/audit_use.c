/* Statements of use in the log, for audit.h. */
#include <string.h>

#include "base/memory.h"
#include "public_log/audit_internal.h"
#include "wire/document_peek.h"

/* The newest policy before the entry that names the warrant; its place in the list, or -1. */
static int64_t last_naming(const struct public_log_audit *a, const char *id, uint64_t index,
                           const struct policy_warrant **ret)
{
    int64_t found = -1;
    for (size_t i = 0; i < a->policy_count && a->policies[i].index < index; i++) {
        const struct policy *p = a->policies[i].policy;
        for (size_t k = 0; k < p->warrant_count; k++)
            if (strcmp(p->warrants[k].id, id) == 0) {
                *ret = &p->warrants[k];
                found = (int64_t)i;
            }
    }
    return found;
}

/* When the policy after that one was issued, as far as the log before the entry tells. */
static int64_t issued_next(const struct public_log_audit *a, size_t at, uint64_t index)
{
    return at + 1 < a->policy_count && a->policies[at + 1].index < index
               ? a->policies[at + 1].policy->issued_unix_ms
               : INT64_MAX;
}

static int open_use(struct public_log_audit *a, const struct log_row *row, struct use **ret)
{
    const struct log_document *x = &row->document;
    const struct policy_warrant *named = NULL;
    uint64_t index = (uint64_t)row->number;
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    CLEANUP(use_free_cleanup) struct use *u = NULL;
    CLEANUP_FREE char *id = document_peek(x->note, x->note_len, "warrant");
    int64_t at = last_naming(a, id, index, &named);
    const struct log_known *k =
        at < 0 ? NULL : public_log_audit_find(a, DOCUMENT_WARRANT, named->hash, index);
    if (k == NULL)
        return diag_set(a->d, ERR_AUTH, "use: no policy before it names warrant '%s'", id);
    int r = warrant_open(a->net, k->note, strlen(k->note), &w, a->d);
    if (r == 0)
        r = use_open(w, x->note, x->note_len, &u, a->d);
    if (r < 0)
        return r;
    const struct policy *p = a->policies[at].policy;
    if (!use_in_force(p, issued_next(a, (size_t)at, index), w, u->day))
        return diag_set(a->d, ERR_AUTH, "use: warrant %s was not in force any more", id);
    *ret = TAKE(u);
    return 0;
}

static struct log_desk *desk_of(struct public_log_audit *a, const char *key)
{
    struct log_desk *x;
    HASH_FIND_STR(a->desks, key, x);
    if (x != NULL)
        return x;
    x = mem_new(sizeof *x);
    snprintf(x->key, sizeof x->key, "%s", key);
    HASH_ADD_STR(a->desks, key, x);
    return x;
}

int public_log_audit_use(struct public_log_audit *a, const struct log_row *row)
{
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    char key[USE_DESK_MAX + 1];
    uint8_t tag[HASH_BYTES];
    int r = open_use(a, row, &x);
    if (r < 0)
        return r;
    use_desk(x->warrant, x->agency, key);
    use_tag(key, tag);
    if (memcmp(row->document.entry.tag, tag, sizeof tag) != 0)
        return diag_set(a->d, ERR_AUTH, "use: its tag is not that of its desk");
    struct log_desk *desk = desk_of(a, key);
    r = use_follows(desk->last, x, a->d);
    if (r < 0)
        return r;
    use_free(desk->last);
    desk->last = TAKE(x);
    return 0;
}
