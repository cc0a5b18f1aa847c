#include "wire/test.h"

#include "capture.h"
#include "cli/verb.h"

static const struct verb verb = {.noun = "device",
                                 .name = "send",
                                 .usage = "--store FOLDER [--json] TEXT",
                                 .help = "send a message",
                                 .more = "  --json  as JSON\n"};

/* The options of a verb, and what parsing gave. */
struct parsed {
    const char *store, *to[4];
    bool json;
    const char *words[2];
    size_t count;
    int result;
    const char *out, *error;
};

#define ARGUMENTS_MAX 12

static struct parsed parse(const char *const *words)
{
    struct parsed p = {0};
    char *argv[ARGUMENTS_MAX + 1] = {(char *)(uintptr_t) "send"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    const struct option_spec options[] = {{.name = "store", .value = &p.store},
                                          {.name = "json", .flag = true, .set = &p.json},
                                          {.name = "to", .list = p.to, .list_max = 3}};
    capture_begin();
    p.result = verb_parse(&verb, argc, argv, options, 3, p.words, 2, &p.count);
    capture_end(&p.out, &p.error);
    return p;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void verb__parse__takes_options_among_words(void **state)
{
    (void)state;
    struct parsed p = PARSE("one", "--store", "folder", "--json", "two");
    assert_int_equal(p.result, VERB_OK);
    assert_string_equal(p.store, "folder");
    assert_true(p.json);
    assert_int_equal(p.count, 2);
    assert_string_equal(p.words[0], "one");
    assert_string_equal(p.words[1], "two");
    assert_string_equal(p.out, "");
    assert_string_equal(p.error, "");
}

static void verb__parse__takes_nothing(void **state)
{
    (void)state;
    struct parsed p = parse((const char *const[]){NULL});
    assert_int_equal(p.result, VERB_OK);
    assert_true(p.count == 0 && p.store == NULL && !p.json);
}

static void verb__parse__takes_a_value_behind_an_equals_sign(void **state)
{
    (void)state;
    assert_string_equal(PARSE("--store=a=b").store, "a=b");
    assert_string_equal(PARSE("--store=--json").store, "--json");
    assert_string_equal(PARSE("--store", "-").store, "-");
    assert_string_equal(PARSE("--store", "-33.9,151.2").store, "-33.9,151.2");
}

static void verb__parse__gathers_a_list(void **state)
{
    (void)state;
    struct parsed p = PARSE("--to", "a", "--to=b", "--to", "c");
    assert_int_equal(p.result, VERB_OK);
    assert_string_equal(p.to[0], "a");
    assert_string_equal(p.to[2], "c");
    assert_null(p.to[3]);
    p = PARSE("--to", "a", "--to=b", "--to", "c", "--to", "d");
    assert_int_equal(p.result, VERB_USAGE);
    assert_says(p.error, "--to is given more than 3 times");
    assert_null(p.to[3]);
}

static void verb__parse__takes_words_only_behind_two_dashes(void **state)
{
    (void)state;
    struct parsed p = PARSE("--", "--store", "--help");
    assert_int_equal(p.result, VERB_OK);
    assert_null(p.store);
    assert_string_equal(p.words[0], "--store");
    assert_string_equal(p.words[1], "--help");
}

static void verb__parse__takes_one_dash_for_a_word(void **state)
{
    (void)state;
    struct parsed p = PARSE("-", "--", "-x");
    assert_int_equal(p.result, VERB_OK);
    assert_string_equal(p.words[0], "-");
    assert_string_equal(p.words[1], "-x");
}

static void assert_misused(struct parsed p, const char *line)
{
    CLEANUP_FREE char *error = mem_format("ironside device send: %s (see --help)\n", line);
    assert_int_equal(p.result, VERB_USAGE);
    assert_string_equal(p.error, error);
    assert_string_equal(p.out, "");
}

static void verb__parse__refuses_what_it_does_not_know(void **state)
{
    (void)state;
    assert_misused(PARSE("--stor", "x"), "there is no option --stor");
    assert_misused(PARSE("--stores=x"), "there is no option --stores");
    assert_misused(PARSE("--=x"), "there is no option --");
    assert_misused(PARSE("--json=yes"), "--json takes no value");
    assert_misused(PARSE("--store"), "--store needs a value");
    assert_misused(PARSE("a", "b", "c"), "'c' is a word too many");
}

/* What would pass for something else: an option that was not given, a text to be sent. */
static void verb__parse__refuses_what_must_be_a_mistake(void **state)
{
    (void)state;
    assert_misused(PARSE("--store", ""), "the value of --store is empty: was a variable not set?");
    assert_misused(PARSE("--store="), "the value of --store is empty: was a variable not set?");
    assert_misused(PARSE("--to="), "the value of --to is empty: was a variable not set?");
    assert_misused(PARSE("a", ""), "a word is empty: was a variable not set?");
    assert_misused(PARSE("--", ""), "a word is empty: was a variable not set?");
    assert_misused(PARSE("--to", "\xff"), "the value of --to is not UTF-8");
    assert_misused(PARSE("a\xc3"), "a word is not UTF-8");
    assert_misused(PARSE("--store", "--json"),
                   "--store needs a value; if '--json' is meant: --store=--json");
    assert_misused(PARSE("--store", "a", "--store=b"), "--store is given twice");
    assert_misused(PARSE("-h"), "there is no option -h: if it is a word, write -- before it");
    assert_misused(PARSE("a", "-json"),
                   "there is no option -json: if it is a word, write -- before it");
}

static void verb__parse__prints_no_control_characters(void **state)
{
    (void)state;
    assert_misused(PARSE("a", "b", "\x1b[2J\nforged"), "'\xef\xbf\xbd[2J\xef\xbf\xbd"
                                                       "forged' is a word too many");
}

static void verb__parse__helps(void **state)
{
    (void)state;
    struct parsed p = PARSE("--store", "x", "--help");
    assert_int_equal(p.result, -1);
    assert_string_equal(p.error, "");
    assert_string_equal(p.out, "usage: ironside device send --store FOLDER [--json] TEXT\n"
                               "send a message\n\n  --json  as JSON\n");
}

static void verb__day__has_its_limits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t day; /* -1: refused */
        const char *line;
    } cases[] = {{"1970-01-01", 0, ""},
                 {"2026-11-29", 20786, ""},
                 {"9899-12-31", 2896372, ""},
                 {"1969-12-31", -1, "--from 1969-12-31 is not between 1970-01-01 and"},
                 {"0001-01-01", -1, "is not between"},
                 {"9900-01-01", -1, "is not between"},
                 {"2026-02-30", -1, "'2026-02-30' is not a day as YYYY-MM-DD"},
                 {"26-1-1", -1, "is not a day"},
                 {"2026-01-01 ", -1, "is not a day"},
                 {"", -1, "is not a day"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t day = -1;
        const char *out, *error;
        capture_begin();
        int r = verb_day(&verb, "from", cases[i].text, &day);
        capture_end(&out, &error);
        assert_int_equal(r, cases[i].day < 0 ? VERB_USAGE : VERB_OK);
        assert_int_equal(day, cases[i].day);
        assert_non_null(strstr(error, cases[i].line));
    }
}

static void verb__fail__says_who_and_why(void **state)
{
    (void)state;
    static const struct verb alone = {.noun = "", .name = "up"};
    const char *out, *error;
    capture_begin();
    assert_int_equal(verb_fail(&alone, "%s is %d", "x", 3), VERB_FAILED);
    capture_end(&out, &error);
    assert_string_equal(error, "ironside up: x is 3\n");
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verb__parse__takes_options_among_words),
        cmocka_unit_test(verb__parse__takes_nothing),
        cmocka_unit_test(verb__parse__takes_a_value_behind_an_equals_sign),
        cmocka_unit_test(verb__parse__gathers_a_list),
        cmocka_unit_test(verb__parse__takes_words_only_behind_two_dashes),
        cmocka_unit_test(verb__parse__takes_one_dash_for_a_word),
        cmocka_unit_test(verb__parse__refuses_what_it_does_not_know),
        cmocka_unit_test(verb__parse__refuses_what_must_be_a_mistake),
        cmocka_unit_test(verb__parse__prints_no_control_characters),
        cmocka_unit_test(verb__parse__helps),
        cmocka_unit_test(verb__day__has_its_limits),
        cmocka_unit_test(verb__fail__says_who_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
