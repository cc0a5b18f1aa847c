/* How alike two photos look: the difference hash of 64 bits (N. Krawetz, "Kind of Like That",
 * 2013). The photo is made 9 × 8 grey pixels; each bit says whether a pixel is brighter than the
 * one to its right. Photos that were made smaller, stored again or brightened differ in few bits,
 * others in about half. It says that photos look alike, not that they are the same.
 */
#ifndef IRONSIDE_WORKER_DHASH_H
#define IRONSIDE_WORKER_DHASH_H

#include <stdint.h>

#define DHASH_BITS 64U

/* Of width × height grey pixels, rows from the top; each side at least 1. */
uint64_t dhash_of(const uint8_t *grey, uint32_t width, uint32_t height);
/* In how many bits they differ (R. W. Hamming, 1950). */
static inline unsigned dhash_distance(uint64_t a, uint64_t b)
{
    return (unsigned)__builtin_popcountll(a ^ b);
}

#endif
