/* The log: torn, damaged, spilled into and rewritten, folded into the database under load. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "vault/vault_page.h"

#define LOG_HEADER 32U
#define TRANSACTIONS 8

/* A vault whose log holds transactions 1 … TRANSACTIONS and whose database none of them. */
struct torn {
    struct buf file;
    struct buf log;
    size_t end[TRANSACTIONS + 1]; /* of the log after each */
};

static void torn_make(const struct scene *s, struct torn *t)
{
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(n INTEGER PRIMARY KEY, b); PRAGMA wal_checkpoint(TRUNCATE)");
    t->end[0] = size_of(s->wal);
    for (int n = 1; n <= TRANSACTIONS; n++) {
        char *sql = mem_format("INSERT INTO t VALUES(%d, randomblob(%d))", n, n % 3 * 5000);
        run(db, sql);
        free(sql);
        t->end[n] = size_of(s->wal);
        assert_true(t->end[n] > t->end[n - 1]);
    }
    close_keeping_log(db);
    read_whole(s->path, &t->file);
    read_whole(s->wal, &t->log);
    assert_int_equal((t->log.len - LOG_HEADER) % VAULT_FRAME_BYTES, 0);
}

static void torn_clear(struct torn *t)
{
    buf_clear(&t->file);
    buf_clear(&t->log);
}

/* With the first `len` bytes of the log, exactly the first `expected` transactions are there. */
static void assert_prefix(const struct scene *s, const struct torn *t, size_t len, int expected)
{
    write_whole(s->path, t->file.data, t->file.len);
    write_whole(s->wal, t->log.data, len);
    sqlite3 *db = reopen(s);
    int64_t count = number(db, "SELECT count(*) FROM t"), max = number(db, "SELECT max(n) FROM t");
    if (count != expected || max != expected)
        fail_msg("%lld transactions up to %lld, not %d", (long long)count, (long long)max,
                 expected);
    assert_sound(db);
    vault_close(db);
}

static int whole_transactions(const struct torn *t, size_t len)
{
    int n = 0;
    while (n < TRANSACTIONS && t->end[n + 1] <= len)
        n++;
    return n;
}

static void vault_wal__recover__takes_a_prefix_of_a_cut_log(void **state)
{
    struct scene *s = *state;
    struct torn t;
    torn_make(s, &t);
    for (size_t len = 0; len <= t.log.len; len++) {
        size_t inside = len < LOG_HEADER ? 0 : (len - LOG_HEADER) % VAULT_FRAME_BYTES;
        bool near = inside < 28 || inside > VAULT_FRAME_BYTES - 44;
        if (near || inside % 509 == 0)
            assert_prefix(s, &t, len, whole_transactions(&t, len));
    }
    torn_clear(&t);
}

static void vault_wal__recover__takes_a_prefix_before_a_flipped_byte(void **state)
{
    struct scene *s = *state;
    struct torn t;
    torn_make(s, &t);
    for (size_t at = 0; at < t.log.len; at += at < LOG_HEADER + 30 ? 1 : 193) {
        size_t frame_start = at < LOG_HEADER ? 0 : at - (at - LOG_HEADER) % VAULT_FRAME_BYTES;
        t.log.data[at] ^= 0x04;
        assert_prefix(s, &t, t.log.len, whole_transactions(&t, frame_start));
        t.log.data[at] ^= 0x04;
    }
    torn_clear(&t);
}

static void vault_wal__recover__stops_at_a_moved_frame(void **state)
{
    struct scene *s = *state;
    struct torn t;
    torn_make(s, &t);
    size_t frames = (t.log.len - LOG_HEADER) / VAULT_FRAME_BYTES;
    uint8_t *third = t.log.data + LOG_HEADER + 2 * VAULT_FRAME_BYTES;
    memcpy(third, t.log.data + LOG_HEADER + (frames - 1) * VAULT_FRAME_BYTES, VAULT_FRAME_BYTES);
    assert_prefix(s, &t, t.log.len,
                  whole_transactions(&t, LOG_HEADER + 2 * (size_t)VAULT_FRAME_BYTES));
    torn_clear(&t);
}

static void vault_wal__recover__goes_on_from_a_torn_log(void **state)
{
    struct scene *s = *state;
    struct torn t;
    torn_make(s, &t);
    write_whole(s->path, t.file.data, t.file.len);
    write_whole(s->wal, t.log.data, t.end[4] + 1000);
    for (int round = 1; round <= 3; round++) {
        sqlite3 *db = reopen(s);
        assert_int_equal(number(db, "SELECT max(n) FROM t"), 3 + round);
        run(db, "INSERT INTO t SELECT max(n) + 1, randomblob(9000) FROM t");
        close_keeping_log(db);
    }
    sqlite3 *db = reopen(s);
    assert_int_equal(number(db, "SELECT max(n) FROM t"), 7);
    assert_sound(db);
    vault_close(db);
    torn_clear(&t);
}

/* A log with another page size and right checksums of its own would lead SQLite out of step with
 * our frames. */
static void vault_wal__recover__ignores_a_forged_page_size(void **state)
{
    struct scene *s = *state;
    struct torn t;
    torn_make(s, &t);
    for (uint32_t size = 512; size <= 65536; size *= 2) {
        if (size == VAULT_PAGE_BYTES)
            continue;
        uint32_t a = 0, b = 0, words[6];
        uint8_t *h = t.log.data;
        for (int i = 0; i < 4; i++)
            h[8 + i] = (uint8_t)(size >> (24 - 8 * i));
        memcpy(words, h, sizeof words); /* checksums in the order of the machine that wrote */
        for (int i = 0; i < 6; i += 2) {
            a += words[i] + b;
            b += words[i + 1] + a;
        }
        for (int i = 0; i < 4; i++) {
            h[24 + i] = (uint8_t)(a >> (24 - 8 * i));
            h[28 + i] = (uint8_t)(b >> (24 - 8 * i));
        }
        assert_prefix(s, &t, t.log.len, 0);
    }
    torn_clear(&t);
}

static void vault_wal__recover__ignores_anothers_log(void **state)
{
    struct scene *s = *state;
    struct scene other = *s;
    snprintf(other.path, sizeof other.path, "%s/other", s->folder);
    snprintf(other.wal, sizeof other.wal, "%s/other-wal", s->folder);
    struct torn mine, theirs;
    torn_make(s, &mine);
    torn_make(&other, &theirs);
    buf_clear(&mine.log);
    mine.log = theirs.log;
    assert_prefix(s, &mine, mine.log.len, 0);
    /* Readable frames, as any SQLite writes them. */
    sqlite3 *db = NULL;
    unlink(other.path);
    unlink(other.wal);
    assert_int_equal(sqlite3_open(other.path, &db), SQLITE_OK);
    run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t(n, b); INSERT INTO t VALUES(99, 1)");
    buf_clear(&mine.log);
    read_whole(other.wal, &mine.log);
    sqlite3_close(db);
    assert_prefix(s, &mine, mine.log.len, 0);
    buf_clear(&theirs.file);
    torn_clear(&mine);
}

/* A round of the log ends, the next overwrites it from its start: old frames lie behind. */
static void vault_wal__recover__stops_before_an_older_round(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(n); INSERT INTO t VALUES(1); INSERT INTO t VALUES(2);"
            "INSERT INTO t VALUES(3); PRAGMA wal_checkpoint(RESTART)");
    size_t size = size_of(s->wal);
    run(db, "INSERT INTO t VALUES(4)");
    assert_int_equal(size_of(s->wal), size);
    close_keeping_log(db);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 4);
    assert_sound(db);
    vault_close(db);
}

/* With a cache of ten pages SQLite would spill: write pages of an open transaction to the log. */
static void vault_wal__write__takes_more_than_the_cache(void **state)
{
    struct scene *s = *state;
    struct buf file, log;
    sqlite3 *db = make(s);
    run(db, "PRAGMA cache_size=10; CREATE TABLE t(n INTEGER PRIMARY KEY, b);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
            "INSERT INTO t SELECT i, zeroblob(500) FROM n");
    run(db, "BEGIN; UPDATE t SET b = zeroblob(400); UPDATE t SET b = zeroblob(300);"
            "UPDATE t SET b = zeroblob(350) WHERE n % 2; SAVEPOINT one;"
            "UPDATE t SET b = zeroblob(200); DELETE FROM t WHERE n < 100; ROLLBACK TO one;"
            "UPDATE t SET b = zeroblob(301) WHERE n = 7; COMMIT");
    run(db, "BEGIN; UPDATE t SET b = NULL; ROLLBACK; CREATE INDEX i ON t(b, n)");
    size_t size = size_of(s->wal);
    run(db, "BEGIN; UPDATE t SET b = NULL; DELETE FROM t"); /* left open */
    assert_int_equal(size_of(s->wal), size);
    read_whole(s->path, &file);
    read_whole(s->wal, &log);
    run(db, "ROLLBACK");
    assert_sound(db);
    vault_close(db);

    /* As a crash in the middle of that last transaction leaves it. */
    write_whole(s->path, file.data, file.len);
    write_whole(s->wal, log.data, log.len);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 500);
    assert_int_equal(number(db, "SELECT sum(length(b)) FROM t"), 250 * 350 + 250 * 300 - 350 + 301);
    assert_sound(db);
    vault_close(db);
    buf_clear(&file);
    buf_clear(&log);
}

/* SQLite 3.40.1 loses what follows once it has spilled a page twice and rolled back to a savepoint
 * before: a vault does not let it spill, even when asked to. */
static void vault_wal__write__does_not_spill(void **state)
{
    struct scene *s = *state;
    sqlite3 *db = make(s);
    assert_int_equal(sqlite3_exec(db, "PRAGMA cache_spill=ON", NULL, NULL, NULL), SQLITE_ERROR);
    assert_int_equal(sqlite3_exec(db, "PRAGMA cache_spill=100", NULL, NULL, NULL), SQLITE_ERROR);
    run(db, "CREATE TABLE t(n); INSERT INTO t VALUES(1)");
    size_t size = size_of(s->wal);
    run(db, "BEGIN; UPDATE t SET n = 2");
    assert_int_equal(sqlite3_db_cacheflush(db), SQLITE_OK);
    run(db, "SAVEPOINT one; UPDATE t SET n = 3");
    assert_int_equal(sqlite3_db_cacheflush(db), SQLITE_OK);
    assert_int_equal(size_of(s->wal), size);
    run(db, "ROLLBACK TO one; INSERT INTO t VALUES(4); COMMIT");
    close_keeping_log(db);
    db = reopen(s);
    assert_int_equal(number(db, "SELECT sum(n) FROM t"), 6);
    assert_sound(db);
    vault_close(db);
}

/* What only spilling would write is refused: it can't be sealed as it comes. */
static void vault_wal__write__takes_whole_new_frames_only(void **state)
{
    struct scene *s = *state;
    sqlite3_file *log = NULL;
    uint8_t header[VAULT_FRAME_HEADER_BYTES] = {0}, page[VAULT_PAGE_BYTES] = {0};
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(n)");
    assert_int_equal(sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log),
                     SQLITE_OK);
    int (*write)(sqlite3_file *, const void *, int, sqlite3_int64) = log->pMethods->xWrite;
    sqlite3_int64 size, second = LOG_HEADER + VAULT_FRAME_BYTES;
    assert_int_equal(log->pMethods->xRead(log, header, sizeof header, second), SQLITE_OK);
    assert_int_equal(log->pMethods->xFileSize(log, &size), SQLITE_OK);
    /* A page without its header; a part of a page; out of step; with something in its end. */
    assert_int_equal(write(log, page, sizeof page, second + 24), SQLITE_IOERR_WRITE);
    assert_int_equal(write(log, page, 100, second + 24), SQLITE_IOERR_WRITE);
    assert_int_equal(write(log, header, sizeof header, second + 8), SQLITE_IOERR_WRITE);
    assert_int_equal(write(log, header, sizeof header, 8), SQLITE_IOERR_WRITE);
    assert_int_equal(write(log, header, sizeof header, second), SQLITE_OK);
    assert_int_equal(write(log, page, sizeof page, second + 24 + VAULT_FRAME_BYTES),
                     SQLITE_IOERR_WRITE);
    page[VAULT_PAGE_BYTES - 1] = 1;
    assert_int_equal(write(log, page, sizeof page, second + 24), SQLITE_IOERR_WRITE);
    /* A header that waits for its checksum has no salts. */
    page[VAULT_PAGE_BYTES - 1] = 0;
    memset(header + 8, 0, 16);
    assert_int_equal(write(log, header, sizeof header, second), SQLITE_OK);
    assert_int_equal(write(log, page, sizeof page, second + 24), SQLITE_IOERR_WRITE);
    assert_int_equal(size_of(s->wal), size);
    run(db, "INSERT INTO t VALUES(1)");
    assert_sound(db);
    vault_close(db);
}

static void vault_wal__checkpoint__works_under_load(void **state)
{
    struct scene *s = *state;
    int64_t expected = 0;
    sqlite3 *db = make(s);
    run(db, "PRAGMA wal_autocheckpoint=3; PRAGMA journal_size_limit=30000;"
            "CREATE TABLE t(n INTEGER PRIMARY KEY, b); CREATE INDEX i ON t(b)");
    for (int n = 1; n <= 300; n++) {
        char *sql = mem_format("INSERT INTO t VALUES(%d, randomblob(%d))", n, n * 37 % 6000);
        run(db, sql);
        free(sql);
        expected += n * 37 % 6000;
        if (n % 50 == 0)
            run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        if (n % 70 == 0) {
            close_keeping_log(db);
            db = reopen(s);
        }
    }
    assert_int_equal(number(db, "SELECT sum(length(b)) FROM t"), expected);
    assert_sound(db);
    vault_close(db);
    assert_int_equal(size_of(s->wal), 0);
}

/* What happens to the log behind the back of an open vault is an error, not its end. */
static void vault_wal__read__tells_a_damaged_frame(void **state)
{
    struct scene *s = *state;
    struct diag d;
    sqlite3 *db = make(s);
    run(db, "PRAGMA cache_size=1; CREATE TABLE t(b); INSERT INTO t VALUES(randomblob(90000))");
    for (size_t at = LOG_HEADER + 50; at < size_of(s->wal); at += VAULT_FRAME_BYTES)
        flip(s->wal, at);
    run(db, "PRAGMA shrink_memory");
    assert_int_equal(sqlite3_exec(db, "SELECT sum(length(b || '')) FROM t", NULL, NULL, NULL),
                     SQLITE_IOERR_DATA);
    assert_int_equal(vault_fault(db, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "log frame"));
    vault_close(db);
}

static void vault_wal__read__refuses_a_frame_of_an_older_round(void **state)
{
    struct scene *s = *state;
    struct buf old, now;
    sqlite3 *db = make(s);
    run(db, "CREATE TABLE t(b); INSERT INTO t VALUES(zeroblob(90000))");
    read_whole(s->wal, &old);
    run(db, "PRAGMA wal_checkpoint(RESTART); UPDATE t SET b = zeroblob(90001)");
    read_whole(s->wal, &now);
    for (size_t at = LOG_HEADER; at < now.len && at < old.len; at += VAULT_FRAME_BYTES)
        memcpy(now.data + at, old.data + at, VAULT_FRAME_BYTES);
    write_whole(s->wal, now.data, now.len);
    run(db, "PRAGMA shrink_memory");
    assert_int_equal(sqlite3_exec(db, "SELECT sum(length(b || '')) FROM t", NULL, NULL, NULL),
                     SQLITE_IOERR_DATA);
    vault_close(db);
    buf_clear(&old);
    buf_clear(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(vault_wal__recover__takes_a_prefix_of_a_cut_log),
        SCENE_TEST(vault_wal__recover__takes_a_prefix_before_a_flipped_byte),
        SCENE_TEST(vault_wal__recover__stops_at_a_moved_frame),
        SCENE_TEST(vault_wal__recover__goes_on_from_a_torn_log),
        SCENE_TEST(vault_wal__recover__ignores_a_forged_page_size),
        SCENE_TEST(vault_wal__recover__ignores_anothers_log),
        SCENE_TEST(vault_wal__recover__stops_before_an_older_round),
        SCENE_TEST(vault_wal__write__takes_more_than_the_cache),
        SCENE_TEST(vault_wal__write__does_not_spill),
        SCENE_TEST(vault_wal__write__takes_whole_new_frames_only),
        SCENE_TEST(vault_wal__checkpoint__works_under_load),
        SCENE_TEST(vault_wal__read__tells_a_damaged_frame),
        SCENE_TEST(vault_wal__read__refuses_a_frame_of_an_older_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
