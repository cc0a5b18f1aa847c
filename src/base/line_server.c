#include "base/line_server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"

struct client {
    int fd; /* -1: a free place */
    struct buf in;
    struct buf out;
    size_t out_pos;
    bool ending; /* nothing more is read */
    bool follows;
    int64_t active_ms;
};

struct line_server {
    int fd;
    struct line_server_options o; /* the path is not kept */
    struct client clients[LINE_SERVER_CLIENTS];
};

static int listen_on(const char *path, int *ret, struct diag *d)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return diag_set(d, ERR_LIMIT, "%s is too long for a socket's path", path);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)unlink(path);
    mode_t before = umask(0177);
    int bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&a, sizeof a);
    (void)umask(before);
    if (bound != 0 || listen(fd, 64) != 0)
        return diag_set(d, ERR_IO, "cannot listen on %s: %s", path, strerror(errno));
    *ret = TAKE_FD(fd);
    return 0;
}

int line_server_open(const struct line_server_options *o, struct line_server **ret, struct diag *d)
{
    int fd = -1;
    int r = listen_on(o->path, &fd, d);
    if (r < 0)
        return r;
    struct line_server *s = mem_new(sizeof *s);
    s->fd = fd;
    s->o = *o;
    s->o.path = NULL;
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++)
        s->clients[i].fd = -1;
    *ret = s;
    return 0;
}

static void drop(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    buf_clear(&c->in);
    buf_clear(&c->out);
    *c = (struct client){.fd = -1};
}

void line_server_close(struct line_server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++)
        drop(&s->clients[i]);
    close(s->fd);
    free(s);
}

static bool may_ask(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

/* A free place, or that of the client that has been idle longest; NULL: all of them follow. */
static struct client *make_room(struct line_server *s)
{
    struct client *oldest = NULL;
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++) {
        struct client *c = &s->clients[i];
        if (c->fd < 0)
            return c;
        if (!c->follows && (oldest == NULL || c->active_ms < oldest->active_ms))
            oldest = c;
    }
    if (oldest != NULL)
        drop(oldest);
    return oldest;
}

/* One line, as far as the socket takes it at once, which a new one does. */
static void turn_away(int fd)
{
    static const char line[] =
        "{\"error\":\"it has as many followers as it takes: end one of them\"}\n";
    (void)!send(fd, line, sizeof line - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void accept_one(struct line_server *s)
{
    CLEANUP_CLOSE int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 || !may_ask(fd))
        return;
    struct client *c = make_room(s);
    if (c == NULL) {
        turn_away(fd);
        return;
    }
    *c = (struct client){.fd = TAKE_FD(fd),
                         .in = BUF_INIT_SECRET(s->o.request_max),
                         .out = BUF_INIT_SECRET(s->o.answer_max),
                         .active_ms = clock_monotonic_ms()};
}

static bool has_line(const struct client *c)
{
    return c->in.len > 0 && memchr(c->in.data, '\n', c->in.len) != NULL;
}

static void refuse(struct client *c, const char *why)
{
    buf_clear(&c->in);
    buf_clear(&c->out);
    c->out_pos = 0;
    buf_format(&c->out, "{\"error\":\"%s\"}\n", why);
    c->ending = true;
}

static void answer_line(struct line_server *s, struct client *c)
{
    if (!has_line(c)) {
        if (c->in.len == c->in.max)
            refuse(c, "the request is too long");
        return;
    }
    size_t len = (size_t)((uint8_t *)memchr(c->in.data, '\n', c->in.len) - c->in.data);
    CLEANUP_SECRET char *line = secret_new(len + 1);
    memcpy(line, c->in.data, len);
    buf_drop(&c->in, len + 1);
    if (s->o.answer(s->o.context, strlen(line) == len ? line : "", &c->out))
        c->follows = true;
    if (buf_failed(&c->out))
        refuse(c, "the answer is too long");
}

static void read_some(struct client *c)
{
    uint8_t chunk[4096];
    size_t room = c->in.max - c->in.len;
    ssize_t n = recv(c->fd, chunk, room < sizeof chunk ? room : sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        c->ending = true;
    else
        buf_put(&c->in, chunk, (size_t)n);
    explicit_bzero(chunk, sizeof chunk);
    c->active_ms = clock_monotonic_ms();
}

/* False when the client is gone. */
static bool write_some(struct client *c)
{
    while (c->out_pos < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->out_pos, c->out.len - c->out_pos, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        c->out_pos += (size_t)n;
        c->active_ms = clock_monotonic_ms();
    }
    buf_clear(&c->out);
    c->out_pos = 0;
    return true;
}

/* One request at a time: the next line waits until the answer has been taken. */
static void serve(struct line_server *s, struct client *c, short revents)
{
    if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 && c->out.len == 0 && !c->ending)
        read_some(c);
    if (c->out.len == 0)
        answer_line(s, c);
    if (!write_some(c) || (c->ending && c->out.len == 0 && !has_line(c)))
        drop(c);
}

void line_server_pollfds(const struct line_server *s, struct pollfd *fds)
{
    fds[0] = (struct pollfd){.fd = s->fd, .events = POLLIN};
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++) {
        const struct client *c = &s->clients[i];
        bool can_answer = c->out.len > 0 || has_line(c); /* so do not wait for more to come */
        fds[i + 1] = (struct pollfd){.fd = c->fd, .events = can_answer ? POLLOUT : POLLIN};
    }
}

void line_server_process(struct line_server *s, const struct pollfd *fds)
{
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++)
        if (s->clients[i].fd >= 0 && fds[i + 1].revents != 0)
            serve(s, &s->clients[i], fds[i + 1].revents);
    if ((fds[0].revents & POLLIN) != 0)
        accept_one(s);
}

void line_server_tell(struct line_server *s, const char *line)
{
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++) {
        struct client *c = &s->clients[i];
        if (c->fd < 0 || !c->follows || c->ending)
            continue;
        buf_drop(&c->out, c->out_pos);
        c->out_pos = 0;
        buf_put_text(&c->out, line);
        buf_put_u8(&c->out, '\n');
        if (buf_failed(&c->out))
            drop(c);
    }
}
