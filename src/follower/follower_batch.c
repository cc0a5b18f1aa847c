/* A batch: the journal's word on it, then each of its records, and all of it handed on or nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit.h"
#include "follower/follower_internal.h"

static int check_leaf(struct follower_look *l, const struct buf *text, uint64_t index,
                      const char *what)
{
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    if (journal_leaf(l->j, index, stored) < 0 || memcmp(leaf, stored, MERKLE_BYTES) != 0)
        return diag_set(l->d, ERR_AUTH, "leaf %" PRIu64 " of the tree is not its %s's", index,
                        what);
    return 0;
}

static int check_round(void *context, const struct journal_round_row *row)
{
    struct follower_look *l = context;
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    int r = audit_round_signed(l->x->bot, l->key, row, l->d);
    verdict_round_leaf_text(&text, row->root, row->line_count);
    if (r == 0)
        r = check_leaf(l, &text, row->leaf, "round");
    l->x->round = r == 0 ? row->number : l->x->round;
    return r < 0 ? r : 1; /* this one alone */
}

/* What the journal says of it, before anything is opened. */
static int check_batch(struct follower_look *l, const struct journal_batch_row *row)
{
    uint8_t sha256[HASH_BYTES];
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    if (row->number != l->x->state.next)
        return diag_set(l->d, ERR_AUTH, "it is missing: the next one there is batch %lld",
                        (long long)row->number);
    hash_sha256(row->batch.sealed, row->batch.sealed_len, sha256);
    if (memcmp(sha256, row->sha256, HASH_BYTES) != 0)
        return diag_set(l->d, ERR_AUTH, "its bytes are not those that were committed");
    journal_batch_leaf_text(&text, &row->batch);
    int r = check_leaf(l, &text, row->leaf, "batch");
    if (r == 0 && row->round != l->x->round)
        r = journal_rounds(l->j, row->round, check_round, l, l->d);
    if (r >= 0 && row->round != l->x->round)
        return diag_set(l->d, ERR_AUTH, "its round %lld is missing", (long long)row->round);
    return r < 0 ? r : 0;
}

/* Read again with what the folder has now; still nothing is a reason to wait, not to judge. */
static int check_documents(struct follower_look *l, const struct journal_batch_row *row)
{
    const struct policy_set *set = library_policy(l->f->library, row->batch.policy);
    if (set == NULL)
        return diag_set(l->d, ERR_NOT_FOUND, "policy %" PRIu32 " is not in %s yet",
                        row->batch.policy, l->f->o.documents);
    if (library_warrant(l->f->library, row->batch.warrant) == NULL)
        return diag_set(l->d, ERR_NOT_FOUND, "its warrant is not in %s yet", l->f->o.documents);
    return 0;
}

static void put_envelope(struct follower_message *m, const struct envelope *e)
{
    m->n = e->n;
    m->policy = e->policy;
    m->at_unix_ms = e->at_unix_ms;
    m->id = e->id;
    m->from = e->from;
    m->to_count = e->to_count;
    m->file_count = e->file_count;
    memcpy(m->certificate, e->certificate, HASH_BYTES);
    memcpy(m->to, e->to, e->to_count * sizeof e->to[0]);
    for (size_t i = 0; i < e->file_count; i++) {
        memcpy(m->files[i].sha256, e->files[i].sha256, HASH_BYTES);
        m->files[i].size = e->files[i].size;
    }
}

/* Until the batch is whole its messages are held: of one with a fault in it nothing is handed on.
 */
static int hold(void *context, const struct reader_message *in)
{
    struct follower_look *l = context;
    struct follower_message m = {.batch = l->x->state.next,
                                 .leaf = in->leaf,
                                 .archived_unix_ms = in->record->received_at_unix_ms,
                                 .warrant = in->record->warrant,
                                 .wrong = in->wrong,
                                 .body = in->body,
                                 .body_len = in->body_len};
    put_envelope(&m, &in->record->envelope);
    snprintf(m.country, sizeof m.country, "%s", in->country);
    if (journal_leaf(l->j, in->leaf, m.record_leaf) < 0)
        return diag_set(l->d, ERR_AUTH, "leaf %" PRIu64 " is not in the tree", in->leaf);
    struct buf *b = &l->f->held;
    size_t start = b->len;
    buf_put_u32(b, 0);
    follower_message_put(b, &m);
    if (buf_failed(b))
        return diag_set(l->d, ERR_LIMIT, "it holds more than a batch may");
    uint32_t len = (uint32_t)(b->len - start - 4);
    for (unsigned i = 0; i < 4; i++)
        b->data[start + i] = (uint8_t)(len >> (24 - 8 * i));
    return 0;
}

static int hand_on(struct follower_look *l)
{
    struct cursor c = cursor_over(l->f->held.data, l->f->held.len);
    int r = 0;
    while (r == 0 && cursor_left(&c) > 0) {
        struct follower_message m;
        size_t len;
        const uint8_t *bytes = cursor_block(&c, l->f->held.len, &len);
        struct cursor one = cursor_over(bytes, len);
        arena_reset(&l->f->arena);
        if (follower_message_get(&one, &l->f->arena, &m) < 0)
            return diag_set(l->d, ERR_FORMAT, "a message of it is in no form to be handed on");
        l->x->state.records++;
        l->told = r = l->sink->message(l->sink->context, l->x->bot, &m);
    }
    return r;
}

int follower_batch(void *context, const struct journal_batch_row *row)
{
    struct follower_look *l = context;
    struct follower_state *s = &l->x->state;
    if (l->count == l->max) {
        l->x->more = true;
        return 1;
    }
    int r = check_batch(l, row);
    if (r == 0)
        l->mends = (r = check_documents(l, row)) < 0;
    if (r < 0)
        return diag_prefix(l->d, r, "batch %lld", (long long)s->next);
    struct follower_state before = *s;
    struct reader_counts counts = {0};
    buf_reset(&l->f->held);
    r = reader_batch(l->reader, row, hold, l, &counts, l->d);
    if (journal_woken(l->j)) {
        l->mends = true;
        r = diag_set(l->d, ERR_IO, "its bot has just begun to write");
    }
    if (r == 0)
        r = hand_on(l);
    buf_clear(&l->f->held); /* wiped */
    if (r == 0) {
        s->next++;
        s->foreign += counts.foreign;
        l->told = r = l->sink->batch_end(l->sink->context, s);
    }
    if (r == 0)
        l->count++;
    else
        *s = before;
    return r;
}
