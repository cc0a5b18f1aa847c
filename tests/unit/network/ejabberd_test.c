/* Against the installed ejabberd: starting, stopping, administration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/admin.h"
#include "network/ejabberd_internal.h"
#include "network/layout.h"
#include "network/tls_authority.h"
#include "wire/stanza.h"
#include "world.h"
#include "xmpp/client.h"
#include "xmpp/component.h"

#define PASSWORD "abcdefgh234567"

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make_temporary(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_clear(&world, true);
    return 0;
}

static struct ejabberd *start(void)
{
    struct ejabberd *e = NULL;
    struct diag d = {""};
    if (ejabberd_start(world.dir, &world.settings, &e, &d) < 0)
        fail_msg("%s", d.text);
    return e;
}
#define CLEANUP_EJABBERD __attribute__((unused)) CLEANUP(ejabberd_stop_cleanup)

static void assert_not_started(int code, const char *part)
{
    struct ejabberd *e = NULL;
    struct diag d = {""};
    assert_int_equal(ejabberd_start(world.dir, &world.settings, &e, &d), code);
    assert_null(e);
    if (strstr(d.text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.text, part);
}

static struct admin *administer(void)
{
    CLEANUP_FREE char *path = layout_path(world.dir, LAYOUT_ADMIN_SOCKET);
    return admin_new(path, WORLD_DOMAIN);
}
#define CLEANUP_ADMIN CLEANUP(admin_free_cleanup)

/* ---- a component and a device ---- */

struct watched {
    bool ready;
    const char *closed;
};

static void on_ready(void *context)
{
    ((struct watched *)context)->ready = true;
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    (void)context, (void)stanza;
}

static bool component_connects(const char *jid, const char *secret)
{
    static const struct component_events events = {.ready = on_ready, .stanza = on_stanza};
    struct watched w = {0};
    CLEANUP_FREE char *path = layout_path(world.dir, LAYOUT_COMPONENT_SOCKET);
    CLEANUP(connector_free_cleanup)
    struct connector *connector = connector_new((const char *[]){path}, 1);
    struct component *c = component_new(jid, secret, connector, 0, 65536, &events, &w);
    int64_t until = clock_monotonic_ms() + 1500;
    short revents = 0;
    while (!w.ready && clock_monotonic_ms() < until) {
        component_process(c, revents);
        struct pollfd p = {.fd = component_fd(c), .events = component_poll_events(c)};
        revents = poll(&p, 1, 50) > 0 ? p.revents : 0;
    }
    component_free(c);
    return w.ready;
}

struct device {
    struct client_hub *hub;
    struct client *client;
    bool online, offline, came;
    enum client_end end;
    unsigned delays; /* elements of that name in the message that came, whatever their namespace */
    char stamp[64];  /* of the last one */
};

static void on_online(void *context)
{
    struct device *v = context;
    v->online = true;
    v->offline = false;
}

static void on_offline(void *context, enum client_end end, const char *why)
{
    struct device *v = context;
    (void)why;
    v->offline = true;
    v->end = end;
}

static void on_message(void *context, const struct xml_element *stanza)
{
    struct device *v = context;
    v->came = v->came || strcmp(stanza->name, "message") == 0;
    for (const struct xml_element *x = stanza->first; x != NULL; x = x->next) {
        const char *stamp = xml_attribute_of(x, "stamp");
        if (strcmp(x->name, "delay") != 0)
            continue;
        v->delays++;
        snprintf(v->stamp, sizeof v->stamp, "%s", stamp == NULL ? "" : stamp);
    }
}

static const struct client_events device_events = {
    .online = on_online, .offline = on_offline, .stanza = on_message};

static void device_run(struct device *v, const bool *until)
{
    int64_t end = clock_monotonic_ms() + 10000;
    while (!*until && clock_monotonic_ms() < end) {
        struct pollfd fds[4];
        size_t count = client_hub_pollfds(v->hub, fds, 4);
        int wait_ms = client_hub_timeout_ms(v->hub);
        (void)poll(fds, count, wait_ms < 0 || wait_ms > 50 ? 50 : wait_ms);
        client_hub_run(v->hub);
    }
    assert_true(*until);
}

static void device_open(struct device *v, const char *handle, const char *password)
{
    CLEANUP_FREE char *account = mem_format("%s@%s", handle, WORLD_DOMAIN);
    CLEANUP_FREE char *authority = layout_path(world.dir, LAYOUT_AUTHORITY_CERTIFICATE);
    const struct client_options o = {.account = account,
                                     .password = password,
                                     .host = world.settings.host,
                                     .port = world.settings.port,
                                     .authority = authority};
    *v = (struct device){.hub = client_hub_new()};
    struct diag d = {""};
    assert_int_equal(client_new(v->hub, &o, &device_events, v, &v->client, &d), 0);
}

static void device_close(struct device *v)
{
    client_free(v->client);
    client_hub_free(v->hub);
}
#define CLEANUP_DEVICE CLEANUP(device_close)

/* ---- starting ---- */

static void ejabberd__start__is_ready_for_all(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0); /* at once */
    assert_false(ejabberd_ended(e, &d));
    assert_true(ejabberd_pid(e) > 0);
    CLEANUP_FREE char *path = layout_path(world.dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_FREE char *bot_path = mem_format("%s/bots/ibot/component.secret", world.dir);
    CLEANUP_SECRET char *secret = NULL;
    CLEANUP_SECRET char *bot_secret = NULL;
    assert_int_equal(keys_secret_read(path, &secret, &d), 0);
    assert_int_equal(keys_secret_read(bot_path, &bot_secret, &d), 0);
    assert_true(component_connects("registrar." WORLD_DOMAIN, secret));
    assert_true(component_connects(WORLD_BOT, bot_secret));
    assert_false(component_connects(WORLD_BOT, secret)); /* each its own */
    assert_false(component_connects("other." WORLD_DOMAIN, secret));
}

static void ejabberd__start__keeps_its_files_closed(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    struct stat st;
    CLEANUP_FREE char *config = mem_format("%s/server/conf/ejabberd.yml", world.dir);
    CLEANUP_FREE char *server = layout_path(world.dir, LAYOUT_SERVER);
    assert_int_equal(stat(config, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(server, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    CLEANUP_FREE char *cookie = mem_format("%s/server/spool/.erlang.cookie", world.dir);
    assert_false(file_exists(cookie)); /* no distribution */
}

static void ejabberd__start__is_alone(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    assert_not_started(ERR_EXISTS, "is running already");
}

static void ejabberd__start__names_a_taken_port(void **state)
{
    (void)state;
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(world.settings.port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 1), 0);
    CLEANUP_FREE char *part = mem_format("port %u is taken", world.settings.port);
    assert_not_started(ERR_EXISTS, part);
}

static void ejabberd__start__tells_what_the_log_says(void **state)
{
    (void)state;
    CLEANUP_FREE char *path = layout_path(world.dir, LAYOUT_SERVER_CERTIFICATE);
    assert_int_equal(file_write(path, "garbage\n", 8, 0600, NULL), 0);
    assert_not_started(ERR_INVALID_STATE, "invalid certificates configuration");
    /* The lock has been let go: what was wrong can be put right. */
    assert_int_equal(tls_authority_issue(world.dir, WORLD_DOMAIN, NULL), 0);
    CLEANUP_EJABBERD struct ejabberd *e = start();
}

static void ejabberd__start__checks_before(void **state)
{
    (void)state;
    CLEANUP_FREE char *run = layout_path(world.dir, LAYOUT_RUN);
    CLEANUP_FREE char *pem = layout_path(world.dir, LAYOUT_SERVER_CERTIFICATE);
    CLEANUP_FREE char *secret = layout_path(world.dir, LAYOUT_REGISTRAR_SECRET);
    assert_int_equal(chmod(run, 0755), 0);
    assert_not_started(ERR_KEY, "chmod 700");
    assert_int_equal(chmod(run, 0700), 0);
    assert_int_equal(chmod(secret, 0644), 0);
    assert_not_started(ERR_KEY, "chmod 600");
    assert_int_equal(chmod(secret, 0600), 0);
    assert_int_equal(unlink(pem), 0);
    assert_not_started(ERR_NOT_FOUND, "server.pem");
}

static void ejabberd__write_config__refuses_paths_and_bots(void **state)
{
    (void)state;
    struct diag d = {""};
    static const char *const bad[] = {"a\"b", "a*b", "\xc3\xa4", "a@HOME@", "a\\b", "a{b}", "a\nb"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CLEANUP_FREE char *dir = mem_format("%s/%s", world.dir, bad[i]);
        assert_int_equal(ejabberd_write_config(dir, &world.settings, &d), ERR_FORMAT);
    }
    assert_non_null(strstr(d.text, "ASCII"));
    CLEANUP_FREE char *bot = mem_format("%s/bots/Bad_Bot", world.dir);
    assert_int_equal(file_make_folder(bot, 0700, &d), 0);
    assert_int_equal(ejabberd_write_config(world.dir, &world.settings, &d), ERR_FORMAT);
    assert_int_equal(rmdir(bot), 0);
    CLEANUP_FREE char *host = mem_format("%s/bots/pubsub", world.dir); /* the server's own */
    assert_int_equal(file_make_folder(host, 0700, &d), 0);
    assert_int_equal(ejabberd_write_config(world.dir, &world.settings, &d), ERR_FORMAT);
    assert_int_equal(rmdir(host), 0);
    CLEANUP_FREE char *empty = mem_format("%s/bots/second", world.dir);
    assert_int_equal(file_make_folder(empty, 0700, &d), 0);
    assert_int_equal(ejabberd_write_config(world.dir, &world.settings, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "bots/second/component.secret"));
}

static void ejabberd__start__works_in_a_path_with_spaces(void **state)
{
    (void)state;
    char dir[] = "/tmp/ironside net's.XXXXXX";
    uint16_t port = world.settings.port;
    world_clear(&world, true);
    assert_non_null(mkdtemp(dir));
    world_make(&world, dir, port, false);
    CLEANUP_EJABBERD struct ejabberd *e = start();
}

/* Other names may belong to a router before this machine. */
static void ejabberd__bind_address__keeps_loopback_to_itself(void **state)
{
    (void)state;
    struct settings s = world.settings;
    assert_string_equal(ejabberd_bind_address(&s), "127.0.0.1");
    strcpy(s.host, "localhost");
    assert_string_equal(ejabberd_bind_address(&s), "127.0.0.1");
    strcpy(s.host, "chat.localhost");
    assert_string_equal(ejabberd_bind_address(&s), "127.0.0.1");
    strcpy(s.host, "::1");
    assert_string_equal(ejabberd_bind_address(&s), "::1");
    strcpy(s.host, "chat.example");
    const char *any = ejabberd_bind_address(&s);
    assert_true(strcmp(any, "::") == 0 || strcmp(any, "0.0.0.0") == 0);
}

static void assert_log_says(const char *log, const char *console, off_t offset, const char *line)
{
    CLEANUP_FREE char *path = mem_format("%s/server/log/ejabberd.log", world.dir);
    CLEANUP_FREE char *console_path = mem_format("%s/server/log/console.log", world.dir);
    assert_int_equal(file_write(path, log, strlen(log), 0600, NULL), 0);
    assert_int_equal(file_write(console_path, console, strlen(console), 0600, NULL), 0);
    CLEANUP_FREE char *said = ejabberd_log_error(world.dir, offset);
    assert_string_equal(said, line);
}

#define LOG_PORT                                                                                   \
    "2026-11-23 04:43:33.897270+00:00 [error] <0.325.0>@ejabberd_listener:report_socket_error/3:"  \
    "481 Failed to open socket at 127.0.0.1:25222\n"
#define LOG_REPORT                                                                                 \
    "2026-11-23 04:43:33.897455+00:00 [error] <0.324.0>@supervisor:start_children/2:392 "          \
    "SUPERVISOR REPORT:\n    supervisor: {local,ejabberd_listener}\n\n"
#define LOG_TERM                                                                                   \
    "2026-11-23 04:43:33.901341+00:00 [critical] <0.117.0>@ejabberd_app:start/2:68 Failed to "     \
    "start ejabberd application: {error,\n   {shutdown}}\n"
#define LOG_OPTION                                                                                 \
    "2026-11-23 04:44:16.387144+00:00 [critical] <0.117.0>@ejabberd_app:start/2:68 Unknown "       \
    "option\n"

/* The last line that a person can use, not Erlang's reports about it. */
static void ejabberd__log_error__finds_the_line(void **state)
{
    (void)state;
    CLEANUP_FREE char *none = ejabberd_log_error(world.dir, 0);
    assert_string_equal(none, "");
    assert_log_says(LOG_PORT LOG_REPORT LOG_TERM, "", 0,
                    "Failed to open socket at 127.0.0.1:25222");
    assert_log_says(LOG_PORT LOG_REPORT LOG_OPTION, "", 0, "Unknown option");
    assert_log_says(LOG_PORT, "", (off_t)strlen(LOG_PORT), ""); /* of an earlier run */
    assert_log_says(LOG_OPTION, "", 1 << 20, "Unknown option"); /* begun anew since */
    assert_log_says(LOG_REPORT, "first\nerl: not found\n", 0, "erl: not found");
}

/* ---- ending ---- */

static void ejabberd__stop__keeps_accounts(void **state)
{
    (void)state;
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    struct ejabberd *e = start();
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0);
    ejabberd_stop(e);
    CLEANUP_FREE char *path = layout_path(world.dir, LAYOUT_ADMIN_SOCKET);
    assert_false(file_exists(path));
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), ERR_IO);
    e = start();
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), ERR_EXISTS);
    ejabberd_stop(e);
    ejabberd_stop(NULL);
}

static void ejabberd__ended__tells(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    struct diag d = {""};
    assert_int_equal(kill(ejabberd_pid(e), SIGKILL), 0);
    for (int i = 0; i < 6000 && !ejabberd_ended(e, &d); i++)
        (void)poll(NULL, 0, 10);
    assert_non_null(strstr(d.text, "ejabberd has ended (signal 9"));
    assert_true(ejabberd_ended(e, &d));
    /* Its sockets are left; the next one replaces them. */
    ejabberd_stop(TAKE(e));
    e = start();
}

/* Kills it in this moment, and starts another one. */
static struct ejabberd *killed_and_started(struct ejabberd *e)
{
    struct diag d = {""};
    assert_int_equal(kill(ejabberd_pid(e), SIGKILL), 0);
    for (int i = 0; i < 6000 && !ejabberd_ended(e, &d); i++)
        (void)poll(NULL, 0, 10);
    ejabberd_stop(e);
    return start();
}

static void on_changed(void *context, int code)
{
    assert_int_equal(code, 0);
    *(bool *)context = true;
}

static void on_done(void *context, const struct xml_element *iq)
{
    assert_true(stanza_is_result(iq));
    *(bool *)context = true;
}

#define NODE "eu.siacs.conversations.axolotl.devicelist"

/* What an account has been told stands, whenever the server is killed: else a device that has
 * dropped its old password could never log in again. */
static void ejabberd__killed__remembers_what_it_confirmed(void **state)
{
    (void)state;
    struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0);
    e = killed_and_started(e);
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), ERR_EXISTS);
    assert_int_equal(admin_change_password(a, "anna", PASSWORD "2", &d), 0);
    e = killed_and_started(e);
    CLEANUP_DEVICE struct device v;
    device_open(&v, "anna", PASSWORD "2");
    device_run(&v, &v.online);
    assert_true(v.online);
    bool changed = false, published = false, fetched = false;
    assert_int_equal(client_change_password(v.client, PASSWORD "3", on_changed, &changed), 0);
    device_run(&v, &changed);
    e = killed_and_started(e);
    CLEANUP_DEVICE struct device w;
    device_open(&w, "anna", PASSWORD "3");
    device_run(&w, &w.online);
    assert_true(w.online);
    assert_int_equal(client_publish(w.client, NODE, "<a xmlns='b'/>", true, on_done, &published),
                     0);
    device_run(&w, &published);
    e = killed_and_started(e);
    CLEANUP_DEVICE struct device x;
    device_open(&x, "anna", PASSWORD "3");
    device_run(&x, &x.online);
    assert_int_equal(client_fetch(x.client, "anna@" WORLD_DOMAIN, NODE, on_done, &fetched), 0);
    device_run(&x, &fetched);
    assert_true(fetched);
    ejabberd_stop(e);
}

/* ---- stamps ---- */

static void send_stamped(struct device *v, const char *to)
{
    CLEANUP_FREE char *text = mem_format(
        "<message to='%s@" WORLD_DOMAIN "' id='m'><body>Hello.</body>"
        "<delay xmlns='urn:xmpp:delay' from='" WORLD_DOMAIN "' stamp='2001-02-03T04:05:06Z'/>"
        "<x:delay xmlns:x='urn:xmpp:delay' from='" WORLD_DOMAIN "' stamp='2001-02-03T04:05:06Z'/>"
        "</message>",
        to);
    assert_int_equal(client_send(v->client, text, strlen(text)), 0);
}

/* What devices take for the server's stamp decides how old a message is. */
static void ejabberd__messages__carry_no_stamp_of_a_senders(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    CLEANUP_DEVICE struct device anna, bert, cara;
    struct diag d = {""};
    const char *const names[] = {"anna", "bert", "cara"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(admin_register(a, names[i], PASSWORD, &d), 0);
    device_open(&anna, "anna", PASSWORD);
    device_open(&bert, "bert", PASSWORD);
    device_run(&anna, &anna.online);
    device_run(&bert, &bert.online);
    send_stamped(&anna, "bert");
    send_stamped(&anna, "cara");
    for (int i = 0; i < 20; i++) {
        client_hub_run(anna.hub);
        (void)poll(NULL, 0, 10);
    }
    device_run(&bert, &bert.came);
    assert_true(bert.came);
    /* None, or the server's own: his presence may have come behind the message. */
    assert_true(bert.delays == 0 || (bert.delays == 1 && strncmp(bert.stamp, "2001", 4) != 0));
    device_open(&cara, "cara", PASSWORD); /* it was stored for her */
    device_run(&cara, &cara.came);
    assert_true(cara.came);
    assert_int_equal(cara.delays, 1);
    assert_true(strncmp(cara.stamp, "2001", 4) != 0);
}

/* ---- administration ---- */

static void admin__accounts__are_made_changed_and_removed(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    assert_int_equal(admin_change_password(a, "anna", PASSWORD, &d), ERR_NOT_FOUND);
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0);
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), ERR_EXISTS);
    assert_int_equal(admin_change_password(a, "anna", PASSWORD "2", &d), 0);
    assert_int_equal(admin_unregister(a, "anna", &d), 0);
    assert_int_equal(admin_unregister(a, "anna", &d), 0);
    assert_int_equal(admin_change_password(a, "anna", PASSWORD, &d), ERR_NOT_FOUND);
    assert_int_equal(admin_sessions(a, "anna", &s, &d), 0);
    assert_int_equal(s.count, 0);
    assert_int_equal(admin_end_sessions(a, "anna", NULL, &d), 0);
}

static void admin__arguments__are_checked(void **state)
{
    (void)state;
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    assert_int_equal(admin_register(a, "An\"na", PASSWORD, &d), ERR_FORMAT);
    assert_int_equal(admin_register(a, "anna", "pass\"word", &d), ERR_FORMAT);
    assert_null(strstr(d.text, "pass\"")); /* a line never holds a password */
    assert_int_equal(admin_change_password(a, "anna", "p w", &d), ERR_FORMAT);
    assert_int_equal(admin_unregister(a, "", &d), ERR_FORMAT);
    assert_int_equal(admin_sessions(a, "a/b", &s, &d), ERR_FORMAT);
    assert_int_equal(admin_end_sessions(a, "a b", NULL, &d), ERR_FORMAT);
    assert_int_equal(admin_set_loglevel(a, "info", &d), ERR_FORMAT);
    assert_int_equal(admin_set_loglevel(a, "debug", &d), ERR_IO); /* not running */
    assert_non_null(strstr(d.text, "admin.sock"));
}

static void admin__sessions__are_seen_and_ended(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    CLEANUP_DEVICE struct device v;
    struct diag d = {""};
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0);
    device_open(&v, "anna", PASSWORD);
    device_run(&v, &v.online);
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    assert_int_equal(admin_sessions(a, "anna", &s, &d), 0);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.list[0].resource, CLIENT_RESOURCE);
    assert_string_equal(s.list[0].address, "127.0.0.1");
    admin_sessions_clear(&s);
    assert_int_equal(admin_end_sessions(a, "anna", CLIENT_RESOURCE, &d), 0);
    assert_int_equal(admin_sessions(a, "anna", &s, &d), 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(admin_change_password(a, "anna", PASSWORD "2", &d), 0);
    assert_int_equal(admin_end_sessions(a, "anna", NULL, &d), 0);
    device_run(&v, &v.offline);
    admin_sessions_clear(&s);
    assert_int_equal(admin_sessions(a, "anna", &s, &d), 0);
    assert_int_equal(s.count, 0);
    /* The old password is worth nothing now. */
    v.offline = false;
    client_retry(v.client);
    device_run(&v, &v.offline);
    assert_int_equal(v.end, CLIENT_REFUSED);
}

static void admin__set_loglevel__works_while_it_runs(void **state)
{
    (void)state;
    CLEANUP_EJABBERD struct ejabberd *e = start();
    CLEANUP_ADMIN struct admin *a = administer();
    struct diag d = {""};
    CLEANUP_FREE char *path = mem_format("%s/server/log/ejabberd.log", world.dir);
    CLEANUP_FREE char *log = NULL;
    assert_int_equal(admin_register(a, "anna", PASSWORD, &d), 0);
    assert_int_equal(admin_set_loglevel(a, "debug", &d), 0);
    assert_int_equal(admin_unregister(a, "bob", &d), 0);
    assert_int_equal(admin_set_loglevel(a, "warning", &d), 0);
    assert_int_equal(admin_unregister(a, "carl", &d), 0);
    bool said = false;
    for (int i = 0; i < 600 && !said; i++) { /* its log is written in the background */
        free(TAKE(log));
        (void)poll(NULL, 0, 100);
        assert_int_equal(file_read_text(path, 1 << 24, &log, NULL), 0);
        said = strstr(log, "bob") != NULL;
    }
    bool quiet = strstr(log, PASSWORD) == NULL && strstr(log, "carl") == NULL;
    assert_true(said && quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ejabberd__start__is_ready_for_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__keeps_its_files_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__is_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__names_a_taken_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__tells_what_the_log_says, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__checks_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__write_config__refuses_paths_and_bots, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__start__works_in_a_path_with_spaces, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__bind_address__keeps_loopback_to_itself, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__log_error__finds_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__stop__keeps_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__ended__tells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__killed__remembers_what_it_confirmed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ejabberd__messages__carry_no_stamp_of_a_senders, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(admin__accounts__are_made_changed_and_removed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(admin__arguments__are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(admin__sessions__are_seen_and_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(admin__set_loglevel__works_while_it_runs, set_up,
                                        tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
