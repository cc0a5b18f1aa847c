#include "wire/test.h"

#include "population/grammar.h"
#include "population/grammar_made.h"

static const char *const shared[] = {"emoji: x | y", NULL};
static const struct grammar_facts facts = {.day = 18267, .latitude = 524, .longitude = -49};

static struct grammar *made(const char *const *lines)
{
    struct grammar *g = NULL;
    struct diag d = {""};
    if (grammar_new(lines, shared, &g, &d) < 0)
        fail_msg("%s", d.text);
    return g;
}

static char *said(const struct grammar *g, const char *rule, uint64_t seed)
{
    CLEANUP_BUF struct buf out = BUF_INIT(65536);
    struct dice d;
    dice_init(&d, seed, 1);
    assert_true(grammar_rule(g, rule) != GRAMMAR_NONE);
    grammar_say(g, grammar_rule(g, rule), &facts, &d, &out);
    return buf_take_text(&out);
}

static void grammar__say__puts_rules_together(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "# a remark", "language: en Latin", "", "say: {who} is {emoji}!", "who: Anna", NULL};
    CLEANUP(grammar_free_cleanup) struct grammar *g = made(lines);
    CLEANUP_FREE char *text = said(g, "say", 1);
    assert_true(strcmp(text, "Anna is x!") == 0 || strcmp(text, "Anna is y!") == 0);
    assert_string_equal(grammar_language(g), "en");
    assert_string_equal(grammar_script(g), "Latin");
    assert_int_equal(grammar_rule(g, "nobody"), GRAMMAR_NONE);
}

static void grammar__new__goes_on_with_a_rule(void **state)
{
    (void)state;
    static const char *const lines[] = {"language: en Latin", "who: a | b", "+ | c |d", "who: e",
                                        NULL};
    CLEANUP(grammar_free_cleanup) struct grammar *g = made(lines);
    assert_int_equal(grammar_ways(g, grammar_rule(g, "who")), 5);
}

/* The first way is the most common one. */
static void grammar__say__takes_early_ways_more_often(void **state)
{
    (void)state;
    static const char *const lines[] = {"language: en Latin", "who: a | b | c | d | e | f", NULL};
    CLEANUP(grammar_free_cleanup) struct grammar *g = made(lines);
    unsigned counts[6] = {0};
    for (uint64_t seed = 0; seed < 6000; seed++) {
        CLEANUP_FREE char *text = said(g, "who", seed);
        assert_in_range(text[0], 'a', 'f');
        counts[text[0] - 'a']++;
    }
    for (unsigned i = 1; i < 6; i++)
        assert_true(counts[i] < counts[i - 1] && counts[i] > 0);
}

/* A rule that names itself ends. */
static void grammar__say__ends(void **state)
{
    (void)state;
    static const char *const lines[] = {"language: en Latin", "who: ({who})", NULL};
    CLEANUP(grammar_free_cleanup) struct grammar *g = made(lines);
    CLEANUP_FREE char *text = said(g, "who", 1);
    assert_true(strlen(text) > 2 && strlen(text) < 100);
}

static void assert_refused(const char *line, const char *why)
{
    const char *const lines[] = {"language: en Latin", line, NULL};
    struct grammar *g = NULL;
    struct diag d = {""};
    assert_int_equal(grammar_new(lines, shared, &g, &d), ERR_FORMAT);
    assert_null(g);
    assert_says(d.text, why);
}

static void grammar__new__refuses(void **state)
{
    (void)state;
    assert_refused("no colon", "line 2: not a rule: no colon");
    assert_refused("who: a | | b", "line 2");
    assert_refused("who: {a", "line 2");
    assert_refused("who: {}", "line 2");
    assert_refused("who: {somebody}", "nothing says how to say {somebody}");
    assert_refused("who:", "nothing says how to say {who}");
    assert_refused("language: e", "line 2");
    assert_refused("a-name-that-is-much-too-long: x", "line 2");
    static const char *const none[] = {"who: a", NULL};
    struct grammar *g = NULL;
    struct diag d = {""};
    assert_int_equal(grammar_new(none, shared, &g, &d), ERR_FORMAT);
    assert_says(d.text, "does not name its language");
    static const char *const early[] = {"+ | a", "language: en Latin", NULL};
    assert_int_equal(grammar_new(early, shared, &g, &d), ERR_FORMAT);
}

static void grammar__made__has_its_form(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        CLEANUP_BUF struct buf out = BUF_INIT(1024);
        struct dice d;
        unsigned a, b, c;
        int x, y;
        dice_init(&d, seed, 1);
        grammar_make(GRAMMAR_TIME, &facts, &d, &out);
        assert_int_equal(sscanf(buf_text(&out), "%u:%u", &a, &b), 2);
        assert_true(a < 24 && b < 60);
        buf_reset(&out);
        grammar_make(GRAMMAR_DATE, &facts, &d, &out);
        assert_int_equal(sscanf(buf_text(&out), "%2u%*c%2u", &a, &b), 2);
        assert_true(a >= 1 && a <= 31 && (b == 12 || b == 1)); /* around 6 January */
        buf_reset(&out);
        grammar_make(GRAMMAR_NUM, &facts, &d, &out);
        assert_int_equal(sscanf(buf_text(&out), "%u", &c), 1);
        assert_in_range(c, 1, 500);
        buf_reset(&out);
        grammar_make(GRAMMAR_COORD, &facts, &d, &out);
        assert_int_equal(sscanf(buf_text(&out), "%d.%u, %d.%u", &x, &a, &y, &b), 4);
        assert_true((x == 52 && y == -4) || (x == 52 && y == -5));
    }
}

static void grammar__made__by_its_name(void **state)
{
    (void)state;
    assert_int_equal(grammar_made_of("PHONE", 5), GRAMMAR_PHONE);
    assert_int_equal(grammar_made_of("PHON", 4), GRAMMAR_MADE_NONE);
    assert_int_equal(grammar_made_of("", 0), GRAMMAR_MADE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar__say__puts_rules_together),
        cmocka_unit_test(grammar__new__goes_on_with_a_rule),
        cmocka_unit_test(grammar__say__takes_early_ways_more_often),
        cmocka_unit_test(grammar__say__ends),
        cmocka_unit_test(grammar__new__refuses),
        cmocka_unit_test(grammar__made__has_its_form),
        cmocka_unit_test(grammar__made__by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
