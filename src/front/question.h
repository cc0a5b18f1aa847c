/* What the front asks the index, and what it answers: an HTTP request stripped to what matters, and
 * its answer. The front decides nothing but form: who asks, whether they may, and what is logged is
 * the index's.
 */
#ifndef IRONSIDE_FRONT_QUESTION_H
#define IRONSIDE_FRONT_QUESTION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"

#define QUESTION_PATH_MAX 512U
#define QUESTION_PARAMETERS_MAX 32U
#define QUESTION_VALUE_MAX 16384U
#define QUESTION_BODY_MAX (1024U * 1024)
#define QUESTION_TOKEN_MAX 128U /* session, CSRF token, peer, ETag, a parameter's name */
#define QUESTION_PURPOSE_MAX 512U
#define ANSWER_BODY_MAX (16U * 1024 * 1024)
#define ANSWER_NAME_MAX 255U
#define ANSWER_STATUS_MIN 100U
#define ANSWER_STATUS_MAX 599U

enum question_method {
    QUESTION_GET,
    QUESTION_POST,
    QUESTION_PUT,
    QUESTION_DELETE,
    QUESTION_METHODS
};

struct question_parameter {
    const char *name, *value;
};
struct question {
    uint64_t number; /* the front's; the answer has it again */
    enum question_method method;
    const char *path;                                              /* "/api/search" */
    struct question_parameter parameters[QUESTION_PARAMETERS_MAX]; /* of the address */
    size_t parameter_count;
    const char *session; /* the cookie's token; "" none */
    const char *csrf;    /* the header X-Ironside-CSRF; "" none */
    const char *purpose; /* the header X-Ironside-Purpose; "" none */
    const char *peer;    /* whence it came, for the log of sign-ins */
    const char *body;    /* JSON; may be "" */
    size_t body_len;
};

struct answer {
    uint64_t number;
    unsigned status;         /* HTTP's */
    const char *etag;        /* "" none */
    const char *set_session; /* a token to be set as the cookie; "" none; "-" take it away */
    const char *type;        /* of the body, such as "image/jpeg"; "": JSON */
    const char *name;        /* of a file that is to be saved and not shown; "": none */
    uint64_t size;           /* with a ticket: of all of it */
    uint64_t ticket;         /* more of the body comes for it; 0: this is all */
    const char *body;
    size_t body_len;
};

/* The front asks for the next piece of a body, in their order; the answer has that piece, and the
 * ticket again while there is more. */
struct more {
    uint64_t number, ticket;
};

/* As a frame's body and back; strings lie in the arena, UTF-8 without a NUL but for bodies, which
 * may be any bytes and have a NUL behind them. ERR_FORMAT; putting, ERR_LIMIT: over a limit above,
 * or the buffer's. What cannot be put leaves the buffer as it was, unless that is what failed. */
int question_put(struct buf *b, const struct question *q) MUST_USE;
int question_get(struct cursor *c, struct arena *a, struct question *ret) MUST_USE;
int answer_put(struct buf *b, const struct answer *x) MUST_USE;
int answer_get(struct cursor *c, struct arena *a, struct answer *ret) MUST_USE;
void more_put(struct buf *b, const struct more *m);
int more_get(struct cursor *c, struct more *ret) MUST_USE;

#endif
