/* What a desk states of its use, held against its access log. */
#include "desk/daily.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/secret.h"
#include "desk_folder.h"

#define HOUR_MS (CALENDAR_DAY_MS / 24)
#define KEPT_MAX 16

struct kept {
    char *notes[KEPT_MAX];
    size_t count;
};

static void clear_kept(struct kept *k)
{
    for (size_t i = 0; i < k->count; i++)
        free(k->notes[i]);
}

static int keep(void *context, const struct use *x, const char *note)
{
    struct kept *k = context;
    assert_true(k->count < KEPT_MAX);
    assert_int_equal(x->serial, k->count + 1);
    k->notes[k->count++] = mem_string(note);
    return 0;
}

static void open_engine(struct desk_world *w, struct desk_engine *ret)
{
    struct diag d;
    if (desk_engine_open(&w->folder, NULL, ret, &d) < 0)
        fail_msg("%s", d.text);
}

static void log_it(struct desk_engine *e, int64_t at, enum access_action action, const char *user,
                   const char *warrants, uint64_t count)
{
    const struct access_entry x = {.at_unix_ms = at,
                                   .action = action,
                                   .user = user,
                                   .role = "reviewer",
                                   .purpose = "",
                                   .case_id = "",
                                   .warrants = warrants,
                                   .what = "x",
                                   .count = count};
    struct diag d;
    if (access_append(e->log, &x, &d) < 0)
        fail_msg("%s", d.text);
}

/* One day of work, and one on which only the log was read. */
static void work(struct desk_engine *e)
{
    int64_t day = FIXTURE_DAY * CALENDAR_DAY_MS;
    log_it(e, day + HOUR_MS, ACCESS_SIGN_IN, "anna", "", 0);
    log_it(e, day + 2 * HOUR_MS, ACCESS_SEARCH, "anna", FIXTURE_WARRANT, 3);
    log_it(e, day + 3 * HOUR_MS, ACCESS_VIEW, "anna", "a-1 " FIXTURE_WARRANT, 2);
    log_it(e, day + 4 * HOUR_MS, ACCESS_VIEW, "bert", "a-1", 5);
    log_it(e, day + 5 * HOUR_MS, ACCESS_VIEW, "bert", FIXTURE_WARRANT "-b", 7);
    log_it(e, day + 6 * HOUR_MS, ACCESS_VIEW, "emil", "", 0); /* who writes with whom */
    log_it(e, day + 7 * HOUR_MS, ACCESS_VIEW, "emil", "a-1 ...", 1);
    log_it(e, day + 22 * HOUR_MS, ACCESS_EXPORT, "carl", FIXTURE_WARRANT, 4);
    log_it(e, day + 23 * HOUR_MS, ACCESS_PASS, "carl", FIXTURE_WARRANT, 6);
    log_it(e, day + 23 * HOUR_MS, ACCESS_PASS, "carl", "a-1", 8);
    log_it(e, day + 24 * HOUR_MS, ACCESS_READ_LOG, "dora", "", 9);
}

static struct kept made(struct desk_world *w, struct desk_engine *e, int64_t now)
{
    struct kept k = {.count = 0};
    struct diag d;
    if (desk_statement_make(&w->folder, e, now, &d) < 0 || desk_statement_each(e, keep, &k, &d) < 0)
        fail_msg("%s", d.text);
    return k;
}

static struct use *opened(struct desk_world *w, const char *note)
{
    struct use *x = NULL;
    struct diag d;
    if (use_open(w->shelf->set->warrants[0], note, strlen(note), &x, &d) < 0)
        fail_msg("%s", d.text);
    return x;
}

static void statement__make__counts_of_each_day_that_has_ended(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    open_engine(w, &e);
    work(&e);
    CLEANUP(clear_kept) struct kept k = made(w, &e, (FIXTURE_DAY + 2) * CALENDAR_DAY_MS);
    assert_int_equal(k.count, 2);
    CLEANUP(use_free_cleanup) struct use *first = opened(w, k.notes[0]);
    CLEANUP(use_free_cleanup) struct use *second = opened(w, k.notes[1]);
    assert_int_equal(first->day, FIXTURE_DAY);
    assert_string_equal(first->agency, "north");
    assert_int_equal(first->counts[USE_USERS], 3);
    assert_int_equal(first->counts[USE_SEARCHES], 1);
    assert_int_equal(first->counts[USE_OPENED], 3);
    assert_int_equal(first->counts[USE_EXPORTED], 4);
    assert_int_equal(first->counts[USE_PASSED], 6);
    assert_int_equal(first->size, 10);
    assert_int_equal(second->day, FIXTURE_DAY + 1);
    for (int i = 0; i < USE_COUNTS; i++)
        assert_int_equal(second->counts[i], 0);
    assert_int_equal(second->size, 11);
    assert_int_equal(use_follows(NULL, first, NULL), 0);
    assert_int_equal(use_follows(first, second, NULL), 0);
}

static void statement__make__none_twice_and_none_of_today(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    open_engine(w, &e);
    work(&e);
    int64_t day = FIXTURE_DAY * CALENDAR_DAY_MS;
    CLEANUP(clear_kept) struct kept none = made(w, &e, day + CALENDAR_DAY_MS - 1);
    assert_int_equal(none.count, 0);
    CLEANUP(clear_kept) struct kept one = made(w, &e, day + CALENDAR_DAY_MS);
    assert_int_equal(one.count, 1);
    CLEANUP(clear_kept) struct kept again = made(w, &e, day + CALENDAR_DAY_MS);
    assert_int_equal(again.count, 1);
    assert_string_equal(again.notes[0], one.notes[0]);
    CLEANUP(clear_kept) struct kept both = made(w, &e, day + 2 * CALENDAR_DAY_MS);
    assert_int_equal(both.count, 2);
    assert_string_equal(both.notes[0], one.notes[0]);
}

/* The warrant's last day is the one after FIXTURE_DAY; a week later nobody asks any more. */
static void statement__make__ends_a_week_after_its_warrant(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    open_engine(w, &e);
    work(&e);
    CLEANUP(clear_kept) struct kept k = made(w, &e, (FIXTURE_DAY + 100) * CALENDAR_DAY_MS);
    assert_int_equal(k.count, 2 + USE_DAYS_AFTER);
    CLEANUP(use_free_cleanup) struct use *last = opened(w, k.notes[k.count - 1]);
    assert_int_equal(last->day, FIXTURE_DAY + 1 + USE_DAYS_AFTER);
}

/* What is dated back to a day that was stated counts for the next one. */
static void statement__make__goes_on_where_the_last_one_ended(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    int64_t day = FIXTURE_DAY * CALENDAR_DAY_MS;
    open_engine(w, &e);
    log_it(&e, day + HOUR_MS, ACCESS_SEARCH, "anna", "", 1);
    CLEANUP(clear_kept) struct kept one = made(w, &e, day + CALENDAR_DAY_MS);
    log_it(&e, day + 2 * HOUR_MS, ACCESS_SEARCH, "bert", "", 1);
    log_it(&e, day + 25 * HOUR_MS, ACCESS_SEARCH, "anna", "", 1);
    CLEANUP(clear_kept) struct kept k = made(w, &e, day + 2 * CALENDAR_DAY_MS);
    assert_int_equal(k.count, 2);
    assert_string_equal(k.notes[0], one.notes[0]);
    CLEANUP(use_free_cleanup) struct use *second = opened(w, k.notes[1]);
    assert_int_equal(second->counts[USE_SEARCHES], 2);
    assert_int_equal(second->counts[USE_USERS], 2);
    assert_int_equal(second->size, 3);
}

/* One entry ahead of the days, and one behind them, take nothing from any. */
static void statement__make__a_clock_that_was_wrong_hides_nothing(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    int64_t day = FIXTURE_DAY * CALENDAR_DAY_MS;
    open_engine(w, &e);
    log_it(&e, day + HOUR_MS, ACCESS_SEARCH, "anna", "", 1);
    log_it(&e, day + 7 * CALENDAR_DAY_MS, ACCESS_SEARCH, "anna", "", 1);
    log_it(&e, day - 7 * CALENDAR_DAY_MS, ACCESS_SEARCH, "anna", "", 1);
    log_it(&e, day + 2 * HOUR_MS, ACCESS_SEARCH, "anna", "", 1);
    log_it(&e, day + 25 * HOUR_MS, ACCESS_SEARCH, "anna", "", 1);
    CLEANUP(clear_kept) struct kept k = made(w, &e, day + 2 * CALENDAR_DAY_MS);
    assert_int_equal(k.count, 2);
    CLEANUP(use_free_cleanup) struct use *first = opened(w, k.notes[0]);
    CLEANUP(use_free_cleanup) struct use *second = opened(w, k.notes[1]);
    assert_int_equal(first->counts[USE_SEARCHES], 4);
    assert_int_equal(first->size, 4);
    assert_int_equal(second->counts[USE_SEARCHES], 1);
    assert_int_equal(second->size, 5);
    assert_int_equal(use_follows(first, second, NULL), 0);
}

static void statement__make__only_where_a_warrant_names_the_key(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct diag d;
    desk_world_sql(w, "UPDATE desk_seed SET seed = zeroblob(32)");
    open_engine(w, &e);
    work(&e);
    assert_int_equal(desk_statement_make(&w->folder, &e, (FIXTURE_DAY + 2) * CALENDAR_DAY_MS, &d),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "names this desk's key"));
}

/* ---- of a desk that runs ---- */

static void assert_statements(const struct desk_world *w, unsigned count)
{
    for (unsigned serial = 1; serial <= count + 1; serial++) {
        CLEANUP_FREE char *path =
            mem_format("%s/" DESK_STATEMENTS "/" FIXTURE_WARRANT "-north-%u" DESK_STATEMENT_ENDING,
                       w->folder.dir, serial);
        if (file_exists(path) != (serial <= count))
            fail_msg("%s: there are not %u", path, count);
    }
}

static void daily__step__lays_down_what_each_day_adds(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct desk_daily *x = NULL;
    struct diag d;
    int64_t day = FIXTURE_DAY * CALENDAR_DAY_MS;
    open_engine(w, &e);
    work(&e);
    assert_int_equal(desk_daily_new(&w->folder, &e, &x, &d), 0);
    assert_int_equal(desk_daily_step(x, day + HOUR_MS, &d), 0);
    assert_statements(w, 0);
    assert_int_equal(desk_daily_step(x, day + CALENDAR_DAY_MS, &d), 0);
    assert_statements(w, 1);
    assert_int_equal(desk_daily_step(x, day + CALENDAR_DAY_MS + HOUR_MS, &d), 0);
    assert_int_equal(desk_daily_step(x, day + 2 * CALENDAR_DAY_MS, &d), 0);
    assert_statements(w, 2);
    desk_daily_free(x);
    /* A desk that begins again finds them there. */
    assert_int_equal(desk_daily_new(&w->folder, &e, &x, &d), 0);
    assert_int_equal(desk_daily_step(x, day + 2 * CALENDAR_DAY_MS, &d), 0);
    assert_statements(w, 2);
    desk_daily_free(x);
}

static void daily__step__is_what_the_verb_would_sign(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    CLEANUP_FREE char *path = mem_format(
        "%s/" DESK_STATEMENTS "/" FIXTURE_WARRANT "-north-1" DESK_STATEMENT_ENDING, w->folder.dir);
    CLEANUP_FREE char *note = NULL;
    struct desk_daily *x = NULL;
    struct diag d;
    open_engine(w, &e);
    work(&e);
    assert_int_equal(desk_daily_new(&w->folder, &e, &x, &d), 0);
    assert_int_equal(desk_daily_step(x, (FIXTURE_DAY + 1) * CALENDAR_DAY_MS, &d), 0);
    desk_daily_free(x);
    CLEANUP(clear_kept) struct kept k = made(w, &e, (FIXTURE_DAY + 1) * CALENDAR_DAY_MS);
    assert_int_equal(file_read_text(path, VALUE_USE_MAX, &note, &d), 0);
    assert_string_equal(note, k.notes[0]);
    CLEANUP(use_free_cleanup) struct use *first = opened(w, note);
    assert_int_equal(first->counts[USE_SEARCHES], 1);
}

static void daily__step__states_nothing_where_no_warrant_names_the_key(void **state)
{
    struct desk_world *w = *state;
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct desk_daily *x = NULL;
    struct diag d;
    desk_world_sql(w, "UPDATE desk_seed SET seed = zeroblob(32)");
    open_engine(w, &e);
    work(&e);
    assert_int_equal(desk_daily_new(&w->folder, &e, &x, &d), 0);
    assert_int_equal(desk_daily_step(x, (FIXTURE_DAY + 2) * CALENDAR_DAY_MS, &d), 0);
    assert_statements(w, 0);
    desk_daily_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_WORLD_TEST(statement__make__counts_of_each_day_that_has_ended),
        DESK_WORLD_TEST(statement__make__none_twice_and_none_of_today),
        DESK_WORLD_TEST(statement__make__ends_a_week_after_its_warrant),
        DESK_WORLD_TEST(statement__make__goes_on_where_the_last_one_ended),
        DESK_WORLD_TEST(statement__make__a_clock_that_was_wrong_hides_nothing),
        DESK_WORLD_TEST(statement__make__only_where_a_warrant_names_the_key),
        DESK_WORLD_TEST(daily__step__lays_down_what_each_day_adds),
        DESK_WORLD_TEST(daily__step__is_what_the_verb_would_sign),
        DESK_WORLD_TEST(daily__step__states_nothing_where_no_warrant_names_the_key),
    };
    secret_init();
    return cmocka_run_group_tests_name("desk/statement", tests, NULL, NULL);
}
