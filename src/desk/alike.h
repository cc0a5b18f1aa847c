/* Groups of messages whose texts are alike: each is in the group of the first message that it is
 * like, so that none drifts from one to the next. Kept in memory, from the likeness of each
 * message, in the order of their ids: it is the same when the index is opened again.
 */
#ifndef IRONSIDE_DESK_ALIKE_H
#define IRONSIDE_DESK_ALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct alike_group { /* two or more messages, by their ids */
    uint32_t *ids, count, capacity;
};
struct alike {          /* all zeros: none */
    uint64_t *likeness; /* by id less 1; 0: too short */
    uint32_t *group;    /* by id less 1: the group's number and 1; 0: in none */
    uint32_t count, capacity;
    struct alike_group *groups;
    uint32_t group_count, group_capacity;
    uint32_t *slots; /* ids of those that were like none before: two tables, by half of it each */
    uint32_t slot_count, used;
};

/* Of the next id. */
void alike_put(struct alike *a, uint64_t likeness);
/* Those that the message is alike with, itself among them; NULL: it is alone. */
const struct alike_group *alike_of(const struct alike *a, int64_t id);
void alike_clear(struct alike *a);

#endif
