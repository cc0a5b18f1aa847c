#include "host/commands.h"

#include <string.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/safety_number.h"
#include "host/commands_internal.h"
#include "host/disclosure.h"
#include "host/view.h"
#include "store/values.h"
#include "wire/certificate.h"
#include "wire/json.h"

#define OUTBOX_PAGE 1000 /* entries that are looked up at once */

json_t *command_error(const char *line)
{
    return json_pack("{ss}", "error", line);
}

json_t *command_message_json(const struct store_message *m)
{
    return view_line(m);
}

static json_t *run_policy(struct store *s, struct device *d, const struct clock *clock,
                          const json_t *request)
{
    json_t *policy;
    struct diag why;
    (void)d, (void)request;
    if (disclosure_from_store(s, clock_now_ms(clock), &policy, &why) < 0)
        return command_error(why.text);
    return json_pack("{sb so}", "ok", 1, "policy", policy);
}

static int add_notice(void *context, const struct store_notice *n)
{
    json_array_append_new(context, json_pack("{sI so ss ss}", "number", (json_int_t)n->number, "at",
                                             json_of_instant(n->at_unix_ms), "peer", n->peer,
                                             "text", n->text));
    return 0;
}

json_t *command_listed(const char *name, json_t *list, int r)
{
    if (r < 0) {
        json_decref(list);
        return command_error("the store cannot be read");
    }
    return json_pack("{sb so}", "ok", 1, name, list);
}

static json_t *run_notices(struct store *s, struct device *d, const struct clock *clock,
                           const json_t *request)
{
    int64_t after = json_integer_value(json_object_get(request, "after"));
    json_t *list = json_array();
    (void)d, (void)clock;
    return command_listed("notices", list, store_notices(s, after, add_notice, list));
}

struct contacts {
    struct store *s;
    struct network_note *net;
    struct certificate *own;
    json_t *list;
};

static struct certificate *open_stored(struct contacts *c, const uint8_t hash[static HASH_BYTES])
{
    struct certificate *ret = NULL;
    CLEANUP_FREE char *note = store_document(c->s, hash);
    if (note != NULL && certificate_open(c->net, note, strlen(note), &ret, NULL) < 0)
        ret = NULL;
    return ret;
}

static int add_contact(void *context, const struct store_contact *row)
{
    struct contacts *c = context;
    char number[SAFETY_NUMBER_LEN + 1] = "";
    CLEANUP(certificate_free_cleanup) struct certificate *theirs = open_stored(c, row->certificate);
    if (theirs != NULL)
        safety_number_of(c->own, theirs, number);
    json_array_append_new(c->list, json_pack("{ss sI ss}", "account", row->account, "serial",
                                             (json_int_t)row->serial, "safety_number", number));
    return 0;
}

static json_t *run_contacts(struct store *s, struct device *d, const struct clock *clock,
                            const json_t *request)
{
    struct contacts c = {.s = s, .list = json_array()};
    CLEANUP_SECRET char *network = store_get(s, VALUE_NETWORK, NULL);
    CLEANUP_SECRET char *own = store_get(s, VALUE_CERTIFICATE, NULL);
    int r = ERR_FORMAT;
    (void)d, (void)clock, (void)request;
    if (network != NULL && own != NULL &&
        network_note_open(network, strlen(network), &c.net, NULL) == 0 &&
        certificate_open(c.net, own, strlen(own), &c.own, NULL) == 0)
        r = store_contacts(s, add_contact, &c);
    certificate_free(c.own);
    network_note_free(c.net);
    return command_listed("contacts", c.list, r);
}

static void list_entry(struct store *s, int64_t number, const char *state, json_t *list)
{
    struct arena arena = ARENA_INIT(512U * 1024);
    struct outbox_entry e;
    if (outbox_get(s, number, &arena, &e) == 0) {
        json_array_append_new(list, json_pack("{ss ss so ss}", "id", e.id, "state", state, "to",
                                              view_words(e.to), "reason", e.reason));
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}

static int list_state(struct store *s, enum outbox_state state, const char *name, json_t *list)
{
    int64_t numbers[OUTBOX_PAGE], after = 0;
    size_t count = OUTBOX_PAGE;
    int r = 0;
    while (r == 0 && count == OUTBOX_PAGE) {
        r = outbox_list(s, state, after, numbers, OUTBOX_PAGE, &count);
        for (size_t i = 0; r == 0 && i < count; i++)
            list_entry(s, after = numbers[i], name, list);
    }
    return r;
}

static json_t *run_outbox(struct store *s, struct device *d, const struct clock *clock,
                          const json_t *request)
{
    static const struct {
        enum outbox_state state;
        const char *name;
    } states[] = {{OUTBOX_STOPPED, "stopped"},
                  {OUTBOX_QUEUED, "waiting"},
                  {OUTBOX_SIGNED, "at the bot"},
                  {OUTBOX_SENDING, "on its way"}};
    json_t *list = json_array();
    int r = 0;
    (void)d, (void)clock, (void)request;
    for (size_t k = 0; r == 0 && k < sizeof states / sizeof states[0]; k++)
        r = list_state(s, states[k].state, states[k].name, list);
    return command_listed("outbox", list, r);
}

static json_t *value_json(struct store *s, const char *name)
{
    CLEANUP_SECRET char *text = store_get(s, name, NULL);
    return text == NULL ? json_null() : json_string(text);
}

/* The public log as far as it was verified: the first number of what VALUE_LOG holds. */
static json_t *run_log(struct store *s, struct device *d, const struct clock *clock,
                       const json_t *request)
{
    size_t len = 0;
    CLEANUP_SECRET char *state = store_get(s, VALUE_LOG, &len);
    struct cursor c = cursor_over(state == NULL ? "" : state, len);
    json_t *log = json_object();
    (void)d, (void)clock, (void)request;
    json_object_set_new(log, "size", json_integer(state == NULL ? 0 : (json_int_t)cursor_u64(&c)));
    json_object_set_new(log, "checkpoint", value_json(s, VALUE_LOG_CHECKPOINT));
    json_object_set_new(log, "bot", value_json(s, VALUE_BOT_CHECKPOINT));
    json_object_set_new(log, "fork", value_json(s, VALUE_LOG_FORK));
    json_object_set_new(log, "shrink", value_json(s, VALUE_LOG_SHRINK));
    return json_pack("{sb so}", "ok", 1, "log", log);
}

const struct command command_table[] = {
    {"messages", command_messages},
    {"say", command_say},
    {"read", command_read},
    {"markers", command_markers},
    {"contact", command_contact},
    {"group", command_group},
    {"file", command_file},
    {"policy", run_policy},
    {"notices", run_notices},
    {"contacts", run_contacts},
    {"outbox", run_outbox},
    {"log", run_log},
    {NULL, NULL},
};

static json_t *run(struct store *s, struct device *d, const struct clock *clock,
                   const json_t *request)
{
    const char *verb = json_string_value(json_object_get(request, "do"));
    if (verb == NULL)
        return command_error("'do' is missing");
    for (const struct command *c = command_table; c->verb != NULL; c++)
        if (strcmp(verb, c->verb) == 0)
            return c->run(s, d, clock, request);
    return command_error("this device does not know that");
}

/* What could not be read is no answer. */
json_t *command_run(struct store *s, struct device *d, const struct clock *clock,
                    const json_t *request)
{
    json_t *answer = run(s, d, clock, request);
    struct diag fault;
    if (store_fault(s, &fault) == 0)
        return answer;
    json_decref(answer);
    return command_error(fault.text);
}
