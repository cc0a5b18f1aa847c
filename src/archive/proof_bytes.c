/* A proof as bytes between two processes. */
#include <string.h>

#include "archive/proof.h"

static void put_text(struct buf *b, const char *s)
{
    buf_put_block(b, s, strlen(s));
}

static void put_leaf(struct buf *b, const struct proof_leaf *l)
{
    buf_put_u64(b, l->index);
    put_text(b, l->text);
    buf_put_u8(b, (uint8_t)l->path_count);
    buf_put(b, l->path, l->path_count * MERKLE_BYTES);
}

void proof_put(struct buf *b, const struct proof *p)
{
    put_text(b, p->bot);
    put_text(b, p->wrong);
    put_text(b, p->checkpoint);
    put_leaf(b, &p->record);
    put_leaf(b, &p->batch);
    put_leaf(b, &p->round);
    verdict_put(b, &p->verdict);
    buf_put_block(b, p->signed_bytes, p->signed_len);
    put_text(b, p->certificate);
    put_text(b, p->warrant);
    put_text(b, p->policy);
    put_text(b, p->note);
    put_text(b, p->log_checkpoint);
    put_leaf(b, &p->logged_certificate);
    put_leaf(b, &p->logged_policy);
}

/* A string without a NUL, in the arena; NULL, and the cursor has failed, for anything else. */
static const char *get_text(struct cursor *c, struct arena *a, size_t max)
{
    size_t len;
    const uint8_t *data = cursor_block(c, max, &len);
    const char *s = NULL;
    if (data != NULL && memchr(data, '\0', len) == NULL)
        s = arena_string_n(a, (const char *)data, len);
    if (s == NULL)
        cursor_fail(c);
    return s;
}

static void get_leaf(struct cursor *c, struct arena *a, size_t max, struct proof_leaf *ret)
{
    ret->index = cursor_u64(c);
    ret->text = get_text(c, a, max);
    ret->path_count = cursor_u8(c);
    if (ret->path_count > MERKLE_PATH_MAX || ret->index > INT64_MAX)
        cursor_fail(c);
    else
        cursor_copy(c, ret->path, ret->path_count * MERKLE_BYTES);
}

static void get_signed(struct cursor *c, struct arena *a, struct proof *ret)
{
    const uint8_t *bytes = cursor_block(c, PROOF_SIGNED_MAX, &ret->signed_len);
    ret->signed_bytes = bytes == NULL ? NULL : arena_copy(a, bytes, ret->signed_len);
    if (ret->signed_bytes == NULL)
        cursor_fail(c);
}

int proof_get(struct cursor *c, struct arena *a, struct proof *ret)
{
    struct proof p = {.bot = get_text(c, a, VALUE_DOMAIN_MAX)};
    p.wrong = get_text(c, a, 256);
    p.checkpoint = get_text(c, a, CHECKPOINT_MAX_BYTES);
    get_leaf(c, a, RECORD_MAX, &p.record);
    get_leaf(c, a, 512, &p.batch);
    get_leaf(c, a, 512, &p.round);
    if (verdict_get(c, &p.verdict) < 0)
        cursor_fail(c);
    get_signed(c, a, &p);
    p.certificate = get_text(c, a, VALUE_CERTIFICATE_MAX);
    p.warrant = get_text(c, a, VALUE_NOTE_MAX);
    p.policy = get_text(c, a, VALUE_NOTE_MAX);
    p.note = get_text(c, a, VALUE_NOTE_MAX);
    p.log_checkpoint = get_text(c, a, CHECKPOINT_MAX_BYTES);
    get_leaf(c, a, 512, &p.logged_certificate);
    get_leaf(c, a, 512, &p.logged_policy);
    if (cursor_end(c) < 0)
        return ERR_FORMAT;
    *ret = p;
    return 0;
}
