/* Searching, counting, opening. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"

#define HITS_USUAL 50
#define COUNT_BUDGET_MS 200
#define SCOPE_BYTES 512U

/* ---- hits ---- */

struct hits {
    struct api_call *call;
    json_t *list;
    int64_t last;
};

static json_t *marks_json(const struct desk_hit *h)
{
    json_t *marks = json_array();
    for (size_t i = 0; i < h->mark_count; i++)
        json_array_append_new(
            marks, json_pack("[II]", (json_int_t)h->marks[i].start, (json_int_t)h->marks[i].len));
    return marks;
}

static int take_hit(void *context, const struct desk_hit *h)
{
    struct hits *hits = context;
    json_t *o = api_message(h->message, false);
    json_object_set_new(o, "snippet", api_string(h->snippet));
    json_object_set_new(o, "marks", marks_json(h));
    json_object_set_new(o, "score", json_real(h->score));
    json_object_set_new(o, "alike", json_integer((json_int_t)h->alike));
    json_array_append_new(hits->list, o);
    hits->last = h->message->id;
    api_shown(hits->call, h->message);
    return api_put_made(hits->call, o, h->message);
}

static enum desk_order order_of(const struct api_call *c)
{
    const char *word = api_text(c, "order", "newest");
    if (strcmp(word, "oldest") == 0)
        return DESK_OLDEST;
    return strcmp(word, "relevant") == 0 ? DESK_RELEVANT : DESK_NEWEST;
}

static int search_query(struct api_call *c, const struct query *query, struct buf *scope)
{
    struct hits hits = {.call = c, .list = json_array()};
    struct desk_search s = {.query = query,
                            .order = order_of(c),
                            .user = c->session.user,
                            .limit = (unsigned)api_number(c, "limit", HITS_USUAL),
                            .grouped = api_flag(c, "grouped", false)};
    bool more = false;
    c->answer = json_pack("{so}", "hits", hits.list);
    query_put(&c->what, query);
    buf_format(scope, "search %d%s %s", (int)s.order, s.grouped ? " grouped" : "",
               buf_text(&c->what));
    if (buf_failed(scope))
        return api_refuse(c, API_TOO_LONG, "the query is too long for the access log");
    int r = api_after(c, buf_text(scope), 0, &s.after_id);
    if (r < 0)
        return r;
    r = desk_search(c->api->o.index, &s, take_hit, &hits, &more, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "query", api_string(buf_text(&c->what)));
    json_object_set_new(c->answer, "more", json_boolean(more));
    json_object_set_new(c->answer, "after",
                        more ? api_cursor(buf_text(scope), hits.last) : json_null());
    return 0;
}

int api_search(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    CLEANUP_BUF struct buf scope = BUF_INIT(2U * ACCESS_TEXT_MAX);
    int r = api_query(c, api_text(c, "q", ""), &query);
    return r < 0 ? r : search_query(c, query, &scope);
}

/* ---- counts ---- */

static const char *const facet_names[DESK_FACETS] = {
    [DESK_BY_PERSON] = "people", [DESK_BY_COUNTRY] = "countries", [DESK_BY_LANG] = "languages",
    [DESK_BY_MONTH] = "months",  [DESK_BY_KIND] = "kinds",
};

static json_t *counts_json(const struct desk_counts *counts)
{
    json_t *facets = json_object();
    for (int f = 0; f < DESK_FACETS; f++) {
        json_t *list = json_array();
        for (size_t i = 0; i < counts->facet_counts[f]; i++)
            json_array_append_new(list, json_pack("{sosI}", "value",
                                                  api_string(counts->facets[f][i].value), "count",
                                                  (json_int_t)counts->facets[f][i].count));
        json_object_set_new(facets, facet_names[f], list);
    }
    return json_pack("{sI sb so}", "total", (json_int_t)counts->total, "exact", counts->exact,
                     "facets", facets);
}

int api_count(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    struct desk_counts *counts = NULL;
    int r = api_query(c, api_text(c, "q", ""), &query);
    if (r < 0)
        return r;
    query_put(&c->what, query);
    r = desk_count_hits(c->api->o.index, query, c->session.user, COUNT_BUDGET_MS, &counts, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->answer = counts_json(counts);
    desk_counts_free(counts);
    return 0;
}

/* ---- opening ---- */

static json_t *made_of(const struct desk_marks *m)
{
    json_t *tags = json_array(), *cases = json_array(), *notes = json_array();
    for (size_t i = 0; i < m->tag_count; i++)
        json_array_append_new(tags, api_string(m->tags[i]));
    for (size_t i = 0; i < m->case_count; i++)
        json_array_append_new(cases, api_string(m->cases[i]));
    for (size_t i = 0; i < m->note_count; i++)
        json_array_append_new(notes, json_pack("{sI sI so}", "user", (json_int_t)m->notes[i].user,
                                               "at", (json_int_t)m->notes[i].at_unix_ms, "text",
                                               api_string(m->notes[i].text)));
    return json_pack("{so so so sb}", "tags", tags, "cases", cases, "notes", notes, "flagged",
                     m->flagged);
}

static int take_message(void *context, const struct desk_message *m)
{
    struct api_call *c = context;
    c->answer = api_message(m, true);
    api_shown(c, m);
    return api_put_made(c, c->answer, m);
}

int api_view(struct api_call *c)
{
    CLEANUP_FREE struct desk_marks *marks = mem_new(sizeof *marks);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "message %lld", (long long)id);
    r = desk_message(c->api->o.index, id, c->session.user, take_message, c, &c->d);
    if (r == 0 && c->session.role != DESK_DEFENCE) /* reviewers' work is not theirs to see */
        r = desk_marks_of(c->api->o.index, id, &c->arena, marks, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "marks", made_of(marks));
    return 0;
}

int api_take_line(void *context, const struct desk_message *m)
{
    struct api_lines *lines = context;
    json_t *o = api_message(m, true);
    json_array_append_new(lines->list, o);
    lines->last = m->id;
    api_shown(lines->call, m);
    return api_put_made(lines->call, o, m);
}

int api_thread(struct api_call *c)
{
    bool backwards = api_flag(c, "backwards", false);
    char scope[SCOPE_BYTES];
    struct api_lines lines = {.call = c, .list = json_array()};
    struct desk_thread t = {.conversation = c->arguments[0],
                            .from_unix_ms =
                                api_number(c, "from", backwards ? INT64_MAX : INT64_MIN),
                            .backwards = backwards,
                            .limit = (unsigned)api_number(c, "limit", HITS_USUAL),
                            .user = c->session.user};
    c->answer = json_pack("{so}", "messages", lines.list);
    api_what(c, "conversation %s", c->arguments[0]);
    if (t.from_unix_ms != INT64_MIN && t.from_unix_ms != INT64_MAX)
        api_what(c, " %s %lld", backwards ? "back from" : "from", (long long)t.from_unix_ms);
    snprintf(scope, sizeof scope, "thread %s %d", c->arguments[0], backwards);
    int r = api_after(c, scope, 0, &t.after_id);
    if (r < 0)
        return r;
    r = desk_thread(c->api->o.index, &t, api_take_line, &lines, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_put_after(c, json_array_size(lines.list), t.limit, scope, lines.last);
    return 0;
}
