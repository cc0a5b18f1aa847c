/* What openers expect the store to get: files of messages that they have judged, and would archive.
 * Nothing else is taken from link. What is expected and not named by a round, since its message was
 * refused after all or never came back, is dropped. */
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "ibot/files_internal.h"

static bool same_file(const struct frames_file *a, const struct frames_file *b)
{
    return a->size == b->size && memcmp(a->sha256, b->sha256, HASH_BYTES) == 0;
}

static bool same_account(const struct expected *x, const uint8_t account[static HASH_BYTES])
{
    return memcmp(x->account, account, HASH_BYTES) == 0;
}

static struct expected *find(struct files *f, const struct frames_file *file,
                             const uint8_t *account)
{
    for (size_t i = 0; i < f->expected_count; i++)
        if (same_file(&f->expected[i].file, file) &&
            (account == NULL || same_account(&f->expected[i], account)))
            return &f->expected[i];
    return NULL;
}

bool files_is_expected(const struct files *f, const struct frames_file *file)
{
    for (size_t i = 0; i < f->expected_count; i++)
        if (same_file(&f->expected[i].file, file))
            return true;
    return false;
}

/* Kept by the journal's word, whoever named it? What it cannot tell of is. */
static bool is_named(struct files *f, const struct frames_file *file)
{
    struct journal_file_row row;
    int r = journal_file(f->o.journal, file->sha256, &row);
    return r == 0 ? row.removed_unix_ms == 0 : r != ERR_NOT_FOUND;
}

/* Nothing names it and nobody expects it any more. */
static void drop_bytes(struct files *f, const struct frames_file *file)
{
    CLEANUP_FREE char *path = journal_file_path(f->folder, file->sha256);
    for (size_t i = 0; i < FILES_INCOMING_MAX; i++)
        if (f->incoming[i].ticket != 0 && same_file(&f->incoming[i].file, file))
            files_drop_incoming(f, &f->incoming[i]);
    if (files_has(f, file) && !is_named(f, file) && unlink(path) == 0)
        f->used -= file->size;
}

static void drop_expected(struct files *f, struct expected *x)
{
    struct frames_file file = x->file;
    *x = f->expected[--f->expected_count];
    if (!files_is_expected(f, &file))
        drop_bytes(f, &file);
}

void files_free_expected(struct files *f)
{
    free(f->expected);
}

/* Bytes that the account has, in the journal and expected, with these. SIZE_MAX: not to be told. */
static uint64_t used_with(struct files *f, const struct frames_expected *in)
{
    uint64_t used = 0;
    if (journal_files_used(f->o.journal, in->account, &used) < 0)
        return UINT64_MAX;
    for (size_t i = 0; i < f->expected_count; i++)
        if (same_account(&f->expected[i], in->account))
            used += f->expected[i].file.size;
    for (uint32_t i = 0; i < in->count; i++)
        if (find(f, &in->files[i], in->account) == NULL && !is_named(f, &in->files[i]))
            used += in->files[i].size;
    return used;
}

static void expect(struct files *f, const struct frames_file *file,
                   const uint8_t account[static HASH_BYTES])
{
    struct expected *x = find(f, file, account);
    if (x == NULL && is_named(f, file) && files_has(f, file))
        return; /* there is nothing to be fetched, or counted */
    if (x == NULL) {
        f->expected = mem_resize(f->expected, f->expected_count + 1, sizeof *f->expected);
        x = &f->expected[f->expected_count++];
        x->file = *file;
        memcpy(x->account, account, HASH_BYTES);
    }
    x->until_ms = clock_monotonic_ms() + FILES_EXPECTED_MS;
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
    bool room = f->expected_count + in.count <= FILES_EXPECTED_MAX;
    bool within = f->o.account_quota_bytes == 0 || used_with(f, &in) <= f->o.account_quota_bytes;
    if (!within && !f->over)
        diag_set(&f->notice, 0,
                 "%s: an account is over its quota, file_account_quota_bytes in bot.json: its "
                 "messages with files wait at its device",
                 f->folder);
    f->over = f->over || !within;
    for (uint32_t i = 0; room && within && i < in.count; i++)
        expect(f, &in.files[i], in.account);
    return answer(f, in.tag, room && within, d);
}

int files_forget(struct files *f, const struct frame *frame, struct diag *d)
{
    struct frames_expected in;
    if (frames_get_expected(frame->body, frame->len, &in) < 0)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed word about files");
    for (uint32_t i = 0; i < in.count; i++) {
        struct expected *x = find(f, &in.files[i], in.account);
        if (x != NULL)
            drop_expected(f, x);
    }
    return 0;
}

void files_account_of(struct files *f, const struct frames_file *file,
                      uint8_t ret[static HASH_BYTES])
{
    const struct expected *x = find(f, file, NULL);
    memset(ret, 0, HASH_BYTES);
    if (x != NULL)
        memcpy(ret, x->account, HASH_BYTES);
}

void files_named(struct files *f, const struct frames_file *file)
{
    struct expected *x;
    while ((x = find(f, file, NULL)) != NULL)
        *x = f->expected[--f->expected_count];
}

void files_expire(struct files *f, int64_t now_ms)
{
    for (size_t i = 0; i < f->expected_count;)
        if (now_ms >= f->expected[i].until_ms)
            drop_expected(f, &f->expected[i]);
        else
            i++;
}
