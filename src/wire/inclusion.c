#include "wire/inclusion.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"

void inclusion_put_query(struct buf *b, const struct inclusion_query *q)
{
    char root[ENCODE_BASE64_LEN(MERKLE_BYTES) + 1];
    encode_base64(q->root, sizeof q->root, root);
    buf_format(
        b, "<inclusion xmlns='" ENVELOPE_NS "' root='%s' count='%" PRIu32 "' since='%" PRIu64 "'/>",
        root, q->count, q->old_size);
}

int inclusion_parse_query(const struct xml_element *x, struct inclusion_query *ret)
{
    struct inclusion_query q;
    uint64_t count;
    const char *root = xml_attribute_of(x, "root"), *n = xml_attribute_of(x, "count");
    const char *since = xml_attribute_of(x, "since");
    if (!xml_is(x, "inclusion", ENVELOPE_NS) || root == NULL || n == NULL || since == NULL ||
        decode_base64_exact(root, strlen(root), q.root, sizeof q.root) < 0 ||
        value_parse_u64(n, VERDICT_ROUND_MAX, &count) < 0 || count == 0 ||
        value_parse_u64(since, INT64_MAX, &q.old_size) < 0)
        return ERR_FORMAT;
    q.count = (uint32_t)count;
    *ret = q;
    return 0;
}

void inclusion_put_answer(struct buf *b, const struct inclusion *i)
{
    buf_format(b, "<inclusion xmlns='" ENVELOPE_NS "' index='%" PRIu64 "'>", i->index);
    for (size_t k = 0; k < i->path_count; k++)
        xml_put_base64(b, "path", i->path[k], MERKLE_BYTES);
    for (size_t k = 0; k < i->consistency_count; k++)
        xml_put_base64(b, "consistency", i->consistency[k], MERKLE_BYTES);
    xml_put_base64(b, "checkpoint", i->checkpoint, strlen(i->checkpoint));
    buf_put_text(b, "</inclusion>");
}

/* The hashes of all children with this name. */
static int parse_hashes(const struct xml_element *x, const char *name,
                        uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES], size_t *ret_count)
{
    *ret_count = 0;
    for (const struct xml_element *c = x->first; c != NULL; c = c->next) {
        if (!xml_is(c, name, ENVELOPE_NS))
            continue;
        if (*ret_count == MERKLE_PATH_MAX ||
            decode_base64_exact(c->text, c->text_len, ret[(*ret_count)++], MERKLE_BYTES) < 0)
            return ERR_FORMAT;
    }
    return 0;
}

static const char *text_copy(struct arena *a, const void *data, size_t len)
{
    if (data == NULL || memchr(data, '\0', len) != NULL)
        return NULL;
    return arena_string_n(a, data, len);
}

int inclusion_parse_answer(const struct xml_element *x, struct arena *a, struct inclusion *ret)
{
    struct inclusion i = {0};
    const struct xml_element *note = xml_only_child(x, "checkpoint", ENVELOPE_NS);
    const char *index = xml_attribute_of(x, "index");
    uint8_t text[CHECKPOINT_MAX_BYTES];
    size_t len;
    if (!xml_is(x, "inclusion", ENVELOPE_NS) || note == NULL || index == NULL ||
        value_parse_u64(index, INT64_MAX, &i.index) < 0 ||
        parse_hashes(x, "path", i.path, &i.path_count) < 0 ||
        parse_hashes(x, "consistency", i.consistency, &i.consistency_count) < 0 ||
        decode_base64(note->text, note->text_len, text, sizeof text, &len) < 0 ||
        (i.checkpoint = text_copy(a, text, len)) == NULL)
        return ERR_FORMAT;
    *ret = i;
    return 0;
}

static int open_checkpoint(const struct inclusion *i, const char *bot,
                           const uint8_t bot_key[static SIGN_PUBLIC_BYTES], struct checkpoint *ret,
                           struct diag *d)
{
    struct note view;
    if (note_parse(i->checkpoint, strlen(i->checkpoint), CHECKPOINT_MAX_BYTES, &view) < 0)
        return diag_set(d, ERR_FORMAT, "checkpoint: not a signed note");
    int r = document_verify(&view, "checkpoint", bot, bot_key, d);
    if (r == 0 && checkpoint_parse(view.text, view.text_len, bot, ret) < 0)
        r = diag_set(d, ERR_FORMAT, "checkpoint: malformed, or another tree's");
    return r;
}

int inclusion_verify(const struct inclusion_query *q, const struct inclusion *i, const char *bot,
                     const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                     const struct checkpoint *known, struct checkpoint *ret, struct diag *d)
{
    struct checkpoint c;
    uint8_t leaf[MERKLE_BYTES];
    int r = open_checkpoint(i, bot, bot_key, &c, d);
    if (r < 0)
        return r;
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    verdict_round_leaf_text(&text, q->root, q->count);
    merkle_leaf(text.data, text.len, leaf);
    if (merkle_verify_inclusion(leaf, i->index, c.size, (const uint8_t(*)[MERKLE_BYTES])i->path,
                                i->path_count, c.root) < 0)
        return diag_set(d, ERR_AUTH, "the bot's tree does not hold the round of its verdict");
    if (known != NULL && c.size < known->size)
        return diag_set(d, ERR_AUTH, "the bot's tree shrank from %" PRIu64 " to %" PRIu64 " leaves",
                        known->size, c.size);
    if (known != NULL && known->size > 0 &&
        merkle_verify_consistency(known->size, known->root, c.size, c.root,
                                  (const uint8_t(*)[MERKLE_BYTES])i->consistency,
                                  i->consistency_count) < 0)
        return diag_set(d, ERR_AUTH, "the bot's tree does not continue the one seen before");
    *ret = c;
    return 0;
}
