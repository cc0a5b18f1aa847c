#include "network/admin.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/memory.h"
#include "wire/value.h"

enum { HTTP_OK = 200, HTTP_NOT_FOUND = 404, HTTP_CONFLICT = 409 };

#define TIMEOUT_MS 10000L
#define REQUEST_MAX 8192
#define ANSWER_MAX (4U << 20)

struct admin {
    char *socket_path;
    char *domain;
    struct connector *connector; /* NULL: connects itself */
    size_t socket;
    bool connected; /* the last socket was when curl got it */
    CURL *curl;     /* NULL until the first call */
};

struct answer {
    long status;
    struct buf body;
};
#define ANSWER_INIT                                                                                \
    {                                                                                              \
        .body = BUF_INIT(ANSWER_MAX)                                                               \
    }

static void answer_clear(struct answer *x)
{
    buf_clear(&x->body);
}
#define CLEANUP_ANSWER CLEANUP(answer_clear)

struct admin *admin_new(const char *socket_path, const char *domain)
{
    struct admin *a = mem_new(sizeof *a);
    a->socket_path = mem_string(socket_path);
    a->domain = mem_string(domain);
    return a;
}

void admin_free(struct admin *a)
{
    if (a == NULL)
        return;
    curl_easy_cleanup(a->curl);
    free(a->socket_path);
    free(a->domain);
    free(a);
}

void admin_connect_by(struct admin *a, struct connector *connector, size_t socket)
{
    a->connector = connector;
    a->socket = socket;
}

/* curl 7.88 connects what it was told is connected. A confined process is refused that in a way
 * which curl takes for a connection under way (base/confine.c); elsewhere it would be an error. */
static bool connecting_is_refused(int fd)
{
    const struct sockaddr_un nowhere = {.sun_family = AF_UNIX};
    return connect(fd, (const struct sockaddr *)&nowhere, sizeof nowhere.sun_family) != 0 &&
           errno == EINPROGRESS;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct admin *a = context;
    int fd;
    (void)purpose;
    if (connector_get(a->connector, a->socket, &fd) < 0)
        return CURL_SOCKET_BAD;
    a->connected = connecting_is_refused(fd);
    if (a->connected)
        return fd;
    close(fd);
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_opened(void *context, curl_socket_t fd, curlsocktype purpose)
{
    const struct admin *a = context;
    (void)fd, (void)purpose;
    return a->connected ? CURL_SOCKOPT_ALREADY_CONNECTED : CURL_SOCKOPT_OK;
}

static bool set_connector(struct admin *a, CURL *c)
{
    return a->connector == NULL ||
           (curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open) == CURLE_OK &&
            curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, a) == CURLE_OK &&
            curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, on_opened) == CURLE_OK &&
            curl_easy_setopt(c, CURLOPT_SOCKOPTDATA, a) == CURLE_OK);
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct buf *b = context;
    buf_put(b, data, size * count);
    return buf_failed(b) ? 0 : size * count;
}

/* The options that all calls share. A proxy from the environment is not asked. */
static bool set_up(struct admin *a)
{
    if (a->curl != NULL)
        return true;
    CURL *c = curl_easy_init();
    if (c == NULL)
        return false;
    if (curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, a->socket_path) != CURLE_OK ||
        curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK ||
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
        curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, TIMEOUT_MS) != CURLE_OK ||
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK || !set_connector(a, c)) {
        curl_easy_cleanup(c);
        return false;
    }
    a->curl = c;
    return true;
}

static int call_failed(const struct admin *a, CURLcode code, struct diag *d)
{
    if (code == CURLE_OPERATION_TIMEDOUT)
        return diag_set(d, ERR_TIMEOUT, "ejabberd does not answer on %s", a->socket_path);
    return diag_set(d, ERR_IO, "cannot ask ejabberd on %s: %s", a->socket_path,
                    curl_easy_strerror(code));
}

static int call(struct admin *a, const char *command, struct buf *request, struct answer *ret,
                struct diag *d)
{
    if (buf_failed(request))
        return diag_set(d, ERR_FORMAT, "ejabberd %s: the request is too long", command);
    if (!set_up(a))
        return diag_set(d, ERR_IO, "cannot start libcurl");
    CLEANUP_FREE char *url = mem_format("http://localhost/api/%s", command);
    buf_reset(&ret->body);
    if (curl_easy_setopt(a->curl, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(a->curl, CURLOPT_POSTFIELDSIZE, (long)request->len) != CURLE_OK ||
        curl_easy_setopt(a->curl, CURLOPT_POSTFIELDS, request->data) != CURLE_OK ||
        curl_easy_setopt(a->curl, CURLOPT_WRITEDATA, &ret->body) != CURLE_OK)
        return diag_set(d, ERR_IO, "cannot prepare a call of ejabberd %s", command);
    CURLcode code = curl_easy_perform(a->curl);
    if (code != CURLE_OK)
        return call_failed(a, code, d);
    if (curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &ret->status) != CURLE_OK)
        return diag_set(d, ERR_FORMAT, "ejabberd %s: an answer without a status", command);
    return 0;
}

static int unexpected(const char *command, struct answer *answer, struct diag *d)
{
    return diag_set(d, ERR_FORMAT, "ejabberd %s: status %ld: %.200s", command, answer->status,
                    buf_text(&answer->body));
}

/* Begins the request {"user":…,"host":… whose form leaves nothing to escape; the caller adds more
 * members and the brace. */
static int begin(struct admin *a, struct buf *request, const char *handle, struct diag *d)
{
    if (!value_handle_valid(handle))
        return diag_set(d, ERR_FORMAT, "'%s' is not a handle", handle);
    buf_format(request, "{\"user\":\"%s\",\"host\":\"%s\"", handle, a->domain);
    return 0;
}

static int put_password(struct buf *request, const char *member, const char *password,
                        struct diag *d)
{
    for (const char *p = password; *p != '\0'; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')))
            return diag_set(d, ERR_FORMAT, "a password of other than letters and digits");
    buf_format(request, ",\"%s\":\"", member);
    buf_put_text(request, password); /* not through buf_format: it would leave copies */
    buf_put_text(request, "\"}");
    return 0;
}

/* ejabberd confirms what lies in a buffer of its database for some seconds, and forgets that when
 * it is killed: what others count on is confirmed a second time, on its disk. */
static int sync_to_disk(struct admin *a, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    CLEANUP_BUF struct buf request = BUF_INIT(REQUEST_MAX);
    buf_put_text(&request, "{}");
    int r = call(a, "sync_to_disk", &request, &answer, d);
    if (r == 0 && (answer.status != HTTP_OK || strcmp(buf_text(&answer.body), "0") != 0))
        r = unexpected("sync_to_disk", &answer, d);
    return r;
}

static int password_call(struct admin *a, const char *command, const char *handle,
                         const char *member, const char *password, struct answer *ret,
                         struct diag *d)
{
    CLEANUP_BUF struct buf request = BUF_INIT_SECRET(REQUEST_MAX);
    int r = begin(a, &request, handle, d);
    if (r == 0)
        r = put_password(&request, member, password, d);
    return r < 0 ? r : call(a, command, &request, ret, d);
}

int admin_register(struct admin *a, const char *handle, const char *password, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    int r = password_call(a, "register", handle, "password", password, &answer, d);
    if (r == 0 && answer.status == HTTP_CONFLICT)
        r = diag_set(d, ERR_EXISTS, "the server has an account %s already", handle);
    else if (r == 0 && answer.status != HTTP_OK)
        r = unexpected("register", &answer, d);
    return r < 0 ? r : sync_to_disk(a, d);
}

int admin_change_password(struct admin *a, const char *handle, const char *password, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    int r = password_call(a, "change_password", handle, "newpass", password, &answer, d);
    if (r == 0 && answer.status == HTTP_NOT_FOUND)
        r = diag_set(d, ERR_NOT_FOUND, "the server has no account %s", handle);
    else if (r == 0 && (answer.status != HTTP_OK || strcmp(buf_text(&answer.body), "0") != 0))
        r = unexpected("change_password", &answer, d);
    return r < 0 ? r : sync_to_disk(a, d);
}

int admin_unregister(struct admin *a, const char *handle, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    CLEANUP_BUF struct buf request = BUF_INIT(REQUEST_MAX);
    int r = begin(a, &request, handle, d);
    buf_put_u8(&request, '}');
    if (r == 0)
        r = call(a, "unregister", &request, &answer, d);
    if (r == 0 && answer.status != HTTP_OK)
        r = unexpected("unregister", &answer, d);
    return r < 0 ? r : sync_to_disk(a, d);
}

void admin_sessions_clear(struct admin_sessions *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->list[i].resource);
        free(s->list[i].address);
    }
    free(s->list);
    *s = (struct admin_sessions){0};
}

static int read_sessions(struct answer *answer, struct admin_sessions *ret, struct diag *d)
{
    json_t *list = json_loadb((const char *)answer->body.data, answer->body.len, 0, NULL);
    struct admin_sessions s = {0};
    if (answer->status != HTTP_OK || !json_is_array(list)) {
        json_decref(list);
        return unexpected("user_sessions_info", answer, d);
    }
    s.list = mem_array(json_array_size(list) + 1, sizeof *s.list);
    int r = 0;
    for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        const char *resource = json_string_value(json_object_get(o, "resource"));
        const char *address = json_string_value(json_object_get(o, "ip"));
        if (resource == NULL || address == NULL)
            r = unexpected("user_sessions_info", answer, d);
        else
            s.list[s.count++] = (struct admin_session){mem_string(resource), mem_string(address)};
    }
    json_decref(list);
    if (r == 0)
        *ret = s;
    else
        admin_sessions_clear(&s);
    return r;
}

int admin_sessions(struct admin *a, const char *handle, struct admin_sessions *ret, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    CLEANUP_BUF struct buf request = BUF_INIT(REQUEST_MAX);
    int r = begin(a, &request, handle, d);
    buf_put_u8(&request, '}');
    if (r == 0)
        r = call(a, "user_sessions_info", &request, &answer, d);
    if (r == 0)
        r = read_sessions(&answer, ret, d);
    return r;
}

static int end_session(struct admin *a, const char *handle, const char *resource, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    CLEANUP_BUF struct buf request = BUF_INIT(REQUEST_MAX);
    json_t *o = json_pack("{ss ss ss ss}", "user", handle, "host", a->domain, "resource", resource,
                          "reason", "the account has a new device");
    char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (text == NULL)
        return diag_set(d, ERR_FORMAT, "a session of %s has a name that is not text", handle);
    buf_put_text(&request, text);
    free(text);
    int r = call(a, "kick_session", &request, &answer, d);
    if (r == 0 && answer.status != HTTP_OK)
        r = unexpected("kick_session", &answer, d);
    return r;
}

int admin_end_sessions(struct admin *a, const char *handle, const char *keep, struct diag *d)
{
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    int r = admin_sessions(a, handle, &s, d);
    for (size_t i = 0; r == 0 && i < s.count; i++)
        if (keep == NULL || strcmp(s.list[i].resource, keep) != 0)
            r = end_session(a, handle, s.list[i].resource, d);
    return r;
}

int admin_set_loglevel(struct admin *a, const char *level, struct diag *d)
{
    CLEANUP_ANSWER struct answer answer = ANSWER_INIT;
    CLEANUP_BUF struct buf request = BUF_INIT(REQUEST_MAX);
    if (strcmp(level, "warning") != 0 && strcmp(level, "debug") != 0)
        return diag_set(d, ERR_FORMAT, "'%s' is not a log level: warning or debug", level);
    buf_format(&request, "{\"loglevel\":\"%s\"}", level);
    int r = call(a, "set_loglevel", &request, &answer, d);
    if (r == 0 && answer.status != HTTP_OK)
        r = unexpected("set_loglevel", &answer, d);
    return r;
}
