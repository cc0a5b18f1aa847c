#include "device/conversation.h"

#include <string.h>

#include "base/memory.h"

#define ARENA_MAX (16U * VALUE_BODY_MAX)

/* What is heard after the commit: a line, or a message that waited. */
struct device_late {
    struct device_late *next;
    int64_t number;
    char *peer, *text;
};

static void put_late(struct device *d, int64_t number, const char *peer, char *text)
{
    struct device_late *x = mem_new(sizeof *x), **end = &d->late;
    x->number = number;
    x->peer = mem_string(peer);
    x->text = text;
    while (*end != NULL)
        end = &(*end)->next;
    *end = x;
}

int conversation_say(struct device *d, const char *peer, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    diag_clean(text);
    put_late(d, 0, peer, mem_string(text));
    return store_put_notice(d->store, device_now(d), peer, text);
}

static void show_late(struct device *d, int64_t number)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_content c;
    struct store_message m;
    if (d->o.events.message != NULL && store_message(d->store, number, &arena, &m) == 0 &&
        store_content(d->store, number, &arena, &c) == 0 && c.gone == STORE_HERE) {
        m.plain = c.kind == CONTENT_TEXT;
        m.no_group = c.group[0] == '\0';
        d->o.events.message(d->o.events.context, &m);
    }
    arena_clear(&arena);
}

void conversation_settle(struct device *d, bool committed)
{
    while (d->late != NULL) {
        struct device_late *x = d->late;
        d->late = x->next;
        if (committed && x->number != 0)
            show_late(d, x->number);
        else if (committed && d->o.events.notice != NULL)
            d->o.events.notice(d->o.events.context, x->peer, x->text);
        free(x->peer);
        free(x->text);
        free(x);
    }
}

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

/* What follows from a line that is shown. */
static int apply(struct device *d, const struct store_message *m, const struct store_content *row,
                 const struct content *c, const struct group *g)
{
    if (row->kind == CONTENT_RETRACT)
        return retract(d, row);
    if (row->kind == CONTENT_GROUP && g != NULL)
        return groups_take(d, g);
    if (row->kind == CONTENT_CONTACT && m->incoming)
        return hear_contact(d, m->from, c->contact);
    return erase_late_comer(d, m, row);
}

/* Said to a group that this device holds, by one of its members. */
static const char *group_of(struct device *d, const struct content *c, const char *sender)
{
    return c->group != NULL && groups_member(d, c->group, sender) ? c->group : "";
}

static void describe(struct device *d, const struct store_message *m, const struct content *c,
                     struct store_content *ret)
{
    enum content_about about = content_traits(c->kind)->about;
    *ret = (struct store_content){.kind = c->kind,
                                  .sender = m->from,
                                  .about_from = about == CONTENT_BY_ITSELF   ? ""
                                                : about == CONTENT_ABOUT_OWN ? m->from
                                                                             : c->from,
                                  .about_id = about == CONTENT_BY_ITSELF ? "" : c->id,
                                  .group = group_of(d, c, m->from),
                                  .timer_s = c->timer_s,
                                  .read_unix_ms = m->incoming ? 0 : device_now(d)};
}

static bool is_stranger(struct device *d, const struct store_message *m,
                        const struct store_content *row, const struct group *g)
{
    return m->incoming && !peers_accept_all(d) && peers_state(d, m->from) != PEER_CONTACT &&
           row->group[0] == '\0' && (g == NULL || !groups_member(d, g->id, m->from));
}

static int put_row(struct device *d, struct store_message *m, const struct store_content *row)
{
    int r = store_put_message(d->store, m);
    if (r < 0)
        return r;
    m->number = sqlite3_last_insert_rowid(store_database(d->store));
    return store_put_content(d->store, m->number, row);
}

static int say_request(struct device *d, const char *sender)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    int r = store_held(d->store, sender, numbers, &count);
    if (r < 0 || count != 1)
        return r;
    return conversation_say(d, sender,
                            "request from %s, who is not a contact: 'ironside contact accept %s' "
                            "shows what they wrote, 'decline' or 'block' does not",
                            sender, sender);
}

int conversation_keep(struct device *d, struct store_message *m, const struct certificate *sender,
                      bool *ret_held)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct content c;
    struct store_content row;
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    int r = content_read(&arena, m->body, m->body_len, &c);
    if (r == 0 && c.kind == CONTENT_GROUP && (g = groups_document(d, &c, sender)) == NULL)
        c = (struct content){.text = m->body, .text_len = m->body_len};
    if (r == 0) {
        describe(d, m, &c, &row);
        m->plain = c.kind == CONTENT_TEXT;
        m->no_group = row.group[0] == '\0';
        row.held = is_stranger(d, m, &row, g);
        *ret_held = row.held;
        r = put_row(d, m, &row);
    }
    if (r == 0)
        r = row.held ? say_request(d, m->from) : apply(d, m, &row, &c, g);
    arena_clear(&arena);
    return r;
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
        r = store_release(d->store, number, group_of(d, &c, m.from));
        if (r == 0 && row.kind == CONTENT_GROUP && c.kind == CONTENT_GROUP &&
            group_open_kept(d->net->domain, c.note, c.note_len, &g, NULL) < 0)
            g = NULL;
        if (r == 0)
            r = apply(d, &m, &row, &c, g);
        if (r == 0)
            put_late(d, number, m.from, NULL);
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

struct expired {
    struct store *s;
    int64_t number;
};

static int expire_one(void *context, struct diag *why)
{
    const struct expired *x = context;
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_message m;
    (void)why;
    int r = store_message(x->s, x->number, &arena, &m);
    if (r == 0)
        r = store_erase(x->s, m.from, m.id, STORE_EXPIRED);
    arena_clear(&arena);
    return r;
}

void conversation_expire(struct device *d)
{
    struct expired x = {.s = d->store};
    while (store_next_expired(d->store, device_now(d), &x.number) == 0)
        if (store_transaction(d->store, expire_one, &x, NULL) < 0)
            return;
}

int64_t conversation_due(struct device *d)
{
    int64_t at = store_expiry(d->store), now = device_now(d);
    return at < 0 ? -1 : at > now ? at - now : 0;
}
