/* The verbs that only show what a device's store holds: policy, messages, contacts, outbox, log. */
#include <string.h>

#include "cli/device_session.h"
#include "cli/print.h"

static int parse(const struct verb *v, int argc, char **argv, struct device_words *w)
{
    const struct option_spec options[] = {DEVICE_OPTIONS(*w)};
    const char *none[1];
    size_t count;
    return verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], none, 0, &count);
}

/* Asks one question of the store and hands the answer on. */
static int show(const struct verb *v, int argc, char **argv, const char *question,
                int (*print)(const struct verb *v, struct device_session *s, const json_t *answer,
                             bool json))
{
    struct device_words w = {.store = NULL};
    CLEANUP_DEVICE_SESSION struct device_session s = {.agent = NULL};
    json_t *answer = NULL;
    int r = parse(v, argc, argv, &w);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = device_session_read(v, &w, &s);
    if (r == VERB_OK)
        r = device_session_ask(v, &s, json_pack("{ss}", "do", question), &answer);
    if (r == VERB_OK)
        r = print(v, &s, answer, w.json);
    json_decref(answer);
    return r;
}

static int show_policy(const struct verb *v, struct device_session *s, const json_t *answer,
                       bool json)
{
    const json_t *policy = json_object_get(answer, "policy");
    (void)v, (void)s;
    if (json)
        print_json(policy);
    else
        print_policy(policy);
    return VERB_OK;
}

static int run_policy(const struct verb *v, int argc, char **argv)
{
    return show(v, argc, argv, "policy", show_policy);
}

static int show_messages(const struct verb *v, struct device_session *s, const json_t *answer,
                         bool json)
{
    json_t *policy = NULL, *m;
    size_t i;
    if (!json && device_session_ask(v, s, json_pack("{ss}", "do", "policy"), &policy) != VERB_OK)
        return VERB_FAILED;
    const json_t *page = json_object_get(policy, "policy");
    const char *own = json_string_value(json_object_get(page, "account"));
    json_array_foreach(json_object_get(answer, "messages"), i, m)
    {
        if (json)
            print_json(m);
        else
            print_message(m, page, own == NULL ? "" : own);
    }
    print_nothing(json, i, "no messages yet");
    json_decref(policy);
    return VERB_OK;
}

static int run_messages(const struct verb *v, int argc, char **argv)
{
    return show(v, argc, argv, "messages", show_messages);
}

static int show_contacts(const struct verb *v, struct device_session *s, const json_t *answer,
                         bool json)
{
    json_t *c;
    size_t i;
    (void)v, (void)s;
    json_array_foreach(json_object_get(answer, "contacts"), i, c)
    {
        if (json) {
            print_json(c);
            continue;
        }
        printf("%s  (device %lld)\n    safety number  %s\n",
               json_string_value(json_object_get(c, "account")),
               (long long)json_integer_value(json_object_get(c, "serial")),
               json_string_value(json_object_get(c, "safety_number")));
    }
    print_nothing(json, i, "no contacts yet");
    return VERB_OK;
}

static int run_contacts(const struct verb *v, int argc, char **argv)
{
    return show(v, argc, argv, "contacts", show_contacts);
}

static int show_outbox(const struct verb *v, struct device_session *s, const json_t *answer,
                       bool json)
{
    json_t *e;
    size_t i;
    (void)v, (void)s;
    json_array_foreach(json_object_get(answer, "outbox"), i, e)
    {
        if (json) {
            print_json(e);
            continue;
        }
        CLEANUP_LINE struct line l = LINE_INIT;
        const char *reason = print_text_of(e, "reason");
        line_foreign(&l, print_text_of(e, "id"));
        line_put(&l, " → ");
        print_list(&l, json_object_get(e, "to"), ", ");
        line_end(&l, 0);
        line_put(&l, "%s%s", print_text_of(e, "state"), reason[0] == '\0' ? "" : ": ");
        line_prose(&l, reason);
        line_end(&l, 4);
    }
    print_nothing(json, i, "nothing waits");
    return VERB_OK;
}

static int run_outbox(const struct verb *v, int argc, char **argv)
{
    return show(v, argc, argv, "outbox", show_outbox);
}

static void print_evidence(const char *what, const json_t *notes)
{
    const char *text = json_string_value(notes);
    if (text == NULL)
        return;
    print_heading(what);
    line_block(text, strlen(text));
}

static int show_log(const struct verb *v, struct device_session *s, const json_t *answer, bool json)
{
    const json_t *log = json_object_get(answer, "log");
    const char *note = json_string_value(json_object_get(log, "checkpoint"));
    (void)v, (void)s;
    if (json) {
        print_json(log);
        return VERB_OK;
    }
    printf("verified up to entry %lld\n",
           (long long)json_integer_value(json_object_get(log, "size")));
    if (note != NULL)
        line_block(note, strlen(note));
    print_evidence("the newest checkpoint of a bot that this device has verified:",
                   json_object_get(log, "bot"));
    print_evidence("the log has forked; what was verified, and what contradicts it:",
                   json_object_get(log, "fork"));
    print_evidence("the log has shrunk; what was verified, and what came after it:",
                   json_object_get(log, "shrink"));
    return VERB_OK;
}

static int run_log(const struct verb *v, int argc, char **argv)
{
    return show(v, argc, argv, "log", show_log);
}

const struct verb verb_device_log = {
    .noun = "device",
    .name = "log",
    .usage = DEVICE_USAGE " [--json]",
    .help = "how far it has verified the public log, and what contradicts it",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_log,
};
const struct verb verb_device_policy = {
    .noun = "device",
    .name = "policy",
    .usage = DEVICE_USAGE " [--json]",
    .help = "who can read, under which warrant, until when, and how that changed",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_policy,
};
const struct verb verb_device_messages = {
    .noun = "device",
    .name = "messages",
    .usage = DEVICE_USAGE " [--json]",
    .help = "the conversations that the device holds",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_messages,
};
const struct verb verb_device_contacts = {
    .noun = "device",
    .name = "contacts",
    .usage = DEVICE_USAGE " [--json]",
    .help = "whom the device has talked to, with their safety numbers",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_contacts,
};
const struct verb verb_device_outbox = {
    .noun = "device",
    .name = "outbox",
    .usage = DEVICE_USAGE " [--json]",
    .help = "what waits to be sent, and why",
    .more = DEVICE_MORE DEVICE_JSON_MORE,
    .run = run_outbox,
};
