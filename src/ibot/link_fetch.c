/* A file from the upload host, as it comes, on to the keeper. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "ibot/frames_files.h"
#include "ibot/link_fetch.h"
#include "ibot/link_internal.h"

static void say_away(struct link_files *f, bool away)
{
    if (away != f->away)
        diag_set(&f->link->notice, 0,
                 away ? "the upload host does not answer: messages with files wait"
                      : "the upload host answers again");
    f->away = away;
}

static void start(struct link_files *f, struct get *g)
{
    const struct link *l = f->link;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_PATH_MAX + VALUE_DOMAIN_MAX + 128U);
    buf_format(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", g->path,
               l->o.net->upload);
    /* A fresh socket's buffer takes the whole of it. */
    bool sent = connector_get(l->o.connector, LINK_SOCKET_UPLOAD, &g->fd) == 0 &&
                send(g->fd, b.data, b.len, MSG_NOSIGNAL) == (ssize_t)b.len;
    say_away(f, !sent);
    if (!sent) {
        link_files_give_up(f, g, OUTCOME_LATER);
        return;
    }
    g->state = GET_HEAD;
    g->deadline_ms = clock_monotonic_ms() + LINK_FILES_IDLE_MS;
}

static void put_body(struct link_files *f, struct get *g, const uint8_t *data, size_t len)
{
    struct channel *keeper = f->link->o.keeper;
    if (len == 0)
        return;
    if (len > g->file.size - g->len) {
        link_files_give_up(f, g, OUTCOME_NONE);
        return;
    }
    struct buf *b = channel_begin(keeper, FRAME_FILE_DATA);
    buf_put_u64(b, g->ticket);
    buf_put(b, data, len);
    link_files_end_frame(f);
    g->len += len;
}

static bool has_status(const char *head, const char *status)
{
    return strncmp(head, "HTTP/1.1 ", 9) == 0 && strncmp(head + 9, status, 3) == 0 &&
           head[12] == ' ';
}

/* "HTTP/1.1 200 OK" and what follows it up to the empty line. */
static void take_head(struct link_files *f, struct get *g)
{
    const char *text = buf_text(&g->head), *end = strstr(text, "\r\n\r\n");
    if (end == NULL)
        return;
    size_t head = (size_t)(end - text) + 4;
    if (!has_status(text, "200")) {
        bool none = has_status(text, "404") || has_status(text, "410") || has_status(text, "403");
        link_files_give_up(f, g, none ? OUTCOME_NONE : OUTCOME_LATER);
        return;
    }
    g->state = GET_BODY;
    put_body(f, g, g->head.data + head, g->head.len - head);
    buf_clear(&g->head);
}

/* The host has closed: all has come, or it broke off. */
static void take_close(struct link_files *f, struct get *g)
{
    struct channel *keeper = f->link->o.keeper;
    if (g->state != GET_BODY || g->len < g->file.size) {
        link_files_give_up(f, g, OUTCOME_LATER);
        return;
    }
    frames_put_file_end(channel_begin(keeper, FRAME_FILE_END), g->ticket, true);
    link_files_end_frame(f);
    close(g->fd);
    g->fd = -1;
    g->state = GET_STORING;
}

void link_fetch_read(struct link_files *f, struct get *g)
{
    uint8_t chunk[FRAMES_FILE_DATA_MAX];
    ssize_t n = recv(g->fd, chunk, g->state == GET_HEAD ? 4096 : sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        take_close(f, g);
        return;
    }
    g->deadline_ms = clock_monotonic_ms() + LINK_FILES_IDLE_MS;
    if (g->state == GET_BODY) {
        put_body(f, g, chunk, (size_t)n);
        return;
    }
    buf_put(&g->head, chunk, (size_t)n);
    if (buf_failed(&g->head))
        link_files_give_up(f, g, OUTCOME_LATER);
    else
        take_head(f, g);
}

bool link_fetch_runs(const struct get *g)
{
    return !g->over && (g->state == GET_HEAD || g->state == GET_BODY);
}

void link_fetch_start(struct link_files *f)
{
    size_t running = 0;
    for (const struct get *g = f->gets; g != NULL; g = g->next)
        running += link_fetch_runs(g);
    for (struct get *g = f->gets; g != NULL && running < LINK_FILES_MAX; g = g->next) {
        if (g->over || g->state != GET_QUEUED)
            continue;
        start(f, g);
        running++;
    }
}
