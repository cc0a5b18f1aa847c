/* What openers expect the store to get: files of messages that they have judged, and would archive.
 * Nothing else is taken from link. What is expected and not named by a round, since its message was
 * refused after all or never came back, is dropped. */
#include <string.h>

#include "base/memory.h"
#include "ibot/files_internal.h"

static bool same_file(const struct frames_file *a, const struct frames_file *b)
{
    return a->size == b->size && memcmp(a->sha256, b->sha256, HASH_BYTES) == 0;
}

static bool is_of(const struct expected_file *x, const uint8_t account[static HASH_BYTES])
{
    return memcmp(x->account, account, HASH_BYTES) == 0;
}

/* The first that is expected; of any account with NULL. */
static const struct expected_file *find(const struct files *f, const struct frames_file *file,
                                        const uint8_t *account)
{
    for (size_t i = 0; i < f->expected_count; i++)
        if (same_file(&f->expected[i].file, file) &&
            (account == NULL || is_of(&f->expected[i], account)))
            return &f->expected[i];
    return NULL;
}

bool files_is_expected(const struct files *f, const struct frames_file *file)
{
    return find(f, file, NULL) != NULL;
}

/* Kept by the journal's word, whoever named it? What it cannot tell of is. */
static bool is_named(const struct files *f, const struct frames_file *file)
{
    struct journal_file_row row;
    int r = journal_file(f->o.journal, file->sha256, &row);
    return r == 0 ? row.removed_unix_ms == 0 : r != ERR_NOT_FOUND;
}

/* Nobody expects it any more. Link may be bringing it, and be waited for: it is told. */
static int drop_bytes(struct files *f, const struct frames_file *file, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < FILES_INCOMING_MAX; i++) {
        struct incoming *x = &f->incoming[i];
        uint64_t ticket = x->ticket;
        if (ticket == 0 || !same_file(&x->file, file))
            continue;
        files_drop_incoming(f, x);
        r = files_answer(f, ticket, FILE_LATER, d);
    }
    if (files_has(f, file) && !is_named(f, file))
        files_unlink(f, file);
    return r;
}

static int drop_expected(struct files *f, size_t at, struct diag *d)
{
    struct frames_file file = f->expected[at].file;
    f->expected_count--;
    memmove(&f->expected[at], &f->expected[at + 1], (f->expected_count - at) * sizeof *f->expected);
    return files_is_expected(f, &file) ? 0 : drop_bytes(f, &file, d);
}

void files_free_expected(struct files *f)
{
    free(f->expected);
}

/* Bytes that the account has, in the journal and expected, with these. UINT64_MAX: not to be told.
 */
static uint64_t used_with(const struct files *f, const struct frames_expected *in)
{
    uint64_t used = 0;
    if (journal_files_used(f->o.journal, in->account, &used) < 0)
        return UINT64_MAX;
    for (size_t i = 0; i < f->expected_count; i++) {
        const struct expected_file *x = &f->expected[i];
        if (is_of(x, in->account) && find(f, &x->file, in->account) == x && !is_named(f, &x->file))
            used += x->file.size;
    }
    for (uint32_t i = 0; i < in->count; i++)
        if (find(f, &in->files[i], in->account) == NULL && !is_named(f, &in->files[i]))
            used += in->files[i].size;
    return used;
}

static bool has_place(const struct files *f, const struct frames_expected *in)
{
    size_t of_one = 0;
    for (size_t i = 0; i < f->expected_count; i++)
        of_one += is_of(&f->expected[i], in->account);
    return f->expected_count + in->count <= FILES_EXPECTED_MAX &&
           of_one + in->count <= FILES_EXPECTED_OF_ONE_MAX;
}

static void add(struct files *f, const struct frames_expected *in, const struct frames_file *file)
{
    f->expected = mem_resize(f->expected, f->expected_count + 1, sizeof *f->expected);
    struct expected_file *x = &f->expected[f->expected_count++];
    *x = (struct expected_file){
        .tag = in->tag, .file = *file, .until_ms = clock_monotonic_ms() + FILES_EXPECTED_MS};
    memcpy(x->account, in->account, HASH_BYTES);
}

static int answer(struct files *f, uint64_t tag, bool may, struct diag *d)
{
    frames_put_fetch(channel_begin(f->o.link, FRAME_FETCH), tag, may);
    int r = channel_end(f->o.link);
    return r < 0 ? diag_set(d, r, "link does not take its answers") : 0;
}

int files_expect(struct files *f, const struct frame *frame, struct diag *d)
{
    struct frames_expected in;
    if (frames_get_expected(frame->body, frame->len, &in) < 0)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed word about files");
    bool room = has_place(f, &in);
    bool within = f->o.account_quota_bytes == 0 || used_with(f, &in) <= f->o.account_quota_bytes;
    if (!within && !f->over)
        diag_set(&f->notice, 0,
                 "%s: an account is over its quota, file_account_quota_bytes in bot.json: its "
                 "messages with files wait at its device",
                 f->folder);
    f->over = f->over || !within;
    for (uint32_t i = 0; room && within && i < in.count; i++)
        add(f, &in, &in.files[i]);
    return answer(f, in.tag, room && within, d);
}

static int drop_message(struct files *f, uint64_t tag, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < f->expected_count;)
        if (f->expected[i].tag == tag)
            r = drop_expected(f, i, d);
        else
            i++;
    return r;
}

int files_forget(struct files *f, const struct frame *frame, struct diag *d)
{
    uint64_t tag;
    if (frames_get_forget(frame->body, frame->len, &tag) < 0)
        return diag_set(d, ERR_FORMAT, "a malformed word about files that are not expected");
    return drop_message(f, tag, d);
}

int files_named(struct files *f, uint64_t tag, struct diag *d)
{
    return drop_message(f, tag, d);
}

void files_account_of(struct files *f, const struct frames_file *file,
                      uint8_t ret[static HASH_BYTES])
{
    const struct expected_file *x = find(f, file, NULL);
    memset(ret, 0, HASH_BYTES);
    if (x != NULL)
        memcpy(ret, x->account, HASH_BYTES);
}

int files_expire(struct files *f, int64_t now_ms, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < f->expected_count;)
        if (now_ms >= f->expected[i].until_ms)
            r = drop_expected(f, i, d);
        else
            i++;
    return r;
}
