/* What 20-network.sh needs besides the real programs. The first argument says what to do:
 *
 *     make DIR PORT                  a network for tests, with custodians, registrar and bot
 *     publish DIR SERIAL [WARRANT]   a policy, signed by two custodians
 *     up DIR                         its ejabberd, until SIGTERM; tells "up"
 *     loglevel DIR LEVEL             ejabberd's, while it runs
 *     ask DIR JSON                   asks the registrar; tells its answer
 *     bot DIR                        the bot's component: tells the stanzas that come
 *     request BUNDLE                 tells the IQ that activates the bundle with a fresh key
 *     session PORT CA ACCOUNT/RESOURCE
 *                                    logs in with the password that comes first on standard input,
 *                                    sends the stanzas that follow there, a line each, and tells
 *                                    "online", each stanza that comes, and "offline WHY"
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

#include "../unit/network/world.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "network/admin.h"
#include "network/control.h"
#include "network/ejabberd.h"
#include "network/layout.h"
#include "xmpp/component.h"

static int fail(const struct diag *d)
{
    fprintf(stderr, "%s\n", d->text);
    return 1;
}

static void tell(const char *line)
{
    puts(line);
    fflush(stdout);
}

static volatile sig_atomic_t ending;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

static int run_make(char **argv)
{
    struct world w;
    world_make(&w, argv[0], (uint16_t)atoi(argv[1]), false);
    world_clear(&w, false);
    return 0;
}

static int run_publish(char **argv)
{
    struct world w;
    world_open(&w, argv[0]);
    const struct world_policy p = {
        .serial = (uint32_t)atoi(argv[1]), .warrant = argv[2], .signers = 2};
    world_publish(&w, &p);
    world_clear(&w, false);
    return 0;
}

static int run_up(char **argv)
{
    struct settings s;
    struct diag d = {""};
    struct ejabberd *e = NULL;
    if (settings_read(argv[0], &s, &d) < 0 || ejabberd_start(argv[0], &s, &e, &d) < 0)
        return fail(&d);
    tell("up");
    while (!ending && !ejabberd_ended(e, &d))
        (void)poll(NULL, 0, 50);
    ejabberd_stop(e);
    return ending ? 0 : fail(&d);
}

static int run_loglevel(char **argv)
{
    struct diag d = {""};
    CLEANUP_FREE char *path = layout_path(argv[0], LAYOUT_ADMIN_SOCKET);
    CLEANUP(admin_free_cleanup) struct admin *a = admin_new(path, WORLD_DOMAIN);
    return admin_set_loglevel(a, argv[1], &d) < 0 ? fail(&d) : 0;
}

static int run_ask(char **argv)
{
    struct diag d = {""};
    json_t *answer = NULL;
    if (control_ask(argv[0], json_loads(argv[1], 0, NULL), &answer, &d) < 0)
        return fail(&d);
    char *text = json_dumps(answer, JSON_COMPACT);
    tell(text);
    free(text);
    json_decref(answer);
    return 0;
}

static void on_component_ready(void *context)
{
    (void)context;
    tell("online");
}

static void on_component_stanza(void *context, const struct xml_element *stanza)
{
    struct component **c = context;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    if (component_answer_service(*c, stanza, "component", "bot", "test"))
        return;
    xml_put_element(&b, stanza);
    tell(buf_text(&b));
}

static int run_bot(char **argv)
{
    static const struct component_events events = {.ready = on_component_ready,
                                                   .stanza = on_component_stanza};
    struct diag d = {""};
    CLEANUP_FREE char *secret_path = mem_format("%s/bots/ibot/component.secret", argv[0]);
    CLEANUP_FREE char *path = layout_path(argv[0], LAYOUT_COMPONENT_SOCKET);
    CLEANUP_SECRET char *secret = NULL;
    if (keys_secret_read(secret_path, &secret, &d) < 0)
        return fail(&d);
    struct component *c = NULL;
    CLEANUP(connector_free_cleanup)
    struct connector *connector = connector_new((const char *[]){path}, 1);
    c = component_new(WORLD_BOT, secret, connector, 0, 1U << 20, &events, &c);
    short revents = 0;
    while (!ending) {
        component_process(c, revents);
        struct pollfd p = {.fd = component_fd(c), .events = component_poll_events(c)};
        revents = poll(&p, 1, 50) > 0 ? p.revents : 0;
    }
    component_free(c);
    return 0;
}

static int run_request(char **argv)
{
    struct diag d = {""};
    CLEANUP_FREE char *text = NULL;
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    if (file_read_text(argv[0], BUNDLE_MAX, &text, &d) < 0 ||
        bundle_parse(text, strlen(text), &u, &d) < 0)
        return fail(&d);
    struct world_request q;
    world_request(&q, u->account, u->secret);
    struct registry_query x = {
        .what = REGISTRY_ACTIVATE, .request = buf_text(&q.note), .request_len = q.note.len};
    memcpy(x.mac, q.mac, sizeof x.mac);
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    buf_put_text(&b, "<iq type='set' id='activate' to='registrar." WORLD_DOMAIN "'>");
    registry_put_query(&b, &x);
    buf_put_text(&b, "</iq>");
    tell(buf_text(&b));
    world_request_clear(&q);
    return 0;
}

static void on_session(xmpp_conn_t *c, xmpp_conn_event_t event, int error,
                       xmpp_stream_error_t *stream_error, void *context)
{
    (void)c, (void)error, (void)context;
    if (event == XMPP_CONN_CONNECT) {
        tell("online");
        return;
    }
    printf("offline %s\n",
           stream_error != NULL && stream_error->text != NULL ? stream_error->text : "");
    fflush(stdout);
    ending = 1;
}

static int on_session_stanza(xmpp_conn_t *c, xmpp_stanza_t *stanza, void *context)
{
    (void)c, (void)context;
    char *text = NULL;
    size_t len = 0;
    if (xmpp_stanza_to_text(stanza, &text, &len) == 0)
        tell(text);
    free(text);
    return 1;
}

static void run_lines(xmpp_ctx_t *ctx, xmpp_conn_t *c)
{
    static char line[131072];
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!ending) {
        xmpp_run_once(ctx, 20);
        if (!xmpp_conn_is_connected(c) || poll(&p, 1, 0) <= 0)
            continue;
        if (fgets(line, sizeof line, stdin) == NULL)
            ending = 1;
        else
            xmpp_send_raw(c, line, strlen(line));
    }
}

/* Not xmpp/client.h: that one has one resource, and comes back when it is put out. */
static int run_session(char **argv)
{
    char password[256];
    setvbuf(stdin, NULL, _IONBF, 0);
    if (fgets(password, sizeof password, stdin) == NULL)
        return 2;
    password[strcspn(password, "\n")] = '\0';
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *c = xmpp_conn_new(ctx);
    xmpp_conn_set_jid(c, argv[2]);
    xmpp_conn_set_pass(c, password);
    xmpp_conn_set_cafile(c, argv[1]);
    xmpp_conn_set_flags(c, XMPP_CONN_FLAG_MANDATORY_TLS);
    xmpp_handler_add(c, on_session_stanza, NULL, NULL, NULL, NULL);
    if (xmpp_connect_client(c, "127.0.0.1", (unsigned short)atoi(argv[0]), on_session, NULL) == 0)
        run_lines(ctx, c);
    xmpp_conn_release(c);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return 0;
}

int main(int argc, char **argv)
{
    process_begin();
    static const struct {
        const char *name;
        int arguments;
        int (*run)(char **argv);
    } table[] = {
        {"make", 2, run_make},         {"publish", 2, run_publish}, {"up", 1, run_up},
        {"loglevel", 2, run_loglevel}, {"ask", 2, run_ask},         {"bot", 1, run_bot},
        {"request", 1, run_request},   {"session", 3, run_session},
    };
    const struct sigaction action = {.sa_handler = on_signal};
    secret_init();
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; argc > 1 && i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, argv[1]) == 0 && argc - 2 >= table[i].arguments)
            return table[i].run(argv + 2);
    fputs("usage: see the source\n", stderr);
    return 2;
}
