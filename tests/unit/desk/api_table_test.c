/* The API against its description, docs/desk-openapi.json: every route × every role × no session ×
 * wrong CSRF × malformed × oversized. What stands in one place only fails here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/secret.h"
#include "desk/api_internal.h"
#include "operation.h"

/* ---- the table and the operation_description ---- */

static void assert_row(const struct operation *o, const struct desk_route *r)
{
    const char *log = json_string_value(json_object_get(o->of, "x-log"));
    if (r->roles != operation_roles(o) || r->changes != operation_says(o, "x-changes") ||
        r->purpose != operation_says(o, "x-purpose") ||
        strcmp(access_action_text(r->action), log == NULL ? "" : log) != 0)
        fail_msg("%s %s: the table and the operation_description differ", o->method, o->path);
    if ((operation_parameter(o, "header", "X-Ironside-CSRF") != NULL) != r->changes)
        fail_msg("%s %s: the operation_description forgets the CSRF header", o->method, o->path);
    if (r->purpose && operation_parameter(o, "header", "X-Ironside-Purpose") == NULL)
        fail_msg("%s %s: the operation_description forgets the purpose", o->method, o->path);
}

static void find_row(const struct operation *o)
{
    const struct desk_route *r;
    for (size_t i = 0; (r = desk_route(i)) != NULL; i++)
        if (strcmp(r->path, o->path) == 0 && strcmp(operation_method(r->method), o->method) == 0) {
            assert_row(o, r);
            return;
        }
    fail_msg("%s %s is described, but is no route", o->method, o->path);
}

static void api__table__is_the_description(void **state)
{
    (void)state;
    const struct desk_route *r;
    operation_each(find_row);
    for (size_t i = 0; (r = desk_route(i)) != NULL; i++) {
        char method[8];
        const char *word = operation_method(r->method);
        for (size_t k = 0; k <= strlen(word); k++)
            method[k] = word[k] == '\0' ? '\0' : (char)(word[k] + ('a' - 'A'));
        const json_t *paths = json_object_get(operation_description, "paths");
        if (json_object_get(json_object_get(paths, r->path), method) == NULL)
            fail_msg("%s %s is a route, but is not described", word, r->path);
    }
}

/* ---- fields ---- */

static int64_t bound(const json_t *schema, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(schema, name);
    return value == NULL ? otherwise : json_integer_value(value);
}

static bool words_are(const char *words, const json_t *list)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    size_t i;
    const json_t *word;
    json_array_foreach(list, i, word)
        buf_format(&b, "%s%s", i == 0 ? "" : " ", json_string_value(word));
    return strcmp(buf_text(&b), words) == 0;
}

static bool field_is(const struct api_field *f, const json_t *schema)
{
    static const char *const types[] = {
        [API_TEXT] = "string", [API_NUMBER] = "integer", [API_FLAG] = "boolean"};
    const char *type = json_string_value(json_object_get(schema, "type"));
    if (type == NULL || strcmp(types[f->kind], type) != 0)
        return false;
    if (f->words != NULL)
        return words_are(f->words, json_object_get(schema, "enum"));
    if (f->kind == API_TEXT)
        return bound(schema, "minLength", -1) == f->min && bound(schema, "maxLength", -1) == f->max;
    return f->kind == API_FLAG || (bound(schema, "minimum", INT64_MIN) == f->min &&
                                   bound(schema, "maximum", INT64_MAX) == f->max);
}

static bool is_required(const json_t *list, const char *name)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) if (strcmp(json_string_value(one), name) == 0) return true;
    return false;
}

static void check_field(const struct operation *o, const struct api_route *r,
                        const struct api_field *f)
{
    const json_t *schema, *body = operation_body_schema(o),
                          *p = operation_parameter(o, "query", f->name);
    bool required = json_is_true(json_object_get(p, "required"));
    schema = json_object_get(p, "schema");
    if (r->body) {
        schema = json_object_get(json_object_get(body, "properties"), f->name);
        required = is_required(json_object_get(body, "required"), f->name);
    }
    if (schema == NULL || required != f->required || !field_is(f, schema))
        fail_msg("%s %s: '%s' is not as it is described", o->method, o->path, f->name);
}

static size_t fields_described(const struct operation *o)
{
    size_t i, count = json_object_size(json_object_get(operation_body_schema(o), "properties"));
    const json_t *p;
    json_array_foreach(json_object_get(o->of, "parameters"), i, p) count +=
        strcmp(json_string_value(json_object_get(operation_resolved(p), "in")), "query") == 0;
    return count;
}

static void with_fields(const struct operation *o)
{
    const struct api_route *r;
    for (size_t i = 0; (r = api_route_at(i)) != NULL; i++) {
        if (strcmp(r->open.path, o->path) != 0 ||
            strcmp(operation_method(r->open.method), o->method) != 0)
            continue;
        if (fields_described(o) != r->field_count)
            fail_msg("%s %s: other fields than are described", o->method, o->path);
        for (size_t f = 0; f < r->field_count; f++)
            check_field(o, r, &r->fields[f]);
    }
}

static void api__fields__are_those_described(void **state)
{
    (void)state;
    operation_each(with_fields);
}

/* ---- roles ---- */

/* What wants a password or a signature, which an example cannot have. */
static bool wants_proof(const struct operation *o)
{
    static const char *const paths[] = {"/api/session", "/api/session/passkey", "/api/password",
                                        "/api/passkeys"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strcmp(o->path, paths[i]) == 0 && strcmp(o->method, "POST") == 0)
            return true;
    return false;
}

/* The log grows by one for what is logged or refused, and by none for what is not. */
static void assert_logged(const struct operation *o, const struct told *t, uint64_t before)
{
    bool logged = json_is_string(json_object_get(o->of, "x-log"));
    bool no_event = !logged && strcmp(told_code(t), "session") == 0;
    uint64_t want = !no_event && (logged || t->status >= 400) ? 1 : 0;
    if (access_size(operation_desk->log) - before != want)
        fail_msg("%s %s: %u: %d entries in the log, not %d", o->method, o->path, t->status,
                 (int)(access_size(operation_desk->log) - before), (int)want);
}

static void with_role(const struct operation *o, enum desk_role as)
{
    unsigned roles = operation_roles(o);
    uint64_t before = access_size(operation_desk->log);
    CLEANUP_TOLD struct told t = operation_try(o, &(struct variation){.as = as});
    operation_assert_described(o, &t);
    if (as != ASK_NOBODY)
        assert_logged(o, &t, before);
    if (roles != 0 && as == ASK_NOBODY)
        operation_assert_told(o, &t, 401, "session");
    else if (roles != 0 && (roles & DESK_ROLE_BIT(as)) == 0)
        operation_assert_told(o, &t, 403, "role");
    else if (as == operation_asker(o) && !wants_proof(o) && t.status >= 300)
        fail_msg("%s %s: %u %s", o->method, o->path, t.status, t.text);
}

static void with_each_role(const struct operation *o)
{
    for (int as = 0; as <= ASK_NOBODY; as++)
        with_role(o, (enum desk_role)as);
}

static void api__role__decides_who_may_ask(void **state)
{
    (void)state;
    operation_each(with_each_role);
}

/* ---- CSRF, purpose ---- */

static void with_wrong_csrf(const struct operation *o)
{
    static const char *const wrong[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    if (operation_roles(o) == 0)
        return;
    enum desk_role as = operation_asker(o);
    for (size_t i = 0; i <= sizeof wrong / sizeof *wrong; i++) {
        const char *csrf =
            i < 3 ? wrong[i] : operation_desk->sessions[(as + 1) % DESK_ROLES].csrf; /* another's */
        uint64_t before = access_size(operation_desk->log);
        CLEANUP_TOLD struct told t = operation_try(o, &(struct variation){.as = as, .csrf = csrf});
        operation_assert_described(o, &t);
        if (operation_says(o, "x-changes"))
            operation_assert_told(o, &t, 403, "csrf");
        else if (strcmp(told_code(&t), "csrf") == 0)
            fail_msg("%s %s wants a CSRF token", o->method, o->path);
        assert_logged(o, &t, before);
    }
}

static void api__csrf__is_wanted_by_what_changes(void **state)
{
    (void)state;
    operation_each(with_wrong_csrf);
}

static void without_purpose(const struct operation *o)
{
    if ((operation_roles(o) & DESK_ROLE_BIT(DESK_REVIEWER)) == 0)
        return;
    CLEANUP_TOLD struct told t =
        operation_try(o, &(struct variation){.as = DESK_REVIEWER, .purpose = " \t"});
    operation_assert_described(o, &t);
    if (operation_says(o, "x-purpose"))
        operation_assert_told(o, &t, 400, "purpose");
    else if (strcmp(told_code(&t), "purpose") == 0)
        fail_msg("%s %s wants a purpose", o->method, o->path);
    if ((operation_roles(o) & DESK_ROLE_BIT(DESK_SUPERVISOR)) == 0)
        return;
    CLEANUP_TOLD struct told other =
        operation_try(o, &(struct variation){.as = DESK_SUPERVISOR, .purpose = ""});
    if (strcmp(told_code(&other), "purpose") == 0)
        fail_msg("%s %s wants a supervisor's purpose", o->method, o->path);
}

static void api__purpose__is_wanted_of_reviewers_who_look(void **state)
{
    (void)state;
    operation_each(without_purpose);
}

/* ---- malformed, oversized ---- */

static void assert_malformed(const struct operation *o, const struct variation *v, const char *what)
{
    struct variation of = *v;
    of.as = operation_asker(o);
    uint64_t before = access_size(operation_desk->log);
    CLEANUP_TOLD struct told t = operation_try(o, &of);
    operation_assert_described(o, &t);
    if (t.status != 400 && t.status != 413)
        fail_msg("%s %s takes %s: %u %s", o->method, o->path, what, t.status, t.text);
    if (of.as != ASK_NOBODY)
        assert_logged(o, &t, before);
}

static void assert_malformed_at(const struct operation *o, char *at, const char *what)
{
    assert_malformed(o, &(struct variation){.address = at}, what);
    free(at);
}

static char *longer_than(const json_t *schema)
{
    size_t len = (size_t)json_integer_value(json_object_get(schema, "maxLength")) + 1;
    char *text = mem_new(len + 1);
    memset(text, 'a', len);
    return text;
}

static void with_wrong_values(const struct operation *o, const char *name, const json_t *schema)
{
    const char *type = json_string_value(json_object_get(schema, "type"));
    if (strcmp(type, "string") == 0) {
        if (json_object_get(schema, "maxLength") == NULL && json_object_get(schema, "enum") == NULL)
            fail_msg("%s %s: '%s' has no bound", o->method, o->path, name);
        CLEANUP_FREE char *text = longer_than(schema);
        if (json_object_get(schema, "maxLength") != NULL)
            assert_malformed_at(o, operation_address(o, name, text), name);
        else
            assert_malformed_at(o, operation_address(o, name, "sideways"), name);
    } else if (strcmp(type, "integer") == 0) {
        static const char *const wrong[] = {
            "", "x", "1x", "01", "+1", "1.5", "99999999999999999999"};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            assert_malformed_at(o, operation_address(o, name, wrong[i]), name);
        if (json_object_get(schema, "minimum") != NULL)
            assert_malformed_at(o, operation_address(o, name, "-1"), name);
    } else {
        assert_malformed_at(o, operation_address(o, name, "yes"), name);
    }
}

static void with_wrong_parameters(const struct operation *o)
{
    size_t i;
    const json_t *p;
    CLEANUP_FREE char *usual = operation_address(o, NULL, NULL);
    const char *separator = strchr(usual, '?') == NULL ? "?" : "&";
    assert_malformed_at(o, mem_format("%s%snothing=1", usual, separator), "an unknown parameter");
    json_array_foreach(json_object_get(o->of, "parameters"), i, p)
    {
        p = operation_resolved(p);
        const char *name = json_string_value(json_object_get(p, "name"));
        if (strcmp(json_string_value(json_object_get(p, "in")), "query") != 0)
            continue;
        with_wrong_values(o, name, json_object_get(p, "schema"));
        if (strstr(usual, name) != NULL && strcmp(name, "after") != 0)
            assert_malformed_at(o, mem_format("%s%s%s=1", usual, separator, name), "it twice");
    }
}

static void api__parameters__are_those_described(void **state)
{
    (void)state;
    operation_each(with_wrong_parameters);
}

static void with_body(const struct operation *o, const json_t *body, const char *what)
{
    CLEANUP_FREE char *text = operation_body_text(body);
    assert_malformed(o, &(struct variation){.body = text}, what);
}

static void with_wrong_members(const struct operation *o)
{
    const char *name;
    json_t *schema;
    json_object_foreach(json_object_get(operation_body_schema(o), "properties"), name, schema)
    {
        json_t *body = operation_body_example(o);
        json_object_set_new(body, name, json_pack("[]"));
        with_body(o, body, name);
        json_object_set_new(body, name, json_null());
        with_body(o, body, name);
        json_object_set_new(body, name, json_real(1.5));
        with_body(o, body, name);
        if (json_object_get(schema, "maxLength") != NULL) {
            CLEANUP_FREE char *text = longer_than(schema);
            json_object_set_new(body, name, json_string(text));
            with_body(o, body, name);
        }
        if (json_object_get(schema, "enum") != NULL) {
            json_object_set_new(body, name, json_string("sideways"));
            with_body(o, body, name);
        }
        json_decref(body);
    }
}

static void without_required(const struct operation *o)
{
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(operation_body_schema(o), "required"), i, name)
    {
        json_t *body = operation_body_example(o);
        json_object_del(body, json_string_value(name));
        with_body(o, body, "a body that lacks something");
        json_decref(body);
    }
}

static void with_wrong_bodies(const struct operation *o)
{
    static const char *const wrong[] = {
        "[]", "{", "{\"a\":1}", "1", "\"x\"", "{\"a\":\"\\u0000\"}", "{}x", "\xff"};
    if (operation_body_schema(o) == NULL) {
        assert_malformed(o, &(struct variation){.body = "{}"}, "a body");
        return;
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_malformed(o, &(struct variation){.body = wrong[i]}, wrong[i]);
    with_wrong_members(o);
    without_required(o);
}

static void api__body__is_as_described(void **state)
{
    (void)state;
    operation_each(with_wrong_bodies);
}

/* 65,537 bytes that are a body in all else; nested deeply; the most that a frame takes. */
static void with_oversized_body(const struct operation *o)
{
    CLEANUP_FREE char *text = mem_new(QUESTION_BODY_MAX + 1);
    memset(text, ' ', QUESTION_BODY_MAX);
    text[0] = '{', text[65536] = '}';
    enum desk_role as = operation_asker(o);
    CLEANUP_TOLD struct told t =
        operation_try(o, &(struct variation){.as = as, .body = text, .body_len = 65537});
    operation_assert_told(o, &t, 413, "too-long");
    memset(text, '[', QUESTION_BODY_MAX);
    CLEANUP_TOLD struct told most = operation_try(
        o, &(struct variation){.as = as, .body = text, .body_len = QUESTION_BODY_MAX});
    operation_assert_told(o, &most, 413, "too-long");
    CLEANUP_TOLD struct told deep =
        operation_try(o, &(struct variation){.as = as, .body = text, .body_len = 65536});
    operation_assert_told(o, &deep, 400, "malformed");
}

static void api__body__is_bounded(void **state)
{
    (void)state;
    operation_each(with_oversized_body);
}

/* ---- addresses that there are not ---- */

static void with_other_paths(const struct operation *o)
{
    CLEANUP_BUF struct buf b = BUF_INIT(QUESTION_PATH_MAX + 1);
    operation_put_path(&b, o);
    const char *path = buf_text(&b);
    CLEANUP_FREE char *longer = mem_format("%s/", path);
    CLEANUP_FREE char *other = mem_format("%sx/y/z", path);
    CLEANUP_FREE char *twice = mem_format("/%s", path);
    const char *const paths[] = {longer, other, twice, "", "/", "/api", "/api/", "api/search"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CLEANUP_TOLD struct told t =
            operation_try(o, &(struct variation){.as = operation_asker(o), .address = paths[i]});
        operation_assert_told(o, &t, 404, "route");
    }
}

static void api__route__is_the_whole_path(void **state)
{
    (void)state;
    operation_each(with_other_paths);
}

static void with_other_methods(const struct operation *o)
{
    const json_t *methods =
        json_object_get(json_object_get(operation_description, "paths"), o->path);
    static const char *const words[] = {"get", "post", "put", "delete"};
    for (size_t i = 0; i < 4; i++) {
        struct operation other = *o;
        if (json_object_get(methods, words[i]) != NULL)
            continue;
        operation_upper(words[i], other.method, sizeof other.method);
        CLEANUP_TOLD struct told t =
            operation_try(&other, &(struct variation){.as = operation_asker(o)});
        operation_assert_told(&other, &t, 405, "method");
    }
}

static void api__route__is_one_of_its_methods(void **state)
{
    (void)state;
    operation_each(with_other_methods);
}

/* After all of the above. */
static void api__log__is_whole(void **state)
{
    (void)state;
    uint64_t entries = 0, checkpoints = 0;
    if (access_verify(operation_desk->log, &entries, &checkpoints, &operation_desk->d) != 0)
        fail_msg("%s", operation_desk->d.text);
    assert_true(entries > 500);
    assert_true(checkpoints > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(api__table__is_the_description),
        cmocka_unit_test(api__fields__are_those_described),
        cmocka_unit_test(api__role__decides_who_may_ask),
        cmocka_unit_test(api__csrf__is_wanted_by_what_changes),
        cmocka_unit_test(api__purpose__is_wanted_of_reviewers_who_look),
        cmocka_unit_test(api__parameters__are_those_described),
        cmocka_unit_test(api__body__is_as_described),
        cmocka_unit_test(api__body__is_bounded),
        cmocka_unit_test(api__route__is_the_whole_path),
        cmocka_unit_test(api__route__is_one_of_its_methods),
        cmocka_unit_test(api__log__is_whole),
    };
    secret_init();
    return cmocka_run_group_tests(tests, operation_set_up, operation_tear_down);
}
