/* A bot's lines: do they make its tree, and does each record stand where its batch and its round
 * say? */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "exchange/verify_internal.h"

static int open_checkpoint(const struct verify_bot *b, struct verify_tree *t)
{
    struct note view;
    struct note_key key = {.name = b->jid};
    memcpy(key.key, t->key, SIGN_PUBLIC_BYTES);
    int r = note_parse(b->note, strlen(b->note), CHECKPOINT_MAX_BYTES, &view);
    if (r == 0)
        r = note_verify(&view, &key);
    return r == 0 ? checkpoint_parse(view.text, view.text_len, b->jid, &t->checkpoint) : r;
}

int verify_tree_begin(struct verify_bot *b, const struct library *l, struct diag *d)
{
    struct verify_tree *t = &b->tree;
    t->bot = b->jid;
    t->key = library_bot_key(l, b->jid);
    if (t->key == NULL)
        return diag_set(d, ERR_NOT_FOUND, "no policy in the documents names %s", b->jid);
    if (open_checkpoint(b, t) < 0)
        return diag_set(d, ERR_AUTH, "the checkpoint of %s is not signed by it", b->jid);
    b->begun = true;
    return 0;
}

static int off(const struct verify_tree *t, uint64_t leaf, struct diag *d)
{
    return diag_set(d, ERR_AUTH,
                    "leaf %" PRIu64 " of %s comes where leaf %" PRIu64
                    " does: something was left out or added",
                    leaf, t->bot, t->tree.size);
}

static int add_leaf(struct verify_tree *t, const struct package_line *l)
{
    uint8_t hash[MERKLE_BYTES];
    merkle_leaf(l->text, l->text_len, hash);
    return tree_add(&t->tree, 0, hash);
}

/* ---- what says where records stand ---- */

#define BATCH_WORDS 9
#define BATCH_WORD_MAX 64U /* bytes: a hash in hexadecimal, a warrant's id */
struct batch_text {
    char warrant[BATCH_WORD_MAX + 1];
    uint64_t first, count;
};

/* "ironside batch 2 WARRANT POLICY FIRST COUNT SHA256 POSITIONS" */
static bool parse_batch(const char *text, struct batch_text *ret)
{
    char words[BATCH_WORDS][BATCH_WORD_MAX + 1];
    size_t n = 0;
    for (; n < BATCH_WORDS; n++) {
        size_t len = strcspn(text, " ");
        if (len == 0 || len > BATCH_WORD_MAX || (text[len] == '\0') != (n == BATCH_WORDS - 1))
            return false;
        memcpy(words[n], text, len);
        words[n][len] = '\0';
        text += len + 1;
    }
    memcpy(ret->warrant, words[3], sizeof words[3]);
    return strcmp(words[0], "ironside") == 0 && strcmp(words[1], "batch") == 0 &&
           strcmp(words[2], "2") == 0 && value_parse_u64(words[5], INT64_MAX, &ret->first) == 0 &&
           value_parse_u64(words[6], INT64_MAX, &ret->count) == 0;
}

static void take_batch(struct verify_tree *t, const struct batch_text *b)
{
    for (size_t i = 0; i < t->pending_count; i++) {
        struct verify_pending *p = &t->pending[i];
        if (p->leaf >= b->first && p->leaf - b->first < b->count &&
            strcmp(p->warrant, b->warrant) == 0)
            p->has_batch = true;
    }
}

/* All that wait must be of this round. */
static int take_round(struct verify_tree *t, const struct package_line *l, struct diag *d)
{
    for (size_t i = 0; i < t->pending_count; i++) {
        const struct verify_pending *p = &t->pending[i];
        CLEANUP_BUF struct buf text = BUF_INIT(256);
        verdict_round_leaf_text(&text, p->root, p->count);
        if (strcmp(buf_text(&text), l->text) != 0)
            return diag_set(d, ERR_AUTH,
                            "leaf %" PRIu64 " of %s is not of the round at leaf %" PRIu64, p->leaf,
                            t->bot, l->leaf);
        if (!p->has_batch)
            return diag_set(d, ERR_AUTH, "leaf %" PRIu64 " of %s is in no batch of its warrant",
                            p->leaf, t->bot);
    }
    t->pending_count = 0;
    return 0;
}

static const char round_word[] = "ironside verdicts 1 ";

static int take_text(struct verify_tree *t, const struct package_line *l, struct diag *d)
{
    struct batch_text batch;
    if (parse_batch(l->text, &batch))
        take_batch(t, &batch);
    else if (strncmp(l->text, round_word, strlen(round_word)) == 0)
        return take_round(t, l, d);
    else
        return diag_set(d, ERR_FORMAT, "leaf %" PRIu64 " of %s is neither a batch nor a round",
                        l->leaf, t->bot);
    return 0;
}

/* ---- lines ---- */

static int take_record(struct verifying *v, const struct package_line *l, struct diag *d)
{
    struct verify_tree *t = &v->bot->tree;
    if (t->pending_count == t->pending_capacity) {
        if (t->pending_capacity >= VERIFY_PENDING_MAX * VALUE_WRAPS_MAX)
            return diag_set(d, ERR_FORMAT, "leaf %" PRIu64 " of %s: its round does not end",
                            l->leaf, t->bot);
        t->pending_capacity = t->pending_capacity == 0 ? 64 : 2 * t->pending_capacity;
        t->pending = mem_resize(t->pending, t->pending_capacity, sizeof *t->pending);
    }
    int r = verify_record(v, l, &t->pending[t->pending_count], d);
    if (r == 0)
        t->pending_count++;
    return r;
}

static int take(struct verifying *v, const struct package_line *l, struct diag *d)
{
    struct verify_tree *t = &v->bot->tree;
    if (l->leaf != t->tree.size)
        return off(t, l->leaf, d);
    if (l->kind == PACKAGE_LINE_WITHHELD) {
        t->counts[l->why] += UINT64_C(1) << l->level;
        v->number += l->why == PACKAGE_REDACTED;
        return tree_add(&t->tree, l->level, l->hash) < 0 ? off(t, l->leaf, d) : 0;
    }
    if (add_leaf(t, l) < 0)
        return off(t, l->leaf, d);
    if (l->kind == PACKAGE_LINE_TEXT)
        return take_text(t, l, d);
    t->counts[PACKAGE_SHOWN]++;
    v->number++;
    return take_record(v, l, d);
}

int verify_tree_line(struct verifying *v, const char *text, size_t len, struct diag *d)
{
    struct package_line l;
    arena_reset(&v->arena);
    if (package_line_get(text, len, &v->arena, &l) < 0)
        return diag_set(d, ERR_FORMAT, "%s: the line of leaf %" PRIu64 " is malformed", v->path,
                        v->bot->tree.tree.size);
    return take(v, &l, d);
}

int verify_tree_end(struct verify_bot *b, struct diag *d)
{
    const struct verify_tree *t = &b->tree;
    uint8_t root[MERKLE_BYTES];
    if (t->pending_count > 0)
        return diag_set(d, ERR_AUTH, "leaf %" PRIu64 " of %s: its round is not in the package",
                        t->pending[0].leaf, t->bot);
    if (t->tree.size != t->checkpoint.size)
        return diag_set(d, ERR_AUTH,
                        "the tree of %s has %" PRIu64 " leaves, and %" PRIu64 " are accounted for",
                        t->bot, t->checkpoint.size, t->tree.size);
    tree_root(&t->tree, root);
    if (memcmp(root, t->checkpoint.root, MERKLE_BYTES) != 0)
        return diag_set(d, ERR_AUTH,
                        "the leaves of %s do not make the tree that it has signed: one of them was "
                        "changed",
                        t->bot);
    b->ended = true;
    return 0;
}
