#include "office.h"

#include <jansson.h>
#include <string.h>

#include "base/encode.h"
#include "registrar/stanzas.h"
#include "registrar/verbs.h"

static void on_stanza(void *context, const struct xml_element *stanza)
{
    (void)context, (void)stanza;
}
static const struct component_events events = {.stanza = on_stanza};

/* The answer, which is one line; with its component's words in `said`. */
static json_t *ask(struct office *o, const char *line, struct buf *said)
{
    struct verbs v = {o->registrar, component_new_detached("registrar." WORLD_DOMAIN,
                                                           REGISTRAR_STANZA_MAX, &events, NULL)};
    CLEANUP_BUF struct buf out = BUF_INIT(4U << 20);
    verbs_answer(&v, line, &out);
    assert_false(buf_failed(&out));
    assert_ptr_equal(memchr(out.data, '\n', out.len), out.data + out.len - 1);
    json_t *o_answer = json_loadb((const char *)out.data, out.len, 0, NULL);
    assert_non_null(o_answer);
    if (said != NULL)
        buf_put_text(said, buf_text(component_out(v.component)));
    component_free(v.component);
    return o_answer;
}

static void assert_error(struct office *o, const char *line, const char *part)
{
    json_t *x = ask(o, line, NULL);
    const char *error = json_string_value(json_object_get(x, "error"));
    assert_non_null(error);
    assert_null(json_object_get(x, "ok"));
    if (strstr(error, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error, part);
    json_decref(x);
}

/* As compact JSON, in a buffer of this function. */
static const char *told(struct office *o, const char *line)
{
    static char text[8192];
    json_t *x = ask(o, line, NULL);
    char *dumped = json_dumps(x, JSON_COMPACT | JSON_SORT_KEYS);
    snprintf(text, sizeof text, "%s", dumped);
    free(dumped);
    json_decref(x);
    return text;
}

static void verbs__requests__are_checked(void **state)
{
    struct office *o = *state;
    assert_error(o, "", "not a JSON object");
    assert_error(o, "[]", "not a JSON object");
    assert_error(o, "{}", "not a JSON object");
    assert_error(o, "{\"do\":1}", "not a JSON object");
    assert_error(o, "{\"do\":\"status\",\"do\":\"status\"}", "not a JSON object");
    assert_error(o, "{\"do\":\"shutdown\"}", "does not know 'shutdown'");
    assert_error(o, "{\"do\":\"provision\"}", "'handle' is missing");
    assert_error(o, "{\"do\":\"provision\",\"handle\":7}", "'handle' is missing");
    assert_error(o, "{\"do\":\"provision\",\"handle\":\"Anna\"}", "is not a handle");
    assert_error(o, "{\"do\":\"distributor-add\"}", "'name' is missing");
    assert_error(o, "{\"do\":\"distributor-add\",\"name\":\"shop\",\"quota\":-1}", "'quota'");
    assert_error(o, "{\"do\":\"distributor-add\",\"name\":\"shop\",\"quota\":\"1\"}", "'quota'");
}

static void verbs__provision__gives_a_bundle(void **state)
{
    struct office *o = *state;
    json_t *x = ask(o, "{\"do\":\"provision\",\"handle\":\"anna\"}", NULL);
    assert_true(json_is_true(json_object_get(x, "ok")));
    assert_string_equal(json_string_value(json_object_get(x, "account")), "anna@" WORLD_DOMAIN);
    const json_t *text = json_object_get(x, "bundle");
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    assert_int_equal(bundle_parse(json_string_value(text), json_string_length(text), &u, NULL), 0);
    assert_string_equal(u->account, "anna@" WORLD_DOMAIN);
    json_decref(x);
    assert_error(o, "{\"do\":\"provision\",\"handle\":\"anna\"}", "--replace");
    assert_error(o, "{\"do\":\"replace\",\"handle\":\"bob\"}", "there is no account bob");
    x = ask(o, "{\"do\":\"replace\",\"handle\":\"anna\"}", NULL);
    assert_true(json_is_true(json_object_get(x, "ok")));
    json_decref(x);
    assert_string_equal(office_asked(o), "put anna; put anna; end anna; ");
}

static void verbs__use__is_checked(void **state)
{
    struct office *o = *state;
    assert_error(o, "{\"do\":\"use\"}", "'note' is missing");
    assert_error(o, "{\"do\":\"use\",\"note\":7}", "'note' is missing");
    assert_error(o, "{\"do\":\"use\",\"note\":\"x\"}", "not a statement of use");
    assert_error(o, "{\"do\":\"use\",\"note\":\"ironside use 1\\nwarrant W-1\\n\"}",
                 "use: not a signed note");
}

static void verbs__import__imports_and_announces(void **state)
{
    struct office *o = *state;
    CLEANUP_BUF struct buf said = BUF_INIT(65536);
    world_publish(&o->world, &(struct world_policy){.serial = 2, .signers = 2});
    world_publish(&o->world, &(struct world_policy){.serial = 3, .signers = 1});
    json_t *x = ask(o, "{\"do\":\"import\"}", &said);
    assert_int_equal(json_integer_value(json_object_get(x, "policy")), 2);
    assert_int_equal(json_integer_value(json_object_get(x, "imported")), 1);
    const json_t *problems = json_object_get(x, "problems");
    assert_int_equal(json_array_size(problems), 1);
    assert_non_null(strstr(json_string_value(json_array_get(problems, 0)), "policy-3.note"));
    assert_non_null(strstr(buf_text(&said), "to='" WORLD_BOT "' id='policy-2'"));
    json_decref(x);
}

static void verbs__certificate__tells_the_newest(void **state)
{
    struct office *o = *state;
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    struct registry_piece piece;
    struct world_request q;
    char hex[2 * HASH_BYTES + 1], expect[160];
    assert_error(o, "{\"do\":\"certificate\"}", "'handle' is missing");
    assert_error(o, "{\"do\":\"certificate\",\"handle\":\"anna\"}", "anna has no activated device");
    world_request(&q, u->account, u->secret);
    assert_int_equal(office_activate(o, "anna", &q, &piece), 0);
    encode_hex(piece.hash, HASH_BYTES, hex);
    snprintf(expect, sizeof expect, "{\"hash\":\"%s\",\"ok\":true,\"serial\":1}", hex);
    assert_string_equal(told(o, "{\"do\":\"certificate\",\"handle\":\"anna\"}"), expect);
    world_request_clear(&q);
}

static int put_accounts(void *context, struct diag *d)
{
    int r = 0;
    for (int i = 0; r == 0 && i < 1001; i++) {
        struct registrar_account a = {.activated = i == 0};
        snprintf(a.handle, sizeof a.handle, "a%04d", i);
        strcpy(a.distributor, "main");
        r = registrar_store_put_account(context, &a, d);
    }
    return r;
}

static void verbs__accounts__come_in_pages(void **state)
{
    struct office *o = *state;
    struct registrar_store *s = registrar_database(o->registrar);
    assert_int_equal(registrar_store_transaction(s, put_accounts, s, NULL), 0);
    json_t *x = ask(o, "{\"do\":\"accounts\"}", NULL);
    assert_int_equal(json_array_size(json_object_get(x, "accounts")), 1000);
    assert_true(json_is_true(json_object_get(x, "more")));
    json_decref(x);
    assert_string_equal(
        told(o, "{\"do\":\"accounts\",\"after\":\"a0999\"}"),
        "{\"accounts\":[{\"created\":\"1970-01-01T00:00:00.000Z\",\"distributor\":\"main\","
        "\"handle\":\"a1000\",\"serial\":0,\"state\":\"provisioned\"}],\"more\":false,\"ok\":"
        "true}");
}

static void verbs__distributors__are_added_and_listed(void **state)
{
    struct office *o = *state;
    assert_string_equal(told(o, "{\"do\":\"distributor-add\",\"name\":\"shop\",\"quota\":2}"),
                        "{\"ok\":true}");
    assert_string_equal(told(o, "{\"do\":\"distributors\"}"),
                        "{\"distributors\":[{\"name\":\"main\",\"quota\":null,\"used\":0},"
                        "{\"name\":\"shop\",\"quota\":2,\"used\":0}],\"ok\":true}");
    assert_string_equal(told(o, "{\"do\":\"distributor-add\",\"name\":\"shop\"}"), "{\"ok\":true}");
    assert_error(o, "{\"do\":\"provision\",\"handle\":\"anna\",\"distributor\":\"none\"}",
                 "there is no distributor none");
}

static void verbs__status__tells_the_network(void **state)
{
    struct office *o = *state;
    json_t *x = ask(o, "{\"do\":\"status\"}", NULL);
    assert_string_equal(json_string_value(json_object_get(x, "domain")), WORLD_DOMAIN);
    assert_string_equal(json_string_value(json_object_get(x, "kind")), "live");
    assert_int_equal(json_integer_value(json_object_get(x, "policy")), 1);
    assert_int_equal(json_integer_value(json_object_get(x, "accounts")), 0);
    assert_true(json_is_true(json_object_get(x, "server")));
    assert_int_equal(json_string_length(json_object_get(x, "at")), 24);
    json_decref(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(verbs__requests__are_checked),
        OFFICE_TEST(verbs__provision__gives_a_bundle),
        OFFICE_TEST(verbs__use__is_checked),
        OFFICE_TEST(verbs__import__imports_and_announces),
        OFFICE_TEST(verbs__certificate__tells_the_newest),
        OFFICE_TEST(verbs__accounts__come_in_pages),
        OFFICE_TEST(verbs__distributors__are_added_and_listed),
        OFFICE_TEST(verbs__status__tells_the_network),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
