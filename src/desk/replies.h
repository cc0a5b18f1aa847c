/* The reader's side of desk/request.h: what the index asks is answered at once, one after the
 * other, between two batches.
 */
#ifndef IRONSIDE_DESK_REPLIES_H
#define IRONSIDE_DESK_REPLIES_H

#include "base/channel.h"
#include "desk/folder.h"
#include "desk/request.h"

struct desk_replies;
struct desk_replies_options {
    const struct desk_folder *folder;
    const struct network_note *net;
    const struct age_identity *identities; /* in secret memory */
    size_t identity_count;
    struct follower *follower; /* whose documents are used */
    struct channel *index;
};

/* All of the options stay the caller's. */
struct desk_replies *desk_replies_new(const struct desk_replies_options *o);
void desk_replies_free(struct desk_replies *p); /* wipes */
/* Takes a request's body and sends the reply, which may be that there is none. ERR_FORMAT: no
 * request; ERR_LIMIT: the socket is full. */
int desk_replies_take(struct desk_replies *p, struct cursor *c) MUST_USE;
/* Lets go what nobody asked for any more. */
void desk_replies_tidy(struct desk_replies *p);

#endif
