/* A conversation's most telling lines. */
#include "desk/telling.h"

#include <stdio.h>

#include "base/buf.h"
#include "desk/privilege.h"
#include "desk/sight.h"
#include "scene.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"
#define BOAT "the boat leaves the harbour at midnight with eleven crates"

/* The first is near to three others, which are not near to each other, and to no fifth. */
static const char *const said[] = {
    BOAT,
    "boat leaves tonight, nobody knows",
    "somebody opened eleven crates yesterday",
    "harbour police watch midnight ferries",
    "my sister bought green shoes",
};
#define SAID_COUNT (sizeof said / sizeof *said)

struct told {
    struct desk_telling_over over;
    struct buf lines; /* "1 3", each number as it is told */
    double first;     /* rank */
    char conversation[17];
};

static void told_clear(struct told *t)
{
    buf_clear(&t->lines);
}
#define CLEANUP_TOLD CLEANUP(told_clear)

static int put_line(void *context, const struct desk_message *m, double rank)
{
    struct told *t = context;
    if (t->lines.len == 0)
        t->first = rank;
    buf_format(&t->lines, "%s%lld", t->lines.len == 0 ? "" : " ", (long long)m->id);
    return 0;
}

static int put_conversation(void *context, const struct desk_message *m)
{
    snprintf(context, 17, "%s", m->conversation);
    return 0;
}

/* Of the conversation of the message. */
static struct told tell_of(struct scene *s, int64_t id, unsigned limit)
{
    struct told t = {.lines = BUF_INIT(4096)};
    scene_must(s, desk_message(s->x, id, 1, put_conversation, t.conversation, &s->d));
    const struct desk_telling ask = {.conversation = t.conversation, .user = 1, .limit = limit};
    scene_must(s, desk_telling(s->x, &ask, put_line, &t, &t.over, &s->d));
    return t;
}

static void say_all(struct scene *s)
{
    for (size_t i = 0; i < SAID_COUNT; i++)
        scene_say(s, i % 2 == 0 ? ANNA : BEN, i % 2 == 0 ? BEN : ANNA, said[i]);
}

static void telling__the_line_that_has_most_of_the_others_is_first(void **state)
{
    struct scene *s = *state;
    say_all(s);
    scene_say(s, ANNA, "carl@chat.example", "another conversation about harbour boats at midnight");
    for (int again = 0; again < 2; again++) {
        CLEANUP_TOLD struct told t = tell_of(s, 1, 5);
        assert_int_equal(buf_text(&t.lines)[0], '1');
        assert_int_equal(t.lines.len, strlen("1 2 3 4 5"));
        assert_int_equal(buf_text(&t.lines)[8], '5'); /* to which none is near */
        assert_int_equal(t.over.messages, SAID_COUNT);
        assert_int_equal(t.over.looked, SAID_COUNT);
        assert_int_equal(t.over.weighed, SAID_COUNT);
        assert_int_equal(t.over.first_unix_ms, SCENE_BEGIN_MS);
        assert_int_equal(t.over.last_unix_ms, SCENE_BEGIN_MS + 4 * 60000);
        scene_reopen(s);
    }
}

static void telling__what_was_passed_on_is_told_once(void **state)
{
    struct scene *s = *state;
    say_all(s);
    for (int i = 0; i < 6; i++)
        scene_say(s, ANNA, BEN, i % 2 == 0 ? BOAT "!" : "fwd: " BOAT);
    CLEANUP_TOLD struct told t = tell_of(s, 1, 9);
    assert_int_equal(t.over.weighed, SAID_COUNT + 6);
    assert_int_equal(t.lines.len, strlen("1 2 3 4 5"));
    assert_int_equal(buf_text(&t.lines)[0], '1'); /* where it was said first */
    CLEANUP_TOLD struct told few = tell_of(s, 1, 2);
    assert_int_equal(few.lines.len, strlen("1 2"));
}

/* Neither what is short nor what nobody wrote, however often it is there. */
static void telling__what_says_too_little_does_not_weigh(void **state)
{
    struct scene *s = *state;
    say_all(s);
    for (int i = 0; i < 9; i++) {
        scene_say(s, ANNA, BEN, "harbour midnight");
        scene_say(s, BEN, ANNA, "yes yes yes yes yes yes");
        scene_say(s, ANNA, BEN, "what is it that you have to do with all of them and me");
    }
    CLEANUP_TOLD struct told t = tell_of(s, 1, 20);
    assert_int_equal(t.over.looked, SAID_COUNT + 27);
    assert_int_equal(t.over.weighed, SAID_COUNT);
    assert_int_equal(t.lines.len, strlen("1 2 3 4 5"));
}

static void telling__of_a_conversation_that_says_nothing_there_is_no_line(void **state)
{
    struct scene *s = *state;
    int64_t id = scene_say(s, ANNA, BEN, "ok");
    CLEANUP_TOLD struct told t = tell_of(s, id, 5);
    assert_int_equal(t.over.looked, 1);
    assert_int_equal(t.over.weighed, 0);
    assert_string_equal(buf_text(&t.lines), "");
}

static int mark(void *context, struct diag *d)
{
    struct scene *s = context;
    static const int64_t ids[] = {1, 3};
    const struct desk_privilege_ask ask = {.kind = DESK_PRIVILEGED_MESSAGES,
                                           .what = "two",
                                           .messages = ids,
                                           .message_count = 2,
                                           .reason = "a lawyer's advice"};
    int64_t number;
    uint64_t hidden;
    return desk_privilege_mark(s->x, &ask, &scene_by, &number, &hidden, d);
}

/* What is hidden is as if it were not there: neither told nor weighed. */
static void telling__what_is_hidden_does_not_weigh(void **state)
{
    struct scene *s = *state;
    say_all(s);
    scene_must(s, sql_transaction(desk_index_sql(s->x), mark, s, &s->d));
    desk_sight_common(s->x);
    CLEANUP_TOLD struct told t = tell_of(s, 2, 5);
    assert_int_equal(t.over.messages, SAID_COUNT - 2);
    assert_int_equal(t.over.looked, SAID_COUNT - 2);
    assert_int_equal(t.over.weighed, SAID_COUNT - 2);
    assert_string_equal(buf_text(&t.lines), "2 4 5");
    if (t.first > 1.0 / 3 + 1e-9) /* as the first would make it */
        fail_msg("a hidden message weighs: %f", t.first);
}

static void telling__looks_at_the_newest(void **state)
{
    struct scene *s = *state;
    char to[] = BEN;
    struct follower_message m;
    say_all(s);
    for (unsigned i = 0; i < DESK_TELLING_LOOKED_MAX - 2; i++) {
        scene_message(s, &m, ANNA, to, "see you");
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    CLEANUP_TOLD struct told t = tell_of(s, 1, 5);
    assert_int_equal(t.over.messages, DESK_TELLING_LOOKED_MAX + SAID_COUNT - 2);
    assert_int_equal(t.over.looked, DESK_TELLING_LOOKED_MAX);
    assert_int_equal(t.over.weighed, 2);
    assert_string_equal(buf_text(&t.lines), "4 5");
    assert_int_equal(t.over.first_unix_ms, SCENE_BEGIN_MS + 3 * 60000);
}

/* Long texts are bounded together, and of each only its beginning weighs. */
static void telling__looks_at_so_much_text_only(void **state)
{
    struct scene *s = *state;
    char to[] = BEN;
    static char text[16001];
    struct follower_message m;
    memset(text, ' ', sizeof text - 1);
    memcpy(text, BOAT, strlen(BOAT));
    memcpy(text + sizeof text - 9, "trailing", 8);
    say_all(s);
    for (unsigned i = 0; i < 100; i++) {
        scene_message(s, &m, ANNA, to, text);
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    CLEANUP_TOLD struct told t = tell_of(s, 1, 5);
    assert_int_equal(t.over.looked, DESK_TELLING_BYTES_MAX / 16000);
    assert_int_equal(t.over.weighed, t.over.looked);
}

static void telling__of_no_conversation(void **state)
{
    struct scene *s = *state;
    const struct desk_telling ask = {.conversation = "0123456789abcdef", .user = 1, .limit = 5};
    struct told t = {.lines = BUF_INIT(64)};
    say_all(s);
    assert_int_equal(desk_telling(s->x, &ask, put_line, &t, &t.over, &s->d), ERR_NOT_FOUND);
    assert_string_equal(s->d.text, "there is no conversation 0123456789abcdef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(telling__the_line_that_has_most_of_the_others_is_first),
        SCENE_TEST(telling__what_was_passed_on_is_told_once),
        SCENE_TEST(telling__what_says_too_little_does_not_weigh),
        SCENE_TEST(telling__of_a_conversation_that_says_nothing_there_is_no_line),
        SCENE_TEST(telling__what_is_hidden_does_not_weigh),
        SCENE_TEST(telling__looks_at_the_newest),
        SCENE_TEST(telling__looks_at_so_much_text_only),
        SCENE_TEST(telling__of_no_conversation),
    };
    return cmocka_run_group_tests_name("telling", tests, NULL, NULL);
}
