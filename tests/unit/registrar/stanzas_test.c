/* XML in, XML out, through a component without a socket. */
#include "office.h"

#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "registrar/stanzas.h"

#define FROM "anna@" WORLD_DOMAIN "/device"

struct counter {
    struct office *office;
    struct component *component;
    struct component_events events;
};

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct counter *c = context;
    struct diag d = {""};
    int r = registrar_stanza(c->office->registrar, c->component, stanza, &d);
    if (c->office->answer == 0 && r < 0)
        fail_msg("%s", d.text);
    if (c->office->answer < 0)
        assert_int_equal(r, c->office->answer);
}

static void counter_open(struct counter *c, struct office *o)
{
    c->office = o;
    c->events = (struct component_events){.stanza = on_stanza};
    c->component =
        component_new_detached("registrar." WORLD_DOMAIN, REGISTRAR_STANZA_MAX, &c->events, c);
    static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
                                 "xmlns:stream='http://etherx.jabber.org/streams' id='x'>";
    assert_int_equal(component_feed(c->component, header, strlen(header)), 0);
}

static void counter_close(struct counter *c)
{
    component_free(c->component);
}
#define CLEANUP_COUNTER CLEANUP(counter_close)

/* What comes back; valid until the next. */
static const char *say(struct counter *c, const char *xml)
{
    static char copy[262144];
    assert_int_equal(component_feed(c->component, xml, strlen(xml)), 0);
    snprintf(copy, sizeof copy, "%s", buf_text(component_out(c->component)));
    buf_reset(component_out(c->component));
    return copy;
}

static const char *query(struct counter *c, const char *type, const char *from, const char *payload)
{
    CLEANUP_FREE char *xml =
        mem_format("<iq type='%s' from='%s' to='registrar." WORLD_DOMAIN "' id='q1'>%s</iq>", type,
                   from, payload);
    return say(c, xml);
}

static void assert_error(const char *answer, const char *condition)
{
    CLEANUP_FREE char *part =
        mem_format("<%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>", condition);
    if (strstr(answer, "type='error'") == NULL || strstr(answer, part) == NULL)
        fail_msg("%s: not %s", answer, condition);
}

/* The piece in an answer, which is addressed to the asker. */
static struct registry_piece piece_of(const char *answer, struct arena *a)
{
    struct xml_element *iq = NULL;
    struct registry_piece p;
    assert_int_equal(xml_parse(a, answer, strlen(answer), &iq), 0);
    assert_string_equal(xml_attribute_of(iq, "type"), "result");
    assert_string_equal(xml_attribute_of(iq, "to"), FROM);
    assert_string_equal(xml_attribute_of(iq, "id"), "q1");
    assert_int_equal(registry_parse_piece(iq->first, a, &p), 0);
    return p;
}

#define NS " xmlns='" REGISTRY_NS "'"

static void registrar_stanza__asks__for_the_policy(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    counter_open(&c, o);
    struct registry_piece p = piece_of(query(&c, "get", FROM, "<policy" NS "/>"), &a);
    assert_int_equal(p.kind, DOCUMENT_POLICY);
    assert_int_equal(p.len, p.size);
    assert_memory_equal(p.data, registrar_policy(o->registrar)->document.note, p.len);
    p = piece_of(query(&c, "get", FROM, "<policy" NS " serial='1'/>"), &a);
    assert_memory_equal(p.hash, registrar_policy(o->registrar)->document.hash, HASH_BYTES);
    assert_error(query(&c, "get", FROM, "<policy" NS " serial='2'/>"), "item-not-found");
    assert_error(query(&c, "get", FROM, "<policy" NS " serial='x'/>"), "bad-request");
    assert_error(query(&c, "set", FROM, "<policy" NS "/>"), "bad-request");
}

/* Its usual network tells no countries: then nobody needs a token. */
static void registrar_stanza__asks__for_a_place(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    counter_open(&c, o);
    o->address = "127.0.31.1";
    assert_error(query(&c, "get", FROM, "<place" NS "/>"), "item-not-found");
    assert_error(query(&c, "set", FROM, "<place" NS "/>"), "bad-request");
    assert_error(query(&c, "get", WORLD_BOT, "<place" NS "/>"), "forbidden");
    CLEANUP_FREE char *map = file_join(o->world.dir, "places.map");
    assert_int_equal(file_write(map, "127.0.31.0/24 NL\n", 17, 0644, NULL), 0);
    strcpy(o->world.settings.places, "places.map");
    assert_int_equal(settings_write(o->world.dir, &o->world.settings, NULL), 0);
    world_publish(&o->world, &(struct world_policy){
                                 .serial = 2, .warrant = "W-2", .signers = 2, .exclude = "NL"});
    office_restart(o);
    office_import(o);
    assert_error(query(&c, "get", FROM, "<place" NS "/>"), "item-not-found"); /* no certificate */
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    CLEANUP(world_request_clear) struct world_request q;
    struct registry_piece piece;
    world_request(&q, "anna@" WORLD_DOMAIN, u->secret);
    assert_int_equal(office_activate(o, "anna", &q, &piece), 0);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct xml_element *iq = NULL;
    const char *note = NULL, *answer = query(&c, "get", FROM, "<place" NS "/>");
    size_t len = 0;
    assert_int_equal(xml_parse(&a, answer, strlen(answer), &iq), 0);
    assert_string_equal(xml_attribute_of(iq, "type"), "result");
    assert_string_equal(xml_attribute_of(iq, "to"), FROM);
    assert_int_equal(registry_parse_place(iq->first, &a, &note, &len), 0);
    assert_int_equal(place_open(o->world.network, note, len, &p, NULL), 0);
    assert_string_equal(p->country, "NL");
    o->answer = ERR_TIMEOUT;
    assert_error(query(&c, "get", FROM, "<place" NS "/>"), "internal-server-error");
}

static void ask_piece(struct counter *c, const uint8_t hash[static HASH_BYTES], uint32_t offset,
                      char *ret, size_t size)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    struct registry_query q = {.what = REGISTRY_BY_HASH, .offset = offset};
    memcpy(q.hash, hash, HASH_BYTES);
    registry_put_query(&b, &q);
    snprintf(ret, size, "%s", query(c, "get", FROM, buf_text(&b)));
}

/* An epochs note is larger than a piece. */
static void registrar_stanza__asks__for_a_document_in_pieces(void **state)
{
    struct office *o = *state;
    static char answer[262144];
    CLEANUP_COUNTER struct counter c;
    CLEANUP(registry_fetch_clear) struct registry_fetch f = {0};
    counter_open(&c, o);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    struct registrar_document x = {.kind = DOCUMENT_EPOCHS};
    while (note.len < 100000)
        buf_format(&note, "18176 %040zu\n", note.len);
    hash_sha256(note.data, note.len, x.hash);
    buf_put_text(&note,
                 "\n\u2014 a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                 "AAAAAAAAAAAAAAAAAAAAAAA\n");
    x.note = (char *)(uintptr_t)buf_text(&note);
    x.note_len = note.len;
    assert_int_equal(registrar_store_put_document(registrar_database(o->registrar), &x, NULL), 0);
    int r = 0;
    while (r == 0) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
        ask_piece(&c, x.hash, (uint32_t)f.note.len, answer, sizeof answer);
        struct registry_piece p = piece_of(answer, &a);
        assert_true(p.len <= REGISTRY_PIECE_MAX);
        r = registry_fetch_add(&f, &p);
    }
    assert_int_equal(f.note.len, x.note_len);
    assert_memory_equal(f.note.data, x.note, x.note_len);
    ask_piece(&c, x.hash, (uint32_t)x.note_len, answer, sizeof answer);
    assert_error(answer, "item-not-found");
    x.hash[0] ^= 1;
    ask_piece(&c, x.hash, 0, answer, sizeof answer);
    assert_error(answer, "item-not-found");
}

static void registrar_stanza__activates__and_finds_the_certificate(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    struct world_request q;
    counter_open(&c, o);
    assert_error(query(&c, "get", FROM, "<certificate" NS " account='anna@" WORLD_DOMAIN "'/>"),
                 "item-not-found");
    world_request(&q, u->account, u->secret);
    struct registry_query ask = {
        .what = REGISTRY_ACTIVATE, .request = buf_text(&q.note), .request_len = q.note.len};
    memcpy(ask.mac, q.mac, sizeof ask.mac);
    registry_put_query(&b, &ask);
    assert_error(query(&c, "get", FROM, buf_text(&b)), "bad-request");
    assert_error(query(&c, "set", "bob@" WORLD_DOMAIN "/device", buf_text(&b)), "forbidden");
    struct registry_piece p = piece_of(query(&c, "set", FROM, buf_text(&b)), &a);
    assert_int_equal(p.kind, DOCUMENT_CERTIFICATE);
    struct registry_piece found = piece_of(
        query(&c, "get", FROM, "<certificate" NS " account='anna@" WORLD_DOMAIN "'/>"), &a);
    assert_memory_equal(found.hash, p.hash, HASH_BYTES);
    static char answer[262144];
    ask_piece(&c, p.hash, 0, answer, sizeof answer);
    found = piece_of(answer, &a);
    assert_memory_equal(found.data, p.data, p.len);
    world_request_clear(&q);
    /* The bundle has been used. */
    world_request(&q, u->account, u->secret);
    ask.request = buf_text(&q.note);
    ask.request_len = q.note.len;
    memcpy(ask.mac, q.mac, sizeof ask.mac);
    buf_reset(&b);
    registry_put_query(&b, &ask);
    assert_error(query(&c, "set", FROM, buf_text(&b)), "conflict");
    world_request_clear(&q);
}

static void registrar_stanza__activates__not_without_the_server(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    struct world_request q;
    counter_open(&c, o);
    world_request(&q, u->account, u->secret);
    struct registry_query ask = {
        .what = REGISTRY_ACTIVATE, .request = buf_text(&q.note), .request_len = q.note.len};
    memcpy(ask.mac, q.mac, sizeof ask.mac);
    registry_put_query(&b, &ask);
    o->answer = ERR_IO;
    assert_error(query(&c, "set", FROM, buf_text(&b)), "internal-server-error");
    o->answer = 0;
    world_request_clear(&q);
}

static void registrar_stanza__refuses__what_it_does_not_know(void **state)
{
    CLEANUP_COUNTER struct counter c;
    counter_open(&c, *state);
    assert_error(query(&c, "get", FROM, "<query xmlns='jabber:iq:version'/>"),
                 "service-unavailable");
    assert_error(query(&c, "get", FROM, ""), "service-unavailable");
    assert_error(query(&c, "get", FROM, "<other" NS "/>"), "bad-request");
    assert_error(query(&c, "get", FROM, "<document" NS " hash='AAAA'/>"), "bad-request");
    assert_error(query(&c, "get", FROM, "<certificate" NS "/>"), "bad-request");
    assert_error(query(&c, "get", FROM, "<certificate" NS " account='anna@other.test'/>"),
                 "item-not-found");
    assert_error(query(&c, "set", FROM, "<activate" NS "/>"), "bad-request");
    assert_non_null(strstr(query(&c, "get", FROM, "<ping xmlns='urn:xmpp:ping'/>"), "result"));
    assert_non_null(
        strstr(query(&c, "get", FROM, "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
               "category='component'"));
}

static void registrar_stanza__asks__for_the_log(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1U << 20);
    struct xml_element *iq = NULL;
    static struct log_page p;
    counter_open(&c, o);
    const char *answer = query(&c, "get", FROM, "<log" NS " from='1'/>");
    assert_int_equal(xml_parse(&a, answer, strlen(answer), &iq), 0);
    assert_string_equal(xml_attribute_of(iq, "type"), "result");
    assert_int_equal(log_parse_page(iq->first, &a, &p), 0);
    assert_int_equal(p.from, 1);
    assert_int_equal(p.size, 3);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.entries[1].kind, DOCUMENT_POLICY);
    assert_error(query(&c, "set", FROM, "<log" NS " from='1'/>"), "bad-request");
    assert_error(query(&c, "get", FROM, "<log" NS "/>"), "bad-request");
}

static void registrar_stanza__ignores__what_is_no_question(void **state)
{
    CLEANUP_COUNTER struct counter c;
    counter_open(&c, *state);
    assert_string_equal(query(&c, "result", FROM, "<policy" NS "/>"), "");
    assert_string_equal(query(&c, "error", FROM, "<policy" NS "/>"), "");
    assert_string_equal(say(&c, "<message from='" FROM "'><body>hello</body></message>"), "");
    assert_string_equal(say(&c, "<presence from='" FROM "'/>"), "");
    assert_string_equal(say(&c, "<iq type='get' id='x'><policy" NS "/></iq>"), "");
}

/* Who asks more than the server takes is turned away with a short answer. */
static void registrar_stanza__refuses__when_too_much_waits(void **state)
{
    CLEANUP_COUNTER struct counter c;
    counter_open(&c, *state);
    assert_non_null(buf_extend(component_out(c.component), 17U << 20));
    const char *xml = "<iq type='get' from='" FROM "' id='q1'><policy" NS "/></iq>";
    size_t before = component_out(c.component)->len;
    assert_int_equal(component_feed(c.component, xml, strlen(xml)), 0);
    struct buf *out = component_out(c.component);
    assert_true(out->len - before < 400);
    assert_non_null(strstr(buf_text(out) + before, "resource-constraint"));
}

/* A bot hands in a statement: what it asks, what it is told. */
static void registrar_stanza__submits__as_the_bot(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    counter_open(&c, o);
    struct buf note = BUF_INIT(65536), payload = BUF_INIT(65536), second = BUF_INIT(65536);
    static const char root[] = "4444444444444444444444444444444444444444444444444444444444444444";
    struct note_key k = keys_verifier(o->world.bot);
    for (int i = 0; i < 2; i++) {
        CLEANUP_FREE char *text = mem_format("ironside statement 1\nnetwork " WORLD_DOMAIN
                                             "\nbot " WORLD_BOT "\nday 2021-06-07\njournal %d %s\n",
                                             i, root);
        buf_reset(&note);
        note_sign(&note, text, strlen(text), &k, o->world.bot->secret);
        struct registry_query q = {.what = REGISTRY_SUBMIT,
                                   .kind = DOCUMENT_STATEMENT,
                                   .request = (const char *)note.data,
                                   .request_len = note.len};
        registry_put_query(i == 0 ? &payload : &second, &q);
    }
    assert_error(query(&c, "get", WORLD_BOT, buf_text(&payload)), "bad-request");
    assert_error(query(&c, "set", FROM, buf_text(&payload)), "forbidden");
    const char *answer = query(&c, "set", WORLD_BOT, buf_text(&payload));
    assert_non_null(strstr(answer, "type='result'"));
    assert_non_null(strstr(answer, "<submitted xmlns='urn:ironside:registrar:1' hash='"));
    CLEANUP_FREE char *first = mem_string(answer);
    assert_string_equal(query(&c, "set", WORLD_BOT, buf_text(&payload)), first);
    assert_error(query(&c, "set", WORLD_BOT, buf_text(&second)), "conflict");
    buf_clear(&note);
    buf_clear(&payload);
    buf_clear(&second);
}

static void registrar_announce__tells__bots_and_activated_accounts(void **state)
{
    struct office *o = *state;
    CLEANUP_COUNTER struct counter c;
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    struct world_request q;
    struct registry_piece p;
    struct diag d = {""};
    bundle_free(office_provision(o, "bob"));
    world_request(&q, u->account, u->secret);
    assert_int_equal(office_activate(o, "anna", &q, &p), 0);
    world_request_clear(&q);
    counter_open(&c, o);
    assert_int_equal(registrar_announce(o->registrar, c.component, &d), 0);
    const char *said = buf_text(component_out(c.component));
    assert_string_equal(said, "<message from='registrar." WORLD_DOMAIN "' to='" WORLD_BOT
                              "' id='policy-1'><policy xmlns='" REGISTRY_NS
                              "' serial='1'/><store xmlns='urn:xmpp:hints'/></message>"
                              "<message from='registrar." WORLD_DOMAIN "' to='anna@" WORLD_DOMAIN
                              "' id='policy-1'><policy xmlns='" REGISTRY_NS
                              "' serial='1'/><store xmlns='urn:xmpp:hints'/></message>");
    buf_reset(component_out(c.component));
    assert_int_equal(registrar_announce(o->registrar, c.component, &d), 0);
    assert_string_equal(buf_text(component_out(c.component)), ""); /* once */
    office_restart(o);
    assert_int_equal(registrar_unannounced(o->registrar), 0);
}

/* Without a session nothing is said, and the policy stays unannounced. */
static void registrar_announce__waits__for_the_session(void **state)
{
    struct office *o = *state;
    static const struct component_events none = {.stanza = on_stanza};
    CLEANUP(connector_free_cleanup)
    struct connector *connector = connector_new((const char *[]){"/nonexistent"}, 1);
    struct component *c = component_new("registrar." WORLD_DOMAIN, "secret", connector, 0,
                                        REGISTRAR_STANZA_MAX, &none, NULL);
    assert_int_equal(registrar_announce(o->registrar, c, NULL), 0);
    assert_int_equal(registrar_unannounced(o->registrar), 1);
    component_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar_stanza__asks__for_the_policy),
        OFFICE_TEST(registrar_stanza__asks__for_a_document_in_pieces),
        OFFICE_TEST(registrar_stanza__asks__for_the_log),
        OFFICE_TEST(registrar_stanza__activates__and_finds_the_certificate),
        OFFICE_TEST(registrar_stanza__activates__not_without_the_server),
        OFFICE_TEST(registrar_stanza__asks__for_a_place),
        OFFICE_TEST(registrar_stanza__refuses__what_it_does_not_know),
        OFFICE_TEST(registrar_stanza__ignores__what_is_no_question),
        OFFICE_TEST(registrar_stanza__refuses__when_too_much_waits),
        OFFICE_TEST(registrar_stanza__submits__as_the_bot),
        OFFICE_TEST(registrar_announce__tells__bots_and_activated_accounts),
        OFFICE_TEST(registrar_announce__waits__for_the_session),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
