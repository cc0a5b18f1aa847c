/* Numbers for strings: each different value has a small number, from 1 on, in the order in which it
 * was met. In memory; whoever keeps them writes down those that are new.
 */
#ifndef IRONSIDE_DESK_NAMES_H
#define IRONSIDE_DESK_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct name {
    const char *bytes; /* with a NUL behind them that does not count; they stay where they are */
    uint32_t len;
};
struct names_block;
struct names { /* all zeros: none */
    struct name *items;
    uint32_t count, capacity;
    uint32_t *slots, slot_count; /* open addressing, a power of two */
    struct names_block *blocks;
};

/* 0: it is not among them. */
uint32_t names_find(const struct names *n, const void *value, size_t len);
uint32_t names_add(struct names *n, const void *value, size_t len);
/* Of a number that was given out; for 0 "". */
struct name names_of(const struct names *n, uint32_t number);
const char *names_text(const struct names *n, uint32_t number);
void names_clear(struct names *n);

/* For tables of whoever else keeps numbers by numbers. */
uint64_t names_mix(uint64_t v);

#endif
