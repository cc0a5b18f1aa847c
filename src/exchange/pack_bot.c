/* A bot's tree in a package: its records that were chosen, the leaves that say where they stand,
 * and the hashes of all else, in the order of the tree. */
#include <inttypes.h>
#include <string.h>

#include "archive/held.h"
#include "base/memory.h"
#include "exchange/pack_internal.h"

#define CHUNK_BYTES (1U << 20) /* of lines in one member */

struct walking {
    struct packing *p;
    const struct pack_bot *from;
    size_t bot;
    struct package_bot *to;
    struct journal *j;
    struct reader *reader;
    uint64_t at; /* the leaf that comes next */
    struct pack_choice choice;
    bool chosen; /* there is one */
    const struct journal_batch_row *batch;
    struct pack_round *round; /* its own leaf is not written yet; its number 0: none is open */
    struct buf lines;
    unsigned chunk;
};

/* ---- lines ---- */

static int flush(struct walking *w)
{
    CLEANUP_FREE char *path = mem_format("data/records/%s/%06u.jsonl", w->from->jid, w->chunk + 1);
    if (w->lines.len == 0)
        return 0;
    int r = bag_put(w->p->bag, path, w->lines.data, w->lines.len, w->p->d);
    buf_reset(&w->lines);
    w->chunk++;
    return r;
}

static int put(struct walking *w, const struct package_line *l, uint64_t leaves)
{
    package_line_put(&w->lines, l);
    if (buf_failed(&w->lines))
        return diag_set(w->p->d, ERR_FORMAT, "leaf %" PRIu64 " cannot be written", l->leaf);
    w->at = l->leaf + leaves;
    return w->lines.len >= CHUNK_BYTES ? flush(w) : 0;
}

static int put_withheld(struct walking *w, unsigned level, enum package_why why)
{
    struct package_line l = {
        .kind = PACKAGE_LINE_WITHHELD, .leaf = w->at, .level = level, .why = why};
    if (journal_node(w->j, level, w->at >> level, l.hash) < 0)
        return diag_set(w->p->d, ERR_FORMAT, "leaf %" PRIu64 " of the tree is damaged", w->at);
    w->to->counts[why] += UINT64_C(1) << level;
    return put(w, &l, UINT64_C(1) << level);
}

/* All that lies before that leaf, in as few subtrees as there are. */
static int cover_until(struct walking *w, uint64_t leaf)
{
    int r = 0;
    while (r == 0 && w->at < leaf) {
        unsigned level = 0;
        while (level < PACKAGE_LINE_LEVEL_MAX && (w->at >> level & 1) == 0 &&
               w->at + (UINT64_C(2) << level) <= leaf)
            level++;
        r = put_withheld(w, level, PACKAGE_OUT_OF_SCOPE);
    }
    return r;
}

static int put_text(struct walking *w, uint64_t leaf, const char *text)
{
    const struct package_line l = {
        .kind = PACKAGE_LINE_TEXT, .leaf = leaf, .text = text, .text_len = strlen(text)};
    int r = cover_until(w, leaf);
    return r == 0 ? put(w, &l, 1) : r;
}

/* ---- records ---- */

static int next_choice(struct walking *w)
{
    const struct pack_options *o = w->p->o;
    uint64_t before = w->choice.leaf;
    bool first = !w->chosen && before == 0;
    int r = o->next(o->context, w->bot, &w->choice, w->p->d);
    if (r < 0)
        return r;
    w->chosen = r == 1;
    if (w->chosen && !first && w->choice.leaf <= before)
        return diag_set(w->p->d, ERR_FORMAT, "the selection is not in order");
    if (w->chosen && w->choice.leaf >= w->to->size)
        return diag_set(w->p->d, ERR_AGAIN,
                        "leaf %" PRIu64 " of %s is under no checkpoint yet: try again in a minute",
                        w->choice.leaf, w->from->jid);
    return 0;
}

static int put_record(struct walking *w, const struct reader_message *m)
{
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(RECORD_MAX + 1);
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(PACKAGE_LINE_SIGNED_MAX);
    uint8_t transcript[HASH_BYTES];
    struct package_line l = {.kind = PACKAGE_LINE_RECORD, .leaf = m->leaf};
    uint32_t number = (uint32_t)(m->leaf - w->batch->batch.first);
    record_put(&text, m->record);
    envelope_transcript(&m->record->envelope, journal_key(w->j), transcript);
    envelope_signed_bytes(&m->record->envelope, transcript, &signed_bytes);
    if (buf_failed(&text) || buf_failed(&signed_bytes) ||
        pack_round_verdict(w->round, verdict_position_get(w->batch->batch.positions, number),
                           &l.verdict) < 0)
        return diag_set(w->p->d, ERR_FORMAT, "leaf %" PRIu64 " has no verdict", m->leaf);
    l.text = (const char *)text.data;
    l.text_len = text.len - 1; /* without its newline */
    l.signed_bytes = signed_bytes.data;
    l.signed_len = signed_bytes.len;
    if (log_places_note(w->p->certificates, m->record->envelope.certificate) < 0)
        return diag_set(w->p->d, ERR_LIMIT, "it is of more than %u certificates",
                        LOG_PLACE_CERTIFICATES_MAX);
    int r = cover_until(w, m->leaf);
    if (r == 0)
        r = put(w, &l, 1);
    w->to->counts[PACKAGE_SHOWN] += r == 0;
    return r;
}

/* What nobody could check is not shown, or one such message would make a package that is refused.
 */
static enum package_why why_of(const struct walking *w, const struct reader_message *m)
{
    return w->choice.why == PACKAGE_SHOWN && !m->verified ? PACKAGE_UNVERIFIED : w->choice.why;
}

/* In the readable forms. */
static int show(struct walking *w, const struct reader_message *m, enum package_why why)
{
    struct packing *p = w->p;
    int r = 0;
    if (pack_part_full(p->part)) { /* its records come before its files */
        r = flush(w);
        if (r == 0)
            r = pack_part_flush(p);
    }
    return r == 0 ? pack_part_add(p, w->from, m, w->round->verdict.at_unix_ms, why) : r;
}

static int take_message(void *context, const struct reader_message *m)
{
    struct walking *w = context;
    if (!w->chosen || m->leaf != w->choice.leaf)
        return 0;
    enum package_why why = why_of(w, m);
    int r = why == PACKAGE_SHOWN || why == PACKAGE_REDACTED ? show(w, m, why) : 0;
    if (r == 0 && why == PACKAGE_SHOWN) {
        r = put_record(w, m);
    } else if (r == 0) {
        r = cover_until(w, m->leaf);
        if (r == 0)
            r = put_withheld(w, 0, why);
    }
    return r == 0 ? next_choice(w) : r;
}

/* ---- batches and rounds ---- */

/* A round's own leaf is behind those of all its batches and files. */
static int close_round(struct walking *w)
{
    if (w->round->number == 0)
        return 0;
    int r = put_text(w, w->round->leaf, w->round->text);
    pack_round_clear(w->round);
    return r;
}

static int open_round(struct walking *w, int64_t number)
{
    if (w->round->number == number)
        return 0;
    int r = close_round(w);
    return r == 0 ? pack_round_read(w->round, w->j, number, w->p->d) : r;
}

static int read_batch(struct walking *w, const struct journal_batch_row *row)
{
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    struct reader_counts counts = {0};
    w->batch = row;
    int r = reader_batch(w->reader, row, take_message, w, &counts, w->p->d);
    if (r == 0 && w->chosen && w->choice.leaf < row->batch.first + row->batch.count)
        r = diag_set(w->p->d, ERR_NOT_FOUND,
                     "leaf %" PRIu64 " of %s is no record that this identity opens", w->choice.leaf,
                     w->from->jid);
    journal_batch_leaf_text(&text, &row->batch);
    if (r == 0)
        r = put_text(w, row->leaf, buf_text(&text));
    return r == 0 ? pack_note_warrant(w->p, row->batch.warrant) : r;
}

static int take_batch(void *context, const struct journal_batch_row *row)
{
    struct walking *w = context;
    if (!w->chosen)
        return 1; /* the rest is none of it */
    if (w->choice.leaf >= row->batch.first + row->batch.count)
        return 0;
    if (w->choice.leaf < row->batch.first)
        return diag_set(w->p->d, ERR_NOT_FOUND, "leaf %" PRIu64 " of %s is no record",
                        w->choice.leaf, w->from->jid);
    int r = open_round(w, row->round);
    return r == 0 ? read_batch(w, row) : r;
}

/* ---- the tree ---- */

static int put_checkpoint(struct walking *w)
{
    CLEANUP_FREE char *note = NULL, *path = mem_format("data/checkpoints/%s.note", w->from->jid);
    const uint8_t *key = library_bot_key(w->p->o->library, w->from->jid);
    struct checkpoint c;
    if (key == NULL)
        return diag_set(w->p->d, ERR_NOT_FOUND, "no policy in the documents names %s",
                        w->from->jid);
    int r = journal_checkpoint(w->j, 1, &c, &note);
    if (r < 0)
        return diag_set(w->p->d, r == ERR_NOT_FOUND ? ERR_AGAIN : r,
                        "%s has no checkpoint yet: try again in a minute", w->from->jid);
    r = held_check(w->j, key, "its checkpoint", note, w->p->d);
    w->to->size = c.size;
    return r == 0 ? bag_put(w->p->bag, path, note, strlen(note), w->p->d) : r;
}

static int walk(struct walking *w)
{
    int r = put_checkpoint(w);
    if (r == 0)
        r = next_choice(w);
    if (r == 0)
        r = journal_batches(w->j, 0, take_batch, w, w->p->d);
    if (r >= 0 && w->chosen)
        r = diag_set(w->p->d, ERR_NOT_FOUND, "leaf %" PRIu64 " of %s is no record", w->choice.leaf,
                     w->from->jid);
    if (r >= 0)
        r = close_round(w);
    if (r == 0)
        r = cover_until(w, w->to->size);
    return r == 0 ? flush(w) : r;
}

static int open_journal(struct walking *w)
{
    const struct pack_options *o = w->p->o;
    int r = journal_open(w->from->journal, false, &w->j, w->p->d);
    if (r == 0)
        r = journal_snapshot(w->j, w->p->d);
    if (r < 0)
        return r;
    const struct reader_options options = {.journal = w->j,
                                           .net = o->net,
                                           .library = o->library,
                                           .identities = o->identities,
                                           .identity_count = o->identity_count};
    w->reader = reader_new(&options);
    return 0;
}

int pack_bot_tree(struct packing *p, size_t bot)
{
    struct walking w = {.p = p,
                        .from = &p->o->bots[bot],
                        .bot = bot,
                        .to = &p->package.bots[bot],
                        .round = mem_new(sizeof *w.round),
                        .lines = BUF_INIT_SECRET(CHUNK_BYTES + PACKAGE_LINE_BYTES_MAX)};
    w.to->jid = w.from->jid;
    int r = open_journal(&w);
    if (r == 0)
        r = walk(&w);
    if (r < 0)
        diag_prefix(p->d, r, "%s", w.from->jid);
    reader_free(w.reader);
    journal_close(w.j);
    buf_clear(&w.lines);
    pack_round_clear(w.round);
    free(w.round);
    return r;
}
