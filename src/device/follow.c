/* What follows from a line that is shown: texts are taken away, a group's list comes into force,
 * what waited is shown. */
#include <string.h>

#include "device/conversation.h"

#define ARENA_MAX (16U * VALUE_BODY_MAX)
#define LEAP_MAX 1000 /* changes that a device may have missed; the last serial can't be taken */

/* Its own retraction may have come before it; and what corrects an erased message is erased. */
static int erase_late_comer(struct device *d, const struct store_message *m,
                            const struct store_content *row)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_message target;
    struct store_content target_row;
    int64_t number;
    size_t count = 0;
    int r = 0;
    if (content_traits(row->kind)->erasable) {
        r = store_about(d->store, m->from, m->id, CONTENT_RETRACT, &number, 1, &count);
        if (r == 0 && count > 0)
            r = store_erase(d->store, m->from, m->id, STORE_RETRACTED);
    } else if (content_traits(row->kind)->follows &&
               store_message_of(d->store, row->about_from, row->about_id, &arena, &target) == 0 &&
               store_content(d->store, target.number, &arena, &target_row) == 0 &&
               target_row.gone != STORE_HERE) {
        r = store_erase_line(d->store, m->number, target_row.gone);
    }
    arena_clear(&arena);
    return r;
}

static int retract(struct device *d, const struct store_content *row)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_message target;
    struct store_content target_row;
    int r = 0;
    if (store_message_of(d->store, row->about_from, row->about_id, &arena, &target) < 0 ||
        (store_content(d->store, target.number, &arena, &target_row) == 0 &&
         content_traits(target_row.kind)->erasable))
        r = store_erase(d->store, row->about_from, row->about_id, STORE_RETRACTED);
    arena_clear(&arena);
    return r;
}

static int hear_contact(struct device *d, const char *from, enum content_contact contact)
{
    switch (contact) {
    case CONTENT_ACCEPT:
        return conversation_say(d, from, "%s accepts your request", from);
    case CONTENT_DECLINE:
        return conversation_say(d, from, "%s declines your request", from);
    case CONTENT_REQUEST:
    case CONTENT_CONTACTS:
        break;
    }
    return 0;
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

static int take_group(struct device *d, const struct group *g)
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

int conversation_follow(struct device *d, const struct store_message *m,
                        const struct store_content *row, const struct content *c,
                        const struct group *g)
{
    if (row->kind == CONTENT_RETRACT)
        return retract(d, row);
    if (row->kind == CONTENT_GROUP && g != NULL)
        return take_group(d, g);
    if (row->kind == CONTENT_CONTACT && m->incoming)
        return hear_contact(d, m->from, c->contact);
    return erase_late_comer(d, m, row);
}

const char *conversation_group(struct device *d, const struct content *c, const char *sender)
{
    return c->group != NULL && groups_member(d, c->group, sender) ? c->group : "";
}

/* One line that waited. */
static int release(struct device *d, int64_t number, const char *group)
{
    struct arena arena = ARENA_INIT(2 * ARENA_MAX);
    struct store_message m;
    struct store_content row;
    struct content c;
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    int r = store_message(d->store, number, &arena, &m);
    if (r == 0)
        r = store_content(d->store, number, &arena, &row);
    if (r == 0)
        r = content_read(&arena, m.body, m.body_len, &c);
    if (r == 0 && (group == NULL || (c.group != NULL && strcmp(c.group, group) == 0))) {
        r = store_release(d->store, number, conversation_group(d, &c, m.from));
        if (r == 0 && row.kind == CONTENT_GROUP && c.kind == CONTENT_GROUP &&
            group_open_kept(d->net->domain, c.note, c.note_len, &g, NULL) < 0)
            g = NULL;
        if (r == 0)
            r = conversation_follow(d, &m, &row, &c, g);
        if (r == 0)
            conversation_show_later(d, number, m.from);
    }
    arena_clear(&arena);
    return r;
}

int conversation_release(struct device *d, const char *sender, const char *group)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    int r = store_held(d->store, sender, numbers, &count);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = release(d, numbers[i], group);
    return r;
}
