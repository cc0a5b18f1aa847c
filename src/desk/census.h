/* What is counted of people and conversations over a set of messages: how much each wrote and got,
 * from when until when, from where, and who wrote how often to whom. From the arrays.
 */
#ifndef IRONSIDE_DESK_CENSUS_H
#define IRONSIDE_DESK_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desk/columns.h"
#include "desk/idset.h"
#include "desk/names.h"

struct census_person {
    uint32_t first, last; /* seconds, of what it sent */
    uint64_t sent, received;
    struct census_country {
        uint16_t country;
        uint32_t count;
    } * countries; /* most frequent first */
    uint32_t country_count;
};
/* Who wrote how much to whom: a sender and a set of recipients. */
struct census_talk {
    uint32_t sender, recipients, count; /* sender 0: a free place */
};
struct census_conversation {
    uint64_t messages;
    uint32_t first, last;
};
struct census {                   /* all zeros: of no message */
    struct census_person *people; /* by the account's number less 1 */
    uint32_t people_count, people_capacity;
    struct census_talk *talks; /* open addressing */
    uint32_t talk_count, talk_slots;
    struct census_conversation *conversations; /* by number less 1 */
    uint32_t conversation_count, conversation_capacity;
};

/* Of whom nothing was counted it is all zeros. */
const struct census_person *census_person(const struct census *c, uint32_t account);
const struct census_conversation *census_conversation(const struct census *c, uint32_t number);
/* Is there anything of it? */
bool census_has_person(const struct census *c, uint32_t account);

/* One message more; `recipients`: what NAME_RECIPIENTS has. */
void census_count(struct census *c, const struct columns *k, const struct names *recipients,
                  int64_t id);
/* One less. When somebody wrote first and last, and a conversation's times, stand as they were
 * until census_refit. */
void census_uncount(struct census *c, const struct columns *k, const struct names *recipients,
                    int64_t id);
/* First and last of these senders and conversations, over the messages that `counts` says are
 * counted. */
typedef bool census_fn(void *context, int64_t id);
void census_refit(struct census *c, const struct columns *k, const struct idset *senders,
                  const struct idset *conversations, census_fn *counts, void *context);
void census_clear(struct census *c);

#endif
