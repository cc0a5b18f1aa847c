/* Proofs of messages: checked here with nothing but what they hold, and not made of a journal that
 * its bot has not signed.
 */
#include "archive/proof.h"

#include <stdio.h>

#include "base/encode.h"
#include "base/secret.h"
#include "shelf.h"

static const struct age_identity *north(const struct shelf *s)
{
    return &s->f->warrants[0].agencies[0];
}

struct asked {
    struct arena arena;
    struct proof p;
    struct diag d;
};

static struct public_log *public_log; /* that is asked, too; NULL: none */

static void asked_clear(struct asked *x)
{
    arena_clear(&x->arena);
}

static int ask_with(struct shelf *s, const struct age_identity *id, const struct proof_of *of,
                    struct asked *x)
{
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    *x = (struct asked){.arena = ARENA_INIT(PROOF_BYTES_MAX)};
    if (library_open(s->f->network, s->documents, &l, &x->d) != 0 ||
        journal_open(s->journal_path, false, &j, &x->d) != 0)
        fail_msg("%s", x->d.text);
    const struct proof_options o = {.journal = j,
                                    .public_log = public_log,
                                    .net = s->f->network,
                                    .library = l,
                                    .identities = id,
                                    .identity_count = 1};
    return proof_find(&o, of, &x->arena, &x->p, &x->d);
}

static struct proof_of of_message(const struct shelf *s, uint64_t n)
{
    struct proof_of of = {.n = n, .warrant = FIXTURE_WARRANT};
    memcpy(of.certificate, s->anna->certificate->document.hash, HASH_BYTES);
    return of;
}

static int ask(struct shelf *s, uint64_t n, struct asked *x)
{
    struct proof_of of = of_message(s, n);
    return ask_with(s, north(s), &of, x);
}

/* Two rounds, and a checkpoint over the first. */
static void fill(struct shelf *s)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct checkpoint c;
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct diag d;
    shelf_put_all(s);
    shelf_commit(s, NULL);
    c.size = journal_size(s->journal);
    assert_int_equal(journal_root(s->journal, c.size, c.root), 0);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    assert_int_equal(journal_put_checkpoint(s->journal, &c, buf_text(&note), &d), 0);
    shelf_commit(s, NULL);
}

static void assert_leads_to(const struct proof_leaf *l, const struct checkpoint *c)
{
    uint8_t leaf[MERKLE_BYTES];
    merkle_leaf(l->text, strlen(l->text), leaf);
    assert_int_equal(merkle_verify_inclusion(leaf, l->index, c->size,
                                             (const uint8_t(*)[MERKLE_BYTES])l->path, l->path_count,
                                             c->root),
                     0);
}

static void read_checkpoint(const struct shelf *s, const char *text, struct checkpoint *ret)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct note view;
    assert_int_equal(note_parse(text, strlen(text), CHECKPOINT_MAX_BYTES, &view), 0);
    assert_int_equal(note_verify(&view, &bot->signer.key), 0);
    assert_int_equal(checkpoint_parse(view.text, view.text_len, bot->jid, ret), 0);
}

static void proof__find__leads_from_record_to_checkpoint(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    struct checkpoint c;
    uint8_t root[MERKLE_BYTES];
    fill(s);
    if (ask(s, 2, &x) != 0)
        fail_msg("%s", x.d.text);
    read_checkpoint(s, x.p.checkpoint, &c);
    assert_leads_to(&x.p.record, &c);
    assert_leads_to(&x.p.batch, &c);
    assert_leads_to(&x.p.round, &c);
    assert_says(x.p.batch.text, "ironside batch 2 " FIXTURE_WARRANT " 1 0 3 ");
    assert_int_equal(verdict_verify(&x.p.verdict, x.p.bot, s->f->bots[0].signer.key.key, root), 0);
    assert_string_equal(x.p.wrong, "");
}

/* The verdict is on just this record, which the certificate's key has signed. */
static void proof__find__verdict_is_on_the_record(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    CLEANUP_ARENA struct arena a = ARENA_INIT(4 * RECORD_MAX);
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(PROOF_SIGNED_MAX);
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct record rec;
    uint8_t digest[HASH_BYTES];
    fill(s);
    assert_int_equal(ask(s, 3, &x), 0);
    assert_int_equal(record_parse(x.p.record.text, strlen(x.p.record.text), &a, &rec, &x.d), 0);
    assert_string_equal(rec.certificate, x.p.certificate);
    assert_int_equal(
        certificate_open(s->f->network, x.p.certificate, strlen(x.p.certificate), &c, &x.d), 0);
    buf_put(&signed_bytes, x.p.signed_bytes, x.p.signed_len);
    assert_int_equal(
        sign_verify(c->key, signed_bytes.data, signed_bytes.len, rec.envelope.signature), 0);
    envelope_digest(&signed_bytes, rec.envelope.signature, digest);
    assert_memory_equal(digest, x.p.verdict.line.digest, HASH_BYTES);
}

static void proof__find__has_the_documents(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    fill(s);
    assert_int_equal(ask(s, 1, &x), 0);
    assert_string_equal(x.p.warrant, s->f->warrants[0].note);
    assert_string_equal(x.p.policy, s->set->policy->document.note);
    assert_string_equal(x.p.note, s->f->network->document.note);
}

static void proof__find__without_a_checkpoint_yet(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    fill(s);
    assert_int_equal(ask(s, 4, &x), 0);
    assert_string_equal(x.p.checkpoint, "");
    assert_true(x.p.record.path_count == 0 && x.p.round.path_count == 0);
    assert_true(x.p.record.index == 5);
}

static void proof__find__refuses_what_is_not_there(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    struct age_identity stranger;
    fill(s);
    assert_int_equal(ask(s, 7, &x), ERR_NOT_FOUND);
    asked_clear(&x);
    struct proof_of of = of_message(s, 1);
    of.warrant = "another";
    assert_int_equal(ask_with(s, north(s), &of, &x), ERR_NOT_FOUND);
    asked_clear(&x);
    of = of_message(s, 1);
    age_identity_generate(&stranger);
    assert_int_equal(ask_with(s, &stranger, &of, &x), ERR_KEY);
}

static void proof__find__refuses_a_journal_that_was_changed(void **state)
{
    static const struct {
        const char *sql, *line;
    } rows[] = {
        {"UPDATE batch SET policy = 2 WHERE number = 1", "leaf 3 of the tree is another"},
        {"UPDATE batch SET sealed = zeroblob(200) WHERE number = 1",
         "leaf 3 of the tree is another"},
        {"UPDATE round SET signature = zeroblob(64) WHERE number = 1", "signature does not match"},
        {"UPDATE checkpoint SET note = replace(note, char(10) || '5' || char(10), char(10) || '6' "
         "|| char(10)), size = 6",
         "its checkpoint: not signed with the key"},
    };
    struct shelf *s = *state;
    fill(s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(asked_clear) struct asked x;
        shelf_sql(s, "CREATE TABLE IF NOT EXISTS kept_batch AS SELECT * FROM batch");
        shelf_sql(s, "CREATE TABLE IF NOT EXISTS kept_round AS SELECT * FROM round");
        shelf_sql(s, "CREATE TABLE IF NOT EXISTS kept_checkpoint AS SELECT * FROM checkpoint");
        shelf_sql(s, rows[i].sql);
        if (ask(s, 1, &x) == 0)
            fail_msg("%s: it is proved all the same", rows[i].sql);
        assert_says(x.d.text, rows[i].line);
        shelf_sql(s, "REPLACE INTO batch SELECT * FROM kept_batch;"
                     "REPLACE INTO round SELECT * FROM kept_round; DELETE FROM checkpoint;"
                     "INSERT INTO checkpoint SELECT * FROM kept_checkpoint");
    }
}

/* ---- as bytes ---- */

static void proof__get__is_what_was_put(void **state)
{
    struct shelf *s = *state;
    CLEANUP(asked_clear) struct asked x;
    CLEANUP_ARENA struct arena a = ARENA_INIT(PROOF_BYTES_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(PROOF_BYTES_MAX), again = BUF_INIT(PROOF_BYTES_MAX);
    struct proof p;
    fill(s);
    assert_int_equal(ask(s, 1, &x), 0);
    proof_put(&b, &x.p);
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(proof_get(&c, &a, &p), 0);
    proof_put(&again, &p);
    assert_int_equal(b.len, again.len);
    assert_memory_equal(b.data, again.data, b.len);
    for (size_t cut = 0; cut < b.len; cut += cut < 400 ? 1 : 97) {
        CLEANUP_ARENA struct arena other = ARENA_INIT(PROOF_BYTES_MAX);
        struct cursor part = cursor_over(b.data, cut);
        assert_int_equal(proof_get(&part, &other, &p), ERR_FORMAT);
    }
}

/* ---- the public log ---- */

/* With what is listed, under a checkpoint of the registrar's. */
static void open_log(struct shelf *s, const struct log_document *x, size_t count)
{
    CLEANUP_FREE char *path = mem_format("%s/log.db", s->folder);
    char origin[LOG_ORIGIN_MAX];
    struct diag d = {""};
    log_origin(s->f->network, origin);
    const struct log_signer by = {origin, s->f->registrar.key, s->f->registrar.secret};
    if (public_log_create(path, &d) < 0 || public_log_open(path, true, &public_log, &d) < 0 ||
        public_log_append(public_log, x, count, &by, &d) < 0)
        fail_msg("%s", d.text);
}

static void close_log(void)
{
    public_log_close(public_log);
    public_log = NULL;
}

static struct log_document entry(enum document_kind kind, const struct document *of)
{
    struct log_document x = {.entry = {.kind = kind}, .note = of->note, .note_len = of->note_len};
    memcpy(x.entry.hash, of->hash, HASH_BYTES);
    if (kind == DOCUMENT_CERTIFICATE)
        x.note = NULL;
    return x;
}

static void assert_in_log(const struct proof_leaf *l, const struct checkpoint *c, const char *word,
                          const struct document *of)
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(of->hash, HASH_BYTES, hex);
    CLEANUP_FREE char *text = mem_format("ironside log 1 %s %s ", word, hex);
    assert_says(l->text, text);
    assert_leads_to(l, c);
}

static void proof__find__says_where_the_public_log_has_it(void **state)
{
    struct shelf *s = *state;
    const struct document *certificate = &s->anna->certificate->document;
    const struct document *policy = &s->set->policy->document;
    const struct log_document documents[] = {
        entry(DOCUMENT_CERTIFICATE, &s->bert->certificate->document),
        entry(DOCUMENT_CERTIFICATE, certificate), entry(DOCUMENT_POLICY, policy)};
    CLEANUP(asked_clear) struct asked x;
    CLEANUP_BUF struct buf bytes = BUF_INIT(PROOF_BYTES_MAX);
    CLEANUP_ARENA struct arena a = ARENA_INIT(PROOF_BYTES_MAX);
    struct checkpoint c;
    struct proof p;
    fill(s);
    open_log(s, documents, 3);
    int r = ask(s, 2, &x);
    close_log();
    if (r != 0)
        fail_msg("%s", x.d.text);
    proof_put(&bytes, &x.p);
    struct cursor cursor = cursor_over(bytes.data, bytes.len);
    assert_int_equal(proof_get(&cursor, &a, &p), 0);
    assert_int_equal(
        log_checkpoint_open(s->f->network, p.log_checkpoint, strlen(p.log_checkpoint), &c, NULL),
        0);
    assert_int_equal(c.size, 3);
    assert_int_equal(p.logged_certificate.index, 1);
    assert_in_log(&p.logged_certificate, &c, "device", certificate);
    assert_in_log(&p.logged_policy, &c, "policy", policy);
}

/* Without a log, and by one that lacks the certificate. */
static void proof__find__says_nothing_of_what_the_log_lacks(void **state)
{
    struct shelf *s = *state;
    const struct log_document policy = entry(DOCUMENT_POLICY, &s->set->policy->document);
    fill(s);
    for (int with = 0; with < 2; with++) {
        CLEANUP(asked_clear) struct asked x;
        if (with)
            open_log(s, &policy, 1);
        int r = ask(s, 2, &x);
        close_log();
        assert_int_equal(r, 0);
        assert_string_equal(x.p.log_checkpoint, "");
        assert_string_equal(x.p.logged_certificate.text, "");
        assert_string_equal(x.p.logged_policy.text, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(proof__find__leads_from_record_to_checkpoint),
        SHELF_TEST(proof__find__says_where_the_public_log_has_it),
        SHELF_TEST(proof__find__says_nothing_of_what_the_log_lacks),
        SHELF_TEST(proof__find__verdict_is_on_the_record),
        SHELF_TEST(proof__find__has_the_documents),
        SHELF_TEST(proof__find__without_a_checkpoint_yet),
        SHELF_TEST(proof__find__refuses_what_is_not_there),
        SHELF_TEST(proof__find__refuses_a_journal_that_was_changed),
        SHELF_TEST(proof__get__is_what_was_put),
    };
    secret_init();
    return cmocka_run_group_tests_name("archive/proof", tests, NULL, NULL);
}
