/* Questions and answers. */
#include "client_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "wire/stanza.h"

struct answers {
    struct scene *s;
    int count, none;
    char text[512]; /* the last one */
    bool again;     /* asks once more when called with NULL */
    bool leave;     /* frees the client */
};

static void on_answer(void *context, const struct xml_element *iq)
{
    struct answers *a = context;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    a->count++;
    a->none += iq == NULL;
    if (iq != NULL && iq->first != NULL)
        xml_put_element(&b, iq->first);
    snprintf(a->text, sizeof a->text, "%s", buf_text(&b));
    if (a->again)
        assert_int_equal(client_query(a->s->c, NULL, "get", "<again/>", 10, on_answer, a),
                         ERR_INVALID_STATE);
    if (a->leave)
        client_free(TAKE(a->s->c));
}

/* The id of the IQ that was heard last. */
static void heard_id(struct server *s, char *ret, size_t size)
{
    const char *iq = strstr(server_heard(s), "<iq "), *id = NULL;
    for (const char *next; iq != NULL && (next = strstr(iq + 1, "<iq ")) != NULL;)
        iq = next;
    if (iq != NULL)
        id = strstr(iq, " id='");
    snprintf(ret, size, "%.*s", id == NULL ? 0 : (int)strcspn(id + 5, "'"),
             id == NULL ? "" : id + 5);
}

static void say_answer(struct server *s, const char *attributes, const char *payload)
{
    char id[64], line[1024];
    heard_id(s, id, sizeof id);
    snprintf(line, sizeof line, "<iq type='result' id='%s' %s>%s</iq>", id, attributes, payload);
    server_say(s, line);
}

static void answer_three_times(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_hear(s, "to='registrar.chat.test'><q1/></iq>");
    say_answer(s, "", "<nobody/>");
    say_answer(s, "from='chat.test'", "<other/>");
    say_answer(s, "from='registrar.chat.test/x'", "<resource/>");
    say_answer(s, "from='registrar.chat.test'", "<right/>");
    say_answer(s, "from='registrar.chat.test'", "<twice/>");
    server_hear(s, "><q2/></iq>");
    server_check(s, strstr(server_heard(s), "to=") == NULL, "to one's own account");
    say_answer(s, "from='mallory@chat.test'", "<other/>");
    say_answer(s, "", "<own/>");
    server_hear(s, "><q3/></iq>");
    say_answer(s, "from='anna@chat.test'", "<bare/>");
    server_wait(s);
}

static void client__query__answers_from_whom_was_asked(void **state)
{
    struct scene s;
    struct answers a = {.s = &s};
    (void)state;
    scene_open(&s, "chat.test", answer_three_times);
    scene_connect(&s, NULL, NULL);
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 1000, on_answer, &a),
                     ERR_INVALID_STATE);
    UNTIL(&s, s.online == 1);
    assert_int_equal(client_query(s.c, "registrar.chat.test", "get", "<q1/>", 10000, on_answer, &a),
                     0);
    UNTIL(&s, a.count == 1);
    assert_string_equal(a.text, "<right xmlns='jabber:client'/>");
    assert_int_equal(client_query(s.c, NULL, "set", "<q2/>", 10000, on_answer, &a), 0);
    UNTIL(&s, a.count == 2);
    assert_string_equal(a.text, "<own xmlns='jabber:client'/>");
    assert_int_equal(client_query(s.c, NULL, "set", "<q3/>", 10000, on_answer, &a), 0);
    UNTIL(&s, a.count == 3);
    assert_string_equal(a.text, "<bare xmlns='jabber:client'/>");
    scene_pass(&s, 50);
    assert_int_equal(a.count, 3);
    assert_int_equal(s.stanzas, 0);
    server_go_on(s.server);
    scene_close(&s);
}

static void listen_only(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_wait(s);
}

#define LONG_MS 50000 /* of the query that is not to time out */

static void client__query__times_out(void **state)
{
    struct scene s;
    struct answers a = {.s = &s};
    (void)state;
    scene_open(&s, "chat.test", listen_only);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    int64_t before = clock_monotonic_ms();
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 150, on_answer, &a), 0);
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", LONG_MS, on_answer, &a), 0);
    UNTIL(&s, a.count == 1);
    assert_in_range(clock_monotonic_ms() - before, 150, LONG_MS - 1);
    assert_int_equal(a.none, 1);
    assert_true(client_online(s.c));
    server_go_on(s.server);
    scene_close(&s);
    assert_int_equal(a.none, 2); /* the session's end */
}

static void answer_behind_backlog(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_hear(s, "<q/></iq>");
    for (int i = 0; i < 8; i++) {
        server_say(s, "<message from='bert@chat.test'><body>Hello</body></message>");
        usleep(80000);
    }
    say_answer(s, "", "<late/>");
    server_wait(s);
}

/* Its time does not run while stanzas come that were sent before the answer. */
static void client__query__is_answered_behind_a_backlog(void **state)
{
    struct scene s;
    struct answers a = {.s = &s};
    (void)state;
    scene_open(&s, "chat.test", answer_behind_backlog);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 500, on_answer, &a), 0);
    UNTIL(&s, a.count == 1);
    assert_int_equal(a.none, 0);
    assert_string_equal(a.text, "<late xmlns='jabber:client'/>");
    assert_int_equal(s.stanzas, 8);
    server_go_on(s.server);
    scene_close(&s);
}

static void hand_over_stored(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_say(s, "<message from='bert@chat.test'><body>Stored</body></message>");
    server_hear(s, "<presence/>");
    server_hear(s, "<priority>-1</priority></presence><presence/>");
    server_hear(s, "<ping xmlns='urn:xmpp:ping'/></iq>");
    server_say(s, "<message from='bert@chat.test'><body>Stored late</body></message>");
    say_answer(s, "from='chat.test'", "");
    server_wait(s);
}

static void client__through__behind_all_that_was_stored(void **state)
{
    struct scene s;
    (void)state;
    scene_open(&s, "chat.test", hand_over_stored);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.stanzas == 1);
    assert_false(client_through(s.c));
    UNTIL(&s, client_through(s.c));
    assert_int_equal(s.stanzas, 2);
    server_go_on(s.server);
    scene_close(&s);
}

static void client__query__ends_with_the_session(void **state)
{
    struct scene s;
    struct answers a = {.s = &s, .again = true};
    (void)state;
    scene_open(&s, "chat.test", listen_only);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    for (unsigned i = 0; i < CLIENT_QUERIES_MAX; i++)
        assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 60000, on_answer, &a), 0);
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 60000, on_answer, &a), ERR_LIMIT);
    server_go_on(s.server);
    UNTIL(&s, s.offline == 1);
    assert_int_equal(a.none, CLIENT_QUERIES_MAX);
    a.again = false;
    UNTIL(&s, s.online == 2);
    assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 60000, on_answer, &a), 0);
    server_go_on(s.server);
    scene_close(&s);
}

static void client__free__within_an_answer(void **state)
{
    struct scene s;
    struct answers a = {.s = &s, .leave = true};
    (void)state;
    scene_open(&s, "chat.test", listen_only);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(client_query(s.c, NULL, "get", "<q/>", 50, on_answer, &a), 0);
    UNTIL(&s, a.count == 3);
    assert_null(s.c);
    server_go_on(s.server);
    scene_close(&s);
}

static void ask_the_client(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    static const char *const servers[] = {"anna@chat.test", "chat.test"};
    for (int i = 0; i < 2; i++) {
        CLEANUP_FREE char *ping = mem_format(
            "<iq type='get' id='1' from='%s'><ping xmlns='urn:xmpp:ping'/></iq>", servers[i]);
        CLEANUP_FREE char *answer =
            mem_format("<iq type='result' to='%s' id='1'></iq>", servers[i]);
        server_say(s, ping);
        server_hear(s, answer);
    }
    server_say(s, "<iq type='get' id='2'><query "
                  "xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    server_hear(s,
                "<iq type='result' id='2'><query xmlns='http://jabber.org/protocol/disco#info'>");
    server_hear(s, "<feature var='urn:xmpp:ping'/></query></iq>");
    server_say(s, "<iq type='set' id='3' from='x@chat.test'><query xmlns='jabber:iq:roster'/></iq>"
                  "<iq type='get' from='x@chat.test'><version xmlns='jabber:iq:version'/></iq>"
                  "<iq type='result' id='4'/><iq id='5'/>");
    server_hear(s, "<iq type='error' to='x@chat.test' id='3'><error type='cancel'>"
                   "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
                   "</iq>");
    server_hear(s, "<iq type='error' to='x@chat.test' id=''>");
    server_wait(s);
}

static void ask_as_others(struct server *s, int connection)
{
    static const char *const others[] = {"b&apos;@chat.test/x", "b@chat.test", "anna@chat.test/x",
                                         "ibot.chat.test", "b@other.test"};
    static const char *const asked[] = {"<ping xmlns='urn:xmpp:ping'/>",
                                        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
                                        "<query xmlns='jabber:iq:last'/>"};
    (void)connection;
    server_login(s);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++) {
            CLEANUP_FREE char *query =
                mem_format("<iq type='get' id='1' from='%s'>%s</iq>", others[i], asked[k]);
            CLEANUP_FREE char *answer =
                mem_format("<iq type='error' to='%s' id='1'><error type='cancel'>"
                           "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                           "</error></iq>",
                           others[i]);
            server_say(s, query);
            server_hear(s, answer);
        }
    server_wait(s);
}

static void run_requests(server_script script)
{
    struct scene s;
    scene_open(&s, "chat.test", script);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    scene_pass(&s, 300);
    assert_int_equal(s.stanzas, 0);
    server_go_on(s.server);
    scene_close(&s);
}

/* As if nobody were here. */
static void client__request__of_others_is_refused(void **state)
{
    (void)state;
    run_requests(ask_as_others);
}

static void client__request__ping_and_disco_of_the_server_are_answered(void **state)
{
    (void)state;
    run_requests(ask_the_client);
}

struct change {
    int count, code;
};

static void on_changed(void *context, int code)
{
    struct change *c = context;
    c->count++;
    c->code = code;
}

static void change_passwords(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_hear(s, "to='chat.test'><query xmlns='jabber:iq:register'><username>anna</username>"
                   "<password>n&amp;w&lt;1&gt;</password></query></iq>");
    say_answer(s, "from='chat.test'", "");
    server_hear(s, "<password>weak</password>");
    char id[64], line[256];
    heard_id(s, id, sizeof id);
    snprintf(line, sizeof line,
             "<iq type='error' id='%s' from='chat.test'><error type='modify'/></iq>", id);
    server_say(s, line);
    server_hear(s, "<password>third</password>");
    server_wait(s);
}

static void client__change_password__tells_how_it_went(void **state)
{
    struct scene s;
    struct change c = {0};
    (void)state;
    scene_open(&s, "chat.test", change_passwords);
    scene_connect(&s, NULL, NULL);
    assert_int_equal(client_change_password(s.c, "x", on_changed, &c), ERR_INVALID_STATE);
    UNTIL(&s, s.online == 1);
    assert_int_equal(client_change_password(s.c, "n&w<1>", on_changed, &c), 0);
    UNTIL(&s, c.count == 1);
    assert_int_equal(c.code, 0);
    assert_int_equal(client_change_password(s.c, "weak", on_changed, &c), 0);
    UNTIL(&s, c.count == 2);
    assert_int_equal(c.code, ERR_AUTH);
    assert_int_equal(client_change_password(s.c, "third", on_changed, &c), 0);
    scene_pass(&s, 100);
    server_go_on(s.server);
    UNTIL(&s, c.count == 3);
    assert_int_equal(c.code, ERR_TIMEOUT);
    assert_int_equal(client_change_password(s.c, "\x01", on_changed, &c), ERR_FORMAT);
    scene_close(&s);
}

static void publish_and_fetch(struct server *s, int connection)
{
    (void)connection;
    server_login(s);
    server_hear(s, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:n'>"
                   "<item id='current'><x xmlns='urn:x'/></item></publish></pubsub></iq>");
    say_answer(s, "", "");
    server_hear(s, "<field var='pubsub#access_model'><value>open</value></field></x>"
                   "</publish-options></pubsub></iq>");
    say_answer(s, "", "");
    server_hear(s, "to='bob@chat.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
                   "<items max_items='1' node='urn:n'/></pubsub></iq>");
    say_answer(s, "from='bob@chat.test'",
               "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:n'>"
               "<item id='current'><x xmlns='urn:x' y='1'/></item></items></pubsub>");
    server_wait(s);
}

static void on_item(void *context, const struct xml_element *iq)
{
    struct answers *a = context;
    const struct xml_element *item = client_item(iq, "urn:n");
    assert_true(stanza_is_result(iq));
    assert_null(client_item(iq, "urn:other"));
    assert_true(xml_is(item, "x", "urn:x"));
    a->count++;
}

static void client__publish__and_fetch(void **state)
{
    struct scene s;
    struct answers a = {.s = &s};
    (void)state;
    scene_open(&s, "chat.test", publish_and_fetch);
    scene_connect(&s, NULL, NULL);
    UNTIL(&s, s.online == 1);
    assert_int_equal(client_publish(s.c, "urn:n", "<x xmlns='urn:x'/>", false, on_answer, &a), 0);
    assert_int_equal(client_publish(s.c, "urn:n", "<x xmlns='urn:x'/>", true, on_answer, &a), 0);
    UNTIL(&s, a.count == 2);
    assert_int_equal(a.none, 0);
    assert_int_equal(client_fetch(s.c, "bob@chat.test", "urn:n", on_item, &a), 0);
    UNTIL(&s, a.count == 3);
    server_go_on(s.server);
    scene_close(&s);
}

static void client__item__only_of_a_result(void **state)
{
    static const char *const without[] = {
        "<iq/>",
        "<iq type='error'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item>"
        "<x/></item></items></pubsub></iq>",
        "<iq type='result'/>",
        "<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'/></iq>",
        "<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items><item><x/>"
        "</item></items></pubsub></iq>",
        "<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/>"
        "</pubsub></iq>",
        "<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'>"
        "<item/></items></pubsub></iq>",
    };
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
    struct xml_element *x = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        assert_int_equal(xml_parse(&a, without[i], strlen(without[i]), &x), 0);
        assert_null(client_item(x, "n"));
    }
    assert_null(client_item(NULL, "n"));
    assert_false(stanza_is_result(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__query__answers_from_whom_was_asked),
        cmocka_unit_test(client__query__times_out),
        cmocka_unit_test(client__query__is_answered_behind_a_backlog),
        cmocka_unit_test(client__through__behind_all_that_was_stored),
        cmocka_unit_test(client__query__ends_with_the_session),
        cmocka_unit_test(client__free__within_an_answer),
        cmocka_unit_test(client__request__ping_and_disco_of_the_server_are_answered),
        cmocka_unit_test(client__request__of_others_is_refused),
        cmocka_unit_test(client__change_password__tells_how_it_went),
        cmocka_unit_test(client__publish__and_fetch),
        cmocka_unit_test(client__item__only_of_a_result),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
