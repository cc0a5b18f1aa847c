#include "host/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/memory.h"
#include "host/agent_link.h"
#include "host/commands.h"

#define LINE_MAX_BYTES (256U * 1024)
#define OUT_MAX_BYTES (16U * 1024 * 1024)

struct asker {
    int fd; /* -1: free */
    bool follows;
    struct buf in, out;
};

struct agent {
    struct hosted *device;
    struct clock clock;
    char *path;
    int fd;
    struct asker askers[AGENT_CLIENTS_MAX];
};

int agent_open(const char *folder, struct hosted *x, const struct clock *clock, struct agent **ret,
               struct diag *d)
{
    struct sockaddr_un address;
    int r = agent_address(folder, &address, d);
    if (r < 0)
        return r;
    (void)unlink(address.sun_path); /* the vault's lock says that nobody else is running */
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(address.sun_path, 0600) != 0 || listen(fd, 8) != 0)
        return diag_set(d, ERR_IO, "cannot listen on %s: %s", address.sun_path, strerror(errno));
    struct agent *a = mem_new(sizeof *a);
    a->device = x;
    a->clock = *clock;
    a->path = mem_string(address.sun_path);
    a->fd = TAKE_FD(fd);
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++)
        a->askers[i].fd = -1;
    *ret = a;
    return 0;
}

static void drop_asker(struct asker *x)
{
    close(x->fd);
    buf_clear(&x->in);
    buf_clear(&x->out);
    *x = (struct asker){.fd = -1};
}

void agent_free(struct agent *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++)
        if (a->askers[i].fd >= 0)
            drop_asker(&a->askers[i]);
    close(a->fd);
    (void)unlink(a->path);
    free(a->path);
    free(a);
}

size_t agent_pollfds(const struct agent *a, struct pollfd *fds, size_t max)
{
    size_t count = 0;
    if (max < AGENT_CLIENTS_MAX + 1)
        return 0;
    fds[count++] = (struct pollfd){a->fd, POLLIN, 0};
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++) {
        const struct asker *x = &a->askers[i];
        fds[count++] = (struct pollfd){x->fd, (short)(POLLIN | (x->out.len > 0 ? POLLOUT : 0)), 0};
    }
    return count;
}

static void put_line(struct asker *x, const json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    if (text != NULL) {
        buf_put_text(&x->out, text);
        buf_put_u8(&x->out, '\n');
        explicit_bzero(text, strlen(text));
        free(text);
    }
}

void agent_event(struct agent *a, json_t *event)
{
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++)
        if (a->askers[i].fd >= 0 && a->askers[i].follows)
            put_line(&a->askers[i], event);
    json_decref(event);
}

static void accept_one(struct agent *a)
{
    CLEANUP_CLOSE int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
        (peer.uid != 0 && peer.uid != geteuid()))
        return;
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++) {
        struct asker *x = &a->askers[i];
        if (x->fd >= 0)
            continue;
        *x = (struct asker){.fd = TAKE_FD(fd),
                            .in = BUF_INIT_SECRET(LINE_MAX_BYTES),
                            .out = BUF_INIT_SECRET(OUT_MAX_BYTES)};
        return;
    }
}

static void serve_line(struct agent *a, struct asker *x, const char *line, size_t len)
{
    json_error_t error;
    json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error), *answer = NULL;
    const char *verb = json_string_value(json_object_get(request, "do"));
    if (request == NULL) {
        answer = json_pack("{ss}", "error", "not a JSON object in a line");
    } else if (verb != NULL && strcmp(verb, "follow") == 0) {
        x->follows = true;
        answer = json_pack("{sb}", "ok", 1);
    } else {
        answer = command_run(hosted_store(a->device), hosted_device(a->device), &a->clock, request);
    }
    put_line(x, answer);
    json_decref(answer);
    json_decref(request);
}

/* False when the other side is gone or does not keep to the form. */
static bool read_asker(struct agent *a, struct asker *x)
{
    char chunk[16384];
    ssize_t n = read(x->fd, chunk, sizeof chunk);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    buf_put(&x->in, chunk, (size_t)n);
    explicit_bzero(chunk, (size_t)n);
    if (n == 0 || buf_failed(&x->in))
        return false;
    for (;;) {
        const uint8_t *newline = memchr(x->in.data, '\n', x->in.len);
        if (newline == NULL)
            return true;
        size_t len = (size_t)(newline - x->in.data);
        serve_line(a, x, (const char *)x->in.data, len);
        buf_drop(&x->in, len + 1);
        if (x->in.len == 0)
            return true;
    }
}

static bool write_asker(struct asker *x)
{
    while (x->out.len > 0) {
        ssize_t n = send(x->fd, x->out.data, x->out.len, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        buf_drop(&x->out, (size_t)n);
    }
    return !buf_failed(&x->out);
}

void agent_run(struct agent *a, const struct pollfd *fds, size_t count)
{
    if (count < AGENT_CLIENTS_MAX + 1)
        return;
    for (size_t i = 0; i < AGENT_CLIENTS_MAX; i++) {
        struct asker *x = &a->askers[i];
        if (x->fd < 0)
            continue;
        bool good = fds[1 + i].revents == 0 || (fds[1 + i].revents & (POLLIN | POLLHUP)) == 0 ||
                    read_asker(a, x);
        if (!good || !write_asker(x))
            drop_asker(x);
    }
    if (fds[0].revents != 0)
        accept_one(a);
}

const char *agent_progress_text(enum device_progress p)
{
    static const char *const texts[] = {
        [DEVICE_SIGNED] = "signed",   [DEVICE_ARCHIVED] = "archived",
        [DEVICE_OPEN] = "open",       [DEVICE_DELIVERED] = "delivered",
        [DEVICE_DONE] = "done",       [DEVICE_WAITING] = "waiting",
        [DEVICE_STOPPED] = "stopped", [DEVICE_UPLOADING] = "uploading",
    };
    _Static_assert(sizeof texts / sizeof texts[0] == DEVICE_PROGRESSES, "a word for each");
    return texts[p];
}
