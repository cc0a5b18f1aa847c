/* Names, sets of ids, columns: each against the plainest thing that does the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "desk/columns.h"
#include "desk/idset.h"
#include "desk/names.h"

static void names__number__each_value_once(void **state)
{
    (void)state;
    struct names n = {0};
    char value[32];
    assert_int_equal(names_find(&n, "a", 1), 0);
    assert_string_equal(names_text(&n, 0), "");
    for (unsigned i = 1; i <= 5000; i++) {
        snprintf(value, sizeof value, "value %u", i);
        assert_int_equal(names_add(&n, value, strlen(value)), i);
    }
    for (unsigned i = 1; i <= 5000; i++) {
        snprintf(value, sizeof value, "value %u", i);
        assert_int_equal(names_add(&n, value, strlen(value)), i);
        assert_int_equal(names_find(&n, value, strlen(value)), i);
        assert_string_equal(names_text(&n, i), value);
    }
    assert_int_equal(names_find(&n, "value 5001", 10), 0);
    assert_int_equal(names_add(&n, "", 0), 5001);
    assert_int_equal(names_find(&n, NULL, 0), 5001);
    assert_int_equal(names_of(&n, 5001).len, 0);
    assert_int_equal(names_of(&n, 5002).len, 0);
    names_clear(&n);
}

static void names__bytes__with_zeros_and_long(void **state)
{
    (void)state;
    struct names n = {0};
    char *big = calloc(1, 200000);
    assert_int_equal(names_add(&n, "a\0b", 3), 1);
    assert_int_equal(names_add(&n, "a\0c", 3), 2);
    assert_int_equal(names_add(&n, "a", 1), 3);
    assert_int_equal(names_add(&n, big, 200000), 4);
    assert_int_equal(names_of(&n, 4).len, 200000);
    assert_int_equal(names_find(&n, big, 199999), 0);
    const uint32_t numbers[] = {7, 8}; /* such are read where they lie */
    uint32_t at = names_add(&n, numbers, sizeof numbers);
    assert_int_equal((uintptr_t)names_of(&n, at).bytes % sizeof(uint32_t), 0);
    free(big);
    names_clear(&n);
}

#define IDS 1000

static void idset__agrees_with_an_array(void **state)
{
    (void)state;
    struct idset s = {0};
    bool there[IDS] = {false};
    uint64_t count = 0;
    assert_int_equal(idset_below(&s, 100), 0);
    assert_int_equal(idset_above(&s, 0), 0);
    assert_false(idset_has(&s, -1));
    for (uint64_t i = 0; i < 3000; i++) {
        uint64_t r = names_mix(i + 1);
        int64_t id = (int64_t)(r % (IDS - 1)) + 1;
        bool on = r >> 60 < 7;
        count += (uint64_t)(on && !there[id]) - (uint64_t)(!on && there[id]);
        there[id] = on;
        if (on)
            idset_add(&s, id);
        else
            idset_remove(&s, id);
        assert_int_equal(s.count, count);
    }
    for (int64_t id = 0; id < IDS; id++) {
        int64_t below = id, above = id;
        assert_int_equal(idset_has(&s, id), there[id]);
        while (--below > 0 && !there[below])
            ;
        while (++above < IDS && !there[above])
            ;
        assert_int_equal(idset_below(&s, id), below > 0 ? below : 0);
        assert_int_equal(idset_above(&s, id), above < IDS ? above : 0);
    }
    assert_int_equal(idset_below(&s, INT64_MAX / 2), idset_below(&s, IDS));
    idset_add(&s, 0);
    idset_add(&s, -5);
    assert_int_equal(s.count, count);
    idset_clear(&s);
}

static void columns__narrow__to_the_times(void **state)
{
    (void)state;
    struct columns c = {0};
    uint32_t times[20000];
    for (uint32_t i = 0; i < 20000; i++) { /* mostly rising; some late, some not there */
        struct column_row row = {.sender = i % 7, .at = i * 10, .flags = COLUMN_THERE};
        if (i % 1000 == 999)
            row.at -= 3000;
        if (i % 500 == 13)
            row = (struct column_row){0};
        times[i] = row.at;
        columns_put(&c, &row);
    }
    for (uint64_t k = 1; k < 300; k++) {
        int64_t from = (int64_t)(names_mix(k) % 220000),
                to = from + (int64_t)(names_mix(k + 999) % 30000);
        int64_t first = 1 + (int64_t)(names_mix(k + 5) % 9000),
                last = 20000 - (int64_t)(names_mix(k + 6) % 9000);
        int64_t low = first, high = last;
        while (low <= high && !(times[low - 1] >= from && times[low - 1] < to))
            low++;
        while (low <= high && !(times[high - 1] >= from && times[high - 1] < to))
            high--;
        bool any = columns_narrow(&c, from, to, &first, &last);
        assert_int_equal(any, low <= high);
        if (any) {
            assert_int_equal(first, low);
            assert_int_equal(last, high);
        }
    }
    columns_clear(&c);
}

static void columns__chain__of_each_sender(void **state)
{
    (void)state;
    struct columns c = {0};
    const uint32_t senders[] = {3, 1, 3, 900, 3, 1};
    for (size_t i = 0; i < 6; i++)
        columns_put(&c, &(struct column_row){.sender = senders[i], .flags = COLUMN_THERE});
    assert_int_equal(columns_last_of(&c, 3), 5);
    assert_int_equal(c.before[4], 3);
    assert_int_equal(c.before[2], 1);
    assert_int_equal(c.before[0], 0);
    assert_int_equal(columns_last_of(&c, 900), 4);
    assert_int_equal(columns_last_of(&c, 2), 0);
    assert_int_equal(columns_last_of(&c, 100000), 0);
    columns_clear(&c);
}

static void columns__letters_and_seconds(void **state)
{
    (void)state;
    char two[3];
    columns_letters_text(columns_letters("NL"), two);
    assert_string_equal(two, "NL");
    columns_letters_text(columns_letters(""), two);
    assert_string_equal(two, "");
    assert_int_equal(columns_letters("N"), 0);
    assert_int_equal(columns_seconds(-1), 0);
    assert_int_equal(columns_seconds(1999), 1);
    assert_int_equal(columns_seconds(INT64_MAX), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names__number__each_value_once),
        cmocka_unit_test(names__bytes__with_zeros_and_long),
        cmocka_unit_test(idset__agrees_with_an_array),
        cmocka_unit_test(columns__narrow__to_the_times),
        cmocka_unit_test(columns__chain__of_each_sender),
        cmocka_unit_test(columns__letters_and_seconds),
    };
    return cmocka_run_group_tests_name("sets", tests, NULL, NULL);
}
