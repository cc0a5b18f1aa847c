/* Queues: the next unseen message or conversation of what is assigned to me, of an organisation, of
 * a saved search. Each is a query, and what of it the user has not seen. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/assign.h"
#include "desk/queue.h"

#define QUEUE_BUDGET_MS 200
#define SCOPE_BYTES 1024U

enum queue_of { QUEUE_MINE, QUEUE_ORGANISATION, QUEUE_SEARCH, QUEUES };
static const char *const queues[QUEUES] = {
    [QUEUE_MINE] = "mine",
    [QUEUE_ORGANISATION] = "organisation",
    [QUEUE_SEARCH] = "search",
};

/* A query under way, in UTC: those that it is made of have named their own zones. */
struct writing {
    struct api_call *call;
    struct buf *text;
    bool latin;
};

static void put_quoted(struct buf *b, const char *name, const char *value)
{
    buf_format(b, "%s:\"", name);
    for (; *value != '\0'; value++)
        buf_format(b, *value == '"' ? "\"\"" : "%c", *value);
    buf_put_u8(b, '"');
}

/* In one form, with every default named, so that it means the same in another zone. */
static int put_saved(struct writing *w, int64_t id)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    struct api_saved saved;
    int r = api_saved_read(w->call, id, &saved);
    if (r == 0)
        r = api_query_in(w->call, &saved.written, &query);
    if (r < 0)
        return r;
    if (saved.id == 0)
        return api_refuse(w->call, API_NOT_FOUND, "there is no search %lld", (long long)id);
    w->latin = w->latin || saved.written.latin;
    bool all = query_root(query)->kind == QUERY_ALL; /* of what is unseen, as the rest is */
    buf_put_text(w->text, all ? "(unseen:me" : "(");
    query_put(w->text, query);
    buf_put_text(w->text, ")");
    return 0;
}

/* Whose search it is, to whom it is assigned, or who supervises may ask for its queue. */
static int check_search(struct api_call *c, int64_t id)
{
    struct api_saved saved;
    int r = api_saved_read(c, id, &saved);
    if (r < 0)
        return r;
    if (saved.id == 0 ||
        (saved.user != c->session.user && c->session.role != DESK_SUPERVISOR && !saved.is_assigned))
        return api_refuse(c, API_NOT_FOUND, "there is no search %lld of yours", (long long)id);
    return 0;
}

static int put_search(struct writing *w, const char *value)
{
    int64_t id;
    int r = api_number_of(w->call, value, &id);
    if (r == 0)
        r = check_search(w->call, id);
    return r < 0 ? r : put_saved(w, id);
}

/* ---- what is assigned to me ---- */

struct searches {
    int64_t *ids;
    size_t count;
};

static int take_search(void *context, const struct desk_assignment *a)
{
    struct searches *s = context;
    if (a->kind != DESK_ASSIGN_SEARCH)
        return 0;
    s->ids = mem_resize(s->ids, s->count + 1, sizeof *s->ids);
    s->ids[s->count++] = strtoll(a->object, NULL, 10);
    return 0;
}

static int put_mine(struct writing *w)
{
    struct api_call *c = w->call;
    struct searches s = {0};
    buf_put_text(w->text, "(assigned:me");
    int r = desk_assignments(c->api->o.index, c->session.user, take_search, &s, &c->d);
    if (r < 0)
        r = api_fail(c, r);
    for (size_t i = 0; i < s.count && r == 0; i++) {
        buf_put_text(w->text, " OR ");
        r = put_saved(w, s.ids[i]);
    }
    buf_put_text(w->text, ")");
    free(s.ids);
    return r;
}

/* ---- asking ---- */

static enum queue_of queue_of(const char *word)
{
    int q = 0;
    while (q < QUEUES && strcmp(queues[q], word) != 0)
        q++;
    return (enum queue_of)q;
}

static int write_query(struct writing *w, enum queue_of of, const char *value)
{
    if ((value[0] == '\0') != (of == QUEUE_MINE))
        return api_refuse(w->call, API_MALFORMED,
                          "'value' is the organisation or the search's number, of no other");
    switch (of) {
    case QUEUE_MINE:
        return put_mine(w);
    case QUEUE_ORGANISATION:
        put_quoted(w->text, "org", value);
        return 0;
    case QUEUE_SEARCH:
        return put_search(w, value);
    case QUEUES:
        break;
    }
    return api_refuse(w->call, API_MALFORMED, "there is no such queue");
}

/* The queue's query, of what the user has not seen. */
static int query_of_queue(struct api_call *c, struct query **ret)
{
    CLEANUP_BUF struct buf text = BUF_INIT(QUERY_BYTES_MAX);
    struct writing w = {.call = c, .text = &text};
    int r = write_query(&w, queue_of(api_text(c, "of", "")), api_text(c, "value", ""));
    if (r < 0)
        return r;
    buf_put_text(&text, " unseen:me");
    if (buf_failed(&text))
        return api_refuse(c, API_TOO_LONG, "too many searches are assigned: ask for one of them");
    const struct api_written written = {buf_text(&text), "UTC", w.latin};
    r = api_query_in(c, &written, ret);
    c->has_place = false; /* of a text that the user did not write */
    return r;
}

static int take_message(void *context, const struct desk_message *m)
{
    struct api_call *c = context;
    json_t *o = api_message(m, true);
    json_object_set_new(c->answer, "next", o);
    api_shown(c, m);
    return api_put_made(c, o, m);
}

static int show_next(struct api_call *c, const struct desk_queue_state *state, const char *scope)
{
    c->answer = json_pack("{sI sb sn sn}", "left", (json_int_t)state->left, "exact", state->exact,
                          "next", "after");
    if (state->next == 0)
        return 0;
    json_object_set_new(c->answer, "after", api_cursor(scope, state->next));
    int r = desk_message(c->api->o.index, state->next, c->session.user, take_message, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_queue(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    CLEANUP_BUF struct buf scope = BUF_INIT(SCOPE_BYTES);
    struct desk_queue_state state;
    const char *unit = api_text(c, "unit", "message"), *value = api_text(c, "value", "");
    struct desk_queue q = {.user = c->session.user,
                           .newest = strcmp(api_text(c, "order", "oldest"), "newest") == 0,
                           .by_conversation = strcmp(unit, "conversation") == 0,
                           .budget_ms = QUEUE_BUDGET_MS};
    api_what(c, "the next %s of the queue %s%s%s", unit, api_text(c, "of", ""),
             value[0] == '\0' ? "" : " ", value);
    buf_format(&scope, "%s %d", buf_text(&c->what), q.newest);
    int r = query_of_queue(c, &query);
    if (r == 0)
        r = api_after(c, buf_text(&scope), 0, &q.after_id);
    if (r < 0)
        return r;
    q.query = query;
    r = desk_queue_look(c->api->o.index, &q, &state, &c->d);
    return r < 0 ? api_fail(c, r) : show_next(c, &state, buf_text(&scope));
}
