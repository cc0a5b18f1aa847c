/* What is no part is refused, with the line that says why. */
#include "support.h"

#include "forms/check.h"

static void say_two(struct scene *s)
{
    scene_say(s, ANNA, "one");
    scene_say(s, BORIS, "two");
}

static void assert_refused(struct scene *s, int code, const char *line)
{
    assert_int_equal(check_part(&s->part, &s->d), code);
    assert_says(s->d.text, line);
}

static void check_part__as_agreed__passes(void **state)
{
    struct scene *s = *state;
    assert_int_equal(check_part(&s->part, &s->d), 0);
    scene_everything(s);
    assert_int_equal(check_part(&s->part, &s->d), 0);
}

static void check_part__names_that_are_none__are_refused(void **state)
{
    struct scene *s = *state;
    static const char *const packages[] = {"", "..", "a/b", "A", "a b", "a\n"};
    static const char *const prefixes[] = {"",    "north", "NO RTH",
                                           "N,S", "N-1",   "ABCDEFGHIJKLMNOPQ"};
    for (size_t i = 0; i < COUNT(packages); i++) {
        s->part.package = packages[i];
        assert_refused(s, ERR_FORMAT, "no name for a package");
    }
    s->part.package = "north-0003";
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        s->part.prefix = prefixes[i];
        assert_refused(s, ERR_FORMAT, "no prefix");
    }
    s->part.prefix = "NORTH";
    s->part.number = 0;
    assert_refused(s, ERR_FORMAT, "count from 1");
}

static void check_part__too_many__are_refused(void **state)
{
    struct scene *s = *state;
    s->part.count = FORMS_PART_MAX + 1;
    assert_refused(s, ERR_LIMIT, "10000 messages at most");
}

static void check_part__numbers_that_do_not_grow__are_refused(void **state)
{
    struct scene *s = *state;
    say_two(s);
    s->messages[1].number = s->messages[0].number;
    assert_refused(s, ERR_FORMAT, "number 1 follows number 1");
    s->messages[0].number = 0;
    assert_refused(s, ERR_FORMAT, "number 0 follows");
}

static void check_part__times_and_kinds_that_are_none__are_refused(void **state)
{
    struct scene *s = *state;
    say_two(s);
    s->messages[1].at_unix_ms = INT64_MAX;
    assert_refused(s, ERR_FORMAT, "number 2 is of no year");
    s->messages[1].at_unix_ms = NOON;
    s->messages[1].archived_unix_ms = INT64_MIN;
    assert_refused(s, ERR_FORMAT, "number 2 is of no year");
    s->messages[1].archived_unix_ms = NOON;
    s->messages[1].content.kind = CONTENT_KINDS;
    assert_refused(s, ERR_FORMAT, "of no kind");
}

static void check_part__paths_out_of_the_package__are_refused(void **state)
{
    struct scene *s = *state;
    static const char *const paths[] = {"",          "/etc/passwd", "files/../x",  "../x",
                                        "files//x",  "files/",      "files/a b",   "files\\x",
                                        "files/.",   "files/a\nb",  "files/ä.jpg", "javascript:x",
                                        "files/%41", "files/a?b",   "files/a#b"};
    struct forms_file file = {.name = "x", .type = ""};
    say_two(s);
    s->messages[0].file = &file;
    for (size_t i = 0; i < COUNT(paths); i++) {
        file.path = paths[i];
        assert_refused(s, ERR_FORMAT, "no path of a package");
    }
    file.path = "files/000012-photo.jpg";
    assert_int_equal(check_part(&s->part, &s->d), 0);
    file.path = "files/../x";
    s->messages[0].redacted = "it is not looked at";
    assert_int_equal(check_part(&s->part, &s->d), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(check_part__as_agreed__passes),
        CASE(check_part__names_that_are_none__are_refused),
        CASE(check_part__too_many__are_refused),
        CASE(check_part__numbers_that_do_not_grow__are_refused),
        CASE(check_part__times_and_kinds_that_are_none__are_refused),
        CASE(check_part__paths_out_of_the_package__are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
