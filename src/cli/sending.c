#include "cli/sending.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/patience.h"
#include "cli/print.h"
#include "host/agent.h"
#include "wire/content.h"

#define WAIT_VERDICT_MS 30000
#define TURN_MS 200
#define WAIT_RECEIPTS_MS 2000 /* after the verdict: recipients may be away */

/* On one line of the terminal; a log gets none of it. */
static void note_upload(struct sending *s, const char *detail)
{
    s->moved_ms = clock_monotonic_ms();
    s->waiting[0] = '\0';
    if (!s->json && isatty(STDERR_FILENO))
        fprintf(stderr, "\ruploading %s", detail);
    s->uploading = true;
}

static void say(const char *what, const char *detail)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "%s", what);
    line_foreign(&l, detail);
    line_end(&l, 0);
}

/* What else is said begins on a line of its own. */
static void end_upload(struct sending *s)
{
    if (s->uploading && !s->json && isatty(STDERR_FILENO))
        fputc('\n', stderr);
    s->uploading = false;
}

static void note_archived(struct sending *s, enum device_progress p, const char *detail)
{
    s->archived = true;
    s->archived_ms = clock_monotonic_ms();
    if (!s->json && p == DEVICE_ARCHIVED)
        say("archived under ", detail);
    else if (!s->json)
        puts("no warrant covers it: sent without archive");
}

static void note_progress(struct sending *s, enum device_progress p, const char *detail)
{
    switch (p) {
    case DEVICE_SIGNED:
    case DEVICE_PROGRESSES:
        break;
    case DEVICE_ARCHIVED:
    case DEVICE_OPEN:
        note_archived(s, p, detail);
        break;
    case DEVICE_DELIVERED:
        if (!s->json)
            say("delivered to ", detail);
        break;
    case DEVICE_DONE:
        s->done = true;
        break;
    case DEVICE_STOPPED:
        s->stopped = true;
        verb_fail(s->verb, "%s", detail);
        break;
    case DEVICE_UPLOADING:
        note_upload(s, detail);
        break;
    case DEVICE_WAITING:
    case DEVICE_RESTING:
        snprintf(s->waiting, sizeof s->waiting, "%s", detail);
        break;
    }
}

static void note(struct sending *s, enum device_progress p, const char *detail)
{
    if (p != DEVICE_UPLOADING)
        end_upload(s);
    if (s->json) {
        json_t *line = json_pack("{ss ss ss}", "id", s->id, "progress", agent_progress_text(p),
                                 "detail", detail);
        print_json(line);
        json_decref(line);
    }
    note_progress(s, p, detail);
    fflush(stdout);
}

static void on_progress(void *context, const char *id, enum device_progress p, const char *detail)
{
    struct sending *s = context;
    if (strcmp(id, s->id) == 0)
        note(s, p, detail);
}

/* The same as another process tells it. */
static void take_event(struct sending *s, const json_t *event)
{
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *kind = json_string_value(json_object_get(event, "event"));
    const char *word = json_string_value(json_object_get(event, "progress"));
    const char *detail = json_string_value(json_object_get(event, "detail"));
    enum device_progress p;
    if (kind != NULL && strcmp(kind, "progress") == 0 && id != NULL && strcmp(id, s->id) == 0 &&
        word != NULL && detail != NULL && agent_progress_of(word, &p) == 0)
        note(s, p, detail);
}

static void on_notice(void *context, const char *peer, const char *text)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    (void)context, (void)peer;
    line_prose(&l, text);
    line_end_on(stderr, &l, 0);
}

static bool finished(const struct sending *s, int64_t deadline)
{
    int64_t now = clock_monotonic_ms();
    return s->done || s->stopped || (s->archived && now - s->archived_ms > WAIT_RECEIPTS_MS) ||
           (!s->archived && now > deadline && now > s->moved_ms + WAIT_VERDICT_MS);
}

static void run_host(struct sending *s, struct device_session *x)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_VERDICT_MS;
    struct patience patience = patience_begin(s->json);
    while (!finished(s, deadline) && !hosted_refused(x->hosted)) {
        struct pollfd fds[4];
        size_t count = host_pollfds(x->host, fds, 4);
        int wait = host_timeout_ms(x->host);
        poll(fds, count, wait < 0 || wait > TURN_MS ? TURN_MS : wait);
        host_run(x->host);
        if (!s->archived && s->moved_ms == 0)
            patience_tell(&patience, "the bot's verdict",
                          hosted_online(x->hosted) ? s->waiting : hosted_why(x->hosted));
    }
    if (hosted_refused(x->hosted) || (!hosted_online(x->hosted) && s->waiting[0] == '\0'))
        snprintf(s->waiting, sizeof s->waiting, "%s", hosted_why(x->hosted));
}

/* Another process has the device: its events tell. */
static void follow_agent(struct sending *s, struct device_session *x)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_VERDICT_MS;
    struct patience patience = patience_begin(s->json);
    struct diag d = {""};
    while (!finished(s, deadline)) {
        json_t *event = NULL;
        if (!s->archived && s->moved_ms == 0)
            patience_tell(&patience, "the bot's verdict", s->waiting);
        if (!agent_link_wait(x->agent, TURN_MS))
            continue;
        if (agent_link_event(x->agent, &event, &d) < 0) {
            snprintf(s->waiting, sizeof s->waiting, "%s", d.text);
            return;
        }
        take_event(s, event);
        json_decref(event);
    }
}

struct device_events sending_events(struct sending *s)
{
    return (struct device_events){.context = s, .progress = on_progress, .notice = on_notice};
}

static int queue(struct sending *s, struct device_session *x, json_t *request)
{
    json_t *answer = NULL, *ok = NULL;
    if (x->agent != NULL) {
        int r = device_session_ask(s->verb, x, json_pack("{ss}", "do", "follow"), &ok);
        json_decref(ok);
        if (r != VERB_OK) {
            json_decref(request);
            return r;
        }
    }
    int r = device_session_ask(s->verb, x, request, &answer);
    if (r == VERB_OK)
        snprintf(s->id, sizeof s->id, "%s", json_string_value(json_object_get(answer, "id")));
    json_decref(answer);
    return r;
}

int sending_run(struct sending *s, struct device_session *x, json_t *request)
{
    int r = queue(s, x, request);
    if (r != VERB_OK)
        return r;
    if (x->agent != NULL)
        follow_agent(s, x);
    else
        run_host(s, x);
    if (s->stopped)
        return VERB_FAILED;
    if (s->archived)
        return VERB_OK;
    return verb_fail(s->verb,
                     "not archived yet (%s): it stays in the outbox and goes with the next "
                     "'device receive' or 'device send'",
                     s->waiting[0] == '\0' ? "no answer" : s->waiting);
}

int sending_say(const struct verb *v, const struct device_words *w, json_t *request)
{
    struct sending s = {.verb = v, .json = w->json};
    struct device_events events = sending_events(&s);
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    int r = device_session_run(v, w, &events, &x);
    if (r == VERB_OK)
        return sending_run(&s, &x, request);
    json_decref(request);
    return r;
}

void sending_put_text(json_t *request, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(request, name, json_string(value));
}

int sending_put_seconds(const struct verb *v, json_t *request, const char *name, const char *value)
{
    uint64_t n;
    if (value == NULL)
        return VERB_OK;
    if (value_parse_u64(value, CONTENT_TIMER_MAX_S, &n) < 0 || n == 0)
        return verb_misused(v, "--%s is a number of seconds, at most 366 days", name);
    json_object_set_new(request, name, json_integer((json_int_t)n));
    return VERB_OK;
}

json_t *sending_texts(const char *const *words, size_t max)
{
    json_t *list = json_array();
    for (size_t i = 0; i < max && words[i] != NULL; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}
