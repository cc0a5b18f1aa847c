#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "front/internal.h"

#define ARENA_BYTES (ANSWER_BODY_MAX + 4U * QUESTION_BODY_MAX)

/* On every response. The page gets nothing from elsewhere and runs nothing inline. */
static const char *const headers[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
     "media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    {NULL, NULL},
};

static void put_headers(const struct front *f, struct _u_response *r)
{
    for (size_t i = 0; headers[i][0] != NULL; i++)
        u_map_put(r->map_header, headers[i][0], headers[i][1]);
    if (f->tls)
        u_map_put(r->map_header, "Strict-Transport-Security", "max-age=31536000");
}

static void put_body(struct _u_response *r, unsigned status, const char *type, const char *body,
                     size_t len)
{
    ulfius_set_binary_body_response(r, status, body, len);
    u_map_put(r->map_header, "Content-Type", type);
}

void front_refuse(struct _u_response *r, unsigned status, const char *code, const char *text)
{
    json_t *o = json_pack("{s{ssss}}", "error", "code", code, "text", text);
    CLEANUP_FREE char *body = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    u_map_put(r->map_header, "Cache-Control", "no-store");
    put_body(r, status, "application/json", body, strlen(body));
}

static const char *header(const struct _u_request *q, const char *name)
{
    const char *value = u_map_get_case(q->map_header, name);
    return value == NULL ? "" : value;
}

/* Without TLS only loopback is served, and only under its own names: a page elsewhere may have its
 * name point here. */
static bool host_is_ours(const struct front *f, const struct _u_request *q)
{
    const char *host = header(q, "Host");
    if (f->tls || strcmp(host, f->authority) == 0)
        return true;
    return strncmp(host, "localhost:", 10) == 0 &&
           strcmp(host + 9, strrchr(f->authority, ':')) == 0;
}

/* A browser says where a request comes from: from our own page, or we do not want it. */
static bool origin_is_ours(const struct front *f, const struct _u_request *q)
{
    const char *origin = header(q, "Origin"), *site = header(q, "Sec-Fetch-Site");
    const char *scheme = f->tls ? "https://" : "http://";
    size_t len = strlen(scheme);
    if (site[0] != '\0' && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    return origin[0] == '\0' ||
           (strncmp(origin, scheme, len) == 0 && strcmp(origin + len, header(q, "Host")) == 0);
}

static bool method_of(const char *verb, enum question_method *ret)
{
    static const char *const words[QUESTION_METHODS] = {
        [QUESTION_GET] = "GET",
        [QUESTION_POST] = "POST",
        [QUESTION_PUT] = "PUT",
        [QUESTION_DELETE] = "DELETE",
    };
    for (int i = 0; i < QUESTION_METHODS; i++)
        if (strcmp(verb, words[i]) == 0) {
            *ret = (enum question_method)i;
            return true;
        }
    return false;
}

/* "__Host-": the browser takes it over TLS only, for this host alone. */
static const char *cookie_name(const struct front *f)
{
    return f->tls ? "__Host-ironside" : "ironside";
}

/* False: there are too many. */
static bool take_parameters(const struct _u_request *r, struct question *q)
{
    const char **names = u_map_enum_keys(r->map_url);
    for (; names != NULL && *names != NULL; names++) {
        if (q->parameter_count == QUESTION_PARAMETERS_MAX)
            return false;
        const char *value = u_map_get(r->map_url, *names);
        q->parameters[q->parameter_count++] =
            (struct question_parameter){*names, value == NULL ? "" : value};
    }
    return true;
}

static void peer_of(const struct _u_request *r, char ret[static INET6_ADDRSTRLEN])
{
    const struct sockaddr *a = r->client_address;
    ret[0] = '\0';
    if (a != NULL && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, ret, INET6_ADDRSTRLEN);
    else if (a != NULL && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, ret, INET6_ADDRSTRLEN);
}

static void free_decoded(char **p)
{
    u_free(*p);
}

static void put_cookie(const struct front *f, struct _u_response *r, const char *token)
{
    bool away = strcmp(token, "-") == 0;
    ulfius_add_same_site_cookie_to_response(r, cookie_name(f), away ? "" : token,
                                            away ? "Thu, 01 Jan 1970 00:00:00 GMT" : NULL, 0, NULL,
                                            "/", f->tls, 1, U_COOKIE_SAME_SITE_STRICT);
}

static void put_answer(struct front *f, struct _u_response *r, const struct answer *x)
{
    const char *type = x->type[0] == '\0' ? "application/json" : x->type;
    if (x->type[0] != '\0')
        front_put_foreign(r, x->name);
    if (x->ticket != 0)
        front_stream(f, x, r);
    else
        put_body(r, x->status, type, x->body, x->body_len);
    u_map_put(r->map_header, "Content-Type", type);
}

void front_answer(struct front *f, const struct _u_request *q, struct _u_response *r,
                  const struct answer *x)
{
    u_map_put(r->map_header, "Cache-Control", "no-store");
    if (x->set_session[0] != '\0')
        put_cookie(f, r, x->set_session);
    if (x->etag[0] != '\0')
        u_map_put(r->map_header, "ETag", x->etag);
    if (x->etag[0] != '\0' && strcmp(header(q, "If-None-Match"), x->etag) == 0)
        r->status = MHD_HTTP_NOT_MODIFIED;
    else
        put_answer(f, r, x);
}

void front_refuse_for(struct _u_response *r, int code)
{
    switch (code) {
    case ERR_LIMIT:
        front_refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "too-long",
                     "the request is longer than the desk takes");
        break;
    case ERR_AGAIN:
        u_map_put(r->map_header, "Retry-After", "1");
        front_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
                     "too many questions wait: try again in a moment");
        break;
    case ERR_TIMEOUT:
        front_refuse(r, MHD_HTTP_GATEWAY_TIMEOUT, "timeout",
                     "the index has not answered in time: narrow the question");
        break;
    case ERR_FORMAT:
        front_refuse(r, MHD_HTTP_BAD_REQUEST, "malformed",
                     "the request has a part that is no text");
        break;
    default:
        u_map_put(r->map_header, "Retry-After", "1");
        front_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "away",
                     "the index is starting: try again in a moment");
    }
}

static void ask(struct front *f, const struct _u_request *r, const struct question *q,
                struct _u_response *response)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(ARENA_BYTES);
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(ARENA_BYTES);
    struct answer x;
    int code = exchange_ask(f->exchange, q, FRONT_ANSWER_MS, &body, &arena, &x);
    if (code < 0)
        front_refuse_for(response, code);
    else
        front_answer(f, r, response, &x);
}

static void serve_api(struct front *f, const struct _u_request *r, struct _u_response *response)
{
    char peer[INET6_ADDRSTRLEN];
    CLEANUP(free_decoded) char *path = ulfius_url_decode(r->url_path);
    const char *session = u_map_get(r->map_cookie, cookie_name(f));
    struct question q = {.path = path == NULL ? "" : path,
                         .session = session == NULL ? "" : session,
                         .csrf = header(r, "X-Ironside-CSRF"),
                         .purpose = header(r, "X-Ironside-Purpose"),
                         .peer = peer,
                         .body = r->binary_body_length == 0 ? "" : r->binary_body,
                         .body_len = r->binary_body_length};
    peer_of(r, peer);
    if (!method_of(r->http_verb, &q.method))
        front_refuse(response, MHD_HTTP_METHOD_NOT_ALLOWED, "method",
                     "GET, POST, PUT and DELETE are what there is");
    else if (!origin_is_ours(f, r))
        front_refuse(response, MHD_HTTP_FORBIDDEN, "origin", "the request comes from another page");
    else if (q.body_len > QUESTION_BODY_MAX || !take_parameters(r, &q))
        front_refuse_for(response, ERR_LIMIT);
    else if (q.body_len > 0 && strcmp(header(r, "Content-Type"), "application/json") != 0)
        front_refuse(response, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "type",
                     "bodies are application/json");
    else if (q.method == QUESTION_GET && strcmp(q.path, "/api/events") == 0)
        front_listen(f, r, &q, response);
    else
        ask(f, r, &q, response);
}

/* Who opens the address in a browser is told where they are. */
static void say_no_page(struct _u_response *response)
{
    static const char text[] =
        "This is an Ironside desk. It has no page installed: what it answers "
        "is described at /api/openapi.json.\n";
    put_body(response, MHD_HTTP_OK, "text/plain; charset=utf-8", text, sizeof text - 1);
}

/* What a browser opens that is no file is an address within the page, whose script reads it. */
static const struct page_file *find_file(const struct front *f, const struct _u_request *r)
{
    const struct page_file *file = page_find(f->page, r->url_path);
    if (file != NULL || strstr(header(r, "Accept"), "text/html") == NULL)
        return file;
    return page_find(f->page, "/");
}

static void serve_page(const struct front *f, const struct _u_request *r,
                       struct _u_response *response)
{
    const struct page_file *file = find_file(f, r);
    if (strcmp(r->http_verb, "GET") != 0 && strcmp(r->http_verb, "HEAD") != 0) {
        front_refuse(response, MHD_HTTP_METHOD_NOT_ALLOWED, "method",
                     "the page's files are only read");
    } else if (file == NULL && strcmp(r->url_path, "/") == 0) {
        say_no_page(response);
    } else if (file == NULL) {
        front_refuse(response, MHD_HTTP_NOT_FOUND, "not-found", "there is nothing of this name");
    } else {
        u_map_put(response->map_header, "ETag", file->etag);
        u_map_put(response->map_header, "Cache-Control",
                  page_file_settled(file) ? "public, max-age=31536000, immutable" : "no-cache");
        if (strcmp(header(r, "If-None-Match"), file->etag) == 0)
            response->status = MHD_HTTP_NOT_MODIFIED;
        else
            put_body(response, MHD_HTTP_OK, file->type, file->data, file->len);
    }
}

int front_http(const struct _u_request *request, struct _u_response *response, void *context)
{
    struct front *f = context;
    put_headers(f, response);
    if (!host_is_ours(f, request))
        front_refuse(response, MHD_HTTP_MISDIRECTED_REQUEST, "host",
                     "this desk is not known under that name");
    else if (strncmp(request->url_path, "/api/", 5) == 0)
        serve_api(f, request, response);
    else
        serve_page(f, request, response);
    return U_CALLBACK_COMPLETE;
}
