#include "front/question.h"

#include <string.h>

#include "base/utf8.h"

/* A text of a frame: as long as it may be, and for `put` what it says. */
struct field {
    const char *text;
    size_t max;
};

static int check_fields(const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text == NULL)
            return ERR_FORMAT;
        if (strnlen(fields[i].text, fields[i].max + 1) > fields[i].max)
            return ERR_LIMIT;
    }
    return 0;
}

static void put_text(struct buf *b, const char *text)
{
    buf_put_block(b, text, strlen(text));
}

static bool is_text(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    uint32_t c;
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_next(text + at, len - at, &c);
        if (n == 0 || c == 0)
            return false;
    }
    return true;
}

/* Into the arena; fails the cursor where it is over `max`, is no text, or has no room. */
static const char *get_text(struct cursor *c, struct arena *a, size_t max)
{
    size_t len;
    const uint8_t *data = cursor_block(c, max, &len);
    const char *text = NULL;
    if (data != NULL && is_text(data, len))
        text = arena_string_n(a, (const char *)data, len);
    if (text == NULL)
        cursor_fail(c);
    return text;
}

/* Bodies are JSON's to judge: any bytes, with a NUL behind them. */
static const char *get_body(struct cursor *c, struct arena *a, size_t max, size_t *ret_len)
{
    const uint8_t *data = cursor_block(c, max, ret_len);
    const char *body = data == NULL ? NULL : arena_string_n(a, (const char *)data, *ret_len);
    if (body == NULL)
        cursor_fail(c);
    return body;
}

static int check_question(const struct question *q)
{
    const struct field fields[] = {
        {q->path, QUESTION_PATH_MAX},  {q->session, QUESTION_TOKEN_MAX},
        {q->csrf, QUESTION_TOKEN_MAX}, {q->purpose, QUESTION_PURPOSE_MAX},
        {q->peer, QUESTION_TOKEN_MAX},
    };
    if ((unsigned)q->method >= QUESTION_METHODS || (q->body == NULL && q->body_len > 0))
        return ERR_FORMAT;
    if (q->parameter_count > QUESTION_PARAMETERS_MAX || q->body_len > QUESTION_BODY_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < q->parameter_count; i++) {
        const struct field pair[] = {{q->parameters[i].name, QUESTION_TOKEN_MAX},
                                     {q->parameters[i].value, QUESTION_VALUE_MAX}};
        int r = check_fields(pair, 2);
        if (r < 0)
            return r;
    }
    return check_fields(fields, sizeof fields / sizeof *fields);
}

int question_put(struct buf *b, const struct question *q)
{
    int r = check_question(q);
    if (r < 0)
        return r;
    buf_put_u64(b, q->number);
    buf_put_u8(b, (uint8_t)q->method);
    put_text(b, q->path);
    buf_put_u8(b, (uint8_t)q->parameter_count);
    for (size_t i = 0; i < q->parameter_count; i++) {
        put_text(b, q->parameters[i].name);
        put_text(b, q->parameters[i].value);
    }
    put_text(b, q->session);
    put_text(b, q->csrf);
    put_text(b, q->purpose);
    put_text(b, q->peer);
    buf_put_block(b, q->body, q->body_len);
    return buf_failed(b) ? ERR_LIMIT : 0;
}

int question_get(struct cursor *c, struct arena *a, struct question *ret)
{
    struct question q = {.number = cursor_u64(c)};
    q.method = cursor_u8(c);
    q.path = get_text(c, a, QUESTION_PATH_MAX);
    q.parameter_count = cursor_u8(c);
    if ((unsigned)q.method >= QUESTION_METHODS || q.parameter_count > QUESTION_PARAMETERS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < q.parameter_count; i++) {
        q.parameters[i].name = get_text(c, a, QUESTION_TOKEN_MAX);
        q.parameters[i].value = get_text(c, a, QUESTION_VALUE_MAX);
    }
    q.session = get_text(c, a, QUESTION_TOKEN_MAX);
    q.csrf = get_text(c, a, QUESTION_TOKEN_MAX);
    q.purpose = get_text(c, a, QUESTION_PURPOSE_MAX);
    q.peer = get_text(c, a, QUESTION_TOKEN_MAX);
    q.body = get_body(c, a, QUESTION_BODY_MAX, &q.body_len);
    if (cursor_end(c) < 0)
        return ERR_FORMAT;
    *ret = q;
    return 0;
}

int answer_put(struct buf *b, const struct answer *x)
{
    const struct field fields[] = {{x->etag, QUESTION_TOKEN_MAX},
                                   {x->set_session, QUESTION_TOKEN_MAX},
                                   {x->type, QUESTION_TOKEN_MAX},
                                   {x->name, ANSWER_NAME_MAX}};
    int r = check_fields(fields, sizeof fields / sizeof *fields);
    if (r == 0 && (x->status < ANSWER_STATUS_MIN || x->status > ANSWER_STATUS_MAX))
        r = ERR_FORMAT;
    if (r == 0 && x->body_len > ANSWER_BODY_MAX)
        r = ERR_LIMIT;
    if (r < 0)
        return r;
    buf_put_u64(b, x->number);
    buf_put_u16(b, (uint16_t)x->status);
    put_text(b, x->etag);
    put_text(b, x->set_session);
    put_text(b, x->type);
    put_text(b, x->name);
    buf_put_u64(b, x->size);
    buf_put_u64(b, x->ticket);
    buf_put_block(b, x->body, x->body_len);
    return buf_failed(b) ? ERR_LIMIT : 0;
}

int answer_get(struct cursor *c, struct arena *a, struct answer *ret)
{
    struct answer x = {.number = cursor_u64(c)};
    x.status = cursor_u16(c);
    x.etag = get_text(c, a, QUESTION_TOKEN_MAX);
    x.set_session = get_text(c, a, QUESTION_TOKEN_MAX);
    x.type = get_text(c, a, QUESTION_TOKEN_MAX);
    x.name = get_text(c, a, ANSWER_NAME_MAX);
    x.size = cursor_u64(c);
    x.ticket = cursor_u64(c);
    x.body = get_body(c, a, ANSWER_BODY_MAX, &x.body_len);
    if (cursor_end(c) < 0 || x.status < ANSWER_STATUS_MIN || x.status > ANSWER_STATUS_MAX)
        return ERR_FORMAT;
    *ret = x;
    return 0;
}

void more_put(struct buf *b, const struct more *m)
{
    buf_put_u64(b, m->number);
    buf_put_u64(b, m->ticket);
}

int more_get(struct cursor *c, struct more *ret)
{
    struct more m = {.number = cursor_u64(c)};
    m.ticket = cursor_u64(c);
    if (cursor_end(c) < 0 || m.ticket == 0)
        return ERR_FORMAT;
    *ret = m;
    return 0;
}
