/* What is kept of what is served, and what stops it: each server that lies is refused with a line,
 * and nothing of the lie is written. */
#include "mirror/mirror.h"

#include <stdio.h>
#include <unistd.h>

#include "away.h"
#include "base/encode.h"
#include "base/file.h"
#include "journal/files.h"

#define MANY 120 /* rounds: their leaves fill whole tiles */

static void commit(struct away *a, unsigned rounds)
{
    while (rounds-- > 0)
        shelf_commit(a->s, NULL);
    away_checkpoint(a);
}

static void mirror__turn__brings_what_a_checkpoint_covers(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE char *warrant = away_file(a, "documents/warrant.note");
    commit(a, 2);
    shelf_commit(a->s, NULL);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_mirrored(a, 2);
    assert_true(file_exists(warrant));
    assert_false(mirror_stands(a->mirror));
    away_checkpoint(a);
    assert_int_equal(mirror_turn(a->mirror), 1);
    assert_mirrored(a, 3);
    assert_int_equal(mirror_turn(a->mirror), 0);
}

static void mirror__turn__goes_on_over_whole_tiles_where_it_was(void **state)
{
    struct away *a = *state;
    commit(a, MANY / 2);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_mirrored(a, MANY / 2);
    away_close(a);
    commit(a, MANY / 2);
    commit(a, 1);
    away_open(a);
    away_follow(a);
    assert_mirrored(a, MANY + 1);
    assert_string_equal(a->said, "");
}

static void mirror__turn__waits_for_a_server_that_is_away(void **state)
{
    struct away *a = *state;
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    away_end_server(a);
    commit(a, 1);
    assert_int_equal(mirror_turn(a->mirror), 0);
    assert_true(mirror_stands(a->mirror));
    assert_says(a->said, "https://127.0.0.1");
    away_serve(a);
    for (int i = 0; i < 500 && away_rounds(a) < 2; i++) {
        (void)!mirror_turn(a->mirror);
        usleep(10000);
    }
    away_follow(a);
    assert_mirrored(a, 2);
    assert_false(mirror_stands(a->mirror));
}

static void mirror__open__is_refused_beside_another(void **state)
{
    struct away *a = *state;
    struct mirror *other = NULL;
    struct diag d = {""};
    const struct mirror_options o = {.folder = &a->folder};
    away_open(a);
    assert_int_equal(mirror_open(&o, &other, &d), ERR_EXISTS);
    assert_says(d.text, "another process");
}

/* ---- keys ---- */

static void mirror__turn__gets_nothing_with_a_key_that_is_not_known(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE char *documents = away_file(a, "documents/policy-1.note");
    a->settings.agencies[0].key[0] ^= 1;
    commit(a, 1);
    away_serve(a);
    away_open(a);
    assert_int_equal(mirror_turn(a->mirror), 0);
    assert_true(mirror_stands(a->mirror));
    assert_false(file_exists(documents));
    assert_int_equal(away_rounds(a), 0);
}

static void mirror__turn__asks_no_server_with_another_key(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE char *documents = away_file(a, "documents/policy-1.note");
    a->folder.server[0] ^= 1;
    away_serve(a);
    away_open(a);
    assert_int_equal(mirror_turn(a->mirror), 0);
    assert_false(file_exists(documents));
}

/* ---- lies ---- */

/* After one honest round, a second one with this change to the network's journal. */
static void mirror__turn__refuses_whatever_was_changed(void **state)
{
    static const char *const changes[][2] = {
        {"UPDATE batch SET sealed = x'00' WHERE number = 2", "is not its batch's"},
        {"UPDATE batch SET positions = x'000200010000' WHERE number = 2", "is not its batch's"},
        {"UPDATE batch SET policy = 2 WHERE number = 2", "is not its batch's"},
        {"UPDATE batch SET warrant = 'other' WHERE number = 2", "is not its batch's"},
        {"UPDATE batch SET round = 3 WHERE number = 2", "is not its round's"},
        {"UPDATE batch SET first = 1 WHERE number = 2", "is not its record's"},
        {"UPDATE round SET at = at + 1 WHERE number = 2", "signature"},
        {"UPDATE round SET root = zeroblob(32) WHERE number = 2", "root"},
        {"UPDATE round SET signature = zeroblob(64) WHERE number = 2", "signature"},
        {"UPDATE round SET lines = substr(lines, 1, 74) WHERE number = 2", "root"},
        {"UPDATE round SET number = 3 WHERE number = 2", "does not give the rounds"},
        {"UPDATE tile SET hashes = substr(hashes, 1, 9 * 32) || zeroblob(32)", "do not lead"},
    };
    struct away *a = *state;
    CLEANUP_FREE char *kept = mem_format("VACUUM INTO '%s/kept.db'", a->s->folder);
    CLEANUP_FREE char *back = mem_format("ATTACH '%s/kept.db' AS kept; DELETE FROM round; DELETE "
                                         "FROM batch; DELETE FROM tile; INSERT INTO round SELECT * "
                                         "FROM kept.round; INSERT INTO batch SELECT * FROM "
                                         "kept.batch; INSERT INTO tile SELECT * FROM kept.tile",
                                         a->s->folder);
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    commit(a, 1);
    shelf_sql(a->s, kept);
    away_close(a);
    for (size_t i = 0; i < COUNT(changes); i++) {
        a->said[0] = '\0';
        shelf_sql(a->s, changes[i][0]);
        away_open(a);
        away_follow(a);
        if (strstr(a->said, changes[i][1]) == NULL)
            fail_msg("%s: '%s'", changes[i][0], a->said);
        assert_true(mirror_stands(a->mirror));
        assert_int_equal(away_rounds(a), 1);
        away_close(a);
        shelf_sql(a->s, back);
    }
    away_open(a);
    away_follow(a);
    assert_mirrored(a, 2);
}

static void assert_refuses(struct away *a, const char *line, int64_t rounds)
{
    away_follow(a);
    assert_says(a->said, line);
    assert_int_equal(away_rounds(a), rounds);
}

static void mirror__turn__refuses_a_tree_that_is_shorter(void **state)
{
    struct away *a = *state;
    commit(a, 1);
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    shelf_sql(a->s, "DELETE FROM checkpoint WHERE size = 10");
    assert_refuses(a, "its tree had 10 leaves and has fewer", 2);
}

/* The network's journal is another, of the same bot. */
static void begin_anew(struct away *a, const uint8_t *key)
{
    CLEANUP_FREE char *log = mem_format("%s-wal", a->s->journal_path);
    CLEANUP_FREE char *shared = mem_format("%s-shm", a->s->journal_path);
    journal_close(TAKE(a->s->journal));
    assert_int_equal(unlink(a->s->journal_path), 0);
    (void)!unlink(log);
    (void)!unlink(shared);
    assert_int_equal(journal_create(a->s->journal_path, a->s->f->bots[0].jid, key, NULL), 0);
    assert_int_equal(journal_open(a->s->journal_path, true, &a->s->journal, NULL), 0);
    fixture_device_free(a->s->anna);
    a->s->anna = fixture_device_new(a->s->f, "anna", 1);
}

static void mirror__turn__refuses_a_fork(void **state)
{
    struct away *a = *state;
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    begin_anew(a, a->s->f->bots[0].signer.key.key);
    commit(a, 2);
    assert_refuses(a, "do not lead from the 5 leaves that are here", 1);
}

static void mirror__turn__refuses_a_fork_of_the_same_length(void **state)
{
    struct away *a = *state;
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    begin_anew(a, a->s->f->bots[0].signer.key.key);
    commit(a, 1);
    assert_refuses(a, "another tree of 5 leaves", 1);
}

static void mirror__turn__refuses_another_bots_key(void **state)
{
    struct away *a = *state;
    struct fixture_signer *signer = &a->s->f->bots[0].signer;
    struct fixture_signer own = *signer;
    sign_keypair(signer->key.key, signer->secret);
    commit(a, 1);
    *signer = own;
    away_serve(a);
    away_open(a);
    assert_refuses(a, "not signed with its bot's key", 0);
}

static void mirror__turn__takes_no_document_that_is_not_signed(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE char *path = away_file(a, "documents/policy-1.note");
    CLEANUP_FREE char *other = replace(a->s->set->policy->document.note, "issued 2", "issued 3");
    shelf_put(a->s, "policy-1", other);
    away_serve(a);
    away_open(a);
    assert_int_equal(mirror_turn(a->mirror), 0);
    assert_true(mirror_stands(a->mirror));
    assert_false(file_exists(path));
}

/* A bot of which nothing can be had stands alone. */
static void mirror__turn__goes_on_beside_what_stands(void **state)
{
    struct away *a = *state;
    free(a->folder.bots[0]);
    a->folder.bots[0] = mem_string("nobody");
    a->folder.bots[1] = mem_string("ibot");
    a->folder.bot_count = 2;
    commit(a, 1);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_mirrored(a, 1);
    assert_says(a->said, "nobody.");
    assert_true(mirror_stands(a->mirror));
}

/* ---- files ---- */

#define FILE_BYTES 200000

static struct journal_file make_file(const struct away *a, uint8_t *bytes)
{
    struct journal_file f = {.size = FILE_BYTES};
    CLEANUP_FREE char *folder = file_join(a->s->folder, "bots/ibot/files");
    for (size_t i = 0; i < FILE_BYTES; i++)
        bytes[i] = (uint8_t)(i * 7 / 3);
    hash_sha256(bytes, FILE_BYTES, f.sha256);
    CLEANUP_FREE char *path = journal_file_path(folder, f.sha256);
    CLEANUP_FREE char *below = mem_string_n(path, (size_t)(strrchr(path, '/') - path));
    assert_int_equal(file_make_folder(below, 0700, NULL), 0);
    assert_int_equal(file_write(path, bytes, FILE_BYTES, 0600, NULL), 0);
    shelf_commit(a->s, &(struct shelf_wrong){.file = &f});
    away_checkpoint((struct away *)(uintptr_t)a);
    return f;
}

static char *file_of(const struct away *a, const char *folder, const struct journal_file *f)
{
    CLEANUP_FREE char *files = mem_format("%s/%sbots/ibot/files", a->s->folder, folder);
    return journal_file_path(files, f->sha256);
}

static void assert_has(const struct away *a, const struct journal_file *f, const uint8_t *bytes)
{
    CLEANUP_FREE char *path = file_of(a, "mirror/", f);
    CLEANUP_BUF struct buf b = BUF_INIT(2 * FILE_BYTES);
    if (file_read(path, &b, NULL) != 0)
        fail_msg("it is not there; %s", a->said);
    assert_int_equal(b.len, FILE_BYTES);
    assert_memory_equal(b.data, bytes, FILE_BYTES);
}

/* A first half that broke off stays, and is taken on: what the server has instead is not asked. */
static void mirror__files__go_on_where_they_broke_off(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE uint8_t *bytes = mem_new(FILE_BYTES), *other = mem_new(FILE_BYTES);
    struct journal_file f = make_file(a, bytes);
    CLEANUP_FREE char *there = file_of(a, "", &f);
    char hex[2 * HASH_BYTES + 1];
    encode_hex(f.sha256, HASH_BYTES, hex);
    CLEANUP_FREE char *part = mem_format("%s/bots/ibot/files/part-%s", a->dir, hex);
    CLEANUP_FREE char *folder = away_file(a, "bots/ibot/files");
    memcpy(other + FILE_BYTES / 2, bytes + FILE_BYTES / 2, FILE_BYTES / 2);
    assert_int_equal(file_write(there, other, FILE_BYTES, 0600, NULL), 0);
    assert_int_equal(file_make_folder(folder, 0700, NULL), 0);
    assert_int_equal(file_write(part, bytes, FILE_BYTES / 2, 0600, NULL), 0);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_has(a, &f, bytes);
    assert_false(file_exists(part));
    assert_false(mirror_stands(a->mirror));
}

static void mirror__files__refuses_other_bytes_and_keeps_none(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE uint8_t *bytes = mem_new(FILE_BYTES);
    struct journal_file f = make_file(a, bytes);
    CLEANUP_FREE char *there = file_of(a, "", &f), *here = file_of(a, "mirror/", &f);
    bytes[FILE_BYTES / 3] ^= 1;
    assert_int_equal(file_write(there, bytes, FILE_BYTES, 0600, NULL), 0);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_says(a->said, "not those that were archived");
    assert_false(file_exists(here));
    assert_mirrored(a, 1);
    assert_int_equal(file_write(there, bytes, FILE_BYTES - 1, 0600, NULL), 0);
    away_close(a);
    away_open(a);
    away_follow(a);
    assert_false(file_exists(here));
    assert_true(mirror_stands(a->mirror));
}

static void mirror__files__notes_what_retention_has_removed(void **state)
{
    struct away *a = *state;
    CLEANUP_FREE uint8_t *bytes = mem_new(FILE_BYTES);
    struct journal_file f = make_file(a, bytes);
    CLEANUP_FREE char *there = file_of(a, "", &f);
    struct journal_file_row row;
    assert_int_equal(unlink(there), 0);
    away_serve(a);
    away_open(a);
    away_follow(a);
    assert_says(a->said, "lacks a file");
    assert_int_equal(journal_file_removed(a->s->journal, f.sha256, FIXTURE_AT, NULL), 0);
    away_close(a);
    away_open(a);
    away_follow(a);
    assert_false(mirror_stands(a->mirror));
    CLEANUP_FREE char *path = away_file(a, "bots/ibot/journal/journal.db");
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    assert_int_equal(journal_open(path, false, &j, NULL), 0);
    assert_int_equal(journal_file(j, f.sha256, &row), 0);
    assert_true(row.removed_unix_ms == FIXTURE_AT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AWAY_TEST(mirror__turn__brings_what_a_checkpoint_covers),
        AWAY_TEST(mirror__turn__goes_on_over_whole_tiles_where_it_was),
        AWAY_TEST(mirror__turn__waits_for_a_server_that_is_away),
        AWAY_TEST(mirror__open__is_refused_beside_another),
        AWAY_TEST(mirror__turn__gets_nothing_with_a_key_that_is_not_known),
        AWAY_TEST(mirror__turn__asks_no_server_with_another_key),
        AWAY_TEST(mirror__turn__refuses_whatever_was_changed),
        AWAY_TEST(mirror__turn__refuses_a_tree_that_is_shorter),
        AWAY_TEST(mirror__turn__refuses_a_fork),
        AWAY_TEST(mirror__turn__refuses_a_fork_of_the_same_length),
        AWAY_TEST(mirror__turn__refuses_another_bots_key),
        AWAY_TEST(mirror__turn__takes_no_document_that_is_not_signed),
        AWAY_TEST(mirror__turn__goes_on_beside_what_stands),
        AWAY_TEST(mirror__files__go_on_where_they_broke_off),
        AWAY_TEST(mirror__files__refuses_other_bytes_and_keeps_none),
        AWAY_TEST(mirror__files__notes_what_retention_has_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
