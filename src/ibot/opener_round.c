#include "ibot/opener_round.h"

#include <string.h>
#include <zstd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crypto/age.h"
#include "ibot/opener.h"

#define BATCH_BYTES_MAX (4U * 1024 * 1024)
#define COMPRESSION_LEVEL 1

struct batch {
    struct buf lines; /* records: with the messages' keys, so wiped */
    struct buf leaves, positions;
    uint32_t count;
};

struct opener_round {
    struct batch batches[POLICY_WARRANTS_MAX];
    size_t bytes; /* of all batches */
    uint8_t lines[OPENER_ROUND_LINES][VERDICT_LINE_BYTES];
    struct buf tags;
    struct buf files; /* of all archived messages */
    uint32_t line_count;
    int64_t started_ms;
    ZSTD_CCtx *zstd;
    struct buf compressed, sealed;
};

struct opener_round *opener_round_new(void)
{
    struct opener_round *r = mem_new(sizeof *r);
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        r->batches[i].lines = (struct buf)BUF_INIT_SECRET(BATCH_BYTES_MAX);
        r->batches[i].leaves = (struct buf)BUF_INIT(OPENER_ROUND_LINES * MERKLE_BYTES);
        r->batches[i].positions = (struct buf)BUF_INIT(OPENER_ROUND_LINES * VERDICT_POSITION_BYTES);
    }
    r->tags = (struct buf)BUF_INIT(OPENER_ROUND_LINES * 8);
    r->files =
        (struct buf)BUF_INIT((size_t)OPENER_ROUND_LINES * VALUE_FILES_MAX * FRAMES_FILE_BYTES);
    r->compressed = (struct buf)BUF_INIT_SECRET(ZSTD_COMPRESSBOUND(BATCH_BYTES_MAX));
    r->sealed = (struct buf)BUF_INIT(FRAMES_ROUND_MAX);
    r->zstd = ZSTD_createCCtx();
    if (r->zstd == NULL)
        abort();
    ZSTD_CCtx_setParameter(r->zstd, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
    return r;
}

void opener_round_free(struct opener_round *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        buf_clear(&r->batches[i].lines);
        buf_clear(&r->batches[i].leaves);
        buf_clear(&r->batches[i].positions);
    }
    buf_clear(&r->tags);
    buf_clear(&r->files);
    buf_clear(&r->compressed);
    buf_clear(&r->sealed);
    ZSTD_freeCCtx(r->zstd);
    free(r);
}

bool opener_round_has_room(const struct opener_round *r)
{
    return r->line_count < OPENER_ROUND_LINES &&
           r->bytes + (size_t)POLICY_WARRANTS_MAX * RECORD_MAX <= BATCH_BYTES_MAX;
}

void opener_round_add_record(struct opener_round *r, size_t index, const struct record *rec)
{
    struct batch *b = &r->batches[index];
    uint8_t leaf[MERKLE_BYTES];
    size_t start = b->lines.len;
    record_put(&b->lines, rec);
    /* The caps of an envelope are far below that of a record, and there was room. */
    if (buf_failed(&b->lines) || b->lines.len - start > RECORD_MAX)
        abort();
    /* The leaf is over the line without its newline. */
    merkle_leaf(b->lines.data + start, b->lines.len - start - 1, leaf);
    buf_put(&b->leaves, leaf, sizeof leaf);
    verdict_position_put(&b->positions, r->line_count);
    b->count++;
    r->bytes += b->lines.len - start;
}

void opener_round_add_files(struct opener_round *r, const struct envelope *e)
{
    for (size_t i = 0; i < e->file_count; i++)
        frames_put_file(&r->files, e->files[i].sha256, e->files[i].size);
}

void opener_round_add_line(struct opener_round *r, uint64_t tag, const struct verdict_line *l)
{
    if (r->line_count == 0)
        r->started_ms = clock_monotonic_ms();
    verdict_line_put(l, r->lines[r->line_count++]);
    buf_put_u64(&r->tags, tag);
}

uint32_t opener_round_lines(const struct opener_round *r)
{
    return r->line_count;
}

int64_t opener_round_started_ms(const struct opener_round *r)
{
    return r->started_ms;
}

/* zstd( lines ) inside one age file, appended to `sealed`. */
static int seal_batch(struct opener_round *r, const struct batch *b, const struct warrant *w)
{
    struct age_recipient recipients[WARRANT_AGENCIES_MAX];
    for (size_t i = 0; i < w->agency_count; i++)
        recipients[i] = w->agencies[i].recipient;
    buf_reset(&r->compressed);
    uint8_t *to = buf_extend(&r->compressed, ZSTD_compressBound(b->lines.len));
    size_t len = to == NULL
                     ? 0
                     : ZSTD_compress2(r->zstd, to, r->compressed.len, b->lines.data, b->lines.len);
    if (to == NULL || ZSTD_isError(len))
        return ERR_LIMIT;
    return age_encrypt(recipients, w->agency_count, to, len, &r->sealed);
}

static void empty(struct opener_round *r)
{
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        buf_reset(&r->batches[i].lines);
        buf_reset(&r->batches[i].leaves);
        buf_reset(&r->batches[i].positions);
        r->batches[i].count = 0;
    }
    buf_reset(&r->tags);
    buf_reset(&r->files);
    buf_reset(&r->compressed);
    buf_reset(&r->sealed);
    r->bytes = 0;
    r->line_count = 0;
}

int opener_round_send(struct opener_round *r, const struct policy_set *set, struct channel *keeper)
{
    size_t start[POLICY_WARRANTS_MAX] = {0};
    struct frames_round f = {.policy = set->policy->serial,
                             .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])r->lines,
                             .tags = r->tags.data,
                             .line_count = r->line_count,
                             .files = r->files.data,
                             .file_count = (uint32_t)(r->files.len / FRAMES_FILE_BYTES)};
    for (size_t i = 0; i < set->policy->warrant_count; i++) {
        const struct batch *b = &r->batches[i];
        if (b->count == 0)
            continue;
        start[f.batch_count] = r->sealed.len;
        int e = seal_batch(r, b, set->warrants[i]);
        if (e < 0)
            return e;
        struct frames_batch *x = &f.batches[f.batch_count];
        snprintf(x->warrant, sizeof x->warrant, "%s", set->warrants[i]->id);
        x->leaves = (const uint8_t(*)[MERKLE_BYTES])b->leaves.data;
        x->positions = b->positions.data;
        x->count = b->count;
        x->sealed_len = r->sealed.len - start[f.batch_count++];
    }
    /* The buffer may have moved while it grew: only now do pointers into it hold. */
    for (size_t i = 0; i < f.batch_count; i++)
        f.batches[i].sealed = r->sealed.data + start[i];
    frames_put_round(channel_begin(keeper, FRAME_ROUND), &f);
    int e = channel_end(keeper);
    if (e == 0)
        empty(r);
    return e;
}
