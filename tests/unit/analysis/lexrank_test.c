#include "analysis/lexrank.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXTS_MAX 16U
#define WORDS_MAX 512U

struct texts {
    uint32_t words[WORDS_MAX];
    size_t ends[TEXTS_MAX], count, word_count;
};

/* Numbers from `first` on. */
static void say_run(struct texts *t, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        t->words[t->word_count++] = first + i;
}

static void end_text(struct texts *t)
{
    t->ends[t->count++] = t->word_count;
}

static void say(struct texts *t, uint32_t first, uint32_t count)
{
    say_run(t, first, count);
    end_text(t);
}

static size_t choose(const struct texts *t, size_t most, struct lexrank_line *ret)
{
    return lexrank_choose(&(struct lexrank_texts){t->words, t->ends, t->count}, most, ret);
}

static void assert_line(const struct lexrank_line *l, size_t text, double rank)
{
    assert_int_equal(l->text, text);
    if (fabs(l->rank - rank) > 1e-5)
        fail_msg("the rank of %zu is %f, not %f", text, l->rank, rank);
}

/* A text of five words, and five of one of them each: all words are in two texts and weigh the
 * same, so that the first is as near to each other one as 1/sqrt(5), and these are near to no
 * other. All of their votes go to the first, and of its vote each gets a fifth: with p its rank p =
 * 0.15/6 + 0.85 (1 - p) = 0.472973, and (1 - p) / 5 = 0.105405 */
static void lexrank__choose__ranks_as_computed_by_hand(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[6];
    say(&t, 3, 1);
    say(&t, 1, 5);
    for (uint32_t word = 1; word <= 5; word++)
        if (word != 3)
            say(&t, word, 1);
    assert_int_equal(choose(&t, 6, lines), 6);
    assert_line(&lines[0], 1, 0.472973);
    for (size_t i = 1; i < 6; i++)
        assert_line(&lines[i], i == 1 ? 0 : i, 0.105405);
    assert_int_equal(choose(&t, 2, lines), 2);
    assert_line(&lines[1], 0, 0.105405);
}

/* Three of its five words have the second, one each the others: these are near to it as
 * 3/sqrt(15) = 0.774597 and 0.447214 twice. With p = 0.15/4 + 0.85 (1 - p) = 0.479730 its rank, one
 * of the last gets 0.15/4 + 0.85 p 0.447214 / 1.669024 = 0.146762. */
static void lexrank__choose__votes_by_how_near_it_is(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[4];
    say(&t, 1, 5);
    say(&t, 1, 3);
    say(&t, 4, 1);
    say(&t, 5, 1);
    assert_int_equal(choose(&t, 4, lines), 3); /* the second has nothing that the first has not */
    assert_line(&lines[0], 0, 0.479730);
    assert_line(&lines[1], 2, 0.146762);
    assert_line(&lines[2], 3, 0.146762);
}

/* Three that share one of some forty words in a row are not linked: else the middle one would rank
 * above the others. */
static void lexrank__choose__one_word_of_many_links_nothing(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[3];
    say(&t, 0, 42);
    say(&t, 41, 42);
    say(&t, 82, 42);
    assert_int_equal(choose(&t, 3, lines), 3);
    for (size_t i = 0; i < 3; i++)
        assert_line(&lines[i], i, 1.0 / 3);
}

static void lexrank__choose__what_is_nearly_the_same_counts_once(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[8];
    say(&t, 100, 9);
    for (int i = 0; i < 5; i++) { /* the same twenty words, the last time with one more */
        say_run(&t, 0, 20);
        if (i == 4)
            say_run(&t, 50, 1);
        end_text(&t);
    }
    assert_int_equal(choose(&t, 8, lines), 2);
    assert_line(&lines[0], 0, 0.5);
    assert_line(&lines[1], 1, 0.5);
}

/* Seven of nine words are the same: each votes, and one is told. */
static void lexrank__choose__what_repeats_is_told_once(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[8];
    say(&t, 0, 9);
    say(&t, 2, 9);
    say(&t, 40, 9);
    assert_int_equal(choose(&t, 8, lines), 2);
    assert_line(&lines[0], 0, 0.465116);
    assert_line(&lines[1], 2, 0.069767); /* q = 0.15/3 + 0.85 q/3 */
}

/* A word that is said often in one text counts more there: cosines of 0.8944 and 0.4472, of which
 * the first is of nearly the same. */
static void lexrank__choose__counts_how_often_a_word_is_said(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[8];
    say_run(&t, 7, 1);
    say_run(&t, 7, 1);
    say_run(&t, 9, 1);
    end_text(&t);
    say(&t, 7, 1);
    say(&t, 9, 1);
    assert_int_equal(choose(&t, 8, lines), 2);
    assert_int_equal(lines[0].text + lines[1].text, 2); /* not 1 */
}

static void lexrank__choose__of_few(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[1];
    assert_int_equal(choose(&t, 1, lines), 0);
    say(&t, 4, 3);
    assert_int_equal(choose(&t, 0, lines), 0);
    assert_int_equal(choose(&t, 1, lines), 1);
    assert_line(&lines[0], 0, 1);
}

static void lexrank__choose__same_texts_same_lines(void **state)
{
    (void)state;
    struct texts t = {.count = 0};
    struct lexrank_line lines[TEXTS_MAX] = {{0}}, again[TEXTS_MAX] = {{0}};
    for (uint32_t i = 0; i < TEXTS_MAX; i++)
        say(&t, i * i % 23, 5);
    size_t count = choose(&t, TEXTS_MAX, lines);
    assert_true(count > 3);
    assert_int_equal(choose(&t, TEXTS_MAX, again), count);
    assert_memory_equal(lines, again, sizeof lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lexrank__choose__ranks_as_computed_by_hand),
        cmocka_unit_test(lexrank__choose__votes_by_how_near_it_is),
        cmocka_unit_test(lexrank__choose__one_word_of_many_links_nothing),
        cmocka_unit_test(lexrank__choose__what_is_nearly_the_same_counts_once),
        cmocka_unit_test(lexrank__choose__what_repeats_is_told_once),
        cmocka_unit_test(lexrank__choose__counts_how_often_a_word_is_said),
        cmocka_unit_test(lexrank__choose__of_few),
        cmocka_unit_test(lexrank__choose__same_texts_same_lines),
    };
    return cmocka_run_group_tests_name("lexrank", tests, NULL, NULL);
}
