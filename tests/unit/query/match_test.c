#include "support.h"

#define AT INT64_C(1772366400000) /* 2026-03-01T12:00Z */

/* Holds for from:anna and tag:x alone; times are not asked of it. */
static bool has_term(void *context, const struct query_node *n)
{
    unsigned *asked = context;
    (*asked)++;
    assert_true(n->from_unix_ms == 0 && n->to_unix_ms == 0);
    return strcmp(n->value, "anna") == 0 || strcmp(n->value, "x") == 0;
}

static bool matches(struct tools *t, const char *written, const char *body, unsigned *ret_asked)
{
    CLEANUP(query_free_cleanup) struct query *q = must_parse(t, written);
    struct query_message m = {body, strlen(body), AT, has_term, ret_asked};
    *ret_asked = 0;
    return query_matches(q, t->text, &m);
}

struct answer {
    const char *written, *body;
    bool is;
};

static void assert_answers(void **state, const struct answer *answers, size_t count)
{
    unsigned asked;
    for (size_t i = 0; i < count; i++)
        if (matches(*state, answers[i].written, answers[i].body, &asked) != answers[i].is)
            fail_msg("%s on \"%s\" is not %d", answers[i].written, answers[i].body, answers[i].is);
}

static void query__matches__words(void **state)
{
    static const struct answer answers[] = {
        {"", "", true},
        {"", "anything", true},
        {"pier", "", false},
        {"pier", "At the PIER!", true},
        {"pier", "piers", false},
        {"pie*", "piers", true},
        {"piers*", "pier", false},
        {"cafe", "Café", true},
        {"Café", "cafe", true},
        {"\"the pier\"", "at the pier", true},
        {"\"the pier\"", "the old pier", false},
        {"\"pier the\"", "the pier", false},
        {"\"the pi*\"", "the, pier", true},
        {"\"pier at\"", "at the pier", false},
        {"\"at the pier\"", "the pier", false},
        {"john.doe", "John Doe", true},
        {"john.doe", "doe john", false},
        {"北京", "我在北京", true},
        {"👍", "ok 👍", true},
    };
    assert_answers(state, answers, COUNT(answers));
}

static void query__matches__near(void **state)
{
    static const struct answer answers[] = {
        {"cash NEAR/2 boat", "cash a b boat", true},
        {"cash NEAR/2 boat", "boat a b cash", true},
        {"cash NEAR/2 boat", "cash a b c boat", false},
        {"cash NEAR/0 boat", "cash boat", true},
        {"cash NEAR/0 boat", "cash a boat", false},
        {"cash NEAR/0 boat", "cash cash a boat", false},
        {"\"the cash\" NEAR/1 \"a boat\"", "the cash x a boat", true},
        {"\"the cash\" NEAR/1 \"a boat\"", "the cash x y a boat", false},
        {"\"a boat\" NEAR/1 \"the cash\"", "a boat x the cash", true},
        {"aa NEAR/2 bb NEAR/2 cc", "aa bb cc", true},
        {"aa NEAR/2 bb NEAR/2 cc", "aa x x bb x x cc", false},
        {"aa NEAR/4 bb NEAR/4 cc", "aa x x bb x cc", true},
        {"ca* NEAR/1 bo*", "cash the boats", true},
        {"cash NEAR/2 boat", "cash", false},
        {"cash NEAR/2 boat", "boat x x x cash x boat", true},
    };
    assert_answers(state, answers, COUNT(answers));
}

static void query__matches__operators(void **state)
{
    static const struct answer answers[] = {
        {"aa bb", "bb aa", true},
        {"aa bb", "aa", false},
        {"aa OR bb", "bb", true},
        {"aa OR bb", "cc", false},
        {"-aa", "bb", true},
        {"-aa", "aa", false},
        {"aa -bb", "aa", true},
        {"aa -bb", "aa bb", false},
        {"aa -(bb cc)", "aa bb", true},
        {"aa OR bb cc", "aa", true},
        {"(aa OR bb) cc", "aa", false},
    };
    assert_answers(state, answers, COUNT(answers));
}

static void query__matches__terms(void **state)
{
    static const struct answer answers[] = {
        {"from:anna", "", true},
        {"from:ben", "", false},
        {"-tag:x", "", false},
        {"tag:x aa", "aa", true},
        {"before:2026-03-01T12:00Z", "", false},
        {"before:2026-03-01T12:01Z", "", true},
        {"after:2026-03-01T12:00Z", "", true},
        {"after:2026-03-01T12:01Z", "", false},
        {"at:2026-03-01T12:00Z", "", true},
        {"at:2026-03-01T11:59Z", "", false},
        {"on:2026-03-01Z", "", true},
        {"on:2026-02", "", false},
    };
    assert_answers(state, answers, COUNT(answers));
}

static void query__matches__asks_no_more_than_it_must(void **state)
{
    unsigned asked;
    assert_false(matches(*state, "aa tag:x", "bb", &asked));
    assert_int_equal(asked, 0);
    assert_true(matches(*state, "tag:x OR tag:y", "bb", &asked));
    assert_int_equal(asked, 1);
    assert_true(matches(*state, "on:2026-03-01Z", "bb", &asked));
    assert_int_equal(asked, 0);
}

static void query__matches__what_sounds_alike(void **state)
{
    static const struct answer answers[] = {
        {"moskva", "Москва", true},         {"mosk*", "Москва", true},
        {"\"в moskva\"", "в Москва", true}, {"moskva NEAR/1 lodka", "Москва и лодка", true},
        {"москва", "moskva", false},        {"лодка", "Москва", false},
        {"beijing", "北京", true},
    };
    struct tools *t = *state;
    unsigned asked;
    t->options.latin = true;
    assert_answers(state, answers, COUNT(answers));
    t->options.latin = false;
    assert_false(matches(t, "moskva", "Москва", &asked));
    assert_false(matches(t, "mosk*", "Москва", &asked));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__matches__words),
        cmocka_unit_test(query__matches__near),
        cmocka_unit_test(query__matches__operators),
        cmocka_unit_test(query__matches__terms),
        cmocka_unit_test(query__matches__asks_no_more_than_it_must),
        cmocka_unit_test(query__matches__what_sounds_alike),
    };
    return cmocka_run_group_tests(tests, tools_set_up, tools_tear_down);
}
