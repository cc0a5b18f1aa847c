/* What is asked of every message while hits are counted or sieved, in flat arrays in memory: some
 * 35 bytes a message. Made from the table of messages when the index is opened.
 */
#ifndef IRONSIDE_DESK_COLUMNS_H
#define IRONSIDE_DESK_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/value.h"

#define COLUMNS_BLOCK 4096U /* messages for which the least and the greatest time are kept */

enum column_flag {
    COLUMN_THERE = 1, /* there is such a message */
    COLUMN_WRONG = 2, /* it could not be verified */
    COLUMN_PLACE = 4, /* it has a position */
    COLUMN_PRIVILEGED = 8,
    COLUMN_OUTSIDE = 16, /* no warrant in force archived it (validity.h) */
};

struct column_row {
    uint32_t sender, recipients, conversation, warrants; /* their numbers */
    uint32_t at;                                         /* seconds, cut */
    uint32_t key;                                        /* of sender and id, cut */
    uint16_t country, lang;                              /* two letters */
    uint8_t kind, flags;
};

struct columns { /* all zeros: none. Index: the message's id less 1. */
    uint32_t count, capacity;
    uint32_t *sender, *recipients, *conversation, *warrants, *at, *key;
    uint32_t *before; /* the id of the sender's message before; 0 none */
    uint16_t *country, *lang;
    uint8_t *kind, *flags;
    uint32_t *block_min, *block_max;
    uint32_t *last; /* by sender: the id of the last message */
    uint32_t sender_capacity;
};

/* Of the next id; ids that there are not are put with flags 0. */
void columns_put(struct columns *c, const struct column_row *row);
void columns_clear(struct columns *c);

uint32_t columns_last_of(const struct columns *c, uint32_t sender);
/* Narrows [*first, *last] of ids at both ends to where times from <= at < to may lie. false:
 * nothing is left. */
bool columns_narrow(const struct columns *c, int64_t from, int64_t to, int64_t *first,
                    int64_t *last);

/* "DE" as a number and back; "" is 0. */
uint16_t columns_letters(const char *two);
void columns_letters_text(uint16_t letters, char ret[static VALUE_COUNTRY_BYTES]);
/* Seconds of an instant, between 0 and UINT32_MAX. */
uint32_t columns_seconds(int64_t unix_ms);

#endif
