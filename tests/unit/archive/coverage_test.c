/* What the documents say of a journal without a key: a warrant that covers whatever the bot takes
 * has a record of every archived line, and no batch is of a warrant that its policy lacks. */
#include "shelf.h"

#include "archive/audit.h"

#define SECOND "2019-0148"

/* Of a round that is committed now. */
static int audit(struct shelf *s, int64_t now_unix_ms, struct diag *d)
{
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    struct audit_counts counts;
    shelf_commit(s, NULL);
    if (library_open(s->f->network, s->documents, &l, d) != 0 ||
        journal_open(s->journal_path, false, &j, d) != 0)
        fail_msg("%s", d->text);
    const struct audit_options o = {.journal = j,
                                    .domain = s->f->domain,
                                    .bot = s->f->bots[0].jid,
                                    .bot_key = s->f->bots[0].signer.key.key,
                                    .library = l,
                                    .now_unix_ms = now_unix_ms};
    return audit_journal(&o, &counts, d);
}

/* A network with a second warrant, as given, and a bot that archives under the first alone. */
static int audit_with(struct shelf *s, const struct fixture_warrant_options *second,
                      int64_t now_unix_ms, struct diag *d)
{
    shelf_put_all(s);
    if (second != NULL) {
        fixture_add_warrant(s->f, second);
        policy_set_free(s->set);
        s->set = fixture_policy(s->f, NULL);
        shelf_put_all(s);
        shelf_put(s, "warrant-2", s->f->warrants[1].note);
        shelf_put(s, "epochs-2", s->f->warrants[1].epochs_note);
    }
    return audit(s, now_unix_ms, d);
}

static void assert_holds(struct shelf *s, const struct fixture_warrant_options *second,
                         int64_t now_unix_ms)
{
    struct diag d = {""};
    if (audit_with(s, second, now_unix_ms, &d) != 0)
        fail_msg("%s", d.text);
}

static void coverage__one_warrant__holds(void **state)
{
    assert_holds(*state, NULL, FIXTURE_AT);
}

static void coverage__second_for_all__is_missed(void **state)
{
    struct diag d;
    assert_int_equal(
        audit_with(*state, &(struct fixture_warrant_options){.id = SECOND}, FIXTURE_AT, &d),
        ERR_AUTH);
    assert_says(d.text, "round 1: 3 lines say archived, and warrant " SECOND
                        ", which covers all of them, has 0 records");
}

/* It may or may not cover them: only its agencies can tell. */
static void coverage__second_for_some__is_not(void **state)
{
    assert_holds(*state, &(struct fixture_warrant_options){.id = SECOND, .scope = "countries DE"},
                 FIXTURE_AT);
}

static void coverage__second_without_a_country__is_not(void **state)
{
    assert_holds(*state, &(struct fixture_warrant_options){.id = SECOND, .exclude = "NL"},
                 FIXTURE_AT);
}

static void coverage__second_that_begins__is_not(void **state)
{
    assert_holds(*state,
                 &(struct fixture_warrant_options){
                     .id = SECOND, .from_day = FIXTURE_DAY, .until_day = FIXTURE_DAY + 9},
                 FIXTURE_AT);
}

static void coverage__replay__is_not(void **state)
{
    assert_holds(*state, &(struct fixture_warrant_options){.id = SECOND}, 0);
}

/* The bot archives under a name that nobody has signed. */
static void coverage__warrant_of_nobody__is_named(void **state)
{
    struct shelf *s = *state;
    struct diag d;
    CLEANUP_FREE char *text = fixture_policy_text(
        s->f, &(struct fixture_policy_options){.notice = "The same without any warrant."});
    char *line = strstr(text, "warrant " FIXTURE_WARRANT);
    assert_non_null(line);
    memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n') + 1) + 1);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, text);
    shelf_put(s, "policy-1", note);
    assert_int_equal(audit(s, FIXTURE_AT, &d), ERR_AUTH);
    assert_says(d.text, "batch 1: policy 1 has no warrant " FIXTURE_WARRANT " for this bot");
}

static void coverage__policy_of_nobody__is_named(void **state)
{
    struct shelf *s = *state;
    struct diag d;
    shelf_put_all(s);
    shelf_remove(s, "policy-1");
    assert_int_equal(audit(s, FIXTURE_AT, &d), ERR_AUTH);
    assert_says(d.text, "batch 1: policy 1 is not in the documents");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(coverage__one_warrant__holds),
        SHELF_TEST(coverage__second_for_all__is_missed),
        SHELF_TEST(coverage__second_for_some__is_not),
        SHELF_TEST(coverage__second_without_a_country__is_not),
        SHELF_TEST(coverage__second_that_begins__is_not),
        SHELF_TEST(coverage__replay__is_not),
        SHELF_TEST(coverage__warrant_of_nobody__is_named),
        SHELF_TEST(coverage__policy_of_nobody__is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
