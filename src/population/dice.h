/* The one source of chance of a simulated population: PCG32 (O'Neill, 2014; XSH-RR), integers only,
 * so that a seed says the same on every machine. No cryptography rests on it.
 */
#ifndef IRONSIDE_POPULATION_DICE_H
#define IRONSIDE_POPULATION_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state, stream;
};

/* Each stream of a seed is a sequence of its own. */
void dice_init(struct dice *d, uint64_t seed, uint64_t stream);
uint32_t dice_next(struct dice *d);
/* 0 to n - 1; 0 where `n` is 0. */
uint32_t dice_below(struct dice *d, uint32_t n);
uint64_t dice_below64(struct dice *d, uint64_t n);
/* True so many times in a million. */
bool dice_chance(struct dice *d, uint32_t per_million);
/* A value of the distribution whose `count` equally spaced quantiles are given, at least two. */
uint32_t dice_quantile(struct dice *d, const uint32_t *quantiles, size_t count);
/* 64 bits that depend on all of both (SplitMix64's finalizer): for what is to be the same
 * whenever it is asked. */
uint64_t dice_mix(uint64_t a, uint64_t b);

/* Zipf and Mandelbrot: rank k of n, from 0, weighs 1/(k + `DICE_ZIPF_SHIFT`). n at most
 * DICE_ZIPF_MAX; more are cut. */
#define DICE_ZIPF_MAX 1024U
struct dice_zipf {
    uint32_t below[DICE_ZIPF_MAX + 1]; /* weights of the ranks before */
};
/* `shift_tenths`: 10 is Zipf's law with exponent 1; a larger one flattens its head. */
void dice_zipf_init(struct dice_zipf *z, uint32_t shift_tenths);
uint32_t dice_zipf(struct dice *d, const struct dice_zipf *z, uint32_t n);

#endif
