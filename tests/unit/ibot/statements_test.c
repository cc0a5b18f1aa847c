/* What a whole bot says of its days: counts, destroyed keys, each once, until the registrar has it.
 */
#include "table.h"

#include "base/calendar.h"
#include "journal/reports.h"
#include "wire/destruction.h"
#include "wire/statement.h"

#define DAY_MS INT64_C(86400000)
#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)

/* The bot's report with this number, which must be a statement. */
static struct statement *statement_at(const struct scene *s, size_t i)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct statement *x = NULL;
    struct diag d = {""};
    assert_true(i < s->b->report_count);
    if (statement_open(s->f->domain, bot->jid, bot->signer.key.key, s->b->reports[i],
                       strlen(s->b->reports[i]), &x, &d) < 0)
        fail_msg("%s: %s", d.text, s->b->reports[i]);
    return x;
}

static struct destruction *destruction_at(const struct scene *s, size_t i)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct destruction *x = NULL;
    struct diag d = {""};
    assert_true(i < s->b->report_count);
    if (destruction_open(s->f->domain, bot->jid, bot->signer.key.key, s->b->reports[i],
                         strlen(s->b->reports[i]), &x, &d) < 0)
        fail_msg("%s: %s", d.text, s->b->reports[i]);
    return x;
}

/* A message that is refused: its seal is not for it. */
static void refuse_one(struct scene *s)
{
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    m->envelope.enc[0] ^= 1;
    fixture_message_sign(m, s->f, NULL, s->dev);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    assert_int_equal(v.line.reason, VERDICT_BAD_SEAL);
    fixture_device_advance(s->dev, m);
}

static void statements__tick__a_day_that_is_over(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    bot_archive_one(s->b, s->set, s->other);
    refuse_one(s);
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, FIXTURE_AT + 1000);
    assert_int_equal(s->b->report_count, 0); /* it is not over */
    uint64_t size = journal_size(s->b->journal);
    uint8_t root[MERKLE_BYTES];
    assert_int_equal(journal_root(s->b->journal, size, root), 0);
    bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS);
    assert_int_equal(s->b->report_count, 1);
    CLEANUP(statement_free_cleanup) struct statement *x = statement_at(s, 0);
    assert_int_equal(x->day, FIXTURE_DAY);
    assert_int_equal(x->archived_count, 1);
    assert_string_equal(x->archived[0].warrant, FIXTURE_WARRANT);
    assert_int_equal(x->archived[0].count, 3);
    for (int r = 0; r < VERDICT_REASONS; r++)
        assert_int_equal(x->refused[r], r == VERDICT_BAD_SEAL ? 1 : 0);
    assert_int_equal(x->size, size);
    assert_memory_equal(x->root, root, sizeof root);
}

static void statements__tick__one_for_each_day_with_verdicts(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS + 5);
    bot_archive_one(s->b, s->set, s->dev);
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, (FIXTURE_DAY + 2) * DAY_MS + 5);
    bot_restart(s->b); /* nothing is said twice */
    bot_run(s->b);
    bot_reach(s->b, (FIXTURE_DAY + 2) * DAY_MS + 6);
    assert_int_equal(s->b->report_count, 3); /* and a key that was destroyed */
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(statement_free_cleanup) struct statement *x = statement_at(s, i);
        assert_int_equal(x->day, FIXTURE_DAY + (int64_t)i);
        assert_int_equal(x->archived[0].count, i + 1);
    }
}

/* A statement is owed for the day on which a bot was stopped. */
static void statements__tick__after_a_stop(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    clock_page_set(&s->b->clock, (FIXTURE_DAY + 1) * DAY_MS);
    bot_restart(s->b);
    bot_run(s->b);
    bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS + 1);
    assert_int_equal(s->b->report_count, 1);
    CLEANUP(statement_free_cleanup) struct statement *x = statement_at(s, 0);
    assert_int_equal(x->day, FIXTURE_DAY);
}

static void statements__destroyed__published_once(void **state)
{
    FRESH(s);
    bot_reach(s->b, (FIXTURE_DAY + 2) * DAY_MS + 7); /* the warrant's first day is over */
    assert_int_equal(s->b->report_count, 1);
    CLEANUP(destruction_free_cleanup) struct destruction *x = destruction_at(s, 0);
    assert_int_equal(x->at_unix_ms, (FIXTURE_DAY + 2) * DAY_MS + 7);
    assert_int_equal(x->count, 1);
    assert_string_equal(x->keys[0].warrant, FIXTURE_WARRANT);
    assert_int_equal(x->keys[0].day, FIXTURE_DAY - 1);
    bot_restart(s->b); /* the new opener tells it again */
    bot_run(s->b);
    bot_reach(s->b, (FIXTURE_DAY + 2) * DAY_MS + 8);
    assert_int_equal(s->b->report_count, 1);
    bot_reach(s->b, (FIXTURE_DAY + 9) * DAY_MS);
    assert_int_equal(s->b->report_count, 2);
    CLEANUP(destruction_free_cleanup) struct destruction *rest = destruction_at(s, 1);
    assert_int_equal(rest->count, 2);
    assert_int_equal(rest->keys[0].day, FIXTURE_DAY);
    assert_int_equal(rest->keys[1].day, FIXTURE_DAY + 1);
}

/* Two openers destroy the same file's keys: it is said once. */
static void statements__destroyed__by_two_openers(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(bot_free_cleanup) struct bot *b = bot_new(f, &(struct bot_options){.openers = 2});
    bot_run(b);
    bot_reach(b, (FIXTURE_DAY + 3) * DAY_MS);
    bot_reach(b, (FIXTURE_DAY + 3) * DAY_MS + 1);
    assert_int_equal(b->report_count, 1);
}

/* With the key of its day the message can't be opened any more: two days late it can, and on the
 * third it is refused. */
static void statements__destroyed__opens_nothing(void **state)
{
    (void)state;
    /* What covered it then covers it still: else it would be refused as dated back. */
    CLEANUP(scene_free_cleanup)
    struct scene *s = scene_new(&(struct scene_options){.until_day = FIXTURE_DAY + 4});
    bot_reach(s->b, (FIXTURE_DAY + 3) * DAY_MS - 1);
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, (FIXTURE_DAY + 3) * DAY_MS);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    assert_int_equal(v.line.reason, VERDICT_WRONG_DAY);
}

/* ---- a registrar that does not take it ---- */

static const char *condition; /* what it answers with; NULL: nothing at all */
static unsigned asked;

static bool refuse_reports(struct bot *b, const struct xml_element *iq,
                           const struct registry_query *q)
{
    if (q->what != REGISTRY_SUBMIT)
        return false;
    asked++;
    if (condition != NULL)
        bot_answer_error(b, iq, condition);
    return true;
}

static void sleep_and_run(struct scene *s, int64_t ms)
{
    bot_sleep(s->b, ms);
    bot_run(s->b);
}

static void statements__submit__until_it_is_taken(void **state)
{
    static const char *const conditions[] = {NULL, "forbidden", "internal-server-error",
                                             "resource-constraint"};
    for (size_t i = 0; i < COUNT(conditions); i++) {
        FRESH(s);
        condition = conditions[i];
        asked = 0;
        s->b->registrar = refuse_reports;
        bot_archive_one(s->b, s->set, s->dev);
        bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS);
        assert_int_equal(asked, 1);
        sleep_and_run(s, 31000);
        assert_int_equal(asked, 2);
        bot_restart(s->b); /* also in a new generation */
        bot_run(s->b);
        bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS + 1);
        assert_int_equal(asked, 3);
        s->b->registrar = NULL;
        sleep_and_run(s, 31000);
        assert_int_equal(s->b->report_count, 1);
        sleep_and_run(s, 31000);
        assert_int_equal(s->b->report_count, 1);
    }
}

/* What can't ever be taken does not keep the next one back. */
static void statements__submit__refused_for_good(void **state)
{
    FRESH(s);
    condition = "conflict";
    asked = 0;
    s->b->registrar = refuse_reports;
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, (FIXTURE_DAY + 1) * DAY_MS);
    assert_int_equal(asked, 1);
    sleep_and_run(s, 31000);
    assert_int_equal(asked, 1);
    s->b->registrar = NULL;
    bot_archive_one(s->b, s->set, s->dev);
    bot_reach(s->b, (FIXTURE_DAY + 2) * DAY_MS);
    assert_int_equal(s->b->report_count, 2); /* the second day's, and a destroyed key */
    CLEANUP(statement_free_cleanup) struct statement *x = statement_at(s, 0);
    assert_int_equal(x->day, FIXTURE_DAY + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements__tick__a_day_that_is_over),
        cmocka_unit_test(statements__tick__one_for_each_day_with_verdicts),
        cmocka_unit_test(statements__tick__after_a_stop),
        cmocka_unit_test(statements__destroyed__published_once),
        cmocka_unit_test(statements__destroyed__by_two_openers),
        cmocka_unit_test(statements__destroyed__opens_nothing),
        cmocka_unit_test(statements__submit__until_it_is_taken),
        cmocka_unit_test(statements__submit__refused_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
