#include "wire/test.h"

#include "population/dice.h"

#define DRAWS 100000U

/* What came out when it was written: a seed must say the same everywhere, for ever. */
static void dice__next__is_the_same_everywhere(void **state)
{
    (void)state;
    struct dice d;
    dice_init(&d, 1, 2);
    assert_int_equal(dice_next(&d), 165576310U);
    assert_int_equal(dice_next(&d), 3793771131U);
    assert_int_equal(dice_below(&d, 1000), 968);
    assert_true(dice_below64(&d, UINT64_C(1000000000000)) == UINT64_C(521551297698));
    assert_true(dice_mix(3, 4) == UINT64_C(3992596847233833366));
}

/* PCG32's own published sequence, for state and stream as its demonstration sets them. */
static void dice__next__is_pcg32(void **state)
{
    (void)state;
    static const uint32_t published[] = {0xa15c02b7, 0x7b47f409, 0xba1d3330,
                                         0x83d2f293, 0xbfa4784b, 0xcbed606e};
    struct dice d = {.stream = (54U << 1) | 1};
    (void)dice_next(&d);
    d.state += 42;
    (void)dice_next(&d);
    for (size_t i = 0; i < COUNT(published); i++)
        assert_int_equal(dice_next(&d), published[i]);
}

static void dice__streams__differ(void **state)
{
    (void)state;
    struct dice a, b, c;
    unsigned same = 0;
    dice_init(&a, 1, 2);
    dice_init(&b, 1, 3);
    dice_init(&c, 2, 2);
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t x = dice_next(&a);
        same += x == dice_next(&b);
        same += x == dice_next(&c);
    }
    assert_true(same < 3);
}

static void dice__below__stays_below(void **state)
{
    (void)state;
    struct dice d;
    unsigned counts[7] = {0};
    dice_init(&d, 5, 5);
    assert_int_equal(dice_below(&d, 0), 0);
    assert_int_equal(dice_below(&d, 1), 0);
    for (unsigned i = 0; i < DRAWS; i++)
        counts[dice_below(&d, 7)]++;
    for (unsigned i = 0; i < 7; i++)
        assert_in_range(counts[i], DRAWS / 7 * 95 / 100, DRAWS / 7 * 105 / 100);
}

static void dice__chance__is_so_many_in_a_million(void **state)
{
    (void)state;
    struct dice d;
    unsigned count = 0;
    dice_init(&d, 6, 5);
    for (unsigned i = 0; i < DRAWS; i++) {
        count += dice_chance(&d, 250000);
        assert_false(dice_chance(&d, 0));
        assert_true(dice_chance(&d, 1000000));
    }
    assert_in_range(count, DRAWS * 24 / 100, DRAWS * 26 / 100);
}

static void dice__quantile__lies_between_its_ends(void **state)
{
    (void)state;
    static const uint32_t quantiles[] = {10, 20, 1000};
    struct dice d;
    unsigned below = 0;
    dice_init(&d, 7, 5);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t x = dice_quantile(&d, quantiles, COUNT(quantiles));
        assert_in_range(x, 10, 1000);
        below += x < 20;
    }
    assert_in_range(below, DRAWS * 48 / 100, DRAWS * 52 / 100); /* the middle one is the median */
}

/* With a shift of 1, rank k comes 1/(k + 1) times as often as the first. */
static void dice__zipf__falls_with_the_rank(void **state)
{
    (void)state;
    struct dice d;
    struct dice_zipf z;
    unsigned counts[10] = {0};
    dice_init(&d, 8, 5);
    dice_zipf_init(&z, 10);
    for (unsigned i = 0; i < DRAWS; i++)
        counts[dice_zipf(&d, &z, 10)]++;
    for (unsigned k = 0; k < 10; k++)
        assert_in_range(counts[k] * (k + 1), counts[0] * 9 / 10, counts[0] * 11 / 10);
    assert_int_equal(dice_zipf(&d, &z, 1), 0);
    assert_in_range(dice_zipf(&d, &z, 100000), 0, DICE_ZIPF_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dice__next__is_the_same_everywhere),
        cmocka_unit_test(dice__next__is_pcg32),
        cmocka_unit_test(dice__streams__differ),
        cmocka_unit_test(dice__below__stays_below),
        cmocka_unit_test(dice__chance__is_so_many_in_a_million),
        cmocka_unit_test(dice__quantile__lies_between_its_ends),
        cmocka_unit_test(dice__zipf__falls_with_the_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
