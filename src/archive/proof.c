#include "archive/proof.h"

#include <inttypes.h>
#include <string.h>

#include "archive/audit.h"
#include "archive/held.h"
#include "archive/proof_log.h"
#include "base/memory.h"

/* One proof being made. */
struct finding {
    const struct proof_options *o;
    const struct proof_of *of;
    struct arena *a;
    struct diag *d;
    const uint8_t *key; /* the bot's */
    struct journal_place place;
    int64_t batch;
    uint32_t policy; /* the batch's */
    bool found;
    struct proof p;
};

static int copy(struct finding *f, const char *text, size_t len, const char **ret)
{
    *ret = arena_string_n(f->a, text, len);
    return *ret == NULL ? diag_set(f->d, ERR_LIMIT, "its proof is too long") : 0;
}

/* A leaf's text must be what the tree has there. */
static int take_leaf(struct finding *f, uint64_t index, const char *text, size_t len,
                     struct proof_leaf *ret)
{
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    merkle_leaf(text, len, leaf);
    if (journal_leaf(f->o->journal, index, stored) < 0 || memcmp(leaf, stored, MERKLE_BYTES) != 0)
        return diag_set(f->d, ERR_AUTH, "leaf %" PRIu64 " of the tree is another", index);
    ret->index = index;
    return copy(f, text, len, &ret->text);
}

/* ---- where it stands ---- */

static int find_place(struct finding *f)
{
    struct journal *j = f->o->journal;
    int r = journal_place(j, f->of->certificate, f->of->n, &f->place);
    if (r == 0)
        r = journal_record(j, f->place.round, f->of->warrant, f->place.position, &f->batch);
    if (r == 0)
        r = journal_verdict(j, f->of->certificate, f->of->n, &f->p.verdict);
    if (r == ERR_NOT_FOUND)
        return diag_set(f->d, r, "the journal has no such record");
    return r < 0 ? diag_set(f->d, r, "the journal's verdict on it is damaged") : 0;
}

static int find_key(struct finding *f)
{
    struct journal *j = f->o->journal;
    f->key = library_bot_key(f->o->library, journal_bot(j));
    if (f->key == NULL || memcmp(f->key, journal_key(j), SIGN_PUBLIC_BYTES) != 0)
        return diag_set(f->d, ERR_AUTH, "no policy in the documents names the bot's key");
    return copy(f, journal_bot(j), strlen(journal_bot(j)), &f->p.bot);
}

/* ---- the record and its batch ---- */

static int take_signed(struct finding *f, const struct envelope *e)
{
    CLEANUP_BUF struct buf b = BUF_INIT(PROOF_SIGNED_MAX);
    uint8_t transcript[HASH_BYTES];
    envelope_transcript(e, f->key, transcript);
    envelope_signed_bytes(e, transcript, &b);
    f->p.signed_bytes = arena_copy(f->a, b.data, b.len);
    f->p.signed_len = b.len;
    return f->p.signed_bytes == NULL ? diag_set(f->d, ERR_LIMIT, "its proof is too long") : 0;
}

static int take_record(void *context, const struct reader_message *m)
{
    struct finding *f = context;
    CLEANUP_BUF struct buf line = BUF_INIT_SECRET(RECORD_MAX + 1);
    const struct record *rec = m->record;
    if (f->found || memcmp(rec->envelope.certificate, f->of->certificate, HASH_BYTES) != 0 ||
        rec->envelope.n != f->of->n)
        return 0;
    f->found = true;
    record_put(&line, rec);
    if (buf_failed(&line))
        return diag_set(f->d, ERR_LIMIT, "its record is too long");
    int r = take_signed(f, &rec->envelope);
    if (r == 0)
        r = take_leaf(f, m->leaf, (const char *)line.data, line.len - 1, &f->p.record);
    if (r == 0)
        r = copy(f, rec->certificate, strlen(rec->certificate), &f->p.certificate);
    return r < 0 ? r : copy(f, m->wrong, strlen(m->wrong), &f->p.wrong);
}

static int take_batch(void *context, const struct journal_batch_row *row)
{
    struct finding *f = context;
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    struct reader_counts counts = {0};
    struct reader_options o = {.journal = f->o->journal,
                               .net = f->o->net,
                               .library = f->o->library,
                               .identities = f->o->identities,
                               .identity_count = f->o->identity_count};
    CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&o);
    f->policy = row->batch.policy;
    journal_batch_leaf_text(&text, &row->batch);
    int r = take_leaf(f, row->leaf, buf_text(&text), text.len, &f->p.batch);
    if (r == 0)
        r = reader_batch(reader, row, take_record, f, &counts, f->d);
    if (r == 0 && counts.foreign > 0)
        r = diag_set(f->d, ERR_KEY, "its batch is not for this agency");
    if (r == 0 && !f->found)
        r = diag_set(f->d, ERR_AUTH, "its batch does not hold it");
    return r < 0 ? r : 1; /* this one alone */
}

static int take_round(void *context, const struct journal_round_row *row)
{
    struct finding *f = context;
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    verdict_round_leaf_text(&text, row->root, row->line_count);
    int r = audit_round_signed(f->p.bot, f->key, row, f->d);
    if (r == 0)
        r = take_leaf(f, row->leaf, buf_text(&text), text.len, &f->p.round);
    return r < 0 ? r : 1;
}

static int find_leaves(struct finding *f)
{
    int r = journal_batches(f->o->journal, f->batch, take_batch, f, f->d);
    if (r >= 0)
        r = journal_rounds(f->o->journal, f->place.round, take_round, f, f->d);
    if (r == 0)
        return diag_set(f->d, ERR_AUTH, "its batch or its round is missing");
    return r < 0 ? r : 0;
}

/* ---- the checkpoint over them ---- */

static int take_path(struct finding *f, uint64_t size, struct proof_leaf *leaf)
{
    if (journal_inclusion(f->o->journal, leaf->index, size, leaf->path, &leaf->path_count) == 0)
        return 0;
    return diag_set(f->d, ERR_AUTH, "leaf %" PRIu64 " has no path to the checkpoint", leaf->index);
}

/* The round's leaf is the last of the three. */
static int find_checkpoint(struct finding *f)
{
    CLEANUP_FREE char *note = NULL;
    struct checkpoint c;
    int r = journal_checkpoint(f->o->journal, f->p.round.index + 1, &c, &note);
    if (r == ERR_NOT_FOUND)
        return copy(f, "", 0, &f->p.checkpoint);
    if (r == 0)
        r = held_check(f->o->journal, f->key, "its checkpoint", note, f->d);
    else
        diag_set(f->d, r, "its newest checkpoint is malformed");
    if (r == 0)
        r = copy(f, note, strlen(note), &f->p.checkpoint);
    struct proof_leaf *leaves[] = {&f->p.record, &f->p.batch, &f->p.round};
    for (size_t i = 0; r == 0 && i < 3; i++)
        r = take_path(f, c.size, leaves[i]);
    return r;
}

/* ---- whose keys these are ---- */

static const struct warrant *warrant_of(const struct policy_set *set, const char *id)
{
    for (size_t i = 0; i < set->policy->warrant_count; i++)
        if (set->warrants[i] != NULL && strcmp(set->warrants[i]->id, id) == 0)
            return set->warrants[i];
    return NULL;
}

static int find_documents(struct finding *f)
{
    const struct policy_set *set = library_policy(f->o->library, f->policy);
    const struct warrant *w = set == NULL ? NULL : warrant_of(set, f->of->warrant);
    if (w == NULL)
        return diag_set(f->d, ERR_NOT_FOUND, "its policy or its warrant is not in the documents");
    const struct document *network = &f->o->net->document, *policy = &set->policy->document;
    int r = copy(f, w->document.note, w->document.note_len, &f->p.warrant);
    if (r == 0)
        r = copy(f, policy->note, policy->note_len, &f->p.policy);
    if (r == 0)
        r = copy(f, network->note, network->note_len, &f->p.note);
    if (r == 0)
        r = proof_log(f->o->public_log, f->o->net, f->of->certificate, policy->hash, f->a, &f->p,
                      f->d);
    return r;
}

int proof_find(const struct proof_options *o, const struct proof_of *of, struct arena *a,
               struct proof *ret, struct diag *d)
{
    struct finding f = {.o = o, .of = of, .a = a, .d = d};
    int r = find_key(&f);
    if (r == 0)
        r = find_place(&f);
    if (r == 0)
        r = find_leaves(&f);
    if (r == 0)
        r = find_checkpoint(&f);
    if (r == 0)
        r = find_documents(&f);
    if (r == 0)
        *ret = f.p;
    return r;
}
