#include "asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

int asking_set_up(void **state)
{
    struct small_desk *s = mem_new(sizeof *s);
    small_desk_make(s);
    small_desk_fill(s);
    small_desk_open(s, false);
    *state = s;
    return 0;
}

int asking_tear_down(void **state)
{
    small_desk_clear(*state);
    free(*state);
    return 0;
}

void assert_status(const struct told *t, unsigned status)
{
    if (t->status != status)
        fail_msg("%u, not %u: %s", t->status, status, t->text);
}

void must(struct small_desk *s, enum desk_role as, const char *method, const char *address,
          const char *body)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, method, address, body);
    if (t.status >= 300)
        fail_msg("%s %s: %u %s", method, address, t.status, t.text);
}

void must_refuse(struct small_desk *s, enum desk_role as, const char *method, const char *address,
                 const char *body, const char *code)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, method, address, body);
    if (strcmp(told_code(&t), code) != 0)
        fail_msg("%s %s: %u %s, not %s", method, address, t.status, t.text, code);
}

int64_t number_at(const struct told *t, const char *name)
{
    return json_integer_value(json_object_get(t->json, name));
}

const char *text_at(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text == NULL ? "" : text;
}

size_t hits_of(struct small_desk *s, const char *query)
{
    CLEANUP_FREE char *address = mem_format("/api/search?limit=500&q=%s", query);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
    assert_status(&t, 200);
    return json_array_size(json_object_get(t.json, "hits"));
}

static int take_last(void *context, const struct access_entry *e)
{
    struct last *l = context;
    l->action = e->action;
    l->count = e->count;
    snprintf(l->user, sizeof l->user, "%s", e->user);
    snprintf(l->role, sizeof l->role, "%s", e->role);
    snprintf(l->purpose, sizeof l->purpose, "%s", e->purpose);
    snprintf(l->case_id, sizeof l->case_id, "%s", e->case_id);
    snprintf(l->warrants, sizeof l->warrants, "%s", e->warrants);
    snprintf(l->what, sizeof l->what, "%s", e->what);
    return 0;
}

struct last last_of(struct small_desk *s)
{
    struct last l = {.action = ACCESS_ACTIONS};
    const struct access_question q = {
        .from = INT64_MAX, .limit = 1, .newest_first = true, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(s->log, &q, take_last, &l, &s->d), 0);
    return l;
}

void assert_last(struct small_desk *s, enum access_action action, const char *what)
{
    struct last l = last_of(s);
    if (l.action != action || strcmp(l.what, what) != 0)
        fail_msg("%s '%s', not %s '%s'", access_action_text(l.action), l.what,
                 access_action_text(action), what);
}
