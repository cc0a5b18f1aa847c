#include <curl/curl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "front/internal.h"

#define FRAME_MAX (ANSWER_BODY_MAX + 64U * 1024)
#define LINES_MAX 65536U

/* A front and the index at its other end, which answers each question with what it was asked. */
struct world {
    struct front *front;
    struct channel index;
    int folder_made;
    char folder[64];
    volatile int told_to_end;
    volatile bool silent; /* the index does not answer */
    volatile bool gone;
    volatile bool breaks;  /* a large file's second half cannot be had */
    size_t given;          /* of a large file */
    volatile bool telling; /* an event each moment */
    unsigned asked_who;    /* how often who has a session was asked */
    unsigned ends_after;   /* so many times; 0: never */
    const char *then;      /* which role they have afterwards; NULL: they are signed out */
    pthread_t pump, answering;
    CURL *curl;
    struct buf body, lines;
    struct curl_slist *headers;
};

static json_t *told(const struct question *q)
{
    json_t *parameters = json_object();
    for (size_t i = 0; i < q->parameter_count; i++)
        json_object_set_new(parameters, q->parameters[i].name, json_string(q->parameters[i].value));
    return json_pack("{si ss so ss ss ss ss si}", "method", q->method, "path", q->path,
                     "parameters", parameters, "session", q->session, "csrf", q->csrf, "purpose",
                     q->purpose, "peer", q->peer, "len", (int)q->body_len);
}

/* A session's token is its user's name, which begins with the role: "reviewer-1". */
static char *tell_who(struct world *w, const char *token, unsigned *status)
{
    bool later = w->ends_after > 0 && ++w->asked_who > w->ends_after;
    const char *role = later ? w->then : token;
    if (role == NULL || role[0] == '\0') {
        *status = 401;
        return mem_string("{\"error\":{\"code\":\"session\",\"text\":\"\"}}");
    }
    return mem_format("{\"user\":\"%s\",\"role\":\"%.*s\",\"csrf\":\"c\"}", token,
                      (int)strcspn(role, "-"), role);
}

static char *tell(struct world *w, const struct question *q, unsigned *status)
{
    if (strcmp(q->path, "/api/session") == 0)
        return tell_who(w, q->session, status);
    json_t *o = told(q);
    char *body = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return body;
}

#define LARGE 2500000U /* bytes of the file at /api/large */
#define PIECE 200000U

static void put_piece(struct world *w, uint64_t number, const char *type)
{
    size_t left = LARGE - w->given, len = left < PIECE ? left : PIECE;
    CLEANUP_FREE char *bytes = mem_new(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)((w->given + i) % 251);
    w->given += len;
    const struct answer x = {.number = number,
                             .status = w->breaks && w->given > LARGE / 2 ? 502 : 200,
                             .etag = "",
                             .set_session = "",
                             .type = type,
                             .name = "käse \"1\".bin",
                             .size = LARGE,
                             .ticket = w->given < LARGE ? 77 : 0,
                             .body = bytes,
                             .body_len = len};
    assert_int_equal(answer_put(channel_begin(&w->index, FRONT_ANSWER), &x), 0);
    assert_int_equal(channel_end(&w->index), 0);
}

static void answer_more(struct world *w, const struct frame *f)
{
    struct more m;
    struct cursor c = cursor_over(f->body, f->len);
    assert_int_equal(more_get(&c, &m), 0);
    assert_int_equal(m.ticket, 77);
    put_piece(w, m.number, "image/png");
}

/* Paths of the test's own say what the answer is like. */
static void answer(struct world *w, const struct frame *f)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(2 * QUESTION_BODY_MAX);
    struct question q;
    struct cursor c = cursor_over(f->body, f->len);
    assert_int_equal(f->type, FRONT_QUESTION);
    assert_int_equal(question_get(&c, &arena, &q), 0);
    if (strcmp(q.path, "/api/large") == 0) {
        w->given = 0;
        put_piece(w, q.number, "image/png");
        return;
    }
    unsigned status = 200;
    CLEANUP_FREE char *body = tell(w, &q, &status);
    struct answer x = {.number = q.number,
                       .status = status,
                       .etag = "",
                       .set_session = "",
                       .type = "",
                       .name = "",
                       .body = body,
                       .body_len = strlen(body)};
    if (strcmp(q.path, "/api/in") == 0)
        x.set_session = "token-1";
    if (strcmp(q.path, "/api/out") == 0)
        x.set_session = "-";
    if (strcmp(q.path, "/api/tagged") == 0)
        x.etag = "\"e1\"";
    if (strcmp(q.path, "/api/refused") == 0)
        x.status = 403;
    if (strcmp(q.path, "/api/picture") == 0)
        x.type = "image/jpeg";
    assert_int_equal(answer_put(channel_begin(&w->index, FRONT_ANSWER), &x), 0);
    assert_int_equal(channel_end(&w->index), 0);
}

static void *answering(void *context)
{
    struct world *w = context;
    struct frame f;
    while (!w->gone) {
        poll(&(struct pollfd){.fd = w->index.fd, .events = POLLIN}, 1, 10);
        int r = channel_fill(&w->index);
        if (r < 0 && r != ERR_AGAIN)
            break;
        while (channel_next(&w->index, &f) == 0)
            if (!w->silent && f.type == FRONT_MORE)
                answer_more(w, &f);
            else if (!w->silent)
                answer(w, &f);
        if (w->telling)
            (void)!channel_send(&w->index, FRONT_EVENT, "{\"messages\":3}", 14);
        while (channel_flush(&w->index) == ERR_AGAIN)
            poll(NULL, 0, 1);
    }
    return NULL;
}

static void *pumping(void *context)
{
    struct world *w = context;
    assert_int_equal(front_run(w->front, &w->told_to_end, NULL), 0);
    return NULL;
}

static int open_front(void **state, bool page)
{
    struct world *w = mem_new(sizeof *w);
    int fds[2];
    struct diag d = {.text = ""};
    strcpy(w->folder, "/tmp/front-test.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    CLEANUP_FREE char *index = file_join(w->folder, "index.html");
    CLEANUP_FREE char *hidden = file_join(w->folder, ".hidden.html");
    assert_int_equal(file_write(index, "<p>desk", 7, 0600, NULL), 0);
    assert_int_equal(file_write(hidden, "x", 1, 0600, NULL), 0);
    assert_int_equal(process_socketpair(fds), 0);
    assert_int_equal(channel_init(&w->index, fds[1], FRAME_MAX, 2 * FRAME_MAX), 0);
    struct front_options o = {
        .address = "127.0.0.1", .page = page ? w->folder : NULL, .index_fd = fds[0]};
    if (front_start(&o, &w->front, &d) < 0)
        fail_msg("%s", d.text);
    w->body = (struct buf)BUF_INIT(ANSWER_BODY_MAX);
    w->lines = (struct buf)BUF_INIT(LINES_MAX);
    w->curl = curl_easy_init();
    pthread_create(&w->pump, NULL, pumping, w);
    pthread_create(&w->answering, NULL, answering, w);
    *state = w;
    return 0;
}

static int open_world(void **state)
{
    return open_front(state, true);
}

static int open_without_page(void **state)
{
    return open_front(state, false);
}

static int close_world(void **state)
{
    struct world *w = *state;
    w->gone = true;
    pthread_join(w->answering, NULL);
    w->told_to_end = 1;
    pthread_join(w->pump, NULL);
    front_free(w->front);
    channel_clear(&w->index);
    curl_easy_cleanup(w->curl);
    curl_slist_free_all(w->headers);
    buf_clear(&w->body);
    buf_clear(&w->lines);
    assert_int_equal(file_remove_tree(w->folder, NULL), 0);
    free(w);
    return 0;
}

static size_t keep(char *data, size_t one, size_t count, void *to)
{
    buf_put(to, data, one * count);
    return one * count;
}

/* A request to the front; its status. Headers that were added with `add` count for this one. */
static long ask(struct world *w, const char *method, const char *path, const char *body)
{
    long status = 0;
    CLEANUP_FREE char *url = mem_format("http://127.0.0.1:%u%s", front_port(w->front), path);
    buf_reset(&w->body);
    buf_reset(&w->lines);
    curl_easy_reset(w->curl);
    curl_easy_setopt(w->curl, CURLOPT_URL, url);
    curl_easy_setopt(w->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(w->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &w->body);
    curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, &w->lines);
    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, w->headers);
    curl_easy_setopt(w->curl, CURLOPT_TIMEOUT_MS, 20000L);
    if (body != NULL) {
        curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    }
    assert_int_equal(curl_easy_perform(w->curl), CURLE_OK);
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(w->headers);
    w->headers = NULL;
    return status;
}

static void add(struct world *w, const char *header)
{
    w->headers = curl_slist_append(w->headers, header);
}

static json_t *body_of(struct world *w)
{
    json_t *o = json_loads(buf_text(&w->body), 0, NULL);
    assert_non_null(o);
    return o;
}

static void assert_code(struct world *w, const char *code)
{
    json_t *o = body_of(w);
    assert_string_equal(json_string_value(json_object_get(json_object_get(o, "error"), "code")),
                        code);
    json_decref(o);
}

static void assert_told(struct world *w, const char *member, const char *value)
{
    json_t *o = body_of(w);
    assert_string_equal(json_string_value(json_object_get(o, member)), value);
    json_decref(o);
}

static void front__api__hands_over_what_was_asked(void **state)
{
    struct world *w = *state;
    add(w, "Cookie: ironside=abc; other=1");
    add(w, "X-Ironside-CSRF: c1");
    add(w, "X-Ironside-Purpose: case 7");
    assert_int_equal(ask(w, "GET", "/api/people/anna%40chat?q=the%20pier", NULL), 200);
    assert_told(w, "path", "/api/people/anna@chat");
    assert_told(w, "session", "abc");
    assert_told(w, "csrf", "c1");
    assert_told(w, "purpose", "case 7");
    assert_told(w, "peer", "127.0.0.1");
    json_t *o = body_of(w);
    assert_string_equal(json_string_value(json_object_get(json_object_get(o, "parameters"), "q")),
                        "the pier");
    json_decref(o);
    assert_int_equal(ask(w, "GET", "/api/refused", NULL), 403);
}

static void front__api__sets_and_takes_the_cookie(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "POST", "/api/in", NULL), 200);
    const char *lines = buf_text(&w->lines),
               *cookie = strstr(lines, "Set-Cookie: ironside=token-1");
    assert_non_null(cookie);
    assert_non_null(strstr(cookie, "HttpOnly"));
    assert_non_null(strstr(cookie, "SameSite=Strict"));
    assert_non_null(strstr(lines, "Cache-Control: no-store"));
    assert_int_equal(ask(w, "POST", "/api/out", NULL), 200);
    assert_non_null(strstr(buf_text(&w->lines), "1970"));
}

static void front__api__etag_that_matches_has_no_body(void **state)
{
    struct world *w = *state;
    add(w, "If-None-Match: \"e1\"");
    assert_int_equal(ask(w, "GET", "/api/tagged", NULL), 304);
    assert_int_equal(w->body.len, 0);
    add(w, "If-None-Match: \"e2\"");
    assert_int_equal(ask(w, "GET", "/api/tagged", NULL), 200);
}

/* A page that is shown a file's address can run nothing of it. */
static void front__api__gives_foreign_bytes_under_a_wall(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "GET", "/api/picture", NULL), 200);
    const char *lines = buf_text(&w->lines);
    assert_non_null(strstr(lines, "Content-Type: image/jpeg"));
    assert_non_null(strstr(lines, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(lines, "Content-Security-Policy: default-src 'none'; sandbox;"));
    assert_non_null(strstr(lines, "Content-Disposition: inline"));
    assert_non_null(strstr(lines, "Cache-Control: no-store"));
}

static void front__api__streams_what_comes_in_pieces(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "GET", "/api/large", NULL), 200);
    assert_int_equal(w->body.len, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        if (w->body.data[i] != i % 251)
            fail_msg("byte %zu is another", i);
    const char *lines = buf_text(&w->lines);
    assert_non_null(strstr(lines, "Content-Length: 2500000"));
    assert_non_null(strstr(lines, "Content-Disposition: attachment; "
                                  "filename*=UTF-8''k%C3%A4se%20%221%22.bin"));
    assert_non_null(strstr(lines, "sandbox"));
}

/* Whoever gets half of a file can tell. */
static void front__api__breaks_off_where_a_piece_is_missing(void **state)
{
    struct world *w = *state;
    CLEANUP_FREE char *url = mem_format("http://127.0.0.1:%u/api/large", front_port(w->front));
    w->breaks = true;
    curl_easy_setopt(w->curl, CURLOPT_URL, url);
    curl_easy_setopt(w->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &w->body);
    assert_int_equal(curl_easy_perform(w->curl), CURLE_PARTIAL_FILE);
    assert_true(w->body.len < LARGE);
}

static void front__api__refuses_other_pages_and_names(void **state)
{
    struct world *w = *state;
    CLEANUP_FREE char *own = mem_format("Origin: http://127.0.0.1:%u", front_port(w->front));
    CLEANUP_FREE char *local = mem_format("Host: localhost:%u", front_port(w->front));
    add(w, "Host: evil.example");
    assert_int_equal(ask(w, "GET", "/api/x", NULL), 421);
    assert_code(w, "host");
    add(w, "Origin: http://evil.example");
    assert_int_equal(ask(w, "POST", "/api/x", NULL), 403);
    add(w, "Sec-Fetch-Site: cross-site");
    assert_int_equal(ask(w, "GET", "/api/x", NULL), 403);
    assert_code(w, "origin");
    add(w, own);
    add(w, "Sec-Fetch-Site: same-origin");
    assert_int_equal(ask(w, "POST", "/api/x", NULL), 200);
    add(w, local);
    assert_int_equal(ask(w, "GET", "/api/x", NULL), 200);
}

static void front__api__refuses_what_has_no_form(void **state)
{
    struct world *w = *state;
    CLEANUP_FREE char *path = mem_format("/api/%0600u", 7U);
    assert_int_equal(ask(w, "PATCH", "/api/x", NULL), 405);
    add(w, "Content-Type: text/plain");
    assert_int_equal(ask(w, "POST", "/api/x", "{}"), 415);
    add(w, "Content-Type: application/json");
    assert_int_equal(ask(w, "POST", "/api/x", "{}"), 200);
    assert_int_equal(ask(w, "GET", path, NULL), 413);
    assert_code(w, "too-long");
}

static void front__api__takes_a_body_up_to_its_limit(void **state)
{
    struct world *w = *state;
    CLEANUP_FREE char *body = mem_new(QUESTION_BODY_MAX + 2);
    memset(body, ' ', QUESTION_BODY_MAX);
    add(w, "Content-Type: application/json");
    assert_int_equal(ask(w, "POST", "/api/x", body), 200);
    json_t *o = body_of(w);
    assert_int_equal(json_integer_value(json_object_get(o, "len")), QUESTION_BODY_MAX);
    json_decref(o);
    body[QUESTION_BODY_MAX] = ' ';
    add(w, "Content-Type: application/json");
    assert_int_equal(ask(w, "POST", "/api/x", body), 413);
}

static void front__api__says_that_the_index_is_away(void **state)
{
    struct world *w = *state;
    w->silent = true;
    pthread_t asking = w->answering;
    w->gone = true;
    pthread_join(asking, NULL);
    channel_clear(&w->index);
    assert_int_equal(ask(w, "GET", "/api/x", NULL), 503);
    assert_code(w, "away");
    assert_int_equal(process_socketpair((int[2]){0, 0}), 0);
    pthread_create(&w->answering, NULL, answering, w); /* ends at once */
}

static void front__page__serves_its_files_alone(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "GET", "/", NULL), 200);
    assert_string_equal(buf_text(&w->body), "<p>desk");
    assert_non_null(strstr(buf_text(&w->lines), "Content-Type: text/html"));
    assert_non_null(strstr(buf_text(&w->lines), "Content-Security-Policy: default-src 'none'"));
    assert_int_equal(ask(w, "GET", "/.hidden.html", NULL), 404);
    assert_int_equal(ask(w, "GET", "/../etc/passwd", NULL), 404);
    assert_int_equal(ask(w, "POST", "/", NULL), 405);
}

static void front__page__addresses_within_it_are_its_own(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "GET", "/people/anna@chat.example", NULL), 404);
    add(w, "Accept: text/html,application/xhtml+xml");
    assert_int_equal(ask(w, "GET", "/people/anna@chat.example", NULL), 200);
    assert_string_equal(buf_text(&w->body), "<p>desk");
    assert_non_null(strstr(buf_text(&w->lines), "Cache-Control: no-cache"));
    add(w, "Accept: text/html");
    assert_int_equal(ask(w, "GET", "/api/nothing/such", NULL), 200);
    assert_string_not_equal(buf_text(&w->body), "<p>desk");
}

static void front__page__none_says_where_one_is(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, "GET", "/", NULL), 200);
    assert_non_null(strstr(buf_text(&w->body), "/api/openapi.json"));
    assert_int_equal(ask(w, "GET", "/index.html", NULL), 404);
}

/* Ends the transfer at the first event. */
static size_t until_event(char *data, size_t one, size_t count, void *to)
{
    buf_put(to, data, one * count);
    return strstr(buf_text(to), "\n\n") == NULL ? one * count : 0;
}

static void prepare_listener(struct world *w, CURL *c, const char *as, struct buf *to)
{
    CLEANUP_FREE char *url = mem_format("http://127.0.0.1:%u/api/events", front_port(w->front));
    CLEANUP_FREE char *cookie = mem_format("ironside=%s", as);
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_COOKIE, cookie);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, to);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 10000L);
}

/* Listens until the first event or the refusal; its status. */
static long listen_as(struct world *w, const char *as)
{
    long status = 0;
    buf_reset(&w->body);
    prepare_listener(w, w->curl, as, &w->body);
    curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, until_event);
    CURLcode code = curl_easy_perform(w->curl);
    assert_true(code == CURLE_OK || code == CURLE_WRITE_ERROR);
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void front__events__come_as_they_happen(void **state)
{
    struct world *w = *state;
    w->telling = true;
    assert_int_equal(listen_as(w, "reviewer-1"), 200);
    assert_string_equal(buf_text(&w->body), "data: {\"messages\":3}\n\n");
    assert_int_equal(listen_as(w, "supervisor-1"), 200);
    assert_string_equal(buf_text(&w->body), "data: {\"messages\":3}\n\n");
}

static void front__events__are_for_who_may_look(void **state)
{
    struct world *w = *state;
    w->telling = true;
    assert_int_equal(listen_as(w, ""), 401);
    assert_code(w, "session");
    for (size_t i = 0; i < 4; i++) {
        static const char *const others[] = {"auditor-1", "administrator-1", "filter-1",
                                             "defence-1"};
        assert_int_equal(listen_as(w, others[i]), 403);
        assert_code(w, "role");
    }
}

static void front__events__do_not_come_while_the_index_is_away(void **state)
{
    struct world *w = *state;
    w->telling = true;
    exchange_end(w->front->exchange);
    assert_int_equal(listen_as(w, "reviewer-1"), 503);
    assert_code(w, "away");
}

/* Listens until the front ends it, which it does at the fourth time that it asks. */
static void assert_ends(struct world *w, const char *then)
{
    long status = 0;
    w->front->again_ms = 50;
    w->asked_who = 0;
    w->ends_after = 3;
    w->then = then;
    buf_reset(&w->body);
    prepare_listener(w, w->curl, "reviewer-1", &w->body);
    assert_int_equal(curl_easy_perform(w->curl), CURLE_OK);
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    assert_int_equal(status, 200);
    assert_int_equal(w->asked_who, 4);
    assert_non_null(strstr(buf_text(&w->body), w->telling ? "data: " : ": still here"));
}

static void front__events__end_with_the_session_or_the_role(void **state)
{
    struct world *w = *state;
    assert_ends(w, NULL);
    assert_ends(w, "auditor-1");
    w->telling = true;
    assert_ends(w, NULL);
}

/* As many of one user as may be, each with its first event. */
static void listen_with(struct world *w, CURLM *m, CURL **handles, struct buf *bodies)
{
    int running, heard = 0;
    for (int i = 0; i < FRONT_LISTENERS_OF_ONE; i++) {
        bodies[i] = (struct buf)BUF_INIT(ANSWER_BODY_MAX);
        handles[i] = curl_easy_init();
        prepare_listener(w, handles[i], "reviewer-1", &bodies[i]);
        curl_multi_add_handle(m, handles[i]);
    }
    for (int turn = 0; heard < FRONT_LISTENERS_OF_ONE && turn < 1000; turn++) {
        curl_multi_perform(m, &running);
        curl_multi_poll(m, NULL, 0, 10, NULL);
        for (int i = heard = 0; i < FRONT_LISTENERS_OF_ONE; i++)
            heard += bodies[i].len > 0 && memcmp(bodies[i].data, "data", 4) == 0;
    }
    assert_int_equal(heard, FRONT_LISTENERS_OF_ONE);
}

static void front__events__leave_places_for_others(void **state)
{
    struct world *w = *state;
    CURL *handles[FRONT_LISTENERS_OF_ONE];
    struct buf bodies[FRONT_LISTENERS_OF_ONE];
    CURLM *m = curl_multi_init();
    w->telling = true;
    listen_with(w, m, handles, bodies);
    assert_int_equal(listen_as(w, "reviewer-1"), 429);
    assert_code(w, "too-many");
    assert_int_equal(listen_as(w, "reviewer-2"), 200);
    for (int i = 0; i < FRONT_LISTENERS_OF_ONE; i++) {
        curl_multi_remove_handle(m, handles[i]);
        curl_easy_cleanup(handles[i]);
        buf_clear(&bodies[i]);
    }
    curl_multi_cleanup(m);
    for (int turn = 0; listen_as(w, "reviewer-1") != 200; turn++) {
        assert_true(turn < 500); /* their places are free at the next event */
        poll(NULL, 0, 10);
    }
}

static void assert_refused(struct front_options o, int code)
{
    struct front *f = NULL;
    struct diag d = {.text = ""};
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    o.index_fd = fds[0];
    assert_int_equal(front_start(&o, &f, &d), code);
    assert_null(f);
    assert_true(d.text[0] != '\0');
    close(fds[1]);
    if (code != ERR_IO)
        close(fds[0]);
}

static void front__start__refuses_open_places_without_tls(void **state)
{
    (void)state;
    assert_refused((struct front_options){.address = "0.0.0.0"}, ERR_FORMAT);
    assert_refused((struct front_options){.address = "::"}, ERR_FORMAT);
    assert_refused((struct front_options){.address = "localhost"}, ERR_FORMAT);
    assert_refused((struct front_options){.address = "127.0.0.1", .port = 70000}, ERR_FORMAT);
    assert_refused((struct front_options){.address = "127.0.0.1", .page = "/nonexistent"}, ERR_IO);
    assert_refused((struct front_options){.address = "127.0.0.1", .certificate = "x", .key = "y"},
                   ERR_IO);
}

static void front__start__refuses_a_taken_port(void **state)
{
    struct world *w = *state;
    assert_refused((struct front_options){.address = "127.0.0.1", .port = front_port(w->front)},
                   ERR_IO);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(front__api__hands_over_what_was_asked),
        WITH(front__api__sets_and_takes_the_cookie),
        WITH(front__api__etag_that_matches_has_no_body),
        WITH(front__api__gives_foreign_bytes_under_a_wall),
        WITH(front__api__streams_what_comes_in_pieces),
        WITH(front__api__breaks_off_where_a_piece_is_missing),
        WITH(front__api__refuses_other_pages_and_names),
        WITH(front__api__refuses_what_has_no_form),
        WITH(front__api__takes_a_body_up_to_its_limit),
        WITH(front__api__says_that_the_index_is_away),
        WITH(front__page__serves_its_files_alone),
        WITH(front__page__addresses_within_it_are_its_own),
        cmocka_unit_test_setup_teardown(front__page__none_says_where_one_is, open_without_page,
                                        close_world),
        WITH(front__events__come_as_they_happen),
        WITH(front__events__are_for_who_may_look),
        WITH(front__events__do_not_come_while_the_index_is_away),
        WITH(front__events__end_with_the_session_or_the_role),
        WITH(front__events__leave_places_for_others),
        cmocka_unit_test(front__start__refuses_open_places_without_tls),
        WITH(front__start__refuses_a_taken_port),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests_name("front/front", tests, NULL, NULL);
}
