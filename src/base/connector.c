#include "base/connector.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/confine.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"

#define WORD "--connector"
#define QUESTION_FD 3
#define PATIENCE_MS 5000
#define CONNECTED 0U
#define NOBODY 1U

struct connector {
    int fd; /* of the other process; -1: connects here */
    char *paths[CONNECTOR_SOCKETS_MAX];
    size_t count;
};

struct connector *connector_new(const char *const *paths, size_t count)
{
    struct connector *c = mem_new(sizeof *c);
    c->fd = -1;
    for (size_t i = 0; i < count && i < CONNECTOR_SOCKETS_MAX; i++)
        if (paths[i] != NULL)
            c->paths[i] = mem_string(paths[i]);
    c->count = count;
    return c;
}

int connector_start(const char *const *paths, size_t count, struct connector **ret, struct diag *d)
{
    const char *argv[2 + CONNECTOR_SOCKETS_MAX + 1] = {process_self(), WORD};
    int pair[2];
    pid_t pid;
    for (size_t i = 0; i < count && i < CONNECTOR_SOCKETS_MAX; i++)
        argv[2 + i] = paths[i];
    if (process_socketpair(pair) < 0)
        return diag_set(d, ERR_IO, "no sockets can be made: %s", strerror(errno));
    struct process p = {.argv = argv, .fds = &pair[1], .fd_count = 1, .out_fd = -1};
    int r = process_start(&p, &pid, d);
    close(pair[1]);
    if (r < 0) {
        close(pair[0]);
        return r;
    }
    *ret = mem_new(sizeof **ret);
    **ret = (struct connector){.fd = pair[0], .count = count};
    return 0;
}

void connector_free(struct connector *c)
{
    if (c == NULL)
        return;
    if (c->fd >= 0)
        close(c->fd);
    for (size_t i = 0; i < CONNECTOR_SOCKETS_MAX; i++)
        free(c->paths[i]);
    free(c);
}

int connector_fd(const struct connector *c)
{
    return c->fd;
}

static int connect_to(const char *path, int *ret)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof a.sun_path)
        return ERR_IO;
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        return ERR_IO;
    *ret = TAKE_FD(fd);
    return 0;
}

/* Room for one descriptor beside the answer's byte. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

/* The descriptor that came with the answer, or an error. */
static int take_answer(int socket)
{
    union control control = {.room = {0}};
    uint8_t answer = NOBODY;
    int fd = ERR_CLOSED;
    struct iovec bytes = {&answer, 1};
    struct msghdr m = {.msg_iov = &bytes,
                       .msg_iovlen = 1,
                       .msg_control = control.room,
                       .msg_controllen = sizeof control.room};
    if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1)
        return ERR_CLOSED;
    if (answer != CONNECTED)
        return ERR_IO;
    const struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    if (h != NULL && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS &&
        h->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(h), sizeof fd);
    return fd;
}

int connector_get(struct connector *c, size_t number, int *ret)
{
    const uint8_t question = (uint8_t)number;
    if (number >= c->count)
        return ERR_IO;
    if (c->fd < 0)
        return connect_to(c->paths[number], ret);
    struct pollfd wait = {.fd = c->fd, .events = POLLIN};
    if (send(c->fd, &question, 1, MSG_NOSIGNAL) != 1)
        return ERR_CLOSED;
    int ready;
    do
        ready = poll(&wait, 1, PATIENCE_MS);
    while (ready < 0 && errno == EINTR);
    int fd = ready == 1 ? take_answer(c->fd) : ERR_CLOSED;
    /* A late answer would be taken for the next one's. */
    if (fd == ERR_CLOSED)
        shutdown(c->fd, SHUT_RDWR);
    if (fd >= 0)
        *ret = fd;
    return fd < 0 ? fd : 0;
}

/* ---- the other process ---- */

bool connector_is_asked_for(int argc, char **argv)
{
    return argc > 2 && strcmp(argv[1], WORD) == 0;
}

static bool answer(int fd)
{
    union control control = {.room = {0}};
    uint8_t byte = (uint8_t)(fd < 0 ? NOBODY : CONNECTED);
    struct iovec bytes = {&byte, 1};
    struct msghdr m = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(h), &fd, sizeof fd);
    }
    return sendmsg(QUESTION_FD, &m, MSG_NOSIGNAL) == 1;
}

/* Until the socket is closed; a number that there is not is the other side's end, too. */
static void answer_all(char **paths, size_t count)
{
    uint8_t number;
    while (read(QUESTION_FD, &number, 1) == 1 && number < count) {
        CLEANUP_CLOSE int fd = -1;
        (void)!connect_to(paths[number], &fd);
        if (!answer(fd))
            break;
    }
}

int connector_main(int argc, char **argv)
{
    struct confine_report report;
    struct diag d;
    /* A terminal's Ctrl-C is for the process that asks: this one ends after it. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    if (confine_daemon(CONFINE_CONNECTOR, NULL, &report, &d) < 0) {
        log_line("%s", d.text);
        return 1;
    }
    answer_all(argv + 2, (size_t)(argc - 2));
    return 0;
}
