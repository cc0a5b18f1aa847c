#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/secret.h"
#include "cli/device_session.h"
#include "cli/print.h"
#include "device/agent.h"

#define WAIT_VERDICT_MS 30000
#define WAIT_RECEIPTS_MS 2000 /* after the verdict: recipients may be away */

/* How far the message has come. */
struct sending {
    const struct verb *verb;
    char id[VALUE_ID_MAX + 1];
    bool json;
    bool archived, done, stopped;
    int64_t archived_ms;
    char waiting[256]; /* why it waits */
};

static void note(struct sending *s, const char *progress, const char *detail)
{
    if (s->json) {
        json_t *line = json_pack("{ss ss ss}", "id", s->id, "progress", progress, "detail", detail);
        print_json(line);
        json_decref(line);
    }
    if (strcmp(progress, "archived") == 0 || strcmp(progress, "open") == 0) {
        s->archived = true;
        s->archived_ms = clock_monotonic_ms();
        if (!s->json && strcmp(progress, "archived") == 0)
            printf("archived under %s\n", detail);
        else if (!s->json)
            puts("no warrant covers it: sent without archive");
    } else if (strcmp(progress, "delivered") == 0 && !s->json) {
        printf("delivered to %s\n", detail);
    } else if (strcmp(progress, "done") == 0) {
        s->done = true;
    } else if (strcmp(progress, "stopped") == 0) {
        s->stopped = true;
        verb_fail(s->verb, "%s", detail);
    } else if (strcmp(progress, "waiting") == 0) {
        snprintf(s->waiting, sizeof s->waiting, "%s", detail);
    }
    fflush(stdout);
}

static void on_progress(void *context, const char *id, enum device_progress p, const char *detail)
{
    struct sending *s = context;
    if (strcmp(id, s->id) == 0)
        note(s, agent_progress_text(p), detail);
}

static void on_notice(void *context, const char *peer, const char *text)
{
    (void)context, (void)peer;
    fprintf(stderr, "%s\n", text);
}

static bool finished(const struct sending *s, int64_t deadline)
{
    int64_t now = clock_monotonic_ms();
    return s->done || s->stopped || (s->archived && now - s->archived_ms > WAIT_RECEIPTS_MS) ||
           (!s->archived && now > deadline);
}

static void run_host(struct sending *s, struct device_session *x)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_VERDICT_MS;
    while (!finished(s, deadline) && !hosted_refused(x->hosted)) {
        struct pollfd fds[4];
        size_t count = host_pollfds(x->host, fds, 4);
        int wait = host_timeout_ms(x->host);
        poll(fds, count, wait < 0 || wait > 200 ? 200 : wait);
        host_run(x->host);
    }
    if (!hosted_online(x->hosted) && s->waiting[0] == '\0')
        snprintf(s->waiting, sizeof s->waiting, "%s", hosted_why(x->hosted));
}

/* Another process has the device: its events tell. */
static void follow_agent(struct sending *s, struct device_session *x)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_VERDICT_MS;
    struct diag d;
    while (!finished(s, deadline)) {
        json_t *event = NULL;
        if (!agent_link_wait(x->agent, 200))
            continue;
        if (agent_link_event(x->agent, &event, &d) < 0)
            return;
        const char *id = json_string_value(json_object_get(event, "id"));
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (kind != NULL && strcmp(kind, "progress") == 0 && id != NULL && strcmp(id, s->id) == 0)
            note(s, json_string_value(json_object_get(event, "progress")),
                 json_string_value(json_object_get(event, "detail")));
        json_decref(event);
    }
}

static int read_body(const struct verb *v, const char *const *words, size_t count, struct buf *body)
{
    if (count == 1 && strcmp(words[0], "-") == 0) {
        if (file_read_fd(fileno(stdin), body) < 0)
            return verb_fail(v, "the text is longer than %u bytes", VALUE_BODY_MAX);
        return VERB_OK;
    }
    for (size_t i = 0; i < count; i++)
        buf_format(body, "%s%s", i > 0 ? " " : "", words[i]);
    return buf_failed(body) ? verb_fail(v, "the text is longer than %u bytes", VALUE_BODY_MAX)
                            : VERB_OK;
}

static int queue(const struct verb *v, struct device_session *x, const char *const *to,
                 const struct buf *body, struct sending *s)
{
    json_t *names = json_array(), *answer = NULL, *ok = NULL;
    for (size_t i = 0; to[i] != NULL; i++)
        json_array_append_new(names, json_string(to[i]));
    json_t *text = json_stringn((const char *)body->data, body->len);
    if (text == NULL) {
        json_decref(names);
        return verb_fail(v, "the text is not UTF-8");
    }
    if (x->agent != NULL) {
        int r = device_session_ask(v, x, json_pack("{ss}", "do", "follow"), &ok);
        json_decref(ok);
        if (r != VERB_OK)
            return r;
    }
    int r = device_session_ask(
        v, x, json_pack("{ss so so}", "do", "send", "to", names, "body", text), &answer);
    if (r == VERB_OK)
        snprintf(s->id, sizeof s->id, "%s", json_string_value(json_object_get(answer, "id")));
    json_decref(answer);
    return r;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    const char *to[VALUE_RECIPIENTS_MAX + 1] = {NULL}, *words[256];
    const struct option_spec options[] = {
        DEVICE_OPTIONS(w),
        DEVICE_SOURCE(w),
        {.name = "to", .list = to, .list_max = VALUE_RECIPIENTS_MAX}};
    struct sending s = {.verb = v};
    struct device_events events = {.context = &s, .progress = on_progress, .notice = on_notice};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(VALUE_BODY_MAX);
    size_t count;
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], words, 256, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (to[0] == NULL || count == 0)
        return verb_misused(v, to[0] == NULL ? "to whom? Name accounts with --to"
                                             : "what? Give a text, or - to read one");
    s.json = w.json;
    if ((r = read_body(v, words, count, &body)) != VERB_OK ||
        (r = device_session_run(v, &w, &events, &x)) != VERB_OK ||
        (r = queue(v, &x, to, &body, &s)) != VERB_OK)
        return r;
    if (x.agent != NULL)
        follow_agent(&s, &x);
    else
        run_host(&s, &x);
    if (s.stopped)
        return VERB_FAILED;
    if (s.archived)
        return VERB_OK;
    return verb_fail(v,
                     "not archived yet (%s): it stays in the outbox and goes with the next "
                     "'device receive' or 'device send'",
                     s.waiting[0] == '\0' ? "no answer" : s.waiting);
}

const struct verb verb_device_send = {
    .noun = "device",
    .name = "send",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE
    "\n                            --to ACCOUNT [--to …] [--json] TEXT|-",
    .help = "send a text, and wait for the bot's verdict",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE
    "  --to ACCOUNT            name@domain; as often as there are recipients\n" DEVICE_JSON_MORE
    "  -                       read the text from standard input\n",
    .run = run,
};
