/* What this device's user has read, and whether those who wrote it are told. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/patience.h"
#include "cli/print.h"
#include "cli/sending.h"

#define WAIT_MS 15000
#define TURN_MS 200

/* What tells the senders goes out before this ends, as far as the server is there. */
static int wait_sent(const struct verb *v, struct device_session *x, bool json)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_MS;
    struct patience patience = patience_begin(json);
    while (x->host != NULL && clock_monotonic_ms() < deadline && !hosted_refused(x->hosted) &&
           !device_idle(hosted_device(x->hosted))) {
        struct pollfd fds[4];
        size_t count = host_pollfds(x->host, fds, 4);
        int wait = host_timeout_ms(x->host);
        poll(fds, count, wait < 0 || wait > TURN_MS ? TURN_MS : wait);
        host_run(x->host);
        patience_tell(&patience, "the server, to tell the senders", hosted_why(x->hosted));
    }
    if (x->host != NULL && hosted_refused(x->hosted))
        return verb_fail(v, "%s", hosted_why(x->hosted));
    if (x->host != NULL && !json && !device_idle(hosted_device(x->hosted)))
        fprintf(stderr, "not all is sent yet: the rest goes with the next 'device receive'\n");
    return VERB_OK;
}

static int take_numbers(const struct verb *v, const char *const *words, size_t count,
                        json_t *request)
{
    json_t *numbers = json_array();
    uint64_t n;
    for (size_t i = 0; i < count; i++) {
        if (value_parse_u64(words[i], INT64_MAX, &n) < 0) {
            json_decref(numbers);
            return verb_misused(v, "'%s' is not the number of a message", words[i]);
        }
        json_array_append_new(numbers, json_integer((json_int_t)n));
    }
    if (count > 0)
        json_object_set_new(request, "numbers", numbers);
    else
        json_decref(numbers);
    return VERB_OK;
}

static int mark(const struct verb *v, const struct device_words *w, json_t *request)
{
    struct sending s = {.verb = v};
    struct device_events events = sending_events(&s);
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    json_t *answer = NULL;
    int r = device_session_run(v, w, &events, &x);
    if (r == VERB_OK)
        r = device_session_ask(v, &x, json_incref(request), &answer);
    if (r == VERB_OK && w->json)
        print_json(answer);
    else if (r == VERB_OK)
        printf("%lld marked as read\n",
               (long long)json_integer_value(json_object_get(answer, "read")));
    json_decref(answer);
    return r == VERB_OK ? wait_sent(v, &x, w->json) : r;
}

static int run_read(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    const struct option_spec options[] = {DEVICE_OPTIONS(w), DEVICE_SOURCE(w)};
    const char *words[256];
    size_t count;
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], words, 256, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    json_t *request = json_pack("{ss}", "do", "read");
    r = take_numbers(v, words, count, request);
    if (r == VERB_OK)
        r = mark(v, &w, request);
    json_decref(request);
    return r;
}

static int run_markers(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    const struct option_spec options[] = {DEVICE_OPTIONS(w)};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    const char *word = NULL;
    json_t *answer = NULL;
    size_t count;
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], &word, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (word != NULL && strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
        return verb_misused(v, "on or off?");
    json_t *request = json_pack("{ss}", "do", "markers");
    if (word != NULL)
        json_object_set_new(request, "on", json_boolean(strcmp(word, "on") == 0));
    if ((r = device_session_read(v, &w, &x)) != VERB_OK) {
        json_decref(request);
        return r;
    }
    r = device_session_ask(v, &x, request, &answer);
    if (r == VERB_OK && w.json)
        print_json(answer);
    else if (r == VERB_OK)
        puts(json_is_true(json_object_get(answer, "on")) ? "senders are told what was read"
                                                         : "senders are not told what was read");
    json_decref(answer);
    return r;
}

const struct verb verb_device_read = {
    .noun = "device",
    .name = "read",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE " [--json] [NUMBER...]",
    .help = "mark messages as read: their timers begin",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE DEVICE_JSON_MORE
    "  NUMBER                  of a message, as --json gives it; all without one\n",
    .run = run_read,
};
const struct verb verb_device_markers = {
    .noun = "device",
    .name = "markers",
    .usage = DEVICE_USAGE " [--json] [on|off]",
    .help = "whether senders are told that their messages were read (off)",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_markers,
};
