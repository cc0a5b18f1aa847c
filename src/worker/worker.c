#include "worker/worker.h"

#include <poll.h>

#include "base/channel.h"

#include "worker/make.h"

static int wait_for(struct channel *c, short events)
{
    struct pollfd fd = {c->fd, events, 0};
    return poll(&fd, 1, -1) < 0 ? ERR_IO : 0;
}

static int next_frame(struct channel *c, struct frame *ret)
{
    int r;
    while ((r = channel_next(c, ret)) == ERR_AGAIN) {
        r = wait_for(c, POLLIN);
        if (r == 0)
            r = channel_fill(c);
        if (r < 0 && r != ERR_AGAIN)
            return r;
    }
    return r;
}

static int read_file(struct channel *c, const struct worker_job *j, struct buf *ret)
{
    int r = 0;
    while (r == 0 && ret->len < j->size) {
        struct frame f;
        r = next_frame(c, &f);
        if (r == 0 && f.type != WORKER_BYTES)
            r = ERR_FORMAT;
        if (r == 0)
            buf_put(ret, f.body, f.len);
        if (buf_failed(ret))
            r = ERR_LIMIT;
    }
    return r;
}

static int send_result(struct channel *c, const struct worker_result *result)
{
    worker_result_put(channel_begin(c, WORKER_MADE), result);
    int r = channel_end(c);
    while (r == 0 && (r = channel_flush(c)) == ERR_AGAIN)
        r = wait_for(c, POLLOUT);
    return r;
}

int worker_run(int fd, const struct worker_job *j, struct ocr *ocr)
{
    struct channel c;
    CLEANUP_BUF struct buf file = BUF_INIT(j->size), made = BUF_INIT(WORKER_MADE_MAX);
    if (channel_init(&c, fd, WORKER_PIECE_MAX + 64, 2 * WORKER_MADE_MAX) < 0)
        return 1;
    int r = read_file(&c, j, &file);
    if (r == 0) {
        struct worker_result result = {.number = j->number,
                                       .outcome = worker_make(j, file.data, ocr, &made)};
        if (result.outcome == WORKER_DONE) {
            result.made = made.data;
            result.made_len = made.len;
        }
        r = send_result(&c, &result);
    }
    channel_clear(&c);
    return r < 0;
}
