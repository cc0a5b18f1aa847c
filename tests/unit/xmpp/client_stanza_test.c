/* What a client receives, acknowledges and sends. */
#include "client_scene.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char stanza[] =
    "<message from='bob@chat.test/x' to='anna@chat.test' id='a&amp;b&apos;c' type='chat'>"
    "<body>Grüße 🐢 &lt;3</body><x xmlns='urn:x' y='1'><z>  </z><z xmlns='urn:z'/></x>"
    "<x:p xmlns:x='urn:x'/><empty/></message>";
static const char tree[] =
    "from='bob@chat.test/x'|to='anna@chat.test'|id='a&amp;b&apos;c'|"
    "type='chat'|><body>Grüße 🐢 &lt;3</body><x |xmlns='urn:x'|y='1'|><z>  </z><z xmlns='urn:z'/>"
    "</x><p xmlns='urn:x'/><empty/></message>";

/* libstrophe keeps attributes in no order: each part must be there. */
static void assert_tree(const char *got)
{
    CLEANUP_FREE char *parts = mem_string(tree);
    char *rest = NULL;
    for (char *part = strtok_r(parts, "|", &rest); part != NULL; part = strtok_r(NULL, "|", &rest))
        if (strstr(got, part) == NULL)
            fail_msg("%s is not in %s", part, got);
}

static void send_split(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    for (size_t at = 1; at < sizeof stanza - 1; at++) {
        server_say_bytes(s, stanza, at);
        server_say_bytes(s, stanza + at, sizeof stanza - 1 - at);
    }
    server_wait(s);
}

static void client__stanza__split_at_every_byte(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", send_split);
    scene_connect(&s, NULL, NULL);
    for (int i = 1; i < (int)sizeof stanza - 1; i++) {
        UNTIL(&s, s.stanzas >= i);
        assert_tree(buf_text(&s.text));
    }
    server_go_on(s.server);
    scene_close(&s);
}

#define MANY 5000

/* In records of 16 KiB, of which libstrophe reads 4: none may stay behind. */
static void send_many(struct server *s, int connection)
{
    CLEANUP_BUF struct buf b = BUF_INIT(8U << 20);
    (void)connection;
    server_login(s);
    for (int i = 0; i < MANY; i++)
        buf_format(&b, "<message id='%d'><body>%0300d</body></message>", i, i);
    server_say_bytes(s, b.data, b.len);
    server_wait(s);
}

static void client__stanza__thousands_at_once(void **state)
{
    struct scene s;
    char last[16];
    (void)state;
    scene_open(&s, "chat.test", send_many);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.stanzas == MANY);
    snprintf(last, sizeof last, "id='%d'", MANY - 1);
    assert_non_null(strstr(buf_text(&s.text), last));
    server_go_on(s.server);
    scene_close(&s);
}

static void send_large(struct server *s, int connection)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    (void)connection;
    server_login(s);
    buf_put_text(&b, "<message id='large' from='bob@chat.test'><body>");
    for (unsigned i = 0; i < CLIENT_STANZA_MAX; i++)
        buf_put_u8(&b, 'x');
    buf_put_text(&b, "</body></message><message id='deep'>");
    for (unsigned i = 0; i < XML_DEPTH_MAX; i++)
        buf_put_text(&b, "<x>");
    for (unsigned i = 0; i < XML_DEPTH_MAX; i++)
        buf_put_text(&b, "</x>");
    buf_put_text(&b, "</message><message id='next'/><r xmlns='urn:xmpp:sm:3'/>");
    server_say_bytes(s, b.data, b.len);
    server_hear(s, "<a ");
    server_hear(s, "h=\"3\""); /* what is dropped has been dealt with */
    server_wait(s);
}

static void client__stanza__over_the_cap_is_told(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", send_large);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.too_large == 2);
    assert_string_equal(s.large, "large deep ");
    UNTIL(&s, s.stanzas == 1);
    assert_non_null(strstr(buf_text(&s.text), "id='next'"));
    server_go_on(s.server);
    scene_close(&s);
}

/* Both presences, once a session; not before what was stored at the login can have come. */
static void expect_to_be_asked_again(struct server *s, int connection)
{
    server_login(s);
    server_check(s, server_hear(s, "</presence>"), "not asked again");
    server_check(s, strstr(server_heard(s), "<presence><priority>-1</priority></presence>") != NULL,
                 "asked without going below zero");
    server_check(s, server_hear(s, "<presence/>"), "stays below zero");
    server_say(s, "<message id='late'/>");
    if (connection == 1)
        server_check(s, server_never_hears(s, "<presence"), "asked twice");
    else
        server_wait(s);
}

static void client__online__asks_once_for_what_was_stored_late(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", expect_to_be_asked_again);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    int64_t began = clock_monotonic_ms();
    UNTIL(&s, s.stanzas == 1);
    assert_in_range(clock_monotonic_ms() - began, 1000, 9000);
    scene_pass(&s, 3000);
    client_drop(s.c);
    UNTIL(&s, s.online == 2);
    UNTIL(&s, s.stanzas == 2);
    server_go_on(s.server);
    scene_close(&s);
}

static void send_without_end(struct server *s, int connection)
{
    static char text[1 << 20];
    server_login(s);
    if (connection > 1) {
        server_wait(s);
        return;
    }
    memset(text, 'x', sizeof text);
    server_say(s, "<message><body>");
    for (int i = 0; i < 100; i++)
        server_say_bytes(s, text, sizeof text);
}

static void client__stanza__without_end_ends_the_session(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", send_without_end);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.offline == 1);
    assert_string_equal(s.why, "anna@chat.test: the server sends more than a session may hold");
    UNTIL(&s, s.online == 2);
    server_go_on(s.server);
    scene_close(&s);
}

static void ask_for_acknowledgement(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_say(s, "<message id='1'/><presence from='x@chat.test'/><r xmlns='urn:xmpp:sm:3'/>");
    server_hear(s, "<a ");
    server_hear(s, "/>");
    server_check(s, strstr(server_heard(s), "h=\"2\"") != NULL, server_heard(s));
    server_wait(s);
}

static void client__stanza__is_acknowledged_after_the_event(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", ask_for_acknowledgement);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.stanzas == 2);
    server_go_on(s.server);
    scene_close(&s);
}

/* Two stanzas and the request in one piece: with the first, the session is dropped. */
static void expect_no_acknowledgement(struct server *s, int connection)
{
    server_login(s);
    server_say(s, "<message id='1'/><message id='2'/><r xmlns='urn:xmpp:sm:3'/>");
    if (connection == 1)
        server_check(s, server_never_hears(s, "<a "), "acknowledged");
    else
        server_wait(s);
}

static void read_nothing_for_a_while(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_wait(s);
    server_hear(s, "</last>");
    server_say(s, "<a xmlns='urn:xmpp:sm:3' h='1000000'/>");
    server_check(s, server_hear(s, "</presence>"), "not asked again");
    server_say(s, "<message id='late'/>");
    server_wait(s);
}

/* When the time comes there is no room in the queue for the question. */
static void client__online__asks_when_there_is_room(void **state)
{
    struct scene s;
    CLEANUP_FREE char *large = mem_new(CLIENT_STANZA_MAX);
    (void)state;
    memset(large, ' ', CLIENT_STANZA_MAX);
    scene_open(&s, "chat.test", read_nothing_for_a_while);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    while (client_send(s.c, large, CLIENT_STANZA_MAX - 1) == 0)
        continue;
    int64_t full_until_ms = clock_monotonic_ms() + 2500;
    while (clock_monotonic_ms() < full_until_ms) {
        while (client_send(s.c, "<last></last>", 13) == 0)
            continue;
        scene_turn(&s);
    }
    server_go_on(s.server);
    UNTIL(&s, s.stanzas == 1);
    server_go_on(s.server);
    scene_close(&s);
}

static void client__drop__leaves_the_stanza_unacknowledged(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", expect_no_acknowledgement);
    scene_connect(&s, NULL, NULL);
    s.on_stanza = DROP;
    UNTIL(&s, s.offline == 1);
    assert_int_equal(s.stanzas, 1);
    s.on_stanza = KEEP;
    UNTIL(&s, s.stanzas == 3);
    server_go_on(s.server);
    scene_close(&s);
}

static void client__free__within_an_event(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", expect_no_acknowledgement);
    scene_connect(&s, NULL, NULL);
    s.on_stanza = FREE;
    UNTIL(&s, s.stanzas == 1);
    assert_null(s.c);
    scene_pass(&s, 50);
    assert_int_equal(s.stanzas, 1);
    assert_int_equal(s.offline, 0);
    scene_close(&s);
}

static atomic_int queued;

static void read_late(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_wait(s);
    for (int i = 0; i < queued; i++)
        server_hear(s, "</last>");
    server_wait(s);
    server_say(s, "<a xmlns='urn:xmpp:sm:3' h='1000'/>");
    server_wait(s);
}

/* What waits for the server to read, and then to acknowledge, counts alike. */
static void client__send__bounds(void **state)
{
    struct scene s;
    CLEANUP_FREE char *large = mem_new(CLIENT_STANZA_MAX);
    const size_t len = CLIENT_STANZA_MAX - 1;
    (void)state;
    memset(large, ' ', CLIENT_STANZA_MAX);
    memcpy(large, "<last>", 6);
    memcpy(large + len - 7, "</last>", 7);
    scene_open(&s, "chat.test", read_late);
    scene_connect(&s, NULL, NULL);
    assert_int_equal(client_send(s.c, "<message/>", 10), ERR_INVALID_STATE);
    UNTIL(&s, s.online == 1);
    assert_int_equal(client_send(s.c, large, CLIENT_STANZA_MAX), ERR_LIMIT);
    assert_int_equal(client_send(s.c, "<last\0/>", 8), ERR_FORMAT);
    for (queued = 0; queued < 1000 && client_send(s.c, large, len) == 0;)
        queued++;
    assert_in_range(queued, CLIENT_QUEUE_MAX / CLIENT_STANZA_MAX - 4,
                    CLIENT_QUEUE_MAX / CLIENT_STANZA_MAX);
    scene_pass(&s, 200);
    server_go_on(s.server);
    scene_pass(&s, 500);
    /* What libstrophe keeps beside the stanzas varies, so there may be room for more: not without
     * end, as long as nothing is acknowledged. */
    int more = 0;
    while (more < queued && client_send(s.c, large, len) == 0)
        more++;
    assert_in_range(more, 0, queued - 1);
    server_go_on(s.server);
    UNTIL(&s, client_send(s.c, large, len) == 0);
    server_go_on(s.server);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__stanza__split_at_every_byte),
        cmocka_unit_test(client__stanza__thousands_at_once),
        cmocka_unit_test(client__stanza__over_the_cap_is_told),
        cmocka_unit_test(client__online__asks_once_for_what_was_stored_late),
        cmocka_unit_test(client__online__asks_when_there_is_room),
        cmocka_unit_test(client__stanza__without_end_ends_the_session),
        cmocka_unit_test(client__stanza__is_acknowledged_after_the_event),
        cmocka_unit_test(client__drop__leaves_the_stanza_unacknowledged),
        cmocka_unit_test(client__free__within_an_event),
        cmocka_unit_test(client__send__bounds),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
