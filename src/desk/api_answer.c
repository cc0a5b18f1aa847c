#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "desk/api_internal.h"
#include "desk/sight.h"

static const struct {
    unsigned status;
    const char *word;
} errors[] = {
    [API_MALFORMED] = {400, "malformed"}, [API_QUERY] = {400, "query"},
    [API_CURSOR] = {400, "cursor"},       [API_PURPOSE] = {400, "purpose"},
    [API_SESSION] = {401, "session"},     [API_SIGN_IN] = {401, "sign-in"},
    [API_ROLE] = {403, "role"},           [API_CSRF] = {403, "csrf"},
    [API_ROUTE] = {404, "route"},         [API_NOT_FOUND] = {404, "not-found"},
    [API_METHOD] = {405, "method"},       [API_EXISTS] = {409, "exists"},
    [API_STATE] = {409, "state"},         [API_TOO_LONG] = {413, "too-long"},
    [API_LOCKED] = {429, "locked"},       [API_TOO_MANY] = {429, "too-many"},
    [API_INTERNAL] = {500, "internal"},   [API_NOT_LOGGED] = {500, "not-logged"},
    [API_FILE] = {502, "file"},           [API_AWAY] = {503, "away"},
};
_Static_assert(sizeof errors / sizeof *errors == API_ERRORS, "a row for each error");

const char *api_error_word(enum api_error e)
{
    return errors[e].word;
}

unsigned api_error_status(enum api_error e)
{
    return errors[e].status;
}

int api_refuse(struct api_call *c, enum api_error e, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(c->error_text, sizeof c->error_text, fmt, args);
    va_end(args);
    diag_clean(c->error_text);
    c->error = e;
    return ERR_INVALID_STATE;
}

int api_check_unbound(struct api_call *c)
{
    if (!desk_sight_is_bound(c->api->o.index))
        return 0;
    return api_refuse(c, API_ROLE, "this is not for who is bound to sets of conversations");
}

int api_fail(struct api_call *c, int code)
{
    static const struct {
        int code;
        enum api_error error;
    } rows[] = {
        {ERR_FORMAT, API_MALFORMED}, {ERR_NOT_FOUND, API_NOT_FOUND}, {ERR_EXISTS, API_EXISTS},
        {ERR_LIMIT, API_TOO_LONG},   {ERR_INVALID_STATE, API_STATE}, {ERR_AGAIN, API_AWAY},
        {ERR_TIMEOUT, API_AWAY},
    };
    enum api_error e = API_INTERNAL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            e = rows[i].error;
    return api_refuse(c, e, "%s", c->d.text[0] == '\0' ? err_text(code) : c->d.text);
}

static int put_out(const char *data, size_t len, void *context)
{
    struct buf *out = context;
    buf_put(out, data, len);
    return buf_failed(out) ? -1 : 0;
}

static bool put_json(struct api_call *c, const json_t *value)
{
    return json_dump_callback(value, put_out, c->out, JSON_COMPACT | JSON_SORT_KEYS) == 0 &&
           c->out->len <= ANSWER_BODY_MAX;
}

static int put_bytes(struct api_call *c)
{
    buf_put(c->out, c->bytes, c->byte_count);
    return buf_failed(c->out) ? api_refuse(c, API_TOO_LONG, "the answer is too long") : 0;
}

int api_render(struct api_call *c)
{
    if (c->has_original)
        return 0;
    if (c->type[0] != '\0')
        return put_bytes(c);
    if (c->answer == NULL)
        c->answer = json_object();
    if (put_json(c, c->answer))
        return 0;
    return api_refuse(c, API_TOO_LONG, "the answer is too long: ask for fewer at once");
}

void api_render_refusal(struct api_call *c)
{
    json_t *e =
        json_pack("{ssso}", "code", api_error_word(c->error), "text", api_string(c->error_text));
    json_t *whole = json_pack("{so}", "error", e);
    buf_reset(c->out);
    if (c->has_place) {
        json_object_set_new(e, "offset", json_integer((json_int_t)c->offset));
        json_object_set_new(e, "length", json_integer((json_int_t)c->len));
    }
    (void)put_json(c, whole);
    json_decref(whole);
}
