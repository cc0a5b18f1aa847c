/* The round under way in an opener: a batch of records for each warrant, and the verdict lines. */
#ifndef IRONSIDE_IBOT_OPENER_ROUND_H
#define IRONSIDE_IBOT_OPENER_ROUND_H

#include "base/channel.h"
#include "ibot/frames.h"
#include "wire/policy_set.h"
#include "wire/record.h"

struct opener_round;

struct opener_round *opener_round_new(void);
void opener_round_free(struct opener_round *r); /* wipes */

/* Is there room for one more message, whatever its size and its warrants? Ask before adding. */
bool opener_round_has_room(const struct opener_round *r);
/* Adds the record to the batch of warrant number `index` of the policy set. It is of the line that
 * is added next. */
void opener_round_add_record(struct opener_round *r, size_t index, const struct record *rec);
/* Each file that the archived message names. */
void opener_round_add_files(struct opener_round *r, const struct envelope *e);
void opener_round_add_line(struct opener_round *r, uint64_t tag, const struct verdict_line *l);
uint32_t opener_round_lines(const struct opener_round *r);
/* Monotonic time of its first line. */
int64_t opener_round_started_ms(const struct opener_round *r);

/* Seals the batches to the set's agencies, appends the frame for the keeper and empties the round.
 * ERR_LIMIT: the keeper's queue is full; ERR_KEY: an agency's recipient can't be sealed to. */
int opener_round_send(struct opener_round *r, const struct policy_set *set,
                      struct channel *keeper) MUST_USE;

#endif
