/* Made-up messages into a desk's index, in batches, as a desk that begins with an archive takes
 * them. */
#ifndef IRONSIDE_BENCH_DESK_FILLING_H
#define IRONSIDE_BENCH_DESK_FILLING_H

#include <stdint.h>
#include <stdio.h>

#include "bench/desk_texts.h"
#include "desk/index.h"

struct desk_filling {
    struct desk_index *x;
    struct desk_texts *texts;
    uint64_t leaf, *n; /* n: of each person's messages, DESK_PEOPLE of them */
    uint32_t
        pair_every; /* so many messages apart the first two people write to each other; 0: never */
    FILE *copy;     /* for PostgreSQL; NULL: none */
    const char *warrant; /* of all of them; NULL: one that no network has */
};

/* These end the program where the index refuses. */
void desk_filling_add(struct desk_filling *f);
void desk_filling_commit(struct desk_filling *f);
/* All of them, and what is closed merged; prints how fast. */
void desk_filling_all(struct desk_filling *f, uint64_t messages);

#endif
