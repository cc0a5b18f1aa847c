/* Groups: lists that every member's device holds. */
#include <string.h>

#include "base/memory.h"
#include "device/conversation.h"

struct group *groups_current(struct device *d, const char *id)
{
    struct group *g = NULL;
    CLEANUP_FREE char *note = store_group(d->store, id);
    if (note == NULL || group_open_kept(d->net->domain, note, strlen(note), &g, NULL) < 0)
        return NULL;
    return g;
}

/* This device's own account must be one, too: a list that it was taken from does not count. */
bool groups_member(struct device *d, const char *id, const char *account)
{
    CLEANUP(group_free_cleanup) struct group *g = groups_current(d, id);
    return g != NULL && group_has_member(g, account) && group_has_member(g, d->account);
}

struct shared {
    struct device *d;
    const char *account;
};

static int is_shared(void *context, const char *note)
{
    const struct shared *s = context;
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    if (group_open_kept(s->d->net->domain, note, strlen(note), &g, NULL) < 0)
        return 0;
    return group_has_member(g, s->account) && group_has_member(g, s->d->account) ? ERR_EXISTS : 0;
}

bool groups_shared(struct device *d, const char *account)
{
    struct shared s = {.d = d, .account = account};
    return store_groups(d->store, NULL, is_shared, &s) == ERR_EXISTS;
}

struct group *groups_document(struct device *d, const struct content *c,
                              const struct certificate *sender)
{
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    if (group_open(d->net->domain, c->note, c->note_len, sender->key, &g, NULL) < 0 ||
        strcmp(g->id, c->id) != 0 || g->serial != c->serial ||
        strcmp(g->changed_by, sender->account) != 0)
        return NULL;
    return TAKE(g);
}

static void put_names(struct buf *b, const char *verb, const struct group *those,
                      const struct group *without)
{
    const char *between = verb;
    for (size_t i = 0; i < those->member_count; i++) {
        if (without != NULL && group_has_member(without, those->members[i]))
            continue;
        buf_format(b, "%s %s", between, those->members[i]);
        between = ",";
    }
}

char *groups_words(const struct group *before, const struct group *after)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4 * CONTENT_NOTE_MAX), did = BUF_INIT(2 * CONTENT_NOTE_MAX);
    if (before == NULL && after->serial > 1)
        put_names(&did, " changed the group of", after, NULL);
    else
        put_names(&did, before == NULL ? " made the group of" : " added", after, before);
    if (before != NULL) {
        put_names(&did, did.len > 0 ? ", removed" : " removed", before, after);
        if (strcmp(before->name, after->name) != 0)
            buf_format(&did, "%s renamed it from %s", did.len > 0 ? "," : "", before->name);
    }
    buf_format(&b, "%s: %s%s", after->name, after->changed_by,
               did.len == 0 ? " changed nothing" : buf_text(&did));
    return buf_take_text(&b);
}

struct found {
    const char *domain, *name;
    struct group *group;
    unsigned count;
};

static int match(void *context, const char *note)
{
    struct found *f = context;
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    if (group_open_kept(f->domain, note, strlen(note), &g, NULL) < 0 ||
        strcmp(g->name, f->name) != 0)
        return 0;
    f->count++;
    group_free(f->group);
    f->group = TAKE(g);
    return 0;
}

/* Anyone may give a group any name: an id is the group that has it, whatever others are called. */
int groups_named(struct store *s, const char *domain, const char *name, struct group **ret,
                 struct diag *diag)
{
    struct found f = {.domain = domain, .name = name};
    CLEANUP_FREE char *note = content_group_valid(name) ? store_group(s, name) : NULL;
    if (note != NULL)
        return group_open_kept(domain, note, strlen(note), ret, diag);
    int r = store_groups(s, NULL, match, &f);
    CLEANUP(group_free_cleanup) struct group *g = TAKE(f.group);
    if (r < 0)
        return diag_set(diag, r, "the store cannot be read");
    if (f.count == 0)
        return diag_set(diag, ERR_NOT_FOUND, "there is no group '%s' (see 'ironside group list')",
                        name);
    if (f.count > 1)
        return diag_set(diag, ERR_NOT_FOUND,
                        "%u groups have the name '%s': name it by its id (see 'ironside group "
                        "list')",
                        f.count, name);
    *ret = TAKE(g);
    return 0;
}

int groups_find(struct device *d, const char *name, struct group **ret, struct diag *diag)
{
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    int r = groups_named(d->store, d->net->domain, name, &g, diag);
    if (r < 0)
        return r;
    if (!group_has_member(g, d->account))
        return diag_set(diag, ERR_INVALID_STATE, "you are not a member of the group %s any more",
                        g->name);
    *ret = TAKE(g);
    return 0;
}
