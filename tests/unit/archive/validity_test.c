/* How an agency's warrants stand, by documents and by the public log. */
#include "archive/validity.h"

#include "base/file.h"
#include "shelf.h"

#define SECOND "2021-0002"

/* The shelf's documents, and further policies beside them. */
struct scene {
    struct shelf *s;
    struct library *library;
    char *log_path;
    struct public_log *log;
    struct validities *v;
    struct diag d;
};

static int set_up(void **state)
{
    struct scene *x = mem_new(sizeof *x);
    void *shelf;
    shelf_set_up(&shelf);
    x->s = shelf;
    x->v = mem_new(sizeof *x->v);
    x->log_path = file_join(x->s->folder, "log.db");
    shelf_put_all(x->s);
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *x = *state;
    void *shelf = x->s;
    public_log_close(x->log);
    library_free(x->library);
    free(x->log_path);
    free(x->v);
    free(x);
    return shelf_tear_down(&shelf);
}
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

/* The policy of that serial, naming the fixture's warrants from number `first` on. */
static void put_policy(struct scene *x, uint32_t serial, size_t first, const char *revoked)
{
    struct fixture *f = x->s->f;
    struct fixture_warrant kept[POLICY_WARRANTS_MAX];
    size_t count = f->warrant_count;
    memcpy(kept, f->warrants, sizeof kept);
    memmove(f->warrants, f->warrants + first, (count - first) * sizeof *kept);
    f->warrant_count = count - first;
    struct policy_set *set =
        fixture_policy(f, &(struct fixture_policy_options){.serial = serial, .revoked = revoked});
    memcpy(f->warrants, kept, sizeof kept);
    f->warrant_count = count;
    CLEANUP_FREE char *name = mem_format("policy-%u", serial);
    shelf_put(x->s, name, set->policy->document.note);
    policy_set_free(set);
}

static void put_second(struct scene *x)
{
    struct fixture_warrant *w = fixture_add_warrant(
        x->s->f, &(struct fixture_warrant_options){.id = SECOND, .until_day = FIXTURE_DAY + 30});
    shelf_put(x->s, "second", w->note);
    shelf_put(x->s, "second-epochs", w->epochs_note);
}

static void find(struct scene *x)
{
    library_free(TAKE(x->library));
    const struct age_identity *north = &x->s->f->warrants[0].agencies[0];
    if (library_open(x->s->f->network, x->s->documents, &x->library, &x->d) < 0 ||
        validities_find(x->library, x->log, north, 1, x->v, &x->d) < 0)
        fail_msg("%s", x->d.text);
}

static void log_policy(struct scene *x, uint32_t serial)
{
    const struct fixture_signer *r = &x->s->f->registrar;
    const struct log_signer by = {
        .origin = "registrar." FIXTURE_DOMAIN "/log", .key = r->key, .secret = r->secret};
    const struct document *p = &library_policy(x->library, serial)->policy->document;
    struct log_document entry = {
        .entry = {.kind = DOCUMENT_POLICY}, .note = p->note, .note_len = p->note_len};
    memcpy(entry.entry.hash, p->hash, HASH_BYTES);
    if (x->log == NULL)
        FIXTURE_MUST(public_log_create(x->log_path, NULL) == 0 &&
                     public_log_open(x->log_path, true, &x->log, NULL) == 0);
    FIXTURE_MUST(public_log_append(x->log, &entry, 1, &by, NULL) == 0);
}

static void validities__find__what_the_newest_policy_names(void **state)
{
    struct scene *x = *state;
    find(x);
    assert_true(x->v->policy == 1 && x->v->count == 1 && !x->v->logged);
    const struct validity *v = &x->v->items[0];
    assert_string_equal(v->warrant, FIXTURE_WARRANT);
    assert_true(v->from_day == FIXTURE_DAY - 1 && v->until_day == FIXTURE_DAY + 1);
    assert_true(v->named && !v->revoked);
    assert_memory_equal(v->hash, x->s->f->warrants[0].hash, HASH_BYTES);
}

static void validities__find__what_it_names_no_more_keeps_its_days(void **state)
{
    struct scene *x = *state;
    put_second(x);
    put_policy(x, 2, 1, NULL);
    find(x);
    assert_true(x->v->policy == 2 && x->v->count == 2);
    assert_string_equal(x->v->items[0].warrant, SECOND);
    assert_true(x->v->items[0].named);
    assert_string_equal(x->v->items[1].warrant, FIXTURE_WARRANT);
    assert_true(!x->v->items[1].named && x->v->items[1].until_day == FIXTURE_DAY + 1);
}

static void validities__find__a_revoked_one(void **state)
{
    struct scene *x = *state;
    put_second(x);
    put_policy(x, 2, 1, "revoked warrant " FIXTURE_WARRANT " 2021-06-07T09:00:00.000Z\n");
    find(x);
    assert_true(x->v->items[1].revoked && !x->v->items[1].named);
    assert_false(x->v->items[0].revoked);
}

/* A policy that lies there and was not made public counts as soon as the log has it. */
static void validities__find__goes_by_the_newest_that_is_logged(void **state)
{
    struct scene *x = *state;
    put_second(x);
    put_policy(x, 2, 0, NULL);
    find(x);
    assert_int_equal(x->v->policy, 2);
    log_policy(x, 1);
    find(x);
    assert_true(x->v->policy == 1 && x->v->logged && x->v->count == 1);
    log_policy(x, 2);
    find(x);
    assert_true(x->v->policy == 2 && x->v->logged && x->v->count == 2);
}

static void validities__find__without_a_logged_one_the_newest(void **state)
{
    struct scene *x = *state;
    FIXTURE_MUST(public_log_create(x->log_path, NULL) == 0 &&
                 public_log_open(x->log_path, true, &x->log, NULL) == 0);
    find(x);
    assert_true(x->v->policy == 1 && !x->v->logged && x->v->items[0].named);
}

/* Days that nobody can read are nobody's to grant. */
static void validities__find__a_text_that_is_not_held_is_not_named(void **state)
{
    struct scene *x = *state;
    shelf_remove(x->s, "warrant");
    find(x);
    assert_true(x->v->policy == 1 && x->v->count == 0);
}

static void validities__find__another_agencys_is_left_out(void **state)
{
    struct scene *x = *state;
    struct age_identity other;
    age_identity_generate(&other);
    find(x);
    assert_int_equal(validities_find(x->library, NULL, &other, 1, x->v, &x->d), 0);
    assert_true(x->v->policy == 1 && x->v->count == 0);
}

static void validities__find__without_any_policy(void **state)
{
    struct scene *x = *state;
    shelf_remove(x->s, "policy-1");
    find(x);
    assert_true(x->v->policy == 0 && x->v->count == 0);
}

static void validities__same__tells_each_member(void **state)
{
    struct scene *x = *state;
    CLEANUP_FREE struct validities *other = mem_new(sizeof *other);
    find(x);
    *other = *x->v;
    assert_true(validities_same(x->v, other));
    other->items[0].until_day++;
    assert_false(validities_same(x->v, other));
    *other = *x->v;
    other->items[0].named = false;
    assert_false(validities_same(x->v, other));
    *other = *x->v;
    other->items[0].hash[0] ^= 1;
    assert_false(validities_same(x->v, other));
    *other = *x->v;
    other->policy++;
    assert_false(validities_same(x->v, other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(validities__find__what_the_newest_policy_names),
        SCENE_TEST(validities__find__what_it_names_no_more_keeps_its_days),
        SCENE_TEST(validities__find__a_revoked_one),
        SCENE_TEST(validities__find__goes_by_the_newest_that_is_logged),
        SCENE_TEST(validities__find__without_a_logged_one_the_newest),
        SCENE_TEST(validities__find__a_text_that_is_not_held_is_not_named),
        SCENE_TEST(validities__find__another_agencys_is_left_out),
        SCENE_TEST(validities__find__without_any_policy),
        SCENE_TEST(validities__same__tells_each_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
