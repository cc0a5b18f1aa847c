#include "shelf.h"

#include <stdio.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"

#define LINES_MAX (1U << 20)

int shelf_set_up(void **state)
{
    struct shelf *s = mem_new(sizeof *s);
    strcpy(s->folder, "/tmp/archive-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(s->folder) != NULL);
    s->documents = file_join(s->folder, "documents");
    s->journal_path = file_join(s->folder, "journal.db");
    FIXTURE_MUST(file_make_folder(s->documents, 0700, NULL) == 0);
    s->f = fixture_new(NULL);
    fixture_add_warrant(s->f, &(struct fixture_warrant_options){.desk = true});
    s->set = fixture_policy(s->f, NULL);
    s->anna = fixture_device_new(s->f, "anna", 1);
    s->bert = fixture_device_new(s->f, "bert", 1);
    FIXTURE_MUST(journal_create(s->journal_path, s->f->bots[0].jid, s->f->bots[0].signer.key.key,
                                NULL) == 0);
    FIXTURE_MUST(journal_open(s->journal_path, true, &s->journal, NULL) == 0);
    *state = s;
    return 0;
}

int shelf_tear_down(void **state)
{
    struct shelf *s = *state;
    journal_close(s->journal);
    fixture_device_free(s->anna);
    fixture_device_free(s->bert);
    policy_set_free(s->set);
    fixture_free(s->f);
    int r = file_remove_tree(s->folder, NULL);
    free(s->documents);
    free(s->journal_path);
    free(s);
    return r;
}

static char *path_of(const struct shelf *s, const char *name)
{
    return mem_format("%s/%s.note", s->documents, name);
}

void shelf_put(const struct shelf *s, const char *name, const char *note)
{
    CLEANUP_FREE char *path = path_of(s, name);
    FIXTURE_MUST(file_write(path, note, strlen(note), 0644, NULL) == 0);
}

void shelf_remove(const struct shelf *s, const char *name)
{
    CLEANUP_FREE char *path = path_of(s, name);
    FIXTURE_MUST(unlink(path) == 0);
}

void shelf_put_all(const struct shelf *s)
{
    shelf_put(s, "policy-1", s->set->policy->document.note);
    shelf_put(s, "warrant", s->f->warrants[0].note);
    shelf_put(s, "epochs", s->f->warrants[0].epochs_note);
}

/* A round under way. */
struct making {
    struct buf lines; /* the batch's records */
    uint8_t leaves[SHELF_ROUND + 1][MERKLE_BYTES];
    struct buf positions;
    struct verdict_line verdicts[SHELF_ROUND];
    uint32_t line_count;
};

static void add_record(struct making *m, const struct record *r, size_t leaf)
{
    size_t start = m->lines.len;
    record_put(&m->lines, r);
    FIXTURE_MUST(!buf_failed(&m->lines));
    merkle_leaf(m->lines.data + start, m->lines.len - start - 1, m->leaves[leaf]);
}

static void add_message(struct shelf *s, struct making *making, size_t i,
                        const struct shelf_wrong *wrong)
{
    CLEANUP_FREE char *id = mem_format("m%u", ++s->messages);
    CLEANUP_FREE char *body = mem_format("This is message %u.", s->messages);
    /* Every second one to two, of whom the second is met first. */
    static const char *const two[] = {"abel@" FIXTURE_DOMAIN, "bert@" FIXTURE_DOMAIN};
    struct fixture_message_options o = {.id = id, .body = body};
    if (s->messages % 2 == 0)
        o.to = two, o.to_count = 2;
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->anna, &o);
    if (wrong->message != NULL)
        wrong->message(s, m);
    struct record r = {.received_at_unix_ms = FIXTURE_AT + 1,
                       .envelope = m->envelope,
                       .certificate = s->anna->certificate->document.note,
                       .warrant = FIXTURE_WARRANT};
    memcpy(r.content, m->content, sizeof r.content);
    if (wrong->record != NULL)
        wrong->record(s, &r);
    verdict_position_put(&making->positions, (uint32_t)i);
    if (!wrong->no_record)
        add_record(making, &r, i);
    if (wrong->extra_record)
        add_record(making, &r, i + 1);
    struct verdict_line l = {.n = m->envelope.n, .state = VERDICT_ARCHIVED};
    if (wrong->refused)
        l.state = VERDICT_REFUSED, l.reason = VERDICT_WRONG_DAY;
    memcpy(l.digest, m->digest, HASH_BYTES);
    memcpy(l.certificate, s->anna->certificate->document.hash, HASH_BYTES);
    if (!wrong->no_line)
        making->verdicts[making->line_count++] = l;
    fixture_device_advance(s->anna, m);
    fixture_message_free(m);
}

static void seal(const struct shelf *s, const struct making *m, const struct shelf_wrong *wrong,
                 struct buf *sealed)
{
    const struct age_identity *north = &s->f->warrants[0].agencies[0];
    struct age_recipient to[] = {age_identity_recipient(north),
                                 age_identity_recipient(&s->f->warrants[0].agencies[1])};
    if (wrong->only_to != NULL)
        to[0] = age_identity_recipient(wrong->only_to);
    size_t bound = ZSTD_compressBound(m->lines.len);
    CLEANUP_FREE uint8_t *small = mem_new(bound);
    size_t len = ZSTD_compress(small, bound, m->lines.data, m->lines.len, 1);
    FIXTURE_MUST(!ZSTD_isError(len));
    if (wrong->sealed != NULL)
        buf_put_text(sealed, wrong->sealed);
    else
        FIXTURE_MUST(age_encrypt(to, wrong->only_to != NULL ? 1 : 2, small, len, sealed) == 0);
}

void shelf_commit(struct shelf *s, const struct shelf_wrong *wrong)
{
    static const struct shelf_wrong nothing;
    const struct fixture_bot *bot = &s->f->bots[0];
    struct making m = {.lines = BUF_INIT(LINES_MAX), .positions = BUF_INIT(64)};
    CLEANUP_BUF struct buf sealed = BUF_INIT(LINES_MAX);
    for (size_t i = 0; i < SHELF_ROUND; i++)
        add_message(s, &m, i, i + 1 == SHELF_ROUND && wrong != NULL ? wrong : &nothing);
    seal(s, &m, wrong != NULL ? wrong : &nothing, &sealed);
    struct journal_batch batch = {.warrant = FIXTURE_WARRANT,
                                  .leaves = (const uint8_t(*)[MERKLE_BYTES])m.leaves,
                                  .positions = m.positions.data,
                                  .count = SHELF_ROUND,
                                  .sealed = sealed.data,
                                  .sealed_len = sealed.len};
    uint8_t lines[SHELF_ROUND][VERDICT_LINE_BYTES];
    struct verdict verdicts[SHELF_ROUND];
    fixture_round(bot, FIXTURE_AT + 2, m.verdicts, m.line_count, verdicts);
    for (uint32_t i = 0; i < m.line_count; i++)
        verdict_line_put(&m.verdicts[i], lines[i]);
    struct journal_round round = {.at_unix_ms = FIXTURE_AT + 2,
                                  .batches = &batch,
                                  .batch_count = 1,
                                  .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])lines,
                                  .line_count = m.line_count,
                                  .policy = 1};
    if (wrong != NULL && wrong->file != NULL)
        round.files = wrong->file, round.file_count = 1;
    if (wrong != NULL && wrong->positions != NULL)
        batch.positions = wrong->positions;
    if (wrong != NULL && wrong->no_policy)
        round.policy = 0;
    FIXTURE_MUST(verdict_verify(&verdicts[0], bot->jid, bot->signer.key.key, round.root) == 0);
    memcpy(round.signature, verdicts[0].signature, SIGN_BYTES);
    struct diag d;
    if (journal_commit(s->journal, &round, &d) != 0)
        fail_msg("%s", d.text);
    buf_clear(&m.lines);
    buf_clear(&m.positions);
}

void shelf_sql(const struct shelf *s, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(s->journal_path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
