#include "device/conversation.h"

#include <string.h>

#include "base/memory.h"

#define ARENA_MAX (16U * VALUE_BODY_MAX)

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
                                  .group = conversation_group(d, c, m->from),
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
        r = row.held ? say_request(d, m->from) : conversation_follow(d, m, &row, &c, g);
    arena_clear(&arena);
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
