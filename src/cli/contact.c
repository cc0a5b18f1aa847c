/* Whom the device accepts messages from: contact add, accept, decline, block, unblock, list,
 * requests, qr, scan. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/contact_code.h"
#include "cli/patience.h"
#include "cli/print.h"
#include "cli/sending.h"

#define WAIT_KEYS_MS 15000
#define TURN_MS 100

struct contact_words {
    struct device_words w;
    const char *safety, *ask, *png, *word;
    bool tell;
};

static int parse(const struct verb *v, int argc, char **argv, struct contact_words *c)
{
    const struct option_spec options[] = {DEVICE_OPTIONS(c->w),
                                          {.name = "safety", .value = &c->safety},
                                          {.name = "ask", .value = &c->ask},
                                          {.name = "tell", .flag = true, .set = &c->tell},
                                          {.name = "png", .value = &c->png},
                                          DEVICE_SOURCE(c->w)};
    bool takes = v == &verb_contact_add, tells = v == &verb_contact_decline,
         draws = v == &verb_contact_qr;
    bool worded = v != &verb_contact_list && v != &verb_contact_requests && !draws;
    size_t own = sizeof options / sizeof options[0] - (worded ? 0 : 1), count; /* no connection */
    int r = verb_parse(v, argc, argv, options, own, &c->word, worded ? 1 : 0, &count);
    if (r != VERB_OK)
        return r;
    if (worded && count != 1)
        return verb_misused(v, v == &verb_contact_scan ? "what does the code say?" : "whom?");
    if ((c->safety != NULL && !takes) || (c->ask != NULL && !takes && v != &verb_contact_scan))
        return verb_misused(v, "%s goes with 'contact add'",
                            c->safety != NULL ? "--safety" : "--ask");
    if ((c->tell && !tells) || (c->png != NULL && !draws))
        return verb_misused(v, "%s does not go with this", c->tell ? "--tell" : "--png");
    return VERB_OK;
}

/* A bare handle is one of this network. */
static int account_of(const struct verb *v, struct device_session *x, const char *word, char **ret)
{
    json_t *answer = NULL;
    if (strchr(word, '@') != NULL) {
        *ret = mem_string(word);
        return VERB_OK;
    }
    int r =
        device_session_ask(v, x, json_pack("{ss ss}", "do", "contact", "list", "self"), &answer);
    const char *own = json_string_value(json_object_get(answer, "account"));
    if (r == VERB_OK)
        *ret = mem_format("%s%s", word, own == NULL ? "" : strchr(own, '@'));
    json_decref(answer);
    return r;
}

/* "unknown", "compared", …; the caller's. */
static char *keys_of(const struct verb *v, struct device_session *x, const char *account)
{
    json_t *answer = NULL, *c;
    char *keys = NULL;
    size_t i;
    if (device_session_ask(v, x, json_pack("{ss ss}", "do", "contact", "list", "contacts"),
                           &answer) != VERB_OK)
        return NULL;
    json_array_foreach(json_object_get(answer, "contacts"), i, c)
    {
        const char *name = json_string_value(json_object_get(c, "account"));
        if (keys == NULL && name != NULL && strcmp(name, account) == 0)
            keys = mem_string(json_string_value(json_object_get(c, "keys")));
    }
    json_decref(answer);
    return keys;
}

static void turn(struct device_session *x)
{
    struct pollfd fds[4];
    if (x->host == NULL) {
        poll(NULL, 0, TURN_MS);
        return;
    }
    size_t count = host_pollfds(x->host, fds, 4);
    int wait = host_timeout_ms(x->host);
    poll(fds, count, wait < 0 || wait > TURN_MS ? TURN_MS : wait);
    host_run(x->host);
}

/* The registrar's certificate of the account has to come before its keys can be compared. */
static int compare_keys(const struct verb *v, struct device_session *x, const char *account)
{
    int64_t deadline = clock_monotonic_ms() + WAIT_KEYS_MS;
    struct patience patience = patience_begin(false);
    for (;;) {
        CLEANUP_FREE char *keys = keys_of(v, x, account);
        if (keys == NULL)
            return VERB_FAILED;
        if (strcmp(keys, "differs") == 0)
            return verb_fail(v,
                             "%s: the keys that the registrar names are not those: nothing is sent "
                             "to them and nothing of them is shown",
                             account);
        if (strcmp(keys, "compared") == 0)
            return VERB_OK;
        if (clock_monotonic_ms() > deadline)
            return verb_fail(v,
                             "%s: the registrar has not told their keys yet; they are compared as "
                             "soon as it has",
                             account);
        patience_tell(&patience, "the registrar, to tell their keys",
                      x->host == NULL ? "" : hosted_why(x->hosted));
        turn(x);
    }
}

/* A line to them, with words that a stock client shows. */
static int tell(const struct verb *v, struct sending *s, struct device_session *x,
                const char *account, const char *what, const char *words)
{
    s->verb = v;
    return sending_run(s, x,
                       json_pack("{ss ss s[s] ss ss}", "do", "say", "kind", "contact", "to",
                                 account, "contact", what, "text", words));
}

static int open_session(const struct verb *v, int argc, char **argv, struct contact_words *c,
                        struct sending *s, struct device_session *x)
{
    struct device_events events = sending_events(s);
    int r = parse(v, argc, argv, c);
    if (r != VERB_OK)
        return r;
    s->verb = v;
    s->json = c->w.json;
    return device_session_run(v, &c->w, &events, x);
}

static int ask(const struct verb *v, struct device_session *x, json_t *request)
{
    json_t *answer = NULL;
    int r = device_session_ask(v, x, request, &answer);
    json_decref(answer);
    return r;
}

static int add(const struct verb *v, const struct contact_words *c, struct sending *s,
               struct device_session *x, const char *account, const char *expect)
{
    json_t *request = json_pack("{ss ss}", "do", "contact", "add", account);
    if (expect != NULL)
        json_object_set_new(request, "expect", json_string(expect));
    int r = ask(v, x, request);
    if (r == VERB_OK && expect != NULL)
        r = compare_keys(v, x, account);
    if (r == VERB_OK && c->ask != NULL)
        r = tell(v, s, x, account, "request", c->ask);
    if (r == VERB_OK && !c->w.json)
        printf("%s is a contact%s\n", account, expect != NULL ? ", and their keys are those" : "");
    return r;
}

static int run_add(const struct verb *v, int argc, char **argv)
{
    struct contact_words c = {.word = NULL};
    struct sending s = {.verb = v};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    CLEANUP_FREE char *account = NULL;
    int r = open_session(v, argc, argv, &c, &s, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = account_of(v, &x, c.word, &account);
    return r == VERB_OK ? add(v, &c, &s, &x, account, c.safety) : r;
}

static int run_scan(const struct verb *v, int argc, char **argv)
{
    struct contact_words c = {.word = NULL};
    struct sending s = {.verb = v};
    struct contact_code code;
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    int r = open_session(v, argc, argv, &c, &s, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (contact_code_parse(c.word, &code) < 0)
        return verb_fail(v, "this is not the code of a device: 'ironside contact qr' shows one");
    return add(v, &c, &s, &x, code.account, code.fingerprint);
}

/* accept, decline, block, unblock */
static int run_change(const struct verb *v, int argc, char **argv)
{
    struct contact_words c = {.word = NULL};
    struct sending s = {.verb = v};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    CLEANUP_FREE char *account = NULL;
    bool accept = v == &verb_contact_accept;
    int r = open_session(v, argc, argv, &c, &s, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = account_of(v, &x, c.word, &account);
    if (r == VERB_OK)
        r = ask(v, &x, json_pack("{ss ss}", "do", "contact", accept ? "add" : v->name, account));
    if (r == VERB_OK && accept)
        r = tell(v, &s, &x, account, "accept", "(accepts your request)");
    if (r == VERB_OK && c.tell)
        r = tell(v, &s, &x, account, "decline", "(declines your request)");
    return r;
}

static int show(const struct verb *v, const struct contact_words *c, const char *which,
                json_t **ret)
{
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    int r = device_session_read(v, &c->w, &x);
    if (r == VERB_OK)
        r = device_session_ask(v, &x, json_pack("{ss ss}", "do", "contact", "list", which), ret);
    return r;
}

static void print_contact(const json_t *c)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    const char *number = print_text_of(c, "safety_number");
    line_foreign(&l, print_text_of(c, "account"));
    line_put(&l, "  (%s, keys %s)", print_text_of(c, "state"), print_text_of(c, "keys"));
    line_end(&l, 0);
    if (number[0] != '\0')
        printf("    safety number  %s\n", number);
}

static void print_request(const json_t *c)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    long long count = (long long)json_integer_value(json_object_get(c, "messages"));
    line_put(&l, "request from ");
    line_foreign(&l, print_text_of(c, "account"));
    line_put(&l, ": %lld %s, since ", count, count == 1 ? "message" : "messages");
    line_time(&l, print_text_of(c, "since"));
    line_end(&l, 0);
}

static int run_list(const struct verb *v, int argc, char **argv)
{
    struct contact_words c = {.word = NULL};
    bool requests = v == &verb_contact_requests;
    const char *which = requests ? "requests" : "contacts";
    json_t *answer = NULL, *row;
    size_t i;
    int r = parse(v, argc, argv, &c);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if ((r = show(v, &c, which, &answer)) != VERB_OK)
        return r;
    json_array_foreach(json_object_get(answer, which), i, row)
    {
        if (c.w.json)
            print_json(row);
        else if (requests)
            print_request(row);
        else
            print_contact(row);
    }
    print_nothing(c.w.json, i, requests ? "nobody waits" : "no contacts yet");
    json_decref(answer);
    return VERB_OK;
}

static int run_qr(const struct verb *v, int argc, char **argv)
{
    struct contact_words c = {.word = NULL};
    struct contact_code code;
    CLEANUP_FREE char *text = NULL;
    json_t *answer = NULL;
    struct diag d = {""};
    int r = parse(v, argc, argv, &c);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if ((r = show(v, &c, "self", &answer)) != VERB_OK)
        return r;
    snprintf(code.account, sizeof code.account, "%s", print_text_of(answer, "account"));
    snprintf(code.fingerprint, sizeof code.fingerprint, "%s", print_text_of(answer, "fingerprint"));
    json_decref(answer);
    text = contact_code_format(&code);
    if (c.w.json) {
        json_t *o = json_pack("{ss}", "code", text);
        print_json(o);
        json_decref(o);
    } else if (contact_code_print(text, &d) < 0) {
        return verb_fail(v, "%s", d.text);
    }
    if (c.png != NULL && contact_code_write_png(text, c.png, &d) < 0)
        return verb_fail(v, "%s", d.text);
    return VERB_OK;
}

#define CONTACT_LIKE(verb_name, source_usage, source_more, what, words, more_lines, function)      \
    const struct verb verb_contact_##verb_name = {                                                 \
        .noun = "contact",                                                                         \
        .name = #verb_name,                                                                        \
        .usage = DEVICE_USAGE source_usage what " [--json]",                                       \
        .help = words,                                                                             \
        .more = DEVICE_MORE source_more more_lines DEVICE_JSON_MORE,                               \
        .run = function,                                                                           \
    }
#define CONTACT(verb_name, what, words, more_lines, function)                                      \
    CONTACT_LIKE(verb_name, DEVICE_SOURCE_USAGE, DEVICE_SOURCE_MORE, what, words, more_lines,      \
                 function)
#define CONTACT_READ(verb_name, what, words, more_lines, function)                                 \
    CONTACT_LIKE(verb_name, "", "", what, words, more_lines, function)

#define ASK_MORE "  --ask TEXT              and send them a request with these words\n"
CONTACT(add, "\n                           [--safety NUMBER] [--ask TEXT] HANDLE",
        "accept messages from an account, and write to it",
        "  --safety NUMBER         the safety number that the other side shows; checked\n" ASK_MORE,
        run_add);
CONTACT(scan, "\n                            [--ask TEXT] CODE",
        "the same from what another device's code says", ASK_MORE, run_scan);
CONTACT(accept, " HANDLE", "show what a stranger wrote, and accept messages from them", "",
        run_change);
CONTACT(decline, "\n                               [--tell] HANDLE", "forget what a stranger wrote",
        "  --tell                  and tell them\n", run_change);
CONTACT(block, " HANDLE", "take nothing more from an account", "", run_change);
CONTACT(unblock, " HANDLE", "an account is a stranger again", "", run_change);
CONTACT_READ(list, "", "contacts, with their safety numbers and whether those were compared", "",
             run_list);
CONTACT_READ(requests, "", "strangers whose messages wait for consent", "", run_list);
CONTACT_READ(qr, " [--png FILE]", "show this device's code, for others to scan",
             "  --png FILE              write it as a picture, too, into a new file\n", run_qr);
