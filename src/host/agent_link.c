#include "host/agent_link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

#define LINE_MAX_BYTES (16U * 1024 * 1024) /* what the agent may have waiting for one asker */

struct agent_link {
    int fd;
    bool ended;     /* nothing more comes */
    struct buf in;  /* read, but no whole line yet, or not looked at */
    size_t scanned; /* of `in`, without a newline */
    json_t *events; /* that came before an answer */
};

int agent_address(const char *folder, struct sockaddr_un *ret, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, AGENT_SOCKET);
    size_t len = strlen(path) + 1;
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len > sizeof ret->sun_path)
        return diag_set(d, ERR_LIMIT,
                        "%s is too long a path for a socket: choose a shorter --store", folder);
    memcpy(ret->sun_path, path, len);
    return 0;
}

struct agent_link *agent_link_new(int fd)
{
    struct agent_link *l = mem_new(sizeof *l);
    l->fd = fd;
    l->in = (struct buf)BUF_INIT_SECRET(LINE_MAX_BYTES);
    l->events = json_array();
    return l;
}

int agent_link_open(const char *folder, struct agent_link **ret, struct diag *d)
{
    struct sockaddr_un address;
    int r = agent_address(folder, &address, d);
    if (r < 0)
        return r;
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return diag_set(d, ERR_NOT_FOUND, "no device is running in %s", folder);
    *ret = agent_link_new(TAKE_FD(fd));
    return 0;
}

void agent_link_free(struct agent_link *l)
{
    if (l == NULL)
        return;
    close(l->fd);
    buf_clear(&l->in);
    json_decref(l->events);
    free(l);
}

/* The length of the first whole line without its newline, or -1. */
static ssize_t line_length(struct agent_link *l)
{
    if (l->in.len == l->scanned)
        return -1;
    const uint8_t *newline = memchr(l->in.data + l->scanned, '\n', l->in.len - l->scanned);
    if (newline == NULL) {
        l->scanned = l->in.len;
        return -1;
    }
    return newline - l->in.data;
}

/* Reads what the socket has, waiting at most that long (-1: as long as it takes). ERR_AGAIN. */
static int fill(struct agent_link *l, int timeout_ms)
{
    struct pollfd p = {l->fd, POLLIN, 0};
    uint8_t chunk[16384];
    if (l->ended)
        return ERR_CLOSED;
    if (poll(&p, 1, timeout_ms) <= 0)
        return ERR_AGAIN;
    ssize_t n = recv(l->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return ERR_AGAIN;
    if (n > 0)
        buf_put(&l->in, chunk, (size_t)n);
    explicit_bzero(chunk, sizeof chunk);
    l->ended = n <= 0 || buf_failed(&l->in);
    return l->ended ? ERR_CLOSED : 0;
}

/* The next line of either kind. */
static int next_line(struct agent_link *l, json_t **ret, struct diag *d)
{
    json_error_t error;
    ssize_t len;
    while ((len = line_length(l)) < 0)
        if (fill(l, -1) < 0)
            return diag_set(d, ERR_CLOSED, "the running device ended");
    json_t *line = json_loadb((const char *)l->in.data, (size_t)len, 0, &error);
    buf_drop(&l->in, (size_t)len + 1);
    l->scanned = 0;
    if (line == NULL)
        return diag_set(d, ERR_FORMAT, "the running device gave an answer that is not JSON");
    *ret = line;
    return 0;
}

static int put_line(struct agent_link *l, const json_t *request, struct diag *d)
{
    CLEANUP_BUF struct buf line = BUF_INIT_SECRET(LINE_MAX_BYTES);
    char *text = json_dumps(request, JSON_COMPACT);
    if (text != NULL) {
        buf_format(&line, "%s\n", text);
        explicit_bzero(text, strlen(text));
        free(text);
    }
    for (size_t at = 0; at < line.len;) {
        ssize_t n = send(l->fd, line.data + at, line.len - at, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            break;
        at += n < 0 ? 0 : (size_t)n;
        if (at == line.len)
            return 0;
    }
    return diag_set(d, ERR_CLOSED, "the running device does not take a request");
}

int agent_link_ask(struct agent_link *l, json_t *request, json_t **ret, struct diag *d)
{
    json_t *line = NULL;
    int r = put_line(l, request, d);
    json_decref(request);
    while (r == 0 && (r = next_line(l, &line, d)) == 0 && json_object_get(line, "event") != NULL)
        json_array_append_new(l->events, line);
    if (r == 0)
        *ret = line;
    return r;
}

bool agent_link_wait(struct agent_link *l, int timeout_ms)
{
    if (json_array_size(l->events) > 0 || line_length(l) >= 0)
        return true;
    int r = fill(l, timeout_ms);
    return r == ERR_CLOSED || (r == 0 && line_length(l) >= 0);
}

int agent_link_event(struct agent_link *l, json_t **ret, struct diag *d)
{
    if (json_array_size(l->events) == 0)
        return next_line(l, ret, d);
    *ret = json_incref(json_array_get(l->events, 0));
    json_array_remove(l->events, 0);
    return 0;
}
