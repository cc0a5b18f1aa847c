/* Groups: lists that every member's device holds. */
#include <string.h>

#include "base/memory.h"
#include "device/conversation.h"

#define LEAP_MAX 1000 /* changes that a device may have missed; the last serial can't be taken */

static struct group *groups_current(struct device *d, const char *id)
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

/* Two changes of the same list: the lower hash counts, and both are said. */
static int say_fork(struct device *d, const struct group *held, const struct group *g)
{
    bool wins = memcmp(g->document.hash, held->document.hash, HASH_BYTES) < 0;
    const struct group *good = wins ? g : held, *other = wins ? held : g;
    return conversation_say(d, g->changed_by,
                            "two changes of the group %s at once: that of %s counts, that of %s "
                            "does not",
                            held->name, good->changed_by, other->changed_by);
}

static int say_change(struct device *d, const struct group *held, const struct group *g)
{
    CLEANUP_FREE char *words = groups_words(held, g);
    int r = conversation_say(d, g->changed_by, "%s", words);
    if (r == 0 && held != NULL && !store_has_group(d->store, g->id, g->previous))
        r = conversation_say(d, g->changed_by,
                             "the group %s was changed before in a way that this device has not "
                             "seen",
                             g->name);
    if (r == 0 && !group_has_member(g, d->account))
        r = conversation_say(d, g->changed_by, "you are not a member of the group %s any more",
                             g->name);
    return r;
}

/* Members may have written before the list came that names them. */
static int release_members(struct device *d, const struct group *g)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < g->member_count; i++)
        if (group_has_member(g, d->account) && peers_state(d, g->members[i]) == PEER_STRANGER)
            r = conversation_release(d, g->members[i], g->id);
    return r;
}

int groups_take(struct device *d, const struct group *g)
{
    CLEANUP(group_free_cleanup) struct group *held = groups_current(d, g->id);
    if (held == NULL && !group_has_member(g, d->account))
        return 0;
    if (store_has_group(d->store, g->id, g->document.hash))
        return 0;
    if (held != NULL && !group_has_member(held, g->changed_by))
        return conversation_say(d, g->changed_by,
                                "%s is not a member of the group %s: their change of it does not "
                                "count",
                                g->changed_by, held->name);
    if (held != NULL && g->serial > held->serial && g->serial - held->serial > LEAP_MAX)
        return conversation_say(d, g->changed_by,
                                "%s changed the group %s with a serial that is far ahead: it does "
                                "not count",
                                g->changed_by, held->name);
    int r = store_put_group(d->store, g->id, g->serial, g->document.hash, g->document.note);
    if (r == 0 && (held == NULL || g->serial > held->serial))
        r = say_change(d, held, g);
    else if (r == 0 && g->serial == held->serial)
        r = say_fork(d, held, g);
    return r < 0 ? r : release_members(d, g);
}
