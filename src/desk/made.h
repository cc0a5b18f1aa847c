/* What the desk has made of files: thumbnails, words that a machine has read, wave forms, likeness.
 * It lies in the vault alone, and can be made again from the archive; a digest has no part in it.
 */
#ifndef IRONSIDE_DESK_MADE_H
#define IRONSIDE_DESK_MADE_H

#include "desk/index.h"
#include "worker/job.h"

struct desk_made {
    int64_t message;
    int64_t at_unix_ms;      /* when it was made */
    const char *wrong;       /* why there is nothing; "" there is */
    struct worker_made made; /* of a photo, or of a sound: with a wave */
};

/* Messages whose file nothing was made of yet, and those that are due for another try, newest
 * first.
 */
int desk_made_wanted(struct desk_index *x, int64_t now_unix_ms, int64_t *ret, size_t max,
                     size_t *ret_count, struct diag *d) MUST_USE;
/* Writes it down; its words are found from then on. In a transaction of its own. */
int desk_made_write(struct desk_index *x, const struct desk_made *m, struct diag *d) MUST_USE;
/* The same of what could not be had, `wrong` says why, and may be there later: it is tried again
 * after DESK_MADE_AGAIN_MS, then after twice as long, and so on, DESK_MADE_TRIES times in all. */
#define DESK_MADE_AGAIN_MS INT64_C(60000)
#define DESK_MADE_TRIES 12U /* the last after a day and a half */
int desk_made_later(struct desk_index *x, const struct desk_made *m, struct diag *d) MUST_USE;

typedef int desk_made_fn(void *context, const struct desk_made *m);
/* ERR_NOT_FOUND: the message sends no file, or nothing was made of it yet. `m` lives until the
 * callback returns. */
int desk_made_of(struct desk_index *x, int64_t message, desk_made_fn *fn, void *context,
                 struct diag *d) MUST_USE;

/* Photos that look alike, the nearest first, newest first among those of one distance. */
#define DESK_ALIKE_MAX 200U
struct desk_alike_photo {
    int64_t message;
    unsigned distance; /* bits (worker/dhash.h) */
};
/* Those that differ from that message's photo in at most `distance` bits, without itself; as many
 * as fit. ERR_NOT_FOUND: it has none that was read. */
int desk_made_alike(struct desk_index *x, int64_t message, unsigned distance,
                    struct desk_alike_photo ret[static DESK_ALIKE_MAX], size_t *ret_count,
                    struct diag *d) MUST_USE;

#endif
