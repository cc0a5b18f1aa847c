/* A bot's journal: rounds as far as its signed checkpoints reach, each held against its leaves of
 * the tree before it is written. */
#include <inttypes.h>
#include <string.h>

#include "archive/audit.h"
#include "archive/held.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "journal/files.h"
#include "mirror/growth.h"
#include "mirror/internal.h"
#include "serve/answer.h"

#define NONE (-1) /* no checkpoint yet */

/* ---- the journal itself ---- */

static int write_settings(const struct mirror *m, const struct mirror_bot *b, const uint8_t *key,
                          struct diag *d)
{
    CLEANUP_FREE char *path = mem_format("%s/bots/%s/bot.json", m->o.folder->dir, b->name);
    char text[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_base64(key, SIGN_PUBLIC_BYTES, text);
    CLEANUP_FREE char *json =
        mem_format("{\"jid\":\"%s\",\"key\":\"%s\",\"openers\":1}\n", b->jid, text);
    return file_write(path, json, strlen(json), 0644, d);
}

/* Made where it is not there, for the key that a policy names. */
static int open_journal(struct mirror *m, struct mirror_bot *b, const uint8_t *key, struct diag *d)
{
    CLEANUP_FREE char *folder = mem_format("%s/bots/%s/journal", m->o.folder->dir, b->name);
    CLEANUP_FREE char *files = mem_format("%s/bots/%s/files", m->o.folder->dir, b->name);
    CLEANUP_FREE char *path = file_join(folder, "journal.db");
    if (b->journal != NULL)
        return 0;
    int r = file_make_folder(folder, 0755, d);
    if (r == 0)
        r = file_make_folder(files, 0755, d);
    if (r == 0)
        r = write_settings(m, b, key, d);
    if (r == 0 && !file_exists(path))
        r = journal_create(path, b->jid, key, d);
    return r < 0 ? r : journal_open(path, true, &b->journal, d);
}

/* ---- a round ---- */

struct round_check {
    struct growth *growth;
    uint64_t at; /* the leaf that comes next */
    struct diag *d;
};

static int check_leaf(struct round_check *x, const uint8_t leaf[static MERKLE_BYTES],
                      const char *what)
{
    uint8_t proved[MERKLE_BYTES];
    int r = growth_leaf(x->growth, x->at, proved, x->d);
    if (r == 0 && memcmp(proved, leaf, MERKLE_BYTES) != 0)
        r = diag_set(x->d, ERR_AUTH, "leaf %" PRIu64 " of the tree is not its %s's", x->at, what);
    x->at++;
    return r;
}

static int check_text(struct round_check *x, const struct buf *text, const char *what)
{
    uint8_t leaf[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    return check_leaf(x, leaf, what);
}

static int check_batch(struct round_check *x, const struct journal_batch *given)
{
    struct journal_batch b = *given;
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    int r = 0;
    b.first = x->at;
    for (uint32_t i = 0; r == 0 && i < b.count; i++)
        r = check_leaf(x, b.leaves[i], "record");
    journal_batch_leaf_text(&text, &b);
    return r == 0 ? check_text(x, &text, "batch") : r;
}

static int check_file(struct round_check *x, const struct journal_file *f)
{
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    journal_file_leaf_text(&text, f->sha256, f->size);
    return check_text(x, &text, "file");
}

/* Its signature, and each of its leaves. */
static int check_round(const struct mirror_bot *b, struct growth *g, int64_t number,
                       const struct journal_round *round, struct diag *d)
{
    struct round_check x = {.growth = g, .at = journal_size(b->journal), .d = d};
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    const struct journal_round_row row = {.number = number,
                                          .at_unix_ms = round->at_unix_ms,
                                          .lines = round->lines,
                                          .line_count = round->line_count,
                                          .root = round->root,
                                          .signature = round->signature};
    int r = audit_round_signed(b->jid, journal_key(b->journal), &row, d);
    for (size_t i = 0; r == 0 && i < round->batch_count; i++)
        r = check_batch(&x, &round->batches[i]);
    for (size_t i = 0; r == 0 && i < round->file_count; i++)
        r = check_file(&x, &round->files[i]);
    verdict_round_leaf_text(&text, round->root, round->line_count);
    return r == 0 ? check_text(&x, &text, "round") : r;
}

/* ---- as far as a checkpoint ---- */

struct tile_source {
    struct mirror *m;
    struct mirror_bot *b;
};

static struct serve_path path_of(const struct mirror_bot *b, enum serve_what what, uint64_t number)
{
    struct serve_path p = {.what = what, .number = number};
    snprintf(p.bot, sizeof p.bot, "%s", b->name);
    return p;
}

static int get_tile(void *context, unsigned level, uint64_t number, unsigned width,
                    uint8_t (*ret)[MERKLE_BYTES], struct diag *d)
{
    const struct tile_source *s = context;
    CLEANUP_BUF struct buf b = BUF_INIT((size_t)width * MERKLE_BYTES);
    struct serve_path p = path_of(s->b, SERVE_TILE, number);
    p.level = level;
    p.width = width;
    int r = mirror_get(s->m, &p, &b, d);
    if (r == 0 && b.len != (size_t)width * MERKLE_BYTES)
        r = diag_set(d, ERR_FORMAT, "a tile of its tree is cut");
    if (r == 0)
        memcpy(ret, b.data, b.len);
    return r;
}

/* The rounds of one answer, as many as are under the checkpoint. */
static int take_rounds(struct mirror_bot *b, struct growth *g, uint64_t end, const struct buf *page,
                       struct diag *d)
{
    struct cursor c = cursor_over(page->data, page->len);
    CLEANUP_ARENA struct arena arena = ARENA_INIT(SERVE_ROUND_MAX);
    int r = 0;
    while (r == 0 && cursor_left(&c) > 0 && journal_size(b->journal) < end) {
        struct journal_round round;
        int64_t number, next = journal_rounds_end(b->journal) + 1;
        arena_reset(&arena);
        if (serve_round_get(&c, &arena, &number, &round) < 0 || number != next)
            return diag_set(d, ERR_FORMAT, "round %lld is malformed, or missing", (long long)next);
        r = check_round(b, g, number, &round, d);
        if (r == 0)
            r = journal_commit(b->journal, &round, d);
        if (r < 0)
            return diag_prefix(d, r, "round %lld", (long long)number);
    }
    return r;
}

static int grow(struct mirror *m, struct mirror_bot *b, const struct checkpoint *to, struct diag *d)
{
    struct tile_source source = {m, b};
    CLEANUP(growth_free_cleanup) struct growth *g = NULL;
    if (to->size <= journal_size(b->journal))
        return 0;
    int r = growth_open(b->journal, to, get_tile, &source, &g, d);
    while (r == 0 && journal_size(b->journal) < to->size) {
        CLEANUP_BUF struct buf page = BUF_INIT(SERVE_ANSWER_MAX);
        struct serve_path p =
            path_of(b, SERVE_ROUNDS, (uint64_t)journal_rounds_end(b->journal) + 1);
        r = mirror_get(m, &p, &page, d);
        if (r == 0 && page.len == 0)
            r = diag_set(d, ERR_AUTH,
                         "its server does not give the rounds that its bot has signed");
        if (r == 0)
            r = take_rounds(b, g, to->size, &page, d);
    }
    return r;
}

/* ---- checkpoints ---- */

struct signed_tree {
    char *note;
    struct checkpoint tree;
};

/* The next of an answer's. ERR_AUTH: not this bot's. */
static int next_checkpoint(const struct mirror_bot *b, struct cursor *c, struct signed_tree *ret,
                           struct diag *d)
{
    struct note view;
    struct note_key key = {.name = b->jid};
    size_t len;
    const uint8_t *text = cursor_block(c, CHECKPOINT_MAX_BYTES, &len);
    memcpy(key.key, journal_key(b->journal), SIGN_PUBLIC_BYTES);
    free(ret->note);
    ret->note = text == NULL ? NULL : mem_string_n((const char *)text, len);
    if (text == NULL || note_parse(ret->note, len, CHECKPOINT_MAX_BYTES, &view) < 0 ||
        checkpoint_parse(view.text, view.text_len, b->jid, &ret->tree) < 0)
        return diag_set(d, ERR_FORMAT, "what it gives is no checkpoint of its bot's tree");
    return note_verify(&view, &key) < 0
               ? diag_set(d, ERR_AUTH, "a checkpoint is not signed with its bot's key")
               : 0;
}

static void free_note(struct signed_tree *s)
{
    free(s->note);
}

/* Grows to the largest of the answer's. */
static int grow_to_last(struct mirror *m, struct mirror_bot *b, const struct buf *page,
                        struct diag *d)
{
    struct cursor c = cursor_over(page->data, page->len);
    CLEANUP(free_note) struct signed_tree s = {NULL};
    int r = 0;
    while (r == 0 && cursor_left(&c) > 0)
        r = next_checkpoint(b, &c, &s, d);
    return r == 0 ? grow(m, b, &s.tree, d) : r;
}

/* Keeps those that are not here, each of the tree that is here now. */
static int keep_all(struct mirror_bot *b, const struct buf *page, int64_t covered, int *ret_news,
                    struct diag *d)
{
    struct cursor c = cursor_over(page->data, page->len);
    CLEANUP(free_note) struct signed_tree s = {NULL};
    int r = 0;
    while (r == 0 && cursor_left(&c) > 0) {
        r = next_checkpoint(b, &c, &s, d);
        if (r == 0)
            r = held_check(b->journal, journal_key(b->journal), "its checkpoint", s.note, d);
        if (r < 0 || (int64_t)s.tree.size <= covered)
            continue;
        r = journal_put_checkpoint(b->journal, &s.tree, s.note, d);
        *ret_news = 1;
    }
    return r;
}

/* How many leaves the newest checkpoint here covers; NONE: there is none. */
static int find_covered(struct mirror_bot *b, int64_t *ret, struct diag *d)
{
    struct checkpoint c;
    CLEANUP_FREE char *note = NULL;
    int r = journal_checkpoint(b->journal, 0, &c, &note);
    *ret = r == 0 ? (int64_t)c.size : NONE;
    return r == 0 || r == ERR_NOT_FOUND
               ? 0
               : diag_set(d, r, "the newest checkpoint that is here cannot be read");
}

int mirror_journal(struct mirror *m, struct mirror_bot *b, struct diag *d)
{
    const uint8_t *key = library_bot_key(m->library, b->jid);
    CLEANUP_BUF struct buf page = BUF_INIT(SERVE_ANSWER_MAX);
    int64_t covered = NONE;
    int news = 0;
    if (key == NULL)
        return diag_set(d, ERR_NOT_FOUND, "no policy in the documents names the bot yet");
    int r = open_journal(m, b, key, d);
    if (r == 0 && memcmp(key, journal_key(b->journal), SIGN_PUBLIC_BYTES) != 0)
        r = diag_set(d, ERR_AUTH, "the journal that is here is of another key than the bot's");
    if (r == 0)
        r = find_covered(b, &covered, d);
    struct serve_path p = path_of(b, SERVE_CHECKPOINTS, covered > 0 ? (uint64_t)covered : 0);
    if (r == 0)
        r = mirror_get(m, &p, &page, d);
    if (r == 0 && page.len == 0 && covered > 0)
        r = diag_set(d, ERR_AUTH, "its tree had %lld leaves and has fewer: an older copy, or cut",
                     (long long)covered);
    if (r == 0 && page.len > 0)
        r = grow_to_last(m, b, &page, d);
    if (r == 0)
        r = keep_all(b, &page, covered, &news, d);
    return r < 0 ? r : news;
}
