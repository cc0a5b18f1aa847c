#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/secret.h"

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {1, 2, 3, 4, 5};
static const uint8_t other_bytes[VAULT_KEY_BYTES] = {9, 8, 7};
const struct vault_key key = {.bytes = key_bytes};
const struct vault_key other_key = {.bytes = other_bytes};

int set_up(void **state)
{
    secret_init();
    struct scene *s = calloc(1, sizeof *s);
    /* In memory where there is such a place: a test waits for hundreds of syncs. */
    snprintf(s->folder, sizeof s->folder, "%s/ironside-vault-XXXXXX",
             file_exists("/dev/shm") ? "/dev/shm" : "/tmp");
    *state = s;
    if (mkdtemp(s->folder) == NULL)
        return -1;
    snprintf(s->path, sizeof s->path, "%s/store", s->folder);
    snprintf(s->wal, sizeof s->wal, "%s-wal", s->path);
    return 0;
}

int tear_down(void **state)
{
    struct scene *s = *state;
    int r = file_remove_tree(s->folder, NULL);
    free(s);
    return r;
}

sqlite3 *make(const struct scene *s)
{
    struct diag d = {""};
    if (vault_create(s->path, KIND, &key, &d) < 0)
        fail_msg("%s", d.text);
    return reopen(s);
}

sqlite3 *reopen(const struct scene *s)
{
    struct diag d = {""};
    sqlite3 *db = NULL;
    if (vault_open(s->path, KIND, &key, &db, &d) < 0)
        fail_msg("%s", d.text);
    return db;
}

int try_open(const struct scene *s, struct diag *d)
{
    sqlite3 *db = NULL;
    int r = vault_open(s->path, KIND, &key, &db, d);
    vault_close(db);
    return r;
}

void close_keeping_log(sqlite3 *db)
{
    assert_int_equal(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
    vault_close(db);
}

void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        struct diag d = {""};
        (void)!vault_fault(db, &d);
        fail_msg("%s: %s (%d) %s", sql, sqlite3_errmsg(db), sqlite3_extended_errcode(db), d.text);
    }
}

int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

void assert_sound(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(q, 0), "ok");
    sqlite3_finalize(q);
}

void work_begin(sqlite3 *db)
{
    run(db, "CREATE TABLE work(n INTEGER PRIMARY KEY, b); CREATE INDEX work_b ON work(b);"
            "CREATE TABLE total(n, length); INSERT INTO total VALUES(0, 0)");
}

/* Small ones mostly; some with overflow pages; some change more than the cache holds and roll it
 * back, which SQLite itself does not survive when it may spill. */
int work_transaction(sqlite3 *db, int64_t n)
{
    long long length = n % 5 == 0 ? n * 397 % 15000 : n * 31 % 300;
    char *sql = sqlite3_mprintf(
        "BEGIN IMMEDIATE;"
        "INSERT INTO work VALUES(%lld, printf('" WORK_MARK "%%%lld.c', 'x'));"
        "SAVEPOINT s; UPDATE work SET b = b || 'y' WHERE %d AND n %% 3 = 0; ROLLBACK TO s;"
        "UPDATE total SET n = %lld,"
        "  length = length + (SELECT length(b) FROM work WHERE n = %lld);"
        "COMMIT",
        (long long)n, length, n % 11 == 0, (long long)n, (long long)n);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

int64_t work_check(sqlite3 *db)
{
    int64_t n = number(db, "SELECT n FROM total");
    assert_int_equal(number(db, "SELECT count(*) FROM work"), n);
    assert_int_equal(number(db, "SELECT ifnull(max(n), 0) FROM work"), n);
    assert_int_equal(number(db, "SELECT ifnull(sum(length(b)), 0) FROM work"),
                     number(db, "SELECT length FROM total"));
    assert_sound(db);
    return n;
}

void assert_absent(const char *path, const char *text)
{
    struct buf b;
    read_whole(path, &b);
    if (b.len > 0 && memmem(b.data, b.len, text, strlen(text)) != NULL)
        fail_msg("\"%s\" is readable in %s", text, path);
    buf_clear(&b);
}

void read_whole(const char *path, struct buf *ret)
{
    *ret = (struct buf)BUF_INIT(FILE_MAX);
    struct diag d = {""};
    if (file_read(path, ret, &d) < 0)
        fail_msg("%s", d.text);
}

void write_whole(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

void flip(const char *path, size_t at)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    int c = fgetc(f);
    assert_true(c != EOF);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    assert_int_equal(fputc(c ^ 0x20, f), c ^ 0x20);
    assert_int_equal(fclose(f), 0);
}

size_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}
