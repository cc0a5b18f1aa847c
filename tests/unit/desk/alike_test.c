/* Texts that are alike: from 64 bits, in groups, in what a search finds. */
#include "desk/alike.h"

#include <stdio.h>

#include "base/buf.h"
#include "desk/index_internal.h"
#include "desk/likeness.h"
#include "scene.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"

static const char message[] =
    "the container with the green door stands at the third pier until friday, bring the papers";

static uint64_t like(struct scene *s, const char *text)
{
    return likeness_of(s->text, text, strlen(text));
}

static void likeness__holds_for_what_was_passed_on(void **state)
{
    struct scene *s = *state;
    static const char *const same[] = {
        "The container with the green door stands at the third pier until Friday: bring the papers",
        "look what he wrote: the container with the green door stands at the third pier until "
        "friday, bring the papers",
        "Fwd: the container with the green door stands at the third pier until friday, bring the "
        "papers!!",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(likeness_holds(like(s, message), like(s, same[i])));
}

static void likeness__holds_not_for_others(void **state)
{
    struct scene *s = *state;
    static const char *const others[] = {
        "the container with the red door was opened by somebody, and the papers are gone, ask him",
        "papers the bring friday until pier third the at stands door green the with container the",
        "are you at home on friday, or shall we meet at the pier and walk to the market together",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(likeness_holds(like(s, message), like(s, others[i])));
}

static void likeness__none_of_a_short_text(void **state)
{
    struct scene *s = *state;
    assert_int_equal(like(s, ""), 0);
    assert_int_equal(like(s, "see you at the pier"), 0);
    assert_int_not_equal(like(s, "see you at the third pier"), 0);
    assert_int_not_equal(like(s, "我们明天晚上在码头见面吧不要迟到"), 0);
}

/* It stands in vaults. */
static void likeness__is_what_it_was(void **state)
{
    assert_int_equal(like(*state, "see you at the third pier"), UINT64_C(0x1c43b89c81970f4d));
}

/* ---- groups ---- */

/* The first that is like it, by looking at all. */
static uint32_t first_of(const uint64_t *all, uint32_t count, const uint32_t *firsts)
{
    for (uint32_t i = 0; i + 1 < count; i++)
        if (all[i] != 0 && firsts[i] == i + 1 && likeness_holds(all[i], all[count - 1]))
            return i + 1;
    return count;
}

#define MANY 20000U

static void alike__groups__are_those_of_looking_at_all(void **state)
{
    (void)state;
    struct alike a = {0};
    static uint64_t all[MANY];
    static uint32_t firsts[MANY];
    uint64_t random = 7;
    for (uint32_t i = 0; i < MANY; i++) {
        random = names_mix(random + i);
        all[i] = random % 7 == 0 ? 0 : random;
        if (i > 10 && random % 3 == 0) /* as one of the newest two thousand, but for a quarter */
            all[i] = all[i - 1 - random / 3 % (i < 2000 ? i : 2000)] ^ (random % 5 == 0 ? 0xff : 0);
        alike_put(&a, all[i]);
        firsts[i] = all[i] == 0 ? 0 : first_of(all, i + 1, firsts);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        const struct alike_group *g = alike_of(&a, i + 1);
        if (g != NULL && g->ids[0] != firsts[i])
            fail_msg("%u is in the group of %u, not %u", i + 1, g->ids[0], firsts[i]);
        if (g == NULL && firsts[i] != 0 && firsts[i] != i + 1)
            fail_msg("%u is in no group, not in that of %u", i + 1, firsts[i]);
    }
    assert_true(a.group_count > 1000);
    assert_null(alike_of(&a, 0));
    assert_null(alike_of(&a, MANY + 1));
    alike_clear(&a);
}

/* Who makes texts that all meet in one half costs no more than who does not. */
static void alike__groups__what_was_made_to_meet_is_left_alone(void **state)
{
    (void)state;
    struct alike a = {0};
    for (uint64_t i = 1; i <= 300000; i++)
        alike_put(&a, UINT64_C(0x1234567800000000) | (uint32_t)names_mix(i));
    alike_put(&a, UINT64_C(0xaaaabbbbccccdddd));
    alike_put(&a, UINT64_C(0xaaaabbbbccccdddd));
    assert_non_null(alike_of(&a, 300002));
    alike_clear(&a);
}

/* ---- found ---- */

static const char *const texts[] = {
    "Fwd: the container with the green door stands at the third pier until friday, bring the "
    "papers",
    "are you at home on friday, or shall we meet at the third pier and walk to the market",
    "the container with the green door stands at the third pier until friday, bring the papers",
};

static void say_all(struct scene *s)
{
    for (int i = 0; i < 18; i++)
        scene_say(s, i % 6 < 3 ? ANNA : BEN, "carl@chat.example", texts[i % 3]);
}

static int put_hit(void *context, const struct desk_hit *h)
{
    buf_format(context, "%s%lld+%llu", ((struct buf *)context)->len == 0 ? "" : " ",
               (long long)h->message->id, (unsigned long long)h->alike);
    return 0;
}

/* All pages of two. */
static void assert_grouped(struct scene *s, const char *written, enum desk_order order,
                           const char *expected)
{
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, written);
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    struct desk_search search = {
        .query = q, .order = order, .user = 1, .limit = 1, .grouped = true};
    bool more = true;
    for (unsigned pages = 0; more; pages++) {
        assert_true(pages < 20);
        scene_must(s, desk_search(s->x, &search, put_hit, &b, &more, &s->d));
        const char *last = strrchr(buf_text(&b), ' ');
        search.after_id = atoll(last == NULL ? buf_text(&b) : last);
    }
    if (strcmp(buf_text(&b), expected) != 0)
        fail_msg("%s: '%s', not '%s'", written, buf_text(&b), expected);
}

static void search__grouped__shows_the_first_of_each_group_once(void **state)
{
    struct scene *s = *state;
    say_all(s);
    for (int again = 0; again < 2; again++) {
        assert_grouped(s, "", DESK_NEWEST, "18+11 17+5");
        assert_grouped(s, "pier", DESK_NEWEST, "18+11 17+5");
        assert_grouped(s, "pier", DESK_OLDEST, "1+11 2+5");
        assert_grouped(s, "from:anna", DESK_NEWEST, "15+11 14+5");
        assert_grouped(s, "from:anna pier", DESK_NEWEST, "15+11 14+5");
        assert_grouped(s, "fwd", DESK_NEWEST, "16+11");
        assert_grouped(s, "fwd OR market", DESK_OLDEST, "1+11 2+5");
        assert_string_equal(scene_find(s, "market"), "17 14 11 8 5 2");
        scene_reopen(s);
    }
}

static int put_id(void *context, const struct desk_message *m)
{
    buf_format(context, "%s%lld", ((struct buf *)context)->len == 0 ? "" : " ", (long long)m->id);
    return 0;
}

static void desk_alike__lists_the_group(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    uint64_t count = 0;
    say_all(s);
    int64_t alone = scene_say(s, ANNA, BEN, "nothing");
    struct desk_likes l = {.id = 3, .user = 1, .limit = 4};
    scene_must(s, desk_alike(s->x, &l, put_id, &b, &count, &s->d));
    assert_int_equal(count, 12);
    assert_string_equal(buf_text(&b), "18 16 15 13");
    l = (struct desk_likes){.id = 1, .user = 1, .limit = 99, .before = 13};
    buf_reset(&b);
    scene_must(s, desk_alike(s->x, &l, put_id, &b, &count, &s->d));
    assert_string_equal(buf_text(&b), "12 10 9 7 6 4 3 1");
    l = (struct desk_likes){.id = alone, .user = 1, .limit = 9};
    buf_reset(&b);
    scene_must(s, desk_alike(s->x, &l, put_id, &b, &count, &s->d));
    assert_int_equal(count, 1);
    assert_string_equal(buf_text(&b), "19");
    l.id = 99;
    assert_int_equal(desk_alike(s->x, &l, put_id, &b, &count, &s->d), ERR_NOT_FOUND);
}

static void index__of_an_older_vault__is_made_alike_when_it_is_opened(void **state)
{
    struct scene *s = *state;
    say_all(s);
    desk_index_close(s->x);
    s->x = NULL;
    scene_plainly(s, "ALTER TABLE message DROP COLUMN likeness");
    scene_must(s, scene_try_reopen(s));
    assert_grouped(s, "pier", DESK_NEWEST, "18+11 17+5");
    scene_say(s, ANNA, BEN, texts[0]);
    assert_grouped(s, "pier", DESK_NEWEST, "19+12 17+5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(likeness__holds_for_what_was_passed_on),
        SCENE_TEST(likeness__holds_not_for_others),
        SCENE_TEST(likeness__none_of_a_short_text),
        SCENE_TEST(likeness__is_what_it_was),
        SCENE_TEST(alike__groups__are_those_of_looking_at_all),
        SCENE_TEST(alike__groups__what_was_made_to_meet_is_left_alone),
        SCENE_TEST(search__grouped__shows_the_first_of_each_group_once),
        SCENE_TEST(desk_alike__lists_the_group),
        SCENE_TEST(index__of_an_older_vault__is_made_alike_when_it_is_opened),
    };
    return cmocka_run_group_tests_name("alike", tests, NULL, NULL);
}
