/* What was passed on: once to each partner, and what did not become whole is known. */
#include "desk/passed.h"

#include <stdio.h>

#include "base/buf.h"
#include "scene.h"

struct list {
    char text[64];
};

static int put(void *context, int64_t message)
{
    struct list *l = context;
    size_t at = strlen(l->text);
    snprintf(l->text + at, sizeof l->text - at, "%lld;", (long long)message);
    return 0;
}

static const char *messages(struct scene *s, int64_t package)
{
    static struct list l;
    l = (struct list){""};
    scene_must(s, desk_passed_messages(s->x, package, put, &l, &s->d));
    return l.text;
}

static uint64_t count(struct scene *s, int64_t partner)
{
    uint64_t n = 0;
    scene_must(s, desk_passed_count(s->x, partner, &n, &s->d));
    return n;
}

static void passed__sign__then_known_and_finished(void **state)
{
    struct scene *s = *state;
    const struct desk_passed p = {.name = "north-south-0001", .made_unix_ms = 7};
    struct desk_passed found;
    const int64_t ids[] = {3, 9};
    assert_int_equal(desk_passed_unfinished(s->x, 1, &found, &s->d), ERR_NOT_FOUND);
    scene_must(s, desk_passed_sign(s->x, 1, &p, ids, 2, &s->d));
    scene_reopen(s);
    assert_int_equal(desk_passed_has(s->x, 1, 3, &s->d), 1);
    assert_int_equal(desk_passed_has(s->x, 1, 4, &s->d), 0);
    assert_int_equal(desk_passed_has(s->x, 2, 3, &s->d), 0);
    scene_must(s, desk_passed_unfinished(s->x, 1, &found, &s->d));
    assert_string_equal(found.name, "north-south-0001");
    assert_int_equal(found.made_unix_ms, 7);
    assert_string_equal(messages(s, found.number), "3;9;");
    assert_int_equal(desk_passed_unfinished(s->x, 2, &found, &s->d), ERR_NOT_FOUND);
    scene_must(s, desk_passed_finish(s->x, 1, 8, &s->d));
    assert_int_equal(desk_passed_unfinished(s->x, 1, &found, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_passed_has(s->x, 1, 3, &s->d), 1);
    assert_int_equal(count(s, 1), 1);
    assert_int_equal(count(s, 2), 0);
}

/* The same package: no new one, and what is not in it any more may go with another. */
static void passed__sign__again(void **state)
{
    struct scene *s = *state;
    const struct desk_passed p = {.name = "north-south-0001", .made_unix_ms = 7};
    struct desk_passed found;
    const int64_t ids[] = {3, 9}, fewer[] = {9};
    scene_must(s, desk_passed_sign(s->x, 1, &p, ids, 2, &s->d));
    scene_must(s, desk_passed_unfinished(s->x, 1, &found, &s->d));
    scene_must(s, desk_passed_sign(s->x, 1, &found, fewer, 1, &s->d));
    assert_string_equal(messages(s, found.number), "9;");
    assert_int_equal(desk_passed_has(s->x, 1, 3, &s->d), 0);
    assert_int_equal(count(s, 1), 1);
}

static void passed__sign__nothing_twice(void **state)
{
    struct scene *s = *state;
    struct desk_passed p = {.name = "north-south-0001", .made_unix_ms = 7};
    const int64_t ids[] = {3, 9};
    scene_must(s, desk_passed_sign(s->x, 1, &p, ids, 2, &s->d));
    snprintf(p.name, sizeof p.name, "north-south-0002");
    assert_true(desk_passed_sign(s->x, 1, &p, ids, 1, &s->d) < 0);
    snprintf(p.name, sizeof p.name, "north-east-0001");
    scene_must(s, desk_passed_sign(s->x, 2, &p, ids, 2, &s->d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(passed__sign__then_known_and_finished),
        SCENE_TEST(passed__sign__again),
        SCENE_TEST(passed__sign__nothing_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
