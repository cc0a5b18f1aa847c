/* What the page of the policy has of the desks: what they stated, and since when they are silent.
 */
#include "../wire/test.h"

#include "base/calendar.h"
#include "base/file.h"
#include "base/secret.h"
#include "host/disclosure.h"
#include "host/disclosure_use.h"
#include "store/uses.h"
#include "store/values.h"
#include "wire/use.h"

struct scene {
    char dir[48];
    struct fixture *f;
    struct store *store;
};

static void must(int r)
{
    assert_int_equal(r, 0);
}

/* With a warrant, from the day before FIXTURE_DAY on, that names the desk of north and none of
 * south; and another that names none. */
static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    const uint8_t vault[VAULT_KEY_BYTES] = {1};
    const struct vault_key key = {.bytes = vault};
    struct store_policy row = {.serial = 1};
    strcpy(s->dir, "/tmp/ironside-use.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    must(file_remove_tree(s->dir, NULL));
    s->f = fixture_new(NULL);
    fixture_add_warrant(s->f, &(struct fixture_warrant_options){.desk = true});
    fixture_add_warrant(s->f, &(struct fixture_warrant_options){.id = "2019-0001"});
    CLEANUP_FREE char *text = fixture_policy_text(s->f, NULL);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, text);
    hash_sha256(text, strlen(text), row.hash);
    must(store_create(s->dir, &key, NULL));
    must(store_open(s->dir, &key, &s->store, NULL));
    must(store_put_text(s->store, VALUE_ACCOUNT, "anna@" FIXTURE_DOMAIN));
    must(store_put_text(s->store, VALUE_NETWORK, s->f->network_note));
    must(store_put_document(s->store, DOCUMENT_POLICY, row.hash, note));
    must(store_put_policy(s->store, &row));
    for (size_t i = 0; i < s->f->warrant_count; i++) {
        const struct fixture_warrant *w = &s->f->warrants[i];
        must(store_put_document(s->store, DOCUMENT_WARRANT, w->hash, w->note));
    }
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    store_close(s->store);
    must(file_remove_tree(s->dir, NULL));
    fixture_free(s->f);
    free(s);
    return 0;
}

/* The store has this statement of north's desk. */
static void put_use(struct scene *s, uint64_t serial, int64_t day)
{
    const struct use x = {.warrant = FIXTURE_WARRANT,
                          .agency = "north",
                          .serial = serial,
                          .day = day,
                          .counts = {2, 3, 12, 4, 1},
                          .size = 1043,
                          .root = {0xff}};
    struct log_entry e = {.kind = DOCUMENT_USE, .hash = {(uint8_t)serial}};
    CLEANUP_BUF struct buf text = BUF_INIT(4096);
    use_tag(FIXTURE_WARRANT " north", e.tag);
    use_format(&text, FIXTURE_DOMAIN, &x);
    CLEANUP_FREE char *note = fixture_sign(buf_text(&text), &s->f->warrants[0].desk, 1);
    must(store_put_use_logged(s->store, &e));
    must(store_put_use(s->store, e.tag, note));
}

/* "USE SILENT" of the agency number `at` of that warrant, as JSON; the caller's. */
static char *of(struct scene *s, int64_t today, const char *warrant, size_t at)
{
    json_t *page = NULL, *w, *o = NULL;
    size_t i;
    must(disclosure_from_store(s->store, today * CALENDAR_DAY_MS + 5, &page, NULL));
    json_array_foreach(json_object_get(page, "warrants"), i, w)
    {
        if (strcmp(json_string_value(json_object_get(w, "id")), warrant) == 0)
            o = json_array_get(json_object_get(w, "agencies"), at);
    }
    const json_t *use = json_object_get(o, "use"), *silent = json_object_get(o, "silent_since");
    assert_true(use != NULL && silent != NULL);
    CLEANUP_FREE char *a = json_dumps(use, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    CLEANUP_FREE char *b = json_dumps(silent, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(page);
    return mem_format("%s %s", a, b);
}

static void assert_of(struct scene *s, int64_t today, const char *warrant, size_t at,
                      const char *expected)
{
    CLEANUP_FREE char *said = of(s, today, warrant, at);
    assert_string_equal(said, expected);
}

static void disclosure_use__add__nothing_stated(void **state)
{
    struct scene *s = *state;
    int64_t first = FIXTURE_DAY - 1;
    assert_of(s, first, FIXTURE_WARRANT, 0, "null null");
    assert_of(s, first + 1, FIXTURE_WARRANT, 0, "null null");
    assert_of(s, first + 2, FIXTURE_WARRANT, 0, "null \"2021-06-06\"");
    assert_of(s, first - 9, FIXTURE_WARRANT, 0, "null null");
    assert_of(s, first + 9, FIXTURE_WARRANT, 1, "null null"); /* names no desk */
    assert_of(s, first + 9, "2019-0001", 0, "null null");
}

#define STATED(day, left, serial)                                                                  \
    "{\"access\":{\"root\":\"ff00000000000000000000000000000000000000000000000000000000000000\","  \
    "\"size\":1043},\"day\":\"" day "\",\"exported\":4,\"left_out\":" left ",\"opened\":12,"       \
    "\"passed\":1,\"searches\":3,\"serial\":" serial ",\"users\":2} "

static void disclosure_use__add__the_newest(void **state)
{
    struct scene *s = *state;
    put_use(s, 1, FIXTURE_DAY);
    assert_of(s, FIXTURE_DAY + 1, FIXTURE_WARRANT, 0, STATED("2021-06-07", "1", "1") "null");
    assert_of(s, FIXTURE_DAY + 2, FIXTURE_WARRANT, 0, STATED("2021-06-07", "1", "1") "null");
    assert_of(s, FIXTURE_DAY + 3, FIXTURE_WARRANT, 0,
              STATED("2021-06-07", "1", "1") "\"2021-06-07\"");
    assert_of(s, FIXTURE_DAY + 3, FIXTURE_WARRANT, 1, "null null");
    put_use(s, 2, FIXTURE_DAY + 1);
    assert_of(s, FIXTURE_DAY + 3, FIXTURE_WARRANT, 0, STATED("2021-06-08", "1", "2") "null");
}

/* One that has not come yet, and one in the store that the desk has not signed. */
static void disclosure_use__add__what_is_not_good(void **state)
{
    struct scene *s = *state;
    struct log_entry e = {.kind = DOCUMENT_USE, .hash = {1}};
    use_tag(FIXTURE_WARRANT " north", e.tag);
    must(store_put_use_logged(s->store, &e));
    assert_of(s, FIXTURE_DAY, FIXTURE_WARRANT, 0, "null null");
    must(store_put_use(s->store, e.tag, "ironside use 1\n"));
    assert_of(s, FIXTURE_DAY, FIXTURE_WARRANT, 0, "null null");
}

static void store_uses__row__of_a_desk(void **state)
{
    struct scene *s = *state;
    struct log_entry e = {.kind = DOCUMENT_USE, .hash = {1}, .tag = {7}};
    const uint8_t other[LOG_TAG_BYTES] = {8};
    struct store_use x = {.note = NULL};
    bool waits = true;
    must(store_uses_wait(s->store, &waits));
    assert_false(waits);
    assert_int_equal(store_use(s->store, e.tag, &x), ERR_NOT_FOUND);
    must(store_put_use_logged(s->store, &e));
    must(store_use(s->store, e.tag, &x));
    assert_false(x.held);
    assert_null(x.note);
    must(store_put_use(s->store, e.tag, "one"));
    must(store_uses_wait(s->store, &waits));
    assert_false(waits);
    e.hash[0] = 2;
    must(store_put_use_logged(s->store, &e)); /* the one that is held stays until it has come */
    must(store_use(s->store, e.tag, &x));
    assert_false(x.held);
    assert_int_equal(x.logged[0], 2);
    assert_string_equal(x.note, "one");
    store_use_clear(&x);
    must(store_uses_wait(s->store, &waits));
    assert_true(waits);
    assert_int_equal(store_use(s->store, other, &x), ERR_NOT_FOUND);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(disclosure_use__add__nothing_stated),
        SCENE_TEST(disclosure_use__add__the_newest),
        SCENE_TEST(disclosure_use__add__what_is_not_good),
        SCENE_TEST(store_uses__row__of_a_desk),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
