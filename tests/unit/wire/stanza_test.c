/* What an answer says, of a client's session and of a component's. */
#include "test.h"

#include "wire/stanza.h"

#define A_MAX (1U << 16)

static const struct xml_element *stanza(struct arena *a, const char *text)
{
    struct xml_element *x;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    return x;
}

static void stanza__is_result__by_its_type(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    assert_true(stanza_is_result(stanza(&a, "<iq type='result'/>")));
    assert_false(stanza_is_result(stanza(&a, "<iq type='error'/>")));
    assert_false(stanza_is_result(stanza(&a, "<iq type='results'/>")));
    assert_false(stanza_is_result(stanza(&a, "<iq/>")));
    assert_false(stanza_is_result(NULL));
}

#define ANSWER(ns, condition_ns)                                                                   \
    "<iq xmlns='" ns "' type='error'><error type='cancel'><item-not-found xmlns='" condition_ns    \
    "'/></error></iq>"

static void stanza__has_error__of_both_sessions(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    static const char *const has[] = {ANSWER("jabber:client", STANZAS_NS),
                                      ANSWER("jabber:component:accept", STANZAS_NS)};
    static const char *const lacks[] = {
        ANSWER("jabber:client", "jabber:client"),
        "<iq xmlns='jabber:client' type='error'><error xmlns='other'>"
        "<item-not-found xmlns='" STANZAS_NS "'/></error></iq>",
        "<iq xmlns='jabber:client' type='error'><item-not-found xmlns='" STANZAS_NS "'/></iq>",
        "<iq xmlns='jabber:client' type='error'/>"};
    for (size_t i = 0; i < COUNT(has); i++) {
        assert_true(stanza_has_error(stanza(&a, has[i]), "item-not-found"));
        assert_false(stanza_has_error(stanza(&a, has[i]), "conflict"));
    }
    for (size_t i = 0; i < COUNT(lacks); i++)
        assert_false(stanza_has_error(stanza(&a, lacks[i]), "item-not-found"));
    assert_false(stanza_has_error(NULL, "item-not-found"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stanza__is_result__by_its_type),
        cmocka_unit_test(stanza__has_error__of_both_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
