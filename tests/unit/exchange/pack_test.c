/* A package of a journal proves itself, and holds what was chosen. */
#include "base/file.h"
#include "base/secret.h"
#include "packing.h"

static void pack__make__proves_itself(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    packing_fill(s);
    packing_begin(&m, s);
    if (packing_make(&m, packing_of_all_kinds, 4) != 0 ||
        packing_verify(&m, m.file, s->f->network_note, &v) != 0)
        fail_msg("%s", m.d.text);
    assert_int_equal(m.shown, 2);
    assert_int_equal(v.records, 2);
    const struct package_bot *b = &v.package->bots[0];
    assert_int_equal(b->size, 10);
    assert_int_equal(b->counts[PACKAGE_SHOWN], 2);
    assert_int_equal(b->counts[PACKAGE_PRIVILEGED], 1);
    assert_int_equal(b->counts[PACKAGE_REDACTED], 1);
    assert_int_equal(b->counts[PACKAGE_OUT_OF_SCOPE], 2); /* the rest are two batches, two rounds */
    assert_string_equal(v.package->scope, "from:anna");
    packing_unpack(&m);
    if (packing_verify_folder(&m) != 0)
        fail_msg("%s", m.d.text);
}

/* What the archive cannot prove is counted and not shown, and spoils nothing else. */
static void pack__make__withholds_what_it_cannot_prove(void **state)
{
    struct shelf *s = *state;
    static const struct pack_choice all[] = {
        {0, PACKAGE_SHOWN}, {1, PACKAGE_SHOWN}, {2, PACKAGE_SHOWN}};
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    shelf_put_all(s);
    shelf_commit(s, &(struct shelf_wrong){.message = packing_change_seal}); /* its last */
    packing_checkpoint(s);
    packing_begin(&m, s);
    if (packing_make(&m, all, 3) != 0 || packing_verify(&m, m.file, NULL, &v) != 0)
        fail_msg("%s", m.d.text);
    assert_int_equal(v.records, 2);
    assert_int_equal(v.package->bots[0].counts[PACKAGE_UNVERIFIED], 1);
}

static void pack__make__refuses_what_is_no_record(void **state)
{
    struct shelf *s = *state;
    static const struct {
        struct pack_choice choices[2];
        int code;
        const char *says;
    } cases[] = {
        {{{3, PACKAGE_SHOWN}, {5, PACKAGE_SHOWN}}, ERR_NOT_FOUND, "leaf 3 of"},
        {{{0, PACKAGE_SHOWN}, {4, PACKAGE_SHOWN}}, ERR_NOT_FOUND, "leaf 4 of"},
        {{{1, PACKAGE_SHOWN}, {1, PACKAGE_SHOWN}}, ERR_FORMAT, "not in order"},
        {{{0, PACKAGE_SHOWN}, {10, PACKAGE_SHOWN}}, ERR_AGAIN, "leaf 10 of"},
    };
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    shelf_commit(s, NULL); /* under no checkpoint */
    packing_begin(&m, s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(packing_make(&m, cases[i].choices, 2), cases[i].code);
        assert_says(m.d.text, cases[i].says);
        assert_false(file_exists(m.file));
    }
    assert_int_equal(packing_make(&m, NULL, 0), ERR_NOT_FOUND);
    assert_says(m.d.text, "nothing is selected");
}

/* Who wants a stamp gets none of what is not one. */
static void pack__make__makes_nothing_without_the_stamp(void **state)
{
    struct shelf *s = *state;
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){.no_purpose = true});
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    packing_begin(&m, s);
    m.authority = a;
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), ERR_AUTH);
    assert_says(m.d.text, "package.tsr: ");
    assert_false(file_exists(m.file));
    m.asking = ERR_IO;
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), ERR_IO);
    assert_false(file_exists(m.file));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SHELF_TEST(pack__make__proves_itself),
        SHELF_TEST(pack__make__withholds_what_it_cannot_prove),
        SHELF_TEST(pack__make__refuses_what_is_no_record),
        SHELF_TEST(pack__make__makes_nothing_without_the_stamp),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
