#include "shelf.h"

#include "base/file.h"

static int open_library(const struct shelf *s, struct library **ret, struct diag *d)
{
    return library_open(s->f->network, s->documents, ret, d);
}

static void put_policy(const struct shelf *s, const char *name, uint32_t serial)
{
    struct policy_set *set =
        fixture_policy(s->f, &(struct fixture_policy_options){.serial = serial});
    shelf_put(s, name, set->policy->document.note);
    policy_set_free(set);
}

static void library__open__finds_policies_and_what_they_name(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    shelf_put_all(s);
    put_policy(s, "a", 30); /* read in the order of their names, kept in that of their serials */
    put_policy(s, "b", 2);
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_int_equal(library_newest(l)->policy->serial, 30);
    assert_int_equal(library_policy(l, 1)->policy->serial, 1);
    assert_int_equal(library_policy(l, 2)->policy->serial, 2);
    assert_null(library_policy(l, 3));
    for (uint32_t serial = 1; serial <= 2; serial++) {
        assert_string_equal(library_policy(l, serial)->warrants[0]->id, FIXTURE_WARRANT);
        assert_non_null(library_policy(l, serial)->epochs[0]);
    }
    assert_string_equal(library_warrant(l, FIXTURE_WARRANT)->id, FIXTURE_WARRANT);
    assert_null(library_warrant(l, "2019-0148"));
}

/* The archive of a bot that was taken away can still be verified. */
static void library__bot_key__of_one_that_was_taken_away(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    const struct fixture_bot *gone = fixture_add_bot(s->f, "jbot.chat.example", "NL");
    shelf_put_all(s);
    put_policy(s, "b", 2);
    s->f->bot_count = 1;
    put_policy(s, "c", 3);
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_null(policy_bot(library_newest(l)->policy, gone->jid));
    assert_memory_equal(library_bot_key(l, gone->jid), gone->signer.key.key, SIGN_PUBLIC_BYTES);
    assert_memory_equal(library_bot_key(l, FIXTURE_BOT), s->f->bots[0].signer.key.key,
                        SIGN_PUBLIC_BYTES);
    assert_null(library_bot_key(l, "kbot.chat.example"));
    s->f->bot_count = 2;
}

static void library__open__of_an_empty_folder(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_null(library_newest(l));
    assert_null(library_policy(l, 1));
    assert_null(library_warrant(l, FIXTURE_WARRANT));
    library_free(NULL);
}

static void library__open__passes_over_other_files(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    shelf_put_all(s);
    shelf_put(s, "letter", "ironside letter 1\n");
    CLEANUP_FREE char *old = mem_format("%s/policy-0.note~", s->documents);
    assert_int_equal(file_write(old, "ironside policy 1\nbroken\n", 25, 0644, NULL), 0);
    shelf_put(s, "network", s->f->network_note);
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_int_equal(library_newest(l)->policy->serial, 1);
}

static void library__open__keeps_a_policy_with_what_is_there(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    shelf_put_all(s);
    shelf_remove(s, "warrant");
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_null(library_newest(l)->warrants[0]);
    assert_null(library_newest(l)->epochs[0]); /* nothing that is there names them */
    assert_null(library_warrant(l, FIXTURE_WARRANT));
}

static void library__open__passes_over_what_no_policy_names(void **state)
{
    struct shelf *s = *state;
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    shelf_put_all(s);
    struct fixture_warrant *w =
        fixture_add_warrant(s->f, &(struct fixture_warrant_options){.id = "2019-0148"});
    shelf_put(s, "later", w->note);
    shelf_put(s, "later-epochs", w->epochs_note);
    assert_int_equal(open_library(s, &l, NULL), 0);
    assert_null(library_warrant(l, "2019-0148"));
}

static void library__open__refuses_a_folder_that_is_not_there(void **state)
{
    struct shelf *s = *state;
    struct library *l = NULL;
    struct diag d;
    assert_int_equal(library_open(s->f->network, "/nowhere/documents", &l, &d), ERR_IO);
    assert_says(d.text, "/nowhere/documents");
    assert_null(l);
}

static void library__open__refuses_two_policies_with_one_serial(void **state)
{
    struct shelf *s = *state;
    struct library *l = NULL;
    struct diag d;
    shelf_put_all(s);
    put_policy(s, "z-again", 1);
    assert_int_equal(open_library(s, &l, &d), ERR_FORMAT);
    assert_says(d.text, "z-again.note");
    assert_says(d.text, "two policies with serial 1");
    assert_null(l);
}

/* A file of this name with one word changed under its signatures. */
static void assert_refuses_changed(struct shelf *s, const char *name, const char *note,
                                   const char *old, const char *new)
{
    struct library *l = NULL;
    struct diag d;
    CLEANUP_FREE char *changed = replace(note, old, new);
    CLEANUP_FREE char *file = mem_format("%s.note", name);
    shelf_put_all(s);
    shelf_put(s, name, changed);
    assert_int_equal(open_library(s, &l, &d), ERR_AUTH);
    assert_says(d.text, file);
    assert_null(l);
}

static void library__open__refuses_a_changed_policy(void **state)
{
    struct shelf *s = *state;
    assert_refuses_changed(s, "policy-1", s->set->policy->document.note, "without-warrant stop",
                           "without-warrant open");
}

static void library__open__refuses_epochs_whose_signature_was_changed(void **state)
{
    struct shelf *s = *state;
    /* Its text is what the warrant names; its signature is another bot's. */
    CLEANUP_FREE char *other = fixture_sign(s->f->warrants[0].epochs_text, &s->f->custodians[0], 1);
    struct library *l = NULL;
    struct diag d;
    shelf_put_all(s);
    shelf_put(s, "epochs", other);
    assert_int_equal(open_library(s, &l, &d), ERR_AUTH);
    assert_says(d.text, "epochs.note");
    assert_null(l);
}

static void library__open__refuses_a_changed_warrant(void **state)
{
    struct shelf *s = *state;
    assert_refuses_changed(s, "warrant", s->f->warrants[0].note, "scope all", "scope countries NL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(library__open__finds_policies_and_what_they_name),
        SHELF_TEST(library__bot_key__of_one_that_was_taken_away),
        SHELF_TEST(library__open__of_an_empty_folder),
        SHELF_TEST(library__open__passes_over_other_files),
        SHELF_TEST(library__open__keeps_a_policy_with_what_is_there),
        SHELF_TEST(library__open__passes_over_what_no_policy_names),
        SHELF_TEST(library__open__refuses_a_folder_that_is_not_there),
        SHELF_TEST(library__open__refuses_two_policies_with_one_serial),
        SHELF_TEST(library__open__refuses_a_changed_policy),
        SHELF_TEST(library__open__refuses_epochs_whose_signature_was_changed),
        SHELF_TEST(library__open__refuses_a_changed_warrant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
