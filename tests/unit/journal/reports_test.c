/* Days to be stated, what is counted for them, and reports until they are sent. */
#include "journal/reports.h"

#include "support.h"

#define DAY INT64_C(86400000)
#define FIRST INT64_C(18785)

/* The next round, on that day; its archived records and refused lines are added up. */
struct sum {
    uint64_t records, refused;
};

static void commit_on(struct scene *s, struct journal *j, int64_t day, struct sum *sum)
{
    struct work_round r;
    struct diag d = {""};
    work_next(&s->work, &r);
    r.round.at_unix_ms = day * DAY + 5;
    for (size_t i = 0; i < r.round.batch_count; i++)
        sum->records += r.batches[i].count;
    for (uint32_t i = 0; i < r.round.line_count; i++)
        sum->refused += r.verdicts[i].line.state == VERDICT_REFUSED;
    if (journal_commit(j, &r.round, &d) < 0)
        fail_msg("%s", d.text);
}

/* The next statement, which is kept. */
static void state_next(struct journal *j, int64_t before, struct journal_tally *t)
{
    struct diag d = {""};
    if (journal_tally(j, before, t, &d) < 0)
        fail_msg("%s", d.text);
    if (t->day == JOURNAL_NO_DAY)
        return;
    uint8_t hash[HASH_BYTES] = {(uint8_t)t->day, 7};
    assert_int_equal(journal_put_statement(j, t, hash, "note", &d), 0);
}

static void assert_counts(const struct journal_tally *t, const struct sum *sum)
{
    uint64_t records = 0, refused = 0;
    for (size_t i = 0; i < t->archived_count; i++)
        records += t->archived[i].count;
    for (size_t i = 0; i < VERDICT_REASONS; i++)
        refused += t->refused[i];
    assert_int_equal(records, sum->records);
    assert_int_equal(refused, sum->refused);
}

static void reports__tally__day_by_day(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct sum sums[4] = {{0}};
    uint64_t sizes[4] = {0};
    static struct journal_tally t;
    state_next(j, FIRST + 9, &t);
    assert_true(t.day == JOURNAL_NO_DAY);
    for (int64_t day = 0; day < 4; day++) {
        for (int i = 0; i < 5; i++)
            commit_on(s, j, FIRST + 2 * day, &sums[day]); /* every second day */
        sizes[day] = journal_size(j);
    }
    for (int64_t day = 0; day < 4; day++) {
        state_next(j, FIRST + 2 * day, &t); /* that day is not over */
        assert_true(t.day == JOURNAL_NO_DAY);
        state_next(j, FIRST + 2 * day + 1, &t);
        assert_true(t.day == FIRST + 2 * day);
        assert_counts(&t, &sums[day]);
        assert_int_equal(t.size, sizes[day]);
        assert_true(sums[day].records > 0);
    }
    state_next(j, FIRST + 99, &t);
    assert_true(t.day == JOURNAL_NO_DAY);
}

/* The clock went back: nothing is counted twice or not at all, and no day is stated again. */
static void reports__tally__a_clock_that_goes_back(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct sum first = {0}, rest = {0};
    static struct journal_tally t;
    commit_on(s, j, FIRST, &first);
    commit_on(s, j, FIRST, &first);
    state_next(j, FIRST + 1, &t);
    assert_true(t.day == FIRST);
    assert_counts(&t, &first);
    commit_on(s, j, FIRST, &rest);
    commit_on(s, j, FIRST - 30, &rest);
    commit_on(s, j, FIRST + 1, &rest);
    state_next(j, FIRST + 1, &t);
    assert_true(t.day == JOURNAL_NO_DAY);
    state_next(j, FIRST + 2, &t);
    assert_true(t.day == FIRST + 1);
    assert_counts(&t, &rest);
}

static void reports__add_day__days_without_verdicts(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct sum sum = {0}, none = {0};
    static struct journal_tally t;
    static const int64_t ran[] = {FIRST, FIRST, FIRST + 1, FIRST + 3};
    for (size_t i = 0; i < COUNT(ran); i++)
        assert_int_equal(journal_add_day(j, ran[i], NULL), 0);
    commit_on(s, j, FIRST + 1, &sum);
    uint64_t size = journal_size(j);
    for (int64_t i = 0; i < 3; i++) {
        state_next(j, FIRST + 4, &t);
        assert_true(t.day == (i < 2 ? FIRST + i : FIRST + 3));
        assert_counts(&t, i == 1 ? &sum : &none);
        assert_int_equal(t.size, i == 0 ? 0 : size);
    }
    state_next(j, FIRST + 4, &t);
    assert_true(t.day == JOURNAL_NO_DAY);
}

static void reports__destroyed__in_one_destruction(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    const struct journal_destroyed keys[] = {{"W-2", 5}, {"W-1", 7}, {"W-1", 6}, {"W-2", 5}};
    struct journal_destroyed got[8];
    uint8_t hash[HASH_BYTES] = {1};
    size_t count;
    assert_int_equal(journal_add_destroyed(j, keys, 4, NULL), 0);
    assert_int_equal(journal_unpublished(j, got, 8, &count, NULL), 0);
    assert_int_equal(count, 3);
    assert_string_equal(got[0].warrant, "W-1");
    assert_int_equal(got[0].day, 6);
    assert_int_equal(got[1].day, 7);
    assert_string_equal(got[2].warrant, "W-2");
    assert_int_equal(journal_put_destruction(j, got, 2, hash, "note", NULL), 0);
    assert_int_equal(journal_unpublished(j, got, 8, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(journal_add_destroyed(j, keys, 4, NULL), 0); /* told again */
    assert_int_equal(journal_unpublished(j, got, 8, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_string_equal(got[0].warrant, "W-2");
}

static int count_sent(void *context, const struct journal_report_row *row)
{
    size_t *counts = context;
    assert_int_equal(row->kind, DOCUMENT_DESTRUCTION);
    assert_true(row->day == JOURNAL_NO_DAY && row->round == JOURNAL_NO_DAY);
    assert_non_null(row->hash);
    assert_int_equal(row->hash[0], row->number);
    assert_string_equal(row->note, "note");
    counts[row->sent]++;
    return 0;
}

static void reports__next__oldest_first_until_sent(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    size_t counts[3] = {0};
    char *note = NULL;
    assert_int_equal(journal_next_report(j, &kind, hash, &note), ERR_NOT_FOUND);
    for (uint8_t i = 0; i < 3; i++) {
        const struct journal_destroyed key = {"W-1", i};
        const uint8_t h[HASH_BYTES] = {i + 1};
        assert_int_equal(journal_add_destroyed(j, &key, 1, NULL), 0);
        assert_int_equal(journal_put_destruction(j, &key, 1, h, "note", NULL), 0);
    }
    for (uint8_t i = 0; i < 3; i++) {
        journal_close(j);
        j = open_writer(s);
        assert_int_equal(journal_next_report(j, &kind, hash, &note), 0);
        assert_int_equal(kind, DOCUMENT_DESTRUCTION);
        assert_int_equal(hash[0], i + 1);
        free(TAKE(note));
        assert_int_equal(journal_report_sent(j, hash, i != 1, NULL), 0);
    }
    assert_int_equal(journal_next_report(j, &kind, hash, &note), ERR_NOT_FOUND);
    assert_int_equal(journal_reports(j, count_sent, counts, NULL), 0);
    assert_int_equal(counts[JOURNAL_TAKEN], 2);
    assert_int_equal(counts[JOURNAL_REFUSED], 1);
    journal_close(j);
}

/* A journal from before there were reports. */
static void reports__open__tables_are_made(void **state)
{
    struct scene *s = *state;
    run_sql(s, "DROP TABLE report; DROP TABLE destroyed; DROP TABLE ran;");
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    assert_int_equal(journal_add_day(j, FIRST, NULL), 0);
}

/* How far the network's clock had come: rounds show it, and the end of a day that was stated. */
static void journal__clock__is_of_rounds_and_stated_days(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct sum sum = {0};
    static struct journal_tally t;
    struct diag d = {""};
    int64_t at = -1;
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == 0);
    commit_on(s, j, FIRST, &sum);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == FIRST * DAY + 5);
    state_next(j, FIRST + 1, &t);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == (FIRST + 1) * DAY);
    assert_int_equal(journal_add_day(j, FIRST + 3, &d), 0); /* it ran, and nothing was judged */
    state_next(j, FIRST + 4, &t);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == (FIRST + 4) * DAY);
    commit_on(s, j, FIRST + 5, &sum);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == (FIRST + 5) * DAY + 5);
}

/* It is foreign, and what it says is a time or nothing. */
static void journal__clock__of_what_is_no_time(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct sum sum = {0};
    static struct journal_tally t;
    struct diag d = {""};
    int64_t at;
    commit_on(s, j, FIRST, &sum);
    state_next(j, FIRST + 1, &t);
    assert_int_equal(sql_execute(&j->sql, "UPDATE report SET day = 9223372036854775806", &d), 0);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == FIRST * DAY + 5);
    assert_int_equal(sql_execute(&j->sql, "UPDATE round SET at = 9223372036854775807", &d), 0);
    assert_int_equal(journal_clock(j, &at, &d), 0);
    assert_true(at == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal__clock__is_of_rounds_and_stated_days),
        SCENE_TEST(journal__clock__of_what_is_no_time),
        SCENE_TEST(reports__tally__day_by_day),
        SCENE_TEST(reports__tally__a_clock_that_goes_back),
        SCENE_TEST(reports__add_day__days_without_verdicts),
        SCENE_TEST(reports__destroyed__in_one_destruction),
        SCENE_TEST(reports__next__oldest_first_until_sent),
        SCENE_TEST(reports__open__tables_are_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
