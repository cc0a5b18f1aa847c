/* The component's session against a scripted server on a UNIX socket. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/clock.h"
#include "xmpp/component.h"

#define JID "ibot.chat.test"
#define STANZA_MAX 4096
#define HEADER                                                                                     \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                         \
    "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='" JID "'>"
/* SHA-1 of "s1" and "secret" */
#define HANDSHAKE "<handshake>3d1121b21f6287dc58010ebe9a95fa84ee2483d4</handshake>"

struct scene {
    char folder[32];
    char path[64];
    int listener; /* -1: no server */
    int server;   /* its side of the connection */
    struct buf got;
    struct connector *connector;
    struct component *c;
    int ready, closed, too_large;
    char why[128];
    struct buf stanzas; /* each as text, and a newline */
};

static void on_ready(void *context)
{
    ((struct scene *)context)->ready++;
}

static void on_closed(void *context, const char *why)
{
    struct scene *s = context;
    s->closed++;
    snprintf(s->why, sizeof s->why, "%s", why);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct scene *s = context;
    xml_put_element(&s->stanzas, stanza);
    buf_put_u8(&s->stanzas, '\n');
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct scene *s = context;
    s->too_large++;
    assert_string_equal(xml_attribute_of(start, "id"), "large");
    assert_null(start->first);
}

static const struct component_events events = {
    .ready = on_ready, .closed = on_closed, .stanza = on_stanza, .too_large = on_too_large};

static void listen_now(struct scene *s)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    unlink(s->path);
    strcpy(a.sun_path, s->path);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s->listener, 4), 0);
}

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){.folder = "/tmp/ironside-XXXXXX", .listener = -1, .server = -1};
    assert_non_null(mkdtemp(s.folder));
    snprintf(s.path, sizeof s.path, "%s/socket", s.folder);
    s.got = (struct buf)BUF_INIT(80U << 20);
    s.stanzas = (struct buf)BUF_INIT(1 << 20);
    listen_now(&s);
    s.connector = connector_new((const char *[]){s.path}, 1);
    s.c = component_new(JID, "secret", s.connector, 0, STANZA_MAX, &events, &s);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    component_free(s->c);
    connector_free(s->connector);
    if (s->server >= 0)
        close(s->server);
    if (s->listener >= 0)
        close(s->listener);
    unlink(s->path);
    rmdir(s->folder);
    buf_clear(&s->got);
    buf_clear(&s->stanzas);
    return 0;
}

/* One turn of the component's loop, and what it wrote goes to the server. */
static void turn(struct scene *s)
{
    struct pollfd p = {.fd = component_fd(s->c), .events = component_poll_events(s->c)};
    int wait_ms = component_timeout_ms(s->c);
    poll(&p, 1, wait_ms < 0 || wait_ms > 20 ? 20 : wait_ms);
    component_process(s->c, p.revents);
    if (s->server < 0 && s->listener >= 0)
        s->server = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    char chunk[4096];
    ssize_t n;
    while (s->server >= 0 && (n = read(s->server, chunk, sizeof chunk)) > 0)
        buf_put(&s->got, chunk, (size_t)n);
}

#define UNTIL(s, condition)                                                                        \
    do {                                                                                           \
        int64_t deadline_ = clock_monotonic_ms() + 10000;                                          \
        while (!(condition) && clock_monotonic_ms() < deadline_)                                   \
            turn(s);                                                                               \
        assert_true(condition);                                                                    \
    } while (0)

static void say(struct scene *s, const char *text)
{
    size_t len = strlen(text);
    assert_int_equal(send(s->server, text, len, MSG_NOSIGNAL), len);
}

static bool heard(struct scene *s, const char *text)
{
    return strstr(buf_text(&s->got), text) != NULL;
}

static void hang_up(struct scene *s)
{
    close(s->server);
    s->server = -1;
    buf_reset(&s->got);
}

static void log_in(struct scene *s)
{
    int before = s->ready;
    UNTIL(s, heard(s, "<stream:stream"));
    say(s, HEADER);
    UNTIL(s, heard(s, "</handshake>"));
    say(s, "<handshake/>");
    UNTIL(s, s->ready == before + 1);
}

static void component__connect__shakes_hands(void **state)
{
    struct scene *s = *state;
    assert_false(component_ready(s->c));
    log_in(s);
    assert_true(component_ready(s->c));
    assert_true(heard(s, "xmlns='jabber:component:accept'"));
    assert_true(heard(s, "to='" JID "'"));
    assert_true(heard(s, HANDSHAKE));
    buf_put_text(component_out(s->c), "<message to='anna@chat.test'/>");
    component_flush(s->c);
    UNTIL(s, heard(s, "<message to='anna@chat.test'/>"));
}

static void component__connect__refused_secret(void **state)
{
    struct scene *s = *state;
    UNTIL(s, heard(s, "<stream:stream"));
    say(s, HEADER);
    UNTIL(s, heard(s, "</handshake>"));
    say(s, "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
           "</stream:error></stream:stream>");
    UNTIL(s, component_fd(s->c) < 0);
    assert_int_equal(s->ready, 0);
    assert_int_equal(s->closed, 0); /* it was never open */
    hang_up(s);
    log_in(s); /* it tries again: the secret may have been set right */
}

static void component__connect__waits_for_the_server(void **state)
{
    struct scene *s = *state;
    close(s->listener);
    s->listener = -1;
    unlink(s->path);
    int last_ms = 0;
    for (int i = 0; i < 4; i++) { /* the pauses grow */
        UNTIL(s, component_timeout_ms(s->c) > last_ms);
        last_ms = component_timeout_ms(s->c);
    }
    listen_now(s);
    log_in(s);
}

static void component__connect__again_after_the_end(void **state)
{
    struct scene *s = *state;
    log_in(s);
    hang_up(s);
    UNTIL(s, s->closed == 1);
    assert_string_equal(s->why, "the server closed the connection");
    log_in(s);
    say(s, "</stream:stream>");
    UNTIL(s, s->closed == 2);
    assert_string_equal(s->why, "the server closed the stream");
    hang_up(s);
    log_in(s);
    say(s, "<message><</message>");
    UNTIL(s, s->closed == 3);
    assert_string_equal(s->why, "the server sent what is not a stream");
    hang_up(s);
    log_in(s);
    say(s, "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
           "</stream:error>");
    UNTIL(s, s->closed == 4);
    assert_string_equal(s->why, "the server ended the stream with an error");
}

/* What was queued for a session that ended is not sent in the next. */
static void component__connect__starts_with_an_empty_queue(void **state)
{
    struct scene *s = *state;
    log_in(s);
    hang_up(s);
    buf_put_text(component_out(s->c), "<message id='old'/>");
    UNTIL(s, s->closed == 1);
    log_in(s);
    assert_false(heard(s, "old"));
}

static const char two_stanzas[] =
    "<message from='anna@chat.test/x' id='a&amp;b'><body>Grüße 🐢</body><x xmlns='urn:x' "
    "y='1'><z/></x></message> <iq type='get' id='2'><query xmlns='urn:q'/></iq>";
static const char two_trees[] =
    "<message from='anna@chat.test/x' id='a&amp;b' xmlns='jabber:component:accept'>"
    "<body>Grüße 🐢</body><x xmlns='urn:x' y='1'><z/></x></message>\n"
    "<iq type='get' id='2' xmlns='jabber:component:accept'><query xmlns='urn:q'/></iq>\n";

static void component__stanza__split_at_every_byte(void **state)
{
    struct scene *s = *state;
    log_in(s);
    for (size_t at = 1; at < sizeof two_stanzas - 1; at++) {
        buf_reset(&s->stanzas);
        assert_int_equal(component_feed(s->c, two_stanzas, at), 0);
        assert_int_equal(component_feed(s->c, two_stanzas + at, sizeof two_stanzas - 1 - at), 0);
        assert_string_equal(buf_text(&s->stanzas), two_trees);
    }
    buf_reset(&s->stanzas);
    for (size_t at = 0; at < sizeof two_stanzas - 1; at++) {
        assert_int_equal(send(s->server, &two_stanzas[at], 1, MSG_NOSIGNAL), 1);
        turn(s);
    }
    UNTIL(s, s->stanzas.len >= sizeof two_trees - 1);
    assert_string_equal(buf_text(&s->stanzas), two_trees);
}

static void component__stanza__over_the_cap_is_told(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf large = BUF_INIT(1 << 20);
    log_in(s);
    buf_put_text(&large, "<message id='large'><body>");
    for (int i = 0; i < 2 * STANZA_MAX; i++)
        buf_put_u8(&large, 'x');
    buf_put_text(&large, "</body></message><message id='next'/>");
    say(s, buf_text(&large));
    UNTIL(s, s->stanzas.len > 0);
    assert_int_equal(s->too_large, 1);
    assert_string_equal(buf_text(&s->stanzas),
                        "<message id='next' xmlns='jabber:component:accept'/>\n");
    assert_true(component_ready(s->c));
}

/* 65 MiB for a server that does not read. */
static void component__out__a_server_that_does_not_read(void **state)
{
    struct scene *s = *state;
    static char line[1 << 20];
    log_in(s);
    memset(line, ' ', sizeof line);
    for (int i = 0; i < 65; i++)
        buf_put(component_out(s->c), line, sizeof line);
    component_process(s->c, 0);
    assert_int_equal(s->closed, 1);
    assert_string_equal(s->why, "the server does not read what it is sent");
}

static struct xml_element *parse(struct arena *a, const char *text)
{
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    return x;
}

static void component__answer_service__ping_and_disco(void **state)
{
    struct scene *s = *state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
    struct component *c = component_new_detached(JID, STANZA_MAX, &events, s);
    assert_true(component_ready(c));
    const struct xml_element *ping = parse(&a, "<iq type='get' from='a&amp;b@chat.test/x' to='" JID
                                               "' id='1'><ping xmlns='urn:xmpp:ping'/></iq>");
    assert_true(component_answer_service(c, ping, "automation", "bot", "iBot"));
    assert_string_equal(buf_text(component_out(c)),
                        "<iq type='result' from='" JID "' to='a&amp;b@chat.test/x' id='1'></iq>");
    buf_reset(component_out(c));
    const struct xml_element *disco =
        parse(&a, "<iq type='get' from='chat.test' id='2'><query "
                  "xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    assert_true(component_answer_service(c, disco, "automation", "bot", "iBot"));
    assert_non_null(strstr(buf_text(component_out(c)),
                           "<identity category='automation' type='bot' name='iBot'/>"));
    assert_non_null(strstr(buf_text(component_out(c)), "from='" JID "' to='chat.test' id='2'"));
    buf_reset(component_out(c));
    static const char *const others[] = {
        "<message type='get'><ping xmlns='urn:xmpp:ping'/></message>",
        "<iq type='set' id='3'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq id='4'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='get' id='5'><policy xmlns='urn:ironside:registrar:1'/></iq>",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(component_answer_service(c, parse(&a, others[i]), "a", "b", "c"));
    assert_int_equal(component_out(c)->len, 0);
    component_send_error(c, parse(&a, others[3]), "item-not-found", "");
    assert_string_equal(buf_text(component_out(c)),
                        "<iq type='error' from='" JID
                        "' to='' id='5'><error type='cancel'><item-not-found "
                        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    component_free(c);
    component_free(NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(component__connect__shakes_hands),
        TEST(component__connect__refused_secret),
        TEST(component__connect__waits_for_the_server),
        TEST(component__connect__again_after_the_end),
        TEST(component__connect__starts_with_an_empty_queue),
        TEST(component__stanza__split_at_every_byte),
        TEST(component__stanza__over_the_cap_is_told),
        TEST(component__out__a_server_that_does_not_read),
        TEST(component__answer_service__ping_and_disco),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
