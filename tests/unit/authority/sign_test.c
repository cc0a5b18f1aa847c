#include "wire/test.h"

#include "authority/sign.h"

static const char text[] = "ironside test 1\na line\n";

struct scene {
    struct signing_key *keys[3];
    struct note_key verifiers[3];
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    for (size_t i = 0; i < 3; i++) {
        s->keys[i] = secret_new(sizeof *s->keys[i]);
        snprintf(s->keys[i]->name, sizeof s->keys[i]->name, "custodian-%zu", i + 1);
        sign_keypair(s->keys[i]->public, s->keys[i]->secret);
        s->verifiers[i] = keys_verifier(s->keys[i]);
    }
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < 3; i++)
        secret_free(s->keys[i]);
    free(s);
    return 0;
}

static void sign(struct buf *out, const char *what, struct signing_key *const *keys, size_t count)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    buf_put_text(&b, what);
    authority_sign(out, &b, keys, count);
}

static void authority__sign__appends_a_line_of_each_key(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf note = BUF_INIT(8192);
    struct note view;
    size_t signers = 0;
    sign(&note, text, s->keys, 2);
    assert_int_equal(note_parse((const char *)note.data, note.len, 8192, &view), 0);
    assert_int_equal(view.text_len, strlen(text));
    assert_memory_equal(view.text, text, view.text_len);
    assert_int_equal(view.signature_count, 2);
    assert_int_equal(note_verify(&view, &s->verifiers[0]), 0);
    assert_int_equal(note_verify(&view, &s->verifiers[1]), 0);
    assert_int_equal(note_verify(&view, &s->verifiers[2]), ERR_NOT_FOUND);
    assert_int_equal(note_verify_quorum(&view, s->verifiers, 3, &signers), 0);
    assert_int_equal(signers, 2);
}

static void authority__sign__counts_one_key_once(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf note = BUF_INIT(8192);
    struct signing_key *twice[] = {s->keys[0], s->keys[0]};
    struct note view;
    size_t signers = 0;
    sign(&note, text, twice, 2);
    assert_int_equal(note_parse((const char *)note.data, note.len, 8192, &view), 0);
    assert_int_equal(note_verify_quorum(&view, s->verifiers, 3, &signers), 0);
    assert_int_equal(signers, 1);
}

static void authority__sign__signs_this_text_only(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf note = BUF_INIT(8192);
    struct note view;
    sign(&note, text, s->keys, 1);
    CLEANUP_FREE char *changed = replace(buf_text(&note), "a line", "a lime");
    assert_int_equal(note_parse(changed, strlen(changed), 8192, &view), 0);
    assert_int_equal(note_verify(&view, &s->verifiers[0]), ERR_AUTH);
}

static void authority__sign__appends_to_what_is_there(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf alone = BUF_INIT(8192), behind = BUF_INIT(8192);
    sign(&alone, text, s->keys, 3);
    buf_put_text(&behind, "before ");
    sign(&behind, text, s->keys, 3);
    assert_int_equal(behind.len, alone.len + 7); /* Ed25519 signs one text always the same */
    assert_memory_equal(behind.data + 7, alone.data, alone.len);
}

static void authority__sign__without_keys_makes_no_note(void **state)
{
    CLEANUP_BUF struct buf note = BUF_INIT(8192);
    struct note view;
    sign(&note, text, ((struct scene *)*state)->keys, 0);
    assert_int_equal(note_parse((const char *)note.data, note.len, 8192, &view), ERR_FORMAT);
}

static void authority__sign__fails_for_a_text_that_is_none_of_a_note(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf open_end = BUF_INIT(8192), full = BUF_INIT(100);
    sign(&open_end, "no newline", s->keys, 1);
    assert_true(buf_failed(&open_end));
    sign(&full, text, s->keys, 1); /* no room for the signature */
    assert_true(buf_failed(&full));
}

#define SIGN_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIGN_TEST(authority__sign__appends_a_line_of_each_key),
        SIGN_TEST(authority__sign__counts_one_key_once),
        SIGN_TEST(authority__sign__signs_this_text_only),
        SIGN_TEST(authority__sign__appends_to_what_is_there),
        SIGN_TEST(authority__sign__without_keys_makes_no_note),
        SIGN_TEST(authority__sign__fails_for_a_text_that_is_none_of_a_note),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
