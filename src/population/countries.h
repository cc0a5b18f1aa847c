/* The countries of simulated populations: zone, place, and the language most used there. */
#ifndef IRONSIDE_POPULATION_COUNTRIES_H
#define IRONSIDE_POPULATION_COUNTRIES_H

#include <stddef.h>
#include <stdint.h>

struct country {
    char code[3];
    int16_t zone_minutes;        /* east of UTC; summer time is left out */
    int16_t latitude, longitude; /* of a town, in tenths of degrees */
    char language[3];            /* of a word list */
};

/* The more often met, the earlier. */
extern const struct country countries[];
extern const size_t countries_count;

#endif
