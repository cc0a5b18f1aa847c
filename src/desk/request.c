#include "desk/request.h"

#include "desk/frames.h"

#define LINE_MAX 512U /* bytes, as a diag's */

static void put_original(struct buf *b, const struct desk_request *r)
{
    const struct originals_file *f = &r->original.file;
    buf_put(b, f->sha256, sizeof f->sha256);
    buf_put_u64(b, f->size);
    buf_put(b, f->key, sizeof f->key);
    buf_put(b, f->iv, sizeof f->iv);
    buf_put_u64(b, r->original.offset);
    buf_put_u32(b, r->original.len);
}

static void put_proof(struct buf *b, const struct proof_of *p)
{
    buf_put(b, p->certificate, sizeof p->certificate);
    buf_put_u64(b, p->n);
    desk_frames_put_text(b, p->warrant);
}

void desk_request_put(struct buf *b, const struct desk_request *r)
{
    buf_put_u64(b, r->number);
    buf_put_u8(b, (uint8_t)r->kind);
    desk_frames_put_text(b, r->bot);
    switch (r->kind) {
    case DESK_REQUEST_ORIGINAL:
        put_original(b, r);
        break;
    case DESK_REQUEST_PROOF:
        put_proof(b, &r->proof);
        break;
    case DESK_REQUESTS:
        buf_fail(b);
    }
}

static void get_original(struct cursor *c, struct desk_request *r)
{
    struct originals_file *f = &r->original.file;
    cursor_copy(c, f->sha256, sizeof f->sha256);
    f->size = cursor_u64(c);
    cursor_copy(c, f->key, sizeof f->key);
    cursor_copy(c, f->iv, sizeof f->iv);
    r->original.offset = cursor_u64(c);
    r->original.len = cursor_u32(c);
    if (r->original.len > ORIGINALS_PIECE_MAX)
        cursor_fail(c);
}

static void get_proof(struct cursor *c, struct arena *a, struct proof_of *ret)
{
    cursor_copy(c, ret->certificate, sizeof ret->certificate);
    ret->n = cursor_u64(c);
    ret->warrant = desk_frames_get_text(c, a, VALUE_WARRANT_MAX);
    if (ret->n == 0 || ret->n > INT64_MAX || ret->warrant == NULL ||
        !value_warrant_valid(ret->warrant))
        cursor_fail(c);
}

int desk_request_get(struct cursor *c, struct arena *a, struct desk_request *ret)
{
    struct desk_request r = {.number = cursor_u64(c)};
    unsigned kind = cursor_u8(c);
    r.bot = desk_frames_get_text(c, a, VALUE_DOMAIN_MAX);
    if (kind >= DESK_REQUESTS || r.bot == NULL || !value_domain_valid(r.bot))
        return ERR_FORMAT;
    r.kind = (enum desk_request_kind)kind;
    if (r.kind == DESK_REQUEST_ORIGINAL)
        get_original(c, &r);
    else
        get_proof(c, a, &r.proof);
    if (cursor_end(c) < 0)
        return ERR_FORMAT;
    *ret = r;
    return 0;
}

void desk_reply_put(struct buf *b, const struct desk_reply *r)
{
    buf_put_u64(b, r->number);
    buf_put_u8(b, (uint8_t)-r->code);
    desk_frames_put_text(b, r->line);
    buf_put_block(b, r->body, r->body_len);
}

int desk_reply_get(struct cursor *c, struct arena *a, struct desk_reply *ret)
{
    struct desk_reply r = {.number = cursor_u64(c)};
    unsigned code = cursor_u8(c);
    r.code = -(int)code;
    r.line = desk_frames_get_text(c, a, LINE_MAX);
    r.body = cursor_block(c, DESK_REPLY_BODY_MAX, &r.body_len);
    if (cursor_end(c) < 0 || code > -ERR_TIMEOUT || (code != 0 && r.body_len > 0))
        return ERR_FORMAT;
    *ret = r;
    return 0;
}
