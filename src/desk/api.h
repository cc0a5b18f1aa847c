/* The desk's API: questions (front/question.h) answered from the index, as docs/desk-openapi.json
 * describes them. For every question in this order: its route, its form, its session, its role, its
 * CSRF token where it changes something; then the access log; then the answer. What isn't logged is
 * not answered.
 */
#ifndef IRONSIDE_DESK_API_H
#define IRONSIDE_DESK_API_H

#include "access/access.h"
#include "desk/hashing.h"
#include "desk/original.h"
#include "desk/requests.h"
#include "desk/threats.h"
#include "desk/translating.h"
#include "desk/users.h"
#include "front/question.h"
#include "passkey/passkey.h"

struct desk_api;
struct desk_api_options {
    struct desk_index *index;
    struct desk_users *users;
    struct access_log *log;
    struct desk_threats *threats;
    struct desk_requests *requests;       /* to the reader; NULL: there is none */
    struct desk_translating *translating; /* NULL: nothing translates */
    struct desk_hashing *hashing;         /* passwords; NULL: nobody can say one */
    struct text *text;
    const struct clock *clock;
    int64_t (*monotonic_ms)(void); /* what sign-ins are rated by; NULL: clock_monotonic_ms */
    struct passkey_site site;      /* for passkeys; its id NULL: this desk has none */
    bool purpose_of_all;           /* supervisors, too, say why they look; reviewers always do */
};
int desk_api_new(const struct desk_api_options *o, struct desk_api **ret, struct diag *d) MUST_USE;
void desk_api_free(struct desk_api *a);
/* A part of the work that goes on between questions; true while there is more. */
bool desk_api_tidy(struct desk_api *a);

/* Answers; the body is in `body`, and `ret` points into it and into `a` until the next call.
 * What it read of passwords is wiped, but for the question's own bytes, which are the caller's. Not
 * within a transaction. False: it waits for another process, and desk_api_waited answers it. */
bool desk_api_answer(struct desk_api *a, const struct question *q, struct buf *body,
                     struct answer *ret);

/* Answers a question that waited, as desk_api_answer would have now, when that has told or is
 * late; false: there is none. */
bool desk_api_waited(struct desk_api *a, struct buf *body, struct answer *ret);

/* The last answer is a file, whose bytes the reader has: it is put together by desk/streams.h and
 * `ret` says nothing but its number. NULL: `ret` is the answer. */
const struct desk_original *desk_api_original(const struct desk_api *a);

/* Somebody does something. Asking whose the session is, as the front does for as long as somebody
 * listens for events, does not keep one from being idle. */
bool desk_api_is_use(const struct question *q);

/* The table of routes, for the tests. */
#define DESK_ROLE_BIT(r) (1U << (r))
#define DESK_ROLE_UNBOUND (1U << DESK_ROLES) /* of them nobody who is bound to sets */
struct desk_route {
    enum question_method method;
    const char *path;          /* "/api/messages/{id}" */
    unsigned roles;            /* bits of roles, UNBOUND; 0: without a session */
    bool changes;              /* wants the CSRF token */
    bool purpose;              /* wants a purpose */
    enum access_action action; /* as which it is logged; ACCESS_ACTIONS: it shows nothing to log */
};
const struct desk_route *desk_route(size_t i); /* NULL past the end */

#endif
