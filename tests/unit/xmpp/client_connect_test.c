/* How a client's sessions begin and end. */
#include "client_scene.h"

#include <sodium.h>
#include <string.h>

#define TICK_MAX_MS 60 /* longer waits of the hub are pauses */

static int64_t stopped_ms; /* what the clock says; 0: it goes */

int64_t __wrap_clock_monotonic_ms(void);
int64_t __real_clock_monotonic_ms(void);

int64_t __wrap_clock_monotonic_ms(void)
{
    return stopped_ms != 0 ? stopped_ms : __real_clock_monotonic_ms();
}

static void log_in_and_wait(struct server *s, int connection)
{
    (void)connection;
    if (server_login(s))
        server_wait(s);
}

static void client__connect__logs_in(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", log_in_and_wait);
    assert_int_equal(client_hub_timeout_ms(s.hub), -1);
    scene_connect(&s, NULL, NULL);
    assert_int_equal(client_hub_timeout_ms(s.hub), 0);
    assert_false(client_online(s.c));
    UNTIL(&s, s.online == 1);
    assert_true(client_online(s.c));
    assert_int_equal(s.offline, 0);
    server_go_on(s.server);
    scene_close(&s);
}

static void refuse_to_trust(struct server *s, int connection)
{
    (void)connection;
    server_tls(s);
    server_check(s, server_never_hears(s, "<auth"), "the client went on");
}

static void client__connect__another_authority_is_not_trusted(void **state)
{
    struct scene s;
    struct server *other = server_start("chat.test", log_in_and_wait);
    (void)state;
    scene_open(&s, "chat.test", refuse_to_trust);
    scene_connect(&s, server_authority(other), NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_UNTRUSTED);
    assert_non_null(strstr(s.why, "anna@chat.test: the server's certificate (/CN=chat.test) is not "
                                  "one of the network's for chat.test"));
    assert_int_equal(s.online, 0);
    scene_close(&s);
    server_stop(other);
}

static void client__connect__another_name_is_not_trusted(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "other.test", refuse_to_trust);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_UNTRUSTED);
    assert_non_null(strstr(s.why, "hostname mismatch"));
    scene_close(&s);
}

static void client__connect__no_authority_at_all(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", log_in_and_wait);
    scene_connect(&s, "/nonexistent", NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST);
    assert_string_equal(s.why, "anna@chat.test: cannot read the network's authority /nonexistent");
    assert_int_equal(server_connections(s.server), 0);
    scene_close(&s);
}

static void offer_no_tls(struct server *s, int connection)
{
    (void)connection;
    server_open_stream(s, SERVER_SCRAM);
    server_check(s, server_never_hears(s, "<auth"), "logged in without TLS");
}

static void client__connect__without_tls_goes_no_further(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", offer_no_tls);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST);
    scene_close(&s);
}

/* What comes before TLS could be anyone's. */
static void lie_before_tls(struct server *s, int connection)
{
    server_hear(s, "<stream:stream");
    server_say(s, "<stream:stream xmlns='jabber:client' id='1' version='1.0' "
                  "xmlns:stream='http://etherx.jabber.org/streams'>");
    if (connection == 1)
        server_say(s, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
                      "</failure>");
    else
        server_say(s, "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                      "</stream:error></stream:stream>");
}

static void client__connect__lies_before_tls_are_not_believed(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", lie_before_tls);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST);
    UNTIL(&s, s.offline == 2);
    assert_int_equal(s.end, CLIENT_LOST);
    UNTIL(&s, s.offline == 3); /* it goes on trying */
    scene_close(&s);
}

static void refuse_password(struct server *s, int connection)
{
    server_tls(s);
    server_open_stream(s, SERVER_SCRAM);
    server_challenge(s);
    server_say(s, connection == 1
                      ? "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                        "<temporary-auth-failure/></failure>"
                      : "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
                        "</failure>");
    server_check(s, server_never_hears(s, "<auth"), "tried again");
}

static void client__connect__a_refused_password_is_not_tried_again(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", refuse_password);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST); /* for now only */
    UNTIL(&s, s.offline == 2);
    assert_int_equal(s.end, CLIENT_REFUSED);
    assert_string_equal(s.why, "anna@chat.test: the server refuses the password");
    assert_int_equal(client_hub_timeout_ms(s.hub), -1);
    scene_pass(&s, 600);
    assert_int_equal(server_connections(s.server), 2);
    client_set_password(s.c, "another");
    client_retry(s.c);
    UNTIL(&s, s.offline == 3);
    assert_int_equal(server_connections(s.server), 3);
    scene_close(&s);
}

static void replace(struct server *s, int connection)
{
    server_login(s);
    if (connection == 1)
        server_say(s, "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced</text>"
                      "</stream:error></stream:stream>");
    server_wait(s);
}

static void client__end__replaced_by_a_newer_session(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", replace);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_REPLACED);
    assert_int_equal(s.online, 1);
    server_go_on(s.server);
    scene_pass(&s, 600);
    assert_int_equal(server_connections(s.server), 1);
    client_retry(s.c);
    UNTIL(&s, s.online == 2);
    server_go_on(s.server);
    scene_close(&s);
}

static void log_in_and_leave(struct server *s, int connection)
{
    if (server_login(s) && connection % 2 == 0)
        server_say(s, "<stream:error><system-shutdown "
                      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                      "</stream:stream>");
}

static void client__end__connects_again(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", log_in_and_leave);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST);
    assert_string_equal(s.why, "anna@chat.test: the connection ended");
    int64_t before = clock_monotonic_ms();
    UNTIL(&s, s.online == 2);
    assert_in_range(clock_monotonic_ms() - before, 0, 10000); /* the first pause is short */
    UNTIL(&s, s.offline == 2);
    assert_string_equal(s.why, "anna@chat.test: the server ended the stream with an error");
    UNTIL(&s, s.online == 3);
    scene_close(&s);
}

static void never(struct server *s, int connection)
{
    (void)connection;
    server_check(s, false, "nobody should connect");
}

/* Turns the hub until it pauses, for that long; a millisecond passes with each turn. */
static int64_t next_pause(struct scene *s)
{
    for (int i = 0; i < 1000 && client_hub_timeout_ms(s->hub) <= TICK_MAX_MS; i++) {
        stopped_ms++;
        scene_turn(s);
    }
    return client_hub_timeout_ms(s->hub);
}

/* 100, 200, 400, … ms, a quarter more or less. */
static void client__end__pauses_grow(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", never);
    const struct client_options o = {.account = "anna@chat.test",
                                     .password = "secret",
                                     .host = "127.0.0.1",
                                     .port = 1, /* nobody listens */
                                     .authority = server_authority(s.server)};
    scene_connect(&s, NULL, NULL);
    client_free(TAKE(s.c));
    static const struct client_events none = {0};
    assert_int_equal(client_new(s.hub, &o, &none, NULL, &s.c, NULL), 0);
    stopped_ms = clock_monotonic_ms();
    for (int i = 0; i < 5; i++) {
        int64_t pause = next_pause(&s);
        assert_in_range(pause, (75 << i), (125 << i));
        stopped_ms += pause - 1;
        scene_turn(&s);
        assert_int_equal(client_hub_timeout_ms(s.hub), 1); /* it is kept to the end */
    }
    stopped_ms = 0;
    scene_close(&s);
}

static void stall(struct server *s, int connection)
{
    (void)connection;
    server_open_stream(s, SERVER_STARTTLS);
    server_hear(s, "<starttls");
    server_say(s, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    server_check(s, server_never_hears(s, "<auth"), "the client went on");
}

static void client__connect__a_stalled_handshake_is_cut_off(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", stall);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.end, CLIENT_LOST);
    assert_in_range(s.longest_run_ms, 2900, 20000);
    scene_close(&s);
}

static void tell_address(struct server *s, int connection)
{
    (void)connection;
    server_check(s, strcmp(server_peer(s), "127.0.0.9") == 0, server_peer(s));
    server_login(s);
    server_wait(s);
}

static void client__connect__from_an_address(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", tell_address);
    scene_connect(&s, NULL, "127.0.0.9");
    UNTIL(&s, s.online == 1);
    server_go_on(s.server);
    scene_close(&s);
    scene_open(&s, "chat.test", never);
    scene_connect(&s, NULL, "203.0.113.9"); /* not this machine's */
    UNTIL(&s, s.offline == 1);
    assert_string_equal(s.why, "anna@chat.test: cannot connect from the source address");
    scene_close(&s);
}

static void client__new__refuses_what_is_not_an_account(void **state)
{
    static const char *const bad[] = {"", "anna", "chat.test", "anna@chat.test/device", "Anna@x"};
    static const struct client_events none = {0};
    CLEANUP_CLIENT_HUB struct client_hub *hub = client_hub_new();
    struct client_options o = {.password = "", .host = "127.0.0.1", .port = 1, .authority = "/"};
    struct client *c = NULL;
    struct diag d;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.account = bad[i];
        assert_int_equal(client_new(hub, &o, &none, NULL, &c, &d), ERR_FORMAT);
    }
    o.account = "anna@chat.test";
    o.source = "localhost";
    assert_int_equal(client_new(hub, &o, &none, NULL, &c, &d), ERR_FORMAT);
    assert_null(c);
    assert_int_equal(client_hub_timeout_ms(hub), -1);
    client_free(NULL);
    client_hub_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__new__refuses_what_is_not_an_account),
        cmocka_unit_test(client__connect__logs_in),
        cmocka_unit_test(client__connect__another_authority_is_not_trusted),
        cmocka_unit_test(client__connect__another_name_is_not_trusted),
        cmocka_unit_test(client__connect__no_authority_at_all),
        cmocka_unit_test(client__connect__without_tls_goes_no_further),
        cmocka_unit_test(client__connect__lies_before_tls_are_not_believed),
        cmocka_unit_test(client__connect__a_refused_password_is_not_tried_again),
        cmocka_unit_test(client__connect__a_stalled_handshake_is_cut_off),
        cmocka_unit_test(client__connect__from_an_address),
        cmocka_unit_test(client__end__replaced_by_a_newer_session),
        cmocka_unit_test(client__end__connects_again),
        cmocka_unit_test(client__end__pauses_grow),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
