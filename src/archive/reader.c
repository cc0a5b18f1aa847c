#include "archive/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "archive/record_check.h"
#include "base/memory.h"
#include "base/secret.h"
#include "journal/files.h"
#include "wire/file_content.h"

#define BATCH_BYTES_MAX (4U * 1024 * 1024)

struct reader {
    struct reader_options o;
    struct buf compressed; /* opened age file */
    struct buf lines;
    struct arena arena; /* of the record at hand */
    uint8_t *body;      /* secret memory for one */
    ZSTD_DCtx *zstd;
    /* of the run: */
    reader_fn *fn;
    void *context;
    struct reader_counts counts;
    char country[VALUE_COUNTRY_BYTES]; /* of the record's place token; "" */
    char wrong[128];                   /* where a message's fault has a name in it */
    struct diag *d;
};

struct reader *reader_new(const struct reader_options *options)
{
    struct reader *r = mem_new(sizeof *r);
    r->o = *options;
    r->compressed = (struct buf)BUF_INIT_SECRET(2 * BATCH_BYTES_MAX);
    r->lines = (struct buf)BUF_INIT_SECRET(BATCH_BYTES_MAX);
    r->arena = (struct arena)ARENA_INIT(4 * RECORD_MAX);
    r->body = secret_new(VALUE_BODY_MAX + 1);
    r->zstd = ZSTD_createDCtx();
    if (r->zstd == NULL)
        abort();
    return r;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    buf_clear(&r->compressed);
    buf_clear(&r->lines);
    arena_clear(&r->arena);
    secret_free(r->body);
    ZSTD_freeDCtx(r->zstd);
    free(r);
}

/* Who sealed it to whom is the warrant's word: without it every batch is tried. */
static bool names_identity(const struct reader *r, const char *warrant)
{
    const struct warrant *w = library_warrant(r->o.library, warrant);
    return w == NULL || library_names(w, r->o.identities, r->o.identity_count);
}

static int open_batch(struct reader *r, const struct journal_batch_row *row)
{
    buf_reset(&r->compressed);
    buf_reset(&r->lines);
    int e = age_decrypt(r->o.identities, r->o.identity_count, row->batch.sealed,
                        row->batch.sealed_len, &r->compressed);
    if (e < 0)
        return e;
    uint8_t *to = buf_extend(&r->lines, BATCH_BYTES_MAX);
    size_t len =
        ZSTD_decompressDCtx(r->zstd, to, BATCH_BYTES_MAX, r->compressed.data, r->compressed.len);
    if (ZSTD_isError(len))
        return ERR_FORMAT;
    r->lines.len = len;
    return 0;
}

/* The journal's lines must archive just this message, behind the one that it continues. */
static const char *check_chain(struct reader *r, const struct record *rec,
                               const uint8_t digest[static HASH_BYTES], struct journal_place *ret)
{
    static const uint8_t zeros[HASH_BYTES];
    const struct envelope *e = &rec->envelope;
    struct verdict_line before;
    if (journal_place(r->o.journal, e->certificate, e->n, ret) < 0)
        return "the journal has no verdict on it";
    if (memcmp(ret->line.digest, digest, HASH_BYTES) != 0 || ret->line.state != VERDICT_ARCHIVED)
        return "the journal's verdict is on another message";
    if (e->n == 1)
        memcpy(before.digest, zeros, HASH_BYTES);
    else if (journal_line(r->o.journal, e->certificate, e->n - 1, &before) < 0)
        return "the journal does not have the message before it";
    return memcmp(before.digest, e->prev, HASH_BYTES) == 0
               ? ""
               : "it continues another message than the one before it";
}

/* Its batch must say that it is of its own line, and the round have a record of that line for each
 * warrant that the message is sealed for: what one agency opens shows what another has lost. */
static const char *check_batches(struct reader *r, const struct record *rec,
                                 const struct journal_batch_row *row, uint32_t number,
                                 const struct journal_place *place)
{
    const struct envelope *e = &rec->envelope;
    int64_t batch;
    if (place->round != row->round ||
        place->position != verdict_position_get(row->batch.positions, number))
        return "its batch says that it is of another line";
    if (e->policy > row->batch.policy)
        return "it names a newer policy than its batch";
    for (size_t i = 0; i < e->wrap_count; i++)
        if (journal_record(r->o.journal, row->round, e->wraps[i].warrant, place->position, &batch) <
            0) {
            snprintf(r->wrong, sizeof r->wrong, "no batch of warrant %s has a record of it",
                     e->wraps[i].warrant);
            return r->wrong;
        }
    return "";
}

/* Each file that it names must be in the journal, as named then or later. */
static const char *check_files(struct reader *r, const struct envelope *e,
                               const struct journal_place *place)
{
    struct journal_file_row row;
    for (size_t i = 0; i < e->file_count; i++) {
        if (journal_file(r->o.journal, e->files[i].sha256, &row) < 0 ||
            row.file.size != e->files[i].size)
            return "the journal does not have a file that it names";
        if (row.named_unix_ms < place->at_unix_ms || row.round > place->round)
            return "the journal says that a file of it was last named before it";
    }
    return "";
}

static const char *check_record(struct reader *r, const struct record *rec,
                                const struct journal_batch_row *row, uint32_t number,
                                size_t *ret_body_len)
{
    struct journal_place place = {.round = 0};
    uint8_t transcript[HASH_BYTES], digest[HASH_BYTES];
    const struct envelope *e = &rec->envelope;
    *ret_body_len = 0;
    r->body[0] = '\0';
    if (payload_decrypt(rec->content, e->iv, e->payload, e->payload_len, r->body) < 0)
        return "its key does not open it";
    *ret_body_len = e->payload_len;
    r->body[e->payload_len] = '\0';
    envelope_transcript(e, journal_key(r->o.journal), transcript);
    const char *wrong = record_check_signature(r->o.net, rec, transcript, digest);
    if (wrong[0] == '\0')
        wrong = check_chain(r, rec, digest, &place);
    if (wrong[0] == '\0')
        wrong = check_batches(r, rec, row, number, &place);
    if (wrong[0] == '\0')
        wrong = check_files(r, e, &place);
    if (wrong[0] == '\0')
        wrong = record_check_seal(r->o.library, rec, transcript, r->country);
    if (wrong[0] == '\0' &&
        !file_content_matches((const char *)r->body, e->payload_len, e, r->o.net->upload))
        wrong = "its text and its signed part name different files";
    return wrong;
}

static int take_line(struct reader *r, const struct journal_batch_row *row, uint32_t number,
                     const char *line, size_t len)
{
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    struct record rec;
    uint64_t index = row->batch.first + number;
    merkle_leaf(line, len, leaf);
    if (journal_leaf(r->o.journal, index, stored) < 0 || memcmp(leaf, stored, MERKLE_BYTES) != 0)
        return diag_set(r->d, ERR_AUTH, "record %" PRIu32 " is not leaf %" PRIu64 " of the journal",
                        number, index);
    arena_reset(&r->arena);
    int e = record_parse(line, len, &r->arena, &rec, r->d);
    if (e == 0 && strcmp(rec.warrant, row->batch.warrant) != 0)
        e = diag_set(r->d, ERR_FORMAT, "record %" PRIu32 " belongs to warrant %s", number,
                     rec.warrant);
    if (e < 0)
        return e;
    record_check_country(r->o.net, &rec, r->country);
    struct reader_message m = {
        .leaf = index, .record = &rec, .body = (const char *)r->body, .country = r->country};
    m.wrong = check_record(r, &rec, row, number, &m.body_len);
    m.verified = m.wrong[0] == '\0';
    e = r->fn(r->context, &m);
    secret_wipe(r->body, m.body_len);
    secret_wipe(&rec.content, sizeof rec.content);
    return e;
}

static int take_lines(struct reader *r, const struct journal_batch_row *row)
{
    const char *at = (const char *)r->lines.data, *end = at + r->lines.len;
    uint32_t number = 0;
    for (; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL || number == row->batch.count)
            return diag_set(r->d, ERR_FORMAT, "holds other lines than the %" PRIu32 " it should",
                            row->batch.count);
        int e = take_line(r, row, number, at, (size_t)(newline - at));
        if (e != 0)
            return e;
        at = newline + 1;
    }
    return number == row->batch.count
               ? 0
               : diag_set(r->d, ERR_FORMAT, "holds %" PRIu32 " of its %" PRIu32 " records", number,
                          row->batch.count);
}

static int take_batch(void *context, const struct journal_batch_row *row)
{
    struct reader *r = context;
    if (!names_identity(r, row->batch.warrant)) {
        r->counts.foreign++;
        return 0;
    }
    int e = open_batch(r, row);
    if (e == ERR_NOT_FOUND && library_warrant(r->o.library, row->batch.warrant) == NULL) {
        r->counts.foreign++;
        return 0;
    }
    if (e < 0)
        diag_set(r->d, e, "does not open with this identity: %s", err_text(e));
    else
        e = take_lines(r, row);
    r->counts.batches++;
    return e < 0 ? diag_prefix(r->d, e, "batch %lld of warrant %s", (long long)row->number,
                               row->batch.warrant)
                 : e;
}

int reader_batch(struct reader *r, const struct journal_batch_row *row, reader_fn *fn,
                 void *context, struct reader_counts *counts, struct diag *d)
{
    r->fn = fn;
    r->context = context;
    r->counts = *counts;
    r->d = d;
    int e = take_batch(r, row);
    *counts = r->counts;
    return e;
}

int reader_run(struct reader *r, int64_t from, reader_fn *fn, void *context,
               struct reader_counts *ret, struct diag *d)
{
    r->fn = fn;
    r->context = context;
    r->counts = (struct reader_counts){0};
    r->d = d;
    int e = journal_batches(r->o.journal, from, take_batch, r, d);
    if (ret != NULL)
        *ret = r->counts;
    return e;
}
