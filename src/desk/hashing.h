/* The index's side of the workers that hash passwords: so many at once, the others wait here, in
 * locked memory. */
#ifndef IRONSIDE_DESK_HASHING_H
#define IRONSIDE_DESK_HASHING_H

#include "base/channel.h"
#include "desk/passwords.h"
#include "desk/requests.h"

#define DESK_HASHES_MAX 2U /* of one question */

struct desk_hashing;
/* `workers` is the caller's, who flushes what is put into it. */
struct desk_hashing *desk_hashing_new(struct channel *workers);
void desk_hashing_free(struct desk_hashing *h);

struct desk_hash_ask {
    struct worker_recipe recipes[DESK_HASHES_MAX];
    const char *passwords[DESK_HASHES_MAX]; /* copied */
    size_t count;
};
/* `fn` is called once, not before this returns: with a reply whose body is the hashes, each of
 * DESK_PASSWORD_HASH_BYTES, or with ERR_AGAIN and a line. ERR_LIMIT: too many wait. */
int desk_hashing_send(struct desk_hashing *h, const struct desk_hash_ask *ask, desk_reply_fn *fn,
                      void *context) MUST_USE;
/* Forgets those of that context: `fn` is not called. */
void desk_hashing_forget(struct desk_hashing *h, const void *context);
/* A frame of the workers'. ERR_FORMAT. */
int desk_hashing_take(struct desk_hashing *h, const struct frame *f) MUST_USE;
/* Ends those that have waited too long. */
void desk_hashing_tidy(struct desk_hashing *h);

#endif
