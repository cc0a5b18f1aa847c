/* Asking a small desk as its front does. */
#ifndef IRONSIDE_TESTS_ASK_H
#define IRONSIDE_TESTS_ASK_H

#include <jansson.h>

#include "base/arena.h"
#include "small_desk.h"

#define ASK_NOBODY DESK_ROLES /* without a session */

struct ask {
    enum desk_role as;
    const char *method;  /* "GET" */
    const char *address; /* "/api/search?q=pier&limit=3", values with %XX */
    const char *body;    /* NULL none */
    size_t body_len;     /* 0: the text's */
    const char *csrf;    /* NULL: the session's */
    const char *purpose; /* NULL: "case 7" */
};
struct told {
    unsigned status;
    char *text;   /* the body */
    json_t *json; /* NULL: the body has a type of its own */
    char type[QUESTION_TOKEN_MAX + 1];
    size_t len; /* of the body */
    char etag[QUESTION_TOKEN_MAX + 1], set_session[QUESTION_TOKEN_MAX + 1];
};
/* Through the frames of question.h, there and back. A role whose session has ended signs in again.
 */
struct told ask(struct small_desk *s, const struct ask *a);
/* The same, in the usual way. */
struct told ask_as(struct small_desk *s, enum desk_role as, const char *method, const char *address,
                   const char *body);
void told_clear(struct told *t);
#define CLEANUP_TOLD CLEANUP(told_clear)
/* The error's word; "" none. */
const char *told_code(const struct told *t);

#endif
