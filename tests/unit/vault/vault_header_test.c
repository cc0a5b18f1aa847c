/* The header: what damages it, and changing the key in it. */
#include "support.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/vault_header.h"
#include "vault/vault_page.h"

#define SLOT_0 1024U
#define SLOT_1 2048U

static int open_with(const struct scene *s, const struct vault_key *k, struct diag *d)
{
    sqlite3 *db = NULL;
    int r = vault_open(s->path, KIND, k, &db, d);
    vault_close(db);
    return r;
}

static void assert_empty(const struct scene *s, size_t at, bool empty)
{
    struct buf b;
    read_whole(s->path, &b);
    assert_int_equal(sodium_is_zero(b.data + at, VAULT_SLOT_BYTES), empty);
    buf_clear(&b);
}

/* Puts bytes into a slot and makes its hash right again, as anybody can. */
static void forge(const struct scene *s, size_t slot, size_t at, const void *data, size_t len)
{
    struct buf b;
    crypto_generichash_state state;
    read_whole(s->path, &b);
    memcpy(b.data + slot + at, data, len);
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b.data, 36);
    crypto_generichash_update(&state, b.data + slot, 480);
    crypto_generichash_final(&state, b.data + slot + 480, 32);
    write_whole(s->path, b.data, b.len);
    buf_clear(&b);
}

/* All but slot 1, which is empty and is put right when the vault is opened. */
static void vault_header__open__refuses_every_flipped_byte(void **state)
{
    struct scene *s = *state;
    struct diag d;
    vault_close(make(s));
    for (size_t at = 0; at < VAULT_HEADER_BYTES; at++) {
        if (at >= SLOT_1 && at < SLOT_1 + VAULT_SLOT_BYTES)
            continue;
        flip(s->path, at);
        int r = try_open(s, &d);
        if (r != ERR_FORMAT)
            fail_msg("byte %zu flipped: %d %s", at, r, d.text);
        if (at >= 20)
            assert_non_null(strstr(d.text, "is damaged"));
        flip(s->path, at);
    }
    assert_int_equal(try_open(s, &d), 0);
    flip(s->path, SLOT_1 + 5);
    assert_int_equal(try_open(s, &d), 0);
    assert_empty(s, SLOT_1, true);
}

static void vault_header__open__takes_no_forged_terms(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct vault_key k = {.passphrase = "a b c", .costs = VAULT_COSTS_MINIMAL};
    assert_int_equal(vault_create(s->path, KIND, &k, &d), 0);
    /* Argon2 over all memory, or for hours. */
    forge(s, SLOT_0, 16, "\xff\xff\xff\xff", 4);
    assert_int_equal(open_with(s, &k, &d), ERR_FORMAT);
    forge(s, SLOT_0, 16, "\0\0\0\x08", 4);
    forge(s, SLOT_0, 12, "\xff\xff\xff\xff", 4);
    assert_int_equal(open_with(s, &k, &d), ERR_FORMAT);
    forge(s, SLOT_0, 12, "\0\0\0\1", 4);
    assert_int_equal(open_with(s, &k, &d), 0);
    forge(s, SLOT_0, 7, "\2", 1); /* the generation is bound to the sealing */
    assert_int_equal(open_with(s, &k, &d), ERR_KEY);
    forge(s, SLOT_0, 7, "\1", 1);
    forge(s, SLOT_0, 11, "\3", 1); /* opened by what there is not */
    assert_int_equal(open_with(s, &k, &d), ERR_FORMAT);
}

/* The kind is bound too, not only hashed: a store can't be passed off as another one. */
static void vault_header__open__binds_the_kind(void **state)
{
    struct scene *s = *state;
    struct diag d;
    sqlite3 *db = NULL;
    vault_close(make(s));
    struct buf b;
    read_whole(s->path, &b);
    memcpy(b.data + 20, "registrar\0\0\0\0\0\0", 16);
    write_whole(s->path, b.data, b.len);
    buf_clear(&b);
    forge(s, SLOT_0, 0, "", 0);
    assert_int_equal(vault_open(s->path, "registrar", &key, &db, &d), ERR_KEY);
}

static void vault_header__open__tells_a_cut_file(void **state)
{
    struct scene *s = *state;
    struct diag d;
    vault_close(make(s));
    static const off_t lengths[] = {8191, 4097, 4096, 4095, 1, 0};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(truncate(s->path, lengths[i]), 0);
        assert_int_equal(try_open(s, &d), ERR_FORMAT);
        assert_non_null(strstr(d.text, "is too short"));
    }
}

static void vault_header__change_key__leaves_the_new_one_only(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct vault_key phrase = {.passphrase = "some words", .costs = VAULT_COSTS_MINIMAL};
    const struct vault_key *const keys[] = {&key, &phrase, &other_key, &key};
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(a); INSERT INTO t VALUES(5)");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(vault_change_key(db, keys[i], &d), 0);
        run(db, "UPDATE t SET a = a + 1"); /* the handle goes on */
        vault_close(db);
        assert_int_equal(open_with(s, keys[(i + 1) % 3], &d), ERR_KEY);
        assert_int_equal(vault_open(s->path, KIND, keys[i], &db, &d), 0);
        assert_int_equal(number(db, "SELECT a FROM t"), 6 + (int64_t)i);
        assert_empty(s, i % 2 == 0 ? SLOT_0 : SLOT_1, true);
        assert_empty(s, i % 2 == 0 ? SLOT_1 : SLOT_0, false);
    }
    vault_close(db);
}

static void vault_header__change_key__keeps_the_old_one_if_refused(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct vault_key empty = {.passphrase = ""}, costly = {.passphrase = "x", .costs = {99, 8}};
    sqlite3 *db = make(s);
    assert_int_equal(vault_change_key(db, &empty, &d), ERR_KEY);
    assert_int_equal(vault_change_key(db, &costly, &d), ERR_KEY);
    vault_close(db);
    assert_int_equal(try_open(s, &d), 0);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(vault_change_key(db, &key, &d), ERR_INVALID_STATE);
    assert_int_equal(vault_fault(db, &d), 0);
    sqlite3_close(db);
}

/* A crash between the two writes leaves both slots filled: the new one counts, and the old one
 * goes at the next opening. */
static void vault_header__change_key__is_finished_after_a_crash(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct buf before, after;
    sqlite3 *db = make(s);
    read_whole(s->path, &before);
    assert_int_equal(vault_change_key(db, &other_key, &d), 0);
    vault_close(db);
    read_whole(s->path, &after);
    memcpy(after.data + SLOT_0, before.data + SLOT_0, VAULT_SLOT_BYTES);
    write_whole(s->path, after.data, after.len);
    assert_int_equal(open_with(s, &key, &d), ERR_KEY);
    assert_empty(s, SLOT_0, false);
    assert_int_equal(open_with(s, &other_key, &d), 0);
    assert_empty(s, SLOT_0, true);
    buf_clear(&before);
    buf_clear(&after);
}

static void vault_key__file__is_private_and_of_its_size(void **state)
{
    struct scene *s = *state;
    struct diag d;
    uint8_t read[VAULT_KEY_BYTES] = {0}, again[VAULT_KEY_BYTES];
    assert_int_equal(vault_key_file_read(s->path, read, &d), ERR_NOT_FOUND);
    assert_int_equal(vault_key_file_create(s->path, &d), 0);
    assert_int_equal(vault_key_file_create(s->path, &d), ERR_EXISTS);
    assert_int_equal(vault_key_file_read(s->path, read, &d), 0);
    assert_false(sodium_is_zero(read, sizeof read));
    memcpy(again, read, sizeof again);

    assert_int_equal(chmod(s->path, 0640), 0);
    assert_int_equal(vault_key_file_read(s->path, again, &d), ERR_KEY);
    assert_non_null(strstr(d.text, "chmod 600"));
    assert_int_equal(chmod(s->path, 0600), 0);
    assert_int_equal(truncate(s->path, 31), 0);
    assert_int_equal(vault_key_file_read(s->path, again, &d), ERR_KEY);
    assert_int_equal(truncate(s->path, 33), 0);
    assert_int_equal(vault_key_file_read(s->path, again, &d), ERR_KEY);
    assert_int_equal(vault_key_file_read(s->folder, again, &d), ERR_KEY);
    assert_memory_equal(again, read, sizeof again); /* untouched on failure */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(vault_header__open__refuses_every_flipped_byte),
        SCENE_TEST(vault_header__open__takes_no_forged_terms),
        SCENE_TEST(vault_header__open__binds_the_kind),
        SCENE_TEST(vault_header__open__tells_a_cut_file),
        SCENE_TEST(vault_header__change_key__leaves_the_new_one_only),
        SCENE_TEST(vault_header__change_key__keeps_the_old_one_if_refused),
        SCENE_TEST(vault_header__change_key__is_finished_after_a_crash),
        SCENE_TEST(vault_key__file__is_private_and_of_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
