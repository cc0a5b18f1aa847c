#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "by_password.h"

#define ROOM (64U << 20)

static enum question_method method_of(const char *word)
{
    static const char *const words[QUESTION_METHODS] = {"GET", "POST", "PUT", "DELETE"};
    int m = 0;
    while (m < QUESTION_METHODS && strcmp(words[m], word) != 0)
        m++;
    return (enum question_method)m;
}

static char *decoded(struct arena *a, const char *text, size_t len)
{
    char *out = arena_string_n(a, text, len), hex[3] = "";
    size_t to = 0;
    for (size_t at = 0; at < len; at++) {
        out[to] = text[at];
        if (text[at] == '%' && at + 2 < len) {
            memcpy(hex, text + at + 1, 2);
            out[to] = (char)strtol(hex, NULL, 16);
            at += 2;
        }
        to++;
    }
    out[to] = '\0';
    return out;
}

static void take_address(struct arena *a, const char *address, struct question *q)
{
    size_t len = strcspn(address, "?");
    q->path = decoded(a, address, len);
    for (const char *at = address + len; *at != '\0'; at += len) {
        at++;
        len = strcspn(at, "&");
        size_t name = strcspn(at, "=&");
        struct question_parameter *p = &q->parameters[q->parameter_count++];
        p->name = decoded(a, at, name);
        p->value = name < len ? decoded(a, at + name + 1, len - name - 1) : "";
    }
}

static void sign_in_again(struct small_desk *s, enum desk_role as)
{
    struct desk_session session;
    int64_t now = clock_now_ms(&s->clock);
    if (desk_session_of(s->users, s->tokens[as], now, &session) == 0)
        return;
    assert_int_equal(by_password_sign_in(s->users, desk_role_text(as), SMALL_DESK_PASSWORD, now,
                                         s->tokens[as], &s->sessions[as], &s->d),
                     0);
}

static void there(const struct question *q, struct arena *a, struct question *ret)
{
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    assert_int_equal(question_put(&b, q), 0);
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(question_get(&c, a, ret), 0);
}

static struct told and_back(const struct answer *x)
{
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    struct answer again;
    assert_int_equal(answer_put(&b, x), 0);
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(answer_get(&c, &a, &again), 0);
    struct told t = {.status = again.status, .text = mem_string_n(again.body, again.body_len)};
    t.len = again.body_len;
    snprintf(t.type, sizeof t.type, "%s", again.type);
    if (t.type[0] == '\0')
        t.json = json_loads(t.text, JSON_REJECT_DUPLICATES, NULL);
    snprintf(t.etag, sizeof t.etag, "%s", again.etag);
    snprintf(t.set_session, sizeof t.set_session, "%s", again.set_session);
    assert_int_equal(again.number, 9);
    assert_true(t.json != NULL || t.type[0] != '\0');
    return t;
}

struct told ask(struct small_desk *s, const struct ask *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    CLEANUP_BUF struct buf body = BUF_INIT(ANSWER_BODY_MAX);
    struct question q = {.number = 9,
                         .method = method_of(x->method),
                         .session = "",
                         .csrf = "",
                         .peer = "127.0.0.1",
                         .purpose = x->purpose == NULL ? "case 7" : x->purpose,
                         .body = x->body == NULL ? "" : x->body};
    struct answer answer;
    q.body_len = x->body_len > 0 ? x->body_len : strlen(q.body);
    take_address(&a, x->address, &q);
    if (x->as != ASK_NOBODY) {
        sign_in_again(s, x->as);
        q.session = s->tokens[x->as];
        q.csrf = s->sessions[x->as].csrf;
    }
    if (x->csrf != NULL)
        q.csrf = x->csrf;
    struct question heard;
    there(&q, &a, &heard);
    small_desk_answer(s, &heard, &body, &answer);
    return and_back(&answer);
}

struct told ask_as(struct small_desk *s, enum desk_role as, const char *method, const char *address,
                   const char *body)
{
    return ask(s, &(struct ask){.as = as, .method = method, .address = address, .body = body});
}

void told_clear(struct told *t)
{
    free(t->text);
    json_decref(t->json);
    *t = (struct told){0};
}

const char *told_code(const struct told *t)
{
    const char *code =
        json_string_value(json_object_get(json_object_get(t->json, "error"), "code"));
    return code == NULL ? "" : code;
}
