/* Groups as their members' devices make them: signed lists, a new one whenever the members differ.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "device/conversation.h"
#include "population/into_internal.h"

struct into_group {
    char id[CONTENT_GROUP_ID_LEN + 1];
    struct group *held; /* the list that counts */
    UT_hash_handle hh;
};

void into_groups_free(struct into *x)
{
    struct into_group *g, *next;
    HASH_ITER (hh, x->groups, g, next) {
        HASH_DEL(x->groups, g);
        group_free(g->held);
        free(g);
    }
}

static struct into_group *group_of(struct into *x, const char *id)
{
    struct into_group *g;
    HASH_FIND_STR(x->groups, id, g);
    if (g == NULL) {
        g = mem_new(sizeof *g);
        snprintf(g->id, sizeof g->id, "%s", id);
        HASH_ADD_STR(x->groups, id, g);
    }
    return g;
}

static int ascending(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool same_members(const struct group *a, const struct group *b)
{
    bool same = a != NULL && a->member_count == b->member_count;
    for (size_t i = 0; same && i < a->member_count; i++)
        same = strcmp(a->members[i], b->members[i]) == 0;
    return same;
}

/* Only a member by the list that counts is believed. */
static const char *changer_of(const struct group *held, const struct group *new, const char *from)
{
    if (held == NULL || group_has_member(held, from))
        return from;
    for (size_t i = 0; i < new->member_count; i++)
        if (group_has_member(held, new->members[i]))
            return new->members[i];
    return from;
}

static int sign(struct into *x, const struct group *g, struct group **ret, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(CONTENT_NOTE_MAX), note = BUF_INIT(CONTENT_NOTE_MAX);
    struct into_device *v;
    int r = into_device_of(x, g->changed_by, &v, d);
    if (r < 0)
        return r;
    struct note_key key = {.name = v->account};
    memcpy(key.key, v->key, sizeof key.key);
    group_format(&text, x->net->domain, g);
    note_sign(&note, (const char *)text.data, text.len, &key, v->secret);
    return buf_failed(&note)
               ? diag_set(d, ERR_LIMIT, "group %s has too many members", g->id)
               : group_open(x->net->domain, (const char *)note.data, note.len, v->key, ret, d);
}

/* All who were members and all who are, without whoever changes it. */
static size_t readers(const struct group *before, const struct group *after, const char **ret)
{
    size_t count = 0;
    for (size_t i = 0; i < after->member_count; i++)
        if (strcmp(after->members[i], after->changed_by) != 0)
            ret[count++] = after->members[i];
    for (size_t i = 0; before != NULL && i < before->member_count; i++)
        if (count < VALUE_RECIPIENTS_MAX && !group_has_member(after, before->members[i]) &&
            strcmp(before->members[i], after->changed_by) != 0)
            ret[count++] = before->members[i];
    return count;
}

static int tell(struct into *x, const struct group *before, const struct group *after,
                const struct into_message *m, struct diag *d)
{
    CLEANUP_BUF struct buf body = BUF_INIT(VALUE_BODY_MAX);
    CLEANUP_FREE char *words = groups_words(before, after);
    const char *to[VALUE_RECIPIENTS_MAX];
    char id[CONTENT_GROUP_ID_LEN + 16];
    const struct content c = {.kind = CONTENT_GROUP,
                              .text = words,
                              .text_len = strlen(words),
                              .id = after->id,
                              .serial = after->serial,
                              .note = after->document.note,
                              .note_len = after->document.note_len};
    snprintf(id, sizeof id, "%s-%" PRIu32, after->id, after->serial);
    int r = content_write(&body, &c, d);
    struct into_message change = {.from = after->changed_by,
                                  .to = to,
                                  .to_count = readers(before, after, to),
                                  .id = id,
                                  .at_unix_ms = m->at_unix_ms,
                                  .body = (const char *)body.data,
                                  .body_len = body.len,
                                  .country = NULL};
    if (strcmp(after->changed_by, m->from) == 0)
        change.country = m->country; /* where another one is, is not known here */
    x->counts.changes++;
    return r < 0 ? r : into_send(x, &change, d);
}

int into_group(struct into *x, const char *id, const char *name, const struct into_message *m,
               struct diag *d)
{
    struct into_group *g = group_of(x, id);
    struct group new = {.id = id, .name = name, .serial = 1, .member_count = m->to_count + 1};
    struct group *signed_one = NULL;
    if (new.member_count > GROUP_MEMBERS_MAX)
        return diag_set(d, ERR_LIMIT, "group %s has more than %u members", id, GROUP_MEMBERS_MAX);
    memcpy(new.members, m->to, m->to_count * sizeof *new.members);
    new.members[m->to_count] = m->from;
    qsort(new.members, new.member_count, sizeof *new.members, ascending);
    if (same_members(g->held, &new))
        return 0;
    new.changed_by = changer_of(g->held, &new, m->from);
    if (g->held != NULL) {
        new.serial = g->held->serial + 1;
        memcpy(new.previous, g->held->document.hash, HASH_BYTES);
    }
    int r = sign(x, &new, &signed_one, d);
    if (r < 0)
        return r;
    r = tell(x, g->held, signed_one, m, d);
    group_free(g->held);
    g->held = signed_one;
    return r;
}
