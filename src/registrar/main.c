/* ironside-registrar DIR: the registrar of the network in DIR, a component of its server. */
#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include "base/confine.h"
#include "base/connector.h"
#include "base/line_server.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/streams.h"
#include "network/admin.h"
#include "network/control.h"
#include "network/keys.h"
#include "network/layout.h"
#include "registrar/places.h"
#include "registrar/stanzas.h"
#include "registrar/verbs.h"

#define ALONE_MS 10000
#define OWN_FDS 3 /* signals, component, connector */

/* What it may have connections to. */
enum server_socket { SERVER_COMPONENT, SERVER_ADMIN, SERVER_SOCKETS };

struct program {
    const char *dir;
    struct connector *connector;
    struct settings settings;
    struct admin *admin;
    struct verbs verbs; /* registrar and component */
    struct line_server *control;
    int signals;
    bool said_ready;
    int64_t patience_ms; /* when to say that the server is not there; 0: said */
};

static void program_clear(struct program *p)
{
    line_server_close(p->control);
    component_free(p->verbs.component);
    registrar_close(p->verbs.registrar);
    admin_free(p->admin);
    connector_free(p->connector);
    if (p->signals >= 0)
        close(p->signals);
}

/* ---- the component's events ---- */

static void on_ready(void *context)
{
    struct program *p = context;
    struct diag d = {""};
    if (!p->said_ready) {
        log_line("ready: connected as %s", registrar_network(p->verbs.registrar)->registrar);
    }
    p->said_ready = true;
    if (registrar_announce(p->verbs.registrar, p->verbs.component, &d) < 0)
        log_line("the new policy is not announced: %s", d.text);
}

static void on_closed(void *context, const char *why)
{
    (void)context;
    log_line("the session with the server has ended: %s", why);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct program *p = context;
    struct diag d = {""};
    if (registrar_stanza(p->verbs.registrar, p->verbs.component, stanza, &d) < 0)
        log_line("a query is not answered: %s", d.text);
}

static const struct component_events events = {
    .ready = on_ready, .closed = on_closed, .stanza = on_stanza};

/* ---- steps ---- */

static int read_settings(struct program *p, struct diag *d)
{
    int r = layout_check_run(p->dir, d);
    return r < 0 ? r : settings_read(p->dir, &p->settings, d);
}

static int start_connector(struct program *p, struct diag *d)
{
    CLEANUP_FREE char *component = layout_path(p->dir, LAYOUT_COMPONENT_SOCKET);
    CLEANUP_FREE char *admin = layout_path(p->dir, LAYOUT_ADMIN_SOCKET);
    const char *const paths[SERVER_SOCKETS] = {
        [SERVER_COMPONENT] = component, [SERVER_ADMIN] = admin};
    int r = connector_start(paths, SERVER_SOCKETS, &p->connector, d);
    if (r < 0)
        return r;
    p->admin = admin_new(admin, p->settings.domain);
    admin_connect_by(p->admin, p->connector, SERVER_ADMIN);
    return 0;
}

static int open_registrar(struct program *p, struct diag *d)
{
    const struct registrar_server server = registrar_on_server(p->admin);
    return registrar_open(p->dir, &server, &p->verbs.registrar, d);
}

static int import_documents(struct program *p, struct diag *d)
{
    CLEANUP_REPORT struct registrar_report x = {0};
    int r = registrar_import(p->verbs.registrar, &x, d);
    for (size_t i = 0; r == 0 && i < x.problem_count; i++)
        log_line("%s", x.problems[i]);
    return r;
}

static int make_component(struct program *p, struct diag *d)
{
    CLEANUP_FREE char *secret_path = layout_path(p->dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_SECRET char *secret = NULL;
    int r = keys_secret_read(secret_path, &secret, d);
    if (r < 0)
        return r;
    p->verbs.component =
        component_new(registrar_network(p->verbs.registrar)->registrar, secret, p->connector,
                      SERVER_COMPONENT, REGISTRAR_STANZA_MAX, &events, p);
    return 0;
}

static int open_control(struct program *p, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(p->dir, LAYOUT_REGISTRAR_SOCKET);
    const struct line_server_options o = {.path = path,
                                          .request_max = CONTROL_REQUEST_MAX,
                                          .answer_max = CONTROL_ANSWER_MAX,
                                          .answer = verbs_answer,
                                          .context = &p->verbs};
    return line_server_open(&o, &p->control, d);
}

static int watch_signals(struct program *p, struct diag *d)
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    signal(SIGPIPE, SIG_IGN);
    p->signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    return p->signals < 0 ? diag_set(d, ERR_IO, "cannot watch signals: %s", strerror(errno)) : 0;
}

/* All that needs keys is open by now, and the file that tells countries: here the process gives up
 * what it does not need any more. It goes on writing its vault and the log, reading documents/,
 * and answering on its own socket. */
static int confine(struct program *p, struct diag *d)
{
    CLEANUP_FREE char *vault = layout_path(p->dir, LAYOUT_REGISTRAR);
    CLEANUP_FREE char *public_log = layout_path(p->dir, LAYOUT_LOG);
    CLEANUP_FREE char *documents = layout_path(p->dir, LAYOUT_DOCUMENTS);
    const char *const folders[] = {vault, public_log, documents};
    struct confine_report report;
    int r = confine_daemon(CONFINE_REGISTRAR, folders, &report, d);
    if (r == 0)
        log_line("confined: %s", report.text);
    return r;
}

static void tell_if_alone(struct program *p)
{
    if (p->said_ready || p->patience_ms == 0 || clock_monotonic_ms() < p->patience_ms)
        return;
    p->patience_ms = 0;
    log_line("no session with the server yet: is ejabberd running, and is %s/registrar/"
             "component.secret the one that it knows?",
             p->dir);
}

static int shorter(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int loop(struct program *p, struct diag *d)
{
    p->patience_ms = clock_monotonic_ms() + ALONE_MS;
    for (;;) {
        struct pollfd fds[OWN_FDS + LINE_SERVER_FDS] = {
            {.fd = p->signals, .events = POLLIN},
            {.fd = component_fd(p->verbs.component),
             .events = component_poll_events(p->verbs.component)},
            {.fd = connector_fd(p->connector), .events = POLLIN},
        };
        line_server_pollfds(p->control, fds + OWN_FDS);
        int wait_ms = shorter(component_timeout_ms(p->verbs.component),
                              registrar_timeout_ms(p->verbs.registrar));
        wait_ms = shorter(wait_ms, registrar_places_timeout_ms(p->verbs.registrar));
        if (poll(fds, OWN_FDS + LINE_SERVER_FDS, wait_ms) < 0 && errno != EINTR)
            return diag_set(d, ERR_IO, "cannot wait: %s", strerror(errno));
        if (fds[0].revents != 0)
            return 0;
        if (fds[2].revents != 0)
            return diag_set(d, ERR_IO, "the process that connects has ended");
        component_process(p->verbs.component, fds[1].revents);
        line_server_process(p->control, fds + OWN_FDS);
        tell_if_alone(p);
        struct diag due = {""};
        if (registrar_tick(p->verbs.registrar, &due) < 0)
            log_line("not done, and tried again: %s", due.text);
        if (registrar_places_tick(p->verbs.registrar, &due) < 0)
            log_line("how many devices were exempt is not published: %s", due.text);
        component_flush(p->verbs.component);
    }
}

static int run(struct program *p, struct diag *d)
{
    int (*const steps[])(struct program *, struct diag *) = {
        read_settings,    start_connector, open_registrar,
        import_documents, make_component,  open_control,
        watch_signals,    confine,         loop,
    };
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof steps / sizeof steps[0]; i++)
        r = steps[i](p, d);
    return r;
}

/* Bundles pass through jansson's memory. */
static void free_wiped(void *p)
{
    if (p != NULL)
        secret_wipe(p, malloc_usable_size(p));
    free(p);
}

static int usage(bool asked)
{
    struct diag d;
    fputs("usage: ironside-registrar DIR\n", asked ? stdout : stderr);
    if (!asked)
        return 2;
    puts("Runs the registrar of the network in DIR until it is told to end.");
    if (streams_close(&d) == 0)
        return 0;
    log_line("%s", d.text);
    return 1;
}

int main(int argc, char **argv)
{
    process_begin();
    secret_init();
    log_open("ironside-registrar");
    if (connector_is_asked_for(argc, argv))
        return connector_main(argc, argv);
    if (argc != 2 || argv[1][0] == '-')
        return usage(argc == 2 && strcmp(argv[1], "--help") == 0);
    umask(0077);
    json_set_alloc_funcs(malloc, free_wiped);
    CLEANUP(program_clear) struct program p = {.dir = argv[1], .signals = -1};
    struct diag d = {""};
    if (run(&p, &d) == 0)
        return 0;
    log_line("%s", d.text);
    return 1;
}
