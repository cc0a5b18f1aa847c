#include "desk/snippet.h"

#include <stdio.h>

#include "scene.h"

/* The snippet with its marks in [ ]. */
static const char *snippet(struct scene *s, const char *written, const char *said)
{
    static char shown[DESK_SNIPPET_MAX + 3 * DESK_MARKS_MAX];
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, written);
    CLEANUP_BUF struct buf b = BUF_INIT(sizeof shown - 1);
    struct desk_hit hit = {0};
    snippet_make(s->text, q, said, strlen(said), &hit);
    size_t len = strlen(hit.snippet), at = 0;
    assert_true(len <= DESK_SNIPPET_MAX);
    assert_true(value_utf8_valid(hit.snippet, len));
    for (size_t i = 0; i < hit.mark_count; i++) {
        assert_true(hit.marks[i].start >= at && hit.marks[i].start + hit.marks[i].len <= len);
        buf_put(&b, hit.snippet + at, hit.marks[i].start - at);
        at = hit.marks[i].start + hit.marks[i].len;
        buf_format(&b, "[%.*s]", (int)hit.marks[i].len, hit.snippet + hit.marks[i].start);
    }
    buf_put_text(&b, hit.snippet + at);
    strcpy(shown, buf_text(&b));
    return shown;
}

static void snippet__marks__words_phrases_prefixes(void **state)
{
    struct scene *s = *state;
    const char *said = "Meet me at the pier, the boats are in.";
    assert_string_equal(snippet(s, "pier", said), "Meet me at the [pier], the boats are in.");
    assert_string_equal(snippet(s, "PIER meet", said),
                        "[Meet] me at the [pier], the boats are in.");
    assert_string_equal(snippet(s, "\"the pier\"", said),
                        "Meet me at [the] [pier], the boats are in.");
    assert_string_equal(snippet(s, "\"the boa*\"", said),
                        "Meet me at the pier, [the] [boats] are in.");
    assert_string_equal(snippet(s, "pier NEAR/5 boat*", said),
                        "Meet me at the [pier], the [boats] are in.");
    assert_string_equal(snippet(s, "meet -pier", said), "[Meet] me at the pier, the boats are in.");
    assert_string_equal(snippet(s, "from:anna", said), said);
    assert_string_equal(snippet(s, "", said), said);
    assert_string_equal(snippet(s, "pier", ""), "");
}

static void snippet__marks__other_scripts_and_accents(void **state)
{
    struct scene *s = *state;
    assert_string_equal(snippet(s, "facade", "la façade est là"), "la [façade] est là");
    assert_string_equal(snippet(s, "причал", "на причал в девять"), "на [причал] в девять");
    assert_string_equal(snippet(s, "码头", "明天在码头见面"), "明天在[码头]见面");
    assert_string_equal(snippet(s, "😀", "well 😀 then"), "well [😀] then");
    assert_string_equal(snippet(s, "moskva", "еду в Москва завтра"), "еду в [Москва] завтра");
}

static void snippet__cuts__between_characters_around_most_words(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    for (int i = 0; i < 100; i++)
        buf_put_text(&b, i == 10 ? "pier " : "ééé ");
    buf_put_text(&b, "a boat at the pier, ");
    for (int i = 0; i < 1000; i++)
        buf_put_text(&b, "é");
    const char *shown = snippet(s, "boat pier", buf_text(&b));
    assert_memory_equal(shown, "\xe2\x80\xa6", 3);
    assert_non_null(strstr(shown, "a [boat] at the [pier], é"));
    assert_string_equal(shown + strlen(shown) - 3, "\xe2\x80\xa6");
    shown = snippet(s, "nowhere", buf_text(&b));
    assert_memory_equal(shown, "ééé", 6);
    /* No blank far and wide. */
    buf_reset(&b);
    for (int i = 0; i < 500; i++)
        buf_put_text(&b, "码");
    buf_put_text(&b, "pier");
    for (int i = 0; i < 500; i++)
        buf_put_text(&b, "头");
    assert_non_null(strstr(snippet(s, "pier", buf_text(&b)), "[pier]"));
}

static void snippet__many_marks__end_at_the_limit(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    for (int i = 0; i < 600; i++)
        buf_put_text(&b, "pier\n");
    const char *shown = snippet(s, "pier", buf_text(&b));
    assert_null(strchr(shown, '\n'));
    size_t marks = 0;
    for (; *shown != '\0'; shown++)
        marks += *shown == '[';
    assert_int_equal(marks, DESK_MARKS_MAX);
}

static double score(struct scene *s, const char *written, const char *said)
{
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, written);
    return snippet_score(s->text, q, said, strlen(said));
}

static void score__order(void **state)
{
    struct scene *s = *state;
    const char *both = "the boat at the pier", *one = "the boat at the quay",
               *twice = "the boat, that boat at the quay",
               *late = "as I have said before, it will be there tonight: the boat";
    assert_true(score(s, "boat OR pier", both) > score(s, "boat OR pier", one));
    assert_true(score(s, "boat OR pier", both) > score(s, "boat OR pier", twice));
    assert_true(score(s, "boat", twice) > score(s, "boat", one));
    assert_true(score(s, "boat", one) > score(s, "boat", late));
    assert_true(score(s, "boat", late) > 0);
    assert_true(score(s, "zebra", one) == 0);
    assert_true(score(s, "from:anna", one) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(snippet__marks__words_phrases_prefixes),
        SCENE_TEST(snippet__marks__other_scripts_and_accents),
        SCENE_TEST(snippet__cuts__between_characters_around_most_words),
        SCENE_TEST(snippet__many_marks__end_at_the_limit),
        SCENE_TEST(score__order),
    };
    return cmocka_run_group_tests_name("snippet", tests, NULL, NULL);
}
