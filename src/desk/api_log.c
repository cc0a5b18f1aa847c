/* The access log as auditors read it, the overview, the API's own description. */
#include <string.h>

#include "base/calendar.h"
#include "desk/api_internal.h"

#define ENTRIES_USUAL 100

struct entries {
    json_t *list;
    uint64_t last;
};

static int take_entry(void *context, const struct access_entry *e)
{
    struct entries *s = context;
    CLEANUP_BUF struct buf line = BUF_INIT(16U * ACCESS_TEXT_MAX);
    access_line(&line, e);
    s->last = e->number;
    return json_array_append_new(
        s->list,
        json_pack("{sI sI ss so so so so so so sI sb so}", "number", (json_int_t)e->number, "at",
                  (json_int_t)e->at_unix_ms, "action", access_action_text(e->action), "user",
                  api_string(e->user), "role", api_string(e->role), "purpose",
                  api_string(e->purpose), "case", api_string(e->case_id), "warrants",
                  api_string(e->warrants), "what", api_string(e->what), "count",
                  (json_int_t)e->count, "hidden", e->hidden, "line", api_string(buf_text(&line))));
}

static bool is_newest_first(const struct api_call *c)
{
    return strcmp(api_text(c, "order", "newest"), "newest") == 0;
}

static void say_what_of_log(struct api_call *c, const struct access_question *q)
{
    api_what(c, "access log");
    if (q->user != NULL)
        api_what(c, " of %s", q->user);
    if (q->action != ACCESS_ACTIONS)
        api_what(c, ": %s", access_action_text(q->action));
}

int api_log_read(struct api_call *c)
{
    int64_t limit = api_number(c, "limit", ENTRIES_USUAL);
    bool newest = is_newest_first(c);
    struct entries s = {.list = json_array()};
    struct access_question q = {.from = (uint64_t)api_number(c, "from", newest ? INT64_MAX : 0),
                                .limit = (uint64_t)limit,
                                .newest_first = newest,
                                .user = api_text(c, "user", NULL),
                                .action = access_action_of(api_text(c, "action", ""))};
    c->answer = json_pack("{so}", "entries", s.list);
    say_what_of_log(c, &q);
    int r = access_each(c->api->o.log, &q, take_entry, &s, &c->d);
    if (r < 0)
        return api_fail(c, r);
    bool more = json_array_size(s.list) == (size_t)limit && (!newest || s.last > 0);
    json_int_t next = (json_int_t)(newest ? s.last - 1 : s.last + 1);
    json_object_set_new(c->answer, "from", more ? json_integer(next) : json_null());
    json_object_set_new(c->answer, "size", json_integer((json_int_t)access_size(c->api->o.log)));
    return 0;
}

int api_log_checkpoint(struct api_call *c)
{
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    int r = access_sign(c->api->o.log, c->now, &c->d);
    if (r == 0)
        r = access_checkpoint(c->api->o.log, &note, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->answer = json_pack("{so ss}", "note", api_string(buf_text(&note)), "key",
                          access_vkey(c->api->o.log));
    return 0;
}

/* ---- the overview ---- */

static json_t *figures_json(const struct desk_figures *f)
{
    return json_pack("{sI sI sI sI sI sI sI sI sI sI sI}", "messages", (json_int_t)f->messages,
                     "records", (json_int_t)f->records, "people", (json_int_t)f->people,
                     "conversations", (json_int_t)f->conversations, "files", (json_int_t)f->files,
                     "unverified", (json_int_t)f->unverified, "pending", (json_int_t)f->pending,
                     "first", (json_int_t)f->first_unix_ms, "last", (json_int_t)f->last_unix_ms,
                     "today", (json_int_t)f->today, "active_week", (json_int_t)f->active_week);
}

static int take_journal(void *context, const struct desk_progress *p)
{
    return json_array_append_new(
        context, json_pack("{so sI sI sI so}", "bot", api_string(p->bot), "next",
                           (json_int_t)p->next, "size", (json_int_t)p->size, "covered",
                           (json_int_t)p->covered, "stopped", api_string(p->stopped)));
}

static const char *stopped_of(const json_t *journals, const char *bot)
{
    size_t i;
    const json_t *journal;
    json_array_foreach(
        journals, i, journal) if (strcmp(json_string_value(json_object_get(journal, "bot")), bot) ==
                                  0) return json_string_value(json_object_get(journal, "stopped"));
    return "this bot's journal was never read";
}

static json_t *day_json(const struct desk_validity_of *s, int64_t day)
{
    char text[CALENDAR_DAY_LEN + 1] = "";
    if (s->state != DESK_VALIDITY_UNKNOWN)
        calendar_format_day(day, text);
    return json_string(text);
}

static json_t *validity_json(const struct desk_validity_of *s)
{
    return json_pack("{ss sb so so sI}", "state", desk_validity_text(s->state), "readable",
                     s->readable, "from", day_json(s, s->from_day), "until",
                     day_json(s, s->until_day), "days_left", (json_int_t)s->days_left);
}

struct warrants {
    json_t *list;
    const json_t *journals;
};

/* Every record up to where its journal was read is there, or the journal stands still: the index
 * takes in a batch whole, and nothing of one that does not verify. */
static int take_warrant(void *context, const struct desk_warrant *w)
{
    struct warrants *s = context;
    const char *stopped = stopped_of(s->journals, w->bot);
    return json_array_append_new(
        s->list,
        json_pack("{so so sI sI sI sb ss so}", "warrant", api_string(w->warrant), "bot",
                  api_string(w->bot), "records", (json_int_t)w->records, "first",
                  (json_int_t)w->first_unix_ms, "last", (json_int_t)w->last_unix_ms, "complete",
                  stopped[0] == '\0', "stopped", stopped, "validity", validity_json(&w->validity)));
}

int api_overview(struct api_call *c)
{
    struct desk_index *x = c->api->o.index;
    struct desk_figures f;
    json_t *journals = json_array();
    struct warrants w = {json_array(), journals};
    json_t *outcomes = json_array();
    c->answer =
        json_pack("{so so so}", "journals", journals, "warrants", w.list, "outcomes", outcomes);
    int r = desk_figures(x, c->now, &f, &c->d);
    if (r == 0)
        r = desk_journals(x, take_journal, journals, &c->d);
    if (r == 0)
        r = desk_warrants(x, take_warrant, &w, &c->d);
    if (r == 0)
        r = api_outcome_sums(c, NULL, outcomes);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "figures", figures_json(&f));
    return 0;
}

/* ---- the description ---- */

static const char *const description[] = {
#include "desk-openapi.inc"
};

int api_openapi(struct api_call *c)
{
    CLEANUP_BUF struct buf text = BUF_INIT(1U << 20);
    for (size_t i = 0; i < sizeof description / sizeof *description; i++)
        buf_put_text(&text, description[i]);
    c->answer = json_loads(buf_text(&text), JSON_REJECT_DUPLICATES, NULL);
    return c->answer == NULL ? api_refuse(c, API_INTERNAL, "the description is not JSON") : 0;
}
