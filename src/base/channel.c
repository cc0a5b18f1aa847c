#include "base/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES 4
#define READ_BYTES ((size_t)256 * 1024)

int channel_init(struct channel *c, int fd, size_t max_frame, size_t max_queue)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return ERR_IO;
    *c = (struct channel){
        .fd = fd,
        .in = BUF_INIT(HEADER_BYTES + max_frame + READ_BYTES),
        .out = BUF_INIT(max_queue),
        .max_frame = max_frame,
        .max_queue = max_queue,
    };
    return 0;
}

void channel_clear(struct channel *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    buf_clear(&c->in);
    buf_clear(&c->out);
    c->in_pos = c->out_pos = 0;
}

void channel_wipes(struct channel *c)
{
    c->in.wipe = c->out.wipe = true;
}

/* Looks at the frame at the front; errors of channel_next. */
static int peek(const struct channel *c, struct frame *ret)
{
    size_t there = c->in.len - c->in_pos;
    if (there < HEADER_BYTES)
        return ERR_AGAIN;
    const uint8_t *p = c->in.data + c->in_pos;
    size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (len == 0 || len > c->max_frame)
        return ERR_FORMAT;
    if (there - HEADER_BYTES < len)
        return ERR_AGAIN;
    p += HEADER_BYTES;
    *ret = (struct frame){.type = p[0], .body = p + 1, .len = len - 1};
    return 0;
}

bool channel_has_frame(const struct channel *c)
{
    struct frame f;
    return peek(c, &f) != ERR_AGAIN;
}

int channel_fill(struct channel *c)
{
    if (c->in_pos > 0) {
        buf_drop(&c->in, c->in_pos);
        c->in_pos = 0;
    }
    size_t room = c->in.max - c->in.len;
    if (room == 0)
        return 0; /* whole frames wait to be taken */
    if (room > READ_BYTES)
        room = READ_BYTES;
    uint8_t *at = buf_extend(&c->in, room);
    ssize_t n = read(c->fd, at, room);
    int error = errno;
    c->in.len -= room - (n > 0 ? (size_t)n : 0);
    if (n > 0)
        return 0;
    if (n == 0)
        return ERR_CLOSED;
    if (error == EAGAIN || error == EINTR)
        return ERR_AGAIN;
    return error == ECONNRESET ? ERR_CLOSED : ERR_IO;
}

int channel_next(struct channel *c, struct frame *ret)
{
    int r = peek(c, ret);
    if (r == 0)
        c->in_pos += HEADER_BYTES + 1 + ret->len;
    return r;
}

struct buf *channel_begin(struct channel *c, uint8_t type)
{
    /* What has been written goes once it is as much as what waits: each byte moves few times,
     * and meanwhile it does not count against the queue. */
    if (c->out_pos >= channel_queued(c)) {
        buf_drop(&c->out, c->out_pos);
        c->out_pos = 0;
    }
    c->out.max = c->max_queue + c->out_pos;
    /* The frame under way starts where the last ended; its length is filled in at the end. */
    c->frame_start = c->out.len;
    buf_put_u32(&c->out, 0);
    buf_put_u8(&c->out, type);
    return &c->out;
}

int channel_end(struct channel *c)
{
    size_t len = c->out.len - c->frame_start - HEADER_BYTES;
    if (buf_failed(&c->out) || len > c->max_frame) {
        c->out.failed = false;
        c->out.len = c->frame_start;
        return ERR_LIMIT;
    }
    uint8_t *header = c->out.data + c->frame_start;
    for (int i = 0; i < HEADER_BYTES; i++)
        header[i] = (uint8_t)(len >> (24 - 8 * i));
    return 0;
}

int channel_send(struct channel *c, uint8_t type, const void *body, size_t len)
{
    buf_put(channel_begin(c, type), body, len);
    return channel_end(c);
}

size_t channel_queued(const struct channel *c)
{
    return c->out.len - c->out_pos;
}

int channel_flush(struct channel *c)
{
    while (c->out_pos < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->out_pos, c->out.len - c->out_pos, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return ERR_AGAIN;
        if (n < 0)
            return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
        c->out_pos += (size_t)n;
    }
    buf_reset(&c->out);
    c->out_pos = 0;
    return 0;
}
