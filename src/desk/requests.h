/* The index's side: requests that wait for the reader's reply. */
#ifndef IRONSIDE_DESK_REQUESTS_H
#define IRONSIDE_DESK_REQUESTS_H

#include "base/channel.h"
#include "desk/request.h"

#define DESK_REQUESTS_WAITING_MAX 128U
struct desk_requests;
struct desk_requests *desk_requests_new(struct channel *reader); /* the caller's */
void desk_requests_free(struct desk_requests *q);                /* calls nobody */

/* `reply` is the requester's until it returns. */
typedef void desk_reply_fn(void *context, const struct desk_reply *reply);
/* Numbers it and sends it. `fn` is called once, with a reply of the reader's or, when it has not
 * come in time, one with ERR_TIMEOUT; not before this returns. ERR_LIMIT: too many wait. */
int desk_requests_send(struct desk_requests *q, const struct desk_request *r, desk_reply_fn *fn,
                       void *context) MUST_USE;
/* Forgets those of that context: `fn` is not called. */
void desk_requests_forget(struct desk_requests *q, const void *context);
/* A frame's body. ERR_FORMAT. */
int desk_requests_take(struct desk_requests *q, struct cursor *c) MUST_USE;
/* Ends those that have waited too long. */
void desk_requests_tidy(struct desk_requests *q);

#endif
