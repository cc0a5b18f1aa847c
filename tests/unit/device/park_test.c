/* Stanzas that wait for a document: in order, and where there is no room the last ones of whoever
 * has the most go. */
#include "world.h"

#include <string.h>

#include "base/memory.h"

/* Under policy 6, which bert does not know and can't have: what anna said before comes late. */
static void park__keeps_order__behind_one_that_waits(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    party_send(cara(w), bert(w)->account, "c0", "Hello, too.");
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "Known.");
    CLEANUP_FREE char *known = mem_string(w->tapped);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    world_announce(w, anna(w));
    party_wait(anna(w));
    party_send(anna(w), bert(w)->account, "m2", "New.");
    w->registrar_down = true;
    party_take(bert(w), w->tapped);
    party_take(bert(w), known);
    w->tap = NULL;
    party_send(cara(w), bert(w)->account, "c1", "Goes past.");
    assert_int_equal(bert(w)->shown_count, 3);
    assert_string_equal(bert(w)->shown[2], "Goes past.");
    assert_int_equal(device_parked(bert(w)->device), 2);
    w->registrar_down = false;
    party_wait(bert(w));
    party_wait(bert(w));
    assert_int_equal(bert(w)->shown_count, 5);
    assert_string_equal(bert(w)->shown[3], "New.");
    assert_string_equal(bert(w)->shown[4], "Known.");
    assert_int_equal(device_parked(bert(w)->device), 0);
}

static void park_line(struct store *s, const char *account, int number, int want)
{
    uint8_t mark[HASH_BYTES] = {0};
    char line[32];
    snprintf(line, sizeof line, "<m n='%d'/>", number);
    memcpy(mark, &number, sizeof number);
    struct store_parked p = {.account = account, .mark = mark, .stanza = line, .len = strlen(line)};
    assert_int_equal(store_park(s, &p), want);
}

/* One transaction: each line alone would wait for the disk. */
static int park_many(void *context, struct diag *d)
{
    struct store *s = context;
    (void)d;
    park_line(s, "anna@chat.example", 1, 0);
    for (int i = 0; i < STORE_PARKED_MAX - 1; i++)
        park_line(s, "mallory@chat.example", i, 0);
    park_line(s, "mallory@chat.example", -1, ERR_LIMIT);
    park_line(s, "mallory@chat.example", 0, 0); /* that is there */
    park_line(s, "anna@chat.example", 2, 0);
    park_line(s, "cara@chat.example", 1, 0);
    return 0;
}

static void park__pushes_out__last_of_who_has_most(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct store *s = bert(w)->store;
    struct diag d;
    assert_int_equal(store_transaction(s, park_many, s, &d), 0);
    assert_int_equal(device_parked(bert(w)->device), STORE_PARKED_MAX);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked WHERE account LIKE 'a%'"),
                     2);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked WHERE account LIKE 'c%'"),
                     1);
    bool there;
    uint8_t mark[HASH_BYTES] = {0};
    assert_int_equal(store_is_parked(s, "mallory@chat.example", mark, &there), 0);
    assert_true(there); /* the first one is; the last ones went */
}

static void park__has_room__for_so_many_bytes(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct store *s = bert(w)->store;
    size_t len = STORE_PARKED_BYTES_MAX / 64;
    CLEANUP_FREE char *text = mem_new(len);
    struct store_parked p = {.account = "mallory@chat.example", .stanza = text, .len = len};
    struct store_parked other = {.account = "cara@chat.example", .stanza = text, .len = len};
    for (int i = 0; i < 64; i++)
        assert_int_equal(store_park(s, &p), 0);
    assert_int_equal(store_park(s, &p), ERR_LIMIT);
    assert_int_equal(store_park(s, &other), 0);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked WHERE account LIKE 'm%'"),
                     63);
}

static int pages_read(const struct store *s)
{
    int hits = 0, misses = 0, highest;
    sqlite3 *db = store_database((struct store *)s);
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &highest, 0);
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, 0);
    return hits + misses;
}

struct listed {
    int64_t last;
    size_t count;
};

static int note_row(void *context, int64_t number, const char *account)
{
    struct listed *l = context;
    assert_true(number > l->last);
    assert_string_equal(account, l->count % 2 == 0 ? "mallory@chat.example" : "cara@chat.example");
    l->last = number;
    l->count++;
    return 0;
}

/* What waits behind one that waits is not read to find that out. */
static void park__lists__without_the_stanzas(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct store *s = bert(w)->store;
    struct listed l = {0};
    size_t len = 100000, read = 0;
    CLEANUP_FREE char *text = mem_new(len), *stanza = NULL;
    struct store_parked p = {.account = "mallory@chat.example", .stanza = text, .len = len};
    struct store_parked other = {.account = "cara@chat.example", .stanza = text, .len = len};
    for (int i = 0; i < 20; i++)
        assert_int_equal(store_park(s, i % 2 == 0 ? &p : &other), 0);
    int before = pages_read(s);
    assert_int_equal(store_list_parked(s, note_row, &l), 0);
    assert_int_equal(l.count, 20);
    assert_in_range(pages_read(s) - before, 1, 19);
    assert_int_equal(store_parked_stanza(s, l.last, &stanza, &read), 0);
    assert_int_equal(read, len);
    assert_memory_equal(stanza, text, len);
    assert_int_equal(store_parked_stanza(s, l.last + 1, &stanza, &read), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(park__keeps_order__behind_one_that_waits),
        cmocka_unit_test(park__pushes_out__last_of_who_has_most),
        cmocka_unit_test(park__has_room__for_so_many_bytes),
        cmocka_unit_test(park__lists__without_the_stanzas),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
