#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/device_session.h"
#include "cli/patience.h"
#include "cli/print.h"
#include "host/agent.h"
#include "host/commands.h"

#define QUIET_MS 1500      /* without --follow: behind what the server had stored nothing came */
#define DOCUMENTS_MS 15000 /* for the registrar to answer about what came */
#define STORE_MS 60000     /* for the server to go on with what it has stored */
#define CONNECT_MS 20000
#define TURN_MS 250
#define FINISH_MS 3000 /* for the server to have the receipts */
#define HOST_FDS 4

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

/* Told to end, or nobody can be shown anything any more: main() says that. */
static bool over(void)
{
    return told_to_end || ferror(stdout) != 0;
}

struct receiving {
    struct device_session *session;
    struct agent *agent;
    json_t *policy; /* the disclosure, for the agencies' names */
    bool json;
    size_t shown; /* messages and notices */
};

static void refresh_policy(struct receiving *r)
{
    json_t *request = json_pack("{ss}", "do", "policy");
    json_t *answer =
        command_run(hosted_store(r->session->hosted), NULL, &r->session->clock, request);
    json_decref(request);
    if (json_object_get(answer, "policy") != NULL) {
        json_decref(r->policy);
        r->policy = json_incref(json_object_get(answer, "policy"));
    }
    json_decref(answer);
}

static void on_message(void *context, const struct store_message *m)
{
    struct receiving *r = context;
    json_t *message = command_message_json(m);
    r->shown++;
    if (r->json) {
        print_json(message);
    } else {
        refresh_policy(r);
        print_message(message, r->policy, "");
    }
    fflush(stdout);
    json_object_set_new(message, "event", json_string("message"));
    if (r->agent != NULL)
        agent_event(r->agent, json_incref(message));
    json_decref(message);
}

static void on_notice(void *context, const char *peer, const char *text)
{
    struct receiving *r = context;
    json_t *event = json_pack("{ss ss ss}", "event", "notice", "peer", peer, "text", text);
    r->shown++;
    if (r->json)
        print_json(event);
    else
        print_notice(text);
    fflush(stdout);
    if (r->agent != NULL)
        agent_event(r->agent, json_incref(event));
    json_decref(event);
}

static void on_progress(void *context, const char *id, enum device_progress p, const char *detail)
{
    struct receiving *r = context;
    if (r->agent != NULL)
        agent_event(r->agent, json_pack("{ss ss ss ss}", "event", "progress", "id", id, "progress",
                                        agent_progress_text(p), "detail", detail));
}

/* One turn of the loop over the server's and the agent's sockets. */
static void turn(struct receiving *r)
{
    struct pollfd fds[HOST_FDS + AGENT_FDS];
    struct host *host = r->session->host;
    size_t own = host_pollfds(host, fds, HOST_FDS), others = r->agent == NULL ? 0 : AGENT_FDS;
    if (r->agent != NULL)
        agent_pollfds(r->agent, fds + own);
    int wait = host_timeout_ms(host);
    if (poll(fds, own + others, wait < 0 || wait > TURN_MS ? TURN_MS : wait) < 0)
        return;
    host_run(host);
    if (r->agent != NULL)
        agent_run(r->agent, fds + own);
}

static int not_connected(const struct verb *v, struct hosted *x)
{
    return verb_fail(v, "not connected: %s",
                     hosted_why(x)[0] == '\0' ? "no answer" : hosted_why(x));
}

/* The receipts of what was shown must have left. */
static void finish(struct receiving *r)
{
    struct hosted *x = r->session->hosted;
    int64_t deadline = clock_monotonic_ms() + FINISH_MS;
    hosted_finish(x);
    while (!hosted_finished(x) && clock_monotonic_ms() < deadline)
        turn(r);
}

static int connect_once(const struct verb *v, struct receiving *r)
{
    struct hosted *x = r->session->hosted;
    int64_t deadline = clock_monotonic_ms() + CONNECT_MS;
    struct patience patience = patience_begin(r->json);
    while (!hosted_online(x)) {
        if (hosted_refused(x) || clock_monotonic_ms() > deadline || told_to_end)
            return not_connected(v, x);
        patience_tell(&patience, "the server", hosted_why(x));
        turn(r);
    }
    return VERB_OK;
}

/* Has all come, and been shown, or will it not come now? */
static bool has_all(struct hosted *x)
{
    int64_t quiet = clock_monotonic_ms() - hosted_last_stanza_ms(x);
    return hosted_through(x) && quiet >= QUIET_MS &&
           (device_parked(hosted_device(x)) == 0 || quiet >= DOCUMENTS_MS);
}

static void say_rest(struct receiving *r)
{
    size_t parked = device_parked(hosted_device(r->session->hosted));
    if (parked == 0)
        print_nothing(r->json, r->shown, "nothing new");
    else if (!r->json)
        fprintf(stderr,
                "%zu %s for what the registrar has to say about them: receive again later\n",
                parked, parked == 1 ? "message waits" : "messages wait");
}

static int run_once(const struct verb *v, struct receiving *r)
{
    struct hosted *x = r->session->hosted;
    int status = connect_once(v, r);
    if (status != VERB_OK)
        return status;
    int64_t online_ms = clock_monotonic_ms();
    struct patience patience = patience_begin(r->json);
    patience.until_ms += 2 * QUIET_MS; /* so long it takes with an empty store */
    while (!over() && !hosted_refused(x) && !has_all(x)) {
        int64_t now = clock_monotonic_ms();
        online_ms = hosted_online(x) ? now : online_ms;
        if (now - online_ms > CONNECT_MS)
            return not_connected(v, x);
        if (now - hosted_last_stanza_ms(x) > STORE_MS)
            return verb_fail(v, "the server does not hand over all that it has stored: receive "
                                "again");
        patience_tell(&patience, "all that the server has stored", "");
        turn(r);
    }
    if (hosted_refused(x))
        return verb_fail(v, "%s", hosted_why(x));
    say_rest(r);
    return VERB_OK;
}

static int follow(const struct verb *v, struct receiving *r)
{
    struct hosted *x = r->session->hosted;
    char said[256] = "";
    while (!over()) {
        turn(r);
        if (hosted_refused(x))
            return verb_fail(v, "%s", hosted_why(x));
        if (!hosted_online(x) && strcmp(said, hosted_why(x)) != 0) {
            snprintf(said, sizeof said, "%s", hosted_why(x));
            if (said[0] != '\0')
                print_aside("trying again, since it is not connected", said);
        } else if (hosted_online(x)) {
            said[0] = '\0';
        }
    }
    return VERB_OK;
}

/* Another process has the device: its events are shown as they come, as long as it runs. */
static int follow_agent(const struct verb *v, struct device_session *s, bool json)
{
    struct diag d = {""};
    json_t *ok = NULL, *answer = NULL, *event = NULL;
    int r = device_session_ask(v, s, json_pack("{ss}", "do", "policy"), &answer);
    if (r == VERB_OK)
        r = device_session_ask(v, s, json_pack("{ss}", "do", "follow"), &ok);
    json_decref(ok);
    if (r == VERB_OK && !json) /* not before it is so */
        fputs("another process receives for this device: what comes is shown here, too; Ctrl-C "
              "ends it\n",
              stderr);
    while (r == VERB_OK && !over() && agent_link_event(s->agent, &event, &d) == 0) {
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (kind != NULL && strcmp(kind, "progress") != 0 && json)
            print_json(event);
        else if (kind != NULL && strcmp(kind, "message") == 0)
            print_message(event, json_object_get(answer, "policy"), "");
        else if (kind != NULL && strcmp(kind, "notice") == 0)
            print_notice(print_text_of(event, "text"));
        fflush(stdout);
        json_decref(TAKE(event));
    }
    json_decref(answer);
    if (r != VERB_OK || over())
        return r;
    return verb_fail(v, "the process that receives for this device has ended");
}

static int run_here(const struct verb *v, const struct device_words *w, bool stay,
                    struct receiving *r)
{
    struct diag d = {""};
    int status;
    if (stay && agent_open(w->store, r->session->hosted, &r->session->clock, &r->agent, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (stay && !r->json)
        fprintf(stderr, "receiving; Ctrl-C ends it\n");
    status = stay ? follow(v, r) : run_once(v, r);
    finish(r);
    agent_free(TAKE(r->agent));
    json_decref(TAKE(r->policy));
    return status;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    bool stay = false;
    const struct option_spec options[] = {
        DEVICE_OPTIONS(w), DEVICE_SOURCE(w), {.name = "follow", .flag = true, .set = &stay}};
    const char *none[1];
    CLEANUP_DEVICE_SESSION struct device_session s = {.agent = NULL};
    struct receiving receiving = {.session = &s};
    struct device_events events = {
        .context = &receiving, .message = on_message, .notice = on_notice, .progress = on_progress};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], none, 0, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    receiving.json = w.json;
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_signal}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    r = device_session_run(v, &w, &events, &s);
    if (r != VERB_OK)
        return r;
    if (s.agent == NULL)
        return run_here(v, &w, stay, &receiving);
    if (stay)
        return follow_agent(v, &s, w.json);
    if (!w.json)
        fputs("another process receives for this device, and shows what comes\n", stderr);
    return VERB_OK;
}

const struct verb verb_device_receive = {
    .noun = "device",
    .name = "receive",
    .usage =
        DEVICE_USAGE DEVICE_SOURCE_USAGE "\n                               [--follow] [--json]",
    .help = "receive what has come, and send what waits",
    .more =
        DEVICE_MORE DEVICE_SOURCE_MORE "  --follow                stay until Ctrl-C; other verbs "
                                       "then work through this process\n" DEVICE_JSON_MORE,
    .run = run,
};
