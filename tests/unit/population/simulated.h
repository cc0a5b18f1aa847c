/* What the tests of this room share: populations, and their lines. */
#ifndef IRONSIDE_TESTS_POPULATION_SIMULATED_H
#define IRONSIDE_TESTS_POPULATION_SIMULATED_H

#include "wire/test.h"

#include "population/population.h"

/* 300 devices in 30 countries, 20,000 messages in 120 days from a Monday on. */
struct population_options simulated_options(void);
struct population *simulated(const struct population_options *o);
/* The lines, and with `truth` what is true, of `count` messages (0: all). */
void simulated_lines(const struct population_options *o, uint64_t count, struct buf *lines,
                     struct buf *truth);

#endif
