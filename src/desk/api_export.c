/* Exports: a selection is counted, written to the log by its warrants, and frozen; then it is given
 * page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/export.h"

#define EXPORTS_USUAL 50

enum selection { SELECT_QUERY, SELECT_CASE, SELECT_IDS, SELECTIONS };
static const char *const selections[SELECTIONS] = {
    [SELECT_QUERY] = "query",
    [SELECT_CASE] = "case",
    [SELECT_IDS] = "ids",
};

struct exporting {
    struct desk_export e;
    int64_t *ids;
    size_t count;
};

static enum selection selection_of(const char *word)
{
    int s = 0;
    while (s < SELECTIONS && strcmp(selections[s], word) != 0)
        s++;
    return (enum selection)s;
}

/* ---- selecting ---- */

static int select_query(struct api_call *c, const char *written, struct exporting *x)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    int r = api_query(c, written, &query);
    if (r < 0)
        return r;
    query_put(&c->what, query);
    r = desk_export_select(c->api->o.index, query, c->session.user, x->ids, DESK_EXPORT_MAX + 1,
                           &x->count, &c->d);
    if (r < 0)
        return api_fail(c, r);
    if (x->count > DESK_EXPORT_MAX)
        return api_refuse(c, API_TOO_LONG, "more than %u messages: narrow the query",
                          DESK_EXPORT_MAX);
    return 0;
}

static int select_case(struct api_call *c, const char *word, struct exporting *x)
{
    CLEANUP_BUF struct buf query = BUF_INIT(QUERY_BYTES_MAX);
    int r = desk_case_check(c->api->o.index, word, &c->d);
    if (r < 0)
        return api_fail(c, r);
    buf_format(&query, "case:\"%s\"", word);
    return select_query(c, buf_text(&query), x);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int ignore(void *context, const struct desk_message *m)
{
    (void)context;
    (void)m;
    return 0;
}

/* Each once, in their order; each must be there for whoever asks. */
static int check_ids(struct api_call *c, struct exporting *x)
{
    size_t n = 0;
    qsort(x->ids, x->count, sizeof *x->ids, by_number);
    for (size_t i = 0; i < x->count; i++) {
        if (n > 0 && x->ids[n - 1] == x->ids[i])
            continue;
        int r = desk_message(c->api->o.index, x->ids[i], c->session.user, ignore, NULL, &c->d);
        if (r < 0)
            return api_fail(c, r);
        x->ids[n++] = x->ids[i];
    }
    x->count = n;
    return 0;
}

static int select_ids(struct api_call *c, const char *list, struct exporting *x)
{
    char *rest = NULL, *copy = arena_string(&c->arena, list);
    if (copy == NULL)
        return api_fail(c, ERR_LIMIT);
    for (char *one = strtok_r(copy, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
        int r = api_number_of(c, one, &x->ids[x->count]);
        if (r < 0)
            return r;
        x->count++; /* a list is shorter than DESK_EXPORT_MAX numbers */
    }
    if (x->count == 0)
        return api_refuse(c, API_MALFORMED, "'value' has no message's number");
    api_what(c, "messages %s", list);
    return check_ids(c, x);
}

static int select_messages(struct api_call *c, struct exporting *x)
{
    const char *value = api_text(c, "value", "");
    switch (selection_of(api_text(c, "selection", ""))) {
    case SELECT_QUERY:
        return select_query(c, value, x);
    case SELECT_CASE:
        return select_case(c, value, x);
    case SELECT_IDS:
        return select_ids(c, value, x);
    case SELECTIONS:
        break;
    }
    return api_refuse(c, API_MALFORMED, "there is no such selection");
}

int api_export_select(struct api_call *c)
{
    struct exporting *x = arena_new(&c->arena, sizeof *x);
    if (x == NULL || (x->ids = arena_array(&c->arena, DESK_EXPORT_MAX + 1, sizeof *x->ids)) == NULL)
        return api_fail(c, ERR_LIMIT);
    c->work = x;
    int r = select_messages(c, x);
    if (r < 0)
        return r;
    if (buf_failed(&c->what))
        return api_refuse(c, API_TOO_LONG, "the selection is too long for the access log");
    x->e = (struct desk_export){.user = c->session.user,
                                .at_unix_ms = c->now,
                                .format = api_text(c, "format", ""),
                                .selection = arena_string(&c->arena, buf_text(&c->what)),
                                .messages = x->count};
    r = desk_export_parts(c->api->o.index, x->ids, x->count, &c->arena, &c->parts, &c->part_count,
                          &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- freezing ---- */

static json_t *parts_json(const struct api_call *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->part_count; i++)
        json_array_append_new(list,
                              json_pack("{so sI}", "warrants", api_string(c->parts[i].warrants),
                                        "messages", (json_int_t)c->parts[i].count));
    return list;
}

int api_export_make(struct api_call *c)
{
    struct exporting *x = c->work;
    int r = desk_export_make(c->api->o.index, &x->e, x->ids, &c->d);
    if (r < 0)
        return api_fail(c, r);
    buf_reset(&c->what);
    api_what(c, "export %lld as %s, of %zu messages: %s", (long long)x->e.id, x->e.format, x->count,
             x->e.selection);
    c->status = API_CREATED;
    c->answer =
        json_pack("{sI sI so so}", "id", (json_int_t)x->e.id, "messages", (json_int_t)x->count,
                  "selection", api_string(x->e.selection), "by_warrants", parts_json(c));
    return 0;
}

static int take_export(void *context, const struct desk_export *e)
{
    return json_array_append_new(
        context, json_pack("{sI sI so so sI}", "id", (json_int_t)e->id, "at",
                           (json_int_t)e->at_unix_ms, "format", api_string(e->format), "selection",
                           api_string(e->selection), "messages", (json_int_t)e->messages));
}

int api_exports(struct api_call *c)
{
    json_t *list = json_array();
    c->answer = json_pack("{so}", "exports", list);
    int r = desk_exports(c->api->o.index, c->session.user,
                         (unsigned)api_number(c, "limit", EXPORTS_USUAL), take_export, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
