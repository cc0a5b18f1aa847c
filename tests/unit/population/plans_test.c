#include "wire/test.h"

#include "population/internal.h"

#define MAX 100U

static void add(struct plans *l, int64_t due_ms, uint32_t who)
{
    const struct plan x = {.due_ms = due_ms, .who = who};
    plans_add(l, &x);
}

static void plans__take__in_order_of_time(void **state)
{
    (void)state;
    struct plans l;
    struct plan x;
    struct dice d;
    int64_t last = 0;
    plans_init(&l, MAX);
    dice_init(&d, 1, 1);
    for (unsigned i = 0; i < MAX; i++)
        add(&l, 1 + dice_below(&d, 50), i);
    for (unsigned i = 0; i < MAX; i++) {
        assert_true(plans_take(&l, 50, &x));
        assert_true(x.due_ms >= last);
        last = x.due_ms;
    }
    assert_false(plans_take(&l, 50, &x));
    plans_clear(&l);
}

/* What is due at once comes in the order in which it was planned. */
static void plans__take__equals_in_order(void **state)
{
    (void)state;
    struct plans l;
    struct plan x;
    plans_init(&l, MAX);
    for (unsigned i = 0; i < MAX; i++)
        add(&l, 5, i);
    for (unsigned i = 0; i < MAX; i++) {
        assert_true(plans_take(&l, 5, &x));
        assert_int_equal(x.who, i);
    }
    plans_clear(&l);
}

static void plans__take__not_before_it_is_due(void **state)
{
    (void)state;
    struct plans l;
    struct plan x = {.who = 99};
    plans_init(&l, MAX);
    add(&l, 10, 1);
    assert_false(plans_take(&l, 9, &x));
    assert_int_equal(x.who, 99);
    assert_true(plans_take(&l, 10, &x));
    assert_int_equal(x.who, 1);
    plans_clear(&l);
}

static void plans__add__drops_what_has_no_room(void **state)
{
    (void)state;
    struct plans l;
    struct plan x;
    plans_init(&l, 2);
    add(&l, 3, 1);
    add(&l, 2, 2);
    add(&l, 1, 3);
    assert_true(plans_take(&l, 9, &x));
    assert_int_equal(x.who, 2);
    assert_true(plans_take(&l, 9, &x));
    assert_int_equal(x.who, 1);
    assert_false(plans_take(&l, 9, &x));
    plans_clear(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans__take__in_order_of_time),
        cmocka_unit_test(plans__take__equals_in_order),
        cmocka_unit_test(plans__take__not_before_it_is_due),
        cmocka_unit_test(plans__add__drops_what_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
