#include "authority/draft.h"
#include "scene.h"
#include "wire/policy_change.h"

struct drafting {
    struct published *x;
    struct draft *t;
};

static void begin(const struct scene *s, struct drafting *ret)
{
    assert_int_equal(published_open(s->dir, &ret->x, NULL), 0);
    assert_int_equal(draft_new(ret->x, SCENE_NOW, &ret->t, NULL), 0);
}

static void end(struct drafting *x)
{
    draft_free(x->t);
    published_free(x->x);
}
#define CLEANUP_DRAFT CLEANUP(end)

static void warned(const struct draft *t, const char *says)
{
    const char *const *lines;
    size_t count = draft_warnings(t, &lines);
    for (size_t i = 0; i < count; i++)
        if (strstr(lines[i], says) != NULL)
            return;
    fail_msg("no warning of %zu says '%s'", count, says);
}

/* Adds a warrant with the terms and gives what is said about it. */
static int add(const struct scene *s, struct drafting *x, const struct warrant_terms *w,
               const char *id, int64_t from_day, struct diag *d)
{
    CLEANUP_FREE char *offer = scene_offer(s, id, from_day);
    return draft_add_warrant(x->t, w, offer, strlen(offer), d);
}

static void draft__add_warrant__text(void **state)
{
    const struct scene *s = *state;
    static const char *const members[] = {"carla", "anna", "ben", "anna"};
    static const char *const excluded[] = {"US", "GB", "US"};
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    struct diag d = {""};
    begin(s, &x);
    w.scope = WARRANT_ACCOUNTS;
    w.members = members;
    w.member_count = 4;
    w.excluded = excluded;
    w.excluded_count = 3;
    w.from_day = FIXTURE_DAY + 3;
    assert_int_equal(add(s, &x, &w, "2018-0009", FIXTURE_DAY + 2, &d), 0);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    const struct warrant *made = p->warrants[0];
    assert_int_equal(made->account_count, 3);
    assert_int_equal(made->excluded_count, 2);
    assert_string_equal(made->excluded[0], "GB");
    assert_true(made->from_day == FIXTURE_DAY + 3 && made->until_day == FIXTURE_DAY + 11);
    assert_int_equal(p->policy->serial, 2);
    assert_true(p->policy->issued_unix_ms == SCENE_NOW);
    assert_string_equal(p->policy->warrants[0].id, "2018-0009"); /* ascending */
    assert_string_equal(p->policy->warrants[1].id, "2019-0147");
    assert_int_equal(p->before->serial, 1);
    warned(x.t, "the offer has 1 days that are not in the warrant");
}

static void draft__add_warrant__refusals(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency agency, two[2];
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP_DRAFT struct drafting x;
    struct diag d = {""};
    static const char *const bad[] = {"Anna"}, *const country[] = {"nl"};
    begin(s, &x);
    w.until_day = FIXTURE_DAY + 30;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_NOT_FOUND);
    assert_says(d.text, "the offer 2020-0001 has day keys from 2021-06-09 to 2021-06-18 only");
    w.until_day = FIXTURE_DAY + 2;
    w.from_day = FIXTURE_DAY + 3;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    w = scene_terms(s, &agency);
    assert_int_equal(add(s, &x, &w, "2019-0147", FIXTURE_DAY + 2, &d), ERR_EXISTS);
    assert_says(d.text, "warrant 2019-0147 is in force already");
    w.scope = WARRANT_ACCOUNTS;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    assert_says(d.text, "the scope names nobody");
    w.members = bad;
    w.member_count = 1;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    assert_says(d.text, "'Anna' is not a handle");
    w.scope = WARRANT_COUNTRIES;
    w.members = country;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    assert_says(d.text, "'nl' is not a country code");
    w = scene_terms(s, &agency);
    w.authority = "two\nlines";
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    w = scene_terms(s, &agency);
    two[0] = two[1] = agency;
    w.agencies = two;
    w.agency_count = 2;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_FORMAT);
    assert_says(d.text, "the same agency twice");
    w.agency_count = 0;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), ERR_LIMIT);
    w = scene_terms(s, &agency);
    assert_int_equal(draft_revoke_warrant(x.t, "2019-0147", &d), 0);
    assert_int_equal(add(s, &x, &w, "2019-0147", FIXTURE_DAY + 2, &d), ERR_INVALID_STATE);
    assert_says(d.text, "has been revoked, which is for ever");
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, &d), 0);
}

/* An offer that its bot did not sign. */
static void draft__add_warrant__forged_offer(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP_DRAFT struct drafting x;
    struct diag d = {""};
    CLEANUP_FREE char *offer = scene_offer(s, "2020-0001", FIXTURE_DAY + 2);
    begin(s, &x);
    *strstr(offer, "2020-0001") = '3';
    assert_int_equal(draft_add_warrant(x.t, &w, offer, strlen(offer), &d), ERR_AUTH);
    assert_says(d.text, "the offer is not one of a bot of the policy: ");
}

static void draft__add_warrant__warns(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency two[2] = {{.name = "north", .recipient_text = s->recipients[0]},
                                    {.name = "east", .recipient_text = s->recipients[0]}};
    static const char *const places[] = {"NL", "DE"};
    struct warrant_terms w = scene_terms(s, two);
    CLEANUP_DRAFT struct drafting x;
    struct diag d = {""};
    begin(s, &x);
    two[0].name = "north";
    w.agency_count = 2;
    w.scope = WARRANT_COUNTRIES;
    w.members = places;
    w.member_count = 2;
    w.excluded = places;
    w.excluded_count = 1;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 4, &d), 0);
    warned(x.t, "from 2021-06-09 to 2021-06-10 no warrant of bot " FIXTURE_BOT
                " is in force: warrant 2019-0147 ends before this one begins, and on these days "
                "its devices rest");
    warned(x.t, "agencies north and east have the same recipient: one key opens for both");
    warned(x.t, "agency north has another recipient in warrant 2019-0147");
    warned(x.t, "NL is in the scope and excluded");
}

static void draft__add_warrant__warns_of_days_and_keys(void **state)
{
    const struct scene *s = *state;
    char recipient[AGE_RECIPIENT_LEN + 1];
    struct age_recipient r = age_identity_recipient(&s->f->warrants[0].agencies[0]);
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP_DRAFT struct drafting x;
    struct diag d = {""};
    begin(s, &x);
    age_recipient_format(&r, recipient);
    agency.recipient_text = recipient;
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY - 3, &d), 0);
    warned(x.t, "its first day 2021-06-04 is past");
    warned(x.t, "the recipient of agency west is that of agency north in warrant 2019-0147: one "
                "key opens both warrants");
    assert_int_equal(add(s, &x, &w, "2020-0002", FIXTURE_DAY - 30, &d), 0);
    warned(x.t, "its last day 2021-05-17 is past: nothing will ever be archived under it");
}

/* The desk's key goes into the warrant's text. */
static void draft__add_warrant__desk(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    const char *const *lines;
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    begin(s, &x);
    agency.has_desk = true;
    memset(agency.desk, 7, sizeof agency.desk);
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, NULL), 0);
    assert_int_equal(draft_warnings(x.t, &lines), 0);
    assert_int_equal(draft_write(x.t, s->proposal, &p, NULL), 0);
    assert_true(p->warrants[0]->agencies[0].has_desk);
    assert_memory_equal(p->warrants[0]->agencies[0].desk, agency.desk, sizeof agency.desk);
}

/* The warrant in force names the desk of north. */
static void draft__add_warrant__warns_of_desks(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP_DRAFT struct drafting x;
    begin(s, &x);
    agency.has_desk = true;
    memcpy(agency.desk, s->f->warrants[0].desk.key.key, sizeof agency.desk);
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, NULL), 0);
    warned(x.t, "the desk of agency west has the key of that of agency north in warrant 2019-0147");
    agency.name = "north";
    agency.desk[0] ^= 1;
    assert_int_equal(add(s, &x, &w, "2020-0002", FIXTURE_DAY + 2, NULL), 0);
    warned(x.t, "the desk of agency north has another key than that of agency north in warrant "
                "2019-0147");
}

/* No gap, no words. */
static void draft__add_warrant__nothing_odd(void **state)
{
    const struct scene *s = *state;
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    const char *const *lines;
    CLEANUP_DRAFT struct drafting x;
    begin(s, &x);
    assert_int_equal(add(s, &x, &w, "2020-0001", FIXTURE_DAY + 2, NULL), 0);
    assert_int_equal(draft_warnings(x.t, &lines), 0);
}

static void draft__put_bot__countries(void **state)
{
    const struct scene *s = *state;
    uint8_t key[SIGN_PUBLIC_BYTES] = {9}, other[SIGN_PUBLIC_BYTES] = {8};
    static const char *const nl[] = {"NL", "BE"}, *const de[] = {"NL"};
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    struct diag d = {""};
    begin(s, &x);
    assert_int_equal(draft_put_bot(x.t, "east.chat.example", key, NULL, 0, &d), ERR_EXISTS);
    assert_says(d.text, "bot " FIXTURE_BOT " is the default one already");
    assert_int_equal(draft_put_bot(x.t, "east.chat.example", key, nl, 2, &d), 0);
    assert_int_equal(draft_put_bot(x.t, "west.chat.example", other, de, 1, &d), ERR_EXISTS);
    assert_says(d.text, "bot east.chat.example has the devices in NL already");
    assert_int_equal(draft_drop_bot(x.t, FIXTURE_BOT, &d), ERR_INVALID_STATE);
    assert_says(d.text, "has warrant 2019-0147: drop that warrant too");
    assert_int_equal(draft_drop_bot(x.t, "west.chat.example", &d), ERR_NOT_FOUND);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    assert_int_equal(p->policy->bot_count, 2);
    assert_string_equal(p->policy->bots[1].countries[0], "BE");
    assert_string_equal(policy_bot_for(p->policy, "NL")->jid, "east.chat.example");
}

/* A second bot demands place tokens, unless the draft says otherwise; with one there is nothing to
 * say. */
static void draft__without_place__with_several_bots(void **state)
{
    const struct scene *s = *state;
    uint8_t key[SIGN_PUBLIC_BYTES] = {9};
    static const char *const nl[] = {"NL"};
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL, *q = NULL;
    CLEANUP_FREE char *second = mem_format("%s-again", s->proposal);
    struct diag d = {""};
    begin(s, &x);
    assert_int_equal(draft_without_place(x.t, "default", &d), ERR_INVALID_STATE);
    assert_says(d.text, "the policy has one bot, which all devices have");
    assert_int_equal(draft_put_bot(x.t, "east.chat.example", key, nl, 1, &d), 0);
    assert_int_equal(draft_without_place(x.t, "open", &d), ERR_FORMAT);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    assert_true(policy_demands_place(p->policy));
    warned(x.t, "from devices whose country is not known nothing will be delivered");
    assert_int_equal(draft_without_place(x.t, "default", &d), 0);
    warned(x.t, "chooses the default bot");
    assert_int_equal(draft_write(x.t, second, &q, &d), 0);
    assert_false(policy_demands_place(q->policy));
    assert_int_equal(file_remove_tree(second, NULL), 0);
    assert_int_equal(draft_drop_bot(x.t, "east.chat.example", &d), 0);
    assert_int_equal(draft_write(x.t, second, &q, &d), ERR_INVALID_STATE); /* nothing changes */
    assert_says(d.text, "nothing would change");
}

/* Its warrants' day keys are signed with the old one: nobody would take the policy. */
static void draft__put_bot__another_key(void **state)
{
    const struct scene *s = *state;
    uint8_t key[SIGN_PUBLIC_BYTES] = {9};
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    struct diag d = {""};
    begin(s, &x);
    assert_int_equal(draft_put_bot(x.t, FIXTURE_BOT, key, NULL, 0, &d), ERR_INVALID_STATE);
    assert_says(d.text, "bot " FIXTURE_BOT " has warrant 2019-0147: drop that warrant too");
    assert_int_equal(draft_drop_warrant(x.t, "2019-0147", &d), 0);
    assert_int_equal(draft_revoke_bot_key(x.t, s->f->bots[0].signer.key.key, &d), 0);
    assert_int_equal(draft_put_bot(x.t, FIXTURE_BOT, key, NULL, 0, &d), 0);
    assert_int_equal(draft_put_bot(x.t, FIXTURE_BOT, s->f->bots[0].signer.key.key, NULL, 0, &d),
                     ERR_KEY);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    assert_memory_equal(p->policy->bots[0].key, key, sizeof key);
}

static void draft__revoke__lines(void **state)
{
    const struct scene *s = *state;
    uint8_t hash[HASH_BYTES] = {1};
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    struct diag d = {""};
    begin(s, &x);
    assert_int_equal(draft_revoke_warrant(x.t, "2019-0001", &d), ERR_NOT_FOUND);
    assert_says(d.text, "warrant 2019-0001 is not in force");
    assert_int_equal(draft_revoke_warrant(x.t, "2019-0147", &d), 0);
    assert_int_equal(draft_revoke_certificate(x.t, hash, &d), 0);
    assert_int_equal(draft_revoke_certificate(x.t, hash, &d), ERR_EXISTS);
    assert_int_equal(draft_revoke_bot_key(x.t, s->f->bots[0].signer.key.key, &d), 0);
    warned(x.t, "bot " FIXTURE_BOT " has this key");
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    assert_int_equal(p->policy->warrant_count, 0);
    assert_int_equal(p->policy->revoked_count, 3);
    assert_true(policy_warrant_revoked(p->policy, "2019-0147")->since_unix_ms == SCENE_NOW);
    assert_true(policy_certificate_revoked(p->policy, hash, SCENE_NOW));
    assert_false(policy_certificate_revoked(p->policy, hash, SCENE_NOW - 1));
}

static void draft__write__needs_a_change(void **state)
{
    const struct scene *s = *state;
    CLEANUP_DRAFT struct drafting x;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    struct diag d = {""};
    begin(s, &x);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), ERR_INVALID_STATE);
    assert_says(d.text, "nothing would change");
    assert_int_equal(draft_without_warrant(x.t, "maybe", &d), ERR_FORMAT);
    assert_int_equal(draft_without_warrant(x.t, "open", &d), 0);
    warned(x.t, "delivered and not archived");
    assert_int_equal(draft_notice(x.t, "", &d), ERR_FORMAT);
    assert_int_equal(draft_notice(x.t, "A word.", &d), 0);
    assert_int_equal(draft_write(x.t, s->root, &p, &d), ERR_EXISTS);
    assert_int_equal(draft_write(x.t, s->proposal, &p, &d), 0);
    assert_false(p->policy->stop_without_warrant);
    assert_string_equal(p->policy->notice, "A word.");
}

/* Policies go forward in time. */
static void draft__new__not_before_the_last_one(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    struct draft *t = NULL;
    assert_int_equal(published_open(s->dir, &x, NULL), 0);
    assert_int_equal(draft_new(x, SCENE_NOW - 1, &t, &d), ERR_INVALID_STATE);
    assert_null(t);
    assert_says(d.text, "policy 1 was issued at 2021-06-07T10:11:12.123Z: the next one can't be");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(draft__new__not_before_the_last_one),
        SCENE_TEST(draft__add_warrant__text),
        SCENE_TEST(draft__add_warrant__refusals),
        SCENE_TEST(draft__add_warrant__forged_offer),
        SCENE_TEST(draft__add_warrant__warns),
        SCENE_TEST(draft__add_warrant__warns_of_days_and_keys),
        SCENE_TEST(draft__add_warrant__desk),
        SCENE_TEST(draft__add_warrant__warns_of_desks),
        SCENE_TEST(draft__add_warrant__nothing_odd),
        SCENE_TEST(draft__put_bot__countries),
        SCENE_TEST(draft__without_place__with_several_bots),
        SCENE_TEST(draft__put_bot__another_key),
        SCENE_TEST(draft__revoke__lines),
        SCENE_TEST(draft__write__needs_a_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
