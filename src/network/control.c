#include "network/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "network/layout.h"

static int not_running(const char *dir, struct diag *d)
{
    return diag_set(d, ERR_NOT_FOUND, "the network is not running: start it with 'ironside up %s'",
                    dir);
}

static int open_socket(const char *dir, int *ret, struct diag *d)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_REGISTRAR_SOCKET);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = CONTROL_TIMEOUT_MS / 1000};
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
        return diag_set(d, ERR_IO, "cannot make a socket: %s", strerror(errno));
    if (strlen(path) >= sizeof a.sun_path)
        return diag_set(d, ERR_LIMIT, "%s is too long for a socket's path", path);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return not_running(dir, d);
        return diag_set(d, errno == EAGAIN ? ERR_TIMEOUT : ERR_IO, "cannot connect to %s: %s", path,
                        strerror(errno));
    }
    *ret = TAKE_FD(fd);
    return 0;
}

/* What it is told may be an account's secrets: all of it is wiped. */
static int exchange(int fd, struct buf *request, struct buf *answer, struct diag *d)
{
    for (size_t at = 0; at < request->len;) {
        ssize_t n = send(fd, request->data + at, request->len - at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break; /* the other side may have refused us: its line says why */
        at += (size_t)n;
    }
    while (answer->len == 0 || answer->data[answer->len - 1] != '\n') {
        char chunk[16384];
        ssize_t n = recv(fd, chunk, sizeof chunk, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != ECONNRESET)
            return diag_set(d, errno == EAGAIN ? ERR_TIMEOUT : ERR_IO,
                            "the registrar does not answer: %s", strerror(errno));
        if (n <= 0)
            return diag_set(d, ERR_CLOSED, "the registrar ended the connection");
        buf_put(answer, chunk, (size_t)n);
        secret_wipe(chunk, (size_t)n);
        if (buf_failed(answer))
            return diag_set(d, ERR_LIMIT, "the registrar's answer is too long");
    }
    return 0;
}

static int read_answer(struct buf *answer, json_t **ret, struct diag *d)
{
    json_t *o = json_loadb((const char *)answer->data, answer->len, JSON_REJECT_DUPLICATES, NULL);
    const char *error = json_string_value(json_object_get(o, "error"));
    int r = 0;
    if (error != NULL)
        r = diag_set(d, ERR_INVALID_STATE, "%s", error);
    else if (!json_is_true(json_object_get(o, "ok")))
        r = diag_set(d, ERR_FORMAT, "the registrar's answer is not understood");
    if (r < 0)
        json_decref(o);
    else
        *ret = o;
    return r;
}

int control_ask(const char *dir, json_t *request, json_t **ret, struct diag *d)
{
    CLEANUP_BUF struct buf out = BUF_INIT_SECRET(CONTROL_REQUEST_MAX);
    CLEANUP_BUF struct buf in = BUF_INIT_SECRET(CONTROL_ANSWER_MAX);
    CLEANUP_CLOSE int fd = -1;
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (text == NULL)
        return diag_set(d, ERR_FORMAT, "the request is not text");
    buf_put_text(&out, text);
    buf_put_u8(&out, '\n');
    secret_wipe(text, strlen(text));
    free(text);
    if (buf_failed(&out))
        return diag_set(d, ERR_LIMIT, "the request is too long");
    int r = open_socket(dir, &fd, d);
    if (r == 0)
        r = exchange(fd, &out, &in, d);
    return r < 0 ? r : read_answer(&in, ret, d);
}
