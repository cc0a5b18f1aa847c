/* The journal's word on files. */
#include "journal/files.h"

#include <string.h>

#include "support.h"

#define DAY_MS INT64_C(86400000)

static const struct journal_file one = {.sha256 = {1}, .size = 100, .account = {7}};
static const struct journal_file two = {.sha256 = {2}, .size = 20, .account = {7}};
static const struct journal_file other = {.sha256 = {3}, .size = 3, .account = {8}};

/* A round that names it. */
static void name(struct scene *s, struct journal *j, const struct journal_file *f, int64_t at)
{
    struct work_round r;
    work_next(&s->work, &r);
    r.round.at_unix_ms = at;
    r.round.files = f;
    r.round.file_count = 1;
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
}

static struct journal_file_row row_of(struct journal *j, const struct journal_file *f)
{
    struct journal_file_row row;
    assert_int_equal(journal_file(j, f->sha256, &row), 0);
    return row;
}

/* Its retention counts from the latest time, though the clock went back behind that. */
static void journal_files__named__keeps_the_latest(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    struct journal_file_row row;
    name(s, j, &one, FIXTURE_AT);
    name(s, j, &one, FIXTURE_AT + DAY_MS);
    assert_true(row_of(j, &one).named_unix_ms == FIXTURE_AT + DAY_MS);
    name(s, j, &one, FIXTURE_AT - DAY_MS);
    row = row_of(j, &one);
    assert_true(row.named_unix_ms == FIXTURE_AT + DAY_MS && row.round == 1);
    assert_int_equal(journal_file_expired(j, FIXTURE_AT + DAY_MS, 0, &row), ERR_NOT_FOUND);
    assert_int_equal(journal_file_expired(j, FIXTURE_AT + DAY_MS + 1, 0, &row), 0);
    journal_close(j);
}

static int count_row(void *context, const struct journal_file_row *row)
{
    uint64_t *sum = context;
    *sum = *sum * 1000 + row->file.size;
    return 0;
}

static void journal_files__walk__of_one_round_or_all(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    uint64_t sum = 0;
    name(s, j, &one, FIXTURE_AT);
    name(s, j, &two, FIXTURE_AT + 1);
    name(s, j, &other, FIXTURE_AT + 2);
    assert_int_equal(journal_files(j, 2, count_row, &sum, NULL), 0);
    assert_true(sum == 20);
    sum = 0;
    assert_int_equal(journal_files(j, 0, count_row, &sum, NULL), 0);
    assert_true(sum == 100020003);
    sum = 0;
    assert_int_equal(journal_files(j, 4, count_row, &sum, NULL), 0);
    assert_true(sum == 0);
    journal_close(j);
}

static void journal_files__used__of_each_account(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    struct diag d;
    uint64_t used = 1;
    name(s, j, &one, FIXTURE_AT);
    name(s, j, &two, FIXTURE_AT + 1);
    name(s, j, &other, FIXTURE_AT + 2);
    assert_int_equal(journal_files_used(j, one.account, &used), 0);
    assert_true(used == 120);
    assert_int_equal(journal_file_removed(j, one.sha256, FIXTURE_AT + DAY_MS, &d), 0);
    assert_int_equal(journal_files_used(j, one.account, &used), 0);
    assert_true(used == 20);
    assert_int_equal(journal_files_used(j, other.account, &used), 0);
    assert_true(used == 3);
    journal_close(j);
}

/* The view stays where it is; what is asked of now does not. */
static void journal_files__now__is_not_of_the_view(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    struct journal_file_row row;
    struct diag d = {""};
    name(s, j, &one, FIXTURE_AT);
    struct journal *reader = open_reader(s);
    assert_int_equal(journal_file_removed(j, one.sha256, FIXTURE_AT + DAY_MS, &d), 0);
    assert_true(row_of(reader, &one).removed_unix_ms == 0);
    assert_int_equal(journal_file_now(reader, one.sha256, &row, &d), 0);
    assert_true(row.removed_unix_ms == FIXTURE_AT + DAY_MS);
    assert_int_equal(journal_file_now(reader, two.sha256, &row, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, s->path));
    journal_close(reader);
    journal_close(j);
}

/* How SQLite finds the rows of a statement that the journal has kept. */
static void assert_searched(struct journal *j, const char *part, const char *how)
{
    for (sqlite3_stmt *kept = NULL; (kept = sqlite3_next_stmt(j->sql.db, kept)) != NULL;) {
        char text[512];
        sqlite3_stmt *q = NULL;
        if (strstr(sqlite3_sql(kept), part) == NULL)
            continue;
        snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sqlite3_sql(kept));
        assert_int_equal(sqlite3_prepare_v2(j->sql.db, text, -1, &q, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        const char *plan = (const char *)sqlite3_column_text(q, 3);
        if (strncmp(plan, "SEARCH", 6) != 0 || strstr(plan, how) == NULL)
            fail_msg("%s: %s", part, plan);
        sqlite3_finalize(q);
        return;
    }
    fail_msg("nothing like \"%s\" was asked", part);
}

/* What is asked for each file, and for each round, must not read all of them. */
static void journal_files__ask__by_an_index(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    struct journal_file_row row;
    uint64_t n = 0;
    name(s, j, &one, FIXTURE_AT);
    row = row_of(j, &one);
    assert_int_equal(journal_files(j, 1, count_row, &n, NULL), 0);
    assert_int_equal(journal_file_expired(j, FIXTURE_AT, 0, &row), ERR_NOT_FOUND);
    assert_int_equal(journal_files_used(j, one.account, &n), 0);
    assert_searched(j, "FROM file WHERE sha256 =", "(sha256=?)");
    assert_searched(j, "ORDER BY leaf", "(round=?)");
    assert_searched(j, "ORDER BY named", "(removed=? AND named<?)");
    assert_searched(j, "sum(size)", "(account=? AND removed=?)");
    journal_close(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal_files__named__keeps_the_latest),
        SCENE_TEST(journal_files__walk__of_one_round_or_all),
        SCENE_TEST(journal_files__used__of_each_account),
        SCENE_TEST(journal_files__now__is_not_of_the_view),
        SCENE_TEST(journal_files__ask__by_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
