/* Bodies that are files' bytes: their headers, and how they come in pieces. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "front/internal.h"

#define BLOCK_BYTES (64U * 1024)
#define PIECE_MAX (1024U * 1024) /* more than the index puts into one */

/* RFC 8187: what is no letter or digit as %XX of its UTF-8. */
static void put_encoded(struct buf *b, const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        buf_format(b, isalnum((unsigned char)*at) || strchr("-._~", *at) != NULL ? "%c" : "%%%02X",
                   (unsigned char)*at);
}

void front_put_foreign(struct _u_response *r, const char *name)
{
    CLEANUP_BUF struct buf disposition = BUF_INIT(4U * ANSWER_NAME_MAX);
    buf_put_text(&disposition, name[0] == '\0' ? "inline" : "attachment; filename*=UTF-8''");
    put_encoded(&disposition, name);
    u_map_put(r->map_header, "Content-Disposition", buf_text(&disposition));
    u_map_put(r->map_header, "Content-Security-Policy",
              "default-src 'none'; sandbox; frame-ancestors 'none'");
}

struct stream {
    struct front *front;
    uint64_t ticket; /* 0: what is here is the last of it */
    struct buf piece;
    size_t at; /* in it */
};

static void end_stream(void *context)
{
    struct stream *s = context;
    buf_clear(&s->piece);
    free(s);
}

static bool ask_more(struct stream *s)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(PIECE_MAX);
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(PIECE_MAX);
    struct answer x;
    int r = exchange_more(s->front->exchange, s->ticket, FRONT_ANSWER_MS, &body, &arena, &x);
    if (r < 0 || x.status != MHD_HTTP_OK || x.body_len == 0)
        return false;
    buf_reset(&s->piece);
    buf_put(&s->piece, x.body, x.body_len);
    s->at = 0;
    s->ticket = x.ticket;
    return !buf_failed(&s->piece);
}

/* What breaks off is seen to be shorter than was said. */
static ssize_t next_bytes(void *context, uint64_t offset, char *out, size_t max)
{
    struct stream *s = context;
    (void)offset;
    if (s->at == s->piece.len && s->ticket == 0)
        return (ssize_t)U_STREAM_END;
    if (s->at == s->piece.len && (s->front->ending || !ask_more(s)))
        return (ssize_t)U_STREAM_ERROR;
    size_t left = s->piece.len - s->at, some = left < max ? left : max;
    memcpy(out, s->piece.data + s->at, some);
    s->at += some;
    return (ssize_t)some;
}

void front_stream(struct front *f, const struct answer *x, struct _u_response *r)
{
    struct stream *s = mem_new(sizeof *s);
    *s = (struct stream){.front = f, .ticket = x->ticket, .piece = BUF_INIT_SECRET(PIECE_MAX)};
    buf_put(&s->piece, x->body, x->body_len);
    if (buf_failed(&s->piece)) {
        end_stream(s);
        front_refuse(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
                     "a piece of the file is longer than it may be");
        return;
    }
    ulfius_set_stream_response(r, x->status, next_bytes, end_stream, x->size, BLOCK_BYTES, s);
}
