#include "ibot/keeper.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "ibot/frames.h"
#include "ibot/frames_inclusion.h"
#include "ibot/statements.h"
#include "journal/cover.h"

#define HEADS_PER_FRAME 1000

struct keeper {
    struct keeper_options o;
    struct statements *statements;
    uint64_t checkpoint_size; /* leaves under the newest checkpoint */
    int64_t next_checkpoint_ms;
    uint8_t leaves[VERDICT_ROUND_MAX][MERKLE_BYTES]; /* of the round at hand */
};

size_t keeper_opener_of(const uint8_t certificate[static HASH_BYTES], size_t opener_count)
{
    return certificate[0] % opener_count;
}

struct keeper *keeper_new(const struct keeper_options *options)
{
    struct keeper *k = mem_new(sizeof *k);
    struct checkpoint c;
    CLEANUP_FREE char *note = NULL;
    k->o = *options;
    if (journal_checkpoint(k->o.journal, 0, &c, &note) == 0)
        k->checkpoint_size = c.size;
    /* What a generation that was killed left without one is put under one at once. */
    k->next_checkpoint_ms = clock_monotonic_ms();
    if (journal_size(k->o.journal) == k->checkpoint_size)
        k->next_checkpoint_ms += KEEPER_CHECKPOINT_MS;
    k->statements = statements_new(&(struct statements_options){.journal = k->o.journal,
                                                                .secret = k->o.secret,
                                                                .domain = k->o.domain,
                                                                .clock = k->o.clock,
                                                                .link = k->o.link});
    return k;
}

void keeper_free(struct keeper *k)
{
    if (k != NULL)
        statements_free(k->statements);
    free(k);
}

/* Heads are gathered per opener, so that each gets few large frames. */
struct gathering {
    struct keeper *k;
    struct buf heads[FOLDER_OPENERS_MAX];
    struct diag *d;
};

static int send_heads(struct gathering *g, size_t opener)
{
    struct buf *b = &g->heads[opener];
    if (b->len == 0)
        return 0;
    int r = channel_send(g->k->o.openers[opener], FRAME_HEADS, b->data, b->len);
    buf_reset(b);
    return r < 0 ? diag_set(g->d, r, "an opener does not take the chains' heads") : 0;
}

static int gather_head(void *context, const struct journal_head *head)
{
    struct gathering *g = context;
    size_t opener = keeper_opener_of(head->certificate, g->k->o.opener_count);
    struct frames_position p = {.n = head->n};
    memcpy(p.certificate, head->certificate, HASH_BYTES);
    memcpy(p.digest, head->digest, HASH_BYTES);
    frames_put_position(&g->heads[opener], &p);
    bool full = g->heads[opener].len >= (size_t)HEADS_PER_FRAME * FRAMES_POSITION_BYTES;
    return full ? send_heads(g, opener) : 0;
}

int keeper_start(struct keeper *k, struct diag *d)
{
    struct gathering g = {.k = k, .d = d};
    for (size_t i = 0; i < k->o.opener_count; i++)
        g.heads[i] = (struct buf)BUF_INIT((size_t)HEADS_PER_FRAME * FRAMES_POSITION_BYTES);
    int r = journal_heads(k->o.journal, gather_head, &g, d);
    for (size_t i = 0; i < k->o.opener_count; i++) {
        if (r == 0)
            r = send_heads(&g, i);
        buf_clear(&g.heads[i]);
        if (r < 0)
            continue;
        buf_put_u32(channel_begin(k->o.openers[i], FRAME_HEADS_END), journal_policy(k->o.journal));
        r = channel_end(k->o.openers[i]);
    }
    return r;
}

static void sign_round(struct keeper *k, struct journal_round *round)
{
    struct verdict_round signed_part = {.bot = journal_bot(k->o.journal),
                                        .count = round->line_count,
                                        .at_unix_ms = round->at_unix_ms};
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    memcpy(signed_part.root, round->root, MERKLE_BYTES);
    verdict_round_put(&b, &signed_part);
    sign_detached(k->o.secret, b.data, b.len, round->signature);
}

/* One verdict to link for each line, with its path. */
static int send_verdicts(struct keeper *k, const struct frames_round *f,
                         const struct journal_round *round, const struct merkle_memory *tree)
{
    struct verdict v = {.at_unix_ms = round->at_unix_ms, .count = round->line_count};
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    memcpy(v.signature, round->signature, SIGN_BYTES);
    for (uint32_t i = 0; i < round->line_count; i++) {
        int r = verdict_line_get(round->lines[i], &v.line);
        if (r < 0)
            return r;
        v.index = i;
        v.path_count = merkle_memory_path(tree, i, path);
        memcpy(v.path, path, v.path_count * MERKLE_BYTES);
        frames_put_verdict(channel_begin(k->o.link, FRAME_VERDICT), frames_round_tag(f, i), &v);
        r = channel_end(k->o.link);
        if (r < 0)
            return r;
    }
    return 0;
}

/* An opener that was taken over may not speak for the devices of another. */
static int check_own(const struct keeper *k, size_t opener,
                     const uint8_t certificate[static HASH_BYTES], struct diag *d)
{
    return keeper_opener_of(certificate, k->o.opener_count) == opener
               ? 0
               : diag_set(d, ERR_FORMAT, "an opener speaks for a device of another opener");
}

static int check_lines(const struct keeper *k, size_t opener, const struct frames_round *in,
                       struct diag *d)
{
    struct verdict_line l;
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < in->line_count; i++)
        if (verdict_line_get(in->lines[i], &l) == 0) /* others the journal refuses */
            r = check_own(k, opener, l.certificate, d);
    return r;
}

/* The batches as the journal takes them; and each archived line has its records, so that no opener
 * gets a verdict for what it does not hand over. */
static int view_batches(const struct frames_round *in,
                        struct journal_batch ret[static VALUE_WRAPS_MAX], struct diag *d)
{
    struct cover cover;
    uint32_t at;
    cover_start(&cover, in->lines, in->line_count);
    for (size_t i = 0; i < in->batch_count; i++) {
        const struct frames_batch *b = &in->batches[i];
        ret[i] = (struct journal_batch){.warrant = b->warrant,
                                        .leaves = b->leaves,
                                        .positions = b->positions,
                                        .count = b->count,
                                        .sealed = b->sealed,
                                        .sealed_len = b->sealed_len};
        if (cover_add(&cover, &ret[i], &at) != COVER_NONE)
            return diag_set(d, ERR_FORMAT, "record %" PRIu32 " of an opener's batch is misplaced",
                            at);
    }
    if (cover_lacks(&cover, &at))
        return diag_set(d, ERR_FORMAT, "line %" PRIu32 " of an opener's round has no record", at);
    return 0;
}

/* The files that the round names must be in the store: link has said so, and may have been taken
 * over. `ret` is the caller's to free. */
static int find_files(const struct keeper *k, const struct frames_round *in,
                      struct journal_file **ret, struct diag *d)
{
    CLEANUP_FREE struct journal_file *files = mem_array(in->file_count + 1U, sizeof *files);
    for (uint32_t i = 0; i < in->file_count; i++) {
        struct frames_file f = frames_round_file(in, i);
        if (k->o.files == NULL || !files_has(k->o.files, &f))
            return diag_set(d, ERR_INVALID_STATE, "a round names a file that is not stored");
        files[i].size = f.size;
        memcpy(files[i].sha256, f.sha256, HASH_BYTES);
        files_account_of(k->o.files, &f, files[i].account);
    }
    *ret = TAKE(files);
    return 0;
}

/* The messages of a round that is committed expect no files any more. */
static int settle_files(const struct keeper *k, const struct frames_round *in, struct diag *d)
{
    int r = 0;
    for (uint32_t i = 0; r == 0 && in->file_count > 0 && i < in->line_count; i++)
        r = files_named(k->o.files, frames_round_tag(in, i), d);
    return r;
}

static int take_round(struct keeper *k, size_t opener, const struct frame *f, struct diag *d)
{
    struct frames_round in = {0};
    struct journal_batch batches[VALUE_WRAPS_MAX] = {0};
    if (frames_get_round(f->body, f->len, &in) < 0)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed round");
    int r = check_lines(k, opener, &in, d);
    if (r == 0)
        r = view_batches(&in, batches, d);
    if (r < 0)
        return r;
    struct journal_round round = {.at_unix_ms = clock_now_ms(&k->o.clock),
                                  .batches = batches,
                                  .batch_count = in.batch_count,
                                  .lines = in.lines,
                                  .line_count = in.line_count,
                                  .policy = in.policy};
    CLEANUP_FREE struct journal_file *files = NULL;
    r = find_files(k, &in, &files, d);
    if (r < 0)
        return r;
    round.files = files;
    round.file_count = in.file_count;
    for (uint32_t i = 0; i < in.line_count; i++)
        merkle_leaf(in.lines[i], VERDICT_LINE_BYTES, k->leaves[i]);
    struct merkle_memory *tree =
        merkle_memory_new((const uint8_t(*)[MERKLE_BYTES])k->leaves, in.line_count);
    merkle_memory_root(tree, round.root);
    sign_round(k, &round);
    r = journal_commit(k->o.journal, &round, d);
    if (r == 0)
        r = settle_files(k, &in, d);
    if (r == 0) {
        r = send_verdicts(k, &in, &round, tree);
        if (r == 0)
            r = channel_send(k->o.openers[opener], FRAME_COMMITTED, NULL, 0);
        if (r < 0)
            diag_set(d, r, "link or opener does not take a round's answer");
    }
    merkle_memory_free(tree);
    return r;
}

static int take_repeat(struct keeper *k, size_t opener, const struct frame *f, struct diag *d)
{
    uint64_t tag;
    struct frames_position p;
    struct verdict v;
    if (frames_get_repeat(f->body, f->len, &tag, &p) < 0)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed question");
    int r = check_own(k, opener, p.certificate, d);
    if (r < 0)
        return r;
    r = journal_verdict(k->o.journal, p.certificate, p.n, &v);
    if (r < 0 && r != ERR_NOT_FOUND)
        return diag_set(d, r, "the journal's verdict on a message cannot be read");
    if (r == 0 && memcmp(v.line.digest, p.digest, HASH_BYTES) == 0) {
        frames_put_verdict(channel_begin(k->o.link, FRAME_VERDICT), tag, &v);
        return channel_end(k->o.link);
    }
    return channel_send(k->o.openers[opener], FRAME_NOT_REPEAT, f->body, f->len);
}

int keeper_from_opener(struct keeper *k, size_t opener, const struct frame *f, struct diag *d)
{
    switch (f->type) {
    case FRAME_ROUND:
        return take_round(k, opener, f, d);
    case FRAME_REPEAT:
        return take_repeat(k, opener, f, d);
    case FRAME_EXPECT:
    case FRAME_FORGET:
        if (k->o.files == NULL)
            break;
        return f->type == FRAME_EXPECT ? files_expect(k->o.files, f, d)
                                       : files_forget(k->o.files, f, d);
    case FRAME_DESTROYED:
        return statements_destroyed(k->statements, f, d);
    default:
        break;
    }
    return diag_set(d, ERR_FORMAT, "opener sent a frame of type %u", f->type);
}

/* Finds the proof; false when the round is not under a checkpoint yet, or not there. */
static bool find_inclusion(struct keeper *k, const struct inclusion_query *q, struct inclusion *ret,
                           char **ret_note)
{
    struct journal *j = k->o.journal;
    struct checkpoint c;
    if (journal_round_leaf(j, q->root, q->count, &ret->index) < 0 ||
        journal_checkpoint(j, ret->index + 1, &c, ret_note) < 0)
        return false;
    ret->checkpoint = *ret_note;
    if (journal_inclusion(j, ret->index, c.size, ret->path, &ret->path_count) < 0)
        return false;
    return q->old_size == 0 || q->old_size > c.size ||
           journal_consistency(j, q->old_size, c.size, ret->consistency, &ret->consistency_count) ==
               0;
}

int keeper_from_link(struct keeper *k, const struct frame *f, struct diag *d)
{
    uint64_t tag;
    struct inclusion_query q;
    struct inclusion proof = {0};
    CLEANUP_FREE char *note = NULL;
    if (f->type == FRAME_SUBMITTED)
        return statements_submitted(k->statements, f, d);
    if (k->o.files != NULL && f->type >= FRAME_FILE_ASK && f->type <= FRAME_FILE_END)
        return files_take(k->o.files, f, d);
    if (k->o.files != NULL && f->type == FRAME_FORGET)
        return files_forget(k->o.files, f, d);
    if (f->type != FRAME_INCLUSION || frames_get_inclusion(f->body, f->len, &tag, &q) < 0)
        return diag_set(d, ERR_FORMAT, "link sent a malformed frame of type %u", f->type);
    bool found = find_inclusion(k, &q, &proof, &note);
    frames_put_included(channel_begin(k->o.link, FRAME_INCLUDED), tag, found ? &proof : NULL);
    return channel_end(k->o.link);
}

int keeper_checkpoint(struct keeper *k, struct diag *d)
{
    struct journal *j = k->o.journal;
    struct checkpoint c = {.size = journal_size(j)};
    struct note_key key = {.name = journal_bot(j)};
    memcpy(key.key, journal_key(j), sizeof key.key);
    k->next_checkpoint_ms = clock_monotonic_ms() + KEEPER_CHECKPOINT_MS;
    if (c.size == k->checkpoint_size)
        return 0;
    int r = journal_root(j, c.size, c.root);
    if (r < 0)
        return diag_set(d, r, "the journal's root cannot be computed: %s", err_text(r));
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    checkpoint_sign(&note, journal_bot(j), &c, "", &key, k->o.secret);
    r = journal_put_checkpoint(j, &c, buf_text(&note), d);
    if (r == 0)
        k->checkpoint_size = c.size;
    return r;
}

int keeper_timeout_ms(const struct keeper *k)
{
    if (journal_size(k->o.journal) == k->checkpoint_size)
        return -1;
    int64_t left = k->next_checkpoint_ms - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

int keeper_reports_timeout_ms(const struct keeper *k)
{
    return statements_timeout_ms(k->statements);
}

int keeper_tick(struct keeper *k, struct diag *d)
{
    int r = keeper_timeout_ms(k) == 0 ? keeper_checkpoint(k, d) : 0;
    return r < 0 ? r : statements_tick(k->statements, d);
}
