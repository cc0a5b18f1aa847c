#include "scene.h"

#include <unistd.h>

static void sign(struct proposal *p, const struct scene *s, size_t custodian)
{
    struct diag d = {""};
    CLEANUP_SECRET struct signing_key *k = scene_key(&s->f->custodians[custodian]);
    if (proposal_sign(p, k, &d) < 0)
        fail_msg("%s", d.text);
}

static void refused(const struct proposal *p, const char *says)
{
    struct diag d = {""};
    assert_int_equal(proposal_check(p, &d), ERR_AUTH);
    assert_says(d.text, says);
}

static struct proposal *reopened(const char *path)
{
    struct diag d = {""};
    struct proposal *p = NULL;
    if (proposal_open(path, &p, &d) < 0)
        fail_msg("%s", d.text);
    return p;
}

static void proposal__sign__grows_to_the_quorum(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    refused(p, "signed by 0 of the 2 custodians that it needs; missing: custodian-1, custodian-2, "
               "custodian-3");
    sign(p, s, 0);
    refused(p, "signed by 1 of the 2 custodians that it needs; missing: custodian-2, custodian-3");
    CLEANUP_FREE char *once = scene_read(s->proposal, "policy.note");
    sign(p, s, 0); /* the same custodian twice counts once */
    CLEANUP_FREE char *twice = scene_read(s->proposal, "policy.note");
    assert_string_equal(once, twice);
    refused(p, "signed by 1 of the 2");
    sign(p, s, 2);
    assert_int_equal(proposal_check(p, NULL), 0);

    CLEANUP(proposal_free_cleanup) struct proposal *q = reopened(s->proposal);
    assert_int_equal(proposal_check(q, NULL), 0);
    struct paper papers[PROPOSAL_PAPERS_MAX];
    assert_int_equal(proposal_papers(q, papers), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(proposal_signed(q, &papers[i], 0));
        assert_false(proposal_signed(q, &papers[i], 1));
        assert_true(proposal_signed(q, &papers[i], 2));
    }
}

static void proposal__sign__not_a_custodian(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    CLEANUP_FREE char *before = scene_read(s->proposal, "policy.note");
    struct fixture_signer x;
    const struct {
        const char *name, *label, *says;
    } cases[] = {
        {"mallory", "mallory",
         "'mallory' is no custodian of network chat.example, which has custodian-1, custodian-2, "
         "custodian-3"},
        {"custodian-1", "mallory", "the key of 'custodian-1' is not the one that network"},
        {"mallory", "custodian-1", "for its custodian custodian-1"},
    };
    for (size_t i = 0; i < 3; i++) {
        fixture_signer_init(&x, cases[i].name, cases[i].label);
        if (i == 2) /* a custodian's key under another name */
            memcpy(&x.key.key, s->f->custodians[0].key.key, SIGN_PUBLIC_BYTES);
        CLEANUP_SECRET struct signing_key *k = scene_key(&x);
        assert_int_equal(proposal_sign(p, k, &d), ERR_KEY);
        assert_says(d.text, cases[i].says);
    }
    CLEANUP_FREE char *after = scene_read(s->proposal, "policy.note");
    assert_string_equal(before, after);
}

static void proposal__merge__copies(void **state)
{
    const struct scene *s = *state;
    struct diag d = {""};
    CLEANUP_FREE char *a = file_join(s->root, "a"), *b = file_join(s->root, "b");
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    scene_copy(s->proposal, a);
    scene_copy(s->proposal, b);
    CLEANUP(proposal_free_cleanup) struct proposal *x = reopened(a);
    CLEANUP(proposal_free_cleanup) struct proposal *y = reopened(b);
    sign(x, s, 1);
    sign(y, s, 1);
    assert_int_equal(proposal_merge(p, x, &d), 0);
    assert_int_equal(proposal_merge(p, y, &d), 0);
    refused(p, "missing: custodian-1, custodian-3"); /* twice the same */
    sign(y, s, 0);
    assert_int_equal(proposal_merge(p, y, &d), 0);
    assert_int_equal(proposal_check(p, NULL), 0);
    CLEANUP(proposal_free_cleanup) struct proposal *q = reopened(s->proposal);
    assert_int_equal(proposal_check(q, NULL), 0);
}

static void proposal__merge__another_text(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    free(s->recipients[0]);
    s->recipients[0] = mem_string(s->recipients[1]);
    CLEANUP(proposal_free_cleanup) struct proposal *other = scene_propose(s, "other");
    sign(other, s, 0);
    assert_int_equal(proposal_merge(p, other, &d), ERR_INVALID_STATE);
    assert_says(d.text, "not a copy of it");
    refused(p, "signed by 0 of the 2");
}

/* With k-1 custodians and any number of other keys it stays unsigned, and says whose they are. */
static void proposal__check__strangers(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    sign(p, s, 0);
    static const char *const files[] = {"policy.note", "warrant-2020-0001.note"};
    for (size_t i = 0; i < 2; i++) {
        struct fixture_signer signers[3];
        fixture_signer_init(&signers[0], "custodian-2", "mallory");
        fixture_signer_init(&signers[1], "mallory", "mallory");
        CLEANUP_FREE char *note = scene_read(s->proposal, files[i]);
        char *empty = strstr(note, "\n\n");
        CLEANUP_FREE char *text = mem_string_n(note, (size_t)(empty + 1 - note));
        signers[2] = s->f->custodians[0];
        signers[2].key.name = signers[2].name;
        signers[0].key.name = signers[0].name;
        signers[1].key.name = signers[1].name;
        CLEANUP_FREE char *forged = fixture_sign(text, signers, 3);
        scene_write(s->proposal, files[i], forged);
    }
    CLEANUP(proposal_free_cleanup) struct proposal *q = reopened(s->proposal);
    refused(q,
            "signed by 1 of the 2 custodians that it needs; missing: custodian-2, custodian-3; "
            "a signature of 'custodian-2' is by none of their keys; a signature of 'mallory' is");
}

/* A character of each line of each note, one after the other. */
static void proposal__open__each_line_tampered(void **state)
{
    const struct scene *s = *state;
    static const char *const files[] = {"network.note", "before.note", "policy.note",
                                        "warrant-2020-0001.note", "epochs-2020-0001.note"};
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    sign(p, s, 0);
    sign(p, s, 1);
    size_t lines = 0;
    for (size_t i = 0; i < 5; i++) {
        CLEANUP_FREE char *note = scene_read(s->proposal, files[i]);
        for (char *line = note; line[0] != '\n';) {
            char *end = strchr(line, '\n'), was = end[-1];
            struct diag d = {""};
            struct proposal *q = NULL;
            end[-1] = was == '1' ? '2' : '1';
            scene_write(s->proposal, files[i], note);
            int r = proposal_open(s->proposal, &q, &d);
            if (r == 0)
                r = proposal_check(q, &d);
            proposal_free(q);
            if (r == 0)
                fail_msg("%s: taken with '%.*s'", files[i], (int)(end - line), line);
            /* It names the note, or what the note no longer fits. */
            assert_says(d.text, ".note: ");
            if (i != 0 && i != 4)
                assert_says(d.text, files[i]);
            end[-1] = was;
            lines++;
            line = end + 1;
        }
        scene_write(s->proposal, files[i], note);
    }
    assert_true(lines > 40);
    CLEANUP(proposal_free_cleanup) struct proposal *q = reopened(s->proposal);
    assert_int_equal(proposal_check(q, NULL), 0);
}

static void open_refused(const struct scene *s, int code, const char *says)
{
    struct diag d = {""};
    struct proposal *q = NULL;
    assert_int_equal(proposal_open(s->proposal, &q, &d), code);
    assert_says(d.text, says);
}

/* Writes policy.note anew with `old` replaced. */
static void edit_policy(const struct scene *s, const char *old, const char *new)
{
    CLEANUP_FREE char *note = scene_read(s->proposal, "policy.note");
    const char *at = strstr(note, old);
    assert_non_null(at);
    CLEANUP_FREE char *fresh =
        mem_format("%.*s%s%s", (int)(at - note), note, new, at + strlen(old));
    scene_write(s->proposal, "policy.note", fresh);
}

static void proposal__open__what_does_not_fit_together(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    CLEANUP_FREE char *good = scene_read(s->proposal, "policy.note");

    edit_policy(s, "serial 2", "serial 3");
    open_refused(s, ERR_INVALID_STATE, "before.note: policy 3 does not follow policy 1");
    scene_write(s->proposal, "policy.note", good);

    edit_policy(s, "issued 2021", "issued 2020");
    open_refused(s, ERR_INVALID_STATE, "before.note: policy 2 was issued before policy 1");
    scene_write(s->proposal, "policy.note", good);

    edit_policy(s, "without-warrant",
                "revoked warrant 2019-0147 2021-06-07T00:00:00.000Z\n"
                "without-warrant");
    open_refused(s, ERR_INVALID_STATE, "it names warrant 2019-0147, which has been revoked");
    scene_write(s->proposal, "policy.note", good);

    /* What is neither shown nor in force can't be slipped in. */
    edit_policy(s, "warrant 2020-0001 ",
                "warrant 2019-9999 "
                "1111111111111111111111111111111111111111111111111111111111111111\n"
                "warrant 2020-0001 ");
    open_refused(s, ERR_INVALID_STATE,
                 "it names warrant 2019-9999, which is neither in force nor in this folder");
    scene_write(s->proposal, "policy.note", good);

    edit_policy(s, "bot " FIXTURE_BOT, "bot other.chat.example");
    open_refused(s, ERR_INVALID_STATE, "its bot " FIXTURE_BOT " is not one of policy.note");
    scene_write(s->proposal, "policy.note", good);
    struct proposal *q = reopened(s->proposal);
    proposal_free(q);
}

/* An earlier policy beside it, which lacks a revocation, must not make that look like no change. */
static void proposal__open__another_before(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    CLEANUP_FREE char *before = file_join(s->proposal, "before.note");
    const struct fixture_policy_options old = {.notice = "As it was."};
    CLEANUP_FREE char *text = fixture_policy_text(s->f, &old);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, text);
    scene_write(s->proposal, "before.note", note);
    open_refused(s, ERR_INVALID_STATE,
                 "before.note: policy 2 was made to follow another policy 1 than the one that is");
    assert_int_equal(unlink(before), 0);
    open_refused(s, ERR_INVALID_STATE,
                 "policy.note, without a before.note: policy 2 does not follow policy 0");
}

static void proposal__open__a_false_signature(void **state)
{
    const struct scene *s = *state;
    CLEANUP(proposal_free_cleanup) struct proposal *p = scene_propose(s, "proposal");
    sign(p, s, 0);
    edit_policy(s, "\nserial 2\n", "\nserial 3\n");
    open_refused(s, ERR_AUTH, "policy.note: the signature of custodian-1 does not match its text");
    open_refused(s, ERR_AUTH, s->proposal);
}

static void proposal__open__not_a_proposal(void **state)
{
    const struct scene *s = *state;
    open_refused(s, ERR_NOT_FOUND, "is not a proposal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(proposal__sign__grows_to_the_quorum),
        SCENE_TEST(proposal__sign__not_a_custodian),
        SCENE_TEST(proposal__merge__copies),
        SCENE_TEST(proposal__merge__another_text),
        SCENE_TEST(proposal__check__strangers),
        SCENE_TEST(proposal__open__each_line_tampered),
        SCENE_TEST(proposal__open__what_does_not_fit_together),
        SCENE_TEST(proposal__open__another_before),
        SCENE_TEST(proposal__open__a_false_signature),
        SCENE_TEST(proposal__open__not_a_proposal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
