/* Every message opened once more, beside what the index shows of it. */
#include <inttypes.h>
#include <string.h>

#include "desk/search.h"
#include "desk/verify_internal.h"

/* The message of a leaf, by the index; 0: none. Leaves come in their order. */
static int64_t message_of(struct desk_verifying *v, uint64_t leaf)
{
    while (v->at < v->range_count && leaf >= v->ranges[v->at].first + v->ranges[v->at].count)
        v->at++;
    const struct desk_range *r = &v->ranges[v->at];
    return v->at < v->range_count && leaf >= r->first ? v->messages[r->start + leaf - r->first] : 0;
}

static bool is_among(const char *account, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], account) == 0)
            return true;
    return false;
}

/* The index keeps recipients as a set: in what order they stood, and whether one stood twice, is
 * not told apart. */
static bool same_people(const struct desk_message *there, const struct follower_message *m)
{
    size_t count = 0;
    while (there->to[count] != NULL)
        if (!is_among(there->to[count++], m->to, m->to_count))
            return false;
    for (size_t i = 0; i < m->to_count; i++)
        if (!is_among(m->to[i], there->to, count))
            return false;
    return strcmp(there->from, m->from) == 0;
}

struct comparing {
    const struct follower_message *message;
    const char *differs; /* NULL: nothing does */
};

static int compare_message(void *context, const struct desk_message *there)
{
    struct comparing *c = context;
    const struct follower_message *m = c->message;
    if (there->body_len != m->body_len || memcmp(there->body, m->body, m->body_len) != 0)
        c->differs = "another text";
    else if (!same_people(there, m))
        c->differs = "another sender or other recipients";
    else if (there->at_unix_ms != m->at_unix_ms)
        c->differs = "another time";
    else if (strcmp(there->country, m->country) != 0)
        c->differs = "another country";
    return 0;
}

static int take_message(void *context, const char *bot, const struct follower_message *m)
{
    struct desk_verifying *v = context;
    struct comparing c = {.message = m};
    struct diag d;
    (void)bot;
    int64_t id = m->batch < v->read ? message_of(v, m->leaf) : 0;
    if (id == 0)
        return 0;
    int r = desk_message(v->o->engine->index, id, 0, compare_message, &c, &d);
    if (r < 0)
        c.differs = d.text;
    v->counts.opened++;
    if (c.differs != NULL)
        desk_verify_found(v, DESK_CHANGED, "message %" PRId64 " of leaf %" PRIu64 ": %s", id,
                          m->leaf, c.differs);
    return 0;
}

static int end_batch(void *context, const struct follower_state *state)
{
    const struct desk_verifying *v = context;
    return state->next >= v->read ? ERR_CLOSED : 0; /* the rest is not read yet */
}

int desk_verify_opened(struct desk_verifying *v, const char *documents, const char *path)
{
    struct follower_options o = {.net = v->net,
                                 .documents = documents,
                                 .identities = v->o->identities->list,
                                 .identity_count = v->o->identities->count};
    const struct follower_sink sink = {take_message, end_batch, v};
    v->at = 0;
    CLEANUP(follower_free_cleanup) struct follower *f = NULL;
    struct follower_state states[FOLLOWER_BOTS_MAX];
    int r = follower_new(&o, &f, v->d);
    if (r == 0)
        r = follower_add(f, v->bot, path, 1, 0, v->d);
    if (r < 0 || v->read <= 1)
        return r;
    while ((r = follower_poll(f, 64, &sink)) > 0)
        continue;
    (void)follower_states(f, states);
    if (states[0].stopped[0] != '\0')
        return diag_set(v->d, ERR_AUTH, "%s", states[0].stopped);
    return r < 0 && r != ERR_CLOSED
               ? diag_set(v->d, r, "%s: its messages cannot be compared", v->bot)
               : 0;
}
