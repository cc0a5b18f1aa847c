/* Every thing that may be wrong with a batch or a record, and what the reader calls it. */
#include "shelf.h"

#include <stdio.h>

#include "archive/reader.h"
#include "base/calendar.h"
#include "base/secret.h"

/* What a run gave. */
struct seen {
    unsigned messages, verified;
    char wrong[128]; /* of the last that was not verified */
    char body[64];   /* of the last */
    uint64_t leaf;   /* of the last */
    struct reader_counts counts;
    unsigned stop_at; /* 0: never */
    struct diag d;
};

static int see(void *context, const struct reader_message *m)
{
    struct seen *seen = context;
    seen->messages++;
    seen->verified += m->verified;
    seen->leaf = m->leaf;
    assert_int_equal(strlen(m->body), m->body_len);
    snprintf(seen->body, sizeof seen->body, "%s", m->body);
    if (!m->verified)
        snprintf(seen->wrong, sizeof seen->wrong, "%s", m->wrong);
    assert_true(m->verified == (m->wrong[0] == '\0'));
    return seen->messages == seen->stop_at ? 42 : 0;
}

static int run_with(struct shelf *s, const struct age_identity *ids, size_t count, int64_t from,
                    struct seen *seen)
{
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    if (library_open(s->f->network, s->documents, &l, &seen->d) != 0 ||
        journal_open(s->journal_path, false, &j, &seen->d) != 0)
        fail_msg("%s", seen->d.text);
    struct reader_options o = {.journal = j,
                               .net = s->f->network,
                               .library = l,
                               .identities = ids,
                               .identity_count = count};
    CLEANUP(reader_free_cleanup) struct reader *r = reader_new(&o);
    return reader_run(r, from, see, seen, &seen->counts, &seen->d);
}

static int run(struct shelf *s, const struct age_identity *id, int64_t from, struct seen *seen)
{
    return run_with(s, id, 1, from, seen);
}

static const struct age_identity *north(const struct shelf *s)
{
    return &s->f->warrants[0].agencies[0];
}

/* A good round, a wrong one, and a good one: every message is shown, that one with its fault. */
static void assert_wrong(struct shelf *s, const struct shelf_wrong *wrong, const char *name)
{
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, wrong);
    if (run(s, north(s), 0, &seen) != 0)
        fail_msg("%s", seen.d.text);
    assert_int_equal(seen.messages, 2 * SHELF_ROUND);
    assert_int_equal(seen.verified, 2 * SHELF_ROUND - 1);
    assert_string_equal(seen.wrong, name);
}

/* The run ends with the code and a line that names batch 2 and says `part`. */
static void assert_refused(struct shelf *s, const struct shelf_wrong *wrong, int code,
                           const char *part)
{
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, wrong);
    assert_int_equal(run(s, north(s), 0, &seen), code);
    assert_says(seen.d.text, "batch 2 of warrant " FIXTURE_WARRANT);
    assert_says(seen.d.text, part);
    assert_true(seen.messages >= SHELF_ROUND);
    assert_true(seen.messages == seen.verified);
}

static void reader__run__opens_and_verifies_every_message(void **state)
{
    struct shelf *s = *state;
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct seen seen = {0};
        assert_int_equal(run(s, &s->f->warrants[0].agencies[i], 0, &seen), 0);
        assert_int_equal(seen.messages, 6);
        assert_int_equal(seen.verified, 6);
        assert_true(seen.counts.foreign == 0);
        assert_string_equal(seen.body, "This is message 6.");
        /* Three records, their batch, their round, and three again. */
        assert_true(seen.leaf == 7);
    }
}

static void reader__run__from_a_batch_on(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0}, none = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    assert_int_equal(run(s, north(s), 2, &seen), 0);
    assert_int_equal(seen.messages, 3);
    assert_int_equal(seen.verified, 3); /* the chain before is in the journal all the same */
    assert_int_equal(run(s, north(s), 3, &none), 0);
    assert_int_equal(none.messages, 0);
}

static void reader__run__ends_when_the_callback_says_so(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {.stop_at = 2};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    assert_int_equal(run(s, north(s), 0, &seen), 42);
    assert_int_equal(seen.messages, 2);
}

static void reader__run__passes_over_what_is_not_for_this_identity(void **state)
{
    struct shelf *s = *state;
    struct age_identity stranger;
    struct seen seen = {0}, blind = {0};
    age_identity_generate(&stranger);
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    assert_int_equal(run(s, &stranger, 0, &seen), 0);
    assert_int_equal(seen.messages, 0);
    assert_true(seen.counts.foreign == 2);
    /* Without the warrant nobody says whose the batches are: they are tried. */
    shelf_remove(s, "warrant");
    assert_int_equal(run(s, &stranger, 0, &blind), 0);
    assert_int_equal(blind.messages, 0);
    assert_true(blind.counts.foreign == 2);
}

static void reader__run__tries_each_of_several_identities(void **state)
{
    struct shelf *s = *state;
    struct age_identity ids[2];
    struct seen seen = {0};
    age_identity_generate(&ids[0]);
    ids[1] = *north(s);
    shelf_put_all(s);
    shelf_commit(s, NULL);
    assert_int_equal(run_with(s, ids, 2, 0, &seen), 0);
    assert_int_equal(seen.verified, SHELF_ROUND);
    assert_true(seen.counts.batches == 1 && seen.counts.foreign == 0);
}

static void reader__run__refuses_a_batch_that_is_not_sealed_to_its_agency(void **state)
{
    struct shelf *s = *state;
    assert_refused(s, &(struct shelf_wrong){.only_to = &s->f->warrants[0].agencies[1]},
                   ERR_NOT_FOUND, "does not open with this identity");
}

static void reader__run__refuses_a_batch_that_is_no_age_file(void **state)
{
    assert_refused(*state, &(struct shelf_wrong){.sealed = "not sealed"}, ERR_FORMAT,
                   "does not open with this identity");
}

static void reader__run__refuses_a_batch_that_was_changed(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE batch SET sealed = substr(sealed, 1, length(sealed) - 1) || X'00'");
    assert_int_equal(run(s, north(s), 0, &seen), ERR_AUTH);
    assert_says(seen.d.text, "batch 1 of warrant " FIXTURE_WARRANT);
    assert_int_equal(seen.messages, 0);
}

static void reader__run__refuses_a_batch_that_lacks_a_record(void **state)
{
    assert_refused(*state, &(struct shelf_wrong){.no_record = true}, ERR_FORMAT,
                   "holds 2 of its 3 records");
}

static void reader__run__refuses_a_batch_with_a_record_too_many(void **state)
{
    assert_refused(*state, &(struct shelf_wrong){.extra_record = true}, ERR_FORMAT,
                   "holds other lines than the 3 it should");
}

static void reader__run__refuses_a_record_that_is_not_its_leaf(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    /* Leaf 1 of the tree: the second record. */
    shelf_sql(s, "UPDATE tile SET hashes = substr(hashes, 1, 32) || zeroblob(32) ||"
                 " substr(hashes, 65) WHERE level = 0 AND number = 0");
    assert_int_equal(run(s, north(s), 0, &seen), ERR_AUTH);
    assert_says(seen.d.text, "record 1 is not leaf 1 of the journal");
    assert_int_equal(seen.messages, 1);
}

static void name_the_bots_warrant(struct shelf *s, struct record *r)
{
    (void)s;
    /* record_parse asks that the envelope is sealed to it; the batch's is another. */
    r->envelope.wraps[0].warrant = r->warrant = "2019-9999";
}

static void reader__run__refuses_a_record_of_another_warrant(void **state)
{
    assert_refused(*state, &(struct shelf_wrong){.record = name_the_bots_warrant}, ERR_FORMAT,
                   "record 2 belongs to warrant 2019-9999");
}

static void change_key(struct shelf *s, struct record *r)
{
    (void)s;
    r->content[0] ^= 1;
}

static void reader__run__names_a_key_that_does_not_open_the_payload(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = change_key}, "its key does not open it");
}

static void change_signature(struct shelf *s, struct record *r)
{
    (void)s;
    r->envelope.signature[0] ^= 1;
}

static void reader__run__names_a_wrong_signature(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = change_signature},
                 "its signature does not match");
}

static void change_time(struct shelf *s, struct record *r)
{
    (void)s;
    r->envelope.at_unix_ms += 1;
}

static void reader__run__names_a_change_to_what_was_signed(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = change_time},
                 "its signature does not match");
}

static void other_certificate(struct shelf *s, struct record *r)
{
    r->certificate = s->bert->certificate->document.note;
}

static void reader__run__names_another_accounts_certificate(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = other_certificate},
                 "its certificate is another account's");
}

static void forged_certificate(struct shelf *s, struct record *r)
{
    static char note[VALUE_CERTIFICATE_MAX];
    snprintf(note, sizeof note, "%s", s->anna->certificate->document.note);
    char *c = note + strlen(note) - 20; /* inside the registrar's signature */
    *c = *c == 'A' ? 'B' : 'A';
    r->certificate = note;
}

static void reader__run__names_a_certificate_that_is_not_the_registrars(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = forged_certificate},
                 "its certificate is not the registrar's");
}

static void change_seal(struct shelf *s, struct fixture_message *m)
{
    m->envelope.wraps[0].wrap[0] ^= 1;
    fixture_message_sign(m, s->f, NULL, s->anna);
}

static void reader__run__names_a_wrong_seal(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.message = change_seal},
                 "its seal is not the one that its key gives");
}

/* The bot took it when the warrant had ended. */
static void receive_late(struct shelf *s, struct record *r)
{
    (void)s;
    r->received_at_unix_ms += 3 * CALENDAR_DAY_MS;
}

static void reader__run__names_a_message_that_was_dated_back(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.record = receive_late},
                 "it is dated back to a day on which other warrants cover it");
}

static void break_chain(struct shelf *s, struct fixture_message *m)
{
    m->envelope.prev[0] ^= 1;
    fixture_message_sign(m, s->f, s->set, s->anna);
}

static void reader__run__names_a_broken_chain(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.message = break_chain},
                 "it continues another message than the one before it");
}

static void reader__run__names_a_record_without_a_verdict(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.no_line = true},
                 "the journal has no verdict on it");
}

static void reader__run__names_a_record_that_was_refused(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.refused = true},
                 "the journal's verdict is on another message");
}

/* All of the second round are wrong. */
static void assert_round_wrong(struct shelf *s, const struct shelf_wrong *wrong, const char *name)
{
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, wrong);
    if (run(s, north(s), 0, &seen) != 0)
        fail_msg("%s", seen.d.text);
    assert_int_equal(seen.messages, 2 * SHELF_ROUND);
    assert_int_equal(seen.verified, SHELF_ROUND);
    assert_string_equal(seen.wrong, name);
}

/* The bot says of another line that its record is there: without a key all lines have one. */
static void reader__run__names_a_record_of_another_line(void **state)
{
    static const uint8_t turned[] = {0, 1, 0, 2, 0, 0};
    assert_round_wrong(*state, &(struct shelf_wrong){.positions = turned},
                       "its batch says that it is of another line");
}

static void reader__run__names_a_batch_of_an_older_policy(void **state)
{
    assert_round_wrong(*state, &(struct shelf_wrong){.no_policy = true},
                       "it names a newer policy than its batch");
}

/* Sealed for two warrants, and archived under one: the other's agency cannot know. */
static void reader__run__names_the_warrant_that_lacks_a_record(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    fixture_add_warrant(s->f, &(struct fixture_warrant_options){.id = "2019-0148"});
    policy_set_free(s->set);
    s->set = fixture_policy(s->f, NULL);
    shelf_put_all(s);
    shelf_put(s, "warrant-2", s->f->warrants[1].note);
    shelf_put(s, "epochs-2", s->f->warrants[1].epochs_note);
    shelf_commit(s, NULL);
    assert_int_equal(run(s, north(s), 0, &seen), 0);
    assert_int_equal(seen.messages, SHELF_ROUND);
    assert_int_equal(seen.verified, 0);
    assert_string_equal(seen.wrong, "no batch of warrant 2019-0148 has a record of it");
}

static void name_a_file(struct shelf *s, struct fixture_message *m)
{
    m->envelope.files[0] = (struct envelope_file){.size = 5, .path = "/f"};
    m->envelope.file_count = 1;
    fixture_message_sign(m, s->f, s->set, s->anna);
}

/* The bot has the message, and never listed its file. */
static void reader__run__names_a_file_that_the_journal_lacks(void **state)
{
    assert_wrong(*state, &(struct shelf_wrong){.message = name_a_file},
                 "the journal does not have a file that it names");
}

static void reader__run__names_a_file_of_another_size(void **state)
{
    const struct journal_file file = {.size = 6};
    assert_wrong(*state, &(struct shelf_wrong){.message = name_a_file, .file = &file},
                 "the journal does not have a file that it names");
}

static void reader__run__names_a_file_that_is_said_to_be_older(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    const struct journal_file file = {.size = 5};
    shelf_put_all(s);
    shelf_commit(s, &(struct shelf_wrong){.message = name_a_file, .file = &file});
    shelf_sql(s, "UPDATE file SET named = named - 1");
    assert_int_equal(run(s, north(s), 0, &seen), 0);
    assert_string_equal(seen.wrong, "the journal says that a file of it was last named before it");
}

static void reader__run__names_a_gap_in_the_lines(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "DELETE FROM line WHERE n = 1");
    assert_int_equal(run(s, north(s), 0, &seen), 0);
    assert_int_equal(seen.messages, 3);
    assert_int_equal(seen.verified, 1); /* the first has no verdict, the second none before it */
    assert_string_equal(seen.wrong, "the journal does not have the message before it");
}

/* All are shown, none is verified for want of this document. */
static void assert_wants(struct shelf *s, const char *name, const char *wrong)
{
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_remove(s, name);
    shelf_commit(s, NULL);
    assert_int_equal(run(s, north(s), 0, &seen), 0);
    assert_int_equal(seen.messages, SHELF_ROUND);
    assert_int_equal(seen.verified, 0);
    assert_string_equal(seen.wrong, wrong);
    assert_string_equal(seen.body, "This is message 3.");
}

static void reader__run__says_which_document_is_missing(void **state)
{
    assert_wants(*state, "epochs", "the epochs of its warrant are not in the documents");
}

static void reader__run__says_that_the_policy_is_missing(void **state)
{
    assert_wants(*state, "policy-1", "the policy that it names is not in the documents");
}

static void reader__run__says_that_a_warrant_is_missing(void **state)
{
    assert_wants(*state, "warrant", "a warrant of its policy is not in the documents");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(reader__run__opens_and_verifies_every_message),
        SHELF_TEST(reader__run__from_a_batch_on),
        SHELF_TEST(reader__run__ends_when_the_callback_says_so),
        SHELF_TEST(reader__run__passes_over_what_is_not_for_this_identity),
        SHELF_TEST(reader__run__tries_each_of_several_identities),
        SHELF_TEST(reader__run__refuses_a_batch_that_is_not_sealed_to_its_agency),
        SHELF_TEST(reader__run__refuses_a_batch_that_is_no_age_file),
        SHELF_TEST(reader__run__refuses_a_batch_that_was_changed),
        SHELF_TEST(reader__run__refuses_a_batch_that_lacks_a_record),
        SHELF_TEST(reader__run__refuses_a_batch_with_a_record_too_many),
        SHELF_TEST(reader__run__refuses_a_record_that_is_not_its_leaf),
        SHELF_TEST(reader__run__refuses_a_record_of_another_warrant),
        SHELF_TEST(reader__run__names_a_key_that_does_not_open_the_payload),
        SHELF_TEST(reader__run__names_a_wrong_signature),
        SHELF_TEST(reader__run__names_a_change_to_what_was_signed),
        SHELF_TEST(reader__run__names_another_accounts_certificate),
        SHELF_TEST(reader__run__names_a_certificate_that_is_not_the_registrars),
        SHELF_TEST(reader__run__names_a_wrong_seal),
        SHELF_TEST(reader__run__names_a_message_that_was_dated_back),
        SHELF_TEST(reader__run__names_a_broken_chain),
        SHELF_TEST(reader__run__names_a_record_without_a_verdict),
        SHELF_TEST(reader__run__names_a_record_that_was_refused),
        SHELF_TEST(reader__run__names_a_record_of_another_line),
        SHELF_TEST(reader__run__names_a_batch_of_an_older_policy),
        SHELF_TEST(reader__run__names_the_warrant_that_lacks_a_record),
        SHELF_TEST(reader__run__names_a_file_that_the_journal_lacks),
        SHELF_TEST(reader__run__names_a_file_of_another_size),
        SHELF_TEST(reader__run__names_a_file_that_is_said_to_be_older),
        SHELF_TEST(reader__run__names_a_gap_in_the_lines),
        SHELF_TEST(reader__run__says_which_document_is_missing),
        SHELF_TEST(reader__run__says_that_the_policy_is_missing),
        SHELF_TEST(reader__run__says_that_a_warrant_is_missing),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
