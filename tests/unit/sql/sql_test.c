#include "sql/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/secret.h"
#include "vault/vault.h"

#define KIND "test-store"

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {1, 2, 3};
static const struct vault_key key = {.bytes = key_bytes};

/* A folder of each test's own with two files: one plain and empty, one not made yet. */
struct scene {
    char folder[64];
    char path[96];
    char other[96];
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    strcpy(s->folder, "/tmp/ironside-sql.XXXXXX");
    if (s == NULL || mkdtemp(s->folder) == NULL)
        return -1;
    snprintf(s->path, sizeof s->path, "%s/plain.db", s->folder);
    snprintf(s->other, sizeof s->other, "%s/other.db", s->folder);
    *state = s;
    return file_write(s->path, "", 0, 0600, NULL);
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    int r = file_remove_tree(s->folder, NULL);
    free(s);
    return r;
}
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static void must(int r, const struct diag *d)
{
    if (r != 0)
        fail_msg("%d: %s", r, d->text);
}

static void open_plain(const struct scene *s, struct sql *ret)
{
    struct diag d = {""};
    must(sql_open(ret, s->path, true, &d), &d);
    must(sql_execute(ret, "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)", &d), &d);
}

static int64_t number(struct sql *s, const char *text)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(s->db, text, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

static void assert_line(const struct diag *d, const char *path, const char *part)
{
    if (strncmp(d->text, path, strlen(path)) != 0 || strstr(d->text, part) == NULL)
        fail_msg("\"%s\" does not begin with the file or does not say \"%s\"", d->text, part);
}

/* ---- opening ---- */

static void sql__open__sets_what_each_file_needs(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    open_plain(*state, &s);
    assert_int_equal(number(&s, "PRAGMA synchronous"), 2);
    assert_int_equal(number(&s, "PRAGMA cache_spill"), 0);
    assert_int_equal(number(&s, "PRAGMA trusted_schema"), 0);
    assert_int_equal(number(&s, "PRAGMA temp_store"), 2);
    assert_int_equal(number(&s, "PRAGMA busy_timeout"), 5000);
}

static void sql__open__nothing_there(void **state)
{
    const struct scene *x = *state;
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    assert_int_equal(sql_open(&s, x->other, true, &d), ERR_IO);
    assert_line(&d, x->other, "cannot open it");
    assert_false(file_exists(x->other));
}

static void sql__open__not_a_database(void **state)
{
    const struct scene *x = *state;
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    char text[4096];
    memset(text, 'x', sizeof text);
    must(file_write(x->other, text, sizeof text, 0600, &d), &d);
    assert_int_equal(sql_open(&s, x->other, true, &d), ERR_FORMAT);
    assert_line(&d, x->other, "not a database");
}

static void sql__open__reader_does_not_write(void **state)
{
    const struct scene *x = *state;
    struct sql s = {0};
    struct diag d = {""};
    open_plain(x, &s);
    sql_close(&s);
    must(sql_open(&s, x->path, false, &d), &d);
    assert_int_equal(sql_execute(&s, "INSERT INTO t VALUES(1, 1)", &d), ERR_IO);
    assert_line(&d, x->path, "readonly");
    sql_close(&s);
    sql_close(&s); /* harmless */
}

/* ---- statements ---- */

static const char find[] = "SELECT b FROM t WHERE a = ?";

static void sql__statement__is_kept_and_reset(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s, "INSERT INTO t VALUES(1, 'one'), (2, 'two')", &d), &d);
    sqlite3_stmt *q = sql(&s, find);
    sqlite3_bind_int(q, 1, 1);
    assert_int_equal(sql_row(q), 0);
    assert_string_equal(sql_text(q, 0), "one");
    assert_int_equal(sqlite3_stmt_busy(q), 1); /* left in its walk */
    assert_ptr_equal(sql(&s, find), q);
    assert_int_equal(sqlite3_stmt_busy(q), 0);
    assert_int_equal(sql_row(q), ERR_NOT_FOUND); /* the value is gone, too */
    assert_int_equal(s.count, 1);
}

static void sql__query__is_reset_at_the_end_of_its_scope(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s, "INSERT INTO t VALUES(1, 'one')", &d), &d);
    sqlite3_stmt *same;
    {
        CLEANUP_QUERY sqlite3_stmt *q = sql(&s, "SELECT b FROM t");
        assert_int_equal(sql_row(q), 0);
        same = q;
    }
    assert_int_equal(sqlite3_stmt_busy(same), 0);
    {
        CLEANUP_QUERY sqlite3_stmt *q = sql(&s, "SELECT b FROM nowhere");
        assert_null(q);
        assert_int_equal(sql_row(q), ERR_IO); /* not: there is none */
        assert_int_equal(sql_failed(&s, &d, "reading"), ERR_IO);
    }
    assert_line(&d, s.name, "reading: no such table: nowhere");
}

static void sql__run__tells_what_is_there_already(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    open_plain(*state, &s);
    static const char put[] = "INSERT INTO t VALUES(?, ?)";
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *q = sql(&s, put);
        sqlite3_bind_int(q, 1, 1);
        sql_bind_bytes(q, 2, "abc", 3);
        assert_int_equal(sql_run(q), i == 0 ? 0 : ERR_EXISTS);
    }
    sqlite3_stmt *q = sql(&s, find);
    char three[3] = {0}, two[2] = {1, 1};
    sqlite3_bind_int(q, 1, 1);
    assert_int_equal(sql_row(q), 0);
    assert_int_equal(sql_copy(q, 0, three, 3), 0);
    assert_memory_equal(three, "abc", 3);
    assert_null(sql_blob(q, 0, 2));
    assert_int_equal(sql_copy(q, 0, two, 2), ERR_FORMAT);
    assert_int_equal(two[0] | two[1], 0);
}

/* Only a uniqueness constraint says that a row is there already. */
static void sql__run__tells_no_other_constraint_for_that(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s,
                     "CREATE TABLE u(a UNIQUE NOT NULL CHECK(a < 9), b REFERENCES t);"
                     "CREATE TABLE v(a TEXT, b, PRIMARY KEY(a, b)) WITHOUT ROWID;"
                     "PRAGMA foreign_keys = ON; INSERT INTO u VALUES(1, NULL);"
                     "INSERT INTO v VALUES('a', 1)",
                     &d),
         &d);
    assert_int_equal(sql_run(sql(&s, "INSERT INTO u VALUES(1, NULL)")), ERR_EXISTS);
    assert_int_equal(sql_run(sql(&s, "INSERT INTO v VALUES('a', 1)")), ERR_EXISTS);
    assert_int_equal(sql_run(sql(&s, "INSERT INTO u VALUES(NULL, NULL)")), ERR_IO);
    assert_int_equal(sql_run(sql(&s, "INSERT INTO u VALUES(9, NULL)")), ERR_IO);
    assert_int_equal(sql_run(sql(&s, "INSERT INTO u VALUES(2, 7)")), ERR_IO);
}

static void sql__walk__ends_with_what_ended_it(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s, "INSERT INTO t VALUES(1, 1), (2, 2), (3, 3)", &d), &d);
    sqlite3_stmt *q = sql(&s, "SELECT a FROM t ORDER BY a");
    int r = 0, rows = 0;
    while (sql_walk(&s, q, &r, &d))
        rows++;
    assert_int_equal(r, 0);
    assert_int_equal(rows, 3);
    diag_set(&d, 0, "the caller's");
    while (sql_walk(&s, q, &r, &d))
        r = ERR_LIMIT;
    assert_int_equal(r, ERR_LIMIT);
    assert_string_equal(d.text, "the caller's");
    assert_int_equal(sqlite3_stmt_busy(q), 0);
    r = 0;
    assert_false(sql_walk(&s, sql(&s, "SELECT a FROM nowhere"), &r, &d));
    assert_int_equal(r, ERR_IO);
    assert_line(&d, s.name, "no such table");
}

/* ---- transactions ---- */

struct work {
    struct sql *s;
    const char *text;
    int r;
};

static int run_text(void *context, struct diag *d)
{
    const struct work *w = context;
    int r = sql_execute(w->s, w->text, d);
    return r < 0 ? r : w->r;
}

static void sql__transaction__commits(void **state)
{
    const struct scene *x = *state;
    struct sql s = {0};
    struct diag d = {""};
    open_plain(x, &s);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    must(sql_transaction(&s, run_text, &w, &d), &d);
    w = (struct work){.s = &s, .text = "INSERT INTO t VALUES(2, 2)", .r = 7};
    assert_int_equal(sql_transaction(&s, run_text, &w, &d), 7);
    assert_int_equal(sqlite3_get_autocommit(s.db), 1);
    sql_close(&s);
    must(sql_open(&s, x->path, false, &d), &d);
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 2);
    sql_close(&s);
}

static void sql__transaction__rolls_back_what_failed(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)", .r = ERR_LIMIT};
    diag_set(&d, 0, "the work's");
    assert_int_equal(sql_transaction(&s, run_text, &w, &d), ERR_LIMIT);
    assert_string_equal(d.text, "the work's");
    assert_int_equal(sqlite3_get_autocommit(s.db), 1);
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 0);
    w.r = 0;
    must(sql_transaction(&s, run_text, &w, &d), &d);
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 1);
}

/* A constraint that only the commit finds. */
static void sql__transaction__rolls_back_when_the_commit_fails(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s,
                     "PRAGMA foreign_keys = ON;"
                     "CREATE TABLE u(a REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
                     &d),
         &d);
    struct work w = {.s = &s, .text = "INSERT INTO u VALUES(9)"};
    assert_int_equal(sql_transaction(&s, run_text, &w, &d), ERR_IO);
    assert_line(&d, s.name, "cannot commit: FOREIGN KEY");
    assert_int_equal(sqlite3_get_autocommit(s.db), 1);
    assert_int_equal(number(&s, "SELECT count(*) FROM u"), 0);
}

static int begin_again(void *context, struct diag *d)
{
    struct work *w = context;
    return sql_transaction(w->s, run_text, w, d);
}

static void sql__transaction__is_of_one_level(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    assert_int_equal(sql_transaction(&s, begin_again, &w, &d), ERR_INVALID_STATE);
    assert_line(&d, s.name, "under way already");
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 0);
}

static int begin_a_view(void *context, struct diag *d)
{
    struct work *w = context;
    int r = run_text(w, d);
    w->r = sql_view_end(w->s, d);
    return r < 0 || w->r < 0 ? r : sql_view(w->s, d);
}

/* Nor is what it wrote committed by a view. */
static void sql__transaction__has_no_view_in_it(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    assert_int_equal(sql_transaction(&s, begin_a_view, &w, &d), ERR_IO);
    assert_int_equal(w.r, 0);
    assert_line(&d, s.name, "cannot begin a view");
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 0);
}

static void sql__transaction__waits_for_no_lock_forever(void **state)
{
    const struct scene *x = *state;
    CLEANUP(sql_close) struct sql s = {0}, other = {0};
    struct diag d = {""};
    open_plain(x, &s);
    open_plain(x, &other);
    sqlite3_busy_timeout(s.db, 20);
    must(sql_execute(&other, "BEGIN IMMEDIATE", &d), &d);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    assert_int_equal(sql_transaction(&s, run_text, &w, &d), ERR_IO);
    assert_line(&d, x->path, "cannot begin: database is locked");
}

static void sql__view__stays_where_it_began(void **state)
{
    const struct scene *x = *state;
    CLEANUP(sql_close) struct sql s = {0}, reader = {0};
    struct diag d = {""};
    open_plain(x, &s);
    must(sql_execute(&s, "PRAGMA journal_mode = WAL", &d), &d);
    must(sql_open(&reader, x->path, false, &d), &d);
    must(sql_view(&reader, &d), &d);
    assert_int_equal(number(&reader, "SELECT count(*) FROM t"), 0);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    must(sql_transaction(&s, run_text, &w, &d), &d);
    assert_int_equal(number(&reader, "SELECT count(*) FROM t"), 0);
    must(sql_view(&reader, &d), &d);
    assert_int_equal(number(&reader, "SELECT count(*) FROM t"), 1);
    must(sql_view_end(&reader, &d), &d);
    must(sql_view_end(&reader, &d), &d); /* fine when there is none */
}

/* What SQLite itself has ended is a view no more; the handle writes again after it. */
static void sql__view__that_broke_leaves_the_handle_writable(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    open_plain(*state, &s);
    must(sql_execute(&s, "INSERT INTO t VALUES(1, 1)", &d), &d);
    for (int again = 0; again < 2; again++) {
        struct work w = {.s = &s, .text = "INSERT INTO t VALUES(2, 2)"};
        must(sql_view(&s, &d), &d);
        assert_int_equal(sql_execute(&s, "INSERT OR ROLLBACK INTO t VALUES(1, 1)", &d), ERR_IO);
        assert_int_equal(sqlite3_get_autocommit(s.db), 1);
        assert_int_equal(sql_transaction(&s, run_text, &w, &d), ERR_INVALID_STATE);
        must(again == 0 ? sql_view_end(&s, &d) : sql_view(&s, &d), &d);
        must(sql_view_end(&s, &d), &d);
        must(sql_transaction(&s, run_text, &w, &d), &d);
        must(sql_execute(&s, "DELETE FROM t WHERE a = 2", &d), &d);
    }
}

/* ---- vaults ---- */

static void make_vault(const struct scene *x, struct sql *ret)
{
    struct diag d = {""};
    must(vault_create(x->other, KIND, &key, &d), &d);
    must(sql_open_vault(ret, x->other, KIND, &key, &d), &d);
}

static void sql__vault__opens_with_its_errors(void **state)
{
    const struct scene *x = *state;
    struct sql s = {0};
    struct diag d = {""};
    assert_int_equal(sql_open_vault(&s, x->other, KIND, &key, &d), ERR_NOT_FOUND);
    sql_close(&s);
    make_vault(x, &s);
    must(sql_execute(&s, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)", &d), &d);
    struct work w = {.s = &s, .text = "INSERT INTO t VALUES(1, 1)"};
    must(sql_transaction(&s, run_text, &w, &d), &d);
    sqlite3_stmt *q = sql(&s, find); /* kept: vault_close would end the process */
    sqlite3_bind_int(q, 1, 1);
    assert_int_equal(sql_row(q), 0);
    sql_close(&s);
    must(sql_open_vault(&s, x->other, KIND, &key, &d), &d);
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 1);
    sql_close(&s);
}

/* A vault of many pages with one bit of the last page turned. */
static void damage_vault(const struct scene *x)
{
    struct sql s = {0};
    struct diag d = {""};
    struct stat st;
    make_vault(x, &s);
    must(sql_execute(&s,
                     "CREATE TABLE u(a); CREATE TABLE t(a INTEGER PRIMARY KEY, b);"
                     "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c WHERE n < 60)"
                     " INSERT INTO t SELECT n, zeroblob(1000) FROM c;"
                     "PRAGMA wal_checkpoint(TRUNCATE)",
                     &d),
         &d);
    sql_close(&s);
    FILE *f = fopen(x->other, "r+b");
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &st), 0);
    assert_int_equal(fseek(f, st.st_size - 2000, SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, st.st_size - 2000, SEEK_SET), 0);
    assert_int_equal(fputc(c ^ 1, f), c ^ 1);
    fclose(f);
}

/* Takes the last row for one that is not there, and goes on. */
static int take_for_none(void *context, struct diag *d)
{
    struct sql *s = context;
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, find);
    sqlite3_bind_int(q, 1, 60);
    assert_int_equal(sql_row(q), ERR_IO); /* not ERR_NOT_FOUND */
    return sql_execute(s, "INSERT INTO u VALUES(1)", d);
}

static void sql__vault__what_cannot_be_read_is_not_taken_for_none(void **state)
{
    const struct scene *x = *state;
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    damage_vault(x);
    must(sql_open_vault(&s, x->other, KIND, &key, &d), &d);
    must(sql_fault(&s, &d), &d);
    assert_int_equal(sql_transaction(&s, take_for_none, &s, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "is not what was written"));
    assert_int_equal(sql_fault(&s, &d), ERR_AUTH);
    assert_int_equal(number(&s, "SELECT count(*) FROM u"), 0);
    int r = 0;
    sqlite3_stmt *q = sql(&s, "SELECT a, b FROM t WHERE a > 59");
    while (sql_walk(&s, q, &r, &d))
        sqlite3_column_blob(q, 1);
    assert_int_equal(r, ERR_AUTH);
}

/* Does its work, and says nothing of what it met. */
static int look_nowhere(void *context, struct diag *d)
{
    struct sql *s = context;
    (void)!sql_row(sql(s, "SELECT a FROM nowhere"));
    return sql_execute(s, "INSERT INTO u VALUES(1)", d);
}

/* The transaction is under way still, and its work content: the fault alone ends it. */
static void sql__vault__what_the_work_ignored_is_rolled_back(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    struct diag d = {""};
    make_vault(*state, &s);
    must(sql_execute(&s, "CREATE TABLE u(a)", &d), &d);
    assert_int_equal(sql_transaction(&s, look_nowhere, &s, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "cannot be read"));
    assert_int_equal(sqlite3_get_autocommit(s.db), 1);
    assert_int_equal(number(&s, "SELECT count(*) FROM u"), 0);
}

/* A handle of another's: the statements go, it stays. What cannot be prepared is noted, too. */
static void sql__over__leaves_the_handle(void **state)
{
    struct sql s = {0}, mine = {0};
    struct diag d = {""};
    make_vault(*state, &s);
    must(sql_execute(&s, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)", &d), &d);
    sql_over(&mine, s.db, "somebody's tables");
    assert_non_null(sql(&mine, find));
    sql_close(&mine);
    assert_int_equal(number(&s, "SELECT count(*) FROM t"), 0);
    sql_over(&mine, s.db, "somebody's tables");
    must(sql_fault(&mine, &d), &d);
    assert_int_equal(sql_row(sql(&mine, "SELECT a FROM nowhere")), ERR_IO);
    assert_int_equal(sql_fault(&s, &d), ERR_AUTH);
    sql_close(&mine);
    sql_close(&s);
}

/* Its name is an address' part to SQLite: what would end it there is written in another way. */
static void sql__open_still__reads_a_file_of_any_name(void **state)
{
    struct scene *x = *state;
    struct sql s = {0};
    struct diag d = {""};
    snprintf(x->other, sizeof x->other, "%s/100%%25 what?immutable=0#.db", x->folder);
    open_plain(x, &s);
    must(sql_execute(&s, "INSERT INTO t VALUES (7, 'seven')", &d), &d);
    sql_close(&s);
    assert_int_equal(rename(x->path, x->other), 0);
    must(sql_open_still(&s, x->other, &d), &d);
    sqlite3_stmt *q = sql(&s, "SELECT b FROM t WHERE a = 7");
    assert_int_equal(sql_row(q), 0);
    assert_string_equal(sql_text(q, 0), "seven");
    assert_true(sql_execute(&s, "INSERT INTO t VALUES (8, 'eight')", &d) < 0);
    sql_close(&s);
}

static void sql__open_still__refuses_what_is_no_database(void **state)
{
    struct scene *x = *state;
    struct sql s = {0};
    struct diag d = {""};
    assert_int_equal(sql_open_still(&s, x->other, &d), ERR_IO);
    sql_close(&s);
    must(file_write(x->other, "this is no database, and long enough to tell", 44, 0600, &d), &d);
    assert_int_equal(sql_open_still(&s, x->other, &d), ERR_FORMAT);
    sql_close(&s);
}

/* Of a text that is gone by the time it is used. */
static void sql__make__is_the_callers(void **state)
{
    CLEANUP(sql_close) struct sql s = {0};
    open_plain(*state, &s);
    char text[32] = "INSERT INTO t VALUES (7, 8)";
    sqlite3_stmt *made = sql_make(&s, text);
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(sql_run(made), 0);
    sql_drop(made);
    assert_null(sql_make(&s, "INSERT INTO nowhere VALUES (1)"));
    assert_int_equal(sql_run(NULL), ERR_IO);
    sqlite3_stmt *read = sql(&s, "SELECT b FROM t WHERE a = 7");
    assert_int_equal(sql_row(read), 0);
    assert_int_equal(sqlite3_column_int(read, 0), 8);
    sqlite3_reset(read);
    sql_drop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(sql__open_still__reads_a_file_of_any_name),
        SCENE_TEST(sql__open_still__refuses_what_is_no_database),
        SCENE_TEST(sql__open__sets_what_each_file_needs),
        SCENE_TEST(sql__open__nothing_there),
        SCENE_TEST(sql__open__not_a_database),
        SCENE_TEST(sql__open__reader_does_not_write),
        SCENE_TEST(sql__statement__is_kept_and_reset),
        SCENE_TEST(sql__query__is_reset_at_the_end_of_its_scope),
        SCENE_TEST(sql__run__tells_what_is_there_already),
        SCENE_TEST(sql__run__tells_no_other_constraint_for_that),
        SCENE_TEST(sql__walk__ends_with_what_ended_it),
        SCENE_TEST(sql__transaction__commits),
        SCENE_TEST(sql__transaction__rolls_back_what_failed),
        SCENE_TEST(sql__transaction__rolls_back_when_the_commit_fails),
        SCENE_TEST(sql__transaction__is_of_one_level),
        SCENE_TEST(sql__transaction__has_no_view_in_it),
        SCENE_TEST(sql__transaction__waits_for_no_lock_forever),
        SCENE_TEST(sql__view__stays_where_it_began),
        SCENE_TEST(sql__view__that_broke_leaves_the_handle_writable),
        SCENE_TEST(sql__vault__opens_with_its_errors),
        SCENE_TEST(sql__vault__what_cannot_be_read_is_not_taken_for_none),
        SCENE_TEST(sql__vault__what_the_work_ignored_is_rolled_back),
        SCENE_TEST(sql__over__leaves_the_handle),
        SCENE_TEST(sql__make__is_the_callers),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
