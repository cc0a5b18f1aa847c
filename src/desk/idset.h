/* Sets of messages: a bit for each id. */
#ifndef IRONSIDE_DESK_IDSET_H
#define IRONSIDE_DESK_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idset { /* all zeros: empty */
    uint64_t *words;
    size_t word_count;
    uint64_t count;
};

void idset_add(struct idset *s, int64_t id);
void idset_remove(struct idset *s, int64_t id);
bool idset_has(const struct idset *s, int64_t id);
/* The greatest below `id`, the least above it; 0: none. */
int64_t idset_below(const struct idset *s, int64_t id);
int64_t idset_above(const struct idset *s, int64_t id);
void idset_clear(struct idset *s);

#endif
