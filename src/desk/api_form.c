/* A question's form: its fields, and the arguments of its path. */
#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "desk/api_internal.h"
#include "wire/value.h"

static const struct api_field *field_named(const struct api_route *r, const char *name)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (strcmp(r->fields[i].name, name) == 0)
            return &r->fields[i];
    return NULL;
}

static bool is_among(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *w = words; len > 0 && *w != '\0'; w += strcspn(w, " "), w += strspn(w, " "))
        if (strcspn(w, " ") == len && memcmp(w, word, len) == 0)
            return true;
    return false;
}

static int check_text(struct api_call *c, const struct api_field *f, const char *text, size_t len)
{
    if ((int64_t)len > f->max)
        return api_refuse(c, API_TOO_LONG, "'%s' has more than %lld bytes", f->name,
                          (long long)f->max);
    if ((int64_t)len < f->min)
        return api_refuse(c, API_MALFORMED, "'%s' has fewer than %lld bytes", f->name,
                          (long long)f->min);
    if (f->words != NULL && !is_among(f->words, text))
        return api_refuse(c, API_MALFORMED, "'%s' is none of: %s", f->name, f->words);
    return 0;
}

static int check_number(struct api_call *c, const struct api_field *f, int64_t n)
{
    if (n >= f->min && n <= f->max)
        return 0;
    return api_refuse(c, API_MALFORMED, "'%s' is not between %lld and %lld", f->name,
                      (long long)f->min, (long long)f->max);
}

static int parse_number(const char *text, int64_t *ret)
{
    uint64_t n;
    bool negative = text[0] == '-';
    int r = value_parse_u64(text + negative, INT64_MAX, &n);
    if (r == 0)
        *ret = negative ? -(int64_t)n : (int64_t)n;
    return r;
}

/* NULL: it is not of the kind. */
static json_t *value_of(const struct api_field *f, const char *text)
{
    int64_t n;
    switch (f->kind) {
    case API_TEXT:
        return json_string(text);
    case API_NUMBER:
        return parse_number(text, &n) == 0 ? json_integer(n) : NULL;
    case API_FLAG:
        return is_among("true false", text) ? json_boolean(text[0] == 't') : NULL;
    }
    return NULL;
}

static bool is_of_kind(const struct api_field *f, const json_t *value)
{
    switch (f->kind) {
    case API_TEXT:
        return json_is_string(value);
    case API_NUMBER:
        return json_is_integer(value);
    case API_FLAG:
        return json_is_boolean(value);
    }
    return false;
}

static int check_field(struct api_call *c, const char *name, const json_t *value)
{
    const struct api_field *f = field_named(c->route, name);
    if (f == NULL)
        return api_refuse(c, API_MALFORMED, "there is no '%s' here", name);
    if (value == NULL || !is_of_kind(f, value))
        return api_refuse(c, API_MALFORMED, "'%s' is not %s", name,
                          f->kind == API_TEXT     ? "a text"
                          : f->kind == API_NUMBER ? "a whole number"
                                                  : "true or false");
    if (f->kind == API_TEXT)
        return check_text(c, f, json_string_value(value), json_string_length(value));
    return f->kind == API_NUMBER ? check_number(c, f, json_integer_value(value)) : 0;
}

static int take_parameters(struct api_call *c)
{
    c->form = json_object();
    for (size_t i = 0; i < c->q->parameter_count; i++) {
        const struct question_parameter *p = &c->q->parameters[i];
        const struct api_field *f = field_named(c->route, p->name);
        json_t *value = f == NULL ? NULL : value_of(f, p->value);
        if (json_object_get(c->form, p->name) != NULL) {
            json_decref(value);
            return api_refuse(c, API_MALFORMED, "'%s' stands there twice", p->name);
        }
        if (value != NULL)
            json_object_set_new(c->form, p->name, value);
        int r = check_field(c, p->name, value);
        if (r < 0)
            return r;
    }
    return 0;
}

static int take_body(struct api_call *c)
{
    json_error_t why;
    const char *name;
    json_t *value;
    c->form = json_loadb(c->q->body, c->q->body_len, JSON_REJECT_DUPLICATES, &why);
    if (c->form == NULL)
        return api_refuse(c, API_MALFORMED, "the body is not JSON: %s", why.text);
    if (!json_is_object(c->form))
        return api_refuse(c, API_MALFORMED, "the body is not an object");
    json_object_foreach(c->form, name, value)
    {
        int r = check_field(c, name, value);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_required(struct api_call *c)
{
    for (size_t i = 0; i < c->route->field_count; i++)
        if (c->route->fields[i].required &&
            json_object_get(c->form, c->route->fields[i].name) == NULL)
            return api_refuse(c, API_MALFORMED, "'%s' is missing", c->route->fields[i].name);
    return 0;
}

int api_form(struct api_call *c)
{
    if (c->q->body_len > API_BODY_MAX)
        return api_refuse(c, API_TOO_LONG, "a body has at most %u bytes", API_BODY_MAX);
    if (c->route->body && c->q->parameter_count > 0)
        return api_refuse(c, API_MALFORMED, "there is no '%s' here", c->q->parameters[0].name);
    if (!c->route->body && c->q->body_len > 0)
        return api_refuse(c, API_MALFORMED, "this takes no body");
    int r = c->route->body ? take_body(c) : take_parameters(c);
    return r < 0 ? r : check_required(c);
}

const char *api_text(const struct api_call *c, const char *name, const char *otherwise)
{
    const json_t *value = json_object_get(c->form, name);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

int64_t api_number(const struct api_call *c, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(c->form, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool api_flag(const struct api_call *c, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(c->form, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

int api_number_of(struct api_call *c, const char *text, int64_t *ret)
{
    uint64_t n;
    if (value_parse_u64(text, INT64_MAX, &n) < 0 || n == 0)
        return api_refuse(c, API_MALFORMED, "'%s' is not a number", text);
    *ret = (int64_t)n;
    return 0;
}

int api_id(struct api_call *c, size_t i, int64_t *ret)
{
    return api_number_of(c, c->arguments[i], ret);
}

struct desk_by api_by(const struct api_call *c)
{
    return (struct desk_by){c->session.user, c->now};
}

int api_bytes(struct api_call *c, const char *name, struct passkey_part *ret)
{
    const char *text = api_text(c, name, "");
    size_t len = strlen(text);
    uint8_t *bytes = arena_new(&c->arena, len);
    if (bytes == NULL)
        return api_refuse(c, API_TOO_LONG, "'%s' is too long", name);
    if (sodium_base642bin(bytes, len, text, len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return api_refuse(c, API_MALFORMED, "'%s' is not base64url without padding", name);
    *ret = (struct passkey_part){bytes, len};
    return 0;
}

void api_wipe(struct api_call *c, const char *name)
{
    json_t *value = json_object_get(c->form, name);
    if (json_is_string(value)) /* the copy is the form's own */
        secret_wipe((void *)(uintptr_t)json_string_value(value), json_string_length(value));
}
