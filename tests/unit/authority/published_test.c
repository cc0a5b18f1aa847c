#include "authority/published.h"
#include "scene.h"

static struct published *opened(const struct scene *s)
{
    struct diag d = {""};
    struct published *x = NULL;
    if (published_open(s->dir, &x, &d) < 0)
        fail_msg("%s", d.text);
    return x;
}

static void sign(struct proposal *p, const struct scene *s, size_t custodian)
{
    CLEANUP_SECRET struct signing_key *k = scene_key(&s->f->custodians[custodian]);
    assert_int_equal(proposal_sign(p, k, NULL), 0);
}

static void refused(const struct scene *s, const struct proposal *p, int code, const char *says)
{
    struct diag d = {""};
    assert_int_equal(published_add(s->dir, p, &d), code);
    assert_says(d.text, says);
}

static bool exists(const struct scene *s, const char *name)
{
    CLEANUP_FREE char *path = mem_format("%s/documents/%s.note", s->dir, name);
    return file_exists(path);
}

static void published__open__newest_policy(void **state)
{
    const struct scene *s = *state;
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    assert_int_equal(published_policy(x)->serial, 1);
    assert_non_null(x->set->warrants[0]);
    assert_non_null(x->set->epochs[0]);
    assert_int_equal(x->problem_count, 0);
    assert_false(x->founding);
    published_free(NULL);
}

/* A policy that k-1 custodians and someone else signed does not count, whatever its serial is. */
static void published__open__leaves_forgeries_out(void **state)
{
    const struct scene *s = *state;
    struct fixture_policy_options o = {.serial = 99};
    struct fixture_signer signers[2] = {s->f->custodians[0]};
    signers[0].key.name = signers[0].name;
    fixture_signer_init(&signers[1], "mallory", "mallory");
    CLEANUP_FREE char *text = fixture_policy_text(s->f, &o);
    CLEANUP_FREE char *forged = fixture_sign(text, signers, 2);
    scene_publish(s, "policy-99", forged);
    scene_publish(s, "noise", "no note");
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    assert_int_equal(published_policy(x)->serial, 1);
    assert_int_equal(x->problem_count, 2);
    assert_says(x->problems[0], "noise.note: not a signed note");
    assert_says(x->problems[1], "policy-99.note: policy: signed by 1 of the 2 custodians that it "
                                "needs; missing: custodian-2, custodian-3");
}

static void published__open__needs_the_documents(void **state)
{
    const struct scene *s = *state;
    CLEANUP(published_free_cleanup) struct published *now = opened(s);
    struct fixture_policy_options o = {.serial = 2,
                                       .previous = published_policy(now)->document.hash};
    struct fixture_warrant_options more = {.id = "2020-0007"};
    fixture_add_warrant(s->f, &more);
    CLEANUP_FREE char *text = fixture_policy_text(s->f, &o);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, text);
    scene_publish(s, "policy-2", note);
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    assert_int_equal(published_policy(x)->serial, 1);
    assert_int_equal(x->problem_count, 1);
    assert_says(x->problems[0], "policy-2.note: its warrants are not all there");
}

/* Signed well, and never in force: the registrar refuses them, too. */
static void published__open__leaves_out_what_does_not_follow(void **state)
{
    const struct scene *s = *state;
    struct fixture_policy_options astray = {.serial = 2}, far = {.serial = 3};
    CLEANUP_FREE char *second = fixture_policy_text(s->f, &astray);
    CLEANUP_FREE char *third = fixture_policy_text(s->f, &far);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, second);
    CLEANUP_FREE char *other = fixture_sign_quorum(s->f, third);
    scene_publish(s, "policy-2", note);
    scene_publish(s, "policy-3", other);
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    assert_int_equal(published_policy(x)->serial, 1);
    assert_int_equal(x->problem_count, 2);
    assert_says(x->problems[0], "policy-2.note: policy 2 was made to follow another policy 1");
    assert_says(x->problems[1], "policy-3.note: policy 3 does not follow policy 1");
}

static void published__open__not_a_network(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    struct published *x = NULL;
    assert_int_equal(published_open(s->root, &x, &d), ERR_NOT_FOUND);
    assert_says(d.text, "is not a network");
    scene_write(s->dir, "network.note", "ironside network 1\n\n");
    assert_int_equal(published_open(s->dir, &x, &d), ERR_FORMAT);
    assert_null(x);
}

static void published__add__with_the_quorum(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    sign(p, s, 0);
    refused(s, p, ERR_AUTH, "signed by 1 of the 2 custodians that it needs; missing: custodian-2");
    assert_false(exists(s, "policy-2"));
    assert_false(exists(s, "warrant-2020-0001"));
    sign(p, s, 1);
    assert_int_equal(published_add(s->dir, p, NULL), 0);
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    assert_int_equal(published_policy(x)->serial, 2);
    assert_int_equal(published_policy(x)->warrant_count, 2);
    assert_int_equal(x->problem_count, 0);
    /* It was for the time before itself. */
    refused(s, p, ERR_INVALID_STATE, "policy 2 comes too late");
}

static void published__add__too_late(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "first");
    CLEANUP(published_free_cleanup) struct published *x = opened(s);
    CLEANUP(draft_free_cleanup) struct draft *t = NULL;
    CLEANUP(proposal_free_cleanup) struct proposal *q = NULL;
    CLEANUP_FREE char *folder = file_join(s->root, "second");
    assert_int_equal(draft_new(x, SCENE_NOW, &t, NULL), 0);
    assert_int_equal(draft_revoke_warrant(t, "2019-0147", NULL), 0);
    assert_int_equal(draft_write(t, folder, &q, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        sign(p, s, i);
        sign(q, s, i);
    }
    assert_int_equal(published_add(s->dir, q, NULL), 0);
    /* The other would undo the revocation. */
    refused(s, p, ERR_INVALID_STATE,
            "policy 2 comes too late: it was drafted when policy 1 was in force, and now policy 2 "
            "is: draft it again");
}

static void published__add__another_network(void **state)
{
    const struct scene *s = *state;
    struct fixture_options o = {.custodians = 2};
    CLEANUP(fixture_free_cleanup) struct fixture *other = fixture_new(&o);
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    sign(p, s, 0);
    sign(p, s, 1);
    scene_write(s->dir, "network.note", other->network_note);
    refused(s, p, ERR_INVALID_STATE, "is a proposal for another network");
}

static void published__add__another_text_is_there(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    CLEANUP_FREE char *offer = scene_offer(s, "2020-0001", FIXTURE_DAY + 5);
    sign(p, s, 0);
    sign(p, s, 1);
    scene_publish(s, "epochs-2020-0001", offer);
    refused(s, p, ERR_EXISTS, "epochs-2020-0001.note is there already, with another text");
    assert_false(exists(s, "policy-2"));
}

/* A network note that waits, and its first proposal with it. */
static void published__add__founds(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    CLEANUP_FREE char *dir = file_join(s->root, "new"), *founding = file_join(dir, "founding");
    CLEANUP_FREE char *documents = file_join(dir, "documents"),
                      *first = file_join(s->root, "first");
    CLEANUP_FREE char *offer = scene_offer(s, "2020-0001", FIXTURE_DAY);
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    CLEANUP(draft_free_cleanup) struct draft *t = NULL;
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    assert_int_equal(file_make_folder(documents, 0755, NULL), 0);
    assert_int_equal(draft_network(s->f->network, founding, NULL), 0);
    assert_int_equal(published_open(dir, &x, &d), 0);
    assert_true(x->founding);
    assert_null(published_policy(x));
    assert_int_equal(draft_new(x, SCENE_NOW, &t, NULL), 0);
    assert_int_equal(draft_add_warrant(t, &w, offer, strlen(offer), &d), ERR_AUTH);
    assert_says(d.text, "it has none yet");
    assert_int_equal(draft_put_bot(t, FIXTURE_BOT, s->f->bots[0].signer.key.key, NULL, 0, NULL), 0);
    assert_int_equal(draft_add_warrant(t, &w, offer, strlen(offer), &d), 0);
    assert_int_equal(draft_write(t, first, &p, &d), 0);
    assert_true(p->founding);
    sign(p, s, 0);
    assert_int_equal(published_add(dir, p, &d), ERR_AUTH);
    assert_says(d.text, "network.note: network: signed by 1 of the 2");
    sign(p, s, 1);
    assert_int_equal(published_add(dir, p, &d), 0);
    CLEANUP(published_free_cleanup) struct published *y = NULL;
    assert_int_equal(published_open(dir, &y, &d), 0);
    assert_false(y->founding);
    assert_int_equal(published_policy(y)->serial, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(published__open__newest_policy),
        SCENE_TEST(published__open__leaves_forgeries_out),
        SCENE_TEST(published__open__needs_the_documents),
        SCENE_TEST(published__open__leaves_out_what_does_not_follow),
        SCENE_TEST(published__open__not_a_network),
        SCENE_TEST(published__add__with_the_quorum),
        SCENE_TEST(published__add__too_late),
        SCENE_TEST(published__add__another_network),
        SCENE_TEST(published__add__another_text_is_there),
        SCENE_TEST(published__add__founds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
