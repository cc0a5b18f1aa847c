/* What bots hand in: from whom it is taken, what of it, and how often. */
#include "office.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "public_log/store.h"
#include "wire/destruction.h"
#include "wire/statement.h"

#define OTHER_BOT "jbot." WORLD_DOMAIN

/* A note of that text, signed by `key` under its name. */
static char *sign(const char *text, const struct signing_key *key)
{
    struct buf note = BUF_INIT(65536);
    struct note_key k = keys_verifier(key);
    note_sign(&note, text, strlen(text), &k, key->secret);
    return buf_take_text(&note);
}

static char *statement_text(const char *bot, int64_t day, uint64_t count)
{
    const struct statement_warrant archived = {"W-1", count};
    const struct statement s = {.bot = bot,
                                .day = day,
                                .archived = &archived,
                                .archived_count = count > 0,
                                .size = 7,
                                .root = {3}};
    struct buf b = BUF_INIT(65536);
    statement_format(&b, WORLD_DOMAIN, &s);
    return buf_take_text(&b);
}

static char *destruction_text(const char *bot, const char *warrant, int64_t first, size_t count)
{
    struct destroyed_key keys[16];
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct destroyed_key){.warrant = warrant, .day = first + (int64_t)i};
    const struct destruction x = {.bot = bot, .at_unix_ms = 5, .keys = keys, .count = count};
    struct buf b = BUF_INIT(65536);
    destruction_format(&b, WORLD_DOMAIN, &x);
    return buf_take_text(&b);
}

static int submit(struct office *o, const char *from, enum document_kind kind, const char *note,
                  uint8_t ret_hash[static HASH_BYTES], struct diag *d)
{
    const struct registry_query q = {
        .what = REGISTRY_SUBMIT, .kind = kind, .request = note, .request_len = strlen(note)};
    return registrar_submit(o->registrar, from, &q, ret_hash, d);
}

static int submit_statement(struct office *o, int64_t day, uint64_t count)
{
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *text = statement_text(WORLD_BOT, day, count);
    CLEANUP_FREE char *note = sign(text, o->world.bot);
    return submit(o, WORLD_BOT, DOCUMENT_STATEMENT, note, hash, NULL);
}

static int submit_destruction(struct office *o, const char *warrant, int64_t first, size_t count)
{
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *text = destruction_text(WORLD_BOT, warrant, first, count);
    CLEANUP_FREE char *note = sign(text, o->world.bot);
    return submit(o, WORLD_BOT, DOCUMENT_DESTRUCTION, note, hash, NULL);
}

static uint64_t logged(struct office *o)
{
    static struct log_page p;
    assert_int_equal(registrar_log_page(o->registrar, 0, &p, NULL), 0);
    return p.size;
}

static void registrar__submit__stored_and_logged_once(void **state)
{
    struct office *o = *state;
    uint8_t first[HASH_BYTES], again[HASH_BYTES], expected[HASH_BYTES];
    struct diag d;
    uint64_t before = logged(o);
    CLEANUP_FREE char *text = statement_text(WORLD_BOT, 18785, 5);
    CLEANUP_FREE char *note = sign(text, o->world.bot);
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, note, first, &d), 0);
    hash_sha256(text, strlen(text), expected);
    assert_memory_equal(first, expected, HASH_BYTES);
    assert_int_equal(logged(o), before + 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, note, again, &d), 0);
        assert_memory_equal(again, first, HASH_BYTES);
        office_restart(o);
        assert_int_equal(logged(o), before + 1);
    }
    assert_int_equal(submit_statement(o, 18786, 0), 0);
    assert_int_equal(logged(o), before + 2);
}

static void registrar__submit__another_of_the_same_day(void **state)
{
    struct office *o = *state;
    assert_int_equal(submit_statement(o, 18785, 5), 0);
    uint64_t before = logged(o);
    assert_int_equal(submit_statement(o, 18785, 6), ERR_EXISTS);
    assert_int_equal(submit_statement(o, 18785, 5), 0);
    assert_int_equal(submit_statement(o, 18784, 6), 0);
    assert_int_equal(logged(o), before + 1);
}

static void registrar__submit__from_others(void **state)
{
    struct office *o = *state;
    static const char *const others[] = {
        OTHER_BOT,      "anna@" WORLD_DOMAIN,      "anna@" WORLD_DOMAIN "/device",
        WORLD_BOT "/x", "registrar." WORLD_DOMAIN, ""};
    uint8_t hash[HASH_BYTES];
    uint64_t before = logged(o);
    CLEANUP_FREE char *text = statement_text(WORLD_BOT, 18785, 5);
    CLEANUP_FREE char *note = sign(text, o->world.bot);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct diag d = {""};
        assert_int_equal(submit(o, others[i], DOCUMENT_STATEMENT, note, hash, &d), ERR_AUTH);
        assert_non_null(strstr(d.text, "not a bot of the policy"));
    }
    /* The bot itself, for another one. */
    CLEANUP_FREE char *other = statement_text(OTHER_BOT, 18785, 5);
    CLEANUP_FREE char *for_other = sign(other, o->world.bot);
    struct diag d;
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, for_other, hash, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "made by " OTHER_BOT));
    assert_int_equal(logged(o), before);
}

static void registrar__submit__wrong_signatures_and_texts(void **state)
{
    struct office *o = *state;
    uint8_t hash[HASH_BYTES];
    uint64_t before = logged(o);
    struct diag d;
    CLEANUP_FREE char *text = statement_text(WORLD_BOT, 18785, 5);
    CLEANUP_FREE char *custodian = sign(text, o->world.custodians[0]);
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, custodian, hash, &d), ERR_AUTH);
    CLEANUP_FREE char *note = sign(text, o->world.bot);
    strstr(note, "W-1 5")[4] = '6';
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, note, hash, &d), ERR_AUTH);
    strstr(note, "W-1 6")[4] = '5';
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_DESTRUCTION, note, hash, &d), ERR_FORMAT);
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, "hello", hash, &d), ERR_FORMAT);
    assert_int_equal(logged(o), before);
    assert_int_equal(submit(o, WORLD_BOT, DOCUMENT_STATEMENT, note, hash, &d), 0);
}

static void registrar__submit__a_key_is_destroyed_once(void **state)
{
    struct office *o = *state;
    assert_int_equal(submit_destruction(o, "W-1", 18785, 3), 0);
    uint64_t before = logged(o);
    assert_int_equal(submit_destruction(o, "W-1", 18785, 3), 0);
    assert_int_equal(submit_destruction(o, "W-1", 18787, 2), ERR_EXISTS);
    assert_int_equal(logged(o), before);
    assert_int_equal(submit_destruction(o, "W-1", 18788, 1), 0); /* nothing was kept of the other */
    assert_int_equal(submit_destruction(o, "W-2", 18785, 1), 0); /* an offer nobody has seen */
    assert_int_equal(logged(o), before + 2);
}

static void registrar__submit__before_the_first_policy(void **state)
{
    struct office *o = *state;
    assert_int_equal(submit_statement(o, 18785, 5), ERR_AUTH);
}

/* An epochs note of another bot: who has day keys of which warrant. */
static void registrar__submit__another_bot_s_keys(void **state)
{
    struct office *o = *state;
    struct registrar_store *s = registrar_database(o->registrar);
    static const char offer[] = "ironside epochs 1\nnetwork " WORLD_DOMAIN "\nwarrant J-1\n"
                                "bot " OTHER_BOT "\n18785 x\n";
    struct registrar_document x = {.kind = DOCUMENT_EPOCHS,
                                   .hash = {9},
                                   .note = (char *)(uintptr_t)offer,
                                   .note_len = sizeof offer - 1};
    struct diag d;
    assert_int_equal(registrar_store_put_document(s, &x, &d), 0);
    assert_int_equal(submit_destruction(o, "J-1", 18785, 1), ERR_AUTH);
    assert_int_equal(submit_destruction(o, "J-2", 18785, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar__submit__stored_and_logged_once),
        OFFICE_TEST(registrar__submit__another_of_the_same_day),
        OFFICE_TEST(registrar__submit__from_others),
        OFFICE_TEST(registrar__submit__wrong_signatures_and_texts),
        OFFICE_TEST(registrar__submit__a_key_is_destroyed_once),
        OFFICE_TEST(registrar__submit__another_bot_s_keys),
        EMPTY_OFFICE_TEST(registrar__submit__before_the_first_policy),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
