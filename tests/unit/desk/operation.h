/* Operations of docs/desk-openapi.json, asked of a small desk as its examples say. */
#ifndef IRONSIDE_TESTS_OPERATION_H
#define IRONSIDE_TESTS_OPERATION_H

#include "ask.h"
#include "base/buf.h"

extern json_t *operation_description;
extern struct small_desk *operation_desk;
/* Reads the description, and makes a desk that has what the examples ask for. */
int operation_set_up(void **state);
int operation_tear_down(void **state);
/* The description alone, and desks of the caller's. */
int operation_describe(void);
int operation_make_desk(struct small_desk *s);

/* What the description says of one method at one path. */
struct operation {
    char method[8]; /* "GET" */
    const char *path;
    const json_t *of;
};
typedef void operation_fn(const struct operation *o);
void operation_each(operation_fn *fn);

const json_t *operation_resolved(const json_t *x);
void operation_upper(const char *word, char *ret, size_t size); /* "get": "GET" */
const char *operation_method(enum question_method m);
unsigned operation_roles(const struct operation *o); /* bits */
bool operation_says(const struct operation *o, const char *name);
/* NULL: it has none. */
const json_t *operation_parameter(const struct operation *o, const char *in, const char *name);
const json_t *operation_body_schema(const struct operation *o);
json_t *operation_body_example(const struct operation *o);
char *operation_body_text(const json_t *body); /* NULL for NULL */
void operation_put_path(struct buf *b, const struct operation *o);
/* With the examples of its parameters, but for `but`, whose value is `value` (NULL: left out). */
char *operation_address(const struct operation *o, const char *but, const char *value);

/* As `as`, with examples, but for what is said. */
struct variation {
    enum desk_role as;
    const char *address; /* NULL: of the examples */
    const char *body;    /* NULL: of the examples */
    size_t body_len;
    const char *csrf, *purpose;
};
struct told operation_try(const struct operation *o, const struct variation *v);
/* Whoever may ask it first; nobody where it is without a session. */
enum desk_role operation_asker(const struct operation *o);
void operation_assert_told(const struct operation *o, const struct told *t, unsigned status,
                           const char *code);
/* A status that is described, and a body that is as it says. */
void operation_assert_described(const struct operation *o, const struct told *t);

#endif
