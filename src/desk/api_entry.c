/* Entries of the access log for questions. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "desk/api_internal.h"

bool api_bucket_take(struct api_bucket *b, int64_t now_ms)
{
    int64_t more = b->at_ms == 0 ? b->size : (now_ms - b->at_ms) / b->each_ms;
    if (more >= b->size) {
        b->left = b->size;
        b->at_ms = now_ms;
    } else if (more > 0) {
        b->left = b->left + (unsigned)more > b->size ? b->size : b->left + (unsigned)more;
        b->at_ms += more * b->each_ms;
    }
    if (b->left == 0) {
        b->turned_away++;
        return false;
    }
    b->left--;
    return true;
}

void api_what(struct api_call *c, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *at = len < 0 ? NULL : (char *)buf_extend(&c->what, (size_t)len + 1);
    if (at != NULL) {
        vsnprintf(at, (size_t)len + 1, fmt, again);
        c->what.len--; /* the NUL */
    }
    va_end(again);
    va_end(args);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void note_warrant(struct api_call *c, const char *warrant)
{
    if (bsearch(&warrant, c->warrants, c->warrant_count, sizeof *c->warrants, by_text) != NULL ||
        c->warrant_count == API_WARRANTS_MAX)
        return;
    const char *copy = arena_string(&c->arena, warrant);
    if (copy == NULL)
        return;
    c->warrants[c->warrant_count++] = copy;
    qsort(c->warrants, c->warrant_count, sizeof *c->warrants, by_text);
}

void api_shown(struct api_call *c, const struct desk_message *m)
{
    c->entry.count++;
    for (const char *const *w = m->warrants; *w != NULL; w++)
        note_warrant(c, *w);
}

/* Sorted, by blanks; where there are too many for one entry, it ends in "...". */
static void put_warrants(struct api_call *c, struct buf *b)
{
    for (size_t i = 0; i < c->warrant_count; i++)
        buf_format(b, "%s%s", i == 0 ? "" : " ", c->warrants[i]);
    if (c->warrant_count == API_WARRANTS_MAX)
        buf_put_text(b, " ...");
}

static int append_of(struct api_call *c, enum access_action action, const char *what,
                     const char *warrants, uint64_t count)
{
    struct access_entry e = c->entry;
    e.count = count;
    e.at_unix_ms = c->now;
    e.action = action;
    e.user = c->has_session ? c->session.name : "";
    e.role = c->has_session ? desk_role_text(c->session.role) : "";
    e.purpose = c->q->purpose;
    if (e.case_id == NULL)
        e.case_id = c->form == NULL ? "" : api_text(c, "case", "");
    e.warrants = warrants;
    e.hidden = c->has_session && c->session.role == DESK_DEFENCE;
    e.what = what;
    return access_append(c->api->o.log, &e, &c->d);
}

/* One entry, or one for each part, so that counts are those of their warrants. */
static int append(struct api_call *c, enum access_action action, const char *what)
{
    CLEANUP_BUF struct buf warrants = BUF_INIT(ACCESS_TEXT_MAX);
    int r = 0;
    put_warrants(c, &warrants);
    if (c->part_count == 0)
        return append_of(c, action, what, buf_text(&warrants), c->entry.count);
    for (size_t i = 0; i < c->part_count && r == 0; i++)
        r = append_of(c, action, what, c->parts[i].warrants, c->parts[i].count);
    return r;
}

int api_log(struct api_call *c)
{
    if (buf_failed(&c->what))
        return api_refuse(c, API_TOO_LONG, "the question is too long for the access log");
    if (append(c, c->route->open.action, buf_text(&c->what)) < 0)
        return api_refuse(c, API_NOT_LOGGED, "what cannot be logged is not answered: %s",
                          c->d.text);
    return 0;
}

static const char *const methods[QUESTION_METHODS] = {
    [QUESTION_GET] = "GET",
    [QUESTION_POST] = "POST",
    [QUESTION_PUT] = "PUT",
    [QUESTION_DELETE] = "DELETE",
};

/* A page that asks whether it has a session, as each does first, is no event. */
static bool is_no_event(const struct api_call *c)
{
    return c->error == API_SESSION && c->route != NULL && c->route->open.action == ACCESS_ACTIONS;
}

void api_log_refusal(struct api_call *c)
{
    struct api_bucket *b = &c->api->refusals;
    uint64_t turned_away = b->turned_away;
    if (is_no_event(c) || (!c->has_session && !api_bucket_take(b, c->api->o.monotonic_ms())))
        return;
    CLEANUP_BUF struct buf what = BUF_INIT(ACCESS_TEXT_MAX);
    buf_format(&what, "%s %s: %s", methods[c->q->method], c->q->path, api_error_word(c->error));
    if (c->what.len > 0 && !buf_failed(&c->what))
        buf_format(&what, ": %s", buf_text(&c->what));
    if (!c->has_session && c->q->peer[0] != '\0')
        buf_format(&what, " (from %s)", c->q->peer);
    if (!c->has_session && turned_away > 0)
        buf_format(&what, " (and %" PRIu64 " before it that are not listed)", turned_away);
    c->entry.count = 0;
    c->warrant_count = 0;
    c->part_count = 0;
    if (append(c, ACCESS_REFUSED, buf_text(&what)) < 0)
        api_refuse(c, API_NOT_LOGGED, "what cannot be logged is not answered: %s", c->d.text);
    else if (!c->has_session)
        b->turned_away = 0;
}
