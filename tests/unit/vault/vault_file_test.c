/* The database's file: what goes in comes out, nothing of it is readable, damage is noticed. */
#include "support.h"

#include <string.h>
#include <unistd.h>

#include "vault/vault_header.h"
#include "vault/vault_page.h"

#define MARK "PLAINTEXT-MARK-OF-A-TEST"

/* 400 rows over some 30 pages, one row with overflow pages. */
static sqlite3 *make_filled(const struct scene *s)
{
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
            "INSERT INTO t SELECT i, '" MARK "' || i || hex(zeroblob(100)) FROM n;"
            "INSERT INTO t VALUES(1000, zeroblob(50000))");
    return db;
}

/* Reads all; the code of the first error, else SQLITE_DONE. */
static int scan(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT sum(length(CAST(b AS BLOB))) FROM t WHERE b != 'x'", -1,
                                &q, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW)
        rc = sqlite3_step(q);
    sqlite3_finalize(q);
    return rc;
}

static void assert_unreadable(const char *path)
{
    static const char *const texts[] = {MARK, "SQLite format", "CREATE TABLE", "sqlite_"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_absent(path, texts[i]);
}

static void vault_file__write__leaves_nothing_readable(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make_filled(s);
    assert_true(size_of(s->wal) > 0);
    assert_unreadable(s->wal);
    close_keeping_log(db);
    assert_unreadable(s->wal);
    assert_unreadable(s->path);
    vault_close(reopen(s));
    assert_int_equal(size_of(s->wal), 0);
    assert_unreadable(s->path);
}

static void vault_file__read__gives_large_values_back(void **state)
{
    struct scene *s = *state;
    static const size_t sizes[] = {0, 1, 4000, 4055, 4056, 4057, 20000, 3000000};
    uint8_t *value = test_malloc(3000000);
    sqlite3 *db = make(s);
    sqlite3_stmt *q = NULL;
    run(db, "CREATE TABLE b(size INTEGER PRIMARY KEY, value BLOB)");
    assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO b VALUES(?, ?)", -1, &q, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(value, (int)i + 1, sizes[i]);
        sqlite3_bind_int64(q, 1, (sqlite3_int64)sizes[i]);
        sqlite3_bind_blob64(q, 2, value, sizes[i], SQLITE_STATIC);
        assert_int_equal(sqlite3_step(q), SQLITE_DONE);
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    vault_close(db);
    db = reopen(s);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT size, value FROM b ORDER BY size", -1, &q, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(value, (int)i + 1, sizes[i]);
        assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int64(q, 0), sizes[i]);
        assert_int_equal(sqlite3_column_bytes(q, 1), sizes[i]);
        if (sizes[i] > 0)
            assert_memory_equal(sqlite3_column_blob(q, 1), value, sizes[i]);
    }
    sqlite3_finalize(q);
    assert_sound(db);
    vault_close(db);
    test_free(value);
}

static void vault_file__read__refuses_a_flipped_byte(void **state)
{
    struct scene *s = *state;
    struct diag d;
    vault_close(make_filled(s));
    size_t end = size_of(s->path);
    assert_true(end > VAULT_HEADER_BYTES + 10 * VAULT_PAGE_BYTES);
    for (size_t at = VAULT_HEADER_BYTES; at < end; at += 511) {
        sqlite3 *db = NULL;
        flip(s->path, at);
        int r = vault_open(s->path, KIND, &key, &db, &d);
        if (r == 0) {
            if (scan(db) != SQLITE_IOERR_DATA || vault_fault(db, &d) != ERR_AUTH)
                fail_msg("byte %zu flipped and not noticed", at);
            vault_close(db);
        } else {
            assert_int_equal(r, ERR_AUTH);
        }
        assert_non_null(strstr(d.text, s->path));
        assert_non_null(strstr(d.text, "is not what was written"));
        flip(s->path, at);
    }
    sqlite3 *db = reopen(s);
    assert_int_equal(scan(db), SQLITE_DONE);
    assert_int_equal(vault_fault(db, &d), 0);
    vault_close(db);
}

/* Puts page `from` of one file in the place of page `to` of another. */
static void transplant(const char *from_path, size_t from, const char *to_path, size_t to)
{
    struct buf a, b;
    read_whole(from_path, &a);
    read_whole(to_path, &b);
    memcpy(b.data + VAULT_HEADER_BYTES + (to - 1) * VAULT_PAGE_BYTES,
           a.data + VAULT_HEADER_BYTES + (from - 1) * VAULT_PAGE_BYTES, VAULT_PAGE_BYTES);
    write_whole(to_path, b.data, b.len);
    buf_clear(&a);
    buf_clear(&b);
}

static void vault_file__read__refuses_a_moved_page(void **state)
{
    struct scene *s = *state;
    struct diag d;
    vault_close(make_filled(s));
    transplant(s->path, 5, s->path, 6);
    sqlite3 *db = reopen(s);
    assert_int_equal(scan(db), SQLITE_IOERR_DATA);
    assert_int_equal(vault_fault(db, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "page 6 of"));
    vault_close(db);
}

/* Of a vault with the same key file and the same content. */
static void vault_file__read__refuses_another_vaults_page(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct scene other = *s;
    strcat(other.path, "2");
    vault_close(make_filled(s));
    vault_close(make_filled(&other));
    transplant(other.path, 1, s->path, 1);
    assert_int_equal(try_open(s, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "page 1 of"));
}

static void vault_file__read__notices_a_cut_file(void **state)
{
    struct scene *s = *state;
    struct diag d;
    struct buf b;
    vault_close(make_filled(s));
    read_whole(s->path, &b);
    for (size_t len = VAULT_HEADER_BYTES + VAULT_PAGE_BYTES; len < b.len; len += 1365) {
        sqlite3 *db = NULL;
        write_whole(s->path, b.data, len);
        int r = vault_open(s->path, KIND, &key, &db, &d);
        if (r == 0) {
            assert_true(scan(db) != SQLITE_DONE);
            vault_close(db);
        } else {
            assert_int_equal(r, ERR_AUTH);
        }
    }
    buf_clear(&b);
}

/* The log knows of more pages than the cut file has: they must not read as empty ones. */
static void vault_file__read__notices_a_cut_file_beside_a_log(void **state)
{
    struct scene *s = *state;
    struct diag d;
    vault_close(make_filled(s));
    size_t size = size_of(s->path);
    sqlite3 *db = reopen(s);
    run(db, "UPDATE t SET b = 'y' WHERE a = 1");
    close_keeping_log(db);
    assert_int_equal(truncate(s->path, (off_t)(size - 3 * VAULT_PAGE_BYTES)), 0);
    db = reopen(s);
    assert_int_equal(scan(db), SQLITE_IOERR_DATA);
    assert_int_equal(vault_fault(db, &d), ERR_AUTH);
    vault_close(db);
}

static void vault_file__write__takes_whole_pages_only(void **state)
{
    struct scene *s = *state;
    sqlite3_file *f = NULL;
    uint8_t page[2 * VAULT_PAGE_BYTES] = {0};
    sqlite3 *db = make_filled(s);
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f), SQLITE_OK);
    const sqlite3_io_methods *io = f->pMethods;
    assert_int_equal(io->xRead(f, page, VAULT_PAGE_BYTES, VAULT_PAGE_BYTES), SQLITE_OK);
    assert_int_equal(io->xRead(f, page, VAULT_PAGE_BYTES, 100), SQLITE_IOERR_READ);
    assert_int_equal(io->xWrite(f, page, VAULT_PAGE_BYTES, 100), SQLITE_IOERR_WRITE);
    assert_int_equal(io->xWrite(f, page, 512, VAULT_PAGE_BYTES), SQLITE_IOERR_WRITE);
    assert_int_equal(io->xWrite(f, page, 2 * VAULT_PAGE_BYTES, 0), SQLITE_IOERR_WRITE);
    page[VAULT_PAGE_BYTES - 1] = 1; /* what the tag would overwrite */
    assert_int_equal(io->xWrite(f, page, VAULT_PAGE_BYTES, VAULT_PAGE_BYTES), SQLITE_IOERR_WRITE);
    /* Parts of a page are read as SQLite reads its counter of changes. */
    assert_int_equal(io->xRead(f, page, 16, 24), SQLITE_OK);
    assert_int_equal(page[7], number(db, "PRAGMA page_count"));
    assert_sound(db);
    vault_close(db);
}

static void vault_file__vacuum__shrinks_the_file(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make_filled(s);
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    size_t before = size_of(s->path);
    /* SQLite could be told to give the reserved bytes to content; it must not come to that. */
    int reserved = 0;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    run(db, "DELETE FROM t WHERE a % 3 != 0; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_true(size_of(s->path) < before);
    assert_int_equal(size_of(s->path) % VAULT_PAGE_BYTES, 0);
    vault_close(db);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 133);
    assert_sound(db);
    run(db, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM; DELETE FROM t; PRAGMA incremental_vacuum");
    assert_sound(db);
    vault_close(db);
    assert_int_equal(size_of(s->path) % VAULT_PAGE_BYTES, 0);
}

/* Pages that SQLite frees must still be there when something reads all of them. */
static void vault_file__backup__copies_every_page(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make_filled(s), *copy = NULL;
    run(db, "DELETE FROM t WHERE a > 100; CREATE TABLE u(a); DROP TABLE u;"
            "BEGIN; CREATE TABLE v AS SELECT * FROM t; DROP TABLE v; COMMIT;"
            "PRAGMA wal_checkpoint(TRUNCATE)");
    vault_close(db);
    db = reopen(s);
    assert_int_equal(sqlite3_open(":memory:", &copy), SQLITE_OK);
    sqlite3_backup *b = sqlite3_backup_init(copy, "main", db, "main");
    assert_non_null(b);
    assert_int_equal(sqlite3_backup_step(b, -1), SQLITE_DONE);
    assert_int_equal(sqlite3_backup_finish(b), SQLITE_OK);
    assert_int_equal(number(copy, "SELECT count(*) FROM t"), 100);
    sqlite3_close(copy);
    vault_close(db);
}

static void vault_file__fts__works(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make(s);
    run(db, "CREATE VIRTUAL TABLE f USING fts5(x);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            "INSERT INTO f SELECT 'word' || (i % 17) || ' other' || i FROM n");
    vault_close(db);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT count(*) FROM f WHERE f MATCH 'word3'"), 118);
    assert_sound(db);
    vault_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(vault_file__write__leaves_nothing_readable),
        SCENE_TEST(vault_file__read__gives_large_values_back),
        SCENE_TEST(vault_file__read__refuses_a_flipped_byte),
        SCENE_TEST(vault_file__read__refuses_a_moved_page),
        SCENE_TEST(vault_file__read__refuses_another_vaults_page),
        SCENE_TEST(vault_file__read__notices_a_cut_file),
        SCENE_TEST(vault_file__read__notices_a_cut_file_beside_a_log),
        SCENE_TEST(vault_file__write__takes_whole_pages_only),
        SCENE_TEST(vault_file__vacuum__shrinks_the_file),
        SCENE_TEST(vault_file__backup__copies_every_page),
        SCENE_TEST(vault_file__fts__works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
