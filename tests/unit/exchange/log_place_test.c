/* Places in the public log: each line has one form, and only what is in the tree leads to its root.
 */
#include "exchange/log_place.h"

#include <string.h>

#include "../wire/test.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void log_place__get__takes_one_form(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"0 " A " " B, true},
        {"4294967295 " A " " B " " A " " B, true},
        {"", false},
        {" " A " " B, false},
        {"0 " A, false},
        {"0 " A " " B " ", false},
        {"0  " A " " B, false},
        {"0 " A " " B " x" A, false},
        {"0 " A " " B " " A "0", false},
        {"00 " A " " B, false},
        {"4294967296 " A " " B, false},
        {"-1 " A " " B, false},
        {"0000000000000000000000000000 " A " " B, false},
    };
    struct proof_logged p;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP_BUF struct buf again = BUF_INIT(1024);
        int r = log_place_get(cases[i].text, strlen(cases[i].text), &p);
        if (r != (cases[i].good ? 0 : ERR_FORMAT))
            fail_msg("'%s': %d", cases[i].text, r);
        if (r < 0)
            continue;
        log_place_put(&again, &p);
        buf_put_u8(&again, '\0');
        assert_int_equal(again.len, strlen(cases[i].text) + 2);
        assert_memory_equal(again.data, cases[i].text, strlen(cases[i].text));
    }
}

static void log_place__leads__only_from_its_own_leaf(void **state)
{
    struct proof_logged p = {.entry = {.kind = DOCUMENT_CERTIFICATE}};
    struct checkpoint c = {.size = 1};
    (void)state;
    log_leaf(&p.entry, c.root);
    assert_true(log_place_leads(&p, &c));
    p.entry.tag[0] ^= 1;
    assert_false(log_place_leads(&p, &c));
    p.entry.tag[0] ^= 1;
    p.index = 1;
    assert_false(log_place_leads(&p, &c));
    p.index = 0;
    c.size = 0; /* no checkpoint has come */
    assert_false(log_place_leads(&p, &c));
}

static int stop(void *context, const uint8_t certificate[static HASH_BYTES])
{
    *(uint8_t *)context = certificate[0];
    return 1;
}

static void log_places__found__each_once(void **state)
{
    CLEANUP(log_places_free_cleanup) struct log_places *s = log_places_new();
    const uint8_t one[HASH_BYTES] = {1}, two[HASH_BYTES] = {2};
    uint8_t first = 0;
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(log_places_note(s, one), 0);
        assert_int_equal(log_places_count(s), 1);
    }
    assert_int_equal(log_places_found(s, two), ERR_NOT_FOUND);
    assert_int_equal(log_places_note(s, two), 0);
    assert_int_equal(log_places_found(s, two), 0);
    assert_int_equal(log_places_found(s, two), ERR_EXISTS);
    assert_int_equal(log_places_each(s, stop, &first), 1);
    assert_int_equal(first, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_place__get__takes_one_form),
        cmocka_unit_test(log_place__leads__only_from_its_own_leaf),
        cmocka_unit_test(log_places__found__each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
