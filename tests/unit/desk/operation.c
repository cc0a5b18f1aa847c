#include "operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "desk/search.h"
#include "desk/second.h"
#include "schema.h"

json_t *operation_description;
struct small_desk *operation_desk;

void operation_upper(const char *word, char *ret, size_t size)
{
    size_t i = 0;
    for (; word[i] != '\0' && i + 1 < size; i++)
        ret[i] = (char)(word[i] - ('a' - 'A'));
    ret[i] = '\0';
}

void operation_each(operation_fn *fn)
{
    const char *path, *method;
    json_t *methods, *of;
    json_object_foreach(json_object_get(operation_description, "paths"), path, methods)
        json_object_foreach(methods, method, of)
    {
        struct operation o = {.path = path, .of = of};
        operation_upper(method, o.method, sizeof o.method);
        fn(&o);
    }
}

const json_t *operation_resolved(const json_t *x)
{
    return schema_resolve(operation_description, x);
}

const char *operation_method(enum question_method m)
{
    static const char *const words[QUESTION_METHODS] = {"GET", "POST", "PUT", "DELETE"};
    return words[m];
}

bool operation_says(const struct operation *o, const char *name)
{
    return json_is_true(json_object_get(o->of, name));
}

unsigned operation_roles(const struct operation *o)
{
    unsigned roles = operation_says(o, "x-unbound") ? DESK_ROLE_UNBOUND : 0;
    size_t i;
    const json_t *role;
    json_array_foreach(json_object_get(o->of, "x-roles"), i, role) roles |=
        DESK_ROLE_BIT(desk_role_of(json_string_value(role)));
    return roles;
}

/* ---- addresses and bodies from the examples ---- */

static void put_value(struct buf *b, const json_t *value)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        buf_format(b, "%lld", (long long)json_integer_value(value));
    for (; text != NULL && *text != '\0'; text++)
        buf_format(b, *text <= ' ' || *text == '%' || *text == '&' ? "%%%02X" : "%c",
                   (unsigned char)*text);
}

const json_t *operation_parameter(const struct operation *o, const char *in, const char *name)
{
    size_t i;
    const json_t *p;
    json_array_foreach(json_object_get(o->of, "parameters"), i, p)
    {
        p = operation_resolved(p);
        if (strcmp(json_string_value(json_object_get(p, "in")), in) == 0 &&
            strcmp(json_string_value(json_object_get(p, "name")), name) == 0)
            return p;
    }
    return NULL;
}

static const char conversation_variable[] = "conversation";
static char conversation[17];

void operation_put_path(struct buf *b, const struct operation *o)
{
    for (const char *at = o->path; *at != '\0'; at++) {
        if (*at != '{') {
            buf_put_u8(b, (uint8_t)*at);
            continue;
        }
        char name[32];
        size_t len = strcspn(at + 1, "}");
        snprintf(name, sizeof name, "%.*s", (int)len, at + 1);
        const json_t *p = operation_parameter(o, "path", name);
        if (p == NULL)
            fail_msg("%s %s: '%s' is not described", o->method, o->path, name);
        if (strcmp(name, conversation_variable) == 0)
            buf_put_text(b, conversation);
        else
            put_value(b, json_object_get(p, "example"));
        at += len + 1;
    }
}

/* With the examples of its parameters, but for `but`, whose value is `value` (NULL: left out). */
char *operation_address(const struct operation *o, const char *but, const char *value)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    const char *separator = "?";
    size_t i;
    const json_t *p;
    operation_put_path(&b, o);
    json_array_foreach(json_object_get(o->of, "parameters"), i, p)
    {
        p = operation_resolved(p);
        const char *name = json_string_value(json_object_get(p, "name"));
        const json_t *example = json_object_get(p, "example");
        bool this = but != NULL && strcmp(but, name) == 0;
        if (strcmp(json_string_value(json_object_get(p, "in")), "query") != 0 ||
            (this ? value == NULL : example == NULL))
            continue;
        buf_format(&b, "%s%s=", separator, name);
        if (this)
            buf_put_text(&b, value);
        else
            put_value(&b, example);
        separator = "&";
    }
    return buf_take_text(&b);
}

const json_t *operation_body_schema(const struct operation *o)
{
    return json_object_get(
        json_object_get(json_object_get(json_object_get(o->of, "requestBody"), "content"),
                        "application/json"),
        "schema");
}

json_t *operation_body_example(const struct operation *o)
{
    return json_deep_copy(json_object_get(
        json_object_get(json_object_get(json_object_get(o->of, "requestBody"), "content"),
                        "application/json"),
        "example"));
}

char *operation_body_text(const json_t *body)
{
    return body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
}

struct told operation_try(const struct operation *o, const struct variation *v)
{
    CLEANUP_FREE char *own_address = operation_address(o, NULL, NULL);
    json_t *example = operation_body_example(o);
    CLEANUP_FREE char *own_body = operation_body_text(example);
    json_decref(example);
    return ask(operation_desk,
               &(struct ask){.as = v->as,
                             .method = o->method,
                             .address = v->address == NULL ? own_address : v->address,
                             .body = v->body == NULL ? own_body : v->body,
                             .body_len = v->body_len,
                             .csrf = v->csrf,
                             .purpose = v->purpose});
}

/* Whoever may ask it first; nobody where it is without a session. */
enum desk_role operation_asker(const struct operation *o)
{
    unsigned roles = operation_roles(o);
    return roles == 0 ? ASK_NOBODY : (enum desk_role)__builtin_ctz(roles);
}

void operation_assert_told(const struct operation *o, const struct told *t, unsigned status,
                           const char *code)
{
    if (t->status != status || strcmp(told_code(t), code) != 0)
        fail_msg("%s %s: %u %s, not %u %s: %s", o->method, o->path, t->status, told_code(t), status,
                 code, t->text);
}

/* A status that is described, and a body that is as it says. */
void operation_assert_described(const struct operation *o, const struct told *t)
{
    char status[8], why[256] = "";
    snprintf(status, sizeof status, "%u", t->status);
    const json_t *response =
        operation_resolved(json_object_get(json_object_get(o->of, "responses"), status));
    const char *type = t->type[0] == '\0' ? "application/json" : t->type;
    const json_t *schema =
        json_object_get(json_object_get(json_object_get(response, "content"), type), "schema");
    if (schema == NULL)
        fail_msg("%s %s: %u is not described: %s", o->method, o->path, t->status, t->text);
    if (t->json != NULL && !schema_holds(operation_description, schema, t->json, why, sizeof why))
        fail_msg("%s %s: %u: %s: %s", o->method, o->path, t->status, why, t->text);
    bool etag = json_object_get(json_object_get(response, "headers"), "ETag") != NULL;
    if ((t->etag[0] != '\0') != etag)
        fail_msg("%s %s: an ETag in one place only", o->method, o->path);
}

/* ---- the operation_desk ---- */

static int take_conversation(void *context, const struct desk_message *m)
{
    (void)context;
    snprintf(conversation, sizeof conversation, "%s", m->conversation);
    return 0;
}

/* A case, and a message that waits for a second look. */
static int make_case(void *context, struct diag *d)
{
    struct small_desk *s = context;
    const struct desk_by by = {1, SMALL_DESK_NOW};
    int r = desk_case_create(s->index, "harbour", "The harbour", &by, d);
    if (r == 0)
        r = desk_mark_seen(s->index, 33, &by, d);
    return r < 0 ? r : desk_second_set_percent(s->index, 100, &by, d);
}

/* Number 1, of the reviewer. */
static int make_passkey(struct small_desk *s)
{
    return sql_execute(desk_index_sql(s->index),
                       "INSERT INTO desk_passkey (user, credential, algorithm, key, count, name,"
                       " made) SELECT id, x'01', -7, x'01', 0, 'a key', added FROM desk_user"
                       " WHERE name = 'reviewer'",
                       &s->d);
}

int operation_describe(void)
{
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path = file_join(source == NULL ? "." : source, "docs/desk-openapi.json");
    json_error_t why;
    operation_description = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (operation_description != NULL)
        return 0;
    print_error("%s: %d: %s\n", path, why.line, why.text);
    return -1;
}

int operation_make_desk(struct small_desk *s)
{
    small_desk_make(s);
    small_desk_fill(s);
    small_desk_send_file(s, "page.html", "text/html", 100);
    small_desk_make_photo(s, 7, "a sign");
    small_desk_open(s, false);
    if (make_passkey(s) < 0 || desk_message(s->index, 1, 1, take_conversation, NULL, &s->d) < 0)
        return -1;
    return sql_transaction(desk_index_sql(s->index), make_case, s, &s->d);
}

int operation_set_up(void **state)
{
    (void)state;
    operation_desk = mem_new(sizeof *operation_desk);
    return operation_describe() < 0 ? -1 : operation_make_desk(operation_desk);
}

int operation_tear_down(void **state)
{
    (void)state;
    small_desk_clear(operation_desk);
    free(operation_desk);
    json_decref(operation_description);
    return 0;
}
